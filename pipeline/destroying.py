"""Destroying what need be kept no longer: proposed by one person, approved by another, carried out, and certified.

Each step is a decision in the store before anything follows from it, so that a crash leaves the rest to the next sweep.
"""

import logging
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Literal

from pipeline import answers, keys
from pipeline.archive import Archive
from pipeline.decisions import deciding, new_decision
from pipeline.errors import Forbidden, HosoError, NotFound, ScanRejected
from pipeline.going import listed_now, objects_of, said_of, shown_with
from pipeline.holds import owners_of
from pipeline.local_time import local_day
from pipeline.originals import Originals
from pipeline.ports import ObjectStore
from pipeline.recording import catch_up
from pipeline.retention import Obligations
from pipeline.settling import Settling
from pipeline.small_objects import read_object
from pipeline.stages.certain import is_certain, is_gone
from pipeline.stages.same_paper import same_key
from schemas.base import Value
from schemas.decisions import NotedDecision
from schemas.destruction import (
    AnswerDestruction,
    Certificate,
    CertifiedPaper,
    Destroy,
    DestructionReason,
    EndDestruction,
    KeepingRule,
    Obligation,
    ProposeDestruction,
)
from schemas.dossier import Paper
from schemas.people import Actor

log = logging.getLogger("hoso")

AT_ONCE = 1000
"""Papers in one destruction: what one person can answer for, and one certificate list."""
MAY_GO: dict[DestructionReason, tuple[KeepingRule, ...]] = {
    "keeping_over": ("over",),
    "citizen_request": ("over", "nothing"),
}
"""By which rules a paper may be destroyed, by why it is to be."""
DESTROYING = "destroy"
"""The turn (`turns`) of who carries destructions out: two at once would speak of each other's work."""
OnDestroyed = Callable[[int, int], None]
"""Called with papers done and papers in all."""


class Destruction(Value):
    """A destruction as it stands."""

    proposal: ProposeDestruction
    answer: AnswerDestruction | None = None
    end: EndDestruction | None = None

    @property
    def destruction_id(self) -> str:
        """Its id."""
        return self.proposal.subject_id

    @property
    def state(self) -> Literal["proposed", "approved", "refused", "done"]:
        """How it stands."""
        if self.end is not None:
            return "done"
        return "proposed" if self.answer is None else "approved" if self.answer.approved else "refused"


class Destructions:
    """The destructions of an archive."""

    def __init__(self, archive: Archive, called: Callable[[str], str]) -> None:
        """Args: archive: whose papers they are; called: what people call an office, for the certificates."""
        self._archive, self._tables, self._store, self._called = archive, archive.tables, archive.store, called

    # -- two people ---------------------------------------------------------------------------------------------------

    def marked(self, office_id: str) -> tuple[str, ...]:
        """Papers that the night marked as over their term and that no open destruction names, at most `AT_ONCE`."""
        proposed = {one.document_id for each in self.standing(office_id) for one in each.proposal.papers}
        marks = self._tables.marks.listed(office_id, "keeping_over", AT_ONCE + len(proposed))
        return tuple(one.document_id for one in marks if one.document_id not in proposed)[:AT_ONCE]

    def due(self, office_id: str, now: datetime) -> tuple[Obligation, ...]:
        """Those of them that may go now, each with its other scans, at most `AT_ONCE`, oldest term first."""
        found: list[Obligation] = []
        for document_id in self.marked(office_id):
            scans = self.obligations(self._tables.papers.get(office_id, document_id), now)
            if len(found) + len(scans) > AT_ONCE:  # a paper goes with all its scans, or another time
                break
            if all(one.rule == "over" for one in scans):
                found += scans
        return tuple(found)

    def propose(
        self, actor: Actor, document_ids: Iterable[str], reason: DestructionReason, request_id: str | None = None
    ) -> ProposeDestruction:
        """Propose to destroy papers, and with each its less good scans.

        Args:
            actor: who proposes; somebody else has to approve.
            document_ids: at least one, at most `AT_ONCE`.
            reason: why.
            request_id: the citizen's request it follows.

        Raises:
            NotFound: no_such_paper.
            Forbidden: (must_be_kept) the law asks that one of them be kept, or a hold lies on it.
            ScanRejected: (nothing_to_destroy) none, or too many.
            ServiceUnavailable: store_away, database_away.
        """
        now, papers = datetime.now(UTC), dict[str, Obligation]()
        for document_id in dict.fromkeys(document_ids):
            for found in self.obligations(self._tables.papers.get(actor.office_id, document_id), now):
                if found.rule not in MAY_GO[reason]:
                    raise Forbidden("must_be_kept", f"{found.document_id} {found.rule}")
                papers[found.document_id] = found
        if not 0 < len(papers) <= AT_ONCE:
            raise ScanRejected("nothing_to_destroy", f"1..{AT_ONCE}")
        proposal = new_decision(
            ProposeDestruction,
            actor,
            str(uuid.uuid4()),
            reason=reason,
            papers=tuple(papers.values()),
            request_id=request_id,
        )
        self._note(proposal)
        return proposal

    def answer(self, actor: Actor, destruction_id: str, *, approved: bool) -> AnswerDestruction:
        """Approve or refuse a destruction that somebody else has proposed; who proposed it may only refuse.

        Raises:
            NotFound: no_such_destruction.
            Forbidden: own_proposal.
            ScanRejected: (destruction_answered) somebody has answered already.
            ServiceUnavailable: store_away, database_away.
        """
        standing = self.get(actor.office_id, destruction_id)
        if standing.answer is not None:
            raise ScanRejected("destruction_answered", destruction_id)
        if approved and standing.proposal.actor == actor:
            raise Forbidden("own_proposal", destruction_id)
        answer = new_decision(AnswerDestruction, actor, destruction_id, approved=approved)
        self._note(answer)
        return answer

    def get(self, office_id: str, destruction_id: str) -> Destruction:
        """A destruction as it stands; of two answers the first counts. Raises: NotFound (no_such_destruction)."""
        history = self._tables.papers.history(office_id, destruction_id)
        proposal = next((one for one in history if isinstance(one, ProposeDestruction)), None)
        if proposal is None:
            raise NotFound("no_such_destruction", destruction_id)
        return Destruction(
            proposal=proposal,
            answer=next((one for one in history if isinstance(one, AnswerDestruction)), None),
            end=next((one for one in history if isinstance(one, EndDestruction)), None),
        )

    def standing(self, office_id: str) -> tuple[Destruction, ...]:
        """Destructions that are neither refused nor ended, oldest first."""
        found = [
            self.get(office_id, one.subject_id)
            for one in self._tables.keeping.open(office_id, "propose_destruction", "end_destruction")
        ]
        return tuple(one for one in found if one.answer is None or one.answer.approved)

    def ended(self, office_id: str, limit: int) -> tuple[EndDestruction, ...]:
        """The newest destructions that have a certificate."""
        found = self._tables.papers.decided(office_id, "end_destruction", limit)
        return tuple(one for one in found if isinstance(one, EndDestruction))

    # -- doing it -----------------------------------------------------------------------------------------------------

    def carry_out(self, office_id: str, destruction_id: str, on_destroyed: OnDestroyed) -> bool:
        """Destroy what was approved, and leave the certificate; again changes nothing.

        One at a time (`DESTROYING`). What a hold or another rule protects by now is spared.

        Returns:
            Whether it has ended; not where the server holds locked versions until their term ends.

        Raises:
            NotFound: no_such_destruction.
            ServiceUnavailable: store_away, database_away, paper_changed; it goes on with the next call.
        """
        standing = self.get(office_id, destruction_id)
        if standing.end is not None or standing.answer is None or not standing.answer.approved:
            return standing.end is not None
        done: list[Destroy] = []
        papers = standing.proposal.papers
        for number, one in enumerate(papers, start=1):
            destroyed = self._destroy(standing.proposal, standing.answer, one.document_id)
            done += [destroyed] if destroyed is not None else []
            on_destroyed(number, len(papers))
        if not self._erase(office_id, done):
            log.warning("destruction %s waits: the server holds locked versions", destruction_id)
            return False
        self._tables.keeping.tidy()
        self._certify(standing.proposal, standing.answer, done)
        log.info("destroyed %s papers=%d", destruction_id, len(done))
        return True

    def _destroy(self, proposal: ProposeDestruction, answer: AnswerDestruction, document_id: str) -> Destroy | None:
        """Destroy one paper; None: it is spared."""
        office_id = proposal.actor.office_id
        paper = self._tables.papers.get(office_id, document_id)
        decision_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{proposal.subject_id}/{document_id}"))
        # One that a crash left behind stands as it was kept: it tells what lay there before anything was destroyed.
        decision = self._kept(office_id, document_id, decision_id)
        if paper.state == "destroyed":
            return decision
        rule = self._obligation(paper, datetime.now(UTC)).rule
        if decision is None and (rule not in MAY_GO[proposal.reason] or not self._can_be_cut(paper)):
            log.info("spared %s %s", document_id, rule)
            return None
        decision = decision or self._decided(proposal, answer, paper, decision_id)
        Settling(self._archive).decide(decision)
        return decision

    def _kept(self, office_id: str, document_id: str, decision_id: str) -> Destroy | None:
        try:
            kept = read_object(self._store, keys.decision(office_id, document_id, decision_id))
            return Destroy.model_validate_json(kept)
        except NotFound:
            return None

    def _decided(
        self, proposal: ProposeDestruction, answer: AnswerDestruction, paper: Paper, decision_id: str
    ) -> Destroy:
        shown = shown_with(self._tables, paper)
        listed = listed_now(self._tables, shown)
        return Destroy(
            decision_id=decision_id,
            subject_id=paper.document_id,
            actor=answer.actor,
            decided_at=answer.decided_at,
            destruction_id=proposal.subject_id,
            type=paper.type,
            objects=tuple(objects_of(self._store, self._tables, shown, decision_id)),
            owners=tuple(dict.fromkeys(owner for one in shown for owner in owners_of(self._tables, one))),
            listed=listed,
        )

    def _can_be_cut(self, paper: Paper) -> bool:
        """Whether the paper can be cut out of files that papers which stay lie in as well."""
        office_id = paper.actor.office_id
        submission = self._tables.submissions.get(office_id, paper.submission_id)
        beside = self._tables.papers.of_content(office_id, paper.content_sha256)
        then = [answers.destroyed(one, "") if one.document_id == paper.document_id else one for one in beside]
        if not all(map(is_certain, then)):
            return False
        try:
            # Nothing of its own points to a file any more, so those that stay are asked where theirs lie.
            Originals(self._store, self._archive.parsers, submission, then).settle()
        except ScanRejected:
            return False
        return True

    def _erase(self, office_id: str, done: Sequence[Destroy]) -> bool:
        """Erase the objects of destroyed papers; whether nothing of them is left, in no version either."""
        whole = True
        for one in done:
            paper = self._tables.papers.get(office_id, one.subject_id)
            beside = self._tables.papers.of_content(office_id, paper.content_sha256, withdrawn=True)
            gone = {other.document_id for other in beside if other.destruction_id == one.destruction_id}
            left = [other for other in beside if not is_gone(other)]
            needed = {key for other in left for key in (*other.copy_keys, *other.original_keys)}
            stubs = {
                keys.paper(keys.archive(office_id, paper.content_sha256), other.source_pages, "json")
                for other in beside
                if other.document_id in gone
            }
            objects = [each.key for each in one.objects if each.key not in needed]
            # Somebody may have answered something while it was being destroyed.
            late = [
                each.key
                for other in gone
                for each in said_of(self._store, self._tables, office_id, other, one.decision_id)
            ]
            for key in dict.fromkeys((*objects, *late)):
                whole &= self._store.erase(key, earlier_only=key in stubs)
            self._tables.keeping.forget(office_id, gone, one.owners)
            catch_up(self._store, self._tables.records, office_id)
            if not left:  # its record named who handed it in, and the files
                whole &= self._store.erase(keys.submission(office_id, paper.submission_id), earlier_only=True)
        return whole

    def _certify(self, proposal: ProposeDestruction, answer: AnswerDestruction, done: Sequence[Destroy]) -> None:
        office_id, by_id = proposal.actor.office_id, {one.document_id: one for one in proposal.papers}
        left = sorted(by_id.keys() - {one.subject_id for one in done})
        gone = tuple(one for one in left if is_gone(self._tables.papers.get(office_id, one)))
        spared = tuple(one for one in left if one not in gone)
        end = new_decision(EndDestruction, answer.actor, proposal.subject_id, spared=spared)
        certificate = Certificate(
            destruction_id=proposal.subject_id,
            office_id=office_id,
            office=self._called(office_id),
            reason=proposal.reason,
            proposed_by=proposal.actor,
            proposed_at=proposal.decided_at,
            approved_by=answer.actor,
            approved_at=answer.decided_at,
            ended_at=end.decided_at,
            papers=tuple(self._certified(office_id, one, by_id[one.subject_id]) for one in done),
            spared=spared,
            gone_before=gone,
        )
        data = BytesIO(certificate.model_dump_json(indent=1).encode())
        self._store.put(keys.destruction(office_id, proposal.subject_id), data, "application/json")
        self._note(end)

    def _certified(self, office_id: str, one: Destroy, said: Obligation) -> CertifiedPaper:
        paper = self._tables.papers.get(office_id, one.subject_id)
        return CertifiedPaper(
            document_id=one.subject_id,
            type=one.type,
            title=self._archive.catalogue.title(one.type),
            dossier_code=paper.dossier_code,
            filed_at=paper.filed_at,
            pages=len(paper.source_pages),
            rule=said.rule,
            kept_until=said.until,
            source=said.source,
            objects=one.objects,
        )

    def _obligation(self, paper: Paper, now: datetime) -> Obligation:
        return Obligations(self._tables, self._archive.catalogue.types, local_day(now)).of(paper)

    def obligations(self, paper: Paper, now: datetime) -> list[Obligation]:
        """What is to be observed with a paper and with its less good scans, which show the same and go with it."""
        same = same_key(paper)
        found = self._tables.papers.alike(paper.actor.office_id, same) if same is not None else ()
        others = [other for other in found if other.rendition_of == paper.document_id]
        return [self._obligation(one, now) for one in (paper, *others)]

    def _note(self, decision: NotedDecision) -> None:
        with deciding(self._store, self._tables, decision):
            self._tables.papers.change(decision, ())


def carry_out_all(archive: Archive, called: Callable[[str], str], office_id: str) -> None:
    """Carry out what was approved, as the sweep does. One that fails waits for the next sweep and keeps nobody else.

    Raises:
        ServiceUnavailable: database_away.
    """
    destructions = Destructions(archive, called)
    for one in destructions.standing(office_id):
        try:
            destructions.carry_out(office_id, one.destruction_id, lambda _done, _all: None)
        except HosoError as error:
            log.warning("destruction %s waits: %s", one.destruction_id, error.code)


def certificate_of(store: ObjectStore, office_id: str, destruction_id: str) -> Certificate:
    """The certificate of a destruction. Raises: NotFound (no_such_destruction); ServiceUnavailable."""
    try:
        return Certificate.model_validate_json(read_object(store, keys.destruction(office_id, destruction_id)))
    except NotFound:
        raise NotFound("no_such_destruction", destruction_id) from None
