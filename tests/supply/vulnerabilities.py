"""What is known to be wrong with the locked packages, by OSV: `python -m tests.supply.vulnerabilities` (`make audit`).

Names and versions of packages are sent to api.osv.dev, nothing else. Exit codes: 0 nothing is known, 65 something is,
75 not checked: the service does not answer.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

import httpx

from tests.supply.parts import pins

SERVICE = "https://api.osv.dev/v1/querybatch"
_TIMEOUT_S = 20.0
_FOUND, _NOT_CHECKED = 65, 75


def known_faults(packages: Sequence[tuple[str, str]], service: str = SERVICE) -> dict[tuple[str, str], tuple[str, ...]]:
    """Ids of what is known of each package; those of which nothing is are left out.

    Args:
        packages: names with versions.
        service: where OSV's batch queries are answered.

    Raises:
        httpx.HTTPError, ValueError: it does not answer, or not as it should.

    """
    asked = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in packages]
    answer = httpx.post(service, json={"queries": asked}, timeout=_TIMEOUT_S)
    results: list[dict[str, Any]] = json.loads(answer.raise_for_status().text)["results"]
    answers = zip(packages, results, strict=True)
    found = {package: tuple(sorted(one["id"] for one in said.get("vulns", ()))) for package, said in answers}
    return {package: ids for package, ids in found.items() if ids}


def main(service: str = SERVICE) -> int:
    """Print what is known and return the exit code."""
    packages = sorted((name, version) for name, version, _ in pins())
    try:
        found = known_faults(packages, service)
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        sys.stdout.write(f"not checked: the service does not answer ({type(error).__name__})\n")
        return _NOT_CHECKED
    for (name, version), ids in found.items():
        sys.stdout.write(f"{name} {version}: {', '.join(ids)}\n")
    sys.stdout.write(f"{len(packages)} packages checked, {len(found)} with known faults\n")
    return _FOUND if found else 0


if __name__ == "__main__":
    sys.exit(main())
