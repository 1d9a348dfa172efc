"""The access log as a chain: its heads, its closed days, and what checking it finds."""

from datetime import date, datetime
from typing import Literal

from schemas.base import Value

AuditFindingKind = Literal[
    "entry_missing",
    "entry_altered",
    "entry_inserted",
    "link_broken",
    "day_missing",
    "day_altered",
    "head_differs",
    "decision_altered",
    "decision_missing",
    "lost_before_restore",
]
"""What is wrong, see `pipeline/audit/sentences.py`; the last is told and not wrong."""


class Head(Value):
    """The newest entry of an office's log: its number, and the SHA-256 of its line. Number 0: there is none."""

    office_id: str
    number: int
    sha256: str


class ClosedDay(Value):
    """The head of a day that is over, as it lies in the store beside the day's lines.

    `day` is a day at the counters. `first` to `last` are its entries' numbers, both included; of a day without entries
    `last` is the number before `first`. `previous` is the hash of the line before the first and `sha256` that of the
    last line; `lines_sha256` is the hash of all its lines as they lie beside it. The same entries give the same bytes.
    """

    office_id: str
    day: date
    first: int
    last: int
    previous: str
    sha256: str
    lines_sha256: str


class AuditFinding(Value):
    """One thing that is not as it was written: which entries, both numbers included, or which day."""

    kind: AuditFindingKind
    first: int | None = None
    last: int | None = None
    day: date | None = None


class DayOfLooks(Value):
    """What an account was shown on one day at the counters.

    `people` counts each citizen once, and a paper that is filed under nobody as one; `looks` are entries of the log,
    `at_night` those of them before 6:00 or from 20:00 on.
    """

    login: str
    day: date
    people: int
    looks: int
    at_night: int


class UnusualDay(DayOfLooks):
    """A day that is far above `usual`, in people: see `pipeline/audit/unusual.py`."""

    usual: float


class AuditReport(Value):
    """What checking an office's log came to. `head` is the newest entry of the database, as it is now."""

    head: Head
    entries: int
    days: int
    closed_until: date | None
    findings: tuple[AuditFinding, ...]


class SeenEntry(Value):
    """An entry about a citizen, with names in place of ids where there are any; for who may be told them.

    `office` and `officer` are what people call them; `procedure` is what the visit was for and `paper` what the paper
    is called, None where there was none or it is gone.
    """

    number: int
    at: datetime
    office: str
    login: str
    officer: str
    access: str
    purpose: str | None
    procedure: str | None
    document_id: str | None
    paper: str | None
