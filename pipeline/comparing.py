"""Comparing a dossier's papers with their copies: what is to be compared, and the one decision that records it.

NĐ 107/2021/NĐ-CP (Điều 21a of NĐ 61/2018): the officer who receives papers answers for their copies being complete and
like them. What is compared is what has been looked at: every page of a copy, or the values of a paper of which no
picture may be kept.
"""

import logging
from collections.abc import Iterable, Sequence
from typing import Literal

from pipeline.answers import compared
from pipeline.archive import Archive
from pipeline.decisions import deciding, new_decision
from pipeline.errors import NotFound, ScanRejected, ServiceUnavailable
from pipeline.stages.assemble import COVER_SHEET
from pipeline.stages.certain import is_certain
from pipeline.stages.questions import copy_trouble
from pipeline.stages.settle_anew import settle_anew
from pipeline.table_ports import PaperChange
from schemas.base import Value
from schemas.decisions import Compared, CompareDossier, CopyTrouble
from schemas.dossier import CopyKind, Paper
from schemas.people import Actor

log = logging.getLogger("hoso")

_MOST_TRIES = 5
_NEWEST = 200
"""Among so many of the office's newest comparisons one is found to be taken back."""


class ToCompare(Value):
    """A paper of a dossier as it stands to be compared.

    `pages` of its copy are to be looked at, counted from 1; 0: no picture is kept, its values are. `unsettled`: what it
    is must be settled on the review desk first. `preset` is the kind of copy it says it is, else the original.
    """

    paper: Paper
    stands: Literal["open", "confirmed", "refused", "unsettled"]
    pages: int
    preset: CopyKind


class Looked(Value):
    """What an officer says of one paper after looking at it.

    `pages` are those of the copy that were on the screen, and `sha256` is the copy's; None where no picture is kept.
    """

    document_id: str
    sha256: str | None = None
    pages: tuple[int, ...] = ()
    copy_kind: CopyKind | None = None
    trouble: CopyTrouble | None = None


class Comparing:
    """Confirms and refuses the copies of a dossier's papers."""

    def __init__(self, archive: Archive) -> None:
        """Args: archive: whose papers they are."""
        self._archive, self._tables = archive, archive.tables

    def papers(self, office_id: str, code: str) -> tuple[ToCompare, ...]:
        """The papers that were brought with a dossier and may be kept, in the order they were filed."""
        brought = self._tables.papers.of_dossier(office_id, code)
        return tuple(_standing(paper) for paper in brought if is_compared(paper))

    def compare(self, actor: Actor, code: str, said: Sequence[Looked]) -> CompareDossier:
        """Record what comparing made of each of these papers, all at once or not at all.

        Raises:
            ScanRejected: bad_answer, where neither or both are said; cannot_compare; paper_changed, where another copy
                lies there by now; not_looked_at, where a copy is to be confirmed of which a page was not shown.
            NotFound: no_such_paper, of one that was not brought with this dossier.
            ServiceUnavailable: store_away, database_away, paper_changed.
        """
        held = {one.paper.document_id: one for one in self.papers(actor.office_id, code)}
        for looked in said:
            _check(looked, held.get(looked.document_id))
        papers = [Compared.model_validate(one.model_dump(exclude={"sha256", "pages"})) for one in said]
        return self._decide(actor, code, papers)

    def confirm(self, actor: Actor, said: Looked) -> Paper:
        """Record that the copy of one paper was compared, whether or not it was brought with a dossier.

        Args:
            actor: who did.
            said: what was looked at; `copy_kind` None: the kind that was read from the paper, else the original.

        Raises:
            NotFound: no_such_paper, paper_destroyed.
            ScanRejected: cannot_compare; paper_changed; not_looked_at: as `compare`.
            ServiceUnavailable: store_away, database_away.
        """
        paper = self._tables.papers.get(actor.office_id, said.document_id)
        if paper.state == "destroyed":
            raise NotFound("paper_destroyed", said.document_id)
        held = _standing(paper)
        if not is_compared(paper) or held.stands == "refused":  # the one who refused it takes that back in its dossier
            raise ScanRejected("cannot_compare", said.document_id)
        kind = said.copy_kind or held.preset
        _check(said.model_copy(update={"copy_kind": kind}), held)
        return self._archive.confirm(actor, said.document_id, kind)

    def confirm_all(self, actor: Actor, code: str) -> tuple[tuple[Paper, ...], tuple[Paper, ...]]:
        """Record that an officer who had the copies before him elsewhere compared all of them, kinds as they were read.

        Papers of which no copy is kept, those that were refused, and those of which it is not settled what they are,
        are left for their own answers.

        Returns:
            The papers confirmed, those that had been before included; and those that were left out.

        Raises:
            NotFound: (no_such_dossier) no paper of this dossier is on file.
            ServiceUnavailable: store_away, database_away, paper_changed.
        """
        papers = self._tables.papers.of_dossier(actor.office_id, code)
        if not papers:
            raise NotFound("no_such_dossier", code)
        standing = {paper.document_id: _standing(paper) for paper in papers if is_compared(paper)}
        ready = [
            one for one in standing.values() if one.paper.object_key is not None and one.stands in ("open", "confirmed")
        ]
        fresh = [one for one in ready if one.stands == "open"]
        self._decide(actor, code, [Compared(document_id=one.paper.document_id, copy_kind=one.preset) for one in fresh])
        done = [self._tables.papers.get(actor.office_id, one.paper.document_id) for one in ready]
        names = {paper.document_id for paper in done}
        return tuple(done), tuple(paper for paper in papers if paper.document_id not in names)

    def last(self, office_id: str, code: str) -> CompareDossier | None:
        """The newest comparison of a dossier, if it is among the office's newest."""
        newest = self._tables.papers.decided(office_id, "compare_dossier", _NEWEST)
        return next((one for one in newest if isinstance(one, CompareDossier) and one.subject_id == code), None)

    def take_back(self, actor: Actor, code: str, decision_id: str) -> CompareDossier:
        """Undo the newest comparison of a dossier: its papers stand as if they had not been compared.

        A code that a paper was given with it stays the paper's own for when it is confirmed again.

        Raises:
            ScanRejected: (cannot_undo) it is not the newest, or was taken back already.
            ServiceUnavailable: store_away, database_away, paper_changed.
        """
        last = self.last(actor.office_id, code)
        if last is None or last.decision_id != decision_id or not said_anything(last):
            raise ScanRejected("cannot_undo", decision_id)
        return self._decide(actor, code, [Compared(document_id=one.document_id) for one in last.papers])

    def apply(self, decision: CompareDossier) -> None:
        """Write what a comparison that is in the store makes of rows; again changes nothing.

        Raises:
            NotFound: no_such_paper.
            ServiceUnavailable: paper_changed, when others keep changing the papers.
        """
        for _ in range(_MOST_TRIES):
            changes = [self._change(decision, said) for said in decision.papers]
            if self._tables.papers.change(decision, [one for one in changes if one.before != one.after]):
                self._archive.follow([change.after for change in changes])
                log.info("compared %s papers=%d", decision.decision_id, len(changes))
                return
        raise ServiceUnavailable("paper_changed", decision.decision_id)

    def _decide(self, actor: Actor, code: str, papers: Iterable[Compared]) -> CompareDossier:
        decision = new_decision(CompareDossier, actor, code, papers=tuple(papers))
        if decision.papers:
            with deciding(self._archive.store, self._tables, decision):
                self.apply(decision)
        return decision

    def _change(self, decision: CompareDossier, said: Compared) -> PaperChange:
        paper = self._tables.papers.get(decision.actor.office_id, said.document_id)
        after = compared(paper, said, decision.decided_at)
        if after.reasons != paper.reasons:
            after = settle_anew(after, self._archive.catalogue.types[paper.type])
        return PaperChange(before=paper, after=after)


def said_anything(decision: CompareDossier) -> bool:
    """Whether a comparison confirmed or refused something; one that takes another back does not."""
    return any(one.copy_kind or one.trouble for one in decision.papers)


def is_compared(paper: Paper) -> bool:
    """Whether the paper was brought to be kept, and is not merely another scan of one that counts."""
    kept = paper.keeping in ("keep", "fields_only") and paper.state in ("filed", "needs_review")
    return kept and paper.rendition_of is None and paper.type != COVER_SHEET


def _standing(paper: Paper) -> ToCompare:
    stands: Literal["open", "confirmed", "refused", "unsettled"] = "open"
    has_all = paper.keeping == "fields_only" or paper.object_key is not None
    if not has_all or not is_certain(paper):
        stands = "unsettled"
    elif paper.confirmed_at is not None:
        stands = "confirmed"
    elif copy_trouble(paper) is not None:
        stands = "refused"
    pages = len(paper.source_pages) if paper.object_key is not None else 0
    return ToCompare(paper=paper, stands=stands, pages=pages, preset=paper.copy_kind or "original")


def _check(said: Looked, held: ToCompare | None) -> None:
    if held is None:
        raise NotFound("no_such_paper", said.document_id)
    if (said.copy_kind is None) == (said.trouble is None):
        raise ScanRejected("bad_answer", said.document_id)
    if held.stands == "unsettled":
        raise ScanRejected("cannot_compare", said.document_id)
    if said.sha256 != held.paper.sha256:
        raise ScanRejected("paper_changed", said.document_id)
    if said.copy_kind is not None and not set(range(1, held.pages + 1)) <= set(said.pages):
        raise ScanRejected("not_looked_at", said.document_id)
