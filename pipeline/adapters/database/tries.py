"""Wrong tries to sign in, in the database."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import case, delete, select, update

from pipeline.adapters.database.access_tables import sign_in_tries
from pipeline.adapters.database.connections import Connections, add_new, now


class TryTable:
    """The port Tries."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def begin(self, key: str, wait_s: Callable[[int], float]) -> float:
        """See Tries."""
        mine = sign_in_tries.c.key_sha256 == _sha256(key)
        with self._connections.writing() as connection:
            moment = now(connection)
            # There is a row to lock from here on, so of several tries at once each sees the one before it.
            if add_new(connection, sign_in_tries, {"key_sha256": _sha256(key), "wrong": 1, "tried_at": moment}):
                return 0.0
            row = connection.execute(select(sign_in_tries).where(mine).with_for_update()).one()
            moment = now(connection)
            left_s: float = wait_s(row.wrong) - (moment - row.tried_at).total_seconds()
            if left_s > 0:
                return left_s
            connection.execute(update(sign_in_tries).where(mine).values(wrong=row.wrong + 1, tried_at=moment))
        return 0.0

    def take_back(self, key: str, tries: int) -> None:
        """See Tries."""
        mine = sign_in_tries.c.key_sha256 == _sha256(key)
        fewer = case((sign_in_tries.c.wrong > tries, sign_in_tries.c.wrong - tries), else_=0)
        with self._connections.writing() as connection:
            connection.execute(update(sign_in_tries).where(mine).values(wrong=fewer))

    def forget(self, key: str) -> None:
        """See Tries."""
        with self._connections.writing() as connection:
            connection.execute(delete(sign_in_tries).where(sign_in_tries.c.key_sha256 == _sha256(key)))

    def forget_old(self, older_s: float) -> None:
        """See Tries."""
        with self._connections.writing() as connection:
            oldest = now(connection) - timedelta(seconds=older_s)
            connection.execute(delete(sign_in_tries).where(sign_in_tries.c.tried_at < oldest))


def _sha256(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
