"""Checks an office's log: rows against each other, against the closed days, and against the heads that were kept.

What lies in the store is the witness: a row that is not like its line in a closed day was changed, whatever the chain
says, since who writes to the database can make the chain anew. Days prove each other, and the log names each of them
with its hash, so a day that was replaced is found as well.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from pipeline import keys
from pipeline.audit.days import StoredDay, are_those_of, load_day, load_head, load_lines, stored_days
from pipeline.audit.decided import DecidedThings
from pipeline.audit.found import Found
from pipeline.audit_ports import AuditCopy, AuditTrail
from pipeline.chain import START, hash_of, head_of, line_of, logged_of, lost_numbers
from pipeline.ports import ObjectStore
from schemas.access import LoggedAccess
from schemas.audit import AuditReport, ClosedDay, Head

_READ = 2_000
OnChecked = Callable[[int, int], None]
"""Called with entries checked and entries in all."""


def verify(
    office_id: str, store: ObjectStore, trail: AuditTrail, copy: AuditCopy | None, on_checked: OnChecked
) -> AuditReport:
    """Check all there is of an office's log; nothing is written.

    Raises:
        ServiceUnavailable: store_away, database_away, audit_copy_away.
    """
    return _Checking(office_id, store, trail, copy, on_checked).run()


class _Checking:
    """One check."""

    def __init__(
        self, office_id: str, store: ObjectStore, trail: AuditTrail, copy: AuditCopy | None, on_checked: OnChecked
    ) -> None:
        self._office_id, self._store, self._trail, self._copy = office_id, store, trail, copy
        self._on_checked = on_checked
        self._found = Found()
        self._days = {
            day.day: day for one in stored_days(store, office_id) for day in [load_day(store, office_id, one)]
        }
        self._kept = {head.number: head.sha256 for head in self._kept_heads()}
        # After what was kept, since the log goes on meanwhile: so nothing that was kept is newer than it.
        self._head = trail.head(office_id)
        self._last, self._last_sha256 = 0, START
        self._checked = 0
        self._some_lost = False
        self._decided = DecidedThings(office_id, store, self._found)

    def run(self) -> AuditReport:
        """All of it."""
        self._check_days()
        self._compare_days()
        self._check_rows()
        for number in (number for number in self._kept if number > self._last):
            self._found.entries("entry_missing", self._last + 1, number)
        self._decided.note_missing(some_lost=self._some_lost)
        return AuditReport(
            head=self._head,
            entries=self._checked,
            days=len(self._days),
            closed_until=max(self._days, default=None),
            findings=self._found.all(),
        )

    def _kept_heads(self) -> Iterator[Head]:
        """The heads that lie elsewhere; the first that speaks of a number counts."""
        if self._copy is not None:
            yield from reversed(self._copy.heads(self._office_id))
        newest = load_head(self._store, self._office_id)
        if newest is not None:
            yield newest

    # -- closed days --------------------------------------------------------------------------------------------------

    def _check_days(self) -> None:
        """Each day goes on where the one before ended."""
        before: StoredDay | None = None
        for stored in self._days.values():
            if stored.head is None:
                self._found.day("day_altered", stored.day)
            if before is not None:
                self._miss_between(before.day, stored.day)
                if stored.head and before.head and not _goes_on(before.head, stored.head):
                    self._found.day("day_altered", before.day)
            before = stored

    def _miss_between(self, day: date, until: date) -> None:
        while (day := day + timedelta(days=1)) < until:
            self._found.day("day_missing", day)

    def _compare_days(self) -> None:
        """With those that lie elsewhere."""
        for day, head in (self._copy.days(self._office_id) if self._copy is not None else {}).items():
            stored = self._days.get(day)
            if stored is None:
                self._found.day("day_missing", day)
            elif stored.data != head:
                self._found.day("day_altered", day)

    def _closed_lines(self) -> Iterator[tuple[date, LoggedAccess, bytes]]:
        """Day, entry and line of all closed entries whose day is whole."""
        last = Head(office_id=self._office_id, number=0, sha256=START)
        for stored in self._days.values():
            if stored.head is None:
                continue
            lines = load_lines(self._store, self._office_id, stored.day)
            if lines is None or not are_those_of(stored.head, lines):
                self._found.day("day_altered", stored.day)
                continue
            for logged, line in self._parsed(stored.day, lines):
                follows = logged.number == last.number + 1 and logged.previous == last.sha256
                is_first = logged.number == stored.head.first  # the one before may lie in a day that is not whole
                if not (follows or is_first or lost_numbers(last.number, logged)):
                    self._found.day("day_altered", stored.day)
                if logged.number > last.number:  # a day that was replaced may speak of entries twice
                    yield stored.day, logged, line
                    last = head_of(logged)

    def _parsed(self, day: date, lines: Sequence[bytes]) -> Iterator[tuple[LoggedAccess, bytes]]:
        """A day's entries, as far as its lines are any."""
        for line in lines:
            try:
                yield logged_of(line), line
            except ValueError:
                self._found.day("day_altered", day)
                return

    # -- rows ---------------------------------------------------------------------------------------------------------

    def _check_rows(self) -> None:
        closed = self._closed_lines()
        expected = next(closed, None)
        for batch in self._batches():
            for logged in batch:
                while expected is not None and expected[1].number < logged.number:
                    self._miss(expected)
                    expected = next(closed, None)
                if expected is not None and expected[1].number == logged.number:
                    self._compare(logged, expected[0], expected[2])
                    expected = next(closed, None)
                else:
                    self._link(logged)
            self._check_named(batch)
            self._checked += len(batch)
            self._on_checked(self._checked, self._head.number)
        while expected is not None:
            self._miss(expected)
            expected = next(closed, None)
        self._check_end()
        self._check_behind()

    def _batches(self) -> Iterator[list[LoggedAccess]]:
        after = 0
        while after < self._head.number and (read := self._trail.read(self._office_id, after, _READ)):
            yield [logged for logged in read if logged.number <= self._head.number]
            after = read[-1].number

    def _miss(self, expected: tuple[date, LoggedAccess, bytes]) -> None:
        """An entry of a closed day has no row."""
        day, logged, line = expected
        self._found.entries("entry_missing", logged.number, logged.number, day)
        self._stand_at(logged.number, line)

    def _compare(self, logged: LoggedAccess, day: date, line: bytes) -> None:
        """A row with its line in a closed day, which is what the next row has to go on from."""
        if line_of(logged) != line:
            self._found.entries("entry_altered", logged.number, logged.number, day)
        self._pass_gap(logged)
        self._stand_at(logged.number, line)

    def _link(self, logged: LoggedAccess) -> None:
        """A row that no closed day tells of with the one before."""
        if logged.number > self._last + 1 and not self._pass_gap(logged):
            self._found.entries("entry_missing", self._last + 1, logged.number - 1)
        elif logged.number == self._last + 1 and logged.previous != self._last_sha256:
            self._found.entries("link_broken", max(self._last, 1), logged.number)
        self._stand_at(logged.number, line_of(logged))

    def _pass_gap(self, logged: LoggedAccess) -> bool:
        """Whether a row says that those before it were lost when the database was brought back."""
        lost = lost_numbers(self._last, logged)
        if lost is not None:
            self._found.entries("lost_before_restore", *lost)
            self._some_lost = True
            self._compare_head(logged.number - 1, logged.previous)
        return lost is not None

    def _stand_at(self, number: int, line: bytes) -> None:
        self._last, self._last_sha256 = number, hash_of(line)
        self._compare_head(number, self._last_sha256)

    def _compare_head(self, number: int, sha256: str) -> None:
        if self._kept.get(number, sha256) != sha256:
            self._found.entries("head_differs", number, number)

    def _check_end(self) -> None:
        """The database's own head is that of its last row."""
        if self._last < self._head.number:
            self._found.entries("entry_missing", self._last + 1, self._head.number)
        elif self._last == self._head.number and self._last_sha256 != self._head.sha256:
            self._found.entries("entry_altered", self._last, self._last)

    def _check_behind(self) -> None:
        """No row lies behind the head. New ones do not until it has moved on, so it is asked for after them."""
        after, numbers = self._head.number, list[int]()
        while read := self._trail.read(self._office_id, after, _READ):
            numbers += [logged.number for logged in read]
            after = numbers[-1]
            self._decided.check(read)  # one of them may be a destruction that went on meanwhile
        head = self._trail.head(self._office_id)
        for number in (number for number in numbers if number > head.number):
            self._found.entries("entry_inserted", number, number)

    # -- what the log names -------------------------------------------------------------------------------------------

    def _check_named(self, batch: Sequence[LoggedAccess]) -> None:
        """Days and decisions are as they were when the log named them."""
        for logged in batch:
            entry = logged.entry
            if entry.access == "close_day" and entry.object_sha256 is not None:
                self._check_closed(entry.subject_id or "", entry.object_sha256)
        self._decided.check(batch)

    def _check_closed(self, said: str, sha256: str) -> None:
        try:
            day = date.fromisoformat(said)
        except ValueError:  # such an entry was spoilt, which is found by its hash
            return
        key = keys.audit_day(self._office_id, day)
        if day in self._days:
            if self._days[day].sha256 != sha256:
                self._found.day("day_altered", day)
        elif not any(stored.key == key for stored in self._store.find(key)):  # it may just have been closed
            self._found.day("day_missing", day)


def _goes_on(before: ClosedDay, after: ClosedDay) -> bool:
    return (after.first, after.previous) == (before.last + 1, before.sha256)
