"""Takes papers that proved to be secret out of snapshots that were taken before anybody knew it.

An older snapshot gets new tables and a new list of objects under new names, then its manifest; the old ones go last.
So it is whole at any moment, and what an interrupted run leaves tells the next one what has still to go.
"""

import hashlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from shutil import rmtree

from pipeline import keys
from pipeline.ports import ObjectStore, StoredObject
from pipeline.snapshots import (
    SNAPSHOTS,
    Beside,
    Rows,
    Wiped,
    WithoutWiped,
    content_key,
    inventory_key,
    manifest_key,
    parts_of,
    read_inventory,
    rows_key,
    write_inventory,
)
from schemas.backup import Snapshot


def wiped_for_good(store: ObjectStore, wiped: Sequence[Wiped]) -> tuple[Wiped, ...]:
    """Those of which nothing is left in the store either, as rows had it before: no answer about them is under way."""
    unapplied = {one.key.rpartition("/")[2].removesuffix(".json") for one in store.find("unapplied/")}
    return tuple(one for one in wiped if not one.decisions & unapplied)


class SnapshotWiping:
    """One run's taking out; `folder` is a private one, and holds the files of the run's own rows and objects."""

    def __init__(self, backup: ObjectStore, rows: Rows, folder: Path) -> None:
        self._backup, self._rows, self._folder = backup, rows, folder
        self._replaced: set[str] = set()
        self.rewritten = 0
        """How many snapshots have changed."""

    def take_over(self, taken: Sequence[Snapshot]) -> None:
        """Find what an interrupted run has replaced and not removed."""
        ids, named = {one.snapshot_id for one in taken}, {part for one in taken for part in parts_of(one)}
        for part in self._backup.find(SNAPSHOTS):
            if part.key.split("/")[1] in ids and part.key not in named:
                self._replaced.add(part.key)

    def without(self, snapshot: Snapshot, wiped: Sequence[Wiped], inventory: Path) -> Snapshot:
        """An older snapshot without those of the wiped papers that are still in it; `inventory` is the run's own."""
        due = [one for one in wiped if not one.names <= set(snapshot.wiped)]
        if not due:
            return snapshot
        folder = self._folder / snapshot.snapshot_id
        folder.mkdir()
        for table in snapshot.tables:
            self._backup.fetch(rows_key(snapshot.snapshot_id, table), folder / f"{table.name}.jsonl.gz")
        left = self._rows.without_wiped(snapshot.tables, folder, due, self._folder)
        after = self._without_objects(snapshot, left, folder, inventory)
        names = {name for one in due for name in one.names}
        after = after.model_copy(update={"tables": left.tables, "wiped": tuple(sorted({*snapshot.wiped, *names}))})
        self._write(snapshot, after, folder)
        rmtree(folder)
        return after

    def contents(self) -> Iterator[bytes]:
        """Hashes of all that snapshots named before this run, or an interrupted one, has changed them."""
        target = self._folder / "replaced"
        for key in sorted(self._replaced):
            if key.split("/")[2].startswith("objects."):
                self._backup.fetch(key, target)
                yield from (bytes.fromhex(one.sha256) for one in read_inventory(target))

    def erase(self, contents: Sequence[str]) -> int:
        """Remove contents, and last the parts that were replaced.

        Returns:
            How many of them the server holds in earlier versions, because they are locked.

        """
        due = [*map(content_key, contents), *sorted(self._replaced)]
        return sum(not self._backup.erase(key) for key in due)

    def _without_objects(self, before: Snapshot, left: WithoutWiped, folder: Path, inventory: Path) -> Snapshot:
        """The manifest with the list of objects that stay; the list itself is in `folder`."""
        path, stay = folder / "before", folder / "objects"
        self._backup.fetch(inventory_key(before.snapshot_id, before.inventory_revision), path)
        write_inventory(stay, _staying(read_inventory(path), Beside(read_inventory(inventory)), left))
        objects = object_bytes = 0
        for one in read_inventory(stay):
            objects, object_bytes = objects + 1, object_bytes + one.size_bytes
        if objects == before.objects:
            return before
        with stay.open("rb") as written:
            sha256 = hashlib.file_digest(written, "sha256").hexdigest()
        counted = {"objects": objects, "object_bytes": object_bytes, "inventory_sha256": sha256}
        return before.model_copy(update=counted | {"inventory_revision": before.inventory_revision + 1})

    def _write(self, before: Snapshot, after: Snapshot, folder: Path) -> None:
        new = parts_of(after) - parts_of(before)
        for table in after.tables:
            if rows_key(after.snapshot_id, table) in new:
                self._put(rows_key(after.snapshot_id, table), folder / f"{table.name}.jsonl.gz")
        key = inventory_key(after.snapshot_id, after.inventory_revision)
        if key in new:
            self._put(key, folder / "objects")
        self._backup.put(manifest_key(after.snapshot_id), BytesIO(after.model_dump_json().encode()), "application/json")
        self._replaced = (self._replaced | parts_of(before)) - parts_of(after)
        self.rewritten += bool(new)

    def _put(self, key: str, path: Path) -> None:
        with path.open("rb") as data:
            self._backup.put(key, data, "application/gzip")


def _staying(before: Iterator[StoredObject], newest: Beside, left: WithoutWiped) -> Iterator[StoredObject]:
    """Of a snapshot's objects, by key, those that speak of no wiped paper, or still lie where they lay."""
    places = set(left.places)
    for one in before:
        area, office_id, *rest = one.key.split("/")
        if "/".join((area, office_id, *rest[:1])) not in places or one.key in left.stay or newest.has(one):
            yield one
        elif area == "decisions":  # the mark that it had still to be applied repeats it
            places.add(keys.unapplied(office_id, rest[-1].removesuffix(".json")))
