"""What a check of objects and rows finds."""

from datetime import datetime
from typing import Literal

from schemas.base import Value
from schemas.dossier import PaperRecord

FindingKind = Literal[
    "object_altered", "object_missing", "object_differs", "original_missing", "row_missing", "record_missing",
    "record_differs", "record_unreadable", "index_wrong", "decision_unapplied", "decision_missing", "leftover",
    "orphan_intake", "orphan_archive", "signature_broken",
]  # fmt: skip
"""What is wrong, see `pipeline/findings.py`."""


class Finding(Value):
    """One thing that is not as it should be. `key` names the object, also where it is the object that is missing."""

    kind: FindingKind
    key: str
    repaired: bool = False


class FiledPaper(Value):
    """A paper as its rows say; `indexed`: it has the search rows and the open questions that it should have."""

    record: PaperRecord
    indexed: bool


class VerifyReport(Value):
    """How much was checked and what was found. `round_ended`: all there is has been looked at since it last was."""

    objects: int
    size_bytes: int
    rows: int
    findings: tuple[Finding, ...]
    round_ended: bool


class IntegrityState(Value):
    """What the office's last check says: when it was, when all had been looked at last, and how much is wrong for good.

    `round_ended_at` None: not all has been looked at yet.
    """

    checked_at: datetime
    round_ended_at: datetime | None
    findings: int
