"""Filters as words of the full-text index: each row also holds what its paper is, as marks that nobody can type.

So a filter narrows a search inside the index, together with the words, however common both are. Marks begin and end
with a character of Unicode's private use: no token of a text has one, SQLite's tokeniser takes it for a letter, and no
mark is the beginning of another.
"""

from calendar import monthrange
from datetime import date, timedelta

from schemas.search import SearchQuery

_EDGE = "\ue000"
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
"""Open ends of a range of days: hoso is younger than the one, and nothing is filed after the other."""
WHOLE_PAPER = f"{_EDGE}w{_EDGE}"
"""Mark of the one row of a paper that tells what is known of it: its page 0."""


def marks_of(type_id: str, state: str, procedure: str | None, filed_on: date) -> tuple[str, ...]:
    """What each row of a paper is found by, beside its words."""
    days = (_mark("y", f"{filed_on:%Y}"), _mark("m", f"{filed_on:%Y%m}"), _mark("d", f"{filed_on:%Y%m%d}"))
    of_procedure = () if procedure is None else (_named("p", procedure),)
    return (_named("t", type_id), _named("s", state), *of_procedure, *days)


def wanted_marks(query: SearchQuery) -> tuple[tuple[str, ...], ...]:
    """What rows must hold to meet the filters of a query: of each group any one mark."""
    groups: list[tuple[str, ...]] = []
    for kind, value in (("t", query.type), ("s", query.state), ("p", query.procedure)):
        if value is not None:
            groups.append((_named(kind, value),))
    if query.filed_from is not None or query.filed_until is not None:
        groups.append(_marks_of_days(query.filed_from or _FIRST_DAY, query.filed_until or _LAST_DAY))
    return tuple(groups)


def _named(kind: str, value: str) -> str:
    """A mark of an id, which may hold any characters."""
    return _mark(kind, value.encode().hex())


def _mark(kind: str, value: str) -> str:
    return f"{_EDGE}{kind}{value}{_EDGE}"


def _marks_of_days(first: date, last: date) -> tuple[str, ...]:
    """A range of days as whole years, whole months, and days: less than 190 marks for a century."""
    day, last = max(first, _FIRST_DAY), min(last, _LAST_DAY)
    marks: list[str] = []
    while day <= last:
        if (day.month, day.day) == (1, 1) and last >= date(day.year, 12, 31):
            marks.append(_mark("y", f"{day:%Y}"))
            day = date(day.year + 1, 1, 1)
        elif day.day == 1 and last >= day.replace(day=_days_of_month(day)):
            marks.append(_mark("m", f"{day:%Y%m}"))
            day += timedelta(days=_days_of_month(day))
        else:
            marks.append(_mark("d", f"{day:%Y%m%d}"))
            day += timedelta(days=1)
    return tuple(marks) or (_mark("d", "never"),)


def _days_of_month(day: date) -> int:
    return monthrange(day.year, day.month)[1]
