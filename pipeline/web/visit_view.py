"""What the page of a visit shows, in one language."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal

from pipeline.local_time import VIETNAM
from pipeline.validity import certain_date
from pipeline.web.views import Viewer, as_written
from pipeline.web.wording import Language, pick, words
from schemas.audit import SeenEntry
from schemas.base import Value
from schemas.catalog import DocumentType, Procedure
from schemas.dossier import Paper
from schemas.once_only import ChecklistRow
from schemas.people import Citizen
from schemas.prefill import KnownValue, PrefillField
from schemas.visits import CitizenVisit, VisitView

_TONES = {
    "held": "good",
    "held_unconfirmed": "ask",
    "expired": "bad",
    "superseded": "bad",
    "wrong_copy": "bad",
    "look_up": "busy",
    "missing": "bad",
}
Action = Literal["use", "look_up", "compare"]
_SHOWN_DIGITS = 4


class RowView(Value):
    """One row of the checklist. `action` is what the officer may do about it; None: nothing, or ask for the paper.

    `why` is empty where the state says all.
    """

    id: str
    title: str
    tone: str
    state: str
    why: str
    action: Action | None
    document_id: str | None


class ConditionView(Value):
    """A question of the procedure, and its answer; None: not answered yet."""

    id: str
    question: str
    answer: bool | None


class PaperLine(Value):
    """One paper in a list: `told` are number and date, `copy_text` the kind of copy and whether it was compared."""

    document_id: str
    title: str
    told: str
    copy_text: str
    tone: str
    state: str


class SourceLine(Value):
    """A known value as it is shown, and where it comes from."""

    value: str
    source: str
    document_id: str | None


class KnownLine(Value):
    """One field of a form with what is known of it; `value` is None where nothing certain is."""

    label: str
    value: str | None
    conflict: bool
    sources: tuple[SourceLine, ...]


class Candidate(Value):
    """Somebody who may be meant, with what tells namesakes apart: born when, and the end of the number."""

    citizen_id: str
    name: str
    told: str


class LookLine(Value):
    """One line of who looked: when, who, what, why, at which papers."""

    at: str
    officer: str
    did: str
    why: str
    papers: tuple[str, ...]


class VisitWords:
    """Puts a visit into words."""

    def __init__(self, viewer: Viewer, language: Language) -> None:
        """Args: viewer: names types of papers."""
        self._viewer, self._language, self._words = viewer, language, words(language)

    def rows(self, view: VisitView, procedure: Procedure) -> tuple[RowView, ...]:
        """The checklist. A sheet that is handed over itself is not offered for use: what is on file is its picture."""
        handed_over = {row.id for row in procedure.papers if row.surrendered}
        return tuple(
            self._row(row, attached=row.id in view.attached, handed_over=row.id in handed_over) for row in view.rows
        )

    def summary(self, view: VisitView) -> str:
        """What is still owed, and how many questions are open."""
        owed = sum(row.demanded and row.id not in view.attached for row in view.rows)
        told = self._words["visit_owed"].format(owed) if owed else self._words["visit_nothing_owed"]
        unanswered = sum(one.answer is None for one in self.conditions(view))
        if unanswered:
            told += "; " + self._words["visit_unanswered"].format(unanswered)
        return told

    def conditions(self, view: VisitView) -> tuple[ConditionView, ...]:
        """The questions of the procedure, each once."""
        asked = {row.condition.id: row.condition for row in view.rows if row.condition is not None}
        return tuple(
            ConditionView(
                id=one.id,
                question=pick((one.question_vi, one.question_en), self._language),
                answer=view.visit.conditions.get(one.id),
            )
            for one in asked.values()
        )

    def papers(self, papers: Iterable[Paper]) -> tuple[PaperLine, ...]:
        """Papers as lines."""
        return tuple(self._paper(paper) for paper in papers)

    def known(self, fields: Iterable[PrefillField]) -> tuple[KnownLine, ...]:
        """Known values of a form, those that are known first to the eye: the form's order is kept."""
        return tuple(
            KnownLine(
                label=field.label[:1].upper() + field.label[1:],
                value=as_written(field.value) if field.value is not None else None,
                conflict=field.conflict,
                sources=tuple(self._source(known) for known in field.known),
            )
            for field in fields
        )

    def candidates(self, known: Iterable[Citizen]) -> tuple[Candidate, ...]:
        """Namesakes, with as little of each as tells them apart."""
        return tuple(
            Candidate(citizen_id=one.citizen_id, name=one.name, told=" · ".join(self._apart(one))) for one in known
        )

    def showing(self, visit: CitizenVisit) -> str:
        """What lets the papers be shown."""
        told = self._words[f"visit_presence_{visit.showing.presence}"]
        if visit.showing.by is not None:
            return f"{told}: {visit.showing.by.name}"
        if visit.showing.vneid_level is not None:
            return f"{told}, {self._words[f'visit_vneid_{visit.showing.vneid_level}'].lower()}"
        return told

    def reason(self, visit: CitizenVisit) -> str:
        """Why the citizen came."""
        told = self._words[f"visit_reason_{visit.reason}"]
        return f"{told}: {visit.remark}" if visit.remark else told

    def title(self, kind: DocumentType) -> str:
        """What a type is called where anybody may look on: of sensitive papers only which kind they are."""
        if kind.sensitive is not None:
            return self._words[f"visit_kind_{kind.sensitive.kind}"]
        return self._viewer.title(kind.id)

    def refusals(self, codes: Iterable[str]) -> str:
        """Why a paper may not be used again."""
        reasons = [self._words[f"visit_why_{code}"] for code in codes]
        return f"{self._words['visit_cannot_use']}: {'; '.join(reason for reason in reasons if reason)}."

    def look(self, seen: SeenEntry) -> LookLine:
        """A line of the access log, for the citizen."""
        why = self._words[f"purpose_{seen.purpose}"] if seen.purpose else ""
        return LookLine(
            at=moment_text(seen.at),
            officer=seen.officer,
            did=self._words[f"visit_did_{seen.access}"],
            why=f"{why}: {seen.procedure}" if seen.procedure else why,
            papers=(seen.paper,) if seen.paper else (),
        )

    def _row(self, row: ChecklistRow, *, attached: bool, handed_over: bool) -> RowView:
        tone, state, action = _TONES[row.status], self._words[f"visit_row_{row.status}"], _action(row, handed_over)
        why = [self._words[f"visit_why_{row.reason}"]]
        if row.usable_until is not None:
            why.append(f"{self._words['visit_until']} {_day_text(row.usable_until)}")
        if row.looked_up is not None:
            why.append(self._words[f"visit_looked_{row.looked_up}"])
        if row.reason == "found_in_database":
            tone = "good"
        if attached:
            tone, state, action = "good", self._words["visit_attached"], None
        elif row.applies != "yes":
            tone, state = "plain", self._words["visit_row_no" if row.applies == "no" else "visit_row_only_if"]
            action, why = (None, []) if row.applies == "no" else (action, why)
        told = "; ".join(part for part in why if part)
        return RowView(
            id=row.id,
            title=row.title,
            tone=tone,
            state=state,
            why=told,
            action=action,
            document_id=row.document_id,
        )

    def _paper(self, paper: Paper) -> PaperLine:
        number, issued = paper.fields.get("document_number"), certain_date(paper, "issue_date")
        told = []
        if number is not None and not number.needs_review:
            told.append(f"{self._words['visit_number']} {number.value}")
        if issued is not None:
            told.append(f"{self._words['visit_issued']} {_day_text(issued)}")
        compared = self._words["compared" if paper.confirmed_at else "not_compared"]
        # Comparing tells the kind: until then that it is unknown goes without saying.
        known_kind = (self._words[f"copy_{paper.copy_kind}"],) if paper.copy_kind else ()
        return PaperLine(
            document_id=paper.document_id,
            title=self._viewer.title(paper.type),
            told=" · ".join(told),
            copy_text="; ".join((*known_kind, compared)),
            tone="good" if paper.state == "filed" else "ask",
            state=self._words[f"paper_{paper.state}"],
        )

    def _source(self, known: KnownValue) -> SourceLine:
        if known.document_type is None:
            return SourceLine(
                value=as_written(known.value), source=self._words["visit_known_register"], document_id=None
            )
        compared = self._words["visit_known_compared" if known.confirmed_at else "visit_known_not_compared"]
        source = f"{self._viewer.title(known.document_type)}, {compared}"
        return SourceLine(value=as_written(known.value), source=source, document_id=known.document_id)

    def _apart(self, citizen: Citizen) -> list[str]:
        number = next(iter(citizen.numbers), None)
        ends = f"{self._words['visit_number_ends']} {number[-_SHOWN_DIGITS:]}" if number else ""
        born = f"{self._words['visit_born']} {citizen.born[:4]}" if citizen.born else ""
        return [part for part in (born, ends or self._words["visit_no_number"]) if part]


def moment_text(moment: datetime) -> str:
    """A time at the counter, as people write it."""
    return moment.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")


def _action(row: ChecklistRow, handed_over: bool) -> Action | None:
    if row.status == "held":
        return None if handed_over else "use"
    if row.status == "held_unconfirmed":
        return "compare"
    return "look_up" if row.reason == "look_in_database" else None


def _day_text(day: date) -> str:
    return day.strftime("%d/%m/%Y")
