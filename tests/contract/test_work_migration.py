"""Dossiers that were on file before there was a work list are found by it."""

from datetime import date
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Connection, create_engine, text

from pipeline.adapters.database.migrations import configuration
from schemas.dossiers import Dossier, Party
from tests.contract.examples import ACTOR, HUONG_NUMBER, START, Opener

OFFICE = ACTOR.office_id
OPEN, DONE = "H29.12.34-260302-0001", "H29.12.34-260302-0002"
TODAY = date(2026, 3, 9)


def _an_old_database(url: str) -> None:
    """A database of the version before the counter, with a dossier that waits and one with its result."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        command.upgrade(configuration(connection), "0002")
        for code in (OPEN, DONE):
            _write_dossier(connection, code)
        _write_result(connection)
    engine.dispose()


def _write(connection: Connection, table: str, row: dict[str, Any]) -> None:
    names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)  # noqa: S608 (our own names)


def _write_dossier(connection: Connection, code: str) -> None:
    owner, by = Party(number="001 190 012 345"), Party(number="079.090.000001")
    dossier = Dossier(
        code=code, actor=ACTOR, source="imported", owner=owner, submitted_by=by, received_at=START, due_on=TODAY
    )
    row = {"code": code, "procedure": None, "received_at": "2026-03-02 07:30:00", "record": dossier.model_dump_json()}
    _write(connection, "dossiers", row | ACTOR.model_dump())


def _write_result(connection: Connection) -> None:
    at, own = "2026-03-03 07:30:00", ACTOR.model_dump()
    submission = {
        "submission_id": "s",
        "content_sha256": "c",
        "channel": "counter",
        "received_at": at,
        "state": "done",
        "state_since": at,
        "pages_done": 1,
        "attempts": 1,
        "fence": 1,
    }
    paper = {
        "document_id": "d",
        "submission_id": "s",
        "content_sha256": "c",
        "first_page": 1,
        "filed_at": at,
        "filed_on": "2026-03-03",
        "pages": 1,
        "first_state": "filed",
        "record": "{}",
    }
    part = {
        "code": DONE,
        "component": "",
        "document_id": "d",
        "attached_at": at,
        "digitised": True,
        "reused": 0,
        "result_code": f"{DONE}-KQ1",
    }
    for table, row in (("submissions", submission), ("papers", paper), ("dossier_components", part)):
        _write(connection, table, row | own)


def test_dossiers_without_a_result_are_due_and_known_by_their_people(database_url: str, open_another: Opener) -> None:
    _an_old_database(database_url)
    work = open_another().work
    for number in (HUONG_NUMBER, "079090000001"):
        assert [one.code for one in work.open_of(OFFICE, [number])] == [OPEN]
    assert [one.code for one in work.due(OFFICE, TODAY, 9)] == [OPEN]


def test_what_they_owe_is_found_out_when_they_are_looked_at(database_url: str, open_another: Opener) -> None:
    _an_old_database(database_url)
    work = open_another().work
    assert [one.code for one in work.owing(OFFICE, 9)] == [OPEN]
    assert [one.code for one in work.uncompared(OFFICE, 9)] == [OPEN]
