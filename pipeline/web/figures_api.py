"""The figures of an office, and its dossiers for the one-stop system, as part of the JSON API."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from pipeline.export import dossier_sync
from pipeline.figures import as_csv, figures
from pipeline.figures_chart import chart
from pipeline.local_time import local_day
from pipeline.web.api import archive_of
from pipeline.web.days import Day
from pipeline.web.paging import After, Limit, cursor, cut, place_of
from pipeline.web.signed_in import actor_of, needs, trace
from schemas.base import Value
from schemas.export import DossierSync
from schemas.figures import By, FigureTable
from schemas.paging import TimePlace
from schemas.review import OfficerDay

router = APIRouter(prefix="/api/v1")


class DossierSyncList(Value):
    """Dossiers, oldest first; `next` goes on behind them, null at the end."""

    dossiers: tuple[DossierSync, ...]
    next: str | None


_DAYS = 30
_Day = Annotated[Day | None, Query()]


@router.get("/figures", dependencies=[needs("figures.read")])
def show_figures(request: Request, since: _Day = None, until: _Day = None, by: By = "day") -> FigureTable:
    """The office's figures of the days from `since` to `until`, both included; without them, of the last thirty."""
    last = until or local_day(datetime.now(UTC))
    first = since or last - timedelta(days=_DAYS - 1)
    return figures(archive_of(request).tables.figures, [actor_of(request).office_id], first, last, by)


@router.get("/figures.csv", dependencies=[needs("figures.read")])
def fetch_figures(request: Request, since: _Day = None, until: _Day = None, by: By = "day") -> Response:
    """The same as CSV."""
    return Response(as_csv(show_figures(request, since, until, by)), media_type="text/csv; charset=utf-8")


@router.get("/figures.svg", dependencies=[needs("figures.read")])
def draw_figures(request: Request, since: _Day = None, until: _Day = None, by: By = "day") -> Response:
    """The same as a picture."""
    return Response(chart(show_figures(request, since, until, by)), media_type="image/svg+xml")


@router.get("/review/figures", dependencies=[needs("figures.read")])
def show_answer_times(request: Request, since: _Day = None, until: _Day = None) -> tuple[OfficerDay, ...]:
    """How many questions each officer answered on these days, both included, and the median time in seconds."""
    last = until or local_day(datetime.now(UTC))
    first = since or last - timedelta(days=_DAYS - 1)
    return archive_of(request).tables.answers.by_day(actor_of(request).office_id, first, last)


@router.get("/export/dossiers/{code}", dependencies=[needs("export.read")])
def export_dossier(request: Request, code: str) -> DossierSync:
    """What the one-stop system takes over of one dossier."""
    return _exported(request, code)


@router.get("/export/dossiers", dependencies=[needs("export.read")])
def export_dossiers(
    request: Request, since: Day, until: _Day = None, after: After = None, limit: Limit = 100
) -> DossierSyncList:
    """The same of all dossiers received on the days from `since` to `until`, both included; without it, to today."""
    tables, office_id = archive_of(request).tables, actor_of(request).office_id
    place, to = place_of(after, TimePlace), until or local_day(datetime.now(UTC))
    found, last = cut(tables.figures.dossiers_received(office_id, since, to, limit + 1, place), limit)
    exported = [_exported(request, dossier.code) for dossier in found]
    then = cursor(TimePlace(at=last.received_at, id=last.code)) if last else None
    return DossierSyncList(dossiers=tuple(exported), next=then)


def _exported(request: Request, code: str) -> DossierSync:
    archive = archive_of(request)
    dossier = dossier_sync(archive.tables, archive.catalogue, actor_of(request).office_id, code)
    inside = [*(paper.file_id for paper in dossier.papers), *(result.paper_id for result in dossier.results)]
    trace(request, "export", document_ids=inside, subject_id=code)
    return dossier
