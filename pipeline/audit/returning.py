"""The access log after its database was brought back: what closed days still hold is taken in, and the rest is told.

The log goes on behind the newest head that anybody has kept, not behind the older one that came back: so no number is
given twice, and the entry that names the lost numbers holds the hash of the last of them.
"""

from collections.abc import Iterator
from contextlib import suppress

from pipeline.access_ports import AccessLog
from pipeline.audit.days import are_those_of, load_day, load_head, load_lines, stored_days
from pipeline.audit_ports import AuditCopy, AuditTrail
from pipeline.chain import logged_of, no_head
from pipeline.ports import ObjectStore
from schemas.access import AccessEntry
from schemas.audit import Head


def bring_up_to_date(
    store: ObjectStore, trail: AuditTrail, access_log: AccessLog, copy: AuditCopy | None, entry: AccessEntry
) -> tuple[int, int]:
    """Have an office's log go on after its database was restored or made anew. Nothing else may write meanwhile.

    Args:
        store: where its closed days are.
        trail: its log, as the database has it now.
        access_log: the same.
        copy: the place elsewhere, if there is one.
        entry: what was done, of the access `restore` or `rebuild`; it names the numbers that nobody has any more.

    Returns:
        How many entries came out of closed days, and how many are lost.

    Raises:
        ServiceUnavailable: store_away, database_away, audit_copy_away.

    """
    office_id = entry.actor.office_id
    taken = _take_in_days(store, trail, office_id)
    head = trail.head(office_id)
    kept = max(_kept_heads(store, copy, office_id), key=lambda one: one.number, default=no_head(office_id))
    lost = entry.model_copy(update={"subject_id": f"{head.number + 1}-{kept.number}"})
    if trail.go_on(kept, lost):
        return taken, kept.number - head.number
    access_log.write(entry)
    return taken, 0


def _take_in_days(store: ObjectStore, trail: AuditTrail, office_id: str) -> int:
    """Days that are altered are left out: `verify` names them, and the numbers that are missing then."""
    taken = 0
    for stored in stored_days(store, office_id):
        day = load_day(store, office_id, stored)
        if day.head is None or day.head.last <= trail.head(office_id).number:
            continue
        lines = load_lines(store, office_id, day.day)
        if lines is not None and are_those_of(day.head, lines):
            with suppress(ValueError):
                taken += trail.take_in(office_id, [logged_of(line) for line in lines])
    return taken


def _kept_heads(store: ObjectStore, copy: AuditCopy | None, office_id: str) -> Iterator[Head]:
    newest = load_head(store, office_id)
    if newest is not None:
        yield newest
    if copy is not None:
        yield from copy.heads(office_id)
