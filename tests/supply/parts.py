"""The parts of an installation: locked Python packages, and programs that run beside them."""

import re
from functools import cached_property
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import NamedTuple

import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
_PIN = re.compile(r"^\S+==[^\\\n]+", re.MULTILINE)
SPELLINGS = {
    "0BSD": "0BSD",
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache-2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD-2-Clause": "BSD-2-Clause",
    "BSD-3-Clause": "BSD-3-Clause",
    "ISC": "ISC",
    "ISC License": "ISC",
    "MIT": "MIT",
    "MIT License": "MIT",
    "MIT OR Apache-2.0": "MIT OR Apache-2.0",
    "MIT license": "MIT",
    "MPL-2.0": "MPL-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSF-2.0": "PSF-2.0",
}
"""What packages write that do not write SPDX (PEP 639)."""
LOOKED_UP = {
    "hyperframe": "MIT",
    "opencv-python": "Apache-2.0 AND LGPL-2.1-or-later AND LGPL-3.0-only",
    "pi-heif": "BSD-3-Clause AND LGPL-3.0-or-later",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "readchar": "MIT",
    "text-unidecode": "Artistic-1.0-Perl OR GPL-1.0-or-later",
}
"""Packages whose data say it in many words, in two ways, or of their source and not of what their wheel carries."""


class Part(NamedTuple):
    """A Python package that is locked and installed."""

    name: str
    version: str
    data: Distribution

    @property
    def purl(self) -> str:
        """Its package URL, by which the world knows it."""
        return f"pkg:pypi/{canonicalize_name(self.name)}@{self.version}"

    @property
    def licence(self) -> str | None:
        """Its SPDX expression; None: its data say none that is known here."""
        said = self.data.metadata
        expressions = said.get_all("License-Expression") or ()
        classifiers = [one.rpartition(" :: ")[2] for one in said.get_all("Classifier") or () if "License ::" in one]
        known = (SPELLINGS.get(one.strip()) for one in (*(said.get_all("License") or ()), *classifiers))
        return LOOKED_UP.get(self.name) or next(iter(expressions), None) or next(filter(None, known), None)

    @property
    def needs(self) -> frozenset[str]:
        """The names of what it needs itself, without its extras."""
        asked = (Requirement(one) for one in self.data.requires or ())
        return frozenset(
            canonicalize_name(one.name) for one in asked if one.marker is None or one.marker.evaluate({"extra": ""})
        )


class Image(NamedTuple):
    """A program that runs beside hoso, in the image that the compose file names."""

    service: str
    name: str
    version: str


def pins() -> tuple[tuple[str, str, Marker | None], ...]:
    """Name, version and for which systems, of all that runs in production anywhere."""
    asked = (Requirement(said) for said in _PIN.findall((ROOT / "requirements.lock").read_text()))
    return tuple((one.name, str(one.specifier).removeprefix("=="), one.marker) for one in asked)


def locked() -> dict[str, str]:
    """Version by name, of what runs in production on a system such as this."""
    return {name: version for name, version, marker in pins() if marker is None or marker.evaluate()}


def installed_parts() -> tuple[Part, ...]:
    """The packages that run in production here. Raises: PackageNotFoundError, one is not installed."""
    return tuple(Part(name, version, distribution(name)) for name, version in sorted(locked().items()))


class Beside:
    """Programs that are started and not imported."""

    @cached_property
    def images(self) -> tuple[Image, ...]:
        """Those of the compose file but hoso's own."""
        services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
        named = ((service, said["image"].rpartition(":")) for service, said in sorted(services.items()))
        return tuple(Image(service, name, version) for service, (name, _, version) in named if name != "hoso")

    @cached_property
    def packages(self) -> tuple[str, ...]:
        """The Debian packages of hoso's own image."""
        install = re.search(r"--no-install-recommends (.*?) \\\n", (ROOT / "Dockerfile").read_text())
        return tuple(sorted(install[1].split())) if install else ()
