"""Brings an installation back from its backup: objects first, rows last, every byte compared with its hash."""

import logging
import mimetypes
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import get_ident

from pipeline import keys
from pipeline.errors import Misconfigured, NotFound, ServiceUnavailable
from pipeline.ports import ObjectStore, StoredObject
from pipeline.snapshots import (
    Beside,
    Rows,
    content_key,
    inventory_key,
    read_inventory,
    rows_key,
    snapshot_at,
)
from schemas.backup import Restored, Snapshot

log = logging.getLogger("hoso")

_SIDE_BY_SIDE = 8
_AHEAD = 256
OnProgress = Callable[[int, int], None]
"""Called with objects that are there and the objects in all."""


class Restore:
    """Brings things back out of one backup."""

    def __init__(self, backup: ObjectStore, store: ObjectStore) -> None:
        """Args: backup: as `Backup` has written it; store: where objects go."""
        self._backup, self._store = backup, store

    def everything(self, rows: Rows, at: datetime | None, on_progress: OnProgress) -> Restored:
        """Fill an empty store and an empty database with a snapshot; an interrupted run is gone on with.

        Args:
            rows: the database to be filled, whatever its kind.
            at: the newest snapshot of this moment or before; None: the newest of all.
            on_progress: see there.

        Raises:
            NotFound: no_such_snapshot.
            Misconfigured: (not_empty) there are rows, or objects that are not the snapshot's; (newer_backup) a newer
                hoso has made it. Nothing was written.
            ServiceUnavailable: store_away, database_away, object_altered (of the backup).

        """
        snapshot = snapshot_at(self._backup, at)
        rows.require_fillable(snapshot.schema_version)
        with TemporaryDirectory(prefix="hoso-restore-") as name:
            inventory = self._inventory(snapshot, Path(name))
            self._require_nothing_else(inventory)
            counted = self._objects(snapshot, inventory, on_progress)
            self._load(snapshot, rows, Path(name))
        log.info("restored %s objects=%d", snapshot.snapshot_id, counted.objects)
        return counted.model_copy(update={"rows": _rows_in(snapshot)})

    def lost_database(self, rows: Rows, at: datetime | None) -> Restored:
        """Fill an empty database whose store is whole; `hoso verify` then gives their rows to newer objects.

        Raises:
            NotFound, Misconfigured, ServiceUnavailable: as `everything` does.

        """
        snapshot = snapshot_at(self._backup, at)
        rows.require_fillable(snapshot.schema_version)
        with TemporaryDirectory(prefix="hoso-restore-") as name:
            self._load(snapshot, rows, Path(name))
        log.info("restored rows of %s", snapshot.snapshot_id)
        return Restored(snapshot_id=snapshot.snapshot_id, taken_at=snapshot.taken_at, rows=_rows_in(snapshot))

    def lost_store(self, at: datetime | None, on_progress: OnProgress) -> Restored:
        """Bring back every object that is not there any more; rows stay, and so does what lies in the store.

        For a database that is whole while its store is lost: what is newer than the snapshot is gone, and `hoso verify`
        names it.

        Raises:
            NotFound: no_such_snapshot.
            ServiceUnavailable: store_away, object_altered (of the backup).

        """
        snapshot = snapshot_at(self._backup, at)
        with TemporaryDirectory(prefix="hoso-restore-") as name:
            return self._objects(snapshot, self._inventory(snapshot, Path(name)), on_progress)

    def only(self, wanted: Iterable[str], at: datetime | None) -> None:
        """Bring single objects back, whatever lies in their place; rows stay as they are.

        Raises:
            NotFound: no_such_snapshot; (no_such_object) the snapshot does not name one of them, or the backup may hold
                it no longer.
            ServiceUnavailable: store_away, object_altered (of the backup).

        """
        snapshot, missing = snapshot_at(self._backup, at), set(wanted)
        with TemporaryDirectory(prefix="hoso-restore-") as name:
            inventory = self._inventory(snapshot, Path(name))
            found = [one for one in read_inventory(inventory) if one.key in missing]
            missing -= {one.key for one in found}
            if missing:
                raise NotFound("no_such_object", ", ".join(sorted(missing)))
            for one in found:
                if not self._bring(Path(name), one, in_place_of_another=True):
                    raise NotFound("no_such_object", one.key)
                log.info("restored %s", one.key)

    def _inventory(self, snapshot: Snapshot, folder: Path) -> Path:
        target = folder / "inventory"
        key = inventory_key(snapshot.snapshot_id, snapshot.inventory_revision)
        self._fetch(key, snapshot.inventory_sha256, target)
        return target

    def _load(self, snapshot: Snapshot, rows: Rows, folder: Path) -> None:
        for table in snapshot.tables:
            self._fetch(rows_key(snapshot.snapshot_id, table), table.sha256, folder / f"{table.name}.jsonl.gz")
        rows.load(snapshot.schema_version, snapshot.tables, folder)

    def _fetch(self, key: str, sha256: str, target: Path) -> None:
        if self._backup.fetch(key, target).sha256 != sha256:
            raise ServiceUnavailable("object_altered", key)

    def _require_nothing_else(self, inventory: Path) -> None:
        """Refuse a store that holds what the snapshot does not: it is another installation's, or was used since."""
        named = Beside(read_inventory(inventory))
        if not all(named.has(one) for one in self._store.find("")):
            raise Misconfigured("not_empty", "store")

    def _objects(self, snapshot: Snapshot, inventory: Path, on_progress: OnProgress) -> Restored:
        there, named = Beside(self._store.find("")), read_inventory(inventory)
        present = brought = object_bytes = expired = 0
        with (
            TemporaryDirectory(prefix="hoso-restore-") as name,
            ThreadPoolExecutor(_SIDE_BY_SIDE) as threads,
        ):
            bring = partial(self._bring, Path(name))
            while batch := list(islice(named, _AHEAD)):
                lacking = [one for one in batch if there.at(one.key) is None]
                present += len(batch) - len(lacking)
                for one, is_there in zip(lacking, threads.map(bring, lacking), strict=True):
                    if is_there:
                        brought += 1
                        object_bytes += one.size_bytes
                    elif keys.is_intake(one.key):
                        expired += 1
                    else:
                        raise ServiceUnavailable("object_altered", one.key)
                on_progress(present + brought + expired, snapshot.objects)
        return Restored(
            snapshot_id=snapshot.snapshot_id,
            taken_at=snapshot.taken_at,
            objects=brought,
            object_bytes=object_bytes,
            present=present,
            expired=expired,
        )

    def _bring(self, folder: Path, one: StoredObject, *, in_place_of_another: bool = False) -> bool:
        """Put an object back by way of a private folder; False: the backup has it no more."""
        path = folder / f"object-{get_ident()}"
        try:
            fetched = self._backup.fetch(content_key(one.sha256), path)
        except NotFound:
            return False
        if fetched.sha256 != one.sha256:
            raise ServiceUnavailable("object_altered", one.key)
        if in_place_of_another:  # a store may take altered bytes for the same object, and leave them
            self._store.delete(one.key)
        with path.open("rb") as data:
            self._store.put(one.key, data, mimetypes.guess_type(one.key)[0] or "application/octet-stream")
        return True


def _rows_in(snapshot: Snapshot) -> int:
    return sum(table.rows for table in snapshot.tables)
