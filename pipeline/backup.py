"""Takes a backup: all rows of one moment, and every object that is not in the backup yet."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import get_ident
from typing import Literal

from pipeline import PIPELINE_VERSION
from pipeline.errors import NotFound, ServiceUnavailable
from pipeline.letting_go import LettingGo, Terms
from pipeline.ports import ObjectStore, StoredObject
from pipeline.snapshot_wiping import SnapshotWiping, wiped_for_good
from pipeline.snapshots import (
    UNFINISHED,
    Beside,
    Rows,
    SavedRows,
    Wiped,
    content_key,
    inventory_key,
    manifest_key,
    new_snapshot_id,
    read_inventory,
    rows_key,
    snapshots,
    write_inventory,
)
from schemas.backup import BackedUp, Snapshot

log = logging.getLogger("hoso")

_SIDE_BY_SIDE = 8
"""Copies wait for disks and networks more than for a processor."""
_AHEAD = 256
_MOST_ROUNDS = 3
OnProgress = Callable[[int, int], None]
"""Called with objects looked at and bytes copied."""
_Outcome = Literal["there", "copied", "gone", "failed"]


@dataclass
class _Round:
    """What one walk over the store's objects did. `missing`: keys that the rows need and nobody has seen yet."""

    missing: set[str]
    copied: int = 0
    copied_bytes: int = 0
    objects: int = 0
    object_bytes: int = 0
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Taken:
    """A snapshot, its list of objects, and what nobody may keep: see `SavedRows`."""

    snapshot: Snapshot
    inventory: Path
    secret: frozenset[str]
    wiped: tuple[Wiped, ...]


class Backup:
    """The backup of one installation; only one run at a time may write to one target."""

    def __init__(self, store: ObjectStore, rows: Rows, target: ObjectStore) -> None:
        """Args: store and rows of the installation; target: where its backup lies."""
        self._store, self._rows, self._target = store, rows, target

    def take(self, terms: Terms, on_progress: OnProgress) -> BackedUp:
        """Bring the backup up to date, and let go of what it may hold no longer.

        Rows are read first and objects are copied after them, so whatever the rows speak of is there, but for what
        moved on in between: then rows are read again. Objects that are newer than their rows are, after a restore, what
        a crash between object and row leaves. An interrupted run leaves contents that the next one finds there.

        Args:
            terms: how long the backup holds what.
            on_progress: see there.

        Raises:
            ServiceUnavailable: store_away, database_away; nothing that was in the backup is lost.

        """
        interrupted = [mark.key for mark in self._target.find(UNFINISHED)]
        mark = f"{UNFINISHED}{new_snapshot_id(datetime.now(UTC))}"
        self._target.put(mark, BytesIO(), "text/plain")
        with TemporaryDirectory(prefix="hoso-backup-") as name:
            earlier = snapshots(self._target)
            taken = self._snapshot(earlier[-1] if earlier else None, Path(name), on_progress)
            wiping = SnapshotWiping(self._target, self._rows, Path(name))
            if interrupted:
                wiping.take_over(earlier)
            older = tuple(wiping.without(one, taken.wiped, taken.inventory) for one in earlier)
            letting_go = LettingGo(self._target, (*older, taken.snapshot), terms, taken.secret, Path(name))
            gone = letting_go.run(wiping, everything=bool(interrupted))
        for ended in (*interrupted, mark):
            self._target.delete(ended)
        snapshot = taken.snapshot
        log.info("backup %s copied=%d failed=%d", snapshot.snapshot_id, snapshot.copied, len(snapshot.failed))
        if gone.locked:
            log.warning("backup: the server holds %d locked versions until their term ends", gone.locked)
        told = {"dropped": gone.snapshots, "removed": gone.contents, "locked": gone.locked}
        return BackedUp(snapshot=snapshot, rewritten=wiping.rewritten, **told)

    def _snapshot(self, earlier: Snapshot | None, folder: Path, on_progress: OnProgress) -> _Taken:
        known = folder / "known"
        if earlier is None:
            write_inventory(known, iter(()))
        else:
            self._target.fetch(inventory_key(earlier.snapshot_id, earlier.inventory_revision), known)
        copied, copied_bytes = 0, 0
        for number in range(_MOST_ROUNDS):
            saved = self._rows.save(folder)
            saved = replace(saved, wiped=wiped_for_good(self._store, saved.wiped))
            walk = _Round(set(saved.needed), copied, copied_bytes)
            inventory = folder / f"inventory-{number}"
            write_inventory(inventory, self._objects(known, walk, on_progress))
            known, copied, copied_bytes = inventory, walk.copied, walk.copied_bytes
            if not walk.missing:
                break
        snapshot = self._write(saved, known, walk, folder)
        return _Taken(snapshot, known, saved.secret, saved.wiped)

    def _objects(self, known: Path, walk: _Round, on_progress: OnProgress) -> Iterator[StoredObject]:
        """The store's objects, each when it is in the backup."""
        before = Beside(read_inventory(known))
        found = self._store.find("")
        with (
            TemporaryDirectory(prefix="hoso-backup-") as name,
            ThreadPoolExecutor(_SIDE_BY_SIDE) as threads,
        ):
            bring = partial(self._bring, Path(name))
            while batch := list(islice(found, _AHEAD)):
                there = [before.has(one) for one in batch]
                for brought, outcome in threads.map(bring, batch, there):
                    if outcome == "failed":
                        walk.failed.append(brought.key)
                    elif outcome != "gone":
                        walk.missing.discard(brought.key)
                        walk.objects += 1
                        walk.object_bytes += brought.size_bytes
                        walk.copied += outcome == "copied"
                        walk.copied_bytes += brought.size_bytes if outcome == "copied" else 0
                        yield brought
                on_progress(walk.objects, walk.copied_bytes)

    def _bring(self, folder: Path, one: StoredObject, there: bool) -> tuple[StoredObject, _Outcome]:
        """Have an object's bytes in the backup, by way of a private folder; it may be another one by now."""
        key = content_key(one.sha256)
        if there or any(found.key == key for found in self._target.find(key)):
            return one, "there"
        path = folder / f"object-{get_ident()}"
        try:
            fetched = self._store.fetch(one.key, path)
        except NotFound:
            return one, "gone"
        except ServiceUnavailable as error:
            if error.code != "object_altered":
                raise
            log.warning("backup: altered %s", one.key)
            return one, "failed"
        with path.open("rb") as data:
            self._target.put(content_key(fetched.sha256), data, "application/octet-stream")
        return fetched, "copied"

    def _write(self, saved: SavedRows, inventory: Path, walk: _Round, folder: Path) -> Snapshot:
        """Put the snapshot's parts into the backup, its manifest last."""
        snapshot_id = new_snapshot_id(saved.taken_at)
        for table in saved.tables:
            self._put(rows_key(snapshot_id, table), folder / f"{table.name}.jsonl.gz")
        snapshot = Snapshot(
            snapshot_id=snapshot_id,
            taken_at=saved.taken_at,
            pipeline_version=PIPELINE_VERSION,
            schema_version=saved.schema_version,
            tables=saved.tables,
            inventory_sha256=self._put(inventory_key(snapshot_id, 0), inventory),
            objects=walk.objects,
            object_bytes=walk.object_bytes,
            copied=walk.copied,
            copied_bytes=walk.copied_bytes,
            failed=(*walk.failed, *sorted(walk.missing)),
            wiped=tuple(sorted(name for one in saved.wiped for name in one.names)),
        )
        manifest = snapshot.model_dump_json().encode()
        self._target.put(manifest_key(snapshot_id), BytesIO(manifest), "application/json")
        return snapshot

    def _put(self, key: str, path: Path) -> str:
        with path.open("rb") as data:
            return self._target.put(key, data, "application/gzip").sha256
