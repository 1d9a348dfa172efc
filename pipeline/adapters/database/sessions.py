"""Sessions and one-time links in the database."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, delete, select, update

from pipeline.access_ports import Session
from pipeline.adapters.database.access_tables import accounts, sessions
from pipeline.adapters.database.accounts import account_of
from pipeline.adapters.database.connections import Connections, now
from pipeline.adapters.database.visits import close_visits
from schemas.access import Account, Purpose, Way

_SESSION, _HALF, _LINK = "session", "half", "link"


class SessionTable:
    """The port Sessions."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add_link(self, secret_sha256: str, account_id: str) -> None:
        """See Sessions."""
        self._add(_LINK, secret_sha256, account_id, _LINK, "")

    def take_link(self, secret_sha256: str, oldest_s: float) -> Account | None:
        """See Sessions."""
        with self._connections.writing() as connection:
            oldest = now(connection) - timedelta(seconds=oldest_s)
            wanted = delete(sessions).where(sessions.c.secret_sha256 == secret_sha256, sessions.c.kind == _LINK)
            taken = connection.execute(wanted.returning(sessions.c.account_id, sessions.c.made_at)).first()
            if taken is None or taken.made_at < oldest:
                return None
            account = connection.execute(select(accounts).where(accounts.c.account_id == taken.account_id)).mappings()
            found = account_of(account.one())
        return found if found.disabled_at is None else None

    def open(self, secret_sha256: str, account_id: str, way: Way, address: str, *, half: bool = False) -> None:
        """See Sessions."""
        self._add(_HALF if half else _SESSION, secret_sha256, account_id, way, address)

    def half(self, secret_sha256: str, oldest_s: float) -> tuple[Account, Way] | None:
        """See Sessions."""
        with self._connections.reading() as connection:
            row = connection.execute(_joined(sessions.c.secret_sha256 == secret_sha256, _HALF)).mappings().first()
            moment = now(connection)
        if row is None or row["disabled_at"] is not None or moment - row["made_at"] > timedelta(seconds=oldest_s):
            return None
        return account_of(row), row["way"]

    def prove(self, secret_sha256: str) -> None:
        """See Sessions."""
        with self._connections.writing() as connection:
            _update_session(connection, secret_sha256, {"proven_at": now(connection)})

    def use(self, secret_sha256: str, idle_s: float, longest_s: float, *, by_person: bool) -> Session | None:
        """See Sessions."""
        with self._connections.reading() as connection:
            row = connection.execute(_joined(sessions.c.secret_sha256 == secret_sha256)).mappings().first()
            moment = now(connection)
        if row is None or row["disabled_at"] is not None:
            return None
        unused, old = moment - row["used_at"], moment - row["made_at"]
        if unused > timedelta(seconds=idle_s) or old > timedelta(seconds=longest_s):
            return None
        # A write for every picture of a page would be in the way of the work; a minute's precision is enough.
        if by_person and moment - row["used_at"] > timedelta(seconds=min(60.0, idle_s / 4)):
            with self._connections.writing() as connection:
                _update_session(connection, secret_sha256, {"used_at": moment})
        return _session(row)

    def of_account(self, office_id: str, account_id: str) -> tuple[Session, ...]:
        """See Sessions."""
        own = (accounts.c.office_id == office_id) & (sessions.c.account_id == account_id)
        query = _joined(own).order_by(sessions.c.used_at.desc())
        with self._connections.reading() as connection:
            return tuple(_session(row) for row in connection.execute(query).mappings())

    def set_purpose(self, secret_sha256: str, purpose: Purpose | None, visit_id: str | None) -> None:
        """See Sessions."""
        with self._connections.writing() as connection:
            close_visits(connection, sessions.c.secret_sha256 == secret_sha256, but=visit_id)
            _update_session(connection, secret_sha256, {"purpose": purpose, "visit_id": visit_id})

    def close(self, secret_sha256: str) -> None:
        """See Sessions."""
        with self._connections.writing() as connection:
            close_visits(connection, sessions.c.secret_sha256 == secret_sha256)
            connection.execute(delete(sessions).where(sessions.c.secret_sha256 == secret_sha256))

    def close_idle(self, idle_s: float, longest_s: float, link_s: float) -> tuple[str, ...]:
        """See Sessions."""
        with self._connections.writing() as connection:
            moment = now(connection)

            def before(seconds: float) -> datetime:
                return moment - timedelta(seconds=seconds)

            old_link = (sessions.c.kind == _LINK) & (sessions.c.made_at < before(link_s))
            connection.execute(delete(sessions).where(old_link))
            left_alone = (sessions.c.used_at < before(idle_s)) | (sessions.c.made_at < before(longest_s))
            over = (sessions.c.kind != _LINK) & left_alone
            close_visits(connection, over)
            gone = connection.execute(delete(sessions).where(over).returning(sessions.c.secret_sha256))
            return tuple(gone.scalars())

    def _add(self, kind: str, secret_sha256: str, account_id: str, way: str, address: str) -> None:
        with self._connections.writing() as connection:
            whose = connection.execute(
                select(accounts.c.office_id, accounts.c.login).where(accounts.c.account_id == account_id)
            ).one()
            moment = now(connection)
            row = {"secret_sha256": secret_sha256, "kind": kind, "account_id": account_id}
            how = {"made_at": moment, "used_at": moment, "proven_at": moment, "way": way, "address": address}
            connection.execute(sessions.insert().values(**row, **how, office_id=whose.office_id, actor_id=whose.login))


def _joined(wanted: ColumnElement[bool], kind: str = _SESSION) -> Select[Any]:
    names = ("secret_sha256", "made_at", "used_at", "proven_at", "way", "address", "purpose", "visit_id")
    joined = select(accounts, *(sessions.c[name] for name in names))
    return joined.join(sessions, sessions.c.account_id == accounts.c.account_id).where(wanted, sessions.c.kind == kind)


def _session(row: RowMapping) -> Session:
    return Session(
        session_id=row["secret_sha256"],
        account=account_of(row),
        made_at=row["made_at"],
        used_at=row["used_at"],
        proven_at=row["proven_at"],
        way=row["way"],
        address=row["address"],
        purpose=row["purpose"],
        visit_id=row["visit_id"],
    )


def _update_session(connection: Connection, secret_sha256: str, values: dict[str, Any]) -> None:
    connection.execute(update(sessions).where(sessions.c.secret_sha256 == secret_sha256).values(**values))
