"""People's answers: the decision into the store first, then the row; the paper is settled anew by all that is known.

A decision that has been kept can be applied again: what it changed is then found as it is to be.
"""

import logging
from collections.abc import Sequence

from pipeline import answers
from pipeline.again import cut_again, read_again
from pipeline.archive import Archive
from pipeline.decisions import keep_decision
from pipeline.errors import NotFound, ScanRejected, ServiceUnavailable
from pipeline.moving import clear_away, move_copy, originals_after, with_originals
from pipeline.ports import PaperChange
from pipeline.renditions import OnFile, as_rendition, compare_with_file, once_each
from pipeline.stages.identify import identify
from pipeline.stages.same_paper import better_first
from pipeline.stages.settle_anew import settle_anew
from schemas.catalog import DocumentType
from schemas.decisions import (
    Accept,
    Confirm,
    Invalidate,
    MachineView,
    SetCuts,
    SetField,
    SetOwner,
    SetSame,
    SetSecrecy,
    SetType,
)
from schemas.dossier import Paper
from schemas.people import PersonOnPaper

log = logging.getLogger("hoso")

PaperDecision = Confirm | SetType | SetField | SetOwner | SetSecrecy | Accept | SetCuts | SetSame | Invalidate
"""What is decided about papers; other decisions have use cases of their own."""
_MOST_TRIES = 5


class Settling:
    """Keeps decisions about papers and applies them."""

    def __init__(self, archive: Archive) -> None:
        """Args: archive: whose papers they are."""
        self._archive = archive
        self._store = archive.store
        self._tables = archive.tables
        self._types = archive.catalogue.types

    def decide(self, decision: PaperDecision) -> PaperDecision:
        """Keep a decision and apply it; return it as kept, with what hoso had taken the answer to be.

        Raises:
            NotFound: no_such_paper, no_such_submission, no_such_citizen.
            ScanRejected: bad_answer: no such type, field, role or page, or no value of the field's kind.
            ServiceUnavailable: store_away, database_away, paper_changed.
        """
        decision = self._checked(decision)
        keep_decision(self._store, decision)
        self.apply(decision)
        return decision

    def apply(self, decision: PaperDecision) -> None:
        """Apply a decision that is in the store; applying it again changes nothing.

        Raises:
            NotFound: no_such_paper, no_such_submission.
            ServiceUnavailable: paper_changed, when others keep changing the paper.
        """
        if isinstance(decision, Confirm):
            self._archive.dossiers.take_in((self._tables.papers.decide(decision),))
            return
        for _ in range(_MOST_TRIES):
            changes = self._changes(decision)
            if self._tables.papers.change(decision, changes):
                clear_away(self._store, changes)
                self._archive.dossiers.take_in(change.after for change in changes)
                log.info("decided %s %s", decision.kind, decision.subject_id)
                return
        raise ServiceUnavailable("paper_changed", decision.subject_id)

    # -- before -------------------------------------------------------------------------------------------------------

    def _checked(self, decision: PaperDecision) -> PaperDecision:
        """The decision in its stored form: nothing that cannot be applied is ever kept."""
        office_id = decision.actor.office_id
        if isinstance(decision, SetCuts):
            submission = self._tables.submissions.get(office_id, decision.subject_id)
            held = self._tables.papers.of_content(office_id, submission.content_sha256)
            pages = set(decision.first_pages)
            if not pages or not pages <= {page for paper in held for page in paper.source_pages}:
                raise ScanRejected("bad_answer", "pages")
            return decision
        paper = self._tables.papers.get(office_id, decision.subject_id)
        kind = self._types[paper.type]
        match decision:
            case SetType() if decision.type not in self._types:
                raise ScanRejected("bad_answer", "type")
            case SetType():
                asked = any(question.kind == "type" for question in paper.questions)
                view = MachineView(kind="type", value=paper.type, confidence=paper.type_confidence, asked=asked)
                return decision.model_copy(update={"machine": None if "type" in paper.answered else view})
            case SetField():
                rule = answers.rule_of(kind, decision.name)
                value = None if decision.value is None else answers.checked_value(rule, decision.value)
                machine = answers.machine_view(paper, kind, decision.name)
                return decision.model_copy(update={"value": value, "machine": machine})
            case SetOwner():
                return self._checked_owner(decision, paper)
            case SetSame(same_as=str() as other) | Invalidate(superseded_by=str() as other):
                self._tables.papers.get(office_id, other)
        return decision

    def _checked_owner(self, decision: SetOwner, paper: Paper) -> SetOwner:
        citizen = None
        if decision.citizen_id is not None:
            citizen = self._tables.people.by_id(decision.actor.office_id, decision.citizen_id)
            if citizen is None:
                raise NotFound("no_such_citizen")
        elif decision.personal_id is not None and (len(decision.personal_id) != 12 or not decision.name):
            raise ScanRejected("bad_answer", "owner")
        number = citizen.personal_id if citizen else decision.personal_id
        name = citizen.name if citizen else decision.name
        was = next((person for person in paper.people if person.role == decision.role), None)
        asked = was is None or was.link == "proposed"
        view = MachineView(
            kind="owner", value=was.personal_id if was else None, confidence=0.0 if asked else 1.0, asked=asked
        )
        fixed = f"owner.{decision.role}" in paper.answered
        said = {"personal_id": number, "name": name, "machine": None if fixed else view}
        return decision.model_copy(update=said)

    # -- what changes -------------------------------------------------------------------------------------------------

    def _changes(self, decision: PaperDecision) -> tuple[PaperChange, ...]:
        """What a decision makes of papers, their objects in place already."""
        office_id = decision.actor.office_id
        if isinstance(decision, SetCuts):
            submission = self._tables.submissions.get(office_id, decision.subject_id)
            found = cut_again(self._archive, submission, decision.first_pages)
            return self._settled(found)
        paper = self._tables.papers.get(office_id, decision.subject_id)
        match decision:
            case SetSame():
                return self._regrouped(paper, decision.same_as)
            case SetSecrecy(secret=True):
                return self._wiped(paper)
            case SetType():
                change = self._retyped(paper, decision.type)
                if change.after.state == "rejected":
                    return self._wiped(paper)
                return self._settled((change,))
        after = self._answered(decision, paper, self._types[paper.type])
        return self._settled((PaperChange(before=paper, after=after),))

    def _answered(self, decision: PaperDecision, paper: Paper, kind: DocumentType) -> Paper:
        match decision:
            case SetField():
                after = answers.with_field(paper, decision)
                if decision.name in answers.owner_fields(kind):
                    submission = self._tables.submissions.get(paper.actor.office_id, paper.submission_id)
                    found = identify(
                        kind, after.fields, self._tables.people, paper.actor.office_id, submission.handed_in_by
                    )
                    after = answers.with_people(after, found)
                return after
            case SetOwner():
                person = None
                if decision.citizen_id is not None or decision.personal_id is not None:
                    person = PersonOnPaper(
                        personal_id=decision.personal_id,
                        name=decision.name,
                        role=decision.role,
                        link="filed",
                        citizen_id=decision.citizen_id,
                    )
                return answers.with_owner(paper, decision.role, person)
            case Accept():
                return answers.accepted(paper, decision)
            case Invalidate():
                return answers.invalidated(paper, decision)
        return answers.cleared(paper)

    def _retyped(self, paper: Paper, type_id: str) -> PaperChange:
        """The paper under the type that a person gave it; read again where that is another one."""
        if type_id == paper.type:
            return PaperChange(before=paper, after=answers.answered_type(paper))
        read, texts = read_again(self._archive, paper, type_id)
        return PaperChange(before=paper, after=answers.retyped(paper, read, self._types[type_id]), texts=texts)

    def _settled(self, changes: Sequence[PaperChange]) -> tuple[PaperChange, ...]:
        """The changes once each paper is settled anew, compared with those on file, and lies where it belongs."""
        on_file = OnFile(self._tables.papers, self._tables.people)
        settled: list[PaperChange] = []
        for change in changes:
            kind = self._types[change.after.type]
            texts = change.texts if change.texts is not None else self._kept_texts(change.after)
            after, others = compare_with_file(settle_anew(change.after, kind), texts, kind, on_file)
            settled += [change.model_copy(update={"after": move_copy(self._store, after, texts)}), *others]
        return once_each((*settled, *self._with_originals(changes[0].after, settled)))

    def _kept_texts(self, paper: Paper) -> tuple[str, ...]:
        return self._tables.papers.page_texts(paper.actor.office_id, paper.document_id)

    def _with_originals(self, paper: Paper, changes: Sequence[PaperChange]) -> list[PaperChange]:
        """The papers of this paper's submission, with its originals where they may lie now."""
        office_id = paper.actor.office_id
        submission = self._tables.submissions.get(office_id, paper.submission_id)
        held = self._tables.papers.of_content(office_id, paper.content_sha256)
        stand = {one.document_id: PaperChange(before=one, after=one) for one in held}
        stand |= {one.after.document_id: one for one in changes if one.after.submission_id == paper.submission_id}
        places = originals_after(self._store, submission, [change.after for change in stand.values()])
        return [
            change.model_copy(update={"after": with_originals(change.after, places)})
            for change in stand.values()
            if with_originals(change.after, places) != change.after
        ]

    def _regrouped(self, paper: Paper, other_id: str | None) -> tuple[PaperChange, ...]:
        """The paper as another scan of one on file, of which the better one counts; or as one of its own."""
        after = answers.told_same(paper, other_id)
        changes = [PaperChange(before=paper, after=after)]
        if other_id is not None:
            other = self._tables.papers.get(paper.actor.office_id, other_id)
            best = better_first([after, other])[0].document_id
            changes = [
                PaperChange(before=was, after=as_rendition(now, best)) for was, now in ((paper, after), (other, other))
            ]
        return tuple(self._asked_anew(change) for change in changes)

    def _asked_anew(self, change: PaperChange) -> PaperChange:
        kind = self._types[change.after.type]
        return change.model_copy(update={"after": settle_anew(change.after, kind)})

    def _wiped(self, paper: Paper) -> tuple[PaperChange, ...]:
        """A secret paper goes with every file that shows it; the other papers of its submission keep their copies."""
        held = self._tables.papers.of_content(paper.actor.office_id, paper.content_sha256)
        others = [one for one in held if one.document_id != paper.document_id]
        without: dict[str, object] = {"original_keys": (), "original_sha256s": ()}
        return (
            PaperChange(before=paper, after=answers.wiped(paper), texts=tuple("" for _ in paper.source_pages)),
            *(PaperChange(before=one, after=one.model_copy(update=without)) for one in others),
        )
