"""Requests of citizens about their data (Luật 91/2025/QH15; NĐ 356/2025/NĐ-CP, Điều 5), as decisions in the store."""

from datetime import date
from typing import Literal

from schemas.base import Value
from schemas.decided import Decided

RequestKind = Literal["see", "correct", "delete"]
RequestOutcome = Literal["done", "partly", "refused", "withdrawn"]


class AddRequest(Decided):
    """A citizen asks to see, correct or delete what is held of him. Subject: the request, a random id.

    `received_on` is the day on which it came in, from which its deadlines are counted.
    """

    kind: Literal["add_request"] = "add_request"
    request: RequestKind
    citizen_id: str
    received_on: date


class AnswerRequest(Decided):
    """The citizen was told what will be done. Subject: the request."""

    kind: Literal["answer_request"] = "answer_request"


class EndRequest(Decided):
    """What was asked for was done, or the citizen was told why not. Subject: the request."""

    kind: Literal["end_request"] = "end_request"
    outcome: RequestOutcome


class RequestDeadlines(Value):
    """By which day the citizen is to be answered, and by which it is to be done; both are the last day for it."""

    answer_by: date
    act_by: date


class CitizenRequest(Value):
    """A request as it stands."""

    asked: AddRequest
    deadlines: RequestDeadlines
    answered: AnswerRequest | None = None
    ended: EndRequest | None = None

    def overdue(self, today: date) -> Literal["answer", "act"] | None:
        """What should have been done before `today`; None: nothing."""
        if self.ended is not None:
            return None
        if today > self.deadlines.act_by:
            return "act"
        return "answer" if self.answered is None and today > self.deadlines.answer_by else None
