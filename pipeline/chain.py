"""The form of the audit chain: what an entry of the access log is as a line, and how each line holds the one before.

A line is JSON: names sorted, no spaces, ASCII, what is empty left out. It holds the entry's number in its office and,
as `previous`, the SHA-256 of the whole line before it without its line break. So a file of lines proves itself: whoever
changes, removes, adds or moves one has to write all later ones anew, and they then lead to another head.

The form can never change: every entry ever written would have another hash.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC

from schemas.access import AccessEntry, LoggedAccess
from schemas.audit import Head
from schemas.people import Actor

START = "0" * 64
"""What the first entry of an office holds as the hash before it."""
BROUGHT_BACK = ("restore", "rebuild")
"""After these the entries that nobody has any more are passed over in the count."""
_PLAIN = ("access", "purpose", "visit_id", "citizen_id", "document_id", "subject_id", "object_sha256")


def line_of(logged: LoggedAccess) -> bytes:
    """The line of an entry, without a line break."""
    entry = logged.entry
    told: dict[str, object] = {
        "number": logged.number,
        "previous": logged.previous,
        "office_id": entry.actor.office_id,
        "actor_id": entry.actor.actor_id,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    told |= {name: value for name in _PLAIN if (value := getattr(entry, name)) is not None}
    return json.dumps(told, sort_keys=True, separators=(",", ":")).encode("ascii")


def logged_of(line: bytes) -> LoggedAccess:
    """The entry of a line. Raises: ValueError, where it is none of ours."""
    try:
        told = json.loads(line)
        actor = Actor(office_id=told.pop("office_id"), actor_id=told.pop("actor_id"))
        number, previous = told.pop("number"), told.pop("previous")
        return LoggedAccess(number=number, previous=previous, entry=AccessEntry(actor=actor, **told))
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("not a line of the access log") from error


def hash_of(line: bytes) -> str:
    """What the next line holds of this one."""
    return hashlib.sha256(line).hexdigest()


def head_of(logged: LoggedAccess) -> Head:
    """The head of a chain that ends with this entry."""
    office_id = logged.entry.actor.office_id
    return Head(office_id=office_id, number=logged.number, sha256=hash_of(line_of(logged)))


def no_head(office_id: str) -> Head:
    """The head of a chain without entries."""
    return Head(office_id=office_id, number=0, sha256=START)


def chained(head: Head, entries: Iterable[AccessEntry]) -> Iterator[LoggedAccess]:
    """The entries of one office as they follow on a head."""
    for entry in entries:
        logged = LoggedAccess(number=head.number + 1, previous=head.sha256, entry=entry)
        yield logged
        head = head_of(logged)


def lost_numbers(before: int, logged: LoggedAccess) -> tuple[int, int] | None:
    """The numbers that an entry says were lost when the database was brought back, both included.

    Args:
        before: the number of the entry that stands before it.
        logged: the entry.

    Returns:
        None: it says nothing of this gap.

    """
    told = f"{before + 1}-{logged.number - 1}"
    is_told = logged.entry.access in BROUGHT_BACK and logged.entry.subject_id == told
    return (before + 1, logged.number - 1) if is_told else None
