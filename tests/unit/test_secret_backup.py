"""Of a paper that proves to be secret nothing stays in the backup either, whenever a snapshot was taken."""

import gzip
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from pipeline.adapters.database.engine import open_rows
from pipeline.adapters.folder_store import FolderStore
from pipeline.backup import Backup
from pipeline.decisions import deciding, new_decision
from pipeline.errors import ServiceUnavailable
from pipeline.holds import Holds
from pipeline.integrity.verify import Verifying
from pipeline.letting_go import Terms
from pipeline.ports import ObjectStore, StoredObject
from pipeline.restore import Restore
from pipeline.resume import resume
from pipeline.settling import Settling
from pipeline.snapshots import (
    CONTENTS,
    SNAPSHOTS,
    UNFINISHED,
    SavedRows,
    Wiped,
    WithoutWiped,
    content_key,
    inventory_key,
    parts_of,
    read_inventory,
    rows_key,
    snapshots,
)
from schemas.backup import BackedUp, SavedTable
from schemas.decisions import SetOwner
from tests.unit.backup_office import BEGIN, DAY, put, quiet
from tests.unit.desk import ACTOR, Desk, open_desk
from tests.unit.destructions import OFFICE, destroyed, now
from tests.unit.plain_papers import BIRTH, CHILD, CHILD_NUMBER, GOING_ON
from tests.unit.plain_parsers import PlainParsers, scan
from tests.unit.test_secret_forgotten import (
    CODE,
    HANDED_IN,
    LATER,
    NAME,
    PASSPORT,
    SAID,
    an_answer,
    decide,
    talked_about,
    wipe,
)

READ = (CHILD, CHILD_NUMBER, "Quàng Thị Inh")
"""What was read on the paper."""
OTHER = BIRTH.replace("150/2020", "151/2020")


class Nights:
    """The backups of a desk, one a night: its rows say that each is taken a day after the one before."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.folder, self.now = desk, folder, BEGIN
        self.target: ObjectStore = FolderStore(folder)

    def save(self, folder: Path) -> SavedRows:
        return replace(self.desk.tables.rows.save(folder), taken_at=self.now)

    def without_wiped(
        self, tables: Sequence[SavedTable], folder: Path, wiped: Sequence[Wiped], newest: Path
    ) -> WithoutWiped:
        return self.desk.tables.rows.without_wiped(tables, folder, wiped, newest)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.desk.tables.rows, name)

    def back_up(self, target: ObjectStore | None = None) -> BackedUp:
        self.now += DAY
        return Backup(self.desk.store, self, target or self.target).take(Terms(30, 30), quiet)

    def held(self) -> bytes:
        """All that the backup holds, unpacked."""
        files = (file for file in self.folder.rglob("*") if file.is_file())
        return b"\n".join(
            gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes() for file in files
        )

    def left(self, words: Sequence[str] = (*SAID, *READ)) -> list[str]:
        held = self.held().decode(errors="replace").lower()
        return [word for word in words if word.lower() in held]

    @contextmanager
    def restored(self, folder: Path, at: datetime | None = None) -> Iterator[Desk]:
        """The office as it was at the end of a night."""
        with open_rows(f"sqlite:///{folder / 'hoso.db'}") as rows:
            Restore(self.target, FolderStore(folder / "store")).everything(rows, at, quiet)
        with open_desk(folder, PlainParsers()) as desk:
            yield desk


@pytest.fixture
def nights(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Nights:
    return Nights(desk, tmp_path_factory.mktemp("backup"))


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("restored")


def damage(desk: Desk) -> list[str]:
    """What a check finds and cannot put right."""
    report = Verifying(desk.archive, OFFICE, LATER).everything(quiet)
    return [f"{one.kind} {one.key}" for one in report.findings if not one.repaired]


def test_no_snapshot_holds_anything_of_a_paper_that_proves_to_be_secret_later(desk: Desk, nights: Nights) -> None:
    paper = talked_about(desk)
    nights.back_up()
    nights.back_up()
    assert nights.left() == [*SAID, *READ]
    wipe(desk, paper)
    done = nights.back_up()
    assert nights.left() == [CODE], "the dossier was opened for others, too"
    assert (done.rewritten, done.locked) == (2, 0)
    assert {one.key for one in nights.target.find(CONTENTS)} == named(nights)


def named(nights: Nights) -> set[str]:
    """Contents that any snapshot names."""
    inventories = (file for file in (nights.folder / SNAPSHOTS).rglob("objects*.gz"))
    hashes = {
        line.split(" ")[0] for one in inventories for line in gzip.decompress(one.read_bytes()).decode().splitlines()
    }
    return {f"{CONTENTS}{one[:3]}/{one}" for one in hashes}


def test_a_snapshot_from_before_comes_back_whole_without_the_secret_paper(
    desk: Desk, nights: Nights, elsewhere: Path
) -> None:
    paper = talked_about(desk)
    before = nights.now + DAY
    nights.back_up()
    wipe(desk, paper)
    nights.back_up()
    with nights.restored(elsewhere, before) as old:
        assert damage(old) == []
        assert damage(old) == [], "and what was put right stays so"
        assert (now(old, paper).state, now(old, paper).keeping) == ("rejected", "secret_stop")
        assert old.tables.papers.history(OFFICE, paper.document_id) == ()
        assert old.tables.people.by_number(OFFICE, PASSPORT) is None
        assert old.tables.dossiers.components(OFFICE, CODE) == ()


def test_a_paper_beside_a_secret_one_comes_back_from_before_with_its_copy(
    desk: Desk, nights: Nights, elsewhere: Path
) -> None:
    submission = desk.receive(scan(BIRTH, OTHER.replace(CHILD, "VỪ THỊ BÊN CẠNH")), handed_in_by=HANDED_IN)
    desk.archive.process(submission.submission_id)
    first, second = desk.tables.papers.of_content(OFFICE, submission.content_sha256)
    before = nights.now + DAY
    nights.back_up()
    wipe(desk, first)
    nights.back_up()
    assert nights.left([CHILD]) == []
    with nights.restored(elsewhere, before) as old:
        assert damage(old) == []
        restored = now(old, second)
        assert (restored.fields, restored.original_keys) == (second.fields, ())
        assert old.bytes_of(str(restored.object_key))
        assert old.seen(submission).handed_in_by == HANDED_IN


def test_a_paper_that_was_cut_otherwise_of_a_secret_ones_pages_goes_too(
    desk: Desk, nights: Nights, elsewhere: Path
) -> None:
    whole = talked_about(desk, GOING_ON)
    before = nights.now + DAY
    nights.back_up()
    decide(desk, "set_cuts", whole.submission_id, first_pages=[1, 2])
    nights.back_up()
    first, _ = desk.tables.papers.of_content(OFFICE, whole.content_sha256)
    wipe(desk, first)
    nights.back_up()
    assert nights.left([CHILD, NAME]) == []
    with nights.restored(elsewhere, before) as old:
        assert damage(old) == []
        assert now(old, whole).state == "withdrawn"


def test_bytes_that_another_paper_has_too_stay_in_the_backup(desk: Desk, nights: Nights) -> None:
    paper = desk.file(scan(BIRTH))
    put(desk.store, "archive/phuong-b/aa00/original/ef56", desk.bytes_of(paper.original_keys[0]))
    nights.back_up()
    wipe(desk, paper)
    nights.back_up()
    assert f"{CONTENTS}{paper.original_sha256s[0][:3]}/{paper.original_sha256s[0]}" in named(nights)
    assert {one.key for one in nights.target.find(CONTENTS)} == named(nights)


def test_a_hold_stays_and_so_does_who_looked(desk: Desk, nights: Nights, elsewhere: Path) -> None:
    paper = talked_about(desk)
    Holds(desk.tables).put(desk.store, ACTOR, paper.document_id, "lawsuit", "12/KN")
    before = nights.now + DAY
    nights.back_up()
    looked = log_of(nights)
    wipe(desk, paper)
    nights.back_up()
    assert log_of(nights) == looked
    with nights.restored(elsewhere, before) as old:
        assert [one.kind for one in old.tables.papers.history(OFFICE, paper.document_id)] == ["set_hold"]
        assert damage(old) == []


def log_of(nights: Nights) -> list[bytes]:
    """The oldest snapshot's access log and its head, as they lie in the backup."""
    rows = min((nights.folder / SNAPSHOTS).glob("*/rows"))
    return [(rows / f"{name}.jsonl.gz").read_bytes() for name in ("access_log", "audit_heads")]


def test_an_entry_of_the_register_that_another_paper_had_then_stays(
    desk: Desk, nights: Nights, elsewhere: Path
) -> None:
    paper, other = desk.file(scan(BIRTH)), desk.file(scan(OTHER))
    for one in (paper, other):
        said = new_decision(SetOwner, ACTOR, one.document_id, role="child", passport=PASSPORT, name=NAME)
        Settling(desk.archive).decide(said)
    before = nights.now + DAY
    nights.back_up()
    destroyed(desk, other)
    wipe(desk, paper)
    assert desk.tables.people.by_number(OFFICE, PASSPORT) is None
    nights.back_up()
    with nights.restored(elsewhere, before) as old:
        citizen = old.tables.people.by_number(OFFICE, PASSPORT)
        assert citizen
        held = old.tables.papers.of_citizen(OFFICE, citizen.citizen_id)
        assert [one.document_id for one in held] == [other.document_id]


def test_an_answer_that_waited_when_a_snapshot_was_taken_goes_too(desk: Desk, nights: Nights) -> None:
    paper = desk.file(scan(BIRTH))
    with pytest.raises(ZeroDivisionError), deciding(desk.store, desk.tables, an_answer(paper)):
        _ = 1 / 0
    nights.back_up()
    assert nights.left([NAME]) == [NAME]
    wipe(desk, paper)
    resume(desk.archive, OFFICE, LATER)
    nights.back_up()
    assert nights.left([NAME]) == []


class Counting(FolderStore):
    """Notes what is fetched of it."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.fetched: list[str] = []

    def fetch(self, key: str, target: Path) -> StoredObject:
        self.fetched.append(key)
        return super().fetch(key, target)


def test_an_older_snapshot_is_unpacked_once_for_a_secret_paper(desk: Desk, nights: Nights) -> None:
    paper = talked_about(desk)
    nights.back_up()
    wipe(desk, paper)
    nights.back_up()
    assert nights.back_up(again := Counting(nights.folder)).rewritten == 0
    assert not [key for key in again.fetched if "/rows/" in key]


def test_a_wiping_that_a_crash_has_cut_waits_for_the_run_after(
    desk: Desk, nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = talked_about(desk)
    nights.back_up()
    with monkeypatch.context() as crash:
        crash.setattr(desk.store, "erase", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            wipe(desk, paper)
    assert nights.back_up().rewritten == 0
    resume(desk.archive, OFFICE, LATER)
    assert nights.back_up().rewritten == 2
    assert nights.left() == [CODE]


class Breaking(FolderStore):
    """A store that goes away after so many objects were put into it or removed."""

    def __init__(self, root: Path, changes: int) -> None:
        super().__init__(root)
        self.left = changes

    def put(self, key: str, data: Any, media_type: str) -> StoredObject:
        self._count()
        return super().put(key, data, media_type)

    def delete(self, key: str) -> None:
        self._count()
        super().delete(key)

    def _count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise ServiceUnavailable("store_away")


def lacking(target: ObjectStore) -> list[str]:
    """What snapshots name and the backup has not, or has otherwise."""
    there = {one.key: one.sha256 for one in target.find("")}
    wanted = dict[str, str]()
    with TemporaryDirectory() as name:
        for one in snapshots(target):
            wanted |= {rows_key(one.snapshot_id, table): table.sha256 for table in one.tables}
            inventory = inventory_key(one.snapshot_id, one.inventory_revision)
            wanted[inventory] = one.inventory_sha256
            target.fetch(inventory, Path(name) / "inventory")
            wanted |= {content_key(each.sha256): each.sha256 for each in read_inventory(Path(name) / "inventory")}
    return [key for key, sha256 in wanted.items() if there.get(key) != sha256]


def test_a_run_that_breaks_off_anywhere_leaves_whole_snapshots_and_the_next_ends_it(
    desk: Desk, nights: Nights, tmp_path_factory: pytest.TempPathFactory
) -> None:
    paper = talked_about(desk)
    nights.back_up()
    wipe(desk, paper)
    for changes in range(0, 1_000, 4):
        night = Nights(desk, tmp_path_factory.mktemp("night") / "backup")
        shutil.copytree(nights.folder, night.folder)
        night.now = nights.now
        try:
            night.back_up(Breaking(night.folder, changes))
        except ServiceUnavailable:
            assert lacking(night.target) == []
            night.back_up()
        else:
            break
        assert (lacking(night.target), night.left()) == ([], [CODE])
        parts = {part for one in snapshots(night.target) for part in parts_of(one)}
        assert {one.key for one in night.target.find(SNAPSHOTS)} == parts
    assert changes > len(snapshots(nights.target)[0].tables), "it broke off while parts were written, too"


class Locked(FolderStore):
    """A server that does not let a locked version go."""

    def erase(self, key: str, *, earlier_only: bool = False) -> bool:
        super().erase(key, earlier_only=earlier_only)
        return False


def test_what_a_server_has_locked_is_told_and_the_run_goes_on(desk: Desk, nights: Nights, elsewhere: Path) -> None:
    paper = talked_about(desk)
    before = nights.now + DAY
    nights.back_up()
    wipe(desk, paper)
    done = nights.back_up(Locked(nights.folder))
    assert done.locked > 0
    assert not list(nights.target.find(UNFINISHED))
    with nights.restored(elsewhere, before) as old:
        assert damage(old) == []
