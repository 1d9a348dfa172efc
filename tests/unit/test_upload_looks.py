"""Quick looks at uploads in waiting. The parsers here read without fault."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.catalogue import load_catalogue
from pipeline.pages import PageLook, ScanFile
from pipeline.upload_looks import Seen, UploadLooks
from pipeline.uploads import Upload, WaitingUploads
from tests.unit.plain_papers import BIRTH
from tests.unit.plain_parsers import PlainParsers, scan
from tests.unit.test_quick_look import BACK, FRONT

SESSION = "a" * 64
CATALOGUE = load_catalogue()


class Gated(PlainParsers):
    """Parsers that look at nothing before the gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def look(self, scan: ScanFile, page: int, thumbnail: Path | None) -> PageLook:
        self.gate.wait(60)
        return super().look(scan, page, thumbnail)


class Table:
    """Uploads with their looks."""

    def __init__(self, folder: Path, parsers: PlainParsers) -> None:
        self.parsers = parsers
        self.uploads = WaitingUploads(folder, 1 << 20, lambda *_: None)
        self.looks = UploadLooks(self.uploads, parsers, CATALOGUE)

    def put(self, content: bytes) -> Upload:
        upload = self.uploads.begin(SESSION, "a.pdf", len(content))
        return self.uploads.append(SESSION, upload.upload_id, 0, content)

    def seen(self, procedure: str | None = None) -> dict[str, Seen]:
        return self.looks.of_table(SESSION, self.uploads.of_session(SESSION), procedure)

    def looked(self, procedure: str | None = None) -> dict[str, Seen]:
        """The same when every look is over; the test's own time limit ends the wait."""
        seen = self.seen(procedure)
        while any(one.state == "looking" for one in seen.values()):
            seen = self.seen(procedure)
        return seen


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Table]:
    opened = Table(tmp_path, PlainParsers())
    yield opened
    opened.looks.close()


def verdicts(seen: dict[str, Seen], upload: Upload) -> list[str]:
    return [page.verdict for page in seen[upload.upload_id].pages]


def test_every_page_of_a_whole_upload_is_judged(table: Table) -> None:
    upload = table.put(scan(BIRTH, ""))
    seen = table.looked()
    assert seen[upload.upload_id].state == "looked"
    assert verdicts(seen, upload) == ["good", "blank"]


def test_an_upload_is_looked_at_once_however_often_one_asks(table: Table) -> None:
    table.put(scan(BIRTH))
    for _ in range(3):
        table.seen()
    table.looked()
    assert table.parsers.calls.count("look 1") == 1


def test_half_a_file_is_not_looked_at(table: Table) -> None:
    upload = table.uploads.begin(SESSION, "a.pdf", 100)
    assert table.looked()[upload.upload_id].state == "sending"
    assert table.parsers.calls == []


def test_what_is_no_scan_is_refused_with_its_reason(table: Table) -> None:
    upload = table.put(b"a letter")
    seen = table.looked()[upload.upload_id]
    assert (seen.state, seen.reason) == ("refused", "not_a_scan")


def test_small_pictures_lie_with_the_upload_and_go_with_it(table: Table) -> None:
    upload = table.put(scan(BIRTH))
    table.looked()
    folder = table.uploads.pictures(SESSION, upload.upload_id)
    assert [file.name for file in folder.iterdir()] == ["1.jpg"]
    table.uploads.remove(SESSION, upload.upload_id)
    assert not folder.exists()


def test_a_look_under_way_is_told_as_such(tmp_path: Path) -> None:
    parsers = Gated()
    table = Table(tmp_path, parsers)
    upload = table.put(scan(BIRTH))
    assert table.seen()[upload.upload_id].state == "looking"
    parsers.gate.set()
    assert table.looked()[upload.upload_id].state == "looked"


def test_a_procedure_that_is_chosen_later_is_judged_by(table: Table) -> None:
    upload = table.put(scan(BIRTH))
    assert verdicts(table.looked(), upload) == ["good"]
    assert verdicts(table.looked("land_change"), upload) == ["not_of_this_procedure"]


def test_what_was_seen_stays_in_sight_while_pages_are_judged_anew(tmp_path: Path) -> None:
    parsers = Gated()
    parsers.gate.set()
    table = Table(tmp_path, parsers)
    upload = table.put(scan(BIRTH))
    table.looked()
    parsers.gate.clear()
    again = table.seen("land_change")[upload.upload_id]
    assert (again.state, [page.page for page in again.pages]) == ("looking", [1])
    parsers.gate.set()
    assert verdicts(table.looked("land_change"), upload) == ["not_of_this_procedure"]


def test_a_missing_back_is_told_when_no_file_has_it(table: Table) -> None:
    front = table.put(scan(FRONT))
    assert verdicts(table.looked(), front) == ["back_side_missing"]


def test_a_back_in_another_file_is_a_back(table: Table) -> None:
    front = table.put(scan(FRONT))
    table.put(scan(BACK))
    assert verdicts(table.looked(), front) == ["good"]


def test_nothing_of_a_session_is_remembered_after_it(table: Table) -> None:
    table.put(scan(BIRTH))
    table.looked()
    table.looks.forget(SESSION)
    table.looked()
    assert table.parsers.calls.count("look 1") == 2
