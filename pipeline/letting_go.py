"""What a backup lets go of: snapshots beyond their number, intake beyond its time, secret papers, and contents that
nothing names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pipeline import keys
from pipeline.ports import ObjectStore, StoredObject
from pipeline.snapshot_wiping import SnapshotWiping
from pipeline.snapshots import CONTENTS, SNAPSHOTS, content_key, inventory_key, manifest_key, read_inventory
from schemas.backup import Snapshot


@dataclass(frozen=True)
class LetGo:
    """How many snapshots and how many contents went; `locked`: what the server still holds, see `BackedUp`."""

    snapshots: int
    contents: int
    locked: int


@dataclass(frozen=True)
class Terms:
    """How long a backup holds what.

    Attributes:
        keep_days: the newest snapshot is kept of so many days that have one. What was deleted at the source leaves the
            backup with the last snapshot that names it.
        intake_days: what lay in intake leaves when it is so old, whatever names it: its time limit is not ours to
            extend. Secret papers leave with the next run.

    """

    keep_days: int
    intake_days: int


class LettingGo:
    """One clearing of a backup."""

    def __init__(
        self, backup: ObjectStore, taken: Sequence[Snapshot], terms: Terms, secret: frozenset[str], folder: Path
    ) -> None:
        """Args: taken: all snapshots, oldest first; secret: submissions nobody may keep; folder: a private one."""
        self._backup, self._taken, self._terms, self._secret, self._folder = backup, taken, terms, secret, folder

    def run(self, wiping: SnapshotWiping, *, everything: bool) -> LetGo:
        """Let go of what is due.

        Args:
            wiping: what was taken out of the snapshots before.
            everything: also of what interrupted runs have left, which takes a look at every content.

        """
        newest_of_day = {snapshot.taken_at.date(): snapshot for snapshot in self._taken}
        kept = [newest_of_day[day] for day in sorted(newest_of_day)[-self._terms.keep_days :]]
        dropped = [snapshot for snapshot in self._taken if snapshot not in kept]
        # What nobody may keep goes in all its versions.
        erased = set(wiping.contents())
        for snapshot in kept:
            if self._secret or self._is_new_over(snapshot):
                over = (one for one in self._objects(snapshot) if self._is_over(one, snapshot))
                erased.update(bytes.fromhex(one.sha256) for one in over)
        due = erased | {bytes.fromhex(one.sha256) for snapshot in dropped for one in self._objects(snapshot)}
        if everything:
            due.update(bytes.fromhex(one.key.rpartition("/")[2]) for one in self._backup.find(CONTENTS))
        for snapshot in reversed(kept):
            if not due:
                break
            due.difference_update(
                bytes.fromhex(one.sha256) for one in self._objects(snapshot) if not self._is_over(one, snapshot)
            )
        self._remove_snapshots(kept, dropped, everything=everything)
        for content in sorted(due - erased):
            self._backup.delete(content_key(content.hex()))
        locked = wiping.erase([content.hex() for content in sorted(due & erased)])
        return LetGo(snapshots=len(dropped), contents=len(due), locked=locked)

    def _objects(self, snapshot: Snapshot) -> Iterator[StoredObject]:
        path = self._folder / f"{snapshot.snapshot_id}-objects"
        if not path.exists():
            self._backup.fetch(inventory_key(snapshot.snapshot_id, snapshot.inventory_revision), path)
        return read_inventory(path)

    def _is_over(self, one: StoredObject, snapshot: Snapshot) -> bool:
        """Whether the backup may hold this no longer for the sake of this snapshot."""
        if not keys.is_intake(one.key):
            return False
        return self._age(snapshot) > timedelta(days=self._terms.intake_days) or one.key.split("/")[2] in self._secret

    def _is_new_over(self, snapshot: Snapshot) -> bool:
        """Whether the term of its intake ended since the run before."""
        if len(self._taken) < 2 or self._age(snapshot) <= timedelta(days=self._terms.intake_days):
            return False
        return self._age(snapshot) - self._age(self._taken[-2]) <= timedelta(days=self._terms.intake_days)

    def _age(self, snapshot: Snapshot) -> timedelta:
        return self._taken[-1].taken_at - snapshot.taken_at

    def _remove_snapshots(self, kept: Sequence[Snapshot], dropped: Sequence[Snapshot], *, everything: bool) -> None:
        """The manifest first: without it the rest is no snapshot, whenever the removal ends."""
        for snapshot in dropped:
            self._backup.delete(manifest_key(snapshot.snapshot_id))
        ids = {snapshot.snapshot_id for snapshot in kept}
        prefixes = [SNAPSHOTS] if everything else [f"{SNAPSHOTS}{snapshot.snapshot_id}/" for snapshot in dropped]
        for prefix in prefixes:
            for part in list(self._backup.find(prefix)):
                if part.key.split("/")[1] not in ids:
                    self._backup.delete(part.key)
