"""A store, rows that are a stand-in with a clock, and the backup of both."""

import hashlib
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from pipeline.adapters.folder_store import FolderStore
from pipeline.backup import Backup
from pipeline.errors import Misconfigured, ServiceUnavailable
from pipeline.letting_go import Terms
from pipeline.ports import ObjectStore, StoredObject
from pipeline.restore import Restore
from pipeline.snapshots import CONTENTS, SavedRows, Wiped, WithoutWiped
from schemas.backup import BackedUp, Restored, SavedTable

PAPER = "archive/local/ab12/1.v1.pdf"
RECORD = "archive/local/ab12/1.v1.json"
SCAN = "intake/local/s1/original/ef56"
DAY = timedelta(days=1)
BEGIN = datetime(2026, 3, 2, 1, tzinfo=UTC)


class OneRow:
    """Rows of a database that has only a clock, which the test turns."""

    def __init__(self) -> None:
        self.now = BEGIN
        self.needed: frozenset[str] = frozenset()
        self.secret: frozenset[str] = frozenset()
        self.loaded = False
        self.on_save: Callable[[], None] = lambda: None

    def save(self, folder: Path) -> SavedRows:
        path = folder / "rows.jsonl.gz"
        path.write_bytes(b"rows")
        self.on_save()
        table = SavedTable(name="rows", rows=1, sha256=sha256_of(b"rows"), size_bytes=4)
        return SavedRows(self.now, "0001", (table,), self.needed, self.secret)

    def without_wiped(
        self, tables: Sequence[SavedTable], folder: Path, wiped: Sequence[Wiped], newest: Path
    ) -> WithoutWiped:
        raise AssertionError("of no paper was it ever found out")

    def require_fillable(self, schema_version: str) -> None:
        if self.loaded:
            raise Misconfigured("not_empty")

    def some_papers(self, count: int) -> tuple[tuple[str, str], ...]:
        return ()

    def load(self, schema_version: str, tables: Sequence[SavedTable], folder: Path) -> None:
        assert (folder / "rows.jsonl.gz").read_bytes() == b"rows"
        self.loaded = True


class Office:
    """A store, its rows, and the backup of both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store, self.rows = FolderStore(folder / "store"), OneRow()
        self.target: ObjectStore = FolderStore(folder / "backup")

    def put(self, key: str, data: bytes) -> None:
        put(self.store, key, data)

    def back_up(self, store: ObjectStore | None = None, **terms: int) -> BackedUp:
        at_most = Terms(**{"keep_days": 30, "intake_days": 30} | terms)
        return Backup(store or self.store, self.rows, self.target).take(at_most, quiet)

    def restore(self, store: ObjectStore, rows: OneRow | None = None, at: datetime | None = None) -> Restored:
        return Restore(self.target, store).everything(rows or OneRow(), at, quiet)

    def contents(self) -> set[str]:
        return {one.sha256 for one in self.target.find(CONTENTS)}


class Gone(FolderStore):
    """A store that goes away after so many objects were put into it."""

    def __init__(self, root: Path, puts: int) -> None:
        super().__init__(root)
        self._left = puts

    def put(self, key: str, data: BinaryIO, media_type: str) -> StoredObject:
        self._left -= 1
        if self._left < 0:
            raise ServiceUnavailable("store_away")
        return super().put(key, data, media_type)


def put(store: ObjectStore, key: str, data: bytes) -> None:
    store.put(key, io.BytesIO(data), "application/octet-stream")


def listed(store: ObjectStore) -> list[StoredObject]:
    return list(store.find(""))


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def quiet(*_: int) -> None:
    pass
