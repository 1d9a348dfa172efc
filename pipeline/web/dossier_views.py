"""What the pages show of dossiers, their papers and what is to be compared, in one language."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal

from pipeline.comparing import ToCompare, is_compared
from pipeline.local_time import local_day
from pipeline.sheets import day_of
from pipeline.stages.questions import copy_trouble
from pipeline.web.views import PaperView, Viewer
from pipeline.web.wording import Language, pick, words
from schemas.base import Value
from schemas.catalog import Catalogue, Condition
from schemas.decisions import CopyTrouble
from schemas.dossier import CopyKind, Paper
from schemas.dossiers import Component, Dossier, DossierView, Party
from schemas.once_only import ChecklistRow

Tone = Literal["good", "ask", "bad", "plain"]
_TONES: dict[str, Tone] = {
    "held": "good",
    "held_unconfirmed": "ask",
    "expired": "bad",
    "superseded": "bad",
    "wrong_copy": "bad",
    "look_up": "plain",
    "missing": "bad",
}


_SELF_EVIDENT = ("confirmed", "unconfirmed", "none_on_file")
"""Reasons that say no more than the state of the row does."""


class HeadView(Value):
    """What stands at the head of a dossier; "" where it is not known."""

    code: str
    procedure: str
    owner: str
    owner_number: str
    submitted_by: str
    received: str
    due: str
    overdue: bool


class RowView(Value):
    """One paper that the procedure asks for. `note` is "" where there is nothing to be said."""

    title: str
    tone: Tone
    state_text: str
    note: str
    document_id: str | None


class AskedView(Value):
    """A condition of the procedure with the answer given, if any."""

    id: str
    question: str
    answer: bool | None


class LyingView(Value):
    """A paper that lies in the dossier: brought, used again, or a result of it."""

    document_id: str
    title: str
    tone: Tone
    state_text: str
    notes: tuple[str, ...]


class DossierPage(Value):
    """All that a dossier's page shows."""

    head: HeadView
    rows: tuple[RowView, ...]
    asked: tuple[AskedView, ...]
    papers: tuple[LyingView, ...]
    results: tuple[LyingView, ...]


class ComparedView(Value):
    """A paper to be compared: `pages` of its copy are to be looked at; `sha256` is that copy's."""

    paper: PaperView
    stands: Literal["open", "confirmed", "refused", "unsettled"]
    state_text: str
    pages: int
    preset: CopyKind
    trouble: CopyTrouble | None
    sha256: str | None


class DossierViewer:
    """Shows dossiers in one language."""

    def __init__(self, catalogue: Catalogue, language: Language, *, signatures: bool = False) -> None:
        """Prepare to show.

        Args:
            catalogue: what procedures and papers are called.
            language: of the browser.
            signatures: copies are to be signed.
        """
        self._catalogue, self._language, self._signatures = catalogue, language, signatures
        self._words, self._papers = words(language), Viewer(catalogue, language)

    def head(self, dossier: Dossier, today: date) -> HeadView:
        """The head of one dossier."""
        procedure = self._catalogue.procedures.get(dossier.procedure or "")
        return HeadView(
            code=dossier.code,
            procedure=procedure.title if procedure else "",
            owner=_name(dossier.owner),
            owner_number=(dossier.owner.number or "") if dossier.owner.name else "",
            submitted_by=_name(dossier.submitted_by) if dossier.submitted_by else "",
            received=day_of(local_day(dossier.received_at)),
            due=day_of(dossier.due_on) if dossier.due_on else "",
            overdue=dossier.due_on is not None and dossier.due_on < today,
        )

    def page(
        self, view: DossierView, papers: Mapping[str, Paper], answers: Mapping[str, bool], now: datetime
    ) -> DossierPage:
        """A dossier with what lies in it. Args: papers: those, by id; answers: to the procedure's conditions."""
        lying = [(one, self._lying(one, papers[one.document_id], view.codes)) for one in view.components]
        conditions = {row.condition.id: row.condition for row in view.rows if row.condition is not None}
        return DossierPage(
            head=self.head(view.dossier, local_day(now)),
            rows=tuple(self._row(row) for row in view.rows),
            asked=tuple(self._asked(condition, answers) for condition in conditions.values()),
            papers=tuple(shown for one, shown in lying if one.result_code is None),
            results=tuple(shown for one, shown in lying if one.result_code is not None),
        )

    def titles(self, papers: Sequence[Paper]) -> tuple[str, ...]:
        """What papers are called, one by one."""
        return tuple(self._papers.title(paper.type) for paper in papers)

    def compared(self, held: Sequence[ToCompare]) -> tuple[ComparedView, ...]:
        """The papers of a dossier that are to be compared."""
        return tuple(
            ComparedView(
                paper=self._papers.paper(one.paper),
                stands=one.stands,
                state_text=self._words[f"compare_state_{one.stands}"],
                pages=one.pages,
                preset=one.preset,
                trouble=copy_trouble(one.paper),
                sha256=one.paper.sha256,
            )
            for one in held
        )

    def _signs(self, paper: Paper) -> bool:
        """Whether there is something to be said of signatures on the copy."""
        return paper.signed is not None or (self._signatures and paper.is_unsigned)

    def _row(self, row: ChecklistRow) -> RowView:
        tone, state = _TONES[row.status], f"row_{row.status}"
        if row.applies == "no":
            tone, state = "plain", "row_not_applying"
        elif not row.demanded and tone == "bad":
            tone, state = "plain", "row_only_if" if row.applies == "only_if" else state
        until = self._words["dossier_until"].format(day_of(row.usable_until)) if row.usable_until else ""
        why = "" if row.reason in _SELF_EVIDENT else self._words[f"why_{row.reason}"]
        unread = "" if row.verified else self._words["row_unverified"]
        return RowView(
            title=row.title,
            tone=tone,
            state_text=self._words[state],
            note="; ".join(part for part in (why, until, unread) if part) if row.applies != "no" else "",
            document_id=row.document_id,
        )

    def _asked(self, condition: Condition, answers: Mapping[str, bool]) -> AskedView:
        question = pick((condition.question_vi, condition.question_en), self._language)
        return AskedView(id=condition.id, question=question, answer=answers.get(condition.id))

    def _lying(self, one: Component, paper: Paper, codes: Mapping[str, str]) -> LyingView:
        told, number = self._words, paper.fields.get("document_number")
        trouble = copy_trouble(paper)
        tone: Tone = "ask"
        state = self._papers.paper(paper).state_text if paper.state != "filed" else told["dossier_not_compared"]
        if trouble is not None:
            tone, state = "bad", told["compare_state_refused"]
        elif paper.state == "filed" and not is_compared(paper):
            tone, state = "plain", told["paper_filed"]
        elif paper.confirmed_at is not None:
            tone = "good" if paper.state == "filed" else "ask"
            state = told["dossier_confirmed_on"].format(day_of(local_day(paper.confirmed_at)))
        code = one.result_code or codes.get(one.document_id)
        notes = (
            told["dossier_number"].format(number.value) if number else "",
            told[f"compare_kind_{paper.copy_kind}"] if paper.copy_kind else "",
            told["dossier_reused"] if one.reused else "",
            told["dossier_signed" if paper.signed else "dossier_unsigned"] if self._signs(paper) else "",
            told["dossier_values_only"] if paper.keeping == "fields_only" else "",
            f"{told['dossier_code_of_paper']} {code}" if code else "",
            told[f"compare_{trouble}"] if trouble else "",
        )
        return LyingView(
            document_id=one.document_id,
            title=self._papers.title(paper.type),
            tone=tone,
            state_text=state,
            notes=tuple(note for note in notes if note),
        )


def _name(party: Party) -> str:
    return party.name or party.number or ""
