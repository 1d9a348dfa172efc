"""The access log in the database."""

from typing import Any

from sqlalchemy import ColumnElement, RowMapping, or_, select

from pipeline.adapters.database.access_tables import access_log
from pipeline.adapters.database.connections import Connections
from pipeline.adapters.database.tables import citizens, paper_people
from schemas.access import AccessEntry, LoggedAccess
from schemas.people import Actor


class AccessLogTable:
    """The port AccessLog."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def write(self, *entries: AccessEntry) -> None:
        """See AccessLog."""
        if not entries:
            return
        with self._connections.writing() as connection:
            connection.execute(access_log.insert(), [_row(entry) for entry in entries])

    def of_office(
        self, office_id: str, limit: int, before: int | None = None, actor_id: str | None = None
    ) -> tuple[LoggedAccess, ...]:
        """See AccessLog."""
        wanted = access_log.c.office_id == office_id
        if actor_id is not None:
            wanted &= access_log.c.actor_id == actor_id
        return self._newest(wanted, limit, before)

    def of_citizen(
        self, office_id: str, citizen_id: str, limit: int, before: int | None = None
    ) -> tuple[LoggedAccess, ...]:
        """See AccessLog."""
        merged = select(citizens.c.citizen_id).where(
            citizens.c.office_id == office_id,
            or_(citizens.c.citizen_id == citizen_id, citizens.c.merged_into == citizen_id),
        )
        papers = select(paper_people.c.document_id).where(
            paper_people.c.office_id == office_id,
            paper_people.c.link == "filed",
            paper_people.c.citizen_id.in_(merged),
        )
        concerns = or_(access_log.c.citizen_id.in_(merged), access_log.c.document_id.in_(papers))
        return self._newest((access_log.c.office_id == office_id) & concerns, limit, before)

    def _newest(self, wanted: ColumnElement[bool], limit: int, before: int | None) -> tuple[LoggedAccess, ...]:
        query = select(access_log).where(wanted).order_by(access_log.c.entry_id.desc()).limit(limit)
        if before is not None:
            query = query.where(access_log.c.entry_id < before)
        with self._connections.reading() as connection:
            return tuple(_logged(row) for row in connection.execute(query).mappings())


def _row(entry: AccessEntry) -> dict[str, Any]:
    row = entry.model_dump(exclude={"actor"})
    return row | {"office_id": entry.actor.office_id, "actor_id": entry.actor.actor_id}


def _logged(row: RowMapping) -> LoggedAccess:
    values = dict(row)
    entry_id, actor = values.pop("entry_id"), Actor(office_id=values.pop("office_id"), actor_id=values.pop("actor_id"))
    return LoggedAccess(entry_id=entry_id, entry=AccessEntry(actor=actor, **values))
