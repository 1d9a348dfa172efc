"""What the core asks of the database. Each promise in a docstring is one contract test, run on both databases."""

from collections.abc import Collection, Sequence
from typing import Protocol

from pipeline.access_ports import AccessLog, Accounts, Newcomers, Sessions, Tries, Visits
from pipeline.audit_ports import AuditTrail
from pipeline.dossier_ports import Dossiers
from pipeline.integrity_ports import Checks, Inventory
from pipeline.keeping_ports import KeepingRows
from pipeline.program_ports import AnsweredRequests, ApiTokens, Hooks, LoadSource
from pipeline.record_ports import Records, Restoring
from pipeline.review_ports import Answers, Claims, EarlierPaper
from pipeline.schedule_ports import Marks, Turns
from pipeline.work_ports import Calls, FigureSource, PageRanges, Submissions, Work
from schemas.base import Value
from schemas.decided import Decided
from schemas.decisions import AnyDecision, Confirm, RegisterDecision
from schemas.dossier import Lane, Lease, Paper, Submission
from schemas.people import Citizen, PaperLink
from schemas.review import QueuePlace, ReviewItem
from schemas.search import SearchPage, SearchQuery


class PaperChange(Value):
    """A paper as it was seen and as it is to be; `before` None: it is new.

    `texts` None leaves the kept text of its pages as it is; a new paper needs them.
    """

    before: Paper | None
    after: Paper
    texts: tuple[str, ...] | None = None


class Leases(Protocol):
    """Who works on what. Only the holder of the newest fence may write."""

    def waiting(self, limit: int, lane: Lane | None = None) -> tuple[str, ...]:
        """Ids of submissions of any office that may be taken up: those at the counter first, then the oldest.

        They are `received`, `retrying` and due, or `working` with an expired lease; with `lane`, only those of it.
        """
        ...

    def held(self, submission_ids: Collection[str]) -> frozenset[str]:
        """Those of these submissions that somebody works on now."""
        ...

    def claim(self, submission_id: str, owner: str, lease_s: float) -> tuple[Lease, Submission] | None:
        """Take a submission that is `received`, `retrying`, `stuck`, or `working` with an expired lease.

        It becomes `working`, with fence and attempts + 1. None when somebody else holds it or it is done. Of several
        who claim at once exactly one wins. Raises: NotFound (no_such_submission).
        """
        ...

    def renew(self, lease: Lease, lease_s: float, pages_done: int, pages_total: int | None) -> None:
        """Extend the lease and show progress. Raises: ServiceUnavailable (lease_lost)."""
        ...

    def file(
        self,
        lease: Lease,
        papers: tuple[tuple[Paper, tuple[str, ...]], ...],
        changes: Sequence[PaperChange] = (),
    ) -> bool:
        """In one transaction: write the papers with their page texts, citizens of `filed` links and the search index.

        The submission stays `working`: what follows from its papers elsewhere is still to be done by the holder.

        Page texts are one per source page; empty where policy forbids to keep them. Papers that exist already
        (same document_id) are left as they are. A `filed` link with an unknown number adds a citizen with a random
        id; a known one is reused, and `old_number` becomes an alias. Where the register has changed since the paper was
        read, and says another name by now or knows somebody alike, the link becomes `proposed` and the paper asks
        (owner_conflict, owner_alike). `changes` are papers that were on file before and stand otherwise beside the new
        ones; False, and nothing is written, where one is no more as seen.
        Raises: ServiceUnavailable (lease_lost): nothing is written.
        """
        ...

    def finish(self, lease: Lease, reason: str | None = None) -> None:
        """Set the submission `done`; a `reason` tells why it was refused. Raises: ServiceUnavailable (lease_lost)."""
        ...

    def fail(self, lease: Lease, reason: str, retry_s: float | None) -> None:
        """Leave the submission with the code of what went wrong on our side.

        It is `retrying`, to be taken up again in `retry_s` seconds; with None it is `stuck` until somebody asks.
        Raises: ServiceUnavailable (lease_lost).
        """
        ...

    def release(self, lease: Lease) -> None:
        """Give the submission back: `received` at once, as if it had not been claimed. Raises: ServiceUnavailable."""
        ...

    def give_up(self, most_attempts: int) -> tuple[str, ...]:
        """Set those `stuck` (worker_lost) whose lease has expired and which were claimed so often; return their ids."""
        ...


class Papers(Protocol):
    """Papers on file."""

    def get(self, office_id: str, document_id: str) -> Paper:
        """Raises: NotFound (no_such_paper), for another office's as well."""
        ...

    def page_texts(self, office_id: str, document_id: str) -> tuple[str, ...]:
        """The kept text, one a source page; empty strings where none may be kept. Raises: NotFound."""
        ...

    def of_content(self, office_id: str, content_sha256: str, *, withdrawn: bool = False) -> tuple[Paper, ...]:
        """The papers that were found in this content, by first source page; withdrawn ones only if asked for."""
        ...

    def of_citizen(self, office_id: str, citizen_id: str) -> tuple[Paper, ...]:
        """Papers with a `filed` link to the citizen, newest first."""
        ...

    def of_dossier(self, office_id: str, dossier_code: str) -> tuple[Paper, ...]:
        """Papers that were brought with this dossier, in the order they were filed."""
        ...

    def alike(self, office_id: str, same_key: str) -> tuple[Paper, ...]:
        """Papers whose type, number and date of issue are these (`pipeline/stages/same_paper.py`)."""
        ...

    def decide(self, decision: Confirm) -> Paper:
        """Apply a decision whose record is already in the store; applying it again changes nothing."""
        ...

    def change(self, decision: Decided, changes: Sequence[PaperChange]) -> bool:
        """Write a decision, whose record is already in the store, and what it makes of papers, in one transaction.

        Links to citizens, search entries and open questions follow the papers; a withdrawn or rejected one has none.
        False, and nothing is written, where a paper is no more as it was seen. A decision that was written before
        changes nothing, and is True.
        """
        ...

    def decision(self, office_id: str, decision_id: str) -> AnyDecision:
        """Raises: NotFound (no_such_decision), for another office's as well."""
        ...

    def earlier(self, office_id: str, decision_id: str) -> tuple[EarlierPaper, ...]:
        """What `change` made of papers with this decision.

        () where it changed none, is older than a day, was taken back, or where nothing may be known any more of a paper
        that it changed. `TakeBack` ends it: then whom that decision alone had put on the register is off it again,
        unless something hangs on the entry by now.
        """
        ...

    def waiting(self, office_id: str) -> int:
        """How many questions are open."""
        ...

    def queue(self, office_id: str, limit: int, after: QueuePlace | None = None) -> tuple[ReviewItem, ...]:
        """Open questions: the greatest expected harm first, among equals those that wait longest.

        `after` goes on behind a place, whether its question is still open or not.
        """
        ...

    def history(self, office_id: str, document_id: str) -> tuple[AnyDecision, ...]:
        """What people decided about a paper, oldest first; nothing for another office's."""
        ...

    def decided(self, office_id: str, kind: str, limit: int) -> tuple[AnyDecision, ...]:
        """The office's newest decisions of a kind, newest first."""
        ...


class People(Protocol):
    """The register of citizens and organisations, read only. An entry that was merged leads to the one that stayed."""

    def by_id(self, office_id: str, citizen_id: str) -> Citizen | None:
        """The citizen of this id; None for another office's as well."""
        ...

    def by_number(self, office_id: str, number: str) -> Citizen | None:
        """By personal number, old 9-digit number, passport or tax code; spaces, dots and hyphens do not matter."""
        ...

    def namesakes(self, office_id: str, name: str, most: int) -> tuple[Citizen, ...]:
        """All who bear this name or bore it earlier, marks and case aside; at most `most` of them."""
        ...

    def alike(self, office_id: str, name: str, born: str | None, number: str) -> tuple[Citizen, ...]:
        """Who on the register may be the same person as a newcomer.

        Those of this name (marks aside) without a personal number, unless their birth date is another than `born`
        (ISO 8601 or a year, None: unknown); and those who have a number that differs from `number` in one digit.
        """
        ...


class Register(Protocol):
    """What people decide about the register."""

    def history(self, office_id: str, citizen_id: str) -> tuple[RegisterDecision, ...]:
        """The decisions whose subject the citizen is or an entry merged into it, oldest first."""
        ...

    def decision(self, office_id: str, decision_id: str) -> RegisterDecision:
        """Raises: NotFound (no_such_decision), for another office's as well."""
        ...

    def links(self, office_id: str, citizen_id: str) -> tuple[PaperLink, ...]:
        """The citizen's papers and those that only mention one of its numbers, newest first."""
        ...

    def apply(self, decision: RegisterDecision) -> Citizen:
        """Apply a decision whose record is already in the store, and return its subject as it is then.

        Applying it again changes nothing. What another decision has changed since it was taken stays as it is.
        Raises: NotFound (no_such_citizen, no_such_decision).
        """
        ...


class Search(Protocol):
    """Finding papers by words, numbers and filters."""

    def search(self, query: SearchQuery) -> SearchPage:
        """Papers of the query's offices that hold all its words on a page or in their fields, or whose owner has this
        number, and that meet its filters.

        Folding (marks, case, NFD, tone placement) is ours, the same on index and query. Matches with the same marks
        come first, then folded ones; newest first within each. Numbers and codes (`716/2018`, a dossier code, 12
        digits, an old 9-digit alias) match whole; of a last word without white space behind it, as while typing, two
        letters are enough. Every hit has its passage. The pages that `next` leads to hold every paper once, also where
        papers are filed or changed in between.

        Raises: ScanRejected (bad_cursor).
        """
        ...


class Tables(Protocol):
    """The database as the archive needs it."""

    @property
    def submissions(self) -> Submissions:
        """What was handed in."""
        ...

    @property
    def leases(self) -> Leases:
        """Who works on what."""
        ...

    @property
    def page_ranges(self) -> PageRanges:
        """Who reads which pages."""
        ...

    @property
    def papers(self) -> Papers:
        """Papers on file."""
        ...

    @property
    def people(self) -> People:
        """The register of citizens."""
        ...

    @property
    def register(self) -> Register:
        """What people decide about the register."""
        ...

    @property
    def search(self) -> Search:
        """Finding papers."""
        ...

    @property
    def records(self) -> Records:
        """Which rows have changed since their record was written."""
        ...

    @property
    def restoring(self) -> Restoring:
        """Rows made of records."""
        ...

    @property
    def inventory(self) -> Inventory:
        """What is on file, to be checked against the store."""
        ...

    @property
    def checks(self) -> Checks:
        """How far the store and the rows have been checked."""
        ...

    @property
    def dossiers(self) -> Dossiers:
        """Dossiers and what is in them."""
        ...

    @property
    def accounts(self) -> Accounts:
        """Who can sign in."""
        ...

    @property
    def sessions(self) -> Sessions:
        """Who is signed in."""
        ...

    @property
    def visits(self) -> Visits:
        """Citizens at the counter."""
        ...

    @property
    def newcomers(self) -> Newcomers:
        """Whom the OpenID provider knows, and no account."""
        ...

    @property
    def tries(self) -> Tries:
        """Wrong tries to sign in."""
        ...

    @property
    def access_log(self) -> AccessLog:
        """Who looked at what."""
        ...

    @property
    def audit(self) -> AuditTrail:
        """The same as a chain."""
        ...

    @property
    def tokens(self) -> ApiTokens:
        """Tokens of programs."""
        ...

    @property
    def answered(self) -> AnsweredRequests:
        """Answers that may be asked for again."""
        ...

    @property
    def hooks(self) -> Hooks:
        """Who is told what becomes of papers."""
        ...

    @property
    def load(self) -> LoadSource:
        """How much waits."""
        ...

    @property
    def turns(self) -> Turns:
        """Whose turn it is."""
        ...

    @property
    def marks(self) -> Marks:
        """Marks on papers."""
        ...

    @property
    def keeping(self) -> KeepingRows:
        """What is open, and what is to be forgotten."""
        ...

    @property
    def work(self) -> Work:
        """What waits."""
        ...

    @property
    def calls(self) -> Calls:
        """Who was called about a dossier."""
        ...

    @property
    def claims(self) -> Claims:
        """Who is shown which question."""
        ...

    @property
    def answers(self) -> Answers:
        """The answers of the review desk."""
        ...

    @property
    def figures(self) -> FigureSource:
        """Counts for the figures of the office."""
        ...
