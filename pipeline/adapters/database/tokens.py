"""Tokens of programs, in the database."""

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import RowMapping, select, update

from pipeline.adapters.database.access_tables import accounts, api_tokens
from pipeline.adapters.database.accounts import account_of
from pipeline.adapters.database.connections import Connections, now
from pipeline.adapters.database.places import newest_first
from pipeline.errors import NotFound
from schemas.access import Account, ApiToken, Permission
from schemas.paging import TimePlace

_USED_AT_LEAST_EVERY = timedelta(minutes=1)
"""A write for every request of a busy program would be in the way of the work."""


class TokenTable:
    """The port ApiTokens."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, token: ApiToken, secret_sha256: str) -> None:
        """See ApiTokens."""
        row = token.model_dump() | {"scopes": " ".join(token.scopes), "secret_sha256": secret_sha256}
        with self._connections.writing() as connection:
            connection.execute(api_tokens.insert().values(**row))

    def use(self, secret_sha256: str) -> tuple[ApiToken, Account] | None:
        """See ApiTokens."""
        mine = api_tokens.c.secret_sha256 == secret_sha256
        with self._connections.reading() as connection:
            row = connection.execute(select(api_tokens).where(mine)).mappings().first()
            moment = now(connection)
            if row is None or row["revoked_at"] is not None or row["expires_at"] <= moment:
                return None
            found = connection.execute(select(accounts).where(accounts.c.account_id == row["account_id"])).mappings()
            account = account_of(found.one())
        if account.disabled_at is not None:
            return None
        if row["used_at"] is None or moment - row["used_at"] > _USED_AT_LEAST_EVERY:
            with self._connections.writing() as connection:
                connection.execute(update(api_tokens).where(mine).values(used_at=moment))
        return _token(row), account

    def of_office(self, office_id: str, limit: int, after: TimePlace | None = None) -> tuple[ApiToken, ...]:
        """See ApiTokens."""
        columns = api_tokens.c
        query = select(api_tokens).where(columns.office_id == office_id)
        with self._connections.reading() as connection:
            rows = connection.execute(newest_first(query, columns.made_at, columns.token_id, limit, after)).mappings()
            return tuple(_token(row) for row in rows)

    def revoke(self, office_id: str, token_id: str) -> None:
        """See ApiTokens."""
        mine = (api_tokens.c.office_id == office_id) & (api_tokens.c.token_id == token_id)
        with self._connections.writing() as connection:
            if connection.execute(select(api_tokens.c.token_id).where(mine)).first() is None:
                raise NotFound("no_such_token", token_id)
            still = mine & api_tokens.c.revoked_at.is_(None)
            connection.execute(update(api_tokens).where(still).values(revoked_at=now(connection)))


def _token(row: RowMapping) -> ApiToken:
    values: dict[str, Any] = {name: row[name] for name in ApiToken.model_fields}
    return ApiToken(**values | {"scopes": cast("tuple[Permission, ...]", tuple(row["scopes"].split()))})
