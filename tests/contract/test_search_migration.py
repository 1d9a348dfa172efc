"""Papers that were filed before there were filters are found by them, each at its place."""

from datetime import date
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Connection, create_engine, insert, text

from pipeline.adapters.database.dossier_tables import dossiers
from pipeline.adapters.database.engine import Database, open_database
from pipeline.adapters.database.indexing import summary
from pipeline.adapters.database.migrations import configuration
from pipeline.adapters.database.tables import paper_pages, papers, search_rows, submissions
from pipeline.local_time import local_day
from pipeline.vietnamese import search_tokens
from schemas.dossier import Paper
from schemas.search import SearchQuery
from tests.contract.examples import ACTOR, START, Opener, a_paper, a_submission, file, minutes

OFFICE = ACTOR.office_id
CODE = "H29.12.34-260302-0001"


def _write(connection: Connection, paper: Paper, *texts: str) -> None:
    """As filing wrote a paper before: search rows without marks, and none for an empty page."""
    named = {"document_id": paper.document_id, "filed_at": paper.filed_at} | ACTOR.model_dump()
    connection.execute(
        insert(papers).values(
            named
            | {"submission_id": "s", "content_sha256": "c", "first_page": 1, "filed_on": local_day(paper.filed_at)}
            | {"procedure": paper.procedure, "pages": len(paper.source_pages), "first_state": paper.state}
            | {"record": paper.model_dump_json(), "dossier_code": paper.dossier_code}
        )
    )
    for page, said in enumerate((summary(paper), *texts)):
        if page:
            kept = {"document_id": paper.document_id, "page": page, "kept_text": said}
            connection.execute(insert(paper_pages).values(kept | ACTOR.model_dump()))
        if said:
            keys = [token.exact for token in search_tokens(said)]
            row = {"page": page, "exact": keys, "folded": [token.folded for token in search_tokens(said)]}
            connection.execute(insert(search_rows).values(named | row))


def _an_old_database(url: str) -> None:
    """A database of the version before, with papers that were not written in the order of their filing."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    submission = a_submission(submission_id="s")
    with engine.begin() as connection:
        command.upgrade(configuration(connection), "0003")
        own = submission.model_dump(exclude={"actor", "sources", "lane", "retry_at"}) | {"fence": 0}
        connection.execute(insert(submissions).values(own | ACTOR.model_dump()))
        dossier = {"code": CODE, "procedure": "birth_registration", "received_at": START, "record": "{}"}
        connection.execute(insert(dossiers).values(dossier | ACTOR.model_dump()))
        given: dict[str, dict[str, Any]] = {
            "late": {"filed_at": minutes(9)},
            "type": {"filed_at": minutes(1), "type": "giay_khai_sinh"},
            "dossier": {"filed_at": minutes(2), "dossier_code": CODE, "procedure": "other"},
            "procedure": {"filed_at": minutes(3), "procedure": "other", "state": "needs_review"},
        }
        for name, values in given.items():
            paper = a_paper(submission, document_id=name, source_pages=(1, 2), rotations=(0, 0), **values)
            _write(connection, paper, "", "Bà Hường")
    engine.dispose()


def _found(database: Database, words: str = "", **filters: Any) -> list[str]:
    query = SearchQuery(offices=(OFFICE,), words=words, **filters)
    return [hit.document_id for hit in database.search.search(query).hits]


def test_papers_filed_before_are_found_by_filters(database_url: str, open_another: Opener) -> None:
    _an_old_database(database_url)
    database = open_another()
    assert _found(database, type="giay_khai_sinh") == ["type"]
    assert _found(database, state="needs_review") == ["procedure"]
    assert _found(database, procedure="birth_registration") == ["dossier"]
    assert _found(database, procedure="other") == ["procedure"]
    assert _found(database, "hường", filed_from=date(2026, 3, 2)) == ["late", "procedure", "dossier", "type"]


def test_papers_filed_after_stand_before_those(database_url: str, open_another: Opener) -> None:
    _an_old_database(database_url)
    database = open_another()
    new = file(database, "Hường", "", filed_at=minutes(20))
    assert _found(database, "hường")[:2] == [new.document_id, "late"]


def test_a_removed_paper_leaves_the_renewed_sqlite_index(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old' / 'hoso.db'}"
    _an_old_database(url)
    database = open_database(url)
    with create_engine(url).begin() as connection:
        connection.execute(text("DELETE FROM search_rows"))
        connection.execute(text("INSERT INTO search_index (search_index) VALUES ('integrity-check')"))
    assert _found(database, "hường") == []
    database.close()
