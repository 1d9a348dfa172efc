"""All of docker-compose.yml as processes: real stores on disk, two workers on machines of their own, a TLS proxy."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.system.hoso_up import wait_until
from tests.system.scans import draw_birth_certificate
from tests.topology import Topology, running_topology
from tests.topology.compose import SERVICES, Program, program

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

_LEASE_S = "5"
_OURS = tuple(name for name, service in SERVICES.items() if "build" in service and "profiles" not in service)
_READ_S = 240


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's user may enter too."""
    with tempfile.TemporaryDirectory(prefix="hoso-topology-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def topology(folder: Path) -> Iterator[Topology]:
    with running_topology(folder, {"HOSO_LEASE_S": _LEASE_S}) as running:
        yield running


@pytest.fixture(scope="module")
def office(topology: Topology) -> Iterator[httpx.Client]:
    """A program of the office, at the proxy."""
    topology.hoso("account", "add", "intake", "--role", "service", "--no-password")
    scopes = ("papers.receive", "papers.read")
    secret = topology.hoso("token", "add", "intake", *(part for scope in scopes for part in ("--scope", scope)))
    with topology.client() as client:
        client.headers["authorization"] = f"Bearer {secret}"
        yield client


def hand_in(office: httpx.Client, scan: Path) -> str:
    """Upload a scan; the id of its submission."""
    with scan.open("rb") as stream:
        answer = office.post("/api/v1/submissions", files={"files": (scan.name, stream, "application/pdf")})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["submission_id"])


def state_of(office: httpx.Client, submission_id: str) -> str:
    """Its state as the office is told it; while the page is away, that."""
    answer = office.get(f"/api/v1/submissions/{submission_id}")
    return str(answer.json()["state"]) if answer.is_success else "away"


def papers_of(office: httpx.Client, submission_id: str) -> Sequence[dict[str, Any]]:
    """The papers of a submission once it is done."""
    wait_until(lambda: state_of(office, submission_id) == "done", _READ_S)
    found: Sequence[dict[str, Any]] = office.get(f"/api/v1/submissions/{submission_id}").json()["papers"]
    return found


def found_by(office: httpx.Client, words: str) -> int:
    """How many papers a search finds."""
    return len(office.post("/api/v1/search", json={"words": words}).json()["hits"])


def processes(topology: Topology, name: str, part: str) -> list[int]:
    """The processes of a part whose command line has these words, the oldest first."""
    lines = {pid: Path(f"/proc/{pid}/cmdline") for pid in topology.parts[name].pids()}
    return sorted(pid for pid, line in lines.items() if line.exists() and part in line.read_text().replace("\0", " "))


def arguments(said: Program) -> list[str]:
    """The arguments of the program that a command's shells become in the end."""
    given = list(said.command[said.command.index("hoso") + 1 :])
    return given[-1].rpartition("exec ")[2].split()[1:] if given[0] == "sh" else given[1:]


def at_work(topology: Topology) -> str | None:
    """The worker that reads a paper now."""
    workers = (name for name in topology.parts if name.startswith("worker"))
    return next((name for name in workers if processes(topology, name, "parser_child")), None)


@pytest.mark.parametrize("service", _OURS)
def test_a_process_has_the_command_and_the_environment_of_its_service(topology: Topology, service: str) -> None:
    name = "worker-1" if service == "worker" else service
    said = program(service, topology.place(name))
    process = Path(f"/proc/{topology.parts[name].pid}")
    environment = dict(pair.split("=", 1) for pair in (process / "environ").read_text().split("\0") if pair)
    told = {**said.environment, "HOSO_LEASE_S": _LEASE_S}
    assert {key: environment.get(key) for key in told} == told
    assert (process / "cmdline").read_text().rstrip("\0").split("\0")[-len(arguments(said)) :] == arguments(said)


def test_prefect_cannot_read_the_papers_rows(topology: Topology) -> None:
    secret = topology.folder / "prefect" / "secrets" / "PREFECT_SERVER_DATABASE_CONNECTION_URL"
    url = secret.read_text().replace("+asyncpg", "").rpartition("/")[0] + "/hoso"
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(url)


def test_the_database_syncs_what_it_commits(topology: Topology) -> None:
    url = (topology.folder / "web" / "secrets" / "hoso_database").read_text()
    with psycopg.connect(url) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert connection.execute(f"SHOW {setting}").fetchone() == ("on",), setting


def test_what_is_handed_in_is_read_by_a_worker_filed_and_found(
    topology: Topology, office: httpx.Client, tmp_path: Path
) -> None:
    scan = draw_birth_certificate(tmp_path / "paper.pdf", "Lê Thị Thử Nghiệm")
    (paper,) = papers_of(office, hand_in(office, scan))
    assert paper["type"] == "birth_certificate"
    assert found_by(office, "le thi thu nghiem") == 1
    assert office.get(f"/api/v1/papers/{paper['document_id']}/pdf").content.startswith(b"%PDF")
    assert office.get(f"/api/v1/papers/{paper['document_id']}/originals/1").content == scan.read_bytes()


def test_what_a_killed_worker_held_is_filed_once_by_the_other(
    topology: Topology, office: httpx.Client, tmp_path: Path
) -> None:
    scan = draw_birth_certificate(tmp_path / "taken-up.pdf", "Trần Văn Dở Dang", pages=3)
    submission_id = hand_in(office, scan)
    name = wait_until(lambda: at_work(topology), _READ_S)
    assert name is not None
    topology.parts[name].kill()
    assert len(papers_of(office, submission_id)) == 1
    assert found_by(office, "tran van do dang") == 1
    topology.parts[name].wait_until_well()


def test_a_page_that_is_killed_comes_back_with_all_it_knew(
    topology: Topology, office: httpx.Client, tmp_path: Path
) -> None:
    scan = draw_birth_certificate(tmp_path / "meanwhile.pdf", "Phạm Thị Trong Khi")
    submission_id = hand_in(office, scan)
    first = topology.parts["web"].pid
    topology.parts["web"].kill()
    topology.parts["web"].wait_until_well()
    assert topology.parts["web"].pid != first
    assert len(papers_of(office, submission_id)) == 1


def test_stopping_leaves_no_process_and_what_is_on_file_is_there_at_the_next_start(
    topology: Topology, office: httpx.Client, tmp_path: Path
) -> None:
    scan = draw_birth_certificate(tmp_path / "before.pdf", "Vũ Thị Hôm Trước")
    (paper,) = papers_of(office, hand_in(office, scan))
    topology.stop()
    assert topology.pids() == set()
    # This test is the last: nobody needs the others again, and their start takes half a minute of the processor.
    for name in ("postgres", "s3", "web", "proxy"):
        topology.parts[name].want()
        topology.parts[name].wait_until_well()
    assert found_by(office, "vu thi hom truoc") == 1
    assert office.get(f"/api/v1/papers/{paper['document_id']}/originals/1").content == scan.read_bytes()
