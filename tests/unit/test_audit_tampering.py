"""What is done to an access log behind hoso's back, and what `verify` says of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Connection, Engine, Text, bindparam, create_engine
from sqlalchemy.types import TypeEngine

from pipeline import keys
from pipeline.adapters.audit_folder import AuditFolder
from pipeline.adapters.database.access_tables import access_log, audit_heads
from pipeline.adapters.database.engine import Database, open_database
from pipeline.adapters.folder_store import FolderStore
from pipeline.audit.closing import Closing
from pipeline.audit.returning import bring_up_to_date
from pipeline.audit.verify import verify
from pipeline.chain import START, chained, hash_of, head_of, no_head
from schemas.access import AccessEntry, LoggedAccess
from schemas.audit import AuditFinding, AuditReport, ClosedDay, Head
from schemas.people import Actor

OFFICE = "phuong-a"
LAN = Actor(office_id=OFFICE, actor_id="lan")
MONDAY = date(2026, 3, 2)
"""Entries 1 to 4 are Monday's, 5 to 8 Tuesday's; 9 to 14 are not closed, and the first and last of them say that the
two days were.
"""
Told = tuple[str, str | None, tuple[int, int] | None]
"""Kind, day, and first and last number of a finding."""
CLOSED, OPEN = (2, 6), (11, 12)


class Log:
    """Two closed days and one that is not over, each with four looks; a folder elsewhere where it is asked for."""

    def __init__(self, folder: Path, *, copied: bool = False) -> None:
        (folder / "elsewhere").mkdir(parents=True)
        self.url = f"sqlite:///{folder / 'hoso.db'}"
        self.store = FolderStore(folder / "store")
        self.copy = AuditFolder(folder / "elsewhere") if copied else None
        self.database: Database = open_database(self.url)
        self.engine: Engine = create_engine(self.url)
        self.closing = Closing(OFFICE, self.store, self.database.audit, self.database.access_log, self.copy)
        for day in range(3):
            for hour in range(4):
                self.look(day, hour)
            self.closing.close_days(MONDAY + timedelta(days=day))
        self.closing.keep_head()

    def look(self, day: int, hour: int) -> None:
        at = datetime(2026, 3, 2 + day, 1 + hour, tzinfo=UTC)
        self.database.access_log.write(
            AccessEntry(at=at, actor=LAN, access="look", purpose="visit", document_id=f"d{day}{hour}")
        )

    def entries(self) -> tuple[LoggedAccess, ...]:
        return self.database.audit.read(OFFICE, 0, 99)

    def report(self) -> AuditReport:
        return verify(OFFICE, self.store, self.database.audit, self.copy, lambda *_: None)

    def found(self) -> list[Told]:
        return [_told(finding) for finding in self.report().findings]

    def remove(self, *numbers: int) -> None:
        with self.engine.begin() as connection:
            connection.execute(access_log.delete().where(access_log.c.number.in_(numbers)))

    def alter(self, number: int, column: str, value: str | int | None) -> None:
        """Write anything, whatever its kind, into a column of an entry."""
        kind: TypeEngine[Any] = BigInteger() if isinstance(value, int) else Text()
        spoilt = bindparam("spoilt", value, type_=kind)
        with self.engine.begin() as connection:
            connection.execute(access_log.update().where(access_log.c.number == number).values({column: spoilt}))

    def add(self, number: int) -> None:
        at = datetime(2026, 3, 4, 9, tzinfo=UTC)
        row = {"office_id": OFFICE, "number": number, "previous": START, "actor_id": "lan", "at": at, "access": "look"}
        with self.engine.begin() as connection:
            connection.execute(access_log.insert().values(row))

    def move_head(self, head: Head) -> None:
        with self.engine.begin() as connection:
            connection.execute(audit_heads.update().values(**head.model_dump()))

    def write_anew(self, entries: list[AccessEntry]) -> None:
        """All of the chain, as somebody would who knows how it is made."""
        with self.engine.begin() as connection:
            connection.execute(access_log.delete())
            connection.execute(audit_heads.delete())
            _fill(connection, list(chained(no_head(OFFICE), entries)))


def _fill(connection: Connection, logged: list[LoggedAccess]) -> None:
    for one in logged:
        row = one.entry.model_dump(exclude={"actor"}) | one.entry.actor.model_dump()
        connection.execute(access_log.insert().values(row | {"number": one.number, "previous": one.previous}))
    connection.execute(audit_heads.insert().values(**head_of(logged[-1]).model_dump()))


def _told(finding: AuditFinding) -> Told:
    numbers = (finding.first, finding.last) if finding.first is not None and finding.last is not None else None
    return finding.kind, str(finding.day) if finding.day else None, numbers


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path)


@pytest.fixture
def copied(tmp_path: Path) -> Log:
    return Log(tmp_path, copied=True)


def test_nothing_is_found_in_a_log_that_nobody_touched(log: Log) -> None:
    report = log.report()
    assert report.findings == ()
    assert (report.entries, report.days, report.closed_until) == (14, 2, MONDAY + timedelta(days=1))


@pytest.mark.parametrize("number", [1, 3, 4])
def test_a_removed_entry_of_a_closed_day_is_named_with_its_day(log: Log, number: int) -> None:
    log.remove(number)
    assert log.found() == [("entry_missing", "2026-03-02", (number, number))]


def test_a_removed_entry_of_today_is_named(log: Log) -> None:
    log.remove(12)
    assert log.found() == [("entry_missing", None, (12, 12))]


_SPOILT = {
    "actor_id": "minh",
    "at": "2026-03-02 02:00:00.000001",
    "access": "print",
    "purpose": None,
    "visit_id": "v",
    "citizen_id": "c",
    "document_id": "other",
    "subject_id": "s",
    "object_sha256": "0",
    "previous": "0",
}


def test_the_table_of_alterations_knows_every_column_of_the_log() -> None:
    assert {*_SPOILT, "office_id", "number"} == {column.name for column in access_log.c}


@pytest.mark.parametrize("column", _SPOILT)
@pytest.mark.parametrize("number", CLOSED)
def test_an_altered_entry_of_a_closed_day_is_named(log: Log, column: str, number: int) -> None:
    log.alter(number, column, _SPOILT[column])
    assert log.found() == [("entry_altered", "2026-03-02" if number < 5 else "2026-03-03", (number, number))]


@pytest.mark.parametrize("column", _SPOILT)
@pytest.mark.parametrize("number", OPEN)
def test_an_altered_entry_of_today_is_between_those_that_are_named(log: Log, column: str, number: int) -> None:
    log.alter(number, column, _SPOILT[column])
    ((kind, day, numbers),) = log.found()
    assert (kind, day) == ("link_broken", None)
    assert numbers
    assert numbers[0] <= number <= numbers[1]
    assert numbers[1] - numbers[0] <= 2


def test_the_newest_entry_that_was_altered_is_named(log: Log) -> None:
    log.alter(14, "document_id", "other")
    assert ("entry_altered", None, (14, 14)) in log.found()


@pytest.mark.parametrize("column", ["at", "access", "actor_id"])
def test_what_is_no_value_at_all_is_found_all_the_same(log: Log, column: str) -> None:
    log.alter(3, column, "spoilt")
    assert log.found() == [("entry_altered", "2026-03-02", (3, 3))]


def test_an_entry_that_was_moved_to_another_office_is_missed(log: Log) -> None:
    log.alter(3, "office_id", "phuong-b")
    assert log.found() == [("entry_missing", "2026-03-02", (3, 3))]


@pytest.mark.parametrize(("one", "other"), [(2, 3), (11, 13)])
def test_two_entries_that_were_swapped_are_named(log: Log, one: int, other: int) -> None:
    for before, after in ((one, 99), (other, one), (99, other)):
        log.alter(before, "number", after)
    numbers = [found[2] or (0, 0) for found in log.found()]
    assert all(any(first <= number <= last for first, last in numbers) for number in (one, other))


def test_an_entry_added_behind_the_last_one_is_named(log: Log) -> None:
    log.add(15)
    assert log.found() == [("entry_inserted", None, (15, 15))]


def test_an_entry_put_between_others_is_found_where_it_stands(log: Log) -> None:
    for number in range(14, 11, -1):
        log.alter(number, "number", number + 1)
    log.add(12)
    kinds = {kind: numbers for kind, _, numbers in log.found()}
    assert kinds["link_broken"] == (11, 14), "those behind it are not as they were: their numbers are part of them"
    assert kinds["entry_inserted"] == (15, 15)


@pytest.mark.parametrize("removed", [2, 7, 12])
def test_a_chain_that_was_made_anew_after_a_removal_does_not_lead_to_what_was_kept(log: Log, removed: int) -> None:
    log.write_anew([one.entry for one in log.entries() if one.number != removed])
    found = log.found()
    if removed <= 8:
        day = "2026-03-02" if removed < 5 else "2026-03-03"
        assert any(kind == "entry_altered" and of == day for kind, of, _ in found)
        assert min(numbers[0] for kind, _, numbers in found if kind == "entry_altered" and numbers) == removed
    assert ("entry_missing", None, (14, 14)) in found


def test_a_chain_that_was_made_anew_after_an_alteration_does_not_lead_to_what_was_kept(log: Log) -> None:
    entries = [one.entry for one in log.entries()]
    entries[11] = entries[11].model_copy(update={"document_id": "other"})
    log.write_anew(entries)
    assert log.found() == [("head_differs", None, (14, 14))]


def test_a_tail_that_was_cut_off_today_is_missed(log: Log) -> None:
    log.remove(13, 14)
    assert log.found() == [("entry_missing", None, (13, 14))]


def test_a_tail_that_was_cut_off_with_its_head_is_missed_by_the_head_that_was_kept(log: Log) -> None:
    entries = log.entries()
    log.remove(13, 14)
    log.move_head(head_of(entries[11]))
    assert log.found() == [("entry_missing", None, (13, 14))]


def test_a_tail_that_was_cut_off_into_a_closed_day_is_missed(log: Log) -> None:
    entries = log.entries()
    log.remove(*range(7, 15))
    log.move_head(head_of(entries[5]))
    assert log.found() == [("entry_missing", "2026-03-03", (7, 8)), ("entry_missing", None, (9, 14))]


def test_a_head_that_was_kept_stays_where_the_log_does_not_lead_to_it_any_more(log: Log) -> None:
    log.write_anew([one.entry for one in log.entries() if one.number != 12])
    log.look(2, 9)
    log.look(2, 10)
    assert not log.closing.keep_head()
    assert ("head_differs", None, (14, 14)) in log.found()


def _replace_day(log: Log, day: date, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """A closed day made anew, whole in itself."""
    key = keys.audit_day(OFFICE, day)
    path = Path(str(log.store._root)) / key
    head = ClosedDay.model_validate_json(path.read_bytes())
    lines = change((path.with_suffix(".jsonl")).read_bytes().splitlines())
    data = b"".join(line + b"\n" for line in lines)
    head = head.model_copy(update={"sha256": hash_of(lines[-1]), "lines_sha256": hash_of(data)})
    log.store.put(keys.audit_lines(OFFICE, day), BytesIO(data), "application/jsonl")
    log.store.put(key, BytesIO(head.model_dump_json().encode()), "application/json")


def test_a_closed_day_that_was_replaced_by_another_is_named(log: Log) -> None:
    _replace_day(log, MONDAY, lambda lines: [lines[0], lines[1], lines[2].replace(b"d02", b"d99"), lines[3]])
    assert ("day_altered", "2026-03-02", None) in log.found()


def test_the_last_closed_day_that_was_replaced_is_named(log: Log) -> None:
    _replace_day(log, MONDAY + timedelta(days=1), lambda lines: [*lines[:-1], lines[-1].replace(b"d13", b"d99")])
    assert ("day_altered", "2026-03-03", None) in log.found()


@pytest.mark.parametrize("name", ["2026-03-02.json", "2026-03-02.jsonl"])
def test_a_closed_day_whose_bytes_were_altered_is_named(log: Log, tmp_path: Path, name: str) -> None:
    path = tmp_path / "store" / "audit" / OFFICE / name
    path.write_bytes(path.read_bytes().replace(b"d", b"e", 1))
    assert log.found() == [("day_altered", "2026-03-02", None)]


@pytest.mark.parametrize("day", [MONDAY, MONDAY + timedelta(days=1)])
def test_a_closed_day_that_was_removed_is_missed(log: Log, day: date) -> None:
    log.store.delete(keys.audit_day(OFFICE, day))
    assert log.found() == [("day_missing", str(day), None)]


def test_the_lines_of_a_closed_day_that_were_removed_are_missed(log: Log) -> None:
    log.store.delete(keys.audit_lines(OFFICE, MONDAY))
    assert log.found() == [("day_altered", "2026-03-02", None)]


def test_a_day_that_was_altered_and_a_row_of_it_too_are_both_named(log: Log) -> None:
    log.store.delete(keys.audit_lines(OFFICE, MONDAY))
    log.alter(2, "document_id", "other")
    assert log.found() == [("day_altered", "2026-03-02", None), ("link_broken", None, (2, 3))]


# -- with rights to database and store alike ---------------------------------------------------------------------------


def _forge_everything(log: Log) -> None:
    """Somebody with all rights takes entry 2 out, makes the chain anew and closes the days again."""
    entries = [one.entry for one in log.entries() if one.number != 2 and one.entry.access != "close_day"]
    for stored in [*log.store.find("audit/"), *log.store.find("audit-head/")]:
        log.store.delete(stored.key)
    log.write_anew(entries)
    forged = Closing(OFFICE, log.store, log.database.audit, log.database.access_log, None)
    forged.close_days(MONDAY + timedelta(days=2))
    forged.keep_head()


def test_who_has_all_rights_here_can_make_another_log(log: Log) -> None:
    """What remains without object lock and without a place elsewhere; docs/audit.md says so."""
    _forge_everything(log)
    assert log.found() == []


def test_a_place_elsewhere_finds_even_that(copied: Log) -> None:
    assert copied.found() == []
    _forge_everything(copied)
    found = copied.found()
    assert ("day_altered", "2026-03-02", None) in found
    assert any(kind in ("head_differs", "entry_missing") for kind, _, _ in found)


def test_the_place_elsewhere_is_never_written_over(copied: Log) -> None:
    before = copied.copy.days(OFFICE) if copied.copy else {}
    _forge_everything(copied)
    copied.closing.close_days(MONDAY + timedelta(days=2))
    assert copied.copy
    assert copied.copy.days(OFFICE) == before


# -- a database that was brought back ----------------------------------------------------------------------------------


def _bring_back(log: Log, until: int) -> None:
    """An older state of the database, of which closed days and heads know more."""
    kept = list(log.entries())[:until]
    with log.engine.begin() as connection:
        connection.execute(access_log.delete())
        connection.execute(audit_heads.delete())
        _fill(connection, kept)


def test_an_older_database_that_somebody_put_in_place_is_found(log: Log) -> None:
    _bring_back(log, 6)
    assert ("entry_missing", "2026-03-03", (7, 8)) in log.found()


def test_after_a_restore_closed_days_are_there_again_and_the_rest_is_told_as_lost(log: Log) -> None:
    entries = log.entries()
    _bring_back(log, 6)
    restored = AccessEntry(at=datetime(2026, 3, 4, 9, tzinfo=UTC), actor=LAN, access="restore", subject_id="snapshot")
    done = bring_up_to_date(log.store, log.database.audit, log.database.access_log, None, restored)
    assert done == (2, 6)
    assert log.entries()[:8] == entries[:8]
    assert log.found() == [("lost_before_restore", None, (9, 14))]
    log.look(2, 9)
    log.closing.keep_head()
    log.closing.close_days(MONDAY + timedelta(days=3))
    assert log.found() == [("lost_before_restore", None, (9, 14))]


def test_a_database_that_is_made_anew_has_the_closed_days_again(log: Log) -> None:
    entries = log.entries()
    with log.engine.begin() as connection:
        connection.execute(access_log.delete())
        connection.execute(audit_heads.delete())
    rebuilt = AccessEntry(at=datetime(2026, 3, 4, 9, tzinfo=UTC), actor=LAN, access="rebuild")
    assert bring_up_to_date(log.store, log.database.audit, log.database.access_log, None, rebuilt) == (8, 6)
    assert log.entries()[:8] == entries[:8]
    assert log.found() == [("lost_before_restore", None, (9, 14))]


def test_a_gap_is_only_what_its_restore_says(log: Log) -> None:
    _bring_back(log, 8)
    restored = AccessEntry(at=datetime(2026, 3, 4, 9, tzinfo=UTC), actor=LAN, access="restore")
    bring_up_to_date(log.store, log.database.audit, log.database.access_log, None, restored)
    log.remove(8)
    assert ("entry_missing", "2026-03-03", (8, 8)) in log.found()


def test_a_restore_that_lost_nothing_is_an_entry_like_others(log: Log) -> None:
    restored = AccessEntry(at=datetime(2026, 3, 4, 9, tzinfo=UTC), actor=LAN, access="restore", subject_id="snapshot")
    assert bring_up_to_date(log.store, log.database.audit, log.database.access_log, None, restored) == (0, 0)
    assert log.entries()[-1].entry.subject_id == "snapshot"
    assert log.found() == []
