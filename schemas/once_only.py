"""What a checklist says of each paper of a procedure."""

from datetime import date
from typing import Literal

from schemas.base import Value
from schemas.catalog import Condition
from schemas.decisions import LookUp

ValidityState = Literal["valid", "expired", "superseded", "cancelled", "unknown"]
HoldingStatus = Literal["held", "held_unconfirmed", "expired", "superseded", "wrong_copy", "look_up", "missing"]
HoldingReason = Literal[
    "confirmed",
    "unconfirmed",
    "unsigned",
    "in_review",
    "too_old",
    "cancelled",
    "superseded",
    "issue_date_unknown",
    "issued_later",
    "expiry_date_unknown",
    "validity_unknown",
    "copy_kind",
    "other_role",
    "other_purpose",
    "purpose_unknown",
    "one_use",
    "sheet_itself",
    "shown_only",
    "look_in_database",
    "found_in_database",
    "none_on_file",
]
ReuseRefusal = Literal[
    "not_reusable",
    "no_copy",
    "newer_on_file",
    "not_asked_for",
    "in_database",
]
"""Why a paper may not serve a dossier, besides the reasons for which it is not held."""


class PaperValidity(Value):
    """Whether a paper holds on a day, by which rule of its type, and where that rule stands.

    `until` is the last day on which it holds (None: no term, or not known). `reason` tells why it does not hold, or why
    that cannot be told; None where it is valid.
    """

    state: ValidityState
    rule: str
    source: str
    until: date | None = None
    reason: HoldingReason | None = None


class Visit(Value):
    """What is known of the occasion on which papers are asked for.

    `conditions` are answers by condition id. `dossier_code` is the dossier the papers are for; without one, sheets that
    serve a single use count on the day they are filed. `looked_up` is what was looked up for this dossier.
    `signatures`: a copy must be signed to count as held.
    """

    day: date
    conditions: dict[str, bool] = {}
    dossier_code: str | None = None
    looked_up: tuple[LookUp, ...] = ()
    signatures: bool = False


class ChecklistRow(Value):
    """One paper a procedure asks for, and whether the citizen must bring it.

    `applies` is `only_if` while nobody has answered the condition's question. `demanded` is true only where the row
    applies, its source was read, and neither a usable paper is on file nor data take its place. A `look_up` with the
    reason `look_in_database` waits for the officer; once found it is not asked for again in that dossier.
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
    looked_up: Literal["found", "incomplete", "failed"] | None = None
    """Outcome of the last look-up for this row; None: nobody looked."""
    demanded: bool
    source: str
    verified: bool
