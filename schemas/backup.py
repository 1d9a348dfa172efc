"""What a backup says of itself: one snapshot a run."""

from datetime import datetime

from schemas.base import Value


class SavedTable(Value):
    """One table's rows in a snapshot: how many, and the file that holds them.

    `revision` counts from 0 how often lines were taken out since; each revision has a file of its own name.
    """

    name: str
    rows: int
    sha256: str
    size_bytes: int
    revision: int = 0


class Snapshot(Value):
    """One run of a backup: all rows as they were at one moment, and every object that was there.

    `taken_at` is when the rows were read; objects may be a little newer. `copied` and `copied_bytes` count what this
    run brought into the backup, `objects` and `object_bytes` all that belongs to the snapshot. `failed` are keys of
    objects whose bytes could not be copied, or that rows speak of and nobody has. `wiped` are papers (`<office>/<id>`)
    that proved to be secret and of which this snapshot holds nothing, whenever it was taken; `inventory_revision` is of
    its list of objects what `SavedTable.revision` is of a table.
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
    wiped: tuple[str, ...] = ()
    inventory_revision: int = 0


class BackedUp(Value):
    """What a run did: its snapshot, how many older ones it dropped, and how many contents left the backup with them.

    `rewritten` counts older snapshots out of which papers were taken that proved to be secret, `locked` what should
    have left with them in all its versions and did not: the server holds it until its lock ends.
    """

    snapshot: Snapshot
    dropped: int
    removed: int
    rewritten: int = 0
    locked: int = 0


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
