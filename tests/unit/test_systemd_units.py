"""Units for machines without Docker run what docker-compose.yml runs; they are read, since nothing starts them here."""

import re
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.services.processes import require_program
from tests.topology.compose import COMPOSE, ROOT, SERVICES, image_environment

FOLDER = ROOT / "docs" / "systemd"
_UNITS = {"web": "hoso-web", "worker": "hoso-worker", "prefect": "hoso-prefect", "backup": "hoso-backup"}
_OF_THE_MACHINE = {"HOSO_PARSERS", "HOSO_STORE", "PREFECT_API_URL"}
"""A machine without containers counts its own processors, and names its servers otherwise."""
_ANYWHERE = "0.0.0.0"  # noqa: S104 (compared, not listened on)

each_unit = pytest.mark.parametrize("service", _UNITS)
each_file = pytest.mark.parametrize("file", sorted(FOLDER.glob("*.service")), ids=lambda file: str(file.stem))


def said(file: Path, key: str) -> list[str]:
    """All values of a key of a unit."""
    text = file.read_text().replace("\\\n", " ")
    return [line.partition("=")[2] for line in text.splitlines() if line.startswith(f"{key}=")]


def unit(service: str) -> Path:
    return FOLDER / f"{_UNITS[service]}.service"


def variables(file: Path) -> dict[str, str]:
    """What the unit itself and its file of variables say."""
    (shared,) = said(file, "EnvironmentFile")
    lines = (FOLDER / Path(shared).name).read_text().splitlines()
    pairs = [line for line in lines if line and not line.startswith("#")]
    pairs += [pair for line in said(file, "Environment") for pair in shlex.split(line)]
    return dict(pair.split("=", 1) for pair in pairs)


def in_container(value: str) -> str:
    """A value of a unit as the compose file would have it."""
    return re.sub(r"%S/hoso/\w+", "/var/lib/hoso", value).replace("127.0.0.1", _ANYWHERE)


def plain(value: str) -> str:
    """A value of the compose file without its variables."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)


def words(parts: Sequence[str]) -> list[str]:
    """A command whatever its spacing; behind an own proxy a program listens on loopback only."""
    return " ".join(part.replace("127.0.0.1", _ANYWHERE) for part in parts).split()


@each_unit
def test_a_unit_runs_the_command_of_its_service(service: str) -> None:
    (start,) = said(unit(service), "ExecStart")
    assert words(shlex.split(start)) == words([*SERVICES[service]["entrypoint"], *SERVICES[service]["command"]])


@each_unit
def test_a_unit_is_told_all_that_its_service_is_told(service: str) -> None:
    wanted = {**image_environment(), **SERVICES[service]["environment"]}
    told = variables(unit(service))
    told = {name: in_container(value) for name, value in told.items()}
    assert {name: told.get(name) for name in wanted if name not in _OF_THE_MACHINE} == {
        name: in_container(plain(value)) for name, value in wanted.items() if name not in _OF_THE_MACHINE
    }


@each_unit
def test_a_unit_is_given_the_secrets_of_its_service(service: str) -> None:
    given = dict(line.split(":") for line in said(unit(service), "LoadCredential"))
    assert given.keys() == set(SERVICES[service]["secrets"])
    assert all(Path(path).name == Path(COMPOSE["secrets"][name]["file"]).name for name, path in given.items())


@each_unit
def test_a_unit_has_the_limits_of_its_service(service: str) -> None:
    limits = SERVICES[service]["deploy"]["resources"]["limits"]
    assert said(unit(service), "MemoryMax") == [limits["memory"]]
    assert said(unit(service), "TasksMax") == [str(limits["pids"])]


@each_file
def test_a_unit_has_no_rights_it_does_not_need(file: Path) -> None:
    wanted = {
        "User": "hoso",
        "NoNewPrivileges": "yes",
        "CapabilityBoundingSet": "",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "PrivateDevices": "yes",
        "RestrictNamespaces": "yes",
    }
    assert {key: said(file, key) for key in wanted} == {key: [value] for key, value in wanted.items()}


@each_file
def test_a_unit_may_call_what_services_need_and_where_parsers_run_what_confines_them(file: Path) -> None:
    confining = "landlock_create_ruleset landlock_add_rule landlock_restrict_self"
    parsing = file.stem in {"hoso-worker", "hoso-web", "hoso-up"}
    assert said(file, "SystemCallFilter") == ["@system-service", *([confining] if parsing else [])]


@each_file
def test_no_secret_stands_in_a_unit(file: Path) -> None:
    for line in [*said(file, "Environment"), *said(file, "ExecStart")]:
        assert not re.search(r"(PASSWORD|_KEY|AUTH_STRING|CONNECTION_URL)=|://[^/\s]*@", line)


@each_file
def test_systemd_understands_a_unit(file: Path, tmp_path: Path) -> None:
    program = require_program("systemd-analyze", "systemd")
    here = tmp_path / file.name
    # The program is installed on the operator's machine, not on this one.
    here.write_text(file.read_text().replace("/opt/hoso/.venv/bin/hoso", "/bin/true"))
    done = subprocess.run([program, "verify", here], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
