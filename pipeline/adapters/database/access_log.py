"""The access log in the database."""

from datetime import date

from sqlalchemy import ColumnElement, Select, case, func, or_, select, union

from pipeline.adapters.database.access_tables import access_log
from pipeline.adapters.database.audit_trail import append, logged_row
from pipeline.adapters.database.connections import Connections
from pipeline.adapters.database.local_times import day_of, hour_of
from pipeline.adapters.database.tables import citizens, paper_people
from pipeline.local_time import day_begins
from schemas.access import Access, AccessEntry, LogFilter, LoggedAccess
from schemas.audit import DayOfLooks

_LOOKS: tuple[Access, ...] = (
    "open_citizen",
    "search",
    "look",
    "look_sensitive",
    "download",
    "prefill",
    "export",
    "print",
)
"""What shows or gives papers of a person."""
_DAY_BEGINS, _DAY_ENDS = "06", "20"
"""Hours. Before and after them no counter is open."""


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

    def days(self, office_id: str, since: date) -> tuple[DayOfLooks, ...]:
        """See AccessLog."""
        first = day_begins(since)
        own, earlier = access_log.c.office_id == office_id, access_log.c.at < first
        # Entries are numbered as they are written: from the newest backwards only those of the days are gone through.
        last = select(access_log.c.number).where(own, earlier).order_by(access_log.c.number.desc()).limit(1)
        with self._connections.reading() as connection:
            looks = _looks(on_postgresql=connection.dialect.name == "postgresql")
            since_then = (access_log.c.number > (connection.execute(last).scalar() or 0)) & (access_log.c.at >= first)
            found = connection.execute(looks.where(own, since_then)).mappings()
            return tuple(DayOfLooks.model_validate(dict(row)) for row in found)


def _looks(*, on_postgresql: bool) -> Select[tuple[str, str, int, int, int]]:
    """Whose papers each account was shown on each day; which entries are gone through is still to be said."""
    noted, filed = access_log.c, paper_people.c
    hour = hour_of(noted.at, on_postgresql=on_postgresql)
    by_night = (hour < _DAY_BEGINS) | (hour >= _DAY_ENDS)
    own_paper = (filed.office_id == noted.office_id) & (filed.document_id == noted.document_id)
    return (
        select(
            # An expression, so that SQLite finds the days first and does not go through the whole log by accounts.
            noted.actor_id.concat("").label("login"),
            day_of(noted.at, on_postgresql=on_postgresql).label("day"),
            func.count(func.coalesce(noted.citizen_id, filed.citizen_id, noted.document_id).distinct()).label("people"),
            func.count(noted.number.distinct()).label("looks"),  # of a paper of several people there are several rows
            func.count(case((by_night, noted.number)).distinct()).label("at_night"),
        )
        .select_from(access_log)
        .outerjoin(paper_people, own_paper & (filed.link == "filed"))
        .where(noted.access.in_(_LOOKS), noted.citizen_id.is_not(None) | noted.document_id.is_not(None))
        .group_by("login", "day")
        .order_by("day", "login")
    )


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
