"""What waited at the end of each day of an office, and how long answers took on it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from statistics import median

from sqlalchemy import Connection, func, select

from pipeline.adapters.database.desk_tables import answer_times
from pipeline.adapters.database.tables import submissions
from pipeline.local_time import VIETNAM, local_day
from schemas.figures import DayOfWork

_ALL_BUT_DONE = ("received", "working", "retrying", "stuck")
_LONGEST_WAIT = timedelta(days=90)
"""What was read after a longer wait is not looked for among all that was ever received."""


def days_of_work(connection: Connection, office_id: str, since: date, until: date) -> tuple[DayOfWork, ...]:
    """See Work.days."""
    first, end = _begins(since), _begins(until + timedelta(days=1))
    waiting = _waiting_before(connection, office_id, first)
    came, went = _moves(connection, office_id, first, end)
    times = _answers(connection, office_id, first, end)
    found = []
    for number in range((until - since).days + 1):
        day = since + timedelta(days=number)
        waiting += came[day] - went[day]
        found.append(DayOfWork(day=day, waiting=waiting, answers=len(times[day]), answer_s=_median(times[day])))
    return tuple(found)


def median_answer_s(connection: Connection, office_id: str, since: date, until: date) -> float | None:
    """See Work.answer_s."""
    times = _answers(connection, office_id, _begins(since), _begins(until + timedelta(days=1)))
    return _median([seconds for of_day in times.values() for seconds in of_day])


def _median(times: Sequence[float | None]) -> float | None:
    timed = [seconds for seconds in times if seconds is not None]
    return median(timed) if timed else None


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


def _waiting_before(connection: Connection, office_id: str, first: datetime) -> int:
    """Submissions received before and not read then: by now they are done, or wait still."""
    own = (submissions.c.office_id == office_id) & (submissions.c.received_at < first)
    lately = submissions.c.received_at >= first - _LONGEST_WAIT
    since_done = own & lately & (submissions.c.state == "done") & (submissions.c.state_since >= first)
    still = own & submissions.c.state.in_(_ALL_BUT_DONE)
    return sum(connection.execute(select(func.count()).where(one)).scalar_one() for one in (since_done, still))


def _moves(
    connection: Connection, office_id: str, first: datetime, end: datetime
) -> tuple[Counter[date], Counter[date]]:
    """How many submissions came on each day, and how many were done with."""
    columns = submissions.c
    came = select(columns.received_at).where(
        columns.office_id == office_id, columns.received_at >= first, columns.received_at < end
    )
    went = select(columns.state_since).where(
        columns.office_id == office_id,
        columns.state == "done",
        columns.state_since >= first,
        columns.state_since < end,
    )
    counted = [Counter(local_day(moment) for moment in connection.execute(query).scalars()) for query in (came, went)]
    return counted[0], counted[1]


def _answers(
    connection: Connection, office_id: str, first: datetime, end: datetime
) -> defaultdict[date, list[float | None]]:
    columns = answer_times.c
    query = select(columns.answered_at, columns.seconds).where(
        columns.office_id == office_id, columns.answered_at >= first, columns.answered_at < end
    )
    times: defaultdict[date, list[float | None]] = defaultdict(list)
    for row in connection.execute(query):
        times[local_day(row.answered_at)].append(row.seconds)
    return times
