"""The figures of an office, and its dossiers for the one-stop system, as part of the JSON API."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from pipeline.export import dossier_sync, dossiers_sync
from pipeline.figures import as_csv, figures
from pipeline.figures_chart import chart
from pipeline.local_time import local_day
from pipeline.web.api import archive_of
from pipeline.web.signed_in import actor_of, needs
from schemas.export import DossierSync
from schemas.figures import By, FigureTable

router = APIRouter(prefix="/api/v1")
_DAYS = 30
_Day = Annotated[date | None, Query()]


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


@router.get("/export/dossiers/{code}", dependencies=[needs("export.read")])
def export_dossier(request: Request, code: str) -> DossierSync:
    """What the one-stop system takes over of one dossier."""
    archive = archive_of(request)
    return dossier_sync(archive.tables, archive.catalogue, actor_of(request).office_id, code)


@router.get("/export/dossiers", dependencies=[needs("export.read")])
def export_dossiers(request: Request, since: date, until: _Day = None) -> tuple[DossierSync, ...]:
    """The same of all dossiers received on the days from `since` to `until`, both included; without it, to today."""
    archive, last = archive_of(request), until or local_day(datetime.now(UTC))
    return tuple(dossiers_sync(archive.tables, archive.catalogue, actor_of(request).office_id, since, last))
