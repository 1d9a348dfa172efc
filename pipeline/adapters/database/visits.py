"""Citizens' visits in the database."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select, update

from pipeline.adapters.database.access_tables import sessions
from pipeline.adapters.database.connections import Connections, now
from pipeline.adapters.database.desk_tables import visits
from pipeline.errors import NotFound
from schemas.visits import CitizenVisit


class VisitTable:
    """The port Visits."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def open(self, visit: CitizenVisit, session_id: str) -> bool:
        """See Visits."""
        row = {
            "visit_id": visit.visit_id,
            "office_id": visit.actor.office_id,
            "actor_id": visit.actor.actor_id,
            "procedure": visit.procedure,
            "opened_at": visit.opened_at,
            "record": _record(visit),
        }
        own = sessions.c.secret_sha256 == session_id
        held = {"purpose": "visit", "visit_id": visit.visit_id}
        with self._connections.writing() as connection:
            close_visits(connection, own)
            if not connection.execute(update(sessions).where(own).values(**held)).rowcount:
                return False
            connection.execute(visits.insert().values(**row))
        return True

    def get(self, office_id: str, visit_id: str) -> CitizenVisit:
        """See Visits."""
        query = select(visits.c.record, visits.c.closed_at).where(
            visits.c.office_id == office_id, visits.c.visit_id == visit_id
        )
        with self._connections.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFound("no_such_visit", visit_id)
        return CitizenVisit.model_validate_json(row.record).model_copy(update={"closed_at": row.closed_at})

    def change(self, visit: CitizenVisit) -> None:
        """See Visits."""
        own = (visits.c.office_id == visit.actor.office_id) & (visits.c.visit_id == visit.visit_id)
        with self._connections.writing() as connection:
            changed = connection.execute(update(visits).where(own).values(record=_record(visit)))
            if not changed.rowcount:
                raise NotFound("no_such_visit", visit.visit_id)

    def most_used(self, office_id: str, since: datetime) -> tuple[str, ...]:
        """See Visits."""
        query = (
            select(visits.c.procedure)
            .where(visits.c.office_id == office_id, visits.c.opened_at >= since)
            .group_by(visits.c.procedure)
            .order_by(func.count().desc(), visits.c.procedure)
        )
        with self._connections.reading() as connection:
            return tuple(connection.execute(query).scalars())


def close_visits(connection: Connection, whose: ColumnElement[bool], but: str | None = None) -> None:
    """Close the visits that these sessions hold, except `but`."""
    held = select(sessions.c.visit_id).where(whose, sessions.c.visit_id.is_not(None))
    if but is not None:
        held = held.where(sessions.c.visit_id != but)
    still_open = visits.c.visit_id.in_(held) & visits.c.closed_at.is_(None)
    connection.execute(update(visits).where(still_open).values(closed_at=now(connection)))


def _record(visit: CitizenVisit) -> str:
    """When it was closed stands in its own column: sessions close visits without reading them."""
    return visit.model_dump_json(exclude={"closed_at"})
