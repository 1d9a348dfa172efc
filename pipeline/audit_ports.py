"""What the chain of the access log asks of the database, by contract tests on both, and of a place elsewhere."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from schemas.access import AccessEntry, LoggedAccess
from schemas.audit import Head


class AuditTrail(Protocol):
    """The access log as a chain, office by office. Entries are only ever added, by AccessLog."""

    def head(self, office_id: str) -> Head:
        """The newest entry; number 0 where there is none."""
        ...

    def offices(self) -> tuple[str, ...]:
        """All offices that have entries."""
        ...

    def read(self, office_id: str, after: int, limit: int) -> tuple[LoggedAccess, ...]:
        """The entries with numbers above `after`, in their order, at most `limit`."""
        ...

    def last_before(self, office_id: str, after: int, moment: datetime) -> int:
        """The highest number above `after` of an entry written before `moment`; `after` where there is none."""
        ...

    def before_first(self, office_id: str, moment: datetime) -> int:
        """The number before that of the first entry written at `moment` or later; where there is none, the newest's."""
        ...

    def oldest_open_day(self, office_id: str) -> date | None:
        """The day behind the last one that the log says was closed; None: there are no entries.

        Where none was closed, that of the first entry. An entry of a closing that was spoilt counts as its own day.
        """
        ...

    def take_in(self, office_id: str, entries: Sequence[LoggedAccess]) -> int:
        """Add those entries, as they stand, whose numbers are above the head; return how many. The head moves on."""
        ...

    def go_on(self, head: Head, entry: AccessEntry) -> bool:
        """Add an entry behind a head that the database has lost; False where it is not above the database's own."""
        ...


class AuditCopy(Protocol):
    """A place elsewhere that keeps days and heads; what is there is never written over.

    Every method raises ServiceUnavailable (audit_copy_away).
    """

    def put_day(self, office_id: str, day: date, head: bytes, lines: bytes) -> None:
        """Keep a closed day; one that is there stays as it is, and one that was broken off is ended."""
        ...

    def days(self, office_id: str) -> dict[date, bytes]:
        """The heads of the days that are there."""
        ...

    def note_head(self, head: Head) -> None:
        """Keep a head behind those of its office."""
        ...

    def heads(self, office_id: str) -> tuple[Head, ...]:
        """The heads that were noted, oldest first."""
        ...
