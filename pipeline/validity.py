"""Whether a paper still holds: by what people flagged, and by the term of its type.

A paper that holds no longer is flagged and kept for look-up (NĐ 45/2020/NĐ-CP, Điều 15).
"""

import calendar
from datetime import date

from schemas.catalog import DocumentType
from schemas.dossier import Paper
from schemas.once_only import HoldingReason, PaperValidity, ValidityState


def validity(kind: DocumentType, paper: Paper, day: date, max_age_months: int | None = None) -> PaperValidity:
    """Whether the paper holds on `day`.

    Args:
        kind: its type, whose rule decides and whose source is named.
        paper: the paper; dates in doubt count as unknown.
        day: the day of use; the last day of a term still counts.
        max_age_months: a stricter term of the procedure, counted from the issue date.

    """
    if paper.invalid_state is not None and (paper.invalid_from is None or paper.invalid_from <= day):
        ended: HoldingReason = "superseded" if paper.invalid_state == "superseded" else "cancelled"
        return _state(kind, paper.invalid_state, reason=ended)
    until, unknown = _last_day(kind, paper, day, max_age_months)
    if unknown is not None:
        return _state(kind, "unknown", reason=unknown)
    if until is not None and day > until:
        return _state(kind, "expired", until, "too_old")
    return _state(kind, "valid", until)


def _last_day(
    kind: DocumentType, paper: Paper, day: date, max_age_months: int | None
) -> tuple[date | None, HoldingReason | None]:
    """The last day of use (None: no term), or why it cannot be told."""
    if kind.validity.rule == "unknown":
        return None, "validity_unknown"
    issued, expiry = certain_date(paper, "issue_date"), certain_date(paper, "expiry_date")
    if issued is not None and issued > day:
        return None, "issued_later"
    if kind.validity.rule == "printed" and expiry is None:
        return None, "expiry_date_unknown"
    terms = [months for months in (kind.validity.months, max_age_months) if months is not None]
    if terms and issued is None:
        return None, "issue_date_unknown"
    by_age = [months_after(issued, min(terms))] if terms and issued is not None else []
    by_print = [expiry] if kind.validity.rule == "printed" and expiry is not None else []
    return min(by_age + by_print, default=None), None


def _state(
    kind: DocumentType, state: ValidityState, until: date | None = None, reason: HoldingReason | None = None
) -> PaperValidity:
    rule = kind.validity.rule
    return PaperValidity(state=state, rule=rule, source=kind.validity.source, until=until, reason=reason)


def certain_date(paper: Paper, name: str) -> date | None:
    """A date of the paper that nobody needs to look at again; None where there is none, or only a year."""
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
