"""What the work list shows, in one language."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pipeline.local_time import VIETNAM, local_day
from pipeline.sheets import day_of
from pipeline.web.views import Viewer
from pipeline.web.wording import Language, reason, words
from schemas.base import Value
from schemas.catalog import Catalogue
from schemas.dossiers import Dossier
from schemas.integrity import IntegrityState
from schemas.work import Call, DueDossier, OwingDossier, Phone, ProposedPaper, UnfinishedWork, WorkCounts, WorkList

_GROUP = 3
"""Digits of a telephone number that stand together, counted from its end."""
PARTS = ("overdue", "due_today", "due_soon", "owing", "uncompared", "questions", "stuck", "waiting")
_OF_DOSSIERS = ("overdue", "due_today", "due_soon", "owing", "uncompared")
_ANCHORS = {"overdue": "due", "due_today": "due", "due_soon": "due"}
_PRESSING = ("overdue", "stuck")


class CountView(Value):
    """A number at the head of the list, and the part of the page where its entries stand."""

    name: str
    number: int
    anchor: str
    pressing: bool


class DossierLine(Value):
    """A dossier in the list. `tone` and `state` say how it stands; `notes` what else is to be known."""

    code: str
    procedure: str
    owner: str
    tone: Literal["good", "ask", "bad", "busy", ""]
    state: str
    notes: tuple[str, ...] = ()


class ProposalLine(Value):
    """A paper that may belong to a dossier."""

    document_id: str
    code: str
    title: str
    component: str
    note: str
    arrived: str


class ReadingLine(Value):
    """A submission that is being read, or stuck: `state` says which, or why."""

    submission_id: str
    state: str
    notes: tuple[str, ...]


class PhoneLine(Value):
    """A number to be called, as people write it, and where it is from."""

    number: str
    whose: str
    certain: bool


class CallLine(Value):
    """A call in words."""

    when: str
    outcome: str
    officer: str


class WorkView(Value):
    """The whole list. `more` counts, by part, the entries that are not shown; `damaged`: something stored is wrong;
    `late`: a citizen's request should have been answered or done by now. `unclosed`: days of the access log wait to be
    closed, "" where none does.
    """

    counts: tuple[CountView, ...]
    proposals: tuple[ProposalLine, ...]
    stuck: tuple[ReadingLine, ...]
    due: tuple[DossierLine, ...]
    owing: tuple[DossierLine, ...]
    uncompared: tuple[DossierLine, ...]
    waiting: tuple[ReadingLine, ...]
    questions: int
    oldest_question: str
    more: dict[str, int]
    integrity: str
    damaged: bool
    requests: str
    late: bool
    unclosed: str


class WorkViewer:
    """Shows work in one language, as of `now`."""

    def __init__(self, catalogue: Catalogue, language: Language, now: datetime) -> None:
        """Args: catalogue: what procedures and papers are called; language: of the browser; now: the moment."""
        self._catalogue, self._language, self._now = catalogue, language, now
        self._words, self._today, self._papers = words(language), local_day(now), Viewer(catalogue, language)

    def work(self, work: WorkList, *, with_dossiers: bool) -> WorkView:
        """The list; without the parts about dossiers for who may read none."""
        counts = work.counts
        named = [part for part in PARTS if with_dossiers or part not in _OF_DOSSIERS]
        due = counts.overdue + counts.due_today + counts.due_soon
        return WorkView(
            counts=tuple(_count(counts, part) for part in named),
            proposals=tuple(self._proposal(one) for one in work.proposals),
            stuck=tuple(self._reading(one) for one in work.stuck),
            due=tuple(self._due(one) for one in work.due),
            owing=tuple(self._owing(one) for one in work.owing),
            uncompared=tuple(
                self._line(one.dossier, "ask", self._words["work_papers"].format(one.papers)) for one in work.uncompared
            ),
            waiting=tuple(self._reading(one) for one in work.waiting),
            questions=counts.questions,
            oldest_question=self._when(counts.oldest_question_at) if counts.oldest_question_at else "",
            more={
                "due": due - len(work.due),
                "stuck": counts.stuck - len(work.stuck),
                "owing": counts.owing - len(work.owing),
                "uncompared": counts.uncompared - len(work.uncompared),
                "waiting": counts.waiting - len(work.waiting),
            },
            integrity=self._integrity(work.integrity) if work.integrity else "",
            damaged=work.integrity is not None and work.integrity.findings > 0,
            requests=self._requests(work),
            late=work.requests_overdue > 0,
            unclosed=self._words["work_unclosed"].format(day_of(since)) if (since := work.log_unclosed_since) else "",
        )

    def _integrity(self, state: IntegrityState) -> str:
        said = self._words["work_integrity_wrong" if state.findings else "work_integrity"]
        return said.format(self._when(state.checked_at), state.findings)

    def _requests(self, work: WorkList) -> str:
        if not work.requests_open:
            return ""
        return self._words["work_requests"].format(work.requests_open, work.requests_overdue)

    def phones(self, phones: Iterable[Phone]) -> tuple[PhoneLine, ...]:
        """The numbers to be called."""
        return tuple(
            PhoneLine(
                number=_spaced(one.number),
                whose=self._words[f"call_whose_{one.whose}"].format(self._papers.title(one.type) if one.type else ""),
                certain=one.certain,
            )
            for one in phones
        )

    def calls(self, calls: Iterable[Call]) -> tuple[CallLine, ...]:
        """The calls in words."""
        return tuple(
            CallLine(when=self._when(one.called_at), outcome=self._outcome(one), officer=one.actor.actor_id)
            for one in calls
        )

    def line(self, dossier: Dossier) -> DossierLine:
        """A dossier by itself."""
        return self._line(dossier, "", "")

    def _proposal(self, one: ProposedPaper) -> ProposalLine:
        proposal = one.proposal
        return ProposalLine(
            document_id=proposal.document_id,
            code=proposal.dossier_code,
            title=self._papers.title(one.type),
            component=proposal.component,
            note=self._words["work_proposal"].format(proposal.dossier_code, one.component_title),
            arrived=self._words["work_arrived"].format(self._when(one.filed_at)),
        )

    def _due(self, one: DueDossier) -> DossierLine:
        days = abs((one.dossier.due_on - self._today).days) if one.dossier.due_on else 0
        tones: dict[str, Literal["bad", "ask", "busy"]] = {"overdue": "bad", "today": "ask", "soon": "busy"}
        due = (day_of(one.dossier.due_on),) if one.dossier.due_on else ()
        return self._line(one.dossier, tones[one.due], self._words[f"work_{one.due}"].format(days), due)

    def _owing(self, one: OwingDossier) -> DossierLine:
        titles = tuple(row.title for row in one.missing)
        called = one.last_call
        if called is None:
            return self._line(one.dossier, "", self._words["work_not_called"], titles)
        told = self._words["work_called"].format(self._when(called.called_at), self._outcome(called))
        late = called.brings_on is not None and called.brings_on < self._today
        kept = called.outcome in ("reached", "will_bring") and not late
        return self._line(one.dossier, "good" if kept else "ask", told, titles)

    def _line(
        self,
        dossier: Dossier,
        tone: Literal["good", "ask", "bad", "busy", ""],
        state: str,
        notes: tuple[str, ...] = (),
    ) -> DossierLine:
        procedure = self._catalogue.procedures.get(dossier.procedure or "")
        return DossierLine(
            code=dossier.code,
            procedure=procedure.title if procedure else self._words["work_no_procedure"],
            owner=dossier.owner.name or self._words["work_no_name"],
            tone=tone,
            state=state,
            notes=notes,
        )

    def _reading(self, one: UnfinishedWork) -> ReadingLine:
        say = self._words
        notes = [
            say["work_received"].format(one.actor.actor_id, self._when(one.received_at)),
            say["work_files"].format(one.files),
        ]
        if one.state == "stuck":
            notes += [say["work_stuck_since"].format(self._when(one.state_since))]
            notes += [say["work_tries"].format(one.attempts)] if one.attempts > 1 else []
            state = reason(one.reason or "", self._language)
        elif one.state == "retrying" and one.retry_at:
            notes += [reason(one.reason or "", self._language), say["work_tries"].format(one.attempts)]
            state = say["work_retry_at"].format(self._when(one.retry_at))
        elif one.state == "working" and one.pages_total:
            state = say["work_reading_pages"].format(min(one.pages_done + 1, one.pages_total), one.pages_total)
        else:
            state = say["work_reading" if one.state == "working" else "work_in_line"]
        return ReadingLine(submission_id=one.submission_id, state=state, notes=tuple(notes))

    def _outcome(self, call: Call) -> str:
        told = self._words[f"call_outcome_{call.outcome}"]
        return f"{told}, {self._words['call_brings'].format(day_of(call.brings_on))}" if call.brings_on else told

    def _when(self, moment: datetime) -> str:
        """The time of today; of other days the day as well."""
        there = moment.astimezone(VIETNAM)
        return f"{there:%H:%M}" if there.date() == self._today else f"{there:%H:%M %d/%m/%Y}"


def _count(counts: WorkCounts, part: str) -> CountView:
    number: int = getattr(counts, part)
    return CountView(
        name=part, number=number, anchor=_ANCHORS.get(part, part), pressing=part in _PRESSING and number > 0
    )


def _spaced(number: str) -> str:
    """0912345678 as 0912 345 678."""
    cut = len(number) - 2 * _GROUP
    return f"{number[:cut]} {number[cut : cut + _GROUP]} {number[cut + _GROUP :]}"
