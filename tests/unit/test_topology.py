"""How the compose file is told for plain processes; that they run is tried in the system tests."""

from pathlib import Path

import pytest

from tests.topology.compose import SERVICES, Place, program

PLACE = Place(
    address="127.9.9.2",
    servers="127.9.9.1",
    folders={
        "/var/tmp": Path("/var/tmp/x/web/tmp"),  # noqa: S108 (a container's own)
        "/run/secrets": Path("/x/web/secrets"),
        "/var/lib/hoso": Path("/x/web"),
        "/srv/inbox": Path("/x/inbox"),
    },
    variables={"HOSO_OFFICE_NAME": "UBND xã Thử"},
)
_OURS = [name for name, service in SERVICES.items() if "build" in service]


@pytest.mark.parametrize(
    ("compose", "here"),
    [
        ("s3:http://s3:9000/hoso", "s3:http://127.9.9.1:9000/hoso"),
        ("postgresql://hoso:0f1e2d@postgres/hoso", "postgresql://hoso:0f1e2d@127.9.9.1/hoso"),
        (
            "postgresql+asyncpg://prefect:0f1e2d@postgres/prefect",
            "postgresql+asyncpg://prefect:0f1e2d@127.9.9.1/prefect",
        ),
        ("--host=0.0.0.0", "--host=127.9.9.2"),
        ("/run/secrets/tls_key", "/x/web/secrets/tls_key"),
        ("/var/lib/hoso/prefect", "/x/web/prefect"),
        ("/var/tmp", "/var/tmp/x/web/tmp"),  # noqa: S108
        ("${HOSO_OFFICE_NAME:-}", "UBND xã Thử"),
        ("${HOSO_OFFICE_ID:-local}", "local"),
        ('exec "$$@"', 'exec "$@"'),
        ("reverse_proxy web:8000", "reverse_proxy 127.9.9.1:8000"),
        ("pipeline.web.app:app_from_environment", "pipeline.web.app:app_from_environment"),
    ],
)
def test_a_text_of_the_compose_file_is_put_into_its_place(compose: str, here: str) -> None:
    assert PLACE.put(compose) == here


@pytest.mark.parametrize("service", _OURS)
def test_nothing_of_a_container_is_left_in_a_process(service: str) -> None:
    said = program(service, PLACE)
    # What the command falls back to where no folder of secrets is named stays; a process is told its own.
    text = " ".join([*said.command, *said.environment.values(), *said.check])
    for inside in ("/var/lib/hoso", "/srv/inbox", "host=0", "$$", "${HOSO", "s3:9000", "prefect:4200"):
        assert inside not in text


@pytest.mark.parametrize("service", _OURS)
def test_a_process_is_told_every_variable_of_its_service(service: str) -> None:
    assert program(service, PLACE).environment.keys() >= SERVICES[service]["environment"].keys()
