"""What lies in the store so that the database can be made anew from it alone, beside papers' records and decisions."""

from datetime import datetime
from typing import Literal

from schemas.base import Value
from schemas.dossiers import Component, Dossier, PaperCode
from schemas.people import Actor
from schemas.work import Proposal

RecordKind = Literal["submission", "citizen", "paper", "dossier", "code"]
"""What has a record of its own: `Submission`, `RegisterEntry`, `PaperRecord`, `DossierRecord`, `CodeRecord`."""


class Change(Value):
    """Rows that have changed and whose record is to be written anew. `mark` is random and names the change."""

    mark: str
    office_id: str
    kind: RecordKind
    subject_id: str


class RegisterEntry(Value):
    """One entry of the register by itself; `Citizen` is all entries of one person.

    `numbers` are digits and capitals only; `born` is ISO 8601, or the year alone.
    """

    citizen_id: str
    actor: Actor
    kind: Literal["person", "organisation"]
    name: str
    born: str | None = None
    numbers: tuple[str, ...] = ()
    earlier_names: tuple[str, ...] = ()
    merged_into: str | None = None


class MadeProposal(Value):
    """A proposal, and whether somebody has answered it."""

    proposal: Proposal
    answered: bool


class DossierRecord(Value):
    """A dossier with the papers in it, the papers proposed for it, and since when it waits for what."""

    dossier: Dossier
    components: tuple[Component, ...] = ()
    proposals: tuple[MadeProposal, ...] = ()
    open_since: datetime | None = None
    owes_since: datetime | None = None
    uncompared_since: datetime | None = None


class CodeRecord(Value):
    """The code of a digitised paper, and what makes the next one differ: the stem and the number that was free."""

    code: PaperCode
    stem: str
    number: int
