"""Which papers of a procedure a citizen still owes, and why: what is on file is not asked for again.

NĐ 107/2021/NĐ-CP (Điều 21a of NĐ 61/2018): who has handed in a paper that may be used again need not hand it in anew.
"""

import calendar
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from schemas.base import Value
from schemas.catalog import DocumentType, Procedure, RequiredPaper
from schemas.dossier import Paper
from schemas.once_only import ChecklistRow, HoldingReason, HoldingStatus
from schemas.people import Citizen

_BEST_FIRST: tuple[HoldingStatus, ...] = ("held", "held_unconfirmed", "wrong_copy", "expired", "missing")
_USABLE = ("held", "held_unconfirmed")


class _Holding(Value):
    """What one paper is worth for one row."""

    status: HoldingStatus
    reason: HoldingReason
    paper: Paper | None = None
    usable_until: date | None = None


def checklist(
    procedure: Procedure,
    types: Mapping[str, DocumentType],
    citizen: Citizen,
    papers: Sequence[Paper],
    day: date,
    conditions: Mapping[str, bool],
) -> tuple[ChecklistRow, ...]:
    """The papers the procedure asks for on `day`, in its order.

    Args:
        procedure: whose list it is; rows that are not in force on the day are left out.
        types: the catalogue's types by id.
        citizen: whose papers count, in the role each row asks for.
        papers: what is on file with a filed link to the citizen.
        day: the day of the visit.
        conditions: answers by condition id; an unanswered one leaves its row at `only_if`.

    Returns:
        One row a paper. A paper nobody has confirmed is `held_unconfirmed`; one whose issue date is unknown is never
        taken for valid.

    """
    rows = (row for row in procedure.papers if row.in_force.holds(day))
    current = procedure.verified and procedure.in_force.holds(day)
    return tuple(
        _row(row, _best_holding(row, types, citizen, papers, day), _applies(row, conditions), current) for row in rows
    )


def _row(
    row: RequiredPaper, holding: _Holding, applies: Literal["yes", "no", "only_if"], current: bool
) -> ChecklistRow:
    return ChecklistRow(
        id=row.id,
        title=row.title,
        status=holding.status,
        reason=holding.reason,
        document_id=holding.paper.document_id if holding.paper else None,
        document_type=holding.paper.type if holding.paper else None,
        usable_until=holding.usable_until,
        applies=applies,
        condition=row.condition,
        demanded=applies == "yes" and current and row.verified and holding.status not in _USABLE,
        source=row.source,
        verified=row.verified,
    )


def _applies(row: RequiredPaper, conditions: Mapping[str, bool]) -> Literal["yes", "no", "only_if"]:
    if row.condition is None:
        return "yes"
    answer = conditions.get(row.condition.id)
    if answer is None:
        return "only_if"
    return "yes" if answer else "no"


def _best_holding(
    row: RequiredPaper, types: Mapping[str, DocumentType], citizen: Citizen, papers: Sequence[Paper], day: date
) -> _Holding:
    fitting = [paper for paper in papers if paper.type in row.any_of and paper.state != "rejected"]
    holdings = [_holding(row, types[paper.type], citizen, paper, day) for paper in fitting]
    none = _Holding(status="missing", reason="none_on_file")
    return min(holdings, key=lambda holding: _BEST_FIRST.index(holding.status), default=none)


def _holding(row: RequiredPaper, kind: DocumentType, citizen: Citizen, paper: Paper, day: date) -> _Holding:
    own = {citizen.personal_id, *citizen.aliases}
    roles = {p.role for p in paper.people if p.link == "filed" and p.personal_id in own}
    if not roles or (row.role is not None and row.role not in roles):
        return _Holding(status="missing", reason="other_role", paper=paper)
    until, unknown = _usable_until(row, kind, paper)
    if unknown is not None:
        return _Holding(status="missing", reason=unknown, paper=paper)
    status, reason = _worth(row, paper, day, until)
    return _Holding(status=status, reason=reason, paper=paper, usable_until=until)


def _worth(row: RequiredPaper, paper: Paper, day: date, until: date | None) -> tuple[HoldingStatus, HoldingReason]:
    """What a paper of the right owner is worth on the day."""
    if until is not None and day > until:
        return "expired", "too_old"
    if paper.copy_kind is not None and paper.copy_kind not in row.copy_kinds:
        return "wrong_copy", "copy_kind"
    if paper.state != "filed":
        return "held_unconfirmed", "in_review"
    if paper.confirmed_at is None or paper.copy_kind is None:
        return "held_unconfirmed", "unconfirmed"
    return "held", "confirmed"


def _usable_until(row: RequiredPaper, kind: DocumentType, paper: Paper) -> tuple[date | None, HoldingReason | None]:
    """The last day of use (None: no term), or why it cannot be told."""
    if kind.validity.rule == "unknown":
        return None, "validity_unknown"
    ends = []
    if kind.validity.rule == "printed":
        expiry = _sure_date(paper, "expiry_date")
        if expiry is None:
            return None, "expiry_date_unknown"
        ends.append(expiry)
    terms = [months for months in (kind.validity.months, row.max_age_months) if months is not None]
    if terms:
        issued = _sure_date(paper, "issue_date")
        if issued is None:
            return None, "issue_date_unknown"
        ends.append(months_after(issued, min(terms)))
    return min(ends, default=None), None


def _sure_date(paper: Paper, name: str) -> date | None:
    """A date of the paper that nobody needs to look at again."""
    field = paper.fields.get(name)
    if field is None or field.needs_review:
        return None
    try:
        return date.fromisoformat(field.value)
    except ValueError:
        return None


def months_after(day: date, months: int) -> date:
    """The same day `months` later; the last day of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
