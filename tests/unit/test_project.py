"""Claims about the files a newcomer meets first: locks, Makefile, image and compose file."""

import re
import subprocess
from pathlib import Path

import pytest

from pipeline.settings import Limits, Settings
from tests.topology.compose import COMPOSE, ROOT, SERVICES

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


@pytest.mark.parametrize("name", [name for name in SERVICES if "profiles" not in SERVICES[name]])
def test_a_service_that_stays_tells_whether_it_is_well_and_comes_back(name: str) -> None:
    check = SERVICES[name]["healthcheck"]

    assert check["test"][0] == "CMD"
    assert check["interval"]
    assert SERVICES[name]["restart"] == "unless-stopped"


@each_service
def test_a_volume_of_a_service_is_one_that_is_defined_or_the_operators_folder(name: str) -> None:
    sources = [volume.split(":/")[0] for volume in SERVICES[name].get("volumes", ())]
    named = {re.sub(r"^\$\{HOSO_\w+_FOLDER:-(\w+)\}$", r"\1", source) for source in sources}

    assert named <= COMPOSE["volumes"].keys()


def test_what_outlives_a_container_lies_in_a_volume() -> None:
    kept = {name: [volume.split(":/")[1] for volume in SERVICES[name].get("volumes", ())] for name in SERVICES}

    assert kept == {
        "proxy": [],
        "web": ["var/lib/hoso", "srv/inbox", "srv/audit:ro", "srv/roots:ro"],
        "worker": ["srv/inbox", "srv/audit", "srv/roots:ro"],
        "prefect": [],
        "backup": ["srv/backup"],
        "postgres": ["var/lib/postgresql/data"],
        "s3": ["data"],
    }


def test_the_image_makes_the_folders_of_the_volumes_for_its_user() -> None:
    image = (ROOT / "Dockerfile").read_text()
    mounted = {path for one in SERVICES.values() for path in re.findall(r"/srv/\w+", " ".join(one.get("volumes", ())))}
    made = re.search(r"install --directory --owner=hoso \S+ ([/\w ]+)", image)

    assert made
    assert set(made[1].split()) == mounted
    assert "--home-dir /var/lib/hoso --create-home hoso" in image


def test_make_secrets_makes_every_secret_but_the_certificate(tmp_path: Path) -> None:
    subprocess.run([ROOT / ".ci" / "make-secrets", tmp_path / "secrets"], check=True, stdout=subprocess.DEVNULL)
    wanted = {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()}

    assert {file.name for file in (tmp_path / "secrets").iterdir()} == wanted - {"tls_certificate.pem", "tls_key.pem"}


def test_make_secrets_keeps_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "postgres_password").write_text("kept")
    subprocess.run([ROOT / ".ci" / "make-secrets", tmp_path], check=True, stdout=subprocess.DEVNULL)

    assert (tmp_path / "postgres_password").read_text() == "kept"


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
def test_a_service_is_told_only_settings_that_there_are(name: str) -> None:
    known = {f"HOSO_{field.upper()}" for settings in (Settings, Limits) for field in settings.model_fields}

    assert {variable for variable in SERVICES[name]["environment"] if variable.startswith("HOSO_")} <= known


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
