"""What a backup says of itself: one snapshot a run."""

from datetime import datetime

from schemas.base import Value


class SavedTable(Value):
    """One table's rows in a snapshot: how many, and the file that holds them."""

    name: str
    rows: int
    sha256: str
    size_bytes: int


class Snapshot(Value):
    """One run of a backup: all rows as they were at one moment, and every object that was there.

    `taken_at` is when the rows were read; objects may be a little newer. `copied` and `copied_bytes` count what this
    run brought into the backup, `objects` and `object_bytes` all that belongs to the snapshot. `failed` are keys of
    objects whose bytes could not be copied, or that rows speak of and nobody has.
    """

    snapshot_id: str
    taken_at: datetime
    pipeline_version: str
    schema_version: str
    tables: tuple[SavedTable, ...]
    inventory_sha256: str
    objects: int
    object_bytes: int
    copied: int
    copied_bytes: int
    failed: tuple[str, ...] = ()


class BackedUp(Value):
    """What a run did: its snapshot, how many older ones it dropped, and how many contents left the backup with them."""

    snapshot: Snapshot
    dropped: int
    removed: int


class Restored(Value):
    """What was brought back from a snapshot; `expired` counts objects of intake that the backup may not keep so long.

    `present` were there before: an earlier run was interrupted.
    """

    snapshot_id: str
    taken_at: datetime
    objects: int = 0
    object_bytes: int = 0
    present: int = 0
    expired: int = 0
    rows: int = 0


class Proof(Value):
    """What a backup gave when it was restored on trial: all its rows and bytes, and answers about some papers."""

    restored: Restored
    papers_asked: int
    wrong: tuple[str, ...] = ()
    """Ids of papers whose answers were not right."""
