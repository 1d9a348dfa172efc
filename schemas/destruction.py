"""Destroying papers that need be kept no longer: who proposes, who approves, what is done, and what stays of it.

Papers are destroyed only after two people have said so, and never while a hold lies on them.
"""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from schemas.base import Value
from schemas.decided import Decided
from schemas.people import Actor

KeepingRule = Literal["over", "term", "permanent", "open_dossier", "no_term", "nothing", "held", "unsettled", "gone"]
"""Why a paper must be kept or may go.

`over`: its term is over. `term`: not yet. `permanent`: it is kept for ever. `open_dossier`: its matter has not ended.
`no_term`: it belongs to a dossier, and no source tells for how long. `nothing`: it belongs to no dossier, and no rule
asks that it be kept. `held`: somebody has put a hold on it. `unsettled`: a person has still to say what it is. `gone`:
it was destroyed or refused already.
"""
DestructionReason = Literal["keeping_over", "citizen_request"]
HoldReason = Literal["complaint", "lawsuit", "inspection", "other"]


class Obligation(Value):
    """What the law asks about keeping one paper. `until`: the first day on which it need be kept no longer."""

    document_id: str
    type: str
    rule: KeepingRule
    until: date | None = None
    source: str = ""
    """Where the type's term comes from; "" where none is known."""


class ProposeDestruction(Decided):
    """These papers are to be destroyed. Subject: the destruction, a random id."""

    kind: Literal["propose_destruction"] = "propose_destruction"
    reason: DestructionReason
    papers: tuple[Obligation, ...] = Field(min_length=1)
    request_id: str | None = None
    """The citizen's request it follows."""


class AnswerDestruction(Decided):
    """Somebody else than who proposed it approves a destruction, or refuses it. Subject: the destruction."""

    kind: Literal["answer_destruction"] = "answer_destruction"
    approved: bool


class DestroyedObject(Value):
    """An object of the store that was destroyed: a copy, an original, a record or a decision."""

    key: str
    sha256: str
    size_bytes: int


class Listed(Value):
    """Of what the objects that go were listed, and when: what is said of these papers later goes without a list.

    `papers` are the paper and those cut otherwise that show the same pages; `entry` is the number of the access log's
    newest entry when listing began.
    """

    papers: tuple[str, ...]
    entry: int


class Destroy(Decided):
    """A paper is destroyed by who approved it. Subject: the paper.

    `objects` are what goes; `owners` the register's entries of its owners, which go too when nothing hangs on them.
    `listed` None: an older version of hoso did not note it.
    """

    kind: Literal["destroy"] = "destroy"
    destruction_id: str
    type: str
    objects: tuple[DestroyedObject, ...]
    owners: tuple[str, ...] = ()
    listed: Listed | None = None


class EndDestruction(Decided):
    """All that was approved is destroyed, and the certificate lies in the store. Subject: the destruction.

    `spared` are papers that had to be kept when it came to them, such as by a hold that was set meanwhile.
    """

    kind: Literal["end_destruction"] = "end_destruction"
    spared: tuple[str, ...] = ()


class SetHold(Decided):
    """Papers may not be destroyed, or may again. Subject: a paper, a dossier or a citizen.

    `reference` names the case, such as the number of a complaint.
    """

    kind: Literal["set_hold"] = "set_hold"
    held: bool
    reason: HoldReason = "other"
    reference: str = ""


class CertifiedPaper(Value):
    """One destroyed paper on a certificate: what it was, by which rule it could go, and what bytes went."""

    document_id: str
    type: str
    title: str
    dossier_code: str | None
    filed_at: datetime
    pages: int
    rule: KeepingRule
    kept_until: date | None
    source: str
    objects: tuple[DestroyedObject, ...]


class Certificate(Value):
    """The proof of a destruction, which is kept. It says nothing that the papers said.

    `gone_before` are papers that another destruction had taken, or that had proved to be secret, when it came to them.
    """

    destruction_id: str
    office_id: str
    office: str
    reason: DestructionReason
    proposed_by: Actor
    proposed_at: datetime
    approved_by: Actor
    approved_at: datetime
    ended_at: datetime
    papers: tuple[CertifiedPaper, ...]
    spared: tuple[str, ...]
    gone_before: tuple[str, ...] = ()
    about_backups: str = (
        "Bản sao lưu còn giữ cho đến hết thời hạn của chúng (hoso backup --keep-days). "
        "Backups hold what was destroyed until their own term ends (hoso backup --keep-days)."
    )
