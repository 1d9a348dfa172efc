"""What is handed in and what becomes of it: submissions, papers, fields, decisions."""

from datetime import date, datetime
from typing import Literal

from schemas.base import Value
from schemas.people import Actor, Mention, PersonOnPaper
from schemas.review import Question
from schemas.signing import FoundSignature, SignedCopy
from schemas.text import Box, Repair, Verdict

Channel = Literal["counter", "post", "online"]
Evidence = Literal["qr", "mrz", "check", "two_places", "ocr", "officer"]
PaperState = Literal["filed", "needs_review", "rejected", "withdrawn", "destroyed"]
"""`withdrawn`: a person cut its pages otherwise; the paper is kept and found by its id alone. `destroyed`: two people
said so, and nothing is left but that it was there.
"""
OFF_FILE: tuple[PaperState, ...] = ("rejected", "withdrawn", "destroyed")
"""States in which a paper is in no list, belongs to nobody and asks nothing."""
SubmissionState = Literal["received", "working", "retrying", "stuck", "done"]
"""`retrying`: something of ours or a service failed, and it will be tried again by itself; `stuck`: not any more."""
Lane = Literal["counter", "backlog"]
"""Which line work waits in: `counter`, somebody waits for it; `backlog`, it came in bulk and yields to the counter."""
CopyKind = Literal["original", "register_extract", "certified_copy", "photocopy"]
InvalidState = Literal["superseded", "cancelled"]
Keeping = Literal["keep", "fields_only", "show_only", "secret_stop"]


class SourceFile(Value):
    """One file as handed in. `path` is as given by the sender; it may hold a name and never enters logs."""

    path: str
    key: str
    sha256: str
    size_bytes: int
    media_type: str


class Submission(Value):
    """Files that were handed in together, with our own table's view of how far the work is.

    `content_sha256` is the SHA-256 over the files' hashes in order: the same content has the same value.
    """

    submission_id: str
    actor: Actor
    sources: tuple[SourceFile, ...]
    content_sha256: str
    channel: Channel = "counter"
    handed_in_by: str | None = None
    """Personal number of who handed the papers in. It never decides whose a paper is."""
    dossier_code: str | None = None
    procedure: str | None = None
    lane: Lane = "counter"
    received_at: datetime
    state: SubmissionState = "received"
    state_since: datetime
    reason: str | None = None
    """Stable code of why it is tried again, is stuck or was refused; None otherwise."""
    retry_at: datetime | None = None
    """When it is tried again; None unless it is `retrying`."""
    pages_total: int | None = None
    pages_done: int = 0
    attempts: int = 0
    """How often it was taken up since it was received or a person had it tried again; giving it back does not count."""


class Lease(Value):
    """The right to work on a submission until it expires. `fence` grows with each claim: a late write of an older
    holder carries a smaller one and is refused.
    """

    submission_id: str
    owner: str
    fence: int
    begun_at: datetime
    """When the work was first begun: the same for every later holder, so that what they file is the same too."""


class PageRange(Value):
    """The right to read pages `first` to `last` (counted over the submission from 1), as a lease gives it."""

    submission_id: str
    first: int
    last: int
    owner: str
    fence: int


class Issue(Value):
    """Trouble with one page, as data: a stained page 3 does not lose the dossier."""

    stage: str
    code: str
    page: int | None = None


ConflictCode = Literal["print", "mrz", "second_place", "words", "birth_year", "sex"]
"""What says otherwise: print or MRZ against a code, another place, the date in words, a birth year, a sex."""


class Conflict(Value):
    """Something else on the paper that speaks against a value; both are shown, and a person decides.

    `value` is what it says, in the form of the field; where it has no place of its own, as the year in a number, `page`
    and `box` are None.
    """

    code: ConflictCode
    value: str
    page: int | None = None
    box: Box | None = None


class Field(Value):
    """One value read from a paper. Dates are ISO 8601, numbers without spaces, names NFC as printed.

    `confidence` is the probability, 0..1, that the value is what the paper says.
    """

    value: str
    confidence: float
    evidence: Evidence
    needs_review: bool
    handwritten: bool = False
    """Whether it was written with a pen, as far as its ink tells; such a value always asks a person."""
    page: int | None = None
    box: Box | None = None
    conflicts: tuple[Conflict, ...] = ()
    candidates: tuple[str, ...] = ()
    """What else may stand there: other readings of the same place, the likeliest first, without `value` itself."""
    parts: dict[str, str] = {}
    """Of an address: house, commune, district, province as printed, and `province_now`, the one of today."""


class OtherType(Value):
    """A type that a paper might have instead of the one it was taken for; `confidence` 0..1."""

    type: str
    confidence: float


class PageGrade(Value):
    """How good a page is: as a copy, and how well its print was read.

    `page` counts the pages of the submission from 1. `grade` is the share of letters, 0..1, that can be taken for
    right on the worst tenth of its lines; None where nothing was read.
    """

    page: int
    verdict: Verdict
    grade: float | None = None
    dpi: int | None = None
    """Resolution of the grid in which boxes on the page are given; None on papers filed before it was kept."""


class CopyKindRead(Value):
    """What the paper says of being a copy: the kind, the words that tell it, and their page in the submission."""

    kind: CopyKind
    cue: str
    page: int


class RepairedWord(Value):
    """A word whose reading was changed: where, what the engine read, what it became, and why."""

    page: int
    read_as: str
    text: str
    reason: Repair


class Cut(Value):
    """Whether a paper begins on a page, with what spoke for and against it, in plain words.

    `page` counts the pages of the submission from 1; `confidence` is the probability, 0..1, that a paper begins there:
    from 0.5 on it is taken to. `doubtful`: a person is asked.
    """

    page: int
    confidence: float
    doubtful: bool
    speaks_for: tuple[str, ...] = ()
    speaks_against: tuple[str, ...] = ()


class Excerpt(Value):
    """A kept original from which the pages of papers that may not be archived were cut out.

    `pages` are those that are left, counted in the file as handed in from 1.
    """

    sha256: str
    media_type: str
    original_sha256: str
    pages: tuple[int, ...]


class Paper(Value):
    """One paper as filed: the row, and the record that lies beside its objects so the database can be rebuilt."""

    document_id: str
    submission_id: str
    actor: Actor
    content_sha256: str
    pipeline_version: str
    type: str
    type_confidence: float
    cues: tuple[str, ...] = ()
    """What decided the type, in plain words."""
    other_types: tuple[OtherType, ...] = ()
    """Where the type is in doubt: what else it may be, the likeliest first."""
    state: PaperState
    reasons: tuple[str, ...] = ()
    keeping: Keeping
    fields: dict[str, Field] = {}
    people: tuple[PersonOnPaper, ...] = ()
    mentions: tuple[Mention, ...] = ()
    issues: tuple[Issue, ...] = ()
    source_pages: tuple[int, ...]
    """Pages of the submission, counted over all its files from 1."""
    pages_by_file: tuple[tuple[int, ...], ...] = ()
    """For each file of the submission, which of its own pages (1-based) belong to the paper."""
    cuts: tuple[Cut, ...] = ()
    """How its beginning was found within a stack, and every doubtful place where it might begin, end or be cut."""
    rotations: tuple[int, ...]
    """Degrees clockwise each source page was turned to stand upright: 0, 90, 180 or 270."""
    grades: tuple[PageGrade, ...] = ()
    """Of each source page that could be opened; none on papers filed before there were grades."""
    repairs: tuple[RepairedWord, ...] = ()
    """Empty where the text may not be kept."""
    object_key: str | None = None
    sha256: str | None = None
    size_bytes: int | None = None
    original_keys: tuple[str, ...] = ()
    original_sha256s: tuple[str, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    """Which of the kept originals are excerpts of the files handed in."""
    dossier_code: str | None = None
    component: str | None = None
    """What it is in that dossier (`Component`), where a person has said so; None: told by its type."""
    procedure: str | None = None
    filed_at: datetime
    """When the work that filed it was begun."""
    copy_kind: CopyKind | None = None
    confirmed_at: datetime | None = None
    """When an officer confirmed the copy as compared with the original; None: held_unconfirmed."""
    signed_copies: tuple[SignedCopy, ...] = ()
    """All that were made, the newest last; `signed` is the one that counts."""
    signatures: tuple[FoundSignature, ...] | None = None
    """On the files that it was handed in with; None on papers filed before they were looked at."""
    copy_kind_read: CopyKindRead | None = None
    """Where `copy_kind` comes from until an officer confirms it; None: nothing on the paper tells."""
    questions: tuple[Question, ...] = ()
    """What is open about the paper: its review items."""
    answered: tuple[str, ...] = ()
    """Names of the questions (`Question.part`) that a person has answered; they are not asked again."""
    rendition_of: str | None = None
    """The paper of which this is another, less good scan; None: the paper itself counts."""
    invalid_state: InvalidState | None = None
    invalid_from: date | None = None
    superseded_by: str | None = None
    """The paper that took its place, where that is known."""
    destruction_id: str | None = None
    """By which destruction it went; its certificate tells the hashes of what it was."""

    @property
    def signed(self) -> SignedCopy | None:
        """The signed copy that counts: of the copy as it is now, and signed after it was last confirmed."""
        newest = self.signed_copies[-1] if self.signed_copies else None
        if newest is None or self.confirmed_at is None or newest.of_sha256 != self.sha256:
            return None
        return newest if newest.signed_at >= self.confirmed_at else None

    @property
    def is_unsigned(self) -> bool:
        """Whether its copy was confirmed and not signed; of what no picture is kept there is nothing to be signed."""
        return self.confirmed_at is not None and self.object_key is not None and self.signed is None

    @property
    def copy_keys(self) -> tuple[str, ...]:
        """Where its copies lie, the signed ones too."""
        return (*((self.object_key,) if self.object_key else ()), *(one.key for one in self.signed_copies))


class PaperRecord(Value):
    """What lies beside a paper in the store: enough to make its row and its search entries anew.

    `entries` are the register's entries of the paper's people in their order, None of those whose it is not for
    certain, and `first_state` is what it was filed as. Both are None until the paper's row has been written.
    """

    paper: Paper
    page_texts: tuple[str, ...]
    entries: tuple[str | None, ...] | None = None
    first_state: PaperState | None = None
