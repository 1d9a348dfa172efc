"""What a checklist says of each paper of a procedure."""

from datetime import date
from typing import Literal

from schemas.base import Value
from schemas.catalog import Condition

HoldingStatus = Literal["held", "held_unconfirmed", "expired", "wrong_copy", "missing"]
HoldingReason = Literal[
    "confirmed",
    "unconfirmed",
    "in_review",
    "too_old",
    "issue_date_unknown",
    "expiry_date_unknown",
    "validity_unknown",
    "copy_kind",
    "other_role",
    "none_on_file",
]


class ChecklistRow(Value):
    """One paper a procedure asks for, and whether the citizen must bring it.

    `applies` is `only_if` while nobody has answered the condition's question. `demanded` is true only where the row
    applies, its source was read, and no usable paper is on file.
    """

    id: str
    title: str
    status: HoldingStatus
    reason: HoldingReason
    document_id: str | None = None
    """The paper the status speaks of."""
    document_type: str | None = None
    usable_until: date | None = None
    """Last day on which the paper may be used; None: no term."""
    applies: Literal["yes", "no", "only_if"] = "yes"
    condition: Condition | None = None
    demanded: bool
    source: str
    verified: bool
