"""The access log taken out: lines that prove themselves, and the same as a table for people."""

import csv
import os
from datetime import date, timedelta
from pathlib import Path
from typing import IO, NamedTuple

from pipeline.audit.stretch import entries_between
from pipeline.audit_ports import AuditTrail
from pipeline.chain import hash_of, line_of
from pipeline.errors import ScanRejected
from pipeline.local_time import day_begins
from schemas.access import LoggedAccess

_COLUMNS = ("purpose", "visit_id", "citizen_id", "document_id", "subject_id", "object_sha256")


class Exported(NamedTuple):
    """What was taken out: entries `first` to `last`, and the hash of the last line. `entries` 0: there are none."""

    entries: int
    first: int
    last: int
    sha256: str


def export_days(trail: AuditTrail, office_id: str, since: date, until: date, target: Path) -> Exported:
    """Write an office's entries of some days, both included, to `target.jsonl` and `target.csv`, for our user alone.

    With all that stand between them: what is noted late, such as by a sweep, bears the time at which it was done.

    Raises:
        ScanRejected: (target_taken) one of the files is there.
        ServiceUnavailable: database_away.
    """
    after = trail.before_first(office_id, day_begins(since))
    last = trail.last_before(office_id, after, day_begins(until + timedelta(days=1)))
    count, first, number, sha256 = 0, after + 1, after, ""
    with new_file(target.with_suffix(".jsonl")) as lines, new_file(target.with_suffix(".csv")) as table:
        writer = csv.writer(table)
        writer.writerow(("number", "at", "office_id", "actor_id", "access", *_COLUMNS, "previous", "sha256"))
        for logged in entries_between(trail, office_id, after, last):
            line = line_of(logged)
            number, sha256 = logged.number, hash_of(line)
            first = first if count else number
            count += 1
            lines.write(line.decode("ascii") + "\n")
            writer.writerow(_row(logged, sha256))
    return Exported(count, first, number, sha256)


def new_file(path: Path) -> IO[str]:
    """A new text file that only our user may read. Raises: ScanRejected (target_taken)."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ScanRejected("target_taken") from None
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")


def harmless(text: str) -> str:
    """As a cell of a table: a spreadsheet takes what begins like this for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _row(logged: LoggedAccess, sha256: str) -> tuple[object, ...]:
    entry = logged.entry
    told = (harmless(getattr(entry, name) or "") for name in _COLUMNS)
    who = (entry.actor.office_id, entry.actor.actor_id)
    return (logged.number, entry.at.isoformat(), *who, entry.access, *told, logged.previous, sha256)
