"""Lays the ends of the access log where whoever changes the database cannot follow."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from pipeline import keys
from pipeline.access_ports import AccessLog
from pipeline.audit.days import day_of, fetched, load_day, load_head, stored_days
from pipeline.audit.stretch import entries_between
from pipeline.audit_ports import AuditCopy, AuditTrail
from pipeline.chain import hash_of, head_of, line_of, no_head
from pipeline.errors import ServiceUnavailable
from pipeline.local_time import day_begins, local_day
from pipeline.ports import ObjectStore
from schemas.access import AccessEntry
from schemas.audit import ClosedDay, Head
from schemas.people import Actor

log = logging.getLogger("hoso")

_IN_TIME = timedelta(days=2)
NOBODY = "hoso"
"""In whose name hoso itself writes to the log."""


class Closing:
    """Keeps heads and days of one office's log, in the store and elsewhere."""

    def __init__(
        self, office_id: str, store: ObjectStore, trail: AuditTrail, access_log: AccessLog, copy: AuditCopy | None
    ) -> None:
        """Args: copy: the place elsewhere, if there is one."""
        self._office_id, self._store, self._trail, self._log, self._copy = office_id, store, trail, access_log, copy

    def keep_head(self) -> bool:
        """Lay the newest head of the log into the store and elsewhere, if it has moved; whether all was as before.

        The head that lies there stays where it is not in the chain any more: it is the evidence.

        Raises:
            ServiceUnavailable: store_away, database_away, audit_copy_away.
        """
        kept = load_head(self._store, self._office_id)
        head = self._trail.head(self._office_id)
        if kept is not None and not leads_on(self._trail, kept):
            log.warning("audit: entry %d of office %s is not as it was", kept.number, self._office_id)
            return False
        if head.number and head != kept:
            data = head.model_dump_json().encode()
            self._store.put(keys.audit_head(self._office_id), BytesIO(data), "application/json")
            if self._copy is not None:
                self._copy.note_head(head)
        return True

    def close_days(self, today: date) -> int:
        """Close every day before `today` that is not closed yet, oldest first; return how many were.

        An entry that a slow process writes after its day was closed is in the next one. What is not as it was written
        is closed as it stands: it is for `verify` to say so.

        Raises:
            ServiceUnavailable: store_away, database_away, audit_copy_away; the next night goes on.
        """
        before = self._last_closed()
        closed = 0
        for day in self._days(before, today):
            before = self._close(day, before)
            closed += 1
        if self._copy is not None:
            self._copy_days(self._copy)
        return closed

    def _last_closed(self) -> ClosedDay | None:
        days = stored_days(self._store, self._office_id)
        if not days:
            return None
        last = load_day(self._store, self._office_id, days[-1]).head
        if last is None:  # Without it nobody knows where to go on; what lies there must not be closed over.
            raise ServiceUnavailable("object_altered", days[-1].key)
        return last

    def _days(self, before: ClosedDay | None, today: date) -> Iterator[date]:
        if before is not None:
            day = before.day + timedelta(days=1)
        else:
            first = self._trail.read(self._office_id, 0, 1)
            day = local_day(first[0].entry.at) if first else today
        while day < today:
            yield day
            day += timedelta(days=1)

    def _close(self, day: date, before: ClosedDay | None) -> ClosedDay:
        after = before.last if before else 0
        last = self._trail.last_before(self._office_id, after, day_begins(day + timedelta(days=1)))
        previous = before.sha256 if before else no_head(self._office_id).sha256
        lines = [line_of(one) for one in entries_between(self._trail, self._office_id, after, last)]
        data = b"".join(line + b"\n" for line in lines)
        head = ClosedDay(
            office_id=self._office_id,
            day=day,
            first=after + 1,
            last=last,
            previous=previous,
            sha256=hash_of(lines[-1]) if lines else previous,
            lines_sha256=hashlib.sha256(data).hexdigest(),
        )
        # The lines before their head: what has no head is no closed day.
        self._store.put(keys.audit_lines(self._office_id, day), BytesIO(data), "application/jsonl")
        body = BytesIO(head.model_dump_json().encode())
        stored = self._store.put(keys.audit_day(self._office_id, day), body, "application/json")
        self._note(day, stored.sha256)
        log.info("audit: closed %s of office %s, entries %d to %d", day, self._office_id, head.first, head.last)
        return head

    def _note(self, day: date, sha256: str) -> None:
        """That the day was closed is in the log itself, so that a day which is gone is missed."""
        actor = Actor(office_id=self._office_id, actor_id=NOBODY)
        now, said = datetime.now(UTC), day.isoformat()
        self._log.write(AccessEntry(at=now, actor=actor, access="close_day", subject_id=said, object_sha256=sha256))

    def _copy_days(self, copy: AuditCopy) -> None:
        there = {day: hashlib.sha256(head).hexdigest() for day, head in copy.days(self._office_id).items()}
        for stored in stored_days(self._store, self._office_id):
            day = day_of(stored.key)
            if day is None or there.get(day) == stored.sha256:
                continue
            head, lines = (fetched(self._store, key) for key in (stored.key, keys.audit_lines(self._office_id, day)))
            if head is not None and lines is not None:
                copy.put_day(self._office_id, day, head, lines)


def not_closed_since(trail: AuditTrail, office_id: str, today: date) -> date | None:
    """An office's oldest day that is not closed, where that is late; None: it is not.

    Every night closes the day before. Two days ago leaves time for a night on which no machine was on.

    Raises:
        ServiceUnavailable: database_away.
    """
    day = trail.oldest_open_day(office_id)
    return day if day is not None and today - day > _IN_TIME else None


def each_office(office_ids: Iterable[str], do: Callable[[str], object]) -> None:
    """Do something for each office, also for those after one where it fails.

    Raises:
        ServiceUnavailable: the last one that was raised.
    """
    failed: ServiceUnavailable | None = None
    for office_id in office_ids:
        try:
            do(office_id)
        except ServiceUnavailable as error:
            failed = error
    if failed is not None:
        raise failed


def leads_on(trail: AuditTrail, head: Head) -> bool:
    """Whether a head is still in its office's chain: as an entry, or as what the next one goes on from."""
    found = trail.read(head.office_id, head.number - 1, 1)
    if not found:
        return head.number == 0
    logged = found[0]
    return head_of(logged) == head or (logged.number, logged.previous) == (head.number + 1, head.sha256)
