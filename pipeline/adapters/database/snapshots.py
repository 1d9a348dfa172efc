"""All rows as lines of JSON that any database of ours can be filled with, and back.

`pg_dump` was weighed: it must not be older than the server, an image of hoso has none, and what it writes fits no
SQLite; so an office on one laptop could never move to its city's PostgreSQL. A file begins with the name and kind of
each column, so a newer hoso fills the tables as they were and then migrates them.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    Integer,
    MetaData,
    Table,
    Text,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.types import TypeEngine

from pipeline.adapters.database import access_tables, desk_tables, schedule_tables
from pipeline.adapters.database.connections import Connections, now
from pipeline.adapters.database.indexing import add_all_search_rows, is_on_file
from pipeline.adapters.database.row_files import described, file_of, open_to_write, reading, write_line
from pipeline.adapters.database.snapshot_wiping import TakingOut, wiped_papers
from pipeline.adapters.database.tables import Moment, metadata, papers, search_rows, source_files, submissions
from pipeline.errors import HosoError, Misconfigured
from pipeline.snapshots import SavedRows, Wiped, WithoutWiped
from schemas.backup import SavedTable
from schemas.dossier import Paper

_LEFT_OUT = frozenset(
    {search_rows, access_tables.sessions, access_tables.sign_in_tries, desk_tables.claims, schedule_tables.turns}
)
"""Made anew from other rows; and what ends with a session. Sessions that came back would let in who was shut out."""
_KINDS: dict[type[TypeEngine[Any]], str] = {
    Text: "text",
    Integer: "integer",
    BigInteger: "integer",
    Float: "number",
    Boolean: "boolean",
    Date: "date",
    Moment: "moment",
}
_TYPES: dict[str, TypeEngine[Any]] = {
    "text": Text(),
    "integer": BigInteger(),
    "number": Float(),
    "boolean": Boolean(),
    "date": Date(),
    "moment": Moment(),
}
_BATCH = 2_000
_IN_INTAKE = '%"object_key":"intake/%'


class RowSnapshots:
    """See `pipeline.snapshots.Rows`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def save(self, folder: Path) -> SavedRows:
        """See Rows."""
        with self._connections.snapshot() as connection:
            kept = [table for table in metadata.sorted_tables if table not in _LEFT_OUT]
            return SavedRows(
                taken_at=now(connection),
                schema_version=str(version_of(connection)),
                tables=tuple(_save(connection, table, folder) for table in kept),
                needed=frozenset(_needed(connection)),
                secret=frozenset(_secret(connection)),
                wiped=tuple(wiped_papers(connection)),
            )

    def without_wiped(
        self, tables: Sequence[SavedTable], folder: Path, wiped: Sequence[Wiped], newest: Path
    ) -> WithoutWiped:
        """See Rows."""
        return TakingOut(tables, folder, wiped, newest).run()

    def require_fillable(self, schema_version: str) -> None:
        """See Rows."""
        # Only a restore needs it at once.
        from pipeline.adapters.database.migrations import is_known  # noqa: PLC0415

        if not is_known(schema_version):
            raise Misconfigured("newer_backup", schema_version)
        with self._connections.reading() as connection:
            found = version_of(connection)
            if found not in (None, schema_version):
                raise Misconfigured("not_empty", f"tables of version {found}, the backup has {schema_version}")
            there = set(inspect(connection).get_table_names())
            ours = [table for table in metadata.sorted_tables if table.name in there]
            if any(connection.execute(select(text("1")).select_from(table).limit(1)).first() for table in ours):
                raise Misconfigured("not_empty", "database")

    def some_papers(self, count: int) -> tuple[tuple[str, str], ...]:
        """See Rows."""
        query = select(papers.c.office_id, papers.c.document_id).order_by(func.random()).limit(count)
        with self._connections.reading() as connection:
            return tuple((row.office_id, row.document_id) for row in connection.execute(query))

    def load(self, schema_version: str, tables: Sequence[SavedTable], folder: Path) -> None:
        """See Rows."""
        from pipeline.adapters.database.migrations import upgrade  # noqa: PLC0415 (only a restore needs it at once)

        with self._connections.writing() as connection:
            upgrade(connection, schema_version)
            for table in tables:
                if _load(connection, table.name, file_of(folder, table.name)) != table.rows:
                    raise HosoError("internal", f"restored another number of rows of {table.name}")
            upgrade(connection)
            _count_on(connection)
            add_all_search_rows(connection)


def version_of(connection: Connection) -> str | None:
    """The newest migration of the database; None: it has no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _save(connection: Connection, table: Table, folder: Path) -> SavedTable:
    path, rows = file_of(folder, table.name), 0
    with open_to_write(path) as file:
        write_line(file, [(column.name, _KINDS[type(column.type)]) for column in table.columns])
        found = connection.execute(select(table).execution_options(yield_per=_BATCH))
        for row in found:
            write_line(file, [_plain(value) for value in row])
            rows += 1
    return described(path, table.name, rows)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value  # a datetime is a date, too


def _load(connection: Connection, name: str, path: Path) -> int:
    """Fill one table; return how many rows it has then."""
    with reading(path) as (columns, file):
        table = Table(name, MetaData(), *(Column(column, _TYPES[kind]) for column, kind in columns))
        names = [column for column, _ in columns]
        readers = [{"date": date.fromisoformat, "moment": datetime.fromisoformat}.get(kind) for _, kind in columns]
        later = _points_to_itself(connection, name)
        pointing: list[dict[str, Any]] = []
        while lines := list(islice(file, _BATCH)):
            rows = [
                {
                    column: value if value is None or reader is None else reader(value)
                    for column, value, reader in zip(names, json.loads(line), readers, strict=True)
                }
                for line in lines
            ]
            pointing += [row.copy() for row in rows if any(row[column] is not None for column in later)]
            connection.execute(insert(table), [row | dict.fromkeys(later) for row in rows])
        _point(connection, table, later, pointing)
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _points_to_itself(connection: Connection, name: str) -> tuple[str, ...]:
    """Columns that name another row of the same table, which may come later."""
    keys = inspect(connection).get_foreign_keys(name)
    return tuple(column for key in keys if key["referred_table"] == name for column in key["constrained_columns"])


def _point(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    ids = inspect(connection).get_pk_constraint(table.name)["constrained_columns"]
    for row in rows:
        of_row = [table.c[column] == row[column] for column in ids]
        connection.execute(table.update().where(*of_row).values({column: row[column] for column in columns}))


def _count_on(connection: Connection) -> None:
    """Let PostgreSQL number new rows behind those that came with their numbers; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None and (last := connection.execute(select(func.max(column))).scalar()) is not None:
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(select(func.setval(sequence, last)))


def _needed(connection: Connection) -> Iterator[str]:
    unread = select(source_files.c.key).join(submissions).where(submissions.c.state != "done")
    yield from connection.execute(unread).scalars()
    waiting = select(papers.c.record).where(papers.c.record.like(_IN_INTAKE))
    for record in connection.execute(waiting).scalars():
        paper = Paper.model_validate_json(record)
        if is_on_file(paper):
            yield from paper.copy_keys


def _secret(connection: Connection) -> Iterator[str]:
    refused = select(submissions.c.submission_id).where(submissions.c.reason == "secret_paper")
    yield from connection.execute(refused).scalars()
