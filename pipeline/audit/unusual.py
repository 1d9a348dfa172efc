"""Who looked at papers of unusually many people: told to those who read the access log (ASVS 4.0.3, 8.1.4)."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

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
    of_office, own = sorted(one.people for one in days), defaultdict[str, list[int]](list)
    for one in days:
        insort(own[one.login], one.people)
    found = []
    for one in days:
        medians = [_median_without(one.people, counts) for counts in (own[one.login], of_office) if len(counts) > 1]
        if medians and one.people > max(_FLOOR, _TIMES * max(medians)):
            found.append(UnusualDay(**one.model_dump(), usual=max(medians)))
    return tuple(sorted(found, key=lambda one: (one.day, one.people), reverse=True))


def count_since_yesterday(log: AccessLog, offices: Iterable[str], today: date) -> int:
    """How many unusual days there are yesterday and today, over all of the offices. Raises: ServiceUnavailable."""
    yesterday = today - timedelta(days=1)
    told = (one for office_id in offices for one in unusual_days(looks_lately(log, office_id, today)))
    return sum(one.day >= yesterday for one in told)


def _median_without(count: int, counts: Sequence[int]) -> float:
    """The median of the others; `counts` are sorted, at least two, and hold `count`."""
    out, others = bisect_left(counts, count), len(counts) - 1
    middle = ((others - 1) // 2, others // 2)
    low, high = (counts[place + (place >= out)] for place in middle)
    return (low + high) / 2
