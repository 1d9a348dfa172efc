"""What people decide. Each decision is an object of its own in the store before any row changes; none is ever altered.

The rows can be made anew by applying all decisions in the order of `decided_at`.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field as Described
from pydantic import TypeAdapter

from schemas.base import Value
from schemas.citizen_requests import AddRequest, AnswerRequest, EndRequest
from schemas.decided import Decided
from schemas.destruction import (
    AnswerDestruction,
    Destroy,
    DestroyedObject,
    EndDestruction,
    Listed,
    ProposeDestruction,
    SetHold,
)
from schemas.dossier import CopyKind
from schemas.people import Citizen
from schemas.signing import SignedCopy


class Confirm(Decided):
    """The officer compared the copy with what was shown (NĐ 107/2021, Art 21a; TT 01/2023, Art 8). Subject: a paper."""

    kind: Literal["confirm"] = "confirm"
    copy_kind: CopyKind


CopyTrouble = Literal["copy_differs", "copy_incomplete", "copy_illegible", "paper_altered"]
"""Why an officer who compared a copy did not confirm it: it says something else, lacks a part, cannot be read; or the
paper itself was altered, of which no copy may be certified (NĐ 23/2015/NĐ-CP, Điều 22).
"""


class Compared(Value):
    """What comparing made of one paper.

    `copy_kind`: the copy is like what was shown, which was of this kind. `trouble`: it is not, or not to be relied on.
    Both None: an earlier word about the paper is taken back.
    """

    document_id: str
    copy_kind: CopyKind | None = None
    trouble: CopyTrouble | None = None


class CompareDossier(Decided):
    """The officer compared a dossier's papers with their copies, as one act (NĐ 107/2021, Art 21a).

    Subject: a dossier.
    """

    kind: Literal["compare_dossier"] = "compare_dossier"
    papers: tuple[Compared, ...]


class SignedPaper(Value):
    """A paper and the signed copy that was made of it."""

    document_id: str
    signed_copy: SignedCopy


class SignPapers(Decided):
    """The officer signed the copies of papers that had been confirmed, as one act (TT 01/2023/TT-VPCP, Art 8.1).

    The signed copies are in the store before this is. Subject: a dossier.
    """

    kind: Literal["sign_papers"] = "sign_papers"
    papers: tuple[SignedPaper, ...]


class MachineView(Value):
    """What hoso took an answer to be before a person gave it: from these the thresholds are learnt.

    `kind` is the kind of field, `type` or `owner`; `confidence` is 0..1; `asked`: it was in doubt.
    """

    kind: str
    value: str | None
    confidence: float
    evidence: str | None = None
    asked: bool


class Wiping(Value):
    """What goes with a paper that proves to be secret, of which nothing may be known. It holds ids and hashes alone.

    `objects` are what was decided about it, and about papers cut otherwise of the same pages; `owners` the register's
    entries of its owners, which go too when nothing hangs on them. `listed` None: an older version of hoso did not note
    it.
    """

    objects: tuple[DestroyedObject, ...] = ()
    owners: tuple[str, ...] = ()
    listed: Listed | None = None


class SetType(Decided):
    """The paper is of this type. Subject: a paper.

    `wiping`: what goes with it where that is the type of secret papers.
    """

    kind: Literal["set_type"] = "set_type"
    type: str
    machine: MachineView | None = None
    wiping: Wiping | None = None


class SetField(Decided):
    """The paper says this; None: it says nothing. Subject: a paper."""

    kind: Literal["set_field"] = "set_field"
    name: str
    value: str | None
    machine: MachineView | None = None


class SetOwner(Decided):
    """Whose the paper is, in one role. Subject: a paper.

    A citizen or organisation of the register by id, or one who is new to it by name and one number: personal number,
    tax code (of an organisation) or passport; all None: nobody's. Somebody new without any number is entered first
    (`SetCitizen`) and then named by id.
    """

    kind: Literal["set_owner"] = "set_owner"
    role: str
    citizen_id: str | None = None
    personal_id: str | None = None
    tax_code: str | None = None
    passport: str | None = None
    name: str | None = None
    entered: str | None = None
    """The decision that put somebody on the register for this answer."""
    machine: MachineView | None = None


class SetSecrecy(Decided):
    """Whether what was taken for a secrecy mark is one; a secret paper is wiped. Subject: a paper."""

    kind: Literal["set_secrecy"] = "set_secrecy"
    secret: bool
    wiping: Wiping | None = None


class SetCard(Decided):
    """Whether an identity card lies on one page with something else. Subject: a paper.

    The picture of a card is not kept (NĐ 356/2025/NĐ-CP, Điều 4). `card`: it does, both have been scanned apart, and
    this scan is wiped. Otherwise what was taken for a card is none.
    """

    kind: Literal["set_card"] = "set_card"
    card: bool


class Accept(Decided):
    """The officer has looked: with this trouble of a page or copy the paper will do. Subject: a paper."""

    kind: Literal["accept"] = "accept"
    code: str


class AskScan(Decided):
    """The paper cannot be read and is to be scanned again; until then it waits. Subject: a paper."""

    kind: Literal["ask_scan"] = "ask_scan"


class SetCuts(Decided):
    """The pages, counted over the submission from 1, on which its papers begin. Subject: a submission."""

    kind: Literal["set_cuts"] = "set_cuts"
    first_pages: tuple[int, ...]


class SetSame(Decided):
    """The paper is another scan of `same_as`; None: it is a paper of its own. Subject: a paper."""

    kind: Literal["set_same"] = "set_same"
    same_as: str | None


class Invalidate(Decided):
    """The paper holds no longer (NĐ 45/2020, Art 15): flagged and kept. Subject: a paper.

    `valid` takes an earlier flag back, or tells that the paper `superseded_by` has not taken this one's place.
    """

    kind: Literal["invalidate"] = "invalidate"
    state: Literal["superseded", "cancelled", "valid"]
    since: date
    superseded_by: str | None = None


class SetThreshold(Decided):
    """Fields of this kind ask a person below this confidence, 0..1. Subject: the office.

    It can only make an office ask more than hoso asks by itself; 0 leaves it at that.
    """

    kind: Literal["set_threshold"] = "set_threshold"
    field_kind: str
    confidence: float


class LookUp(Decided):
    """The officer looked in the national database instead of asking for a paper (NQ 66.7/2025). Subject: a dossier.

    `component` is the id of the procedure's paper that the data take the place of. `incomplete` and `failed` allow the
    office to ask for the paper, which is then digitised.
    """

    kind: Literal["look_up"] = "look_up"
    component: str
    outcome: Literal["found", "incomplete", "failed"]


class Reuse(Decided):
    """A paper on file serves a dossier instead of being brought again. Subject: a paper."""

    kind: Literal["reuse"] = "reuse"
    dossier_code: str
    component: str
    purpose: str


class SetDossier(Decided):
    """Which dossier the paper was brought for, and as which of its components (see `Component`). Subject: a paper.

    `component` None: it was not brought for this dossier.
    """

    kind: Literal["set_dossier"] = "set_dossier"
    dossier_code: str
    component: str | None


class MergeCitizens(Decided):
    """Two entries of the register are one person: `merged` goes into the subject. Subject: the citizen that stays."""

    kind: Literal["merge_citizens"] = "merge_citizens"
    merged: str


class MovedPaper(Value):
    """A paper's owner in its place among the paper's people (from 0), and the register's entry it was before."""

    document_id: str
    position: int
    was: str


class MovedNumber(Value):
    """A number, and the register's entry that had it before."""

    number: str
    was: str


class SplitCitizen(Decided):
    """One entry of the register holds two people: these papers and numbers go to `into`. Subject: the entry that was
    too many. `entered`: the new entry, where `into` is not an older one.
    """

    kind: Literal["split_citizen"] = "split_citizen"
    into: str
    papers: tuple[MovedPaper, ...]
    numbers: tuple[MovedNumber, ...] = ()
    entered: Citizen | None = None


class SetCitizen(Decided):
    """What the register says of a citizen; `before` None: the citizen is new. Subject: the citizen.

    Names, birth and numbers are meant; what was merged into the citizen stays.
    """

    kind: Literal["set_citizen"] = "set_citizen"
    before: Citizen | None
    now: Citizen


class Undo(Decided):
    """Takes back a merge, a split or a correction of the register. Subject: the citizen of that decision."""

    kind: Literal["undo"] = "undo"
    undone: str


class TakeBack(Decided):
    """Takes back an answer about papers: they are as they were before it, and its question is open again.

    Subject: that of the decision `undone`. Within a day, and as long as nothing else has changed these papers.
    """

    kind: Literal["take_back"] = "take_back"
    undone: str


RegisterDecision = MergeCitizens | SplitCitizen | SetCitizen | Undo
PaperDecision = (
    Confirm
    | SetType
    | SetField
    | SetOwner
    | SetSecrecy
    | SetCard
    | Accept
    | AskScan
    | SetCuts
    | SetSame
    | Invalidate
    | TakeBack
)
"""What is decided about papers; other decisions have use cases of their own."""
SettledDecision = PaperDecision | Destroy
"""What changes papers: what one person decides, and what takes two."""
NotedDecision = (
    SetThreshold
    | ProposeDestruction
    | AnswerDestruction
    | EndDestruction
    | SetHold
    | AddRequest
    | AnswerRequest
    | EndRequest
)
"""Decisions that change no other row: to be written down is all that they need."""
AnyDecision = Annotated[
    SettledDecision | CompareDossier | SignPapers | NotedDecision | LookUp | Reuse | SetDossier | RegisterDecision,
    Described(discriminator="kind"),
]
read_decision: TypeAdapter[AnyDecision] = TypeAdapter(AnyDecision)


def wipes(decision: Decided) -> bool:
    """Whether it calls its paper secret: it names nothing that the paper said, and stays when all else goes."""
    if isinstance(decision, SetSecrecy):
        return decision.secret
    return isinstance(decision, SetType) and decision.wiping is not None


def outlasts_wiping(decision: Decided) -> bool:
    """Whether it stays when its paper is wiped: it says nothing of what the paper said."""
    return isinstance(decision, SetHold | Destroy) or wipes(decision)


read_register_decision: TypeAdapter[RegisterDecision] = TypeAdapter(
    Annotated[RegisterDecision, Described(discriminator="kind")]
)
