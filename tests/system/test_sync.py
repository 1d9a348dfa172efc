"""`hoso sync` against a real centre: cut connections, kills at every step, two at once; each original arrives once."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline import tokens
from pipeline.adapters.folder_store import FolderStore
from pipeline.entrance import new_account
from pipeline.settings import Settings
from pipeline.wiring import open_tables
from schemas.access import Permission
from schemas.dossier import Submission
from tests.services.processes import answers, free_port, running, wait_until
from tests.system.command import Told, run
from tests.system.hoso_up import environment_of, hoso
from tests.system.wire import Way, Wire
from tests.unit.desk import Desk, open_desk
from tests.unit.plain_parsers import PlainParsers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

OFFICE = "trung-tam"
LARGE_BYTES = 6 << 20
SCOPES: tuple[Permission, ...] = ("papers.receive", "papers.deliver")


class Centre(NamedTuple):
    """A running centre."""

    home: Path
    port: int
    token: str

    def originals(self) -> list[bytes]:
        """What lies there as an original, each as often as it does."""
        store = FolderStore(self.home / "store")
        keys = [one.key for one in store.find(f"intake/{OFFICE}/") if "/original/" in one.key]
        return [(self.home / "store" / key).read_bytes() for key in keys]

    def received(self) -> tuple[Submission, ...]:
        with open_tables(Settings(home=self.home, office_id=OFFICE)) as tables:
            return tables.submissions.recent(OFFICE, 999)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    home, port = tmp_path_factory.mktemp("centre"), free_port()
    settings = Settings(home=home, office_id=OFFICE)
    with open_tables(settings) as tables:
        account = new_account("quay-3", "Quầy 3", OFFICE, ("service",))
        tables.accounts.add(account, None, "tests")
        _, token = tokens.issue(tables.tokens, settings.actor, account, "quay-3", SCOPES, 9)
    # It hands over to another centre itself, so that no time goes into reading what these tests send.
    environment = environment_of(home, HOSO_OFFICE_ID=OFFICE, HOSO_CENTRE_URL="https://above.example")
    web = [sys.executable, "-m", "uvicorn", "--factory", "pipeline.web.app:app_from_environment"]
    command = [*web, "--host", "127.0.0.1", "--port", str(port), "--no-access-log", "--log-level", "warning"]
    with running(["env", "-i", *(f"{k}={v}" for k, v in environment.items()), *command], home / "log") as process:
        wait_until(lambda: answers(port), process, home / "log")
        yield Centre(home, port, token)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Of the counter's machine."""
    return tmp_path / "counter"


@contextmanager
def counter(home: Path) -> Iterator[Desk]:
    home.mkdir(exist_ok=True)
    with open_desk(home, PlainParsers(), centre_url="https://centre.example") as desk:
        yield desk


def scans(number: int, size_bytes: int = 100) -> list[bytes]:
    """So many files that nobody else has."""
    return [b"%PDF-1.7 " + os.urandom(size_bytes) for _ in range(number)]


def receive(home: Path, *files: bytes) -> Submission:
    """Hand files in at the counter, together."""
    with counter(home) as desk:
        return desk.receive(*files)


def told_by(home: Path, centre: Centre, port: int | None = None) -> dict[str, str]:
    """The settings that name the centre, or another way to it."""
    address = f"http://127.0.0.1:{port or centre.port}"
    return {"HOSO_OFFICE_ID": "phuong-a", "HOSO_CENTRE_URL": address, "HOSO_CENTRE_TOKEN": centre.token}


def sync(home: Path, centre: Centre, port: int | None = None) -> Told:
    return run(home, "sync", "--json", **told_by(home, centre, port))


def arrived(centre: Centre, *files: bytes) -> list[int]:
    """How often each file lies at the centre."""
    there = [hashlib.sha256(one).digest() for one in centre.originals()]
    return [there.count(hashlib.sha256(one).digest()) for one in files]


def is_done(home: Path, *submissions: Submission) -> bool:
    """Whether these were delivered, and nothing of them is left on the counter's machine."""
    with counter(home) as desk:
        seen = [desk.seen(one) for one in submissions]
        return {(one.state, one.reason) for one in seen} == {("done", "delivered")} and not desk.keys("intake")


def test_what_was_received_offline_arrives_with_its_time_and_leaves_the_counter(centre: Centre, home: Path) -> None:
    files = scans(3)
    together, alone = receive(home, *files[:2]), receive(home, files[2])
    told = sync(home, centre)
    assert told.code == 0, told.errors
    assert [(one["submission_id"], one["state"]) for one in told.lines] == [
        (together.submission_id, "delivered"),
        (alone.submission_id, "delivered"),
    ]
    assert arrived(centre, *files) == [1, 1, 1]
    there = {one.submission_id: one.received_at for one in centre.received()}
    assert [there[one["centre_submission_id"]] for one in told.lines] == [together.received_at, alone.received_at]
    assert is_done(home, together, alone)


def test_while_the_centre_is_away_everything_waits(centre: Centre, home: Path) -> None:
    (file,) = scans(1)
    submission = receive(home, file)
    told = sync(home, centre, port=free_port())
    assert told.code == 75
    assert "centre_away" in told.errors
    with counter(home) as desk:
        assert desk.seen(submission).state == "received"
        assert desk.bytes_of(submission.sources[0].key) == file


def test_an_upload_that_was_cut_goes_on_where_it_was(centre: Centre, home: Path) -> None:
    (file,) = scans(1, LARGE_BYTES)
    submission = receive(home, file)
    with Wire(centre.port) as wire:
        wire.cut_after(LARGE_BYTES // 2)
        assert sync(home, centre, wire.port).code == 75
    with Wire(centre.port) as wire:
        told = sync(home, centre, wire.port)
        assert told.code == 0, told.errors
        assert wire.bytes_up < LARGE_BYTES * 3 // 4
    assert arrived(centre, file) == [1]
    assert is_done(home, submission)


KILLS: dict[str, tuple[Way, bytes]] = {
    "before anything is sent": ("up", b"GET "),
    "before the upload begins": ("up", b"POST "),
    "while bytes are sent": ("up", b"PATCH "),
    "before it is handed over": ("up", b"PUT "),
    "before the receipt arrives": ("down", b'"taken_at"'),
}


@pytest.mark.parametrize("place", KILLS)
def test_a_sync_that_is_killed_loses_nothing_and_repeats_nothing(centre: Centre, home: Path, place: str) -> None:
    files = scans(2)
    first, second = (receive(home, file) for file in files)
    way, mark = KILLS[place]
    with Wire(centre.port) as wire:
        killed = subprocess.Popen(
            hoso("sync"),
            env=environment_of(home, **told_by(home, centre, wire.port)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

        def act(passing: Way, data: bytes) -> bool:
            if passing != way or mark not in data:
                return True
            killed.send_signal(signal.SIGKILL)
            return False

        wire.watch(act)
        assert killed.wait() == -signal.SIGKILL
    told = sync(home, centre)
    assert told.code == 0, told.errors
    assert arrived(centre, *files) == [1, 1]
    assert is_done(home, first, second)


def test_two_at_once_deliver_each_original_once(centre: Centre, home: Path) -> None:
    files = scans(6)
    received = [receive(home, file) for file in files]
    environment = environment_of(home, **told_by(home, centre))
    both = [subprocess.Popen(hoso("sync", "--json"), env=environment, stdout=subprocess.PIPE) for _ in range(2)]
    delivered = [json.loads(line) for one in both for line in one.communicate()[0].splitlines()]
    assert {one.returncode for one in both} <= {0, 75}
    assert sorted(one["submission_id"] for one in delivered) == sorted(one.submission_id for one in received)
    assert arrived(centre, *files) == [1] * 6
    assert is_done(home, *received)


def test_a_token_that_opens_nothing_is_the_operators_matter(centre: Centre, home: Path) -> None:
    (file,) = scans(1)
    submission = receive(home, file)
    told = sync(home, centre._replace(token=f"hoso_{uuid.uuid4().hex}"))
    assert told.code == 78
    assert "centre_refuses_token" in told.errors
    with counter(home) as desk:
        assert desk.seen(submission).state == "received"


def test_a_machine_without_a_token_is_the_operators_matter(centre: Centre, home: Path) -> None:
    receive(home, *scans(1))
    address = f"http://127.0.0.1:{centre.port}"
    told = run(home, "sync", HOSO_OFFICE_ID="phuong-a", HOSO_CENTRE_URL=address)
    assert (told.code, "no_centre" in told.errors) == (78, True)
