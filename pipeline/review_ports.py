"""What the review desk asks of the database. Contract tests run on both databases."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from schemas.base import Value
from schemas.dossier import Paper
from schemas.review import Answered, AnswerFigures, Claim, Claimant, OfficerDay


class EarlierPaper(Value):
    """A paper before a decision (`was`, None: the decision made it), just after it (`became`), and `now`.

    `texts` is what its pages said before, where the decision gave them other words.
    """

    was: Paper | None
    became: Paper
    now: Paper
    texts: tuple[str, ...] | None = None


class Claims(Protocol):
    """Who is shown which question. Times are the database's clock."""

    def take(self, by: Claimant, wanted: Sequence[Claim], hold_s: float) -> Claim | None:
        """Hold the first of these whose subject nobody else in the office holds, and let go of what else was held.

        None, and the session holds nothing any more, where others hold them all. Of several who take at once each gets
        another subject. A question that the session holds already has been held since it was taken first. A claim is
        over `hold_s` seconds after it was taken or renewed.
        """
        ...

    def renew(self, by: Claimant, subject_id: str, hold_s: float) -> bool:
        """Go on holding; False, and nothing changes, where the claim is over or somebody else's."""
        ...

    def release(self, session_id: str, page_id: str | None = None) -> None:
        """Let go of all that a session holds, or of what was taken last on one of its pages."""
        ...

    def held_s(self, by: Claimant, claim: Claim) -> float | None:
        """For how many seconds the session has held this question; None: it does not.

        Raises: Forbidden (item_claimed): somebody else holds its subject.
        """
        ...


class Answers(Protocol):
    """The answers of the review desk, for their times and for taking the last one back."""

    def note(self, answer: Answered) -> None:
        """Add an answer, given now."""
        ...

    def last(self, session_id: str) -> Answered | None:
        """The newest answer of a session that was not taken back."""
        ...

    def remove(self, office_id: str, decision_id: str) -> None:
        """An answer was taken back; one that is not there may be removed."""
        ...

    def of_session(self, session_id: str) -> AnswerFigures:
        """What a session has answered and not taken back."""
        ...

    def by_day(self, office_id: str, since: date, until: date) -> tuple[OfficerDay, ...]:
        """Of each officer and day, from `since` to `until`, both included; by day, then by officer.

        Days are those at the counters.
        """
        ...
