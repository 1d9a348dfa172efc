"""People's answers: the decision into the store first, then the row; the paper is settled anew by all that is known.

A decision that has been kept can be applied again: what it changed is then found as it is to be.
"""

import logging
from collections.abc import Mapping, Sequence

from pipeline import answers
from pipeline.again import cut_again, read_again
from pipeline.archive import Archive
from pipeline.checked import Checks
from pipeline.decisions import deciding
from pipeline.errors import NotFound, ScanRejected, ServiceUnavailable
from pipeline.going import forget_wiped, wiping_of
from pipeline.holds import dossiers_of
from pipeline.moving import clear_away, put_record, shows_what_may_not_be_kept, with_copy
from pipeline.originals import Originals, Place, with_originals
from pipeline.recording import change_of
from pipeline.renditions import OnFile, as_rendition, compare_each, once_each
from pipeline.stages.certain import is_wiped
from pipeline.stages.identify import identify
from pipeline.stages.learnt import named_by
from pipeline.stages.same_paper import better_first
from pipeline.stages.settle_anew import settle_anew
from pipeline.table_ports import PaperChange
from pipeline.taking_back import taken_back, unchanged_since
from schemas.catalog import DocumentType
from schemas.decisions import (
    Accept,
    AskScan,
    Confirm,
    Invalidate,
    SetCard,
    SetCuts,
    SetField,
    SetOwner,
    SetSame,
    SetSecrecy,
    SettledDecision,
    SetType,
    TakeBack,
)
from schemas.destruction import Destroy
from schemas.dossier import Paper
from schemas.people import PersonOnPaper

log = logging.getLogger("hoso")

_MOST_TRIES = 5


class Settling:
    """Keeps decisions about papers and applies them."""

    def __init__(self, archive: Archive) -> None:
        """Args: archive: whose papers they are."""
        self._archive = archive
        self._store = archive.store
        self._tables = archive.tables
        self._types = archive.catalogue.types
        self._checks = Checks(archive.tables, archive.catalogue.types)

    def decide(self, decision: SettledDecision) -> SettledDecision:
        """Keep a decision and apply it; return it as kept, with what hoso had taken the answer to be.

        Raises:
            NotFound: no_such_paper, no_such_submission, no_such_citizen; paper_destroyed.
            ScanRejected: bad_answer: no such type, field, role or page, or no value of the field's kind; secret_paper.
            ServiceUnavailable: store_away, database_away, paper_changed.
        """
        if isinstance(decision, TakeBack):
            unchanged_since(self._archive, decision)
        else:
            decision = self._with_wiping(self._checks.checked(decision))
        with deciding(self._store, self._tables, decision):
            self.apply(decision)
        return decision

    def apply(self, decision: SettledDecision) -> None:
        """Apply a decision that is in the store; applying it again changes nothing.

        Raises:
            NotFound: no_such_paper, no_such_submission; paper_destroyed.
            ScanRejected: secret_paper, of a paper that was wiped.
            ServiceUnavailable: paper_changed, when others keep changing the paper.
        """
        if isinstance(decision, Confirm):
            self._archive.follow((self._tables.papers.decide(decision),))
            return
        for _ in range(_MOST_TRIES):
            stand = self._changes(decision)
            changes = [change for change in stand if change.before != change.after]
            if self._tables.papers.change(decision, changes):
                followed = changes or self._applied_before(decision) or stand
                self._clear_away(followed)
                is_secret = self._checks.calls_secret(decision)
                if is_secret:
                    self._forget(decision, stand)
                if is_secret or any(map(_may_not_be_known, followed)):
                    self._tables.keeping.tidy()
                self._archive.follow([change.after for change in followed])
                log.info("decided %s %s", decision.kind, decision.subject_id)
                return
        raise ServiceUnavailable("paper_changed", decision.subject_id)

    def _applied_before(self, decision: SettledDecision) -> list[PaperChange]:
        """What a decision changed whose rows a process has written that may have died right after."""
        found = self._tables.papers.earlier(decision.actor.office_id, decision.decision_id)
        return [PaperChange(before=one.was, after=one.now) for one in found]

    def _clear_away(self, changes: Sequence[PaperChange]) -> None:
        """Remove what the papers have left behind, but for what others of their submissions still point to."""
        one_each = {change.after.submission_id: change.after for change in changes}
        clear_away(self._store, changes, [paper for one in one_each.values() for paper in self._beside(one)])
        for paper in (change.after for change in changes):
            if paper.state == "rejected":  # its record went as well: the one before showed it
                self._tables.records.note(change_of(paper))

    def _with_wiping(self, decision: SettledDecision) -> SettledDecision:
        """The decision with what goes with its paper, as the store has it and nobody else says it."""
        if not isinstance(decision, SetType | SetSecrecy):
            return decision
        paper = self._tables.papers.get(decision.actor.office_id, decision.subject_id)
        wiping = wiping_of(self._store, self._tables, paper) if self._checks.calls_secret(decision) else None
        return decision.model_copy(update={"wiping": wiping})

    def _forget(self, decision: SettledDecision, stand: Sequence[PaperChange]) -> None:
        """Remove what people had said of a secret paper. A crash before leaves it to who applies the decision again."""
        wiping = decision.wiping if isinstance(decision, SetType | SetSecrecy) else None
        left = [one.before for one in stand if one.before is not None and is_wiped(one.after)]
        codes = {code for paper in left for code in dossiers_of(self._tables, paper)}
        papers = [change.after for change in stand]
        if not forget_wiped(self._store, self._tables, papers, wiping.owners if wiping else ()):
            log.warning("wiped %s: the server holds locked versions until their term ends", decision.subject_id)
        self._archive.dossiers.mark_each(decision.actor.office_id, sorted(codes))

    # -- what changes -------------------------------------------------------------------------------------------------

    def _changes(self, decision: SettledDecision) -> tuple[PaperChange, ...]:
        """What a decision makes of papers, their objects in place already; of some it makes nothing."""
        office_id = decision.actor.office_id
        if isinstance(decision, SetCuts):
            submission = self._tables.submissions.get(office_id, decision.subject_id)
            found = cut_again(self._archive, submission, decision.first_pages)
            return self._settled(found)
        if isinstance(decision, TakeBack):
            restored = taken_back(self._archive, decision)
            return self._placed(restored, restored[0].after)
        paper = self._tables.papers.get(office_id, decision.subject_id)
        if isinstance(decision, Destroy):
            return self._destroyed(paper, decision)
        if paper.state == "destroyed":  # since the answer was checked
            raise NotFound("paper_destroyed", decision.subject_id)
        if self._checks.calls_secret(decision):
            return self._wiped(paper)
        if is_wiped(paper):  # since the answer was checked
            raise ScanRejected("secret_paper", decision.subject_id)
        if isinstance(decision, SetSame):
            return self._regrouped(paper, decision.same_as)
        return self._settled((self._change(decision, paper),))

    def _change(self, decision: SettledDecision, paper: Paper) -> PaperChange:
        """What a decision makes of the one paper that it is about."""
        match decision:
            case SetType():
                return self._retyped(paper, decision.type)
            case AskScan():
                return PaperChange(before=paper, after=answers.to_be_scanned_again(paper))
            case SetCard(card=True):
                nothing = tuple("" for _ in paper.source_pages)
                return PaperChange(before=paper, after=answers.scanned_apart(paper), texts=nothing)
        return PaperChange(before=paper, after=self._answered(decision, paper, self._types[paper.type]))

    def _answered(self, decision: SettledDecision, paper: Paper, kind: DocumentType) -> Paper:
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
                if named_by(decision) is not None:
                    person = PersonOnPaper(
                        personal_id=decision.personal_id,
                        tax_code=decision.tax_code,
                        passport=decision.passport,
                        name=decision.name,
                        role=decision.role,
                        link="filed",
                        citizen_id=decision.citizen_id,
                    )
                return answers.with_owner(paper, decision.role, person)
            case Accept():
                return answers.accepted(paper, decision)
            case SetCard():
                return answers.without_card(paper)
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
        read = [(self._asked_anew(change).after, self._texts(change)) for change in changes]
        compared, others = compare_each(read, self._types, on_file)
        settled = [
            change.model_copy(update={"after": after}) for change, (after, _) in zip(changes, compared, strict=True)
        ]
        return self._placed(once_each((*settled, *others)), changes[0].after)

    def _placed(self, changes: Sequence[PaperChange], one: Paper) -> tuple[PaperChange, ...]:
        """The changes with all papers of a submission, and its originals, where they may lie by now."""
        stand = {paper.document_id: PaperChange(before=paper, after=paper) for paper in self._beside(one)}
        elsewhere = [change for change in changes if change.after.submission_id != one.submission_id]
        stand |= {change.after.document_id: change for change in changes if change not in elsewhere}
        submission = self._tables.submissions.get(one.actor.office_id, one.submission_id)
        papers = [change.after for change in stand.values()]
        places: Mapping[str, Place] = {}
        try:
            places = Originals(self._store, self._archive.parsers, submission, papers).settle()
        except ScanRejected:
            papers = [settle_anew(answers.uncut(paper), self._types[paper.type]) for paper in papers]
        placed = []
        for change, paper in zip(stand.values(), papers, strict=True):
            after = with_copy(self._store, with_originals(paper, places), papers)
            if after == change.before:
                placed.append(change.model_copy(update={"after": after}))
                continue
            texts = self._texts(change)
            hidden = tuple("" for _ in texts) if shows_what_may_not_be_kept(after, papers) else None
            if after.state != "rejected":
                put_record(self._store, after, hidden or texts, papers)
            placed.append(change.model_copy(update={"after": after, "texts": hidden or change.texts}))
        return (*placed, *elsewhere)

    def _texts(self, change: PaperChange) -> tuple[str, ...]:
        paper = change.after
        if change.texts is not None:
            return change.texts
        return self._tables.papers.page_texts(paper.actor.office_id, paper.document_id)

    def _beside(self, paper: Paper) -> tuple[Paper, ...]:
        """All papers of this paper's submission, itself and withdrawn ones among them."""
        return self._tables.papers.of_content(paper.actor.office_id, paper.content_sha256, withdrawn=True)

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

    def _destroyed(self, paper: Paper, decision: Destroy) -> tuple[PaperChange, ...]:
        """A destroyed paper goes with what people had cut otherwise of its pages; files that others lie in are cut."""
        pages, changes = set(paper.source_pages), []
        for one in self._beside(paper):
            shows = one.state == "withdrawn" and pages & set(one.source_pages)
            if shows or one.document_id == paper.document_id:
                after = answers.destroyed(one, decision.destruction_id)
                changes.append(PaperChange(before=one, after=after, texts=tuple("" for _ in one.source_pages)))
        return self._placed(changes, paper)

    def _wiped(self, paper: Paper) -> tuple[PaperChange, ...]:
        """A secret paper goes with every file that shows it; the other papers of its submission keep their copies."""
        wiped = answers.wiped(paper)
        submission = self._tables.submissions.get(paper.actor.office_id, paper.submission_id)
        changes = []
        for one in self._beside(paper):
            after, texts = answers.without_originals(one), None
            if one.document_id == paper.document_id or shows_what_may_not_be_kept(one, (wiped,)):
                # Which dossier it belongs to may have been read from it; with which it was handed in was not.
                after = answers.wiped(one).model_copy(update={"dossier_code": submission.dossier_code})
                texts = tuple("" for _ in one.source_pages)
            changes.append(PaperChange(before=one, after=after, texts=texts))
        return tuple(changes)


def _may_not_be_known(change: PaperChange) -> bool:
    """Whether words that were kept may not be kept any more."""
    before = change.before
    return before is not None and before.keeping == "keep" and change.after.keeping != "keep"
