"""Accounts and the sessions they open, in the database."""

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, delete, select, update
from sqlalchemy.exc import IntegrityError

from pipeline.access_ports import Session
from pipeline.adapters.database.access_tables import accounts, sessions
from pipeline.adapters.database.connections import Connections, now
from pipeline.adapters.database.visits import close_visits
from pipeline.errors import NotFound
from schemas.access import Account, Purpose, Role

_SESSION, _LINK = "session", "link"


class AccountTable:
    """The port Accounts."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, account: Account, password_hash: str | None, actor_id: str) -> bool:
        """See Accounts."""
        row = _row(account) | {"account_id": account.account_id, "created_at": account.created_at}
        with self._connections.writing() as connection:
            taken = accounts.c.login == account.login
            if account.oidc_subject is not None:
                taken |= accounts.c.oidc_subject == account.oidc_subject
            if connection.execute(select(accounts.c.account_id).where(taken)).first() is not None:
                return False
            try:
                with connection.begin_nested():
                    connection.execute(accounts.insert().values(**row, actor_id=actor_id, password_hash=password_hash))
            except IntegrityError:  # Somebody took it in between.
                return False
        return True

    def get(self, account_id: str) -> Account:
        """See Accounts."""
        found = self._one(accounts.c.account_id == account_id)
        if found is None:
            raise NotFound("no_such_account", account_id)
        return found[0]

    def by_login(self, login: str) -> tuple[Account, str | None] | None:
        """See Accounts."""
        return self._one(accounts.c.login == login)

    def by_subject(self, oidc_subject: str) -> Account | None:
        """See Accounts."""
        found = self._one(accounts.c.oidc_subject == oidc_subject)
        return found[0] if found else None

    def of_office(self, office_id: str | None) -> tuple[Account, ...]:
        """See Accounts."""
        query = select(accounts).order_by(accounts.c.login)
        if office_id is not None:
            query = query.where(accounts.c.office_id == office_id)
        with self._connections.reading() as connection:
            return tuple(_account(row) for row in connection.execute(query).mappings())

    def change(self, account: Account) -> None:
        """See Accounts."""
        with self._connections.writing() as connection:
            _update(connection, account.account_id, _row(account))
            if account.disabled_at is not None:
                _end_sessions(connection, account.account_id)

    def set_password(self, account_id: str, password_hash: str) -> None:
        """See Accounts."""
        with self._connections.writing() as connection:
            _update(connection, account_id, {"password_hash": password_hash})
            _end_sessions(connection, account_id)

    def _one(self, condition: ColumnElement[bool]) -> tuple[Account, str | None] | None:
        with self._connections.reading() as connection:
            row = connection.execute(select(accounts).where(condition)).mappings().first()
        return None if row is None else (_account(row), row["password_hash"])


class SessionTable:
    """The port Sessions."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add_link(self, secret_sha256: str, account_id: str) -> None:
        """See Sessions."""
        self._add(_LINK, secret_sha256, account_id)

    def take_link(self, secret_sha256: str, oldest_s: float) -> Account | None:
        """See Sessions."""
        with self._connections.writing() as connection:
            oldest = now(connection) - timedelta(seconds=oldest_s)
            wanted = delete(sessions).where(sessions.c.secret_sha256 == secret_sha256, sessions.c.kind == _LINK)
            taken = connection.execute(wanted.returning(sessions.c.account_id, sessions.c.made_at)).first()
            if taken is None or taken.made_at < oldest:
                return None
            account = connection.execute(select(accounts).where(accounts.c.account_id == taken.account_id)).mappings()
            found = _account(account.one())
        return found if found.disabled_at is None else None

    def open(self, secret_sha256: str, account_id: str) -> None:
        """See Sessions."""
        self._add(_SESSION, secret_sha256, account_id)

    def use(self, secret_sha256: str, idle_s: float, *, by_person: bool) -> Session | None:
        """See Sessions."""
        with self._connections.reading() as connection:
            row = connection.execute(_session(secret_sha256)).mappings().first()
            moment = now(connection)
        if row is None or row["disabled_at"] is not None or row["used_at"] < moment - timedelta(seconds=idle_s):
            return None
        # A write for every picture of a page would be in the way of the work; a minute's precision is enough.
        if by_person and moment - row["used_at"] > timedelta(seconds=min(60.0, idle_s / 4)):
            with self._connections.writing() as connection:
                _update_session(connection, secret_sha256, {"used_at": moment})
        return Session(
            session_id=secret_sha256,
            account=_account(row),
            used_at=row["used_at"],
            purpose=row["purpose"],
            visit_id=row["visit_id"],
        )

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

    def close_idle(self, idle_s: float, link_s: float) -> tuple[str, ...]:
        """See Sessions."""
        with self._connections.writing() as connection:
            moment = now(connection)
            for kind, oldest_s in ((_LINK, link_s), (_SESSION, idle_s)):
                old = (sessions.c.kind == kind) & (sessions.c.used_at < moment - timedelta(seconds=oldest_s))
                close_visits(connection, old)
                gone = connection.execute(delete(sessions).where(old).returning(sessions.c.secret_sha256))
                ids = tuple(gone.scalars())
        return ids

    def _add(self, kind: str, secret_sha256: str, account_id: str) -> None:
        with self._connections.writing() as connection:
            whose = connection.execute(
                select(accounts.c.office_id, accounts.c.login).where(accounts.c.account_id == account_id)
            ).one()
            moment = now(connection)
            row = {"secret_sha256": secret_sha256, "kind": kind, "account_id": account_id}
            times = {"made_at": moment, "used_at": moment}
            connection.execute(
                sessions.insert().values(**row, **times, office_id=whose.office_id, actor_id=whose.login)
            )


def _session(secret_sha256: str) -> Select[Any]:
    columns = (sessions.c.used_at, sessions.c.purpose, sessions.c.visit_id)
    joined = select(accounts, *columns).join(sessions, sessions.c.account_id == accounts.c.account_id)
    return joined.where(sessions.c.secret_sha256 == secret_sha256, sessions.c.kind == _SESSION)


def _row(account: Account) -> dict[str, Any]:
    return {
        "office_id": account.office_id,
        "login": account.login,
        "name": account.name,
        "roles": " ".join(account.roles),
        "disabled_at": account.disabled_at,
        "oidc_subject": account.oidc_subject,
    }


def _account(row: RowMapping) -> Account:
    return Account(
        account_id=row["account_id"],
        office_id=row["office_id"],
        login=row["login"],
        name=row["name"],
        roles=cast("tuple[Role, ...]", tuple(row["roles"].split())),
        created_at=row["created_at"],
        disabled_at=row["disabled_at"],
        oidc_subject=row["oidc_subject"],
    )


def _update(connection: Connection, account_id: str, values: dict[str, Any]) -> None:
    changed = connection.execute(update(accounts).where(accounts.c.account_id == account_id).values(**values))
    if not changed.rowcount:
        raise NotFound("no_such_account", account_id)


def _update_session(connection: Connection, secret_sha256: str, values: dict[str, Any]) -> None:
    connection.execute(update(sessions).where(sessions.c.secret_sha256 == secret_sha256).values(**values))


def _end_sessions(connection: Connection, account_id: str) -> None:
    close_visits(connection, sessions.c.account_id == account_id)
    connection.execute(delete(sessions).where(sessions.c.account_id == account_id))
