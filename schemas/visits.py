"""A citizen at the counter: for which procedure and why, how he was found, and what lets his papers be shown."""

from datetime import datetime
from typing import Literal

from schemas.base import Value
from schemas.catalog import SensitiveKind
from schemas.dossiers import Party
from schemas.once_only import ChecklistRow
from schemas.people import Actor

VisitReason = Literal["hand_in", "supplement", "advice", "result", "own_data", "other"]
"""Why papers are opened: a new dossier, a supplement to one, advice on what to bring, a result to be handed over, the
citizen's own request to see or correct what is kept (NĐ 356/2025/NĐ-CP, Điều 5), or what the remark says.
"""
FoundBy = Literal["qr", "number", "name", "receipt"]
"""A card's QR code, a typed number or name, or the code of a dossier on its receipt. None proves anything."""
Presence = Literal["in_person", "guardian", "authority", "online", "post"]
"""What lets papers be shown: the citizen is there and was compared with his card; his parent or guardian is (Bộ luật
Dân sự 2015, Điều 136); somebody with his written authority is (Điều 138); he was identified by his account (NĐ
69/2024/NĐ-CP); or his dossier came by post.
"""
OF_ANOTHER: tuple[Presence, ...] = ("guardian", "authority")
"""Somebody else stands at the counter, and it is recorded who."""


class Showing(Value):
    """How the citizen showed himself. `by`: who stands there for him; `vneid_level`: of an account, 1 or 2."""

    presence: Presence
    by: Party | None = None
    vneid_level: Literal[1, 2] | None = None


class SensitiveLook(Value):
    """That the officer asked to see papers of this kind, and why, in his words."""

    at: datetime
    kind: SensitiveKind
    reason: str


class CitizenVisit(Value):
    """One visit of one citizen: the frame in which his papers may be seen.

    `procedure` is an id of the catalogue. `citizen` is what was said or read of him at the beginning; `citizen_id` is
    the register's entry, None for somebody who had none then. `conditions` are answers by condition id.
    """

    visit_id: str
    actor: Actor
    procedure: str
    reason: VisitReason
    remark: str = ""
    citizen: Party
    citizen_id: str | None = None
    found_by: FoundBy
    showing: Showing
    dossier_code: str | None = None
    conditions: dict[str, bool] = {}
    sensitive_looks: tuple[SensitiveLook, ...] = ()
    opened_at: datetime
    closed_at: datetime | None = None


class VisitView(Value):
    """A visit with the checklist of its procedure.

    `attached` are the papers in its dossier, by the row they stand for. `papers` are those of the citizen's papers that
    matter to the procedure, `other_papers` counts the rest, `sensitive_papers` those that are asked for again, by kind.
    """

    visit: CitizenVisit
    rows: tuple[ChecklistRow, ...]
    attached: dict[str, tuple[str, ...]]
    papers: tuple[str, ...]
    other_papers: int
    sensitive_papers: dict[SensitiveKind, int]
