"""The page on which an officer signs the copies of a dossier that he has confirmed."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from pipeline.local_time import local_day
from pipeline.web.api import archive_of
from pipeline.web.dossier_views import DossierViewer
from pipeline.web.signed_in import actor_of, needs, trace
from pipeline.web.signing_api import signing_of
from pipeline.web.templating import render
from pipeline.web.wording import language_of

router = APIRouter(include_in_schema=False)
_KEEPS_ITS_WINDOW = {"cross-origin-opener-policy": "same-origin-allow-popups"}
"""Else a page is cut off from windows of other origins, and the counter's own signer has one."""


@router.get("/dossiers/{code}/sign", dependencies=[needs("papers.confirm")])
def sign_page(request: Request, code: str) -> HTMLResponse:
    """What of a dossier is confirmed and not signed yet."""
    office_id, desk, settings = actor_of(request).office_id, signing_of(request), request.app.state.settings
    archive = archive_of(request)
    dossier = archive.tables.dossiers.get(office_id, code)
    papers = desk.unsigned(office_id, code)
    trace(request, "look", document_ids=[one.document_id for one in papers], subject_id=code, purpose="dossier")
    viewer = DossierViewer(archive.catalogue, language_of(request, settings.language))
    page = render(
        request,
        "sign.html",
        head=viewer.head(dossier, local_day(datetime.now(UTC))),
        papers=viewer.titles(papers),
        asks_pin=desk.asks_pin,
        signer="" if desk.reaches_key else f"http://127.0.0.1:{settings.signer_port}",
    )
    page.headers.update(_KEEPS_ITS_WINDOW)
    return page
