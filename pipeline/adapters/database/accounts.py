"""Accounts, and who waits for one, in the database."""

from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, select, update
from sqlalchemy.exc import IntegrityError

from pipeline.adapters.database.access_tables import accounts, newcomers, sessions
from pipeline.adapters.database.connections import Connections, now
from pipeline.adapters.database.visits import close_visits
from pipeline.errors import NotFound
from schemas.access import Account, Newcomer, Role

_MOST_NEWCOMERS = 100
"""Everybody with an account at the provider can come, perhaps a whole country: what they leave here has a bound."""


class AccountTable:
    """The port Accounts."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, account: Account, password_hash: str | None, actor_id: str) -> bool:
        """See Accounts."""
        row = _row(account) | account.model_dump(include={"account_id", "created_at", "must_change"})
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

    def get(self, office_id: str, account_id: str) -> Account:
        """See Accounts."""
        found = self._one(_mine(office_id, account_id))
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
            return tuple(account_of(row) for row in connection.execute(query).mappings())

    def change(self, account: Account) -> bool:
        """See Accounts."""
        with self._connections.writing() as connection:
            try:
                with connection.begin_nested():
                    _update(connection, account.office_id, account.account_id, _row(account))
            except IntegrityError:
                return False
            if account.disabled_at is not None:
                _end_sessions(connection, account.office_id, account.account_id)
        return True

    def set_password(self, office_id: str, account_id: str, password_hash: str | None, *, must_change: bool) -> None:
        """See Accounts."""
        with self._connections.writing() as connection:
            changed = {"password_hash": password_hash, "must_change": must_change}
            _update(connection, office_id, account_id, changed)
            _end_sessions(connection, office_id, account_id)

    def factor(self, office_id: str, account_id: str) -> str | None:
        """See Accounts."""
        with self._connections.reading() as connection:
            query = select(accounts.c.factor_salt).where(_mine(office_id, account_id))
            salt: str | None = connection.execute(query).scalar()
        return salt

    def set_factor(self, office_id: str, account_id: str, salt: str | None, step: int | None) -> None:
        """See Accounts."""
        with self._connections.writing() as connection:
            _update(connection, office_id, account_id, {"factor_salt": salt, "factor_step": step})
            _end_sessions(connection, office_id, account_id)

    def take_step(self, office_id: str, account_id: str, step: int) -> bool:
        """See Accounts."""
        newer = accounts.c.factor_salt.is_not(None) & (accounts.c.factor_step < step)
        taken = update(accounts).where(_mine(office_id, account_id), newer).values(factor_step=step)
        with self._connections.writing() as connection:
            return bool(connection.execute(taken).rowcount)

    def _one(self, condition: ColumnElement[bool]) -> tuple[Account, str | None] | None:
        with self._connections.reading() as connection:
            row = connection.execute(select(accounts).where(condition)).mappings().first()
        return None if row is None else (account_of(row), row["password_hash"])


class NewcomerTable:
    """The port Newcomers."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, oidc_subject: str, name: str) -> None:
        """See Newcomers."""
        with self._connections.writing() as connection:
            connection.execute(delete(newcomers).where(newcomers.c.oidc_subject == oidc_subject))
            row = {"oidc_subject": oidc_subject, "name": name, "came_at": now(connection)}
            connection.execute(newcomers.insert().values(**row))
            newest = select(newcomers.c.oidc_subject).order_by(newcomers.c.came_at.desc()).limit(_MOST_NEWCOMERS)
            kept = tuple(connection.execute(newest).scalars())
            connection.execute(delete(newcomers).where(newcomers.c.oidc_subject.not_in(kept)))

    def waiting(self) -> tuple[Newcomer, ...]:
        """See Newcomers."""
        with self._connections.reading() as connection:
            rows = connection.execute(select(newcomers).order_by(newcomers.c.came_at.desc())).mappings()
            return tuple(Newcomer(**row) for row in rows)

    def remove(self, oidc_subject: str) -> None:
        """See Newcomers."""
        with self._connections.writing() as connection:
            connection.execute(delete(newcomers).where(newcomers.c.oidc_subject == oidc_subject))


def _row(account: Account) -> dict[str, Any]:
    return {
        "office_id": account.office_id,
        "login": account.login,
        "name": account.name,
        "roles": " ".join(account.roles),
        "disabled_at": account.disabled_at,
        "oidc_subject": account.oidc_subject,
    }


def account_of(row: RowMapping) -> Account:
    """The account of a row that has all columns of accounts."""
    return Account(
        account_id=row["account_id"],
        office_id=row["office_id"],
        login=row["login"],
        name=row["name"],
        roles=cast("tuple[Role, ...]", tuple(row["roles"].split())),
        created_at=row["created_at"],
        disabled_at=row["disabled_at"],
        oidc_subject=row["oidc_subject"],
        must_change=row["must_change"],
        has_factor=row["factor_salt"] is not None,
    )


def _mine(office_id: str, account_id: str) -> ColumnElement[bool]:
    return (accounts.c.office_id == office_id) & (accounts.c.account_id == account_id)


def _update(connection: Connection, office_id: str, account_id: str, values: dict[str, Any]) -> None:
    changed = connection.execute(update(accounts).where(_mine(office_id, account_id)).values(**values))
    if not changed.rowcount:
        raise NotFound("no_such_account", account_id)


def _end_sessions(connection: Connection, office_id: str, account_id: str) -> None:
    own = (sessions.c.office_id == office_id) & (sessions.c.account_id == account_id)
    close_visits(connection, own)
    connection.execute(delete(sessions).where(own))
