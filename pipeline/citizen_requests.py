"""Requests of citizens to see, correct or delete what is held of them, with the deadlines of the law.

An office answers within two working days, and does within ten days what asks to see or correct, within fifteen what
asks to delete (Luật 91/2025/QH15; NĐ 356/2025/NĐ-CP, Điều 5). The term may be extended once; here it never is, so that
a deadline shown is never later than the law's.
"""

import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from pipeline.decisions import deciding, new_decision
from pipeline.errors import NotFound, ScanRejected
from pipeline.ports import ObjectStore
from pipeline.table_ports import Tables
from pipeline.working_days import after_working_days
from schemas.citizen_requests import (
    AddRequest,
    AnswerRequest,
    CitizenRequest,
    EndRequest,
    RequestDeadlines,
    RequestKind,
    RequestOutcome,
)
from schemas.people import Actor

_ANSWER_WORKING_DAYS = 2
_ACT_DAYS: dict[RequestKind, int] = {"see": 10, "correct": 10, "delete": 15}


class CitizenRequests:
    """The requests of an office."""

    def __init__(self, store: ObjectStore, tables: Tables) -> None:
        self._store, self._tables = store, tables

    def add(self, actor: Actor, request: RequestKind, citizen_id: str, received_on: date) -> CitizenRequest:
        """Take a request down.

        Args:
            actor: who does.
            request: what is asked for.
            citizen_id: by whom; an entry of the register.
            received_on: the day it came in.

        Raises:
            ServiceUnavailable: store_away, database_away.
        """
        asked = new_decision(
            AddRequest, actor, str(uuid.uuid4()), request=request, citizen_id=citizen_id, received_on=received_on
        )
        self._note(asked)
        return _as_it_stands([asked])

    def answer(self, actor: Actor, request_id: str) -> CitizenRequest:
        """Note that the citizen was told what will be done. Raises: as `end`."""
        self._open(actor.office_id, request_id)
        self._note(new_decision(AnswerRequest, actor, request_id))
        return self.get(actor.office_id, request_id)

    def end(self, actor: Actor, request_id: str, outcome: RequestOutcome) -> CitizenRequest:
        """Note that it was done, or that the citizen was told why not.

        Raises:
            NotFound: no_such_request.
            ScanRejected: request_ended.
            ServiceUnavailable: store_away, database_away.
        """
        self._open(actor.office_id, request_id)
        self._note(new_decision(EndRequest, actor, request_id, outcome=outcome))
        return self.get(actor.office_id, request_id)

    def get(self, office_id: str, request_id: str) -> CitizenRequest:
        """A request as it stands. Raises: NotFound (no_such_request)."""
        history = self._tables.papers.history(office_id, request_id)
        if not any(isinstance(one, AddRequest) for one in history):
            raise NotFound("no_such_request", request_id)
        return _as_it_stands(history)

    def open(self, office_id: str) -> tuple[CitizenRequest, ...]:
        """Requests that have not ended, the most pressing first."""
        begun = self._tables.keeping.open(office_id, "add_request", "end_request")
        found = [self.get(office_id, one.subject_id) for one in begun]
        return tuple(sorted(found, key=lambda one: one.deadlines.act_by))

    def ended(self, office_id: str, limit: int) -> tuple[CitizenRequest, ...]:
        """The newest of those that have ended."""
        newest = self._tables.papers.decided(office_id, "end_request", limit)
        return tuple(self.get(office_id, one.subject_id) for one in newest)

    def _open(self, office_id: str, request_id: str) -> None:
        if self.get(office_id, request_id).ended is not None:
            raise ScanRejected("request_ended", request_id)

    def _note(self, decision: AddRequest | AnswerRequest | EndRequest) -> None:
        with deciding(self._store, self._tables, decision):
            self._tables.papers.change(decision, ())


def deadlines_of(request: RequestKind, received_on: date) -> RequestDeadlines:
    """By when a request of this kind is to be answered and done; the day it came in does not count."""
    return RequestDeadlines(
        answer_by=after_working_days(received_on, _ANSWER_WORKING_DAYS),
        act_by=received_on + timedelta(days=_ACT_DAYS[request]),
    )


def _as_it_stands(history: Iterable[object]) -> CitizenRequest:
    said = list(history)
    asked = next(one for one in said if isinstance(one, AddRequest))
    return CitizenRequest(
        asked=asked,
        deadlines=deadlines_of(asked.request, asked.received_on),
        answered=next((one for one in said if isinstance(one, AnswerRequest)), None),
        ended=next((one for one in said if isinstance(one, EndRequest)), None),
    )
