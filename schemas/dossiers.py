"""Dossiers of citizens' requests (hồ sơ), as hoso knows them beside the one-stop system, which stays their record.

State and fees are that system's; hoso keeps none.
"""

from datetime import date, datetime
from typing import Literal

from schemas.base import Value
from schemas.dossier import Channel
from schemas.once_only import ChecklistRow
from schemas.people import Actor

ReturnBy = Literal["counter", "post", "online"]
"""How the result goes back to who asked for it."""
DossierSource = Literal["opened", "imported", "receipt"]


class Party(Value):
    """Whose a dossier is, or who handed it in.

    `number`: personal number, old CMND number, passport or tax code. `phone`: digits only.
    """

    number: str | None = None
    name: str | None = None
    phone: str | None = None


class Dossier(Value):
    """One dossier.

    `code` is the one-stop system's (TT 03/2025/TT-VPCP, Art 13; before: TT 01/2018, Art 19). `procedure` is an id of
    our catalogue; None where the code that came with the dossier is not in it. `submitted_by` is who handed it in for
    the owner; None: the owner himself. `source` tells where hoso has it from.
    """

    code: str
    actor: Actor
    source: DossierSource
    procedure: str | None = None
    owner: Party = Party()
    submitted_by: Party | None = None
    channel: Channel = "counter"
    return_by: ReturnBy | None = None
    received_at: datetime
    due_on: date | None = None


class DossierChange(Value):
    """What became of one dossier that was opened or imported.

    `conflicts` names the values that differ from what hoso has from an officer or an earlier import and that were
    therefore left as they are; everything else was taken over.
    """

    code: str
    outcome: Literal["added", "updated", "unchanged"]
    conflicts: tuple[str, ...] = ()


class RefusedRow(Value):
    """A row of an import that could not be taken, counted from 1 without the header, and why (a stable code)."""

    row: int
    code: str


class ImportReport(Value):
    """What became of every row of an import."""

    dossiers: tuple[DossierChange, ...]
    refused: tuple[RefusedRow, ...] = ()


class Component(Value):
    """A paper in a dossier: what it stands for, and the flags of the sync schema (DuocSoHoa, DuocTaiSuDung).

    `component` is the id of the procedure's paper, "" for one that the list does not name. `reused` is 0 for a paper
    brought with this dossier, 1 for one that was on file, 2 for one on file under a code of its own, `reused_code`.
    `result_code` is set on a result of the procedure: `<code>-KQ<n>` (NĐ 45/2020/NĐ-CP, Art 14).
    """

    dossier_code: str
    component: str
    document_id: str
    actor: Actor
    attached_at: datetime
    digitised: bool
    reused: Literal[0, 1, 2] = 0
    reused_code: str | None = None
    result_code: str | None = None


class PaperCode(Value):
    """The code of a digitised paper with what must stand beside it (NĐ 107/2021/NĐ-CP; TT 01/2023/TT-VPCP, Art 9, 10).

    `valid_until` None with `permanent` false: the term is not known. `owner` is filled only where the owner has no
    personal number and that part of the code is therefore empty.
    """

    code: str
    document_id: str
    actor: Actor
    given_at: datetime
    title: str
    summary: str
    permanent: bool
    valid_until: date | None
    scope: str
    owner: Party | None = None


class DossierView(Value):
    """A dossier with its papers, and what its procedure still asks for; `rows` is empty without a known procedure.

    `codes` are those of its digitised papers, by document id; a paper nobody has confirmed has none.
    """

    dossier: Dossier
    components: tuple[Component, ...]
    codes: dict[str, str] = {}
    rows: tuple[ChecklistRow, ...]
