"""The promises of Rows: what was saved from one database is the same in another, whatever their kinds."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline import answers
from pipeline.adapters.database.engine import Database, open_database, open_rows
from pipeline.adapters.database.tables import SCHEMA_VERSION
from pipeline.adapters.folder_store import FolderStore
from pipeline.decisions import new_decision
from pipeline.errors import Misconfigured
from pipeline.register import RegisterBook
from pipeline.table_ports import PaperChange
from schemas.access import AccessEntry, LogFilter
from schemas.backup import SavedTable
from schemas.decisions import Confirm, SetSecrecy, Wiping
from schemas.dossier import Paper
from schemas.dossiers import Dossier, Party
from schemas.search import SearchQuery
from tests.contract.examples import ACTOR, HUONG_NUMBER, START, file, huong, minutes, receive

OFFICE = ACTOR.office_id
CODE = "H29.12.34-260302-0001"
LAN_NUMBER = "079192054321"


@pytest.fixture
def source(database: Database) -> Database:
    return database


@pytest.fixture
def target_url(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of the other kind, which has no tables yet."""
    if not database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'another' / 'hoso.db'}"
    make: Callable[[], str] = request.getfixturevalue("another_postgresql_url")
    return make()


@pytest.fixture
def restored(source: Database, target_url: str, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Saves the source and opens the other database when it is filled."""
    opened = []

    def restore() -> Database:
        saved = source.rows.save(tmp_path)
        with open_rows(target_url) as rows:
            rows.load(saved.schema_version, saved.tables, tmp_path)
        opened.append(open_database(target_url))
        return opened[-1]

    yield restore
    for one in opened:
        one.close()


def found(database: Database, words: str) -> list[str]:
    return [hit.document_id for hit in database.search.search(SearchQuery(offices=(OFFICE,), words=words)).hits]


def test_a_paper_and_its_words_are_the_same(source: Database, restored: Callable[[], Database]) -> None:
    paper = file(source, "Ủy ban nhân dân", "trang hai", people=(huong(),), filed_at=minutes(3))
    database = restored()
    assert database.papers.get(OFFICE, paper.document_id) == source.papers.get(OFFICE, paper.document_id)
    assert database.papers.page_texts(OFFICE, paper.document_id) == ("Ủy ban nhân dân", "trang hai")
    assert database.people.by_number(OFFICE, HUONG_NUMBER) == source.people.by_number(OFFICE, HUONG_NUMBER)


def test_papers_are_found_by_their_words_in_the_same_order(source: Database, restored: Callable[[], Database]) -> None:
    for minute, said in enumerate(("giấy khai sinh", "giấy khai tử", "khai sinh lại", "đơn xin")):
        file(source, said, "trang hai", filed_at=minutes(minute), type="birth_certificate")
    file(source, "khai sinh", state="withdrawn")
    database = restored()
    for words in ("khai sinh", "khai", "trang hai", HUONG_NUMBER, ""):
        assert found(database, words) == found(source, words)
    newest = SearchQuery(offices=(OFFICE,), type="birth_certificate")
    assert [hit.document_id for hit in database.search.search(newest).hits] == [
        hit.document_id for hit in source.search.search(newest).hits
    ]


def test_a_merge_of_citizens_can_still_be_taken_back(
    source: Database, restored: Callable[[], Database], tmp_path: Path
) -> None:
    file(source, "x", people=(huong(),))
    lan = file(source, "x", people=(huong(personal_id=LAN_NUMBER, name="Trần Thị Lan"),))
    ids = [one.citizen_id for number in (HUONG_NUMBER, LAN_NUMBER) if (one := source.people.by_number(OFFICE, number))]
    store = FolderStore(tmp_path / "decisions")
    merge = _book(source, store).merge(ACTOR, ids[0], ids[1])
    database = restored()
    assert {paper.document_id for paper in database.papers.of_citizen(OFFICE, ids[0])} >= {lan.document_id}
    _book(database, store).undo(ACTOR, merge.decision_id)
    assert [paper.document_id for paper in database.papers.of_citizen(OFFICE, ids[1])] == [lan.document_id]


def _book(database: Database, store: FolderStore) -> RegisterBook:
    return RegisterBook(store, database)


def test_the_access_log_goes_on_behind_its_entries(source: Database, restored: Callable[[], Database]) -> None:
    for document_id in ("a", "b"):
        source.access_log.write(AccessEntry(at=START, actor=ACTOR, access="look", document_id=document_id))
    database = restored()
    database.access_log.write(AccessEntry(at=START, actor=ACTOR, access="look", document_id="c"))
    seen = database.access_log.find(OFFICE, LogFilter(), 9)
    assert [one.entry.document_id for one in seen] == ["c", "b", "a"]


def test_a_dossier_is_the_same_with_its_times(source: Database, restored: Callable[[], Database]) -> None:
    dossier = Dossier(code=CODE, actor=ACTOR, source="opened", owner=Party(number=HUONG_NUMBER), received_at=START)
    source.dossiers.put(dossier, lambda known: (known, ()))
    assert restored().dossiers.get(OFFICE, CODE) == dossier


def test_what_waits_to_be_read_still_waits(source: Database, restored: Callable[[], Database]) -> None:
    submission = receive(source)
    assert restored().leases.waiting(9) == (submission.submission_id,)


def wiped(source: Database, paper: Paper) -> None:
    """Somebody calls a paper secret; its owners leave the register with it."""
    owners = [one.citizen_id for one in (source.people.by_number(OFFICE, HUONG_NUMBER),) if one is not None]
    wiping = Wiping(owners=tuple(owners))
    decision = new_decision(SetSecrecy, ACTOR, paper.document_id, secret=True, wiping=wiping)
    change = PaperChange(before=paper, after=answers.wiped(paper), texts=("",))
    assert source.papers.change(decision, [change])
    source.keeping.forget(OFFICE, [paper.document_id], owners)


def test_rows_from_before_a_paper_proved_to_be_secret_are_filled_in_without_it(
    source: Database, target_url: str, tmp_path: Path
) -> None:
    paper = file(source, "tuyệt mật", people=(huong(),))
    beside = file(source, "giấy khác", people=(huong(personal_id=LAN_NUMBER, name="Trần Thị Lan"),))
    source.dossiers.put(Dossier(code=CODE, actor=ACTOR, source="opened", received_at=START), lambda known: (known, ()))
    source.papers.decide(new_decision(Confirm, ACTOR, paper.document_id, copy_kind="original"))
    before, newest = tmp_path / "before", tmp_path / "newest"
    before.mkdir()
    newest.mkdir()
    earlier = source.rows.save(before)
    wiped(source, source.papers.get(OFFICE, paper.document_id))
    now = source.rows.save(newest)
    assert [one.document_ids for one in now.wiped] == [{paper.document_id}]
    left = source.rows.without_wiped(earlier.tables, before, now.wiped, newest)
    held = b"".join(gzip.decompress(one.read_bytes()) for one in before.glob("*.gz")).decode()
    assert [word for word in ("tuyệt mật", HUONG_NUMBER, "giấy khác", LAN_NUMBER) if word in held] == [
        "giấy khác",
        LAN_NUMBER,
    ]
    with open_rows(target_url) as rows:
        rows.load(earlier.schema_version, left.tables, before)
    database = open_database(target_url)
    assert database.papers.get(OFFICE, paper.document_id) == source.papers.get(OFFICE, paper.document_id)
    assert database.papers.get(OFFICE, beside.document_id) == source.papers.get(OFFICE, beside.document_id)
    assert database.people.by_number(OFFICE, HUONG_NUMBER) is None
    assert found(database, "giấy khác") == [beside.document_id]
    database.close()


def test_rows_of_an_older_version_lose_a_secret_paper_too(source: Database, tmp_path: Path) -> None:
    """As of a version whose papers had no `same_key`."""
    paper = file(source, "tuyệt mật")
    before, newest = tmp_path / "before", tmp_path / "newest"
    before.mkdir()
    newest.mkdir()
    earlier = source.rows.save(before)
    columns, *rows = (
        json.loads(line) for line in gzip.decompress((before / "papers.jsonl.gz").read_bytes()).splitlines()
    )
    older = [[*columns[:-1]], *([*row[:-1]] for row in rows)]
    (before / "papers.jsonl.gz").write_bytes(gzip.compress("".join(json.dumps(one) + "\n" for one in older).encode()))
    wiped(source, source.papers.get(OFFICE, paper.document_id))
    source.rows.without_wiped(earlier.tables, before, source.rows.save(newest).wiped, newest)
    found, row = (json.loads(line) for line in gzip.decompress((before / "papers.jsonl.gz").read_bytes()).splitlines())
    record = row[[name for name, _ in found].index("record")]
    assert found == columns[:-1]
    assert Paper.model_validate_json(record) == source.papers.get(OFFICE, paper.document_id)


def test_a_paper_of_which_something_is_still_to_be_forgotten_is_not_wiped_yet(source: Database, tmp_path: Path) -> None:
    paper = file(source, "tuyệt mật")
    source.papers.decide(new_decision(Confirm, ACTOR, paper.document_id, copy_kind="original"))
    known = source.papers.get(OFFICE, paper.document_id)
    decision = new_decision(SetSecrecy, ACTOR, paper.document_id, secret=True, wiping=Wiping())
    assert source.papers.change(decision, [PaperChange(before=known, after=answers.wiped(known), texts=("",))])
    assert source.rows.save(tmp_path).wiped == ()
    source.keeping.forget(OFFICE, [paper.document_id], [])
    (one,) = source.rows.save(tmp_path).wiped
    assert one.document_ids == {paper.document_id}
    assert one.decisions == {decision.decision_id}


def test_rows_of_an_older_version_are_brought_to_this_one(target_url: str, tmp_path: Path) -> None:
    """As a backup of version 0003 wrote a dossier."""
    dossier = Dossier(code=CODE, actor=ACTOR, source="opened", received_at=START)
    columns = {
        "office_id": "text",
        "code": "text",
        "actor_id": "text",
        "received_at": "moment",
        "due_on": "date",
        "record": "text",
    }
    values = [OFFICE, CODE, ACTOR.actor_id, START.isoformat(), "2026-03-09", dossier.model_dump_json()]
    with gzip.open(tmp_path / "dossiers.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in (list(columns.items()), values))
    with open_rows(target_url) as rows:
        rows.load("0003", (SavedTable(name="dossiers", rows=1, sha256="", size_bytes=0),), tmp_path)
    database = open_database(target_url)
    assert database.dossiers.recent(OFFICE, 9) == (dossier,)
    database.close()


def refusal(url: str, version: str) -> str:
    with open_rows(url) as rows, pytest.raises(Misconfigured) as caught:
        rows.require_fillable(version)
    return caught.value.code


def test_rows_of_a_newer_version_are_refused(target_url: str) -> None:
    assert refusal(target_url, "9999") == "newer_backup"


def test_a_database_with_rows_or_tables_of_another_version_is_not_filled(source: Database, database_url: str) -> None:
    with open_rows(database_url) as rows:
        rows.require_fillable(SCHEMA_VERSION)
    assert refusal(database_url, "0003") == "not_empty"
    receive(source)
    assert refusal(database_url, SCHEMA_VERSION) == "not_empty"


def test_what_still_waits_needs_its_originals(source: Database, tmp_path: Path) -> None:
    waiting = receive(source)
    file(source, "x")
    asked = file(source, "y", state="needs_review", object_key="intake/phuong-a/s/1.v1.pdf")
    needed = source.rows.save(tmp_path).needed
    assert needed == {waiting.sources[0].key, asked.object_key}
