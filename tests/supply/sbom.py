"""The list of components, CycloneDX 1.6 as JSON: `python -m tests.supply.sbom > sbom.json` (`make sbom`).

Versions are those that are installed, and must be those of the lock.
"""

import json
import sys
import tomllib
import uuid
from datetime import UTC, datetime
from typing import Any

from tests.supply.parts import ROOT, Beside, Part, installed_parts

_HOSO = "hoso"


def sbom() -> dict[str, Any]:
    """The list. Raises: ValueError, something else is installed than is locked."""
    parts = installed_parts()
    other = [f"{one.name} {one.data.version}" for one in parts if one.data.version != one.version]
    if other:
        raise ValueError(f"not as locked: {', '.join(other)}")
    by_name = {one.name: one for one in parts}
    beside = Beside()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "component": {
                "type": "application",
                "bom-ref": _HOSO,
                "name": _HOSO,
                "version": tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"],
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": [
            *map(_library, parts),
            *(
                {"type": "container", "bom-ref": f"image:{one.service}", "name": one.name, "version": one.version}
                for one in beside.images
            ),
            *({"type": "application", "bom-ref": f"deb:{name}", "name": name} for name in beside.packages),
        ],
        "dependencies": [
            {"ref": _HOSO, "dependsOn": [one.purl for one in parts]},
            *(
                {"ref": one.purl, "dependsOn": sorted(by_name[name].purl for name in one.needs & by_name.keys())}
                for one in parts
            ),
        ],
    }


def _library(part: Part) -> dict[str, Any]:
    said = {"type": "library", "bom-ref": part.purl, "name": part.name, "version": part.version, "purl": part.purl}
    return said | ({"licenses": [{"expression": part.licence}]} if part.licence else {})


if __name__ == "__main__":
    sys.stdout.write(json.dumps(sbom(), indent=1) + "\n")
