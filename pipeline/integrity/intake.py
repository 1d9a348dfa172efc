"""Intake: what waits to be read has its originals, and nothing lies there that belongs to nobody."""

from datetime import datetime, timedelta

from pipeline import keys
from pipeline.integrity.part import Part
from pipeline.ports import StoredObject
from schemas.dossier import Submission

_ORPHANS_STAY = timedelta(days=1)
"""What has no row may be on its way in."""


def look_at_intake(part: Part, now: datetime) -> None:
    """Compare what waits to be read with its originals; remove what has belonged to nobody for a day."""
    inventory = part.archive.tables.inventory
    submissions = {one.submission_id: one for one in inventory.submissions(part.office_id, part.prefix, by="id")}
    part.rows += len(submissions)
    objects = part.listed()
    part.compared(objects)
    for submission in submissions.values():
        if _lacks(submission, objects):
            _look_again(part, submission)
    for key in objects:
        submission_id = key.split("/")[2]
        if submission_id not in submissions and not any(
            part.archive.store.find(keys.submission(part.office_id, submission_id))
        ):
            _note_orphan(part, key, now)


def _lacks(submission: Submission, objects: dict[str, StoredObject]) -> list[str]:
    """The keys of originals that a submission which is not done should have and has not."""
    if submission.state == "done":
        return []
    return [
        source.key
        for source in submission.sources
        if (stored := objects.get(source.key)) is None or stored.sha256 != source.sha256
    ]


def _look_again(part: Part, submission: Submission) -> None:
    """By now it may have been read, and its originals are in the archive."""
    now = part.archive.tables.submissions.get(part.office_id, submission.submission_id)
    for key in _lacks(now, part.listed(keys.intake(part.office_id, submission.submission_id))):
        if not part.is_noted(key):
            part.note("original_missing", key)


def _note_orphan(part: Part, key: str, now: datetime) -> None:
    known_since = part.known_since("orphan_intake", key)
    is_old = known_since is not None and known_since < now - _ORPHANS_STAY
    part.note("orphan_intake", key, (lambda: part.archive.store.delete(key)) if is_old else None)
