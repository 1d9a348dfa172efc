"""The figures of an office."""

from datetime import date, datetime, timedelta, timezone

_VIETNAM = timezone(timedelta(hours=7))


def local_day(moment: datetime) -> date:
    """The day at the counters. Vietnam has one time zone and no summer time; a server may stand anywhere."""
    return moment.astimezone(_VIETNAM).date()
