"""What docker-compose.yml says, told for plain processes of one machine.

Nothing of a service is written down twice: commands, environments, secrets, configurations and the order of starting
are read from the compose file and the image's Dockerfile. Only names that Docker gives a meaning are replaced: names of
services and the addresses 0.0.0.0 and 127.0.0.1 by a loopback address, and folders of a container by folders here.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
_VARIABLE = re.compile(r"\$(?:\$|\{(\w+):-([^}]*)\})")
_HOST = re.compile(rf"\b(?:{'|'.join(SERVICES)})(?=:\d+(?![\w@]))|(?<=@)(?:{'|'.join(SERVICES)})(?=/)")
_ANY_ADDRESS = re.compile(r"\b(?:0\.0\.0\.0|127\.0\.0\.1)\b")
_UNITS_S = {"s": 1, "m": 60}


class Place(NamedTuple):
    """Where a process runs instead of in a container.

    Args:
        address: its machine's; all that is named by a service lies at `servers`.
        servers: the address of the machine with the servers.
        folders: a container's folder -> the one here; the longest that fits is taken.
        variables: what an operator may say in `.env`.
    """

    address: str
    servers: str
    folders: Mapping[str, Path]
    variables: Mapping[str, str]

    def put(self, text: str) -> str:
        """A text of the compose file as it is meant here."""
        text = _VARIABLE.sub(self._value, text)
        text = _ANY_ADDRESS.sub(self.address, _HOST.sub(self.servers, text))
        inside = "|".join(sorted(self.folders, key=len, reverse=True))
        return re.sub(rf"(?:{inside})(?![\w-])", lambda found: str(self.folders[found[0]]), text)

    def _value(self, found: re.Match[str]) -> str:
        name, default = found.groups()
        return "$" if name is None else self.variables.get(name, default)


class Program(NamedTuple):
    """A service as a process: its command, its environment, and the command that tells whether it is well."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    check: tuple[str, ...]


def program(service: str, place: Place) -> Program:
    """A service of our own image, at a place."""
    said = SERVICES[service]
    environment = image_environment() | said["environment"]
    return Program(
        command=tuple(place.put(part) for part in [*said["entrypoint"], *said["command"]]),
        environment={name: place.put(value) for name, value in environment.items()},
        check=tuple(place.put(part) for part in said["healthcheck"]["test"][1:]) if "healthcheck" in said else (),
    )


def image_environment() -> dict[str, str]:
    """The variables that the image sets."""
    (line,) = re.findall(r"^ENV (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    return dict(pair.split("=", 1) for pair in line.split())


def secrets_of(service: str) -> Mapping[str, str]:
    """The secrets a service is given: name in the container -> file among the secrets."""
    return {name: Path(COMPOSE["secrets"][name]["file"]).name for name in SERVICES[service]["secrets"]}


def config_of(service: str) -> str:
    """The text of the one configuration file of a service."""
    (config,) = SERVICES[service]["configs"]
    return str(COMPOSE["configs"][config["source"]]["content"])


def needs_of(service: str) -> tuple[str, ...]:
    """The services that must be well before it is started."""
    return tuple(SERVICES[service].get("depends_on", ()))


def grace_s_of(service: str) -> float:
    """How long it may take to stop: ten seconds unless it is said otherwise."""
    said = str(SERVICES[service].get("stop_grace_period", "10s"))
    return float(said[:-1]) * _UNITS_S[said[-1]]
