"""The form of a backup: contents under their own hash, and one snapshot a run that names them.

objects/<3 digits of the hash>/<sha256>             bytes, once for all keys and snapshots that have them
snapshots/<time>/rows/<table>.jsonl.gz              the rows of a table, as the database's adapter writes them
snapshots/<time>/rows/<table>.<revision>.jsonl.gz   the same, once lines were taken out that nobody may keep
snapshots/<time>/objects.txt.gz                     `sha256 bytes key` of every object, by key
snapshots/<time>/objects.<revision>.txt.gz          the same, once lines were taken out
snapshots/<time>/snapshot.json                      the last to be written: what has none is no snapshot, and what it
                                                    does not name is left over
unfinished/<time>                                   a run that has begun; gone when it has ended

A backup is an object store of its own, so it can be a folder on another disk or a bucket of another server. It holds
what the store and the database hold, names and numbers and secrets' hashes among them, and must be guarded as they are:
encryption is the disk's or the server's. QCVN 12:2026/BCA asks for three copies on two media apart, one of them offline
and not to be overwritten: copy the folder to such a medium, or let the target's bucket have object lock.
"""

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from pipeline.errors import NotFound
from pipeline.ports import ObjectStore, StoredObject
from schemas.backup import SavedTable, Snapshot

SNAPSHOTS = "snapshots/"
UNFINISHED = "unfinished/"
CONTENTS = "objects/"
_MANIFEST = "/snapshot.json"


@dataclass(frozen=True)
class Wiped:
    """Papers of one content that proved to be secret after they were filed, and of which rows tell nothing any more.

    Attributes:
        office_id: whose papers they are.
        content_sha256: of the files that they came in.
        document_ids: the papers.
        submissions: with which they were handed in.
        emptied: those of `submissions` of which no paper is left.
        owners: entries that were on the register for these papers alone and are not there any more.
        decisions: by which somebody called them secret.

    """

    office_id: str
    content_sha256: str
    document_ids: frozenset[str]
    submissions: frozenset[str]
    emptied: frozenset[str]
    owners: frozenset[str]
    decisions: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        """Its papers as `Snapshot.wiped` names them."""
        return frozenset(f"{self.office_id}/{document_id}" for document_id in self.document_ids)


@dataclass(frozen=True)
class WithoutWiped:
    """Rows out of which wiped papers were taken.

    Attributes:
        tables: all of them, in the order in which they came; those that changed have a file of their new revision.
        places: the first three parts of keys under which objects are that speak of wiped papers.
        stay: keys of copies there that papers which stay have.

    """

    tables: tuple[SavedTable, ...]
    places: frozenset[str]
    stay: frozenset[str]


@dataclass(frozen=True)
class SavedRows:
    """All rows of one moment, in files.

    Attributes:
        taken_at: the database's clock.
        schema_version: of the tables.
        tables: in an order in which they can be filled again.
        needed: keys that a restored office could not do without: originals that are still to be read, and copies that
            wait for an answer. They move on when the work is done, so they may be gone when objects are copied.
        secret: submissions that were refused as secret papers, whose bytes nobody may keep.
        wiped: papers that were found to be secret after they had been filed.

    """

    taken_at: datetime
    schema_version: str
    tables: tuple[SavedTable, ...]
    needed: frozenset[str]
    secret: frozenset[str]
    wiped: tuple[Wiped, ...] = ()


class Rows(Protocol):
    """What a backup asks of the database; files are the same whatever kind it is."""

    def save(self, folder: Path) -> SavedRows:
        """Write one file `<table>.jsonl.gz` a table into `folder`: all rows of one moment.

        Left out are what is made of other rows (search) and what ends with a process: sessions, locks, wrong tries.
        """
        ...

    def without_wiped(
        self, tables: Sequence[SavedTable], folder: Path, wiped: Sequence[Wiped], newest: Path
    ) -> WithoutWiped:
        """Take wiped papers out of files that an earlier `save` wrote: they become what `newest` says of them.

        Args:
            tables: the earlier ones.
            folder: where their files are; what changes is written anew there.
            wiped: what goes. The access log stays as it is: it holds ids.
            newest: where the files of the `save` are that told of `wiped`.

        """
        ...

    def require_fillable(self, schema_version: str) -> None:
        """Make sure that `load` can fill this database with rows of this version.

        Raises: Misconfigured (newer_backup: this hoso knows no such version; not_empty: there are rows, or tables of
        another version).
        """
        ...

    def some_papers(self, count: int) -> tuple[tuple[str, str], ...]:
        """Office and id of at most so many papers, picked at random."""
        ...

    def load(self, schema_version: str, tables: Sequence[SavedTable], folder: Path) -> None:
        """Fill a fillable database with files of `save`, bring it to this version of hoso, and make the search rows.

        All or nothing.
        """
        ...


def content_key(sha256: str) -> str:
    """Where bytes lie in a backup. 4096 folders hold millions of files without one of them growing too long."""
    return f"{CONTENTS}{sha256[:3]}/{sha256}"


def snapshot_key(snapshot_id: str, part: str) -> str:
    """Where a part of a snapshot lies."""
    return f"{SNAPSHOTS}{snapshot_id}/{part}"


def rows_key(snapshot_id: str, table: SavedTable) -> str:
    """Where a table's rows lie."""
    return snapshot_key(snapshot_id, f"rows/{table.name}{_revised(table.revision)}.jsonl.gz")


def inventory_key(snapshot_id: str, revision: int) -> str:
    """Where the list of a snapshot's objects lies."""
    return snapshot_key(snapshot_id, f"objects{_revised(revision)}.txt.gz")


def parts_of(snapshot: Snapshot) -> frozenset[str]:
    """Where all parts lie that make up a snapshot."""
    snapshot_id = snapshot.snapshot_id
    rows = (rows_key(snapshot_id, table) for table in snapshot.tables)
    return frozenset({*rows, inventory_key(snapshot_id, snapshot.inventory_revision), manifest_key(snapshot_id)})


def manifest_key(snapshot_id: str) -> str:
    """Where a snapshot speaks of itself."""
    return f"{SNAPSHOTS}{snapshot_id}{_MANIFEST}"


def new_snapshot_id(now: datetime) -> str:
    """Ids sort by time."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"


def _revised(revision: int) -> str:
    return f".{revision}" if revision else ""


def snapshots(backup: ObjectStore) -> tuple[Snapshot, ...]:
    """All whole snapshots, oldest first."""
    found = [one.key for one in backup.find(SNAPSHOTS) if one.key.endswith(_MANIFEST)]
    with TemporaryDirectory(prefix="hoso-backup-") as folder:
        target = Path(folder) / "snapshot"
        read = []
        for key in found:
            backup.fetch(key, target)
            read.append(Snapshot.model_validate_json(target.read_bytes()))
    return tuple(sorted(read, key=lambda snapshot: snapshot.taken_at))


def snapshot_at(backup: ObjectStore, at: datetime | None) -> Snapshot:
    """The newest snapshot, of those taken at `at` or before. Raises: NotFound (no_such_snapshot)."""
    taken = [one for one in snapshots(backup) if at is None or one.taken_at <= at]
    if not taken:
        raise NotFound("no_such_snapshot")
    return taken[-1]


def write_inventory(path: Path, objects: Iterator[StoredObject]) -> None:
    """Write the list of a snapshot's objects."""
    with gzip.open(path, "wt", encoding="ascii", compresslevel=1) as file:
        for one in objects:
            file.write(f"{one.sha256} {one.size_bytes} {one.key}\n")


def read_inventory(path: Path) -> Iterator[StoredObject]:
    """What `write_inventory` wrote, in its order."""
    with gzip.open(path, "rt", encoding="ascii") as file:
        for line in file:
            sha256, size_bytes, key = line.rstrip("\n").split(" ")
            yield StoredObject.model_construct(key=key, sha256=sha256, size_bytes=int(size_bytes))


class Beside:
    """Walks through objects that are sorted by key, beside others that are asked for in the same order."""

    def __init__(self, objects: Iterator[StoredObject]) -> None:
        self._objects = objects
        self._next = next(objects, None)

    def at(self, key: str) -> StoredObject | None:
        """The object of this key, or None."""
        while self._next is not None and self._next.key < key:
            self._next = next(self._objects, None)
        return self._next if self._next is not None and self._next.key == key else None

    def has(self, wanted: StoredObject) -> bool:
        """Whether the same key with the same bytes is among them."""
        found = self.at(wanted.key)
        return found is not None and found.sha256 == wanted.sha256
