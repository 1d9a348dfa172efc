"""Claims about the files a newcomer meets first: locks, Makefile, image and compose file."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
LOCKS = ("requirements.lock", "requirements-dev.lock")

each_service = pytest.mark.parametrize("name", SERVICES)
each_lock = pytest.mark.parametrize("lock", LOCKS)


def pins(lock: str) -> dict[str, str]:
    """Package -> version; extras are left out."""
    found = re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", (ROOT / lock).read_text(), re.MULTILINE)
    return dict(found)


@each_lock
def test_every_locked_package_has_hashes(lock: str) -> None:
    without = [
        entry.splitlines()[0]
        for entry in re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
        if "--hash=sha256:" not in entry
    ]

    assert without == []


@each_lock
def test_a_lock_names_no_registry(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text()


def test_both_locks_agree_on_every_version() -> None:
    run, dev = pins("requirements.lock"), pins("requirements-dev.lock")

    assert run.items() <= dev.items()


def test_the_runtime_lock_can_build_the_project_itself() -> None:
    assert "setuptools" in pins("requirements.lock")


def test_the_image_installs_the_packages_that_setup_looks_for() -> None:
    setup, image = (ROOT / ".ci" / "setup").read_text(), (ROOT / "Dockerfile").read_text()
    runtime = set(re.findall(r"\|\| echo ([a-z0-9.-]+)$", setup.split('if [ "$group" = test ]')[0], re.MULTILINE))
    # The image has its own Python, and draws no specimens.
    assert runtime - {"python3-venv", "fonts-liberation2"} <= set(image.split())


def test_the_image_has_an_exact_tag_and_an_own_user() -> None:
    image = (ROOT / "Dockerfile").read_text()

    assert re.search(r"^FROM python:\d+\.\d+\.\d+-\S+$", image, re.MULTILINE)
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", image, re.MULTILINE)


@each_service
def test_a_service_runs_one_exact_version(name: str) -> None:
    assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-\w+)?", SERVICES[name]["image"])


@each_service
def test_a_service_has_limits(name: str) -> None:
    assert SERVICES[name]["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}


@each_service
def test_a_service_tells_whether_it_is_well(name: str) -> None:
    check = SERVICES[name]["healthcheck"]

    assert check["test"][0] == "CMD"
    assert check["interval"]


@each_service
def test_a_service_is_not_root_and_cannot_become_it(name: str) -> None:
    service = SERVICES[name]

    assert int(service["user"].split(":")[0]) > 0
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


@each_service
def test_a_service_cannot_change_its_own_image(name: str) -> None:
    assert SERVICES[name]["read_only"] is True


@each_service
def test_a_service_sends_no_telemetry(name: str) -> None:
    environment = SERVICES[name]["environment"]

    assert environment["DO_NOT_TRACK"] == "1"
    assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"


@each_service
def test_no_secret_stands_in_the_environment(name: str) -> None:
    secret = re.compile(r"PASSWORD|SECRET|KEY|AUTH_STRING|CONNECTION_URL", re.IGNORECASE)
    inline = {
        variable
        for variable, value in SERVICES[name]["environment"].items()
        if secret.search(variable) and not value.startswith("/run/secrets/")
    }

    assert inline == set()


@each_service
def test_no_url_of_the_environment_holds_a_password(name: str) -> None:
    assert not [value for value in SERVICES[name]["environment"].values() if re.search(r"://[^/]*@", value)]


def test_every_secret_is_a_file_that_git_ignores() -> None:
    assert all(secret["file"].startswith("secrets/") for secret in COMPOSE["secrets"].values())
    assert "secrets/" in (ROOT / ".gitignore").read_text().splitlines()


@each_service
def test_a_service_is_given_only_secrets_that_are_defined(name: str) -> None:
    assert set(SERVICES[name]["secrets"]) <= COMPOSE["secrets"].keys()


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inner"]["internal"] is True
