"""The page of an office's figures: small charts by day, a table by procedure, and the days as a table."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from pipeline.figures import figures
from pipeline.local_time import local_day
from pipeline.web.api import archive_of
from pipeline.web.figures_view import FiguresViewer, Period
from pipeline.web.signed_in import actor_of, needs
from pipeline.web.templating import render
from pipeline.web.wording import language_of

router = APIRouter(include_in_schema=False)
PERIODS = (7, 30, 90)
_USUAL = 30
_LONGEST = timedelta(days=366)


@router.get("/figures", dependencies=[needs("figures.read")])
def figures_page(
    request: Request,
    days: Annotated[int | None, Query(ge=1, le=_LONGEST.days)] = None,
    since: date | None = None,
    until: date | None = None,
) -> HTMLResponse:
    """The figures of some days: the last so many, or from a day to a day, a year at most; usually the last thirty."""
    period = _period(days, since, until, local_day(datetime.now(UTC)))
    tables, office_id = archive_of(request).tables, actor_of(request).office_id
    viewer = FiguresViewer(archive_of(request).catalogue, language_of(request, request.app.state.settings.language))
    view = viewer.view(
        period,
        by_day=figures(tables.figures, [office_id], period.since, period.until, "day"),
        by_procedure=figures(tables.figures, [office_id], period.since, period.until, "procedure"),
        work=tables.work.days(office_id, period.since, period.until),
        answer_s=tables.work.answer_s(office_id, period.since, period.until),
    )
    return render(request, "figures.html", view=view, period=period, periods=PERIODS)


def _period(days: int | None, since: date | None, until: date | None, today: date) -> Period:
    if since is None and until is None:
        days = days or _USUAL
        return Period(since=today - timedelta(days=days - 1), until=today, days=days)
    last = until or max(today, since or today)
    first = since or last - timedelta(days=_USUAL - 1)
    # Given the wrong way round they mean the same days.
    first, last = min(first, last), max(first, last)
    return Period(since=max(first, last - _LONGEST), until=last)
