"""A database made anew from the store alone gives the same answers."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from pipeline import keys
from pipeline.adapters.database.engine import Database
from pipeline.adapters.database.tables import metadata
from pipeline.errors import Misconfigured
from pipeline.rebuild import RebuildReport, rebuild
from schemas.search import SearchQuery
from tests.contract.examples import receive
from tests.unit.desk import ACTOR, Desk, open_desk
from tests.unit.plain_papers import BIRTH, CHILD_NUMBER
from tests.unit.plain_parsers import PlainParsers, scan
from tests.varied_office import fill

OFFICE = ACTOR.office_id
MADE_ANEW = (
    "submissions", "source_files", "papers", "paper_pages", "citizens", "citizen_numbers", "earlier_names",
    "paper_people", "decisions", "open_questions", "search_rows", "dossiers", "dossier_components", "proposals",
    "paper_codes",
)  # fmt: skip
OF_NO_ACCOUNT = {
    "submissions": {"lease_owner", "lease_expires_at", "fence", "state_since", "attempts"},
    "search_rows": {"id", "exact", "folded"},
    "citizen_numbers": {"actor_id"},
    "earlier_names": {"actor_id"},
}
"""What a rebuild may say otherwise: who holds what is not done, ids of its own, forms of a database's own."""


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path / "old", PlainParsers()) as desk:
        yield desk


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An office with something of everything; a rebuild changes nothing of it."""
    with open_desk(tmp_path_factory.mktemp("filled"), PlainParsers()) as desk:
        fill(desk)
        yield desk


def rows_of(url: str) -> dict[str, list[str]]:
    """All rows that are made anew, as text, in an order of their own."""
    with create_engine(url.replace("postgresql:", "postgresql+psycopg:")).connect() as connection:
        return {
            name: sorted(
                repr({key: value for key, value in row.items() if key not in OF_NO_ACCOUNT.get(name, ())})
                for row in connection.execute(select(metadata.tables[name])).mappings()
            )
            for name in MADE_ANEW
        }


def rebuilt(desk: Desk, database: Database, *, replace: bool = False) -> RebuildReport:
    return rebuild(desk.store, database.records, database.restoring, lambda *_: None, replace=replace)


def test_a_database_made_anew_says_all_that_the_old_one_said(
    filled: Desk, database: Database, database_url: str
) -> None:
    report = rebuilt(filled, database)
    assert report.left_out == ()
    before, after = rows_of(f"sqlite:///{filled.folder / 'hoso.db'}"), rows_of(database_url)
    for name in MADE_ANEW:
        assert after[name] == before[name], name
        assert before[name], f"the office has no {name}: nothing is compared"


def test_papers_are_found_in_the_same_order_as_before(filled: Desk, database: Database) -> None:
    rebuilt(filled, database)
    for words in ("khai sinh", CHILD_NUMBER, "giấy của ai"):
        query = SearchQuery(offices=(OFFICE,), words=words, limit=50)
        assert database.search.search(query) == filled.tables.search.search(query)
    assert database.papers.queue(OFFICE, 50) == filled.tables.papers.queue(OFFICE, 50)
    assert database.work.proposals(OFFICE, 50) == filled.tables.work.proposals(OFFICE, 50)


def test_rebuilding_again_gives_the_same(filled: Desk, database: Database, database_url: str) -> None:
    rebuilt(filled, database)
    once = rows_of(database_url)
    rebuilt(filled, database, replace=True)
    assert rows_of(database_url) == once


def test_a_database_with_papers_is_only_replaced_when_told_to(old: Desk, database: Database) -> None:
    submission = receive(database)
    with pytest.raises(Misconfigured) as caught:
        rebuilt(old, database)
    assert caught.value.code == "database_not_empty"
    assert database.submissions.get(OFFICE, submission.submission_id) == submission


def test_a_rebuild_that_was_interrupted_is_simply_begun_again(old: Desk, database: Database) -> None:
    old.file(scan(BIRTH))

    class Killed(BaseException):
        pass

    def die(kind: str, done: int) -> None:
        if kind == "papers":
            raise Killed

    with pytest.raises(Killed):
        rebuild(old.store, database.records, database.restoring, die, replace=False)
    assert rebuilt(old, database).papers == 1


def test_a_submission_that_was_not_read_waits_again(old: Desk, database: Database) -> None:
    submission = old.receive(scan(BIRTH))
    rebuilt(old, database)
    assert database.leases.waiting(9) == (submission.submission_id,)
    with_new_rows = Desk(old.folder, database, PlainParsers())
    with_new_rows.archive.process(submission.submission_id)
    assert len(database.papers.of_content(OFFICE, submission.content_sha256)) == 1


def test_an_owner_whose_entry_was_not_recorded_gets_the_same_id(old: Desk, database: Database) -> None:
    """A crash after the row and before the record, and then the database is lost."""
    paper = old.file(scan(BIRTH))
    known = old.tables.people.by_number(OFFICE, CHILD_NUMBER)
    assert known
    old.store.delete(keys.register_entry(OFFICE, known.citizen_id))
    rebuilt(old, database)
    assert database.people.by_number(OFFICE, CHILD_NUMBER) == known
    assert [one.document_id for one in database.papers.of_citizen(OFFICE, known.citizen_id)] == [paper.document_id]


def test_an_object_that_is_no_record_is_left_out_and_named(old: Desk, database: Database) -> None:
    paper = old.file(scan(BIRTH))
    (key,) = old.keys(f"register/{OFFICE}/")
    old.store.put(key, BytesIO(b"{}"), "application/json")
    report = rebuilt(old, database)
    assert report.left_out == (key,)
    assert database.papers.get(OFFICE, paper.document_id) == paper
