"""Taking in scans that are held already, from the list that goes with them to what became of each file."""

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pipeline.adapters.backlog_journal import open_journal
from pipeline.archive import Archive
from pipeline.backlog import Backlog, HeldFile, each, files_in
from pipeline.backlog_index import Index, read_index
from pipeline.errors import Misconfigured, ScanRejected
from schemas.backlog import BacklogEntry, IndexRow
from schemas.dossier import Submission
from tests.unit.desk import ACTOR, CATALOGUE, Desk, open_desk
from tests.unit.plain_papers import BIRTH, CHILD_NUMBER, HOLDER_NUMBER
from tests.unit.plain_parsers import PlainParsers, scan

CODE = "H29.12.34-260302-0001"
NO_LIST = Index({}, {})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path / "home", PlainParsers()) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "held" / "2019").mkdir(parents=True)
    return tmp_path / "held"


def reads_here(archive: Archive, submission: Submission) -> Submission:
    archive.process(submission.submission_id)
    return archive.tables.submissions.get(submission.actor.office_id, submission.submission_id)


def work(desk: Desk, *rows: IndexRow, refused: dict[str, str] | None = None) -> Backlog:
    index = Index({row.file: row for row in rows}, refused or {})
    return Backlog(desk.archive, ACTOR, index, lambda submission: reads_here(desk.archive, submission))


def held(folder: Path, name: str = "2019/a.pdf", data: bytes | None = None) -> HeldFile:
    (folder / name).write_bytes(scan(BIRTH) if data is None else data)
    return next(file for file in files_in(folder) if file.file == name)


LIST = f"""\ufeffTên tệp;Mã hồ sơ;Số định danh;Ngày cấp;Loại giấy tờ;Mã thủ tục;Ghi chú
2019\\a.pdf;{CODE};079 320 990 007;19/11/2020;Giấy khai sinh;birth_registration;x
./b.pdf;;;2020-11-19;birth_certificate;;
"""


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_list_is_read_by_its_usual_headers(separator: str) -> None:
    index = read_index(LIST.replace(";", separator), CATALOGUE)
    full = IndexRow(
        file="2019/a.pdf",
        dossier_code=CODE,
        owner_number=CHILD_NUMBER,
        day=date(2020, 11, 19),
        type="birth_certificate",
        procedure="birth_registration",
    )
    assert index.rows["2019/a.pdf"] == full
    assert index.rows["b.pdf"] == IndexRow(file="b.pdf", day=date(2020, 11, 19), type="birth_certificate")
    assert index.refused == {}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("a.pdf;không phải mã;;", "bad_dossier_code"),
        ("a.pdf;;hôm qua;", "bad_index_row"),
        ("a.pdf;;;giấy gì đó", "bad_index_row"),
        (f"a.pdf;;;\na.pdf;{CODE};;", "listed_twice"),
    ],
)
def test_a_row_that_cannot_be_used_costs_its_own_file_alone(row: str, code: str) -> None:
    index = read_index(f"file;dossier_code;day;type\n{row}\nb.pdf;;;\n", CATALOGUE)
    assert index.refused == {"a.pdf": code}
    assert list(index.rows) == ["b.pdf"]


def test_the_same_row_twice_is_no_fault() -> None:
    assert read_index("file\na.pdf\na.pdf\n", CATALOGUE).refused == {}


@pytest.mark.parametrize("text", ["", "mã hồ sơ;ngày\nx;y\n"])
def test_a_list_without_a_column_of_files_is_refused(text: str) -> None:
    with pytest.raises(ScanRejected) as refusal:
        read_index(text, CATALOGUE)
    assert refusal.value.code == "bad_index"


def test_files_are_found_in_order_without_hidden_ones_and_links(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.pdf").write_text("x")
    for name in ("b.pdf", "2019/a.pdf", ".hidden.pdf"):
        (folder / name).write_text("x")
    (folder / ".trash").mkdir()
    (folder / ".trash" / "c.pdf").write_text("x")
    (folder / "link.pdf").symlink_to(tmp_path / "elsewhere.pdf")
    assert [file.file for file in files_in(folder)] == ["b.pdf", "2019/a.pdf"]


def test_a_file_is_filed_with_what_the_list_says(desk: Desk, folder: Path) -> None:
    row = IndexRow(file="2019/a.pdf", dossier_code=CODE, procedure="birth_registration")
    entry = work(desk, row).take(held(folder))
    assert (entry.outcome, entry.papers, entry.differs) == ("taken", 1, ())
    assert entry.submission_id
    submission = desk.tables.submissions.get(ACTOR.office_id, entry.submission_id)
    assert (submission.lane, submission.dossier_code, submission.procedure) == ("backlog", CODE, "birth_registration")


def test_whom_the_list_names_decides_nothing_and_is_told_where_papers_say_otherwise(desk: Desk, folder: Path) -> None:
    entry = work(desk, IndexRow(file="2019/a.pdf", owner_number=HOLDER_NUMBER)).take(held(folder))
    assert entry.differs == ("owner",)
    assert desk.tables.people.by_number(ACTOR.office_id, HOLDER_NUMBER) is None


def test_another_type_and_another_day_are_told(desk: Desk, folder: Path) -> None:
    row = IndexRow(file="2019/a.pdf", type="decision", day=date(1999, 1, 1))
    entry = work(desk, row).take(held(folder))
    assert "type" in entry.differs
    assert "date" in entry.differs


def test_what_the_office_had_before_is_known(desk: Desk, folder: Path) -> None:
    before = desk.file(scan(BIRTH))
    entry = work(desk).take(held(folder))
    assert (entry.outcome, entry.submission_id) == ("known", before.submission_id)


def test_a_file_that_was_received_before_a_crash_counts_as_taken(desk: Desk, folder: Path) -> None:
    file = held(folder)
    first = work(desk).take(file)
    assert work(desk).take(file) == first
    assert first.outcome == "taken"


def test_what_is_no_scan_is_refused(desk: Desk, folder: Path) -> None:
    entry = work(desk).take(held(folder, data=b"a letter"))
    assert (entry.outcome, entry.code, entry.submission_id) == ("refused", "not_a_scan", None)


def test_a_file_whose_row_cannot_be_used_is_not_taken(desk: Desk, folder: Path) -> None:
    entry = work(desk, refused={"2019/a.pdf": "bad_dossier_code"}).take(held(folder))
    assert (entry.outcome, entry.code) == ("refused", "bad_dossier_code")
    assert desk.keys() == []


def test_what_was_done_is_not_done_again(desk: Desk, folder: Path) -> None:
    file = held(folder)
    entry = work(desk).take(file)
    assert work(desk).is_over(file, entry)
    assert not work(desk).is_over(file, None)


def test_a_changed_file_and_a_changed_row_are_looked_at_again(desk: Desk, folder: Path) -> None:
    entry = work(desk).take(held(folder))
    assert not work(desk).is_over(held(folder, data=scan(BIRTH, "a second page")), entry)
    assert not work(desk, IndexRow(file="2019/a.pdf", dossier_code=CODE)).is_over(held(folder), entry)


def test_a_refused_row_is_looked_at_again_when_it_is_corrected(desk: Desk, folder: Path) -> None:
    entry = work(desk, refused={"2019/a.pdf": "listed_twice"}).take(held(folder))
    assert not work(desk).is_over(held(folder), entry)


def test_an_unfinished_file_is_gone_on_with(desk: Desk, folder: Path) -> None:
    file = held(folder)
    unread = Backlog(desk.archive, ACTOR, NO_LIST, lambda submission: submission).take(file)
    assert unread.outcome == "unfinished"
    assert not work(desk).is_over(file, unread)
    assert work(desk).take(file).outcome == "taken"


def test_files_are_only_read(desk: Desk, folder: Path) -> None:
    file = held(folder)
    file.path.chmod(0o444)
    file.path.parent.chmod(0o555)
    before = sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*"))
    work(desk).take(file)
    assert sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*")) == before


def an_entry(file: str) -> BacklogEntry:
    return BacklogEntry(file=file, size_bytes=1, changed_ns=2, row=None, outcome="taken")


def test_the_journal_remembers_the_last_line_of_each_file(tmp_path: Path, folder: Path) -> None:
    with open_journal(tmp_path, "phuong-a", folder) as journal:
        for entry in (an_entry("a"), an_entry("b"), an_entry("a").model_copy(update={"papers": 3})):
            journal.note(entry)
    with open_journal(tmp_path, "phuong-a", folder) as journal:
        assert {name: entry.papers for name, entry in journal.entries.items()} == {"a": 3, "b": 0}
    with open_journal(tmp_path, "phuong-b", folder) as other:
        assert other.entries == {}


def test_a_line_that_was_cut_off_costs_itself_alone(tmp_path: Path, folder: Path) -> None:
    with open_journal(tmp_path, "phuong-a", folder) as journal:
        journal.note(an_entry("a"))
    (file,) = (tmp_path / "backlog").iterdir()
    file.write_bytes(file.read_bytes() + b'{"file": "b", "size')
    with open_journal(tmp_path, "phuong-a", folder) as journal:
        journal.note(an_entry("c"))
    with open_journal(tmp_path, "phuong-a", folder) as journal:
        assert list(journal.entries) == ["a", "c"]


def test_a_folder_is_taken_in_by_one_at_a_time(tmp_path: Path, folder: Path) -> None:
    with (
        open_journal(tmp_path, "phuong-a", folder),
        pytest.raises(Misconfigured) as refusal,
        open_journal(tmp_path, "phuong-a", folder),
    ):
        pass
    assert refusal.value.code == "backlog_running"


def test_only_so_many_files_are_in_hand_at_once() -> None:
    lock, in_hand, most = threading.Lock(), 0, 0

    def take(file: HeldFile) -> BacklogEntry:
        nonlocal in_hand, most
        with lock:
            in_hand += 1
            most = max(most, in_hand)
        with lock:
            in_hand -= 1
        return an_entry(file.file)

    files = [HeldFile(Path(), str(number), 1, 2) for number in range(50)]
    done = {entry.file for entry in each(files, take, 3, threading.Event())}
    assert done == {file.file for file in files}
    assert most <= 3


def test_a_fault_ends_the_rest_and_tells_those_who_wait() -> None:
    stopping, taken = threading.Event(), []

    def take(file: HeldFile) -> BacklogEntry:
        taken.append(file.file)
        if file.file == "2":
            raise ScanRejected("damaged")
        return an_entry(file.file)

    files = [HeldFile(Path(), str(number), 1, 2) for number in range(50)]
    with pytest.raises(ScanRejected):
        list(each(files, take, 1, stopping))
    assert stopping.is_set()
    assert len(taken) < 10
