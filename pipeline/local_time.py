"""Days at the counter: days of Vietnam, wherever a server stands."""

from datetime import date, datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
"""Vietnam has one time zone and no summer time."""


def local_day(moment: datetime) -> date:
    """The day at the counters."""
    return moment.astimezone(VIETNAM).date()


def local_moment(moment: datetime) -> str:
    """Time and day at the counters, as people there write it: `08:05 · 21/03/2026`."""
    return moment.astimezone(VIETNAM).strftime("%H:%M · %d/%m/%Y")


def day_begins(day: date) -> datetime:
    """The first moment of a day at the counters."""
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM)
