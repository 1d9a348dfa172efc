"""The desk at which officers answer: one question at a time, each held for one officer, and the last answer undone."""

from collections.abc import Sequence

from pipeline.archive import Archive
from pipeline.decisions import new_decision
from pipeline.errors import Forbidden, NotFound, ScanRejected
from pipeline.register import RegisterBook
from pipeline.review import Review
from schemas.access import SignedIn
from schemas.decisions import AskScan, PaperDecision, SetOwner, TakeBack
from schemas.review import Answered, AnswerFigures, Claim, Claimant, ReviewItem

HOLD_S = 120.0
"""A question is held for so long after it was shown or its page last told that somebody is at it."""
_AT_ONCE = 50
"""Open questions looked through at a time for one that nobody holds; more than an office has officers."""


class ReviewDesk:
    """What one officer does at the review desk."""

    def __init__(self, archive: Archive, signed: SignedIn, page_id: str = "") -> None:
        """Args: archive: whose papers they are; signed: the officer; page_id: any id of the page he is looking at."""
        self._archive = archive
        self._tables = archive.tables
        self._review = Review(archive)
        self._actor = signed.actor
        self._by = Claimant(**signed.actor.model_dump(), session_id=signed.session_id, page_id=page_id)

    # -- which question -----------------------------------------------------------------------------------------------

    def next(self, put_off: Sequence[str] = (), paper: str | None = None) -> ReviewItem | None:
        """The most urgent open question that nobody else is at, held by this officer from now on; None: there is none.

        Args:
            put_off: ids of items that he leaves for later.
            paper: the one at which he is: its next question comes before those of others.

        Raises:
            ServiceUnavailable: database_away.
        """
        office_id, place = self._actor.office_id, None
        wanted = self._of_paper(paper) if paper else []
        while True:
            if taken := self._take([item for item in wanted if item.item_id not in put_off]):
                return self._review.item(office_id, taken.item_id)
            wanted = list(self._tables.papers.queue(office_id, _AT_ONCE, place))
            if not wanted:
                self._tables.claims.release(self._by.session_id)
                return None
            place = wanted[-1].place

    def _of_paper(self, document_id: str) -> list[ReviewItem]:
        """The questions of a paper that are still open, most urgent first."""
        office_id = self._actor.office_id
        try:
            asked = self._tables.papers.get(office_id, document_id).questions
        except NotFound:
            return []
        return [self._review.item(office_id, f"{document_id}.{one.part}") for one in asked]

    def _take(self, wanted: list[ReviewItem]) -> ReviewItem | None:
        """The first of these that nobody else holds, if it is still asked once it is held."""
        while wanted:
            claim = self._tables.claims.take(self._by, [item.claim for item in wanted], HOLD_S)
            if claim is None:
                return None
            held = next(item for item in wanted if item.claim == claim)
            if held.question.part in self._asked(held.document_id):
                return held
            wanted = [item for item in wanted if item != held]
        return None

    def _asked(self, document_id: str) -> set[str]:
        paper = self._tables.papers.get(self._actor.office_id, document_id)
        return {asked.part for asked in paper.questions}

    def hold(self, item_id: str) -> ReviewItem:
        """One question, held by this officer from now on.

        Raises:
            NotFound: no_such_paper, no_such_question.
            Forbidden: (item_claimed) another officer is at it.
        """
        item = self._review.item(self._actor.office_id, item_id)
        self._hold(item.claim)
        return item

    def hold_stack(self, submission_id: str) -> None:
        """Where the papers of a submission begin is for this officer to say from now on. Raises: as `hold` does."""
        self._hold(_stack(submission_id))

    def _hold(self, claim: Claim) -> None:
        if self._tables.claims.take(self._by, [claim], HOLD_S) is None:
            raise Forbidden("item_claimed")

    def renew(self, subject_id: str) -> bool:
        """Somebody still looks at the page of a question; False: it is not held any more."""
        return self._tables.claims.renew(self._by, subject_id, HOLD_S)

    def leave(self) -> None:
        """Let others have what was shown on this page."""
        self._tables.claims.release(self._by.session_id, self._by.page_id)

    def done(self) -> AnswerFigures:
        """What this session has answered."""
        return self._tables.answers.of_session(self._by.session_id)

    # -- answers ------------------------------------------------------------------------------------------------------

    def answer(self, item_id: str, value: str | None, name: str | None = None) -> None:
        """Answer an open question, as `Review.answer` does, with how long it took.

        Raises:
            Forbidden: (item_claimed) another officer is at it.
            NotFound, ScanRejected, ServiceUnavailable: as `Review.answer` does.
        """
        item = self._review.item(self._actor.office_id, item_id)
        seconds = self._tables.claims.held_s(self._by, item.claim)
        self._decide(self._review.decision(self._actor, item_id, value, name), item_id, seconds)

    def ask_scan(self, item_id: str) -> None:
        """The paper of a question cannot be read: it is to be scanned again, and waits until then.

        Raises: as `answer` does.
        """
        item = self._review.item(self._actor.office_id, item_id)
        seconds = self._tables.claims.held_s(self._by, item.claim)
        self._decide(new_decision(AskScan, self._actor, item.document_id), item_id, seconds)

    def set_cuts(self, submission_id: str, first_pages: Sequence[int]) -> None:
        """Cut a submission into papers that begin on these pages.

        Raises:
            Forbidden: (item_claimed) another officer is at it.
            NotFound, ScanRejected, ServiceUnavailable: as `Review.decide` does.
        """
        stack = _stack(submission_id)
        seconds = self._tables.claims.held_s(self._by, stack)
        said = {"kind": "set_cuts", "subject_id": submission_id, "first_pages": tuple(first_pages)}
        self._decide(self._review.read(self._actor, said), stack.item_id, seconds)

    def _decide(self, decision: PaperDecision, item_id: str, seconds: float | None) -> None:
        self._review.decide(decision)
        self._tables.answers.note(
            Answered(
                by=self._by,
                decision_id=decision.decision_id,
                item_id=item_id,
                kind=decision.kind,
                seconds=seconds,
            )
        )

    def last_answer(self) -> Answered | None:
        """The session's last answer that stands."""
        return self._tables.answers.last(self._by.session_id)

    def take_back(self, answer: Answered) -> None:
        """Take back an answer of this office; its question is open again, and held by this officer.

        Raises:
            ScanRejected: (cannot_undo) something was changed since, or wiped by the answer.
            Forbidden: (item_claimed) another officer is at that paper by now.
            ServiceUnavailable: store_away, database_away, paper_changed.
        """
        decided = self._tables.papers.decision(self._actor.office_id, answer.decision_id)
        self._hold(Claim(subject_id=decided.subject_id, item_id=answer.item_id))
        self._review.decide(new_decision(TakeBack, self._actor, decided.subject_id, undone=answer.decision_id))
        if isinstance(decided, SetOwner) and decided.entered is not None:
            self._take_off_register(decided.entered)
        self._tables.answers.remove(self._actor.office_id, answer.decision_id)

    def _take_off_register(self, decision_id: str) -> None:
        """Undo that somebody was put on the register for an answer, unless something hangs on the entry by now."""
        book = RegisterBook(self._archive.store, self._tables)
        try:
            book.undo(self._actor, decision_id)
        except ScanRejected as error:
            if error.code != "cannot_undo":
                raise


def _stack(submission_id: str) -> Claim:
    """What is held by who cuts a submission, whichever of its papers asked for it."""
    return Claim(subject_id=submission_id, item_id=f"{submission_id}.cut")
