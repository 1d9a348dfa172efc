"""The queue of open questions: what is asked, with its picture and candidates; answers, and what they teach."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import ValidationError

from pipeline.archive import Archive
from pipeline.decisions import deciding, new_decision
from pipeline.errors import NotFound, ScanRejected
from pipeline.originals import fetch_original, original_page
from pipeline.pages import PagePart, ScanFile
from pipeline.register import RegisterBook
from pipeline.said import as_said, number_kind
from pipeline.settling import Settling
from pipeline.stages.candidates import as_candidate
from pipeline.stages.learnt import ENOUGH_WRONG, reliability, thresholds_of
from schemas.decided import Decided
from schemas.decisions import (
    MachineView,
    PaperDecision,
    SetCitizen,
    SetField,
    SetThreshold,
    TakeBack,
    read_decision,
)
from schemas.dossier import Paper
from schemas.people import Actor, PersonOnPaper
from schemas.review import Question, Reliability, ReviewItem

_NAMESAKES = 50
"""Of so many of one name those are shown whose birth may be the one on the paper."""
_TEACH = ("set_field", "set_type", "set_owner")
_LEARNT_FROM = 2000
"""Newest answers of a kind from which thresholds are learnt: an office's scanners and papers change."""
_ISO_DAY = len("2000-01-31")
_NOTHING_KNOWN = 72
"""Resolution at which boxes would stand that nobody can place: then the whole page is shown."""


class Review:
    """The queue of open questions, and what answers make of papers."""

    def __init__(self, archive: Archive) -> None:
        """Args: archive: whose papers they are."""
        self._archive = archive
        self._store = archive.store
        self._tables = archive.tables
        self._settling = Settling(archive)

    # -- questions ----------------------------------------------------------------------------------------------------

    def item(self, office_id: str, item_id: str) -> ReviewItem:
        """One open question, with what the register knows of the people who may be meant.

        Raises:
            NotFound: no_such_paper, no_such_question.
        """
        document_id, _, part = item_id.partition(".")
        paper = self._tables.papers.get(office_id, document_id)
        for asked in paper.questions:
            if asked.part == part:
                known = self._with_citizens(paper, asked) if asked.kind == "owner" else asked
                return ReviewItem(
                    document_id=document_id,
                    submission_id=paper.submission_id,
                    question=known,
                    type=paper.type,
                    asked_at=paper.filed_at,
                )
        raise NotFound("no_such_question", document_id)

    def _with_citizens(self, paper: Paper, asked: Question) -> Question:
        """Citizens of the register with the number that the paper gives or nearly it, or of that name and birth."""
        office_id, people = paper.actor.office_id, self._tables.people
        proposed = next((person for person in paper.people if person.role == asked.name), None)
        if proposed is None:
            return asked
        by_number = people.by_number(office_id, proposed.number) if proposed.number else None
        found = [by_number] if by_number else []
        if proposed.name:
            born = proposed.date_of_birth or ""
            namesakes = people.namesakes(office_id, proposed.name, _NAMESAKES)
            found += [one for one in namesakes if born.startswith(one.born or "") or (one.born or "").startswith(born)]
        if proposed.name and proposed.number:
            found += people.alike(office_id, proposed.name, proposed.date_of_birth, proposed.number)
        known = {citizen.citizen_id: as_candidate(citizen, proposed) for citizen in found}
        return asked.model_copy(update={"candidates": (*known.values(), *asked.candidates)})

    def crop(self, office_id: str, item_id: str, target: Path) -> None:
        """Write a JPEG of what a question is about: from the copy, else from the original while it is kept.

        Raises:
            NotFound: no_such_paper, no_such_question, no_picture_kept, no_original_kept.
            ScanRejected: the page cannot be opened.
        """
        item = self.item(office_id, item_id)
        paper, asked = self._tables.papers.get(office_id, item.document_id), item.question
        page = asked.page or min(paper.source_pages, default=1)
        dpi = next((grade.dpi for grade in paper.grades if grade.page == page), None)
        with TemporaryDirectory(prefix="hoso-crop-") as folder:
            scan, number, turned = self._picture(paper, page, Path(folder))
            box = asked.box if dpi is not None else None
            part = PagePart(page=number, box=box, dpi=dpi or _NOTHING_KNOWN, rotation_degrees=turned)
            self._archive.parsers.crop(scan, part, target)

    def _picture(self, paper: Paper, page: int, folder: Path) -> tuple[ScanFile, int, int | None]:
        """A file with the page of the submission, which of its pages that is, and how it was turned (None: ours)."""
        if page not in paper.source_pages:
            raise NotFound("no_picture_kept", paper.document_id)
        at = paper.source_pages.index(page)
        if paper.object_key is not None:
            self._store.fetch(paper.object_key, folder / "copy")
            return ScanFile(folder / "copy", "application/pdf"), at + 1, None
        submission = self._tables.submissions.get(paper.actor.office_id, paper.submission_id)
        original = original_page(paper, submission, at)
        scan = fetch_original(self._store, original, folder / "original")
        return scan, original.page, paper.rotations[at]

    # -- answers ------------------------------------------------------------------------------------------------------

    def answer(self, actor: Actor, item_id: str, value: str | None, name: str | None = None) -> Paper:
        """Answer an open question by one value; None: the paper says nothing, is nobody's, is a paper of its own.

        Args:
            actor: who answers.
            item_id: the question.
            value: by its kind: a field's value; a type's id; an owner's citizen id, 12-digit number, tax code or
                passport; `yes` or `no` for a secrecy mark; `scanned_apart` or `no_card` for a card among other things;
                `accept` for a page; the pages (`1,4`) on which papers begin; the other paper's id; `superseded` or
                `valid`.
            name: of an owner who is new to the register; without a value: of one who has no number.

        Raises:
            NotFound: no_such_paper, no_such_question, no_such_citizen.
            ScanRejected: bad_answer.
            ServiceUnavailable: store_away, database_away, paper_changed.
        """
        self.decide(self.decision(actor, item_id, value, name))
        return self._tables.papers.get(actor.office_id, item_id.partition(".")[0])

    def decision(self, actor: Actor, item_id: str, value: str | None, name: str | None = None) -> PaperDecision:
        """An answer as the decision that it is, not taken yet; an owner who has no number is on the register then.

        Raises: as `answer` does.
        """
        asked = self.item(actor.office_id, item_id).question
        paper = self._tables.papers.get(actor.office_id, item_id.partition(".")[0])
        entered = self._entered(actor, paper, asked, value, name) if asked.kind == "owner" and name else None
        said = as_said(asked, paper, entered.subject_id if entered else value, name)
        if entered is not None:
            said["entered"] = entered.decision_id
        if said["kind"] == "invalidate":
            said["since"] = self._since(actor.office_id, said["superseded_by"])
        return self.read(actor, said)

    def _entered(self, actor: Actor, paper: Paper, asked: Question, value: str | None, name: str) -> SetCitizen | None:
        """Put an owner on the register whom only the officer can put there; None: it is somebody else.

        That is somebody without a number, and somebody whose number is new although others are alike: these have been
        shown, and the officer stays with the answer.
        """
        kind = number_kind(value) if value is not None else None
        insisted = asked.reason == "owner_alike" and kind is not None
        if value is not None and not insisted:
            return None
        read = next((person for person in paper.people if person.role == asked.name), None)
        numbers = dict.fromkeys(("personal_id", "tax_code", "passport", "old_number"))
        meant = PersonOnPaper.model_validate(
            {**numbers, "name": name, "role": asked.name, "link": "filed"}
            | {"date_of_birth": read.date_of_birth if read else None}
            | ({kind: value} if kind else {})
        )
        book = RegisterBook(self._store, self._tables)
        return book.enter_person(actor, meant, paper.document_id)

    def _since(self, office_id: str, newer_id: str) -> date:
        """From when on a newer paper holds: its date of issue, else today."""
        issued = self._tables.papers.get(office_id, newer_id).fields.get("issue_date")
        return date.fromisoformat(issued.value) if issued and len(issued.value) == _ISO_DAY else date.today()

    def read(self, actor: Actor, said: dict[str, Any]) -> PaperDecision:
        """A decision about papers as other systems say it: kind, subject and what was decided.

        Raises:
            ScanRejected: (bad_answer) it has not the form of its kind, or is not about papers.
        """
        stamp = new_decision(Decided, actor, str(said.get("subject_id", ""))).model_dump()
        try:
            decision = read_decision.validate_python({**said, **stamp})
        except ValidationError:
            raise ScanRejected("bad_answer") from None
        if not isinstance(decision, PaperDecision):
            raise ScanRejected("bad_answer", decision.kind)
        return decision

    def decide(self, decision: PaperDecision) -> None:
        """Keep a decision and apply it. Raises: as `answer` does."""
        decided = self._settling.decide(decision)
        if isinstance(decided, SetField) and decided.machine is not None:
            self._learn(decided.actor, decided.machine)

    # -- thresholds ---------------------------------------------------------------------------------------------------

    def reliability(self, office_id: str) -> tuple[Reliability, ...]:
        """How often each kind of value proved right in this office, and from where on its fields ask or should."""
        decided = self._tables.papers.decided
        undone = {one.undone for one in decided(office_id, "take_back", _LEARNT_FROM) if isinstance(one, TakeBack)}
        given = [one for kind in _TEACH for one in decided(office_id, kind, _LEARNT_FROM)]
        answers = [one for one in given if one.decision_id not in undone]
        return reliability(answers, thresholds_of(decided(office_id, "set_threshold", _LEARNT_FROM)))

    def set_threshold(self, actor: Actor, field_kind: str, confidence: float) -> None:
        """Fields of this kind ask below `confidence` (0..1) from now on; 0 leaves it at what hoso asks by itself.

        Raises:
            ServiceUnavailable: store_away, database_away.
        """
        decision = new_decision(SetThreshold, actor, actor.office_id, field_kind=field_kind, confidence=confidence)
        with deciding(self._store, self._tables, decision):
            self._tables.papers.change(decision, ())

    def _learn(self, actor: Actor, machine: MachineView) -> None:
        """Ask sooner by itself once values that had counted as certain were wrong; asking less takes an operator."""
        if machine.asked:
            return
        for told in self.reliability(actor.office_id):
            if told.kind == machine.kind and told.wrong_above >= ENOUGH_WRONG and told.proposed > told.threshold:
                self.set_threshold(actor, told.kind, told.proposed)
