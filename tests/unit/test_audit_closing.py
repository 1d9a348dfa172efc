"""Days of the log that are closed, and the newest head that is kept, in the store and elsewhere."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flows import nightly, sweep
from pipeline import keys
from pipeline.adapters.audit_folder import AuditFolder
from pipeline.adapters.database.engine import Database, open_database
from pipeline.adapters.folder_store import FolderStore
from pipeline.audit.closing import Closing
from pipeline.audit.days import day_of, load_day, load_head, load_lines, stored_days
from pipeline.audit_ports import AuditCopy
from pipeline.errors import ServiceUnavailable
from pipeline.local_time import local_day
from schemas.access import AccessEntry
from schemas.audit import ClosedDay
from schemas.people import Actor

OFFICE = "local"
LAN = Actor(office_id=OFFICE, actor_id="lan")
MONDAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 2, 17, tzinfo=UTC)
"""At the counters Tuesday begins then."""


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return open_database(f"sqlite:///{tmp_path / 'hoso.db'}")


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


def note(database: Database, *moments: datetime) -> None:
    database.access_log.write(*(AccessEntry(at=at, actor=LAN, access="look", document_id="d") for at in moments))


def closing(database: Database, store: FolderStore, copy: AuditCopy | None = None) -> Closing:
    return Closing(OFFICE, store, database.audit, database.access_log, copy)


def closed(store: FolderStore) -> dict[date, ClosedDay]:
    days = (load_day(store, OFFICE, one) for one in stored_days(store, OFFICE))
    return {day.day: day.head for day in days if day.head}


def test_days_are_those_at_the_counters(database: Database, store: FolderStore) -> None:
    note(database, NOON, MIDNIGHT - timedelta(seconds=1), MIDNIGHT)
    assert closing(database, store).close_days(MONDAY + timedelta(days=1)) == 1
    assert (closed(store)[MONDAY].first, closed(store)[MONDAY].last) == (1, 2)
    assert len(load_lines(store, OFFICE, MONDAY) or []) == 2


def test_a_day_that_is_not_over_is_not_closed(database: Database, store: FolderStore) -> None:
    note(database, NOON)
    assert closing(database, store).close_days(MONDAY) == 0


def test_a_day_is_closed_once(database: Database, store: FolderStore) -> None:
    note(database, NOON)
    assert closing(database, store).close_days(MONDAY + timedelta(days=1)) == 1
    assert closing(database, store).close_days(MONDAY + timedelta(days=1)) == 0


def test_nights_that_were_missed_are_made_up_for_with_their_empty_days(database: Database, store: FolderStore) -> None:
    note(database, NOON, NOON + timedelta(days=2))
    assert closing(database, store).close_days(MONDAY + timedelta(days=3)) == 3
    monday, tuesday, wednesday = closed(store).values()
    assert (tuesday.first, tuesday.last, tuesday.sha256) == (2, 1, monday.sha256)
    assert (wednesday.first, wednesday.last, wednesday.previous) == (2, 2, monday.sha256)


def test_an_entry_that_comes_after_its_day_was_closed_is_in_the_next_one(
    database: Database, store: FolderStore
) -> None:
    note(database, NOON)
    closing(database, store).close_days(MONDAY + timedelta(days=1))
    note(database, NOON, MIDNIGHT)
    closing(database, store).close_days(MONDAY + timedelta(days=2))
    tuesday = closed(store)[MONDAY + timedelta(days=1)]
    assert (tuesday.first, tuesday.last) == (2, 4)


def test_a_crash_between_the_day_and_its_entry_leaves_the_same_day(database: Database, store: FolderStore) -> None:
    note(database, NOON)
    closing(database, store).close_days(MONDAY + timedelta(days=1))
    (before,) = stored_days(store, OFFICE)
    store.delete(keys.audit_day(OFFICE, MONDAY))
    closing(database, store).close_days(MONDAY + timedelta(days=1))
    assert stored_days(store, OFFICE) == [before]


def test_an_altered_last_day_is_not_closed_over(database: Database, store: FolderStore, tmp_path: Path) -> None:
    note(database, NOON)
    closing(database, store).close_days(MONDAY + timedelta(days=1))
    (tmp_path / "store" / keys.audit_day(OFFICE, MONDAY)).write_text("{}")
    with pytest.raises(ServiceUnavailable) as caught:
        closing(database, store).close_days(MONDAY + timedelta(days=2))
    assert caught.value.code == "object_altered"


def test_the_newest_head_is_kept(database: Database, store: FolderStore) -> None:
    note(database, NOON, NOON)
    assert closing(database, store).keep_head()
    assert load_head(store, OFFICE) == database.audit.head(OFFICE)


def test_days_and_heads_go_elsewhere_too(database: Database, store: FolderStore, tmp_path: Path) -> None:
    copy = AuditFolder(tmp_path)
    note(database, NOON)
    closing(database, store).close_days(MONDAY + timedelta(days=1))
    closing(database, store, copy).keep_head()
    closing(database, store, copy).close_days(MONDAY + timedelta(days=1))
    assert copy.heads(OFFICE) == (database.audit.head(OFFICE),)
    assert list(copy.days(OFFICE)) == [MONDAY], "the day that was closed before there was a copy"


@pytest.mark.parametrize("name", ["2026-03-02.json", "2026-03-02.jsonl"])
def test_what_a_run_that_was_killed_left_elsewhere_is_ended_the_next_night(
    database: Database, store: FolderStore, tmp_path: Path, name: str
) -> None:
    note(database, NOON)
    closing(database, store).close_days(MONDAY + timedelta(days=1))
    (tmp_path / "share" / OFFICE).mkdir(parents=True)
    half = (tmp_path / "store" / "audit" / OFFICE / name).read_bytes()[:20]
    (tmp_path / "share" / OFFICE / name).write_bytes(half)
    closing(database, store, AuditFolder(tmp_path / "share")).close_days(MONDAY + timedelta(days=1))
    for one in ("2026-03-02.json", "2026-03-02.jsonl"):
        there = (tmp_path / "share" / OFFICE / one).read_bytes()
        assert there == (tmp_path / "store" / "audit" / OFFICE / one).read_bytes()


def test_a_place_elsewhere_that_is_not_mounted_is_told(database: Database, store: FolderStore, tmp_path: Path) -> None:
    note(database, NOON)
    with pytest.raises(ServiceUnavailable) as caught:
        closing(database, store, AuditFolder(tmp_path / "share")).keep_head()
    assert caught.value.code == "audit_copy_away"


def test_the_night_closes_the_days_of_every_office(
    database: Database, store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSO_HOME", str(tmp_path))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    note(database, yesterday)
    nightly._close_log()
    assert list(closed(store)) == [local_day(yesterday)]


def test_days_and_heads_of_an_office_without_accounts_are_kept_like_all_others(
    database: Database, store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSO_HOME", str(tmp_path))
    yesterday, former = datetime.now(UTC) - timedelta(days=1), Actor(office_id="xa-cu", actor_id="lan")
    database.access_log.write(AccessEntry(at=yesterday, actor=former, access="look", document_id="d"))
    nightly._close_log()
    assert [day_of(one.key) for one in stored_days(store, former.office_id)] == [local_day(yesterday)]
    sweep._sweep()
    assert load_head(store, former.office_id) == database.audit.head(former.office_id)


def test_a_sweep_keeps_the_newest_head(
    database: Database, store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSO_HOME", str(tmp_path))
    note(database, NOON)
    sweep._sweep()
    assert load_head(store, OFFICE) == database.audit.head(OFFICE)
