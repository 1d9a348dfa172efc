"""What people decide. Each decision is an object of its own in the store before any row changes; none is ever altered.

The rows can be made anew by applying all decisions in the order of `decided_at`.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field as Described
from pydantic import TypeAdapter

from schemas.base import Value
from schemas.dossier import CopyKind
from schemas.people import Actor


class Decided(Value):
    """Who decided when. `subject_id`: the paper, submission, citizen or dossier it speaks of; a random id or a code."""

    decision_id: str
    subject_id: str
    actor: Actor
    decided_at: datetime


class Confirm(Decided):
    """The officer compared the copy with what was shown (NĐ 107/2021, Art 21a; TT 01/2023, Art 8). Subject: a paper."""

    kind: Literal["confirm"] = "confirm"
    copy_kind: CopyKind


class SetType(Decided):
    """The paper is of this type. Subject: a paper."""

    kind: Literal["set_type"] = "set_type"
    type: str


class SetField(Decided):
    """The paper says this; None: it says nothing. Subject: a paper."""

    kind: Literal["set_field"] = "set_field"
    name: str
    value: str | None


class SetOwner(Decided):
    """Whose the paper is, in one role; `citizen_id` None: nobody's. Subject: a paper."""

    kind: Literal["set_owner"] = "set_owner"
    role: str
    citizen_id: str | None


class SetCuts(Decided):
    """The pages, counted over the submission from 1, on which its papers begin. Subject: a submission."""

    kind: Literal["set_cuts"] = "set_cuts"
    first_pages: tuple[int, ...]


class SetSame(Decided):
    """The paper is another scan of `same_as`; None: it is a paper of its own. Subject: a paper."""

    kind: Literal["set_same"] = "set_same"
    same_as: str | None


class Invalidate(Decided):
    """The paper holds no longer (NĐ 45/2020, Art 15): flagged and kept. Subject: a paper."""

    kind: Literal["invalidate"] = "invalidate"
    state: Literal["superseded", "cancelled"]
    since: date
    superseded_by: str | None = None


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


class MergeCitizens(Decided):
    """Two entries of the register are one person: `merged` goes into the subject. Subject: the citizen that stays."""

    kind: Literal["merge_citizens"] = "merge_citizens"
    merged: str


class SplitCitizen(Decided):
    """One entry of the register holds two people: these papers go to `into`. Subject: the citizen that was too many."""

    kind: Literal["split_citizen"] = "split_citizen"
    into: str
    document_ids: tuple[str, ...]


class Undo(Decided):
    """Takes back a merge or a split. Subject: the citizen of that decision."""

    kind: Literal["undo"] = "undo"
    undone: str


AnyDecision = Annotated[
    Confirm
    | SetType
    | SetField
    | SetOwner
    | SetCuts
    | SetSame
    | Invalidate
    | LookUp
    | Reuse
    | MergeCitizens
    | SplitCitizen
    | Undo,
    Described(discriminator="kind"),
]
read_decision: TypeAdapter[AnyDecision] = TypeAdapter(AnyDecision)
