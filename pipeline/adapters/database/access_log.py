"""The access log in the database."""

from sqlalchemy import ColumnElement, or_, select, union

from pipeline.adapters.database.access_tables import access_log
from pipeline.adapters.database.audit_trail import append, logged_row
from pipeline.adapters.database.connections import Connections
from pipeline.adapters.database.tables import citizens, paper_people
from schemas.access import AccessEntry, LogFilter, LoggedAccess


class AccessLogTable:
    """The port AccessLog."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def write(self, *entries: AccessEntry) -> None:
        """See AccessLog."""
        offices = {entry.actor.office_id for entry in entries}
        if not offices:
            return
        with self._connections.writing() as connection:
            for office_id in sorted(offices):  # in one order for all, so that nobody waits for another for ever
                append(connection, office_id, (one for one in entries if one.actor.office_id == office_id))

    def find(
        self, office_id: str, wanted: LogFilter, limit: int, before: int | None = None
    ) -> tuple[LoggedAccess, ...]:
        """See AccessLog."""
        query = select(access_log).where(access_log.c.office_id == office_id)
        if wanted.actor_id is not None:
            query = query.where(access_log.c.actor_id == wanted.actor_id)
        if wanted.document_id is not None:
            query = query.where(access_log.c.document_id == wanted.document_id)
        if wanted.citizen_id is not None:
            query = query.where(_concerns(office_id, wanted.citizen_id))
        if wanted.since is not None:
            query = query.where(access_log.c.at >= wanted.since)
        if wanted.until is not None:
            query = query.where(access_log.c.at < wanted.until)
        if before is not None:
            query = query.where(access_log.c.number < before)
        newest = query.order_by(access_log.c.number.desc()).limit(limit)
        with self._connections.reading() as connection:
            return tuple(logged_row(row) for row in connection.execute(newest).mappings())

    def of_citizen(
        self, office_id: str, citizen_id: str, limit: int, before: int | None = None
    ) -> tuple[LoggedAccess, ...]:
        """See AccessLog."""
        return self.find(office_id, LogFilter(citizen_id=citizen_id), limit, before)


def _concerns(office_id: str, citizen_id: str) -> ColumnElement[bool]:
    """What concerned a citizen, under whichever entry of the register he stood, or a paper filed under him."""
    merged = select(citizens.c.citizen_id).where(
        citizens.c.office_id == office_id,
        or_(citizens.c.citizen_id == citizen_id, citizens.c.merged_into == citizen_id),
    )
    papers = select(paper_people.c.document_id).where(
        paper_people.c.office_id == office_id,
        paper_people.c.link == "filed",
        paper_people.c.citizen_id.in_(merged),
    )
    noted = access_log.alias()
    each = (
        noted.c.citizen_id == citizen_id,  # the log outlives him
        noted.c.citizen_id.in_(merged),
        noted.c.document_id.in_(papers),
    )
    # Each has its index. Joined by OR, both databases would rather walk through the whole log, newest first.
    numbers = union(*(select(noted.c.number).where(noted.c.office_id == office_id, one) for one in each))
    return access_log.c.number.in_(numbers)
