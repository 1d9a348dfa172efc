"""The chain of the access log in the database: one end an office, held by who adds to it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Text, func, select, type_coerce, update

from pipeline.adapters.database.access_tables import access_log, audit_heads
from pipeline.adapters.database.connections import Connections, add_new
from pipeline.audit.closing import NOBODY
from pipeline.chain import START, chained, head_of, no_head
from pipeline.local_time import local_day
from schemas.access import AccessEntry, LoggedAccess
from schemas.audit import Head
from schemas.people import Actor


class AuditTrailTable:
    """The port AuditTrail."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def head(self, office_id: str) -> Head:
        """See AuditTrail."""
        with self._connections.reading() as connection:
            row = connection.execute(select(audit_heads).where(audit_heads.c.office_id == office_id)).mappings().first()
        return Head(**row) if row is not None else no_head(office_id)

    def offices(self) -> tuple[str, ...]:
        """See AuditTrail."""
        with self._connections.reading() as connection:
            return tuple(
                connection.execute(select(audit_heads.c.office_id).order_by(audit_heads.c.office_id)).scalars()
            )

    def read(self, office_id: str, after: int, limit: int) -> tuple[LoggedAccess, ...]:
        """See AuditTrail."""
        above = _of_office(office_id).where(access_log.c.number > after)
        with self._connections.reading() as connection:
            rows = connection.execute(above.order_by(access_log.c.number).limit(limit)).mappings()
            return tuple(_as_it_stands(row) for row in rows)

    def last_before(self, office_id: str, after: int, moment: datetime) -> int:
        """See AuditTrail."""
        last = select(func.max(access_log.c.number)).where(
            access_log.c.office_id == office_id, access_log.c.number > after, access_log.c.at < moment
        )
        with self._connections.reading() as connection:
            return connection.execute(last).scalar() or after

    def before_first(self, office_id: str, moment: datetime) -> int:
        """See AuditTrail."""
        since = (access_log.c.office_id == office_id) & (access_log.c.at >= moment)
        with self._connections.reading() as connection:
            first = connection.execute(select(func.min(access_log.c.number)).where(since)).scalar()
        return first - 1 if first is not None else self.head(office_id).number

    def oldest_open_day(self, office_id: str) -> date | None:
        """See AuditTrail."""
        with self._connections.reading() as connection:
            return oldest_open_day(connection, office_id)

    def take_in(self, office_id: str, entries: Sequence[LoggedAccess]) -> int:
        """See AuditTrail."""
        with self._connections.writing() as connection:
            head = _held_head(connection, office_id)
            missing = [logged for logged in entries if logged.number > head.number]
            _add(connection, office_id, missing)
        return len(missing)

    def go_on(self, head: Head, entry: AccessEntry) -> bool:
        """See AuditTrail."""
        with self._connections.writing() as connection:
            if _held_head(connection, head.office_id).number >= head.number:
                return False
            _add(connection, head.office_id, list(chained(head, [entry])))
        return True


def oldest_open_day(connection: Connection, office_id: str) -> date | None:
    """See AuditTrail."""
    by_hoso = _of_office(office_id).where(access_log.c.actor_id == NOBODY, access_log.c.access == "close_day")
    newest = connection.execute(by_hoso.order_by(access_log.c.number.desc()).limit(1)).mappings().first()
    if newest is not None:
        return _day_behind(_as_it_stands(newest).entry)
    first = connection.execute(_of_office(office_id).order_by(access_log.c.number).limit(1)).mappings().first()
    return local_day(_as_it_stands(first).entry.at) if first is not None else None


def append(connection: Connection, office_id: str, entries: Iterable[AccessEntry]) -> None:
    """Add entries of one office behind its head; whoever else adds to it waits for the end of the transaction."""
    _add(connection, office_id, list(chained(_held_head(connection, office_id), entries)))


def logged_row(row: RowMapping) -> LoggedAccess:
    """The entry of a row that has all columns of the log."""
    values = dict(row)
    number, previous = values.pop("number"), values.pop("previous")
    actor = Actor(office_id=values.pop("office_id"), actor_id=values.pop("actor_id"))
    return LoggedAccess(number=number, previous=previous, entry=AccessEntry(actor=actor, **values))


def _of_office(office_id: str) -> Select[Any]:
    """All columns of an office's entries, for `_as_it_stands`."""
    at = type_coerce(access_log.c.at, Text).label("at")
    columns = [at if column.name == "at" else column for column in access_log.c]
    return select(*columns).where(access_log.c.office_id == office_id)


def _day_behind(closing: AccessEntry) -> date:
    try:
        return date.fromisoformat(closing.subject_id or "") + timedelta(days=1)
    except (ValueError, OverflowError):
        return local_day(closing.at)


def _as_it_stands(row: RowMapping) -> LoggedAccess:
    """The same for rows that somebody may have spoilt: nothing in them is checked."""
    values = dict(row)
    values["at"] = _moment(values["at"])
    actor = Actor.model_construct(office_id=values.pop("office_id"), actor_id=values.pop("actor_id"))
    number, previous = values.pop("number"), values.pop("previous")
    entry = AccessEntry.model_construct(actor=actor, **values)
    return LoggedAccess.model_construct(number=number, previous=previous, entry=entry)


def _moment(kept: datetime | str) -> datetime:
    """A time as PostgreSQL gives it or SQLite keeps it; what is no time there is none that an entry ever had."""
    if isinstance(kept, datetime):
        return kept
    try:
        return datetime.fromisoformat(kept).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _held_head(connection: Connection, office_id: str) -> Head:
    """The head of an office, which nobody else can move before the end of the transaction."""
    # SQLite has no FOR UPDATE: there the transaction has the only write lock from its beginning.
    held = select(audit_heads).where(audit_heads.c.office_id == office_id).with_for_update()
    row = connection.execute(held).mappings().first()
    if row is None:
        add_new(connection, audit_heads, {"office_id": office_id, "number": 0, "sha256": START})
        row = connection.execute(held).mappings().one()
    return Head(**row)


def _add(connection: Connection, office_id: str, entries: Sequence[LoggedAccess]) -> None:
    if not entries:
        return
    connection.execute(access_log.insert(), [_row(logged) for logged in entries])
    head = head_of(entries[-1])
    moved = update(audit_heads).where(audit_heads.c.office_id == office_id)
    connection.execute(moved.values(number=head.number, sha256=head.sha256))


def _row(logged: LoggedAccess) -> dict[str, Any]:
    row = logged.entry.model_dump(exclude={"actor"}) | logged.entry.actor.model_dump()
    return row | {"number": logged.number, "previous": logged.previous}
