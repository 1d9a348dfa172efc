"""What a person is asked about a paper, and what stands to choose from."""

from datetime import date, datetime
from typing import Literal

from schemas.base import Value
from schemas.text import Box

QuestionKind = Literal["cut", "secrecy", "card", "type", "owner", "field", "page", "same", "newer"]
"""Where a paper begins; whether a mark is a secrecy mark; whether a card lies beside it; what it is; whose it is; what
it says; whether a page will do; whether it was scanned before; whether a newer paper has taken its place."""
CandidateSource = Literal[
    "qr", "mrz", "check", "two_places", "ocr", "officer", "register", "catalogue", "paper", "choice"
]
"""What speaks for a candidate: the evidence of a field, the register of citizens, the catalogue, another paper; or
nothing does, and it is one of the answers that the question has (`choice`)."""

Trait = Literal["name", "birth", "number"]
"""What of a person on the register is compared with a paper."""


class Candidate(Value):
    """One possible answer. `confidence` is the probability, 0..1, where somebody has estimated it.

    Of a citizen of the register, `agrees` and `differs` tell what is the same on the paper, and what is not; a number
    of which the label shows the end alone can thus be told by its holder from another.
    """

    value: str
    source: CandidateSource
    confidence: float | None = None
    label: str | None = None
    """How people call it, where the value is an id: the citizen's name, birth, and the end of the number."""
    agrees: tuple[Trait, ...] = ()
    differs: tuple[Trait, ...] = ()


class Question(Value):
    """One open question of a paper: a review item.

    `name` is the field, the owner's role, the stage or the other paper that it is about; empty for kinds of which a
    paper has one. `kind.name` names the question within its paper. `harm` is what a wrong answer may do, `doubt` how
    probable one is, both 0..1.
    """

    kind: QuestionKind
    name: str = ""
    reason: str
    page: int | None = None
    """Page of the submission, from 1."""
    box: Box | None = None
    candidates: tuple[Candidate, ...] = ()
    speaks_for: tuple[str, ...] = ()
    """What spoke for a doubtful cut at the top of `page`, in plain words."""
    speaks_against: tuple[str, ...] = ()
    harm: float
    doubt: float

    @property
    def part(self) -> str:
        """The question's name within its paper: `field.issue_date`, `type`."""
        return f"{self.kind}.{self.name}" if self.name else self.kind

    @property
    def urgency(self) -> int:
        """Expected harm in thousandths: the queue's order."""
        return round(1000 * self.harm * self.doubt)


class QueuePlace(Value):
    """Where an item stands in the queue, or stood: what a list goes on from."""

    urgency: int
    asked_at: datetime
    document_id: str
    part: str


class ReviewItem(Value):
    """A question as it stands in the queue of an office. Its id is the paper's id and the question's name in it."""

    document_id: str
    submission_id: str
    question: Question
    type: str
    asked_at: datetime

    @property
    def subject_id(self) -> str:
        """What one officer at a time is asked about: the paper; where papers begin, the whole submission."""
        return self.submission_id if self.question.kind == "cut" else self.document_id

    @property
    def item_id(self) -> str:
        """Names the item in paths and on the command line."""
        return f"{self.document_id}.{self.question.part}"

    @property
    def claim(self) -> "Claim":
        """What an officer holds to whom it is shown."""
        of_stack = self.question.kind == "cut"
        return Claim(subject_id=self.subject_id, item_id=f"{self.subject_id}.cut" if of_stack else self.item_id)

    @property
    def place(self) -> QueuePlace:
        """Its place in the queue."""
        return QueuePlace(
            urgency=self.question.urgency,
            asked_at=self.asked_at,
            document_id=self.document_id,
            part=self.question.part,
        )


class Reliability(Value):
    """How often values of one kind proved right, from people's answers.

    `kind` is a kind of field, or `type` or `owner`. Counts are of answers; `wrong_above` of values that had counted as
    certain. `threshold` is the confidence under which this office asks at present (0: what comes with hoso holds
    alone), `proposed` the least one above which no answer so far was wrong.
    """

    kind: str
    answers: int
    wrong: int
    answers_above: int
    wrong_above: int
    threshold: float
    proposed: float


class Claim(Value):
    """A question (`item_id`), and what is held with it: its paper, or the submission that is cut."""

    subject_id: str
    item_id: str


class Claimant(Value):
    """Who holds a question: an officer in one session, on one page.

    `page_id` is any id of the page that shows it: a page that is closed lets go only of what it showed itself, not of
    what the page that took its place shows.
    """

    office_id: str
    actor_id: str
    session_id: str
    page_id: str = ""


class Answered(Value):
    """An answer of the review desk that stands.

    `seconds` went by from the question's being shown until it was answered; None where it was not held all that time.
    """

    by: Claimant
    decision_id: str
    item_id: str
    kind: str
    seconds: float | None


class AnswerFigures(Value):
    """Answers of some officer on a day, or of a session: how many, and their median time in seconds.

    `median_s` is None where of no answer the time is known; `timed` tells of how many it is.
    """

    answers: int
    timed: int
    median_s: float | None


class OfficerDay(AnswerFigures):
    """The answers of one officer on one day at the counters."""

    actor_id: str
    day: date
