"""Backing up objects, letting go of them, and bringing them back; the rows have a suite of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.adapters.folder_store import FolderStore
from pipeline.errors import Misconfigured, NotFound, ServiceUnavailable
from pipeline.ports import StoredObject
from pipeline.restore import Restore
from pipeline.snapshots import SNAPSHOTS, UNFINISHED, content_key, snapshots
from tests.unit.backup_office import BEGIN, DAY, PAPER, RECORD, SCAN, Gone, Office, OneRow, listed, put, sha256_of


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.put(PAPER, b"paper")
    made.put(RECORD, b"record")
    return made


@pytest.fixture
def empty(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "restored")


# -- taking -----------------------------------------------------------------------------------------------------------


def test_what_was_backed_up_comes_back_byte_for_byte(office: Office, empty: FolderStore) -> None:
    office.back_up()
    assert office.restore(empty).objects == 2
    assert listed(empty) == listed(office.store)


def test_a_second_run_copies_only_what_is_new(office: Office) -> None:
    assert office.back_up().snapshot.copied == 2
    office.put("decisions/local/d/1.json", b"decided")
    office.put(RECORD, b"another record")
    second = office.back_up().snapshot
    assert (second.copied, second.copied_bytes, second.objects) == (2, len(b"decidedanother record"), 3)


def test_bytes_under_two_keys_are_held_once(office: Office) -> None:
    office.put("archive/local/ab12/original/ef56", b"paper")
    office.back_up()
    assert office.contents() == {sha256_of(b"paper"), sha256_of(b"record")}


def test_altered_bytes_are_told_and_do_not_replace_good_ones(office: Office, empty: FolderStore) -> None:
    office.back_up()
    office.put("archive/local/cd34/1.v1.pdf", b"new")
    (office.folder / "store" / PAPER).write_bytes(b"forge")
    (office.folder / "store/archive/local/cd34/1.v1.pdf").write_bytes(b"fog")
    office.rows.now += DAY
    assert office.back_up().snapshot.failed == ("archive/local/cd34/1.v1.pdf",)
    office.restore(empty)
    empty.fetch(PAPER, office.folder / "copy")
    assert (office.folder / "copy").read_bytes() == b"paper"


def test_what_moved_on_while_it_was_copied_is_found_where_it_is_then(office: Office, empty: FolderStore) -> None:
    """The rows say that a scan waits in intake; before it is reached it is read and filed."""
    office.put(SCAN, b"scan")
    office.rows.needed = frozenset({SCAN})

    class Filing(FolderStore):
        def find(self, prefix: str) -> Iterator[StoredObject]:
            for one in super().find(prefix):
                yield one
                if one.key == RECORD and office.rows.needed:
                    put(office.store, "archive/local/aa00/original/ef56", b"scan")
                    office.store.delete(SCAN)
                    office.rows.needed = frozenset()

    done = office.back_up(Filing(office.folder / "store")).snapshot
    assert done.failed == ()
    office.restore(empty)
    assert "archive/local/aa00/original/ef56" in {one.key for one in listed(empty)}


def test_what_rows_need_and_nobody_has_is_told(office: Office) -> None:
    office.rows.needed = frozenset({SCAN})
    assert office.back_up().snapshot.failed == (SCAN,)


def test_an_interrupted_run_is_no_snapshot_and_the_next_goes_on(office: Office, empty: FolderStore) -> None:
    whole = office.target
    office.target = Gone(office.folder / "backup", 2)
    with pytest.raises(ServiceUnavailable):
        office.back_up()
    office.target = whole
    assert snapshots(office.target) == ()
    assert office.back_up().snapshot.copied == 1
    assert not list(office.target.find(UNFINISHED))
    office.restore(empty)
    assert listed(empty) == listed(office.store)


# -- letting go -------------------------------------------------------------------------------------------------------


def test_one_snapshot_a_day_is_kept_of_so_many_days(office: Office) -> None:
    for _ in range(4):
        office.back_up(keep_days=2)
        office.rows.now += DAY / 2
    assert [one.taken_at for one in snapshots(office.target)] == [BEGIN + DAY / 2, BEGIN + 3 * DAY / 2]


def test_what_was_deleted_leaves_with_the_last_snapshot_that_names_it(office: Office) -> None:
    office.back_up(keep_days=2)
    office.store.delete(PAPER)
    office.rows.now += DAY
    office.back_up(keep_days=2)
    assert sha256_of(b"paper") in office.contents()
    office.rows.now += DAY
    assert (done := office.back_up(keep_days=2)).removed == 1
    assert (done.dropped, office.contents()) == (1, {sha256_of(b"record")})


def test_intake_leaves_after_its_days_although_a_snapshot_names_it(office: Office, empty: FolderStore) -> None:
    office.put(SCAN, b"identity card")
    office.back_up(intake_days=2)
    office.store.delete(SCAN)
    for _ in range(3):
        assert sha256_of(b"identity card") in office.contents()
        office.rows.now += DAY
        office.back_up(intake_days=2)
    assert office.contents() == {sha256_of(b"paper"), sha256_of(b"record")}
    assert office.restore(empty, at=BEGIN).expired == 1


def test_a_scan_that_was_archived_stays_when_its_intake_leaves(office: Office) -> None:
    office.put(SCAN, b"scan")
    office.put("archive/local/aa00/original/ef56", b"scan")
    office.back_up(intake_days=1)
    office.store.delete(SCAN)
    office.rows.now += 3 * DAY
    office.back_up(intake_days=1)
    assert sha256_of(b"scan") in office.contents()


def test_a_secret_paper_leaves_with_the_next_run(office: Office) -> None:
    office.put(SCAN, b"state secret")
    office.back_up()
    office.store.delete(SCAN)
    office.rows.secret = frozenset({"s1"})
    office.rows.now += DAY
    office.back_up()
    assert sha256_of(b"state secret") not in office.contents()


def test_what_an_interrupted_run_left_is_cleared_by_the_next(office: Office) -> None:
    office.back_up()
    put(office.target, content_key(sha256_of(b"left")), b"left")
    put(office.target, f"{SNAPSHOTS}20260101T000000.000000Z/objects.txt.gz", b"")
    put(office.target, f"{UNFINISHED}20260101T000000.000000Z", b"")
    office.rows.now += DAY
    assert office.back_up().removed == 1
    assert sha256_of(b"left") not in office.contents()
    assert not list(office.target.find(f"{SNAPSHOTS}20260101"))


# -- bringing back ----------------------------------------------------------------------------------------------------


def test_the_newest_snapshot_until_a_time_comes_back(office: Office, empty: FolderStore) -> None:
    office.back_up()
    before = listed(office.store)
    office.put(RECORD, b"another record")
    office.rows.now += DAY
    office.back_up()
    assert office.restore(empty, at=BEGIN + DAY / 2).taken_at == BEGIN
    assert listed(empty) == before


def test_before_the_first_snapshot_there_is_none(office: Office, empty: FolderStore) -> None:
    office.back_up()
    with pytest.raises(NotFound):
        office.restore(empty, at=BEGIN - DAY)


def test_a_store_that_holds_anything_else_is_left_alone(office: Office, empty: FolderStore) -> None:
    office.back_up()
    put(empty, PAPER, b"another office's")
    before = listed(empty)
    with pytest.raises(Misconfigured) as caught:
        office.restore(empty)
    assert (caught.value.code, listed(empty)) == ("not_empty", before)


def test_a_database_with_rows_is_left_alone(office: Office, empty: FolderStore) -> None:
    office.back_up()
    rows = OneRow()
    rows.loaded = True
    with pytest.raises(Misconfigured):
        office.restore(empty, rows)
    assert listed(empty) == []


def test_an_interrupted_restore_is_gone_on_with_and_rows_come_last(office: Office, tmp_path: Path) -> None:
    office.back_up()
    rows = OneRow()
    with pytest.raises(ServiceUnavailable):
        office.restore(Gone(tmp_path / "restored", 1), rows)
    assert not rows.loaded
    done = office.restore(store := FolderStore(tmp_path / "restored"), rows)
    assert (done.present, done.objects, rows.loaded) == (1, 1, True)
    assert listed(store) == listed(office.store)


def test_an_altered_backup_brings_no_rows_back(office: Office, empty: FolderStore) -> None:
    office.back_up()
    (office.folder / "backup" / content_key(sha256_of(b"paper"))).write_bytes(b"forge")
    rows = OneRow()
    with pytest.raises(ServiceUnavailable) as caught:
        office.restore(empty, rows)
    assert (caught.value.code, rows.loaded) == ("object_altered", False)


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b"forge"), lambda path: path.unlink()])
def test_a_single_object_comes_back_in_place_of_a_damaged_one(office: Office, damage: Callable[[Path], None]) -> None:
    office.back_up()
    damage(office.folder / "store" / PAPER)
    Restore(office.target, office.store).only([PAPER], None)
    office.store.fetch(PAPER, office.folder / "copy")
    assert (office.folder / "copy").read_bytes() == b"paper"


def test_an_unknown_key_brings_nothing_back(office: Office) -> None:
    office.back_up()
    office.store.delete(PAPER)
    with pytest.raises(NotFound):
        Restore(office.target, office.store).only([PAPER, "archive/local/none"], None)
    assert PAPER not in {one.key for one in listed(office.store)}


def test_a_lost_store_is_filled_around_what_is_newer(office: Office) -> None:
    office.back_up()
    office.put(RECORD, b"newer record")
    office.store.delete(PAPER)
    done = Restore(office.target, office.store).lost_store(None, lambda *_: None)
    assert (done.objects, done.present, done.rows) == (1, 1, 0)
    office.store.fetch(RECORD, office.folder / "copy")
    assert (office.folder / "copy").read_bytes() == b"newer record"
    assert PAPER in {one.key for one in listed(office.store)}


def test_a_lost_database_is_filled_beside_a_store_that_is_newer(office: Office) -> None:
    office.back_up()
    office.put("archive/local/cd34/1.v1.pdf", b"newer")
    before, rows = listed(office.store), OneRow()
    done = Restore(office.target, office.store).lost_database(rows, None)
    assert (rows.loaded, done.rows, done.objects) == (True, 1, 0)
    assert listed(office.store) == before
    with pytest.raises(Misconfigured):
        Restore(office.target, office.store).lost_database(rows, None)
