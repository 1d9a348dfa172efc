"""Folders in the inbox for offices and procedures, and files that stay until their bytes are safe."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.batch import receive_file
from pipeline.adapters.hot_folder import HotFolder
from pipeline.adapters.inbox import Inbox, open_inbox
from pipeline.archive import Archive, Handing
from pipeline.cli.doctor import Doubt, _inbox
from pipeline.entrance import new_account
from pipeline.errors import Misconfigured, ServiceUnavailable
from pipeline.offices import known_offices
from pipeline.ports import StoredObject
from pipeline.settings import Settings
from tests.unit.desk import ACTOR, CATALOGUE, NEIGHBOUR, Desk, open_desk
from tests.unit.plain_papers import BIRTH
from tests.unit.plain_parsers import PlainParsers, scan

OFFICE, OTHER = ACTOR.office_id, NEIGHBOUR.office_id
PROCEDURE = CATALOGUE.procedures["birth_registration"]
BACKLOG = Handing(actor=ACTOR, lane="backlog")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path / "home", PlainParsers()) as opened:
        yield opened


def put(folder: Path, name: str = "a.pdf", data: bytes = b"scan") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return folder / name


def look(inbox: Path) -> Inbox:
    return open_inbox(inbox, OFFICE, (OFFICE, OTHER), CATALOGUE)


def meanings(inbox: Path) -> dict[tuple[str, str | None], list[str]]:
    """The files that are found, by office and procedure."""
    return {
        (folder.office_id, folder.procedure): sorted(path.name for path in folder.files.look())
        for folder in look(inbox).folders
    }


def test_files_at_the_top_are_the_offices_own(inbox: Path) -> None:
    put(inbox)
    assert meanings(inbox) == {(OFFICE, None): ["a.pdf"]}


@pytest.mark.parametrize("name", [PROCEDURE.id, PROCEDURE.code])
def test_a_folder_named_after_a_procedure_tells_it(inbox: Path, name: str) -> None:
    put(inbox / name)
    assert meanings(inbox)[OFFICE, PROCEDURE.id] == ["a.pdf"]


def test_a_folder_named_after_an_office_is_of_that_office(inbox: Path) -> None:
    put(inbox / OTHER)
    assert meanings(inbox)[OTHER, None] == ["a.pdf"]


def test_an_offices_folder_may_hold_folders_of_procedures(inbox: Path) -> None:
    put(inbox / OTHER / PROCEDURE.id)
    assert meanings(inbox)[OTHER, PROCEDURE.id] == ["a.pdf"]


@pytest.mark.parametrize(
    "folder",
    ["phuong-c", "Phuong-B", f"{OTHER}/{OFFICE}", f"{OTHER}/x", f"{PROCEDURE.id}/{OTHER}", f"{OTHER}/{PROCEDURE.id}/x"],
)
def test_a_folder_that_says_nothing_known_is_told_and_left_alone(inbox: Path, folder: str) -> None:
    put(inbox / folder)
    assert look(inbox).unknown == (inbox / folder,)
    assert not any(meanings(inbox).values())


def test_a_name_that_could_be_both_is_left_alone(inbox: Path) -> None:
    put(inbox / PROCEDURE.id)
    found = open_inbox(inbox, OFFICE, (OFFICE, PROCEDURE.id), CATALOGUE)
    assert found.unknown == (inbox / PROCEDURE.id,)


def test_what_was_put_aside_and_what_is_hidden_is_not_looked_at(inbox: Path, tmp_path: Path) -> None:
    for name in ("done", "refused", ".drafts", f"{PROCEDURE.id}/done", f"{OTHER}/refused"):
        put(inbox / name)
    put(tmp_path / "elsewhere")
    (inbox / "link").symlink_to(tmp_path / "elsewhere")
    (inbox / "empty").mkdir()
    assert look(inbox).unknown == ()
    assert not any(meanings(inbox).values())


def test_an_inbox_out_of_which_nothing_can_be_moved_is_refused(inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(inbox)
    monkeypatch.setattr("os.access", lambda *_: False)  # whoever runs the tests may be allowed everything
    with pytest.raises(Misconfigured) as refusal:
        look(inbox)
    assert refusal.value.code == "inbox_closed"


def test_offices_are_our_own_and_those_with_accounts(desk: Desk) -> None:
    account = new_account("minh", "Minh", OTHER, ["counter"])
    desk.tables.accounts.add(account, None, "tests")
    assert known_offices(Settings(office_id=OFFICE), desk.tables) == (OFFICE, OTHER)


@pytest.mark.parametrize(("name", "said"), [("phuong-c", "phuong-c"), ("Nguyễn Văn A", "?")])
def test_doctor_tells_of_a_folder_that_nobody_knows(tmp_path: Path, name: str, said: str) -> None:
    put(tmp_path / "inbox" / name)
    told = _inbox(Settings(home=tmp_path))
    assert isinstance(told, Doubt)
    assert told.endswith(f": {said}")


def test_doctor_is_content_with_folders_of_procedures(tmp_path: Path) -> None:
    put(tmp_path / "inbox" / PROCEDURE.id)
    assert "1 folders" in _inbox(Settings(home=tmp_path))


def test_a_file_is_moved_when_it_is_received(desk: Desk, inbox: Path) -> None:
    file = put(inbox, data=scan(BIRTH))
    submission_id = receive_file(desk.archive, BACKLOG, HotFolder(inbox), file)
    assert submission_id
    seen = desk.tables.submissions.get(OFFICE, submission_id)
    assert desk.bytes_of(seen.sources[0].key) == scan(BIRTH)
    assert seen.lane == "backlog"
    assert (not file.exists(), (inbox / "done" / "a.pdf").read_bytes()) == (True, scan(BIRTH))


def test_a_file_stays_while_the_store_fails_and_is_received_afterwards(desk: Desk, inbox: Path) -> None:
    file = put(inbox, data=scan(BIRTH))
    with pytest.raises(ServiceUnavailable):
        receive_file(broken(desk), BACKLOG, HotFolder(inbox), file)
    assert file.read_bytes() == scan(BIRTH)
    assert [path.name for path in inbox.iterdir()] == ["a.pdf"]
    assert desk.tables.leases.waiting(9) == ()
    assert receive_file(desk.archive, BACKLOG, HotFolder(inbox), file)


def test_a_refused_file_is_not_seen_again(desk: Desk, inbox: Path) -> None:
    file = put(inbox, data=b"a letter")
    assert receive_file(desk.archive, BACKLOG, HotFolder(inbox), file) is None
    assert (inbox / "refused" / "a.pdf.txt").read_text().startswith("not_a_scan\n")
    assert not any(meanings(inbox).values())


def test_a_file_that_was_received_before_a_crash_is_received_once(desk: Desk, inbox: Path) -> None:
    first = receive_file(desk.archive, BACKLOG, HotFolder(inbox), put(inbox, data=scan(BIRTH)))
    (inbox / "done" / "a.pdf").rename(inbox / "a.pdf")  # as it lies where the crash came before the move
    assert receive_file(desk.archive, BACKLOG, HotFolder(inbox), inbox / "a.pdf") == first


class _AwayStore:
    """A store that takes nothing."""

    def put(self, *_: object) -> StoredObject:
        raise ServiceUnavailable("store_away")


def broken(desk: Desk) -> Archive:
    archive = Archive(Settings(home=desk.folder), desk.store, desk.tables, desk.parsers, CATALOGUE)
    archive.store = _AwayStore()  # type: ignore[assignment]
    return archive
