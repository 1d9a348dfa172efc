"""Answers to requests with an idempotency key, in the database."""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, delete, select, update

from pipeline.adapters.database.connections import Connections, add_new, now
from pipeline.adapters.database.desk_tables import answered_requests
from pipeline.program_ports import AnsweredRequest
from schemas.people import Actor

_OPEN = {"request_sha256": None, "status": None, "media_type": None, "body": None}


class AnsweredTable:
    """The port AnsweredRequests."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def begin(
        self, actor: Actor, key: str, keep_s: float, abandoned_s: float
    ) -> AnsweredRequest | Literal["busy"] | None:
        """See AnsweredRequests."""
        with self._connections.writing() as connection:
            moment = now(connection)
            row = actor.model_dump() | {"idempotency_key": key, "begun_at": moment}
            if add_new(connection, answered_requests, row):
                return None
            held = connection.execute(select(answered_requests).where(_mine(actor, key)).with_for_update()).one()
            if _is_over(held.begun_at, moment, abandoned_s if held.status is None else keep_s):
                taken = update(answered_requests).where(_mine(actor, key)).values(begun_at=moment, **_OPEN)
                connection.execute(taken)
                return None
        if held.status is None:
            return "busy"
        return AnsweredRequest(
            request_sha256=held.request_sha256, status=held.status, media_type=held.media_type, body=held.body
        )

    def finish(self, actor: Actor, key: str, answer: AnsweredRequest) -> None:
        """See AnsweredRequests."""
        with self._connections.writing() as connection:
            connection.execute(update(answered_requests).where(_mine(actor, key)).values(**answer.model_dump()))

    def forget(self, actor: Actor, key: str) -> None:
        """See AnsweredRequests."""
        with self._connections.writing() as connection:
            connection.execute(delete(answered_requests).where(_mine(actor, key)))

    def expire(self, keep_s: float) -> int:
        """See AnsweredRequests."""
        with self._connections.writing() as connection:
            oldest = now(connection) - timedelta(seconds=keep_s)
            return connection.execute(delete(answered_requests).where(answered_requests.c.begun_at < oldest)).rowcount


def _mine(actor: Actor, key: str) -> ColumnElement[bool]:
    columns = answered_requests.c
    whose = (columns.office_id == actor.office_id) & (columns.actor_id == actor.actor_id)
    return whose & (columns.idempotency_key == key)


def _is_over(begun_at: datetime, moment: datetime, after_s: float) -> bool:
    return moment - begun_at > timedelta(seconds=after_s)
