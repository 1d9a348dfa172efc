"""Who looked at papers of unusually many people: told to those who read the access log (ASVS 4.0.3, 8.1.4)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from statistics import median

from pipeline.access_ports import AccessLog
from schemas.audit import DayOfLooks, UnusualDay

KNOWN_DAYS = 30
"""What is usual is taken from so many days, today among them."""
_FLOOR = 30
"""People. A counter serves so many on a busy day; in a small office three times the usual are soon a handful."""
_TIMES = 3
"""A day before Tết brings twice the usual and no more; who goes through the papers of a street exceeds it."""


def looks_lately(log: AccessLog, office_id: str, today: date) -> tuple[DayOfLooks, ...]:
    """What each account of an office was shown on each of the days that are known. Raises: ServiceUnavailable."""
    return log.days(office_id, today - timedelta(days=KNOWN_DAYS - 1))


def unusual_days(days: Sequence[DayOfLooks]) -> tuple[UnusualDay, ...]:
    """The days of accounts that are far above what is usual, newest first, the most people before.

    A day is told when papers of more than 30 people were shown, and of more than three times the larger of two medians:
    of the account's other days, and of all other days of the office's accounts. The account's own, so that who scans
    or reviews for a living is not told every day; the office's, so that a new account or one that seldom works is
    measured too. Medians, since one day of curiosity must not make the next one usual. A day never counts for itself;
    one that nothing can be compared with is not told. Who looks at too many every day for weeks makes that his usual.

    Args:
        days: each account's days of one office, in any order; days without a look are left out.

    """
    own: defaultdict[str, list[DayOfLooks]] = defaultdict(list)
    for one in days:
        own[one.login].append(one)
    judged = ((one, _exceeded(one, own[one.login], days)) for one in days)
    found = [UnusualDay(**one.model_dump(), usual=usual) for one, usual in judged if usual is not None]
    return tuple(sorted(found, key=lambda one: (one.day, one.people), reverse=True))


def count_since_yesterday(log: AccessLog, offices: Iterable[str], today: date) -> int:
    """How many unusual days there are yesterday and today, over all of the offices. Raises: ServiceUnavailable."""
    yesterday = today - timedelta(days=1)
    told = (one for office_id in offices for one in unusual_days(looks_lately(log, office_id, today)))
    return sum(one.day >= yesterday for one in told)


def _exceeded(one: DayOfLooks, own: Sequence[DayOfLooks], all_days: Sequence[DayOfLooks]) -> float | None:
    """What is usual, where the day is far above it; else None. `own` are the account's days."""
    if one.people <= _FLOOR or len(all_days) == 1:
        return None
    usual = _median_without(one, own)
    if one.people <= _TIMES * usual:  # as most days are: the office's are gone through for the few others alone
        return None
    usual = max(usual, _median_without(one, all_days))
    return usual if one.people > _TIMES * usual else None


def _median_without(one: DayOfLooks, days: Sequence[DayOfLooks]) -> float:
    others = [other.people for other in days if other is not one]
    return median(others) if others else 0.0
