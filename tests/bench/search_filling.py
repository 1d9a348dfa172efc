"""Fills a database with many papers: past the ports, which write one paper at a time, but with the rows they write."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import Dialect, Table, make_url
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.adapters.database.search_marks import WHOLE_PAPER, marks_of
from pipeline.adapters.database.tables import (
    citizen_numbers,
    citizens,
    earlier_names,
    paper_pages,
    paper_people,
    papers,
    search_rows,
    submissions,
)
from pipeline.local_time import local_day
from pipeline.stages.same_name import folded_name
from tests.bench.search_papers import ACTOR, MadeCitizen, MadePaper

_BATCH = 5_000
_WITH_EARLIER_NAME = 2
"""More often than in life: of too few rows PostgreSQL reads all, and its plans would tell nothing."""
_WRITTEN_BY = ACTOR.model_dump()
Row = dict[str, Any]


class _Loader(Protocol):
    def add(self, table: Table, rows: Sequence[Row]) -> None:
        """Add rows; all have the same columns."""
        ...


def fill(url: str, citizens_made: Sequence[MadeCitizen], papers_made: Iterator[MadePaper]) -> None:
    """Write all people and papers into a database that has its tables and no rows, and gather its statistics."""
    loading = _into_sqlite(url) if make_url(url).get_backend_name() == "sqlite" else _into_postgresql(url)
    with loading as loader:
        loader.add(citizens, [_citizen(citizen) for citizen in citizens_made])
        numbers = [(c.citizen_id, number) for c in citizens_made for number in (c.personal_id, c.old_number) if number]
        loader.add(
            citizen_numbers,
            [_WRITTEN_BY | {"number": number, "citizen_id": citizen_id} for citizen_id, number in numbers],
        )
        loader.add(earlier_names, [_earlier_name(citizen) for citizen in citizens_made[::_WITH_EARLIER_NAME]])
        while batch := list(islice(papers_made, _BATCH)):
            _add_papers(loader, batch)


def _add_papers(loader: _Loader, batch: Sequence[MadePaper]) -> None:
    handed_in = {paper.submission_id: paper for paper in reversed(batch)}
    loader.add(submissions, [_submission(paper) for paper in handed_in.values()])
    loader.add(papers, [_paper(paper) for paper in batch])
    loader.add(paper_pages, [_of(paper) | {"page": 1, "kept_text": paper.text} for paper in batch])
    loader.add(paper_people, [row for paper in batch for row in _owners(paper)])
    loader.add(search_rows, [row for paper in batch for row in _searched(paper)])


def _citizen(citizen: MadeCitizen) -> Row:
    return _WRITTEN_BY | {
        "citizen_id": citizen.citizen_id,
        "kind": "person",
        "name": citizen.name,
        "folded_name": folded_name(citizen.name),
        "born": citizen.born.isoformat(),
    }


def _earlier_name(citizen: MadeCitizen) -> Row:
    name = f"{citizen.name} Anh"
    return _WRITTEN_BY | {"citizen_id": citizen.citizen_id, "name": name, "folded_name": folded_name(name)}


def _submission(paper: MadePaper) -> Row:
    return _WRITTEN_BY | {
        "submission_id": paper.submission_id,
        "content_sha256": paper.submission_id * 2,
        "channel": "counter",
        "received_at": paper.filed_at,
        "state": "done",
        "state_since": paper.filed_at,
        "pages_done": 0,
        "attempts": 1,
        "fence": 1,
    }


def _of(paper: MadePaper) -> Row:
    return _WRITTEN_BY | {"document_id": paper.document_id}


def _paper(paper: MadePaper) -> Row:
    return _of(paper) | {
        "submission_id": paper.submission_id,
        "content_sha256": paper.submission_id * 2,
        "first_page": 1,
        "filed_at": paper.filed_at,
        "filed_on": local_day(paper.filed_at),
        "procedure": None,
        "pages": 1,
        "first_state": "filed",
        "record": paper.record,
    }


def _owners(paper: MadePaper) -> Iterator[Row]:
    for position, (citizen, role) in enumerate(paper.owners):
        yield (
            _of(paper)
            | {"position": position, "role": role, "link": "filed"}
            | {
                "number": citizen.personal_id,
                "citizen_id": citizen.citizen_id,
            }
        )


def _searched(paper: MadePaper) -> Iterator[Row]:
    marks = marks_of(paper.type, "filed", None, local_day(paper.filed_at))
    for page, keys in enumerate((paper.summary_keys, paper.text_keys)):
        if keys.exact:
            of_page = marks if page else (WHOLE_PAPER, *marks)
            words = {"exact": [*of_page, *keys.exact], "folded": [*of_page, *keys.folded]}
            yield _of(paper) | {"page": page, "filed_at": paper.filed_at} | words


class _Columns:
    """Turns values into what the database keeps, as the tables' own types do."""

    def __init__(self, table: Table, names: Sequence[str], dialect: Dialect) -> None:
        types = [table.c[name].type.dialect_impl(dialect) for name in names]
        self._names = names
        self._processors = [kind.bind_processor(dialect) for kind in types]

    def values(self, row: Row) -> tuple[Any, ...]:
        """The row's values in the order of the columns."""
        return tuple(
            row[name] if process is None else process(row[name])
            for name, process in zip(self._names, self._processors, strict=True)
        )


class _SqliteLoader:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        if not rows:
            return
        names = list(rows[0])
        columns = _Columns(table, names, sqlite.dialect())
        # The names are those of our own tables.
        insert = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608
        self._connection.executemany(insert, map(columns.values, rows))


class _PostgresqlLoader:
    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        if not rows:
            return
        names = list(rows[0])
        columns = _Columns(table, names, postgresql.psycopg.dialect())  # type: ignore[no-untyped-call]
        copy = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
        )
        with self._connection.cursor().copy(copy) as copying:
            for row in rows:
                copying.write_row(columns.values(row))


@contextmanager
def _into_sqlite(url: str) -> Iterator[_Loader]:
    """The full-text index is made once, at the end, which is quicker than a word at a time."""
    connection = sqlite3.connect(make_url(url).database or "")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -1000000")
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    yield _SqliteLoader(connection)
    connection.execute("INSERT INTO search_index (search_index) VALUES ('rebuild')")
    for _, statement in triggers:
        connection.execute(statement)
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


@contextmanager
def _into_postgresql(url: str) -> Iterator[_Loader]:
    """Without looking up every reference, and with the full-text indexes made once, at the end."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '1GB'")
        indexes = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'search_rows' AND indexdef LIKE '%USING gin%'"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        yield _PostgresqlLoader(connection)
        for _, statement in indexes:
            connection.execute(statement)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")  # as the server does by itself after a while
