"""Opens the database: makes it ready for this version of hoso and gathers what it can do."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from pipeline.adapters.database.access_log import AccessLogTable
from pipeline.adapters.database.accounts import AccountTable, NewcomerTable
from pipeline.adapters.database.answered import AnsweredTable
from pipeline.adapters.database.audit_trail import AuditTrailTable
from pipeline.adapters.database.claims import AnswerTable, ClaimTable
from pipeline.adapters.database.connections import OUTSIDE, WRITES, Connections
from pipeline.adapters.database.dossiers import DossierTable
from pipeline.adapters.database.figures import FigureCounts
from pipeline.adapters.database.hooks import HookTable
from pipeline.adapters.database.inventory import CheckTable, InventoryTable
from pipeline.adapters.database.keeping import KeepingTable
from pipeline.adapters.database.load import LoadCounts
from pipeline.adapters.database.marks import MarkTable
from pipeline.adapters.database.page_ranges import PageRangeTable
from pipeline.adapters.database.papers import PaperTable
from pipeline.adapters.database.people import PeopleTable
from pipeline.adapters.database.records import RecordTable
from pipeline.adapters.database.register import RegisterTable
from pipeline.adapters.database.restoring import RestoringTable
from pipeline.adapters.database.search import SearchIndex
from pipeline.adapters.database.sessions import SessionTable
from pipeline.adapters.database.snapshots import RowSnapshots, version_of
from pipeline.adapters.database.submissions import LeaseTable, SubmissionTable
from pipeline.adapters.database.tables import SCHEMA_VERSION
from pipeline.adapters.database.tokens import TokenTable
from pipeline.adapters.database.tries import TryTable
from pipeline.adapters.database.turns import TurnTable
from pipeline.adapters.database.visits import VisitTable
from pipeline.adapters.database.work import CallTable, WorkTable
from pipeline.errors import Misconfigured

_WAIT_FOR_LOCK_S = 30
_CONNECT_TIMEOUT_S = 10
_SQLITE_CACHE_KB = 32_768
"""At most, a connection. The default of 2 MB does not hold even the upper levels of a large office's indexes."""
_MIGRATION_LOCK = 0x686F736F  # any number of our own: "hoso"


class Database:
    """Everything the database can do, as one small object a port."""

    def __init__(self, engine: Engine) -> None:
        connections = Connections(engine)
        self._engine = engine
        self.submissions = SubmissionTable(connections)
        self.leases = LeaseTable(connections)
        self.page_ranges = PageRangeTable(connections)
        self.papers = PaperTable(connections)
        self.people = PeopleTable(connections)
        self.register = RegisterTable(connections)
        self.search = SearchIndex(connections)
        self.records = RecordTable(connections)
        self.restoring = RestoringTable(connections)
        self.inventory = InventoryTable(connections)
        self.checks = CheckTable(connections)
        self.dossiers = DossierTable(connections)
        self.figures = FigureCounts(connections)
        self.claims = ClaimTable(connections)
        self.answers = AnswerTable(connections)
        self.accounts = AccountTable(connections)
        self.newcomers = NewcomerTable(connections)
        self.sessions = SessionTable(connections)
        self.visits = VisitTable(connections)
        self.tries = TryTable(connections)
        self.work = WorkTable(connections)
        self.calls = CallTable(connections)
        self.access_log = AccessLogTable(connections)
        self.audit = AuditTrailTable(connections)
        self.tokens = TokenTable(connections)
        self.answered = AnsweredTable(connections)
        self.hooks = HookTable(connections)
        self.load = LoadCounts(connections)
        self.rows = RowSnapshots(connections)
        self.turns = TurnTable(connections)
        self.marks = MarkTable(connections)
        self.keeping = KeepingTable(connections)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def open_database(url: str) -> Database:
    """Open the database, making and migrating its tables as needed; several machines may do so at once.

    Args:
        url: `sqlite:////path` (its folder is made when missing) or `postgresql://user:password@host:port/name`.

    Raises:
        Misconfigured: the URL has another form, its folder cannot be made, or a newer hoso has migrated the database.
        ServiceUnavailable: (database_away) it cannot be opened.

    """
    engine = _engine(url)
    _migrate(Connections(engine))
    return Database(engine)


@contextmanager
def open_rows(url: str) -> Iterator[RowSnapshots]:
    """The rows of a database that is left as it is, even without tables: what a restore fills.

    Raises:
        Misconfigured, ServiceUnavailable: as `open_database` does.

    """
    engine = _engine(url)
    try:
        yield RowSnapshots(Connections(engine))
    finally:
        engine.dispose()


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise Misconfigured("bad_setting", "HOSO_DATABASE") from None
    match parsed.get_backend_name():
        case "sqlite" if parsed.database:
            return _sqlite(parsed, Path(parsed.database))
        case "postgresql":
            return _postgresql(parsed)
    raise Misconfigured("bad_setting", "HOSO_DATABASE: sqlite:////path or postgresql://user@host/name")


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={
            "connect_timeout": _CONNECT_TIMEOUT_S,
            # Who waits for a lock, or for a server that is gone, would wait for ever.
            "options": f"-c lock_timeout={int(_WAIT_FOR_LOCK_S * 1000)}",
            "tcp_user_timeout": int(_WAIT_FOR_LOCK_S * 1000),
            "keepalives_idle": _CONNECT_TIMEOUT_S,
        },
        pool_pre_ping=True,
        hide_parameters=True,
    )


def _sqlite(url: URL, path: Path) -> Engine:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured("home_not_writable", type(error).__name__) from None
    engine = create_engine(
        url,
        # Without isolation level the driver leaves BEGIN to us.
        connect_args={"timeout": _WAIT_FOR_LOCK_S, "isolation_level": None},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:  # noqa: ARG001 (SQLAlchemy's call)
    if isinstance(connection, sqlite3.Connection):
        _log_writes_ahead(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what was removed must not be read from the file
        connection.execute(f"PRAGMA cache_size = -{_SQLITE_CACHE_KB}")


def _log_writes_ahead(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log. SQLite refuses the switch at once while another connection writes, without the
    wait that its other statements keep; asking for the write lock waits for that connection to be done.
    """
    deadline = time.monotonic() + _WAIT_FOR_LOCK_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(OUTSIDE):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITES) else "BEGIN")


def _migrate(connections: Connections) -> None:
    with connections.reading() as connection:
        if version_of(connection) == SCHEMA_VERSION:
            return
    with connections.writing() as connection:
        if connection.dialect.name == "postgresql":  # SQLite's write lock does the same
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        from pipeline.adapters.database.migrations import upgrade  # noqa: PLC0415 (0.3 s that most starts do not need)

        upgrade(connection)
