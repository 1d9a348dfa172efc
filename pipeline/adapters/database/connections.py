"""Transactions on the one engine, the clock that all of them share, and errors that carry no values."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from pipeline.errors import HosoError, ServiceUnavailable

WRITES = "hoso_writes"
"""Execution option of a transaction that will write: SQLite then takes its write lock at once (BEGIN IMMEDIATE).
Two transactions that read first and write later would otherwise wait for each other for ever."""
OUTSIDE = "hoso_outside"
"""Execution option of a connection on which no transaction is begun."""
_DISK_FULL = ("SQLITE_FULL", "53100")
"""How SQLite and PostgreSQL say that their disk is full."""


class Connections:
    """Gives transactions: committed at the end of the block, rolled back when it raises."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction for reading. Raises: ServiceUnavailable (database_away)."""
        with database_errors(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A transaction for reading in which all statements see the rows of one moment; many rows come in pieces.

        Raises: ServiceUnavailable (database_away).
        """
        # SQLite's transactions are of this kind anyway, and its driver knows no other.
        whole = {"isolation_level": "REPEATABLE READ"} if self._engine.dialect.name == "postgresql" else {}
        with database_errors(), self._engine.execution_options(**whole).begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction for writing. Raises: ServiceUnavailable (database_away)."""
        with database_errors(), self._engine.execution_options(**{WRITES: True}).begin() as connection:
            yield connection

    @contextmanager
    def outside(self) -> Iterator[Connection]:
        """A connection without a transaction, for what a database does in none. Raises: ServiceUnavailable."""
        with database_errors(), self._engine.execution_options(**{OUTSIDE: True}).connect() as connection:
            yield connection


@contextmanager
def database_errors() -> Iterator[None]:
    """Turn what the driver raises into our errors. Its own texts may quote rows, so only its code goes on."""
    try:
        yield
    except SQLAlchemyError as error:
        if isinstance(error, OperationalError | InterfaceError | PoolTimeoutError) or (
            isinstance(error, DBAPIError) and error.connection_invalidated
        ):
            code = "disk_full" if _state_of(error) in _DISK_FULL else "database_away"
            raise ServiceUnavailable(code, _code_of(error)) from None
        raise HosoError("internal", f"database {_code_of(error)}") from None


def _code_of(error: SQLAlchemyError) -> str:
    """The error's class and, from PostgreSQL, its SQLSTATE: enough to look it up, and never a value."""
    cause, state = error.orig if isinstance(error, DBAPIError) else error, _state_of(error)
    return f"{type(cause).__name__} {state}" if state else type(cause).__name__


def _state_of(error: SQLAlchemyError) -> str | None:
    """PostgreSQL's SQLSTATE, or SQLite's name of the error."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)


def now(connection: Connection) -> datetime:
    """The time by which leases are given and judged: PostgreSQL's clock, since machines' own clocks differ; with SQLite
    there is one machine and its clock.
    """
    if connection.dialect.name == "postgresql":
        moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return moment.astimezone(UTC)
    return datetime.now(UTC)


def add_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert `row` unless one with its key is there; whether it was added."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    # An insert's row count is not dependable on every driver; the key comes back only when the row is new.
    statement = insert(table).values(**row).on_conflict_do_nothing().returning(*table.primary_key)
    return bool(connection.execute(statement).all())
