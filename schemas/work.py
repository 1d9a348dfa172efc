"""What waits at an office: papers to be read, dossiers that are due or owe papers, and who was called about them."""

from datetime import date, datetime
from typing import Literal

from schemas.base import Value
from schemas.dossier import SubmissionState
from schemas.dossiers import Dossier
from schemas.integrity import IntegrityState
from schemas.once_only import ChecklistRow
from schemas.people import Actor

CallOutcome = Literal["reached", "no_answer", "wrong_number", "will_bring"]
"""What a call about missing papers came to; `will_bring`: they will be brought, on a day that may have been named."""


class Call(Value):
    """A telephone call about what a dossier is missing."""

    call_id: str
    dossier_code: str
    actor: Actor
    called_at: datetime
    outcome: CallOutcome
    brings_on: date | None = None


class Phone(Value):
    """A telephone number to be called about a dossier, digits only.

    `whose` tells where it is from: the dossier's owner, who handed it in, or the paper `document_id` of type `type`.
    `certain`: the dossier says so, or it was read beyond doubt.
    """

    number: str
    whose: Literal["owner", "submitted_by", "paper"]
    certain: bool = True
    document_id: str | None = None
    type: str | None = None


class DossierNeeds(Value):
    """What is known of a dossier beside its papers, so that a list of many need not ask each.

    `open`: no result of it is on file. `owes`: a paper is demanded that is not there. `uncompared`: a paper in it was
    not compared with its original. They are as of the last change to the dossier or its papers; a paper whose term has
    run out since shows when the dossier is looked at next.
    """

    open: bool
    owes: bool
    uncompared: bool


class Proposal(Value):
    """A paper that came without a dossier's code, and the dossier and its component that just this paper is owed to."""

    document_id: str
    dossier_code: str
    component: str
    actor: Actor
    proposed_at: datetime


class WorkCounts(Value):
    """How much of each kind waits. `oldest_question_at`: since when the oldest open question waits; None: none does."""

    proposals: int
    stuck: int
    overdue: int
    due_today: int
    due_soon: int
    owing: int
    uncompared: int
    waiting: int
    questions: int
    oldest_question_at: datetime | None


class UnfinishedWork(Value):
    """A submission that is not done. `reason` is the code of why it is stuck or will be tried again, at `retry_at`.

    Pages are counted while it is read. What its files are called is left out: a file's name often is a citizen's.
    """

    submission_id: str
    actor: Actor
    state: SubmissionState
    reason: str | None
    retry_at: datetime | None
    received_at: datetime
    state_since: datetime
    attempts: int
    files: int
    pages_done: int
    pages_total: int | None


class DueDossier(Value):
    """An open dossier and when it is due, seen from today."""

    dossier: Dossier
    due: Literal["overdue", "today", "soon"]


class OwingDossier(Value):
    """An open dossier, the papers it still demands, and the last call about them."""

    dossier: Dossier
    missing: tuple[ChecklistRow, ...]
    last_call: Call | None


class UncomparedDossier(Value):
    """An open dossier, and how many of its papers are still to be compared with their originals."""

    dossier: Dossier
    papers: int


class ProposedPaper(Value):
    """A proposal with what the paper is, when it was filed, and what the dossier calls the component."""

    proposal: Proposal
    type: str
    filed_at: datetime
    component_title: str


class WorkList(Value):
    """What an office has to do, the most pressing first in every part; a part shows its beginning, `counts` tell all.

    The parts about dossiers and papers are empty for who may read none.
    """

    counts: WorkCounts
    proposals: tuple[ProposedPaper, ...] = ()
    stuck: tuple[UnfinishedWork, ...]
    due: tuple[DueDossier, ...] = ()
    owing: tuple[OwingDossier, ...] = ()
    uncompared: tuple[UncomparedDossier, ...] = ()
    waiting: tuple[UnfinishedWork, ...]
    integrity: IntegrityState | None = None
    """What the last check of store and database says; None: there was none."""
    requests_open: int = 0
    """Requests of citizens about their data that have not ended."""
    requests_overdue: int = 0
    """Of these, those that should have been answered or done by now."""
    log_unclosed_since: date | None = None
    """The oldest day of the office's access log that should have been closed by now; None: there is none."""
