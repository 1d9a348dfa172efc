"""The page of the work list, and of calling about what a dossier is missing.

Every action is a form that works without script and leads back to the list.
"""

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pipeline.errors import ScanRejected
from pipeline.local_time import local_day
from pipeline.web import work_api
from pipeline.web.api import archive_of
from pipeline.web.receiving import receiving_of
from pipeline.web.signed_in import actor_of, needs, signed_in, trace
from pipeline.web.templating import render
from pipeline.web.wording import language_of
from pipeline.web.work_view import WorkView, WorkViewer
from schemas.work import CallOutcome

router = APIRouter(include_in_schema=False)
_MAY_WRITE = needs("dossiers.write")
Line = Annotated[str, Form(max_length=200)]


@router.get("/work", dependencies=[needs("work.read")])
def work_page(request: Request) -> HTMLResponse:
    """What there is to do."""
    return render(request, "work.html", work=_work(request), strange_folders=_strange_folders(request))


@router.get("/work/list", dependencies=[needs("work.read")])
def work_list(request: Request) -> HTMLResponse:
    """The same as a part of the page, for the page to renew itself."""
    return render(request, "work_list.html", work=_work(request), strange_folders=_strange_folders(request))


@router.post("/work/submissions/{submission_id}/retry", dependencies=[needs("work.retry")])
def retry(request: Request, submission_id: str) -> Response:
    """Have a stuck submission read again."""
    work_api.retry(request, submission_id)
    return RedirectResponse("/work", status_code=303)


@router.post("/work/proposals/{document_id}", dependencies=[_MAY_WRITE])
def answer_proposal(
    request: Request,
    document_id: str,
    code: Line,
    answer: Annotated[Literal["accept", "decline"], Form()],
    component: Line = "",
) -> Response:
    """Put a proposed paper into the dossier, or say that it is not of it."""
    if answer == "accept":
        work_api.attach(request, code, work_api.Attached(component=component, document_id=document_id))
    else:
        work_api.detach(request, code, document_id)
    return RedirectResponse("/work", status_code=303)


@router.get("/dossiers/{code}/call", dependencies=[_MAY_WRITE])
def call_page(request: Request, code: str) -> HTMLResponse:
    """Whom to call about a dossier, about what, and earlier calls."""
    return _call_page(request, code)


@router.post("/dossiers/{code}/calls", dependencies=[_MAY_WRITE])
def note_call(request: Request, code: str, outcome: Annotated[CallOutcome, Form()], brings_on: Line = "") -> Response:
    """Write down a call."""
    # A day that was entered before another outcome was chosen is not meant.
    day = brings_on or None if outcome == "will_bring" else None
    try:
        work_api.note_call(request, code, work_api.CallBody(outcome=outcome, brings_on=_day(day)))
    except ScanRejected as error:
        return _call_page(request, code, error)
    return RedirectResponse("/work", status_code=303)


@router.post("/dossiers/{code}/phone", dependencies=[_MAY_WRITE])
def save_phone(request: Request, code: str, phone: Line) -> Response:
    """Keep a telephone number with the dossier."""
    trace(request, "change", subject_id=code, purpose="dossier")
    try:
        archive_of(request).dossiers.set_phone(actor_of(request), code, phone)
    except ScanRejected as error:
        return _call_page(request, code, error)
    return RedirectResponse(f"/dossiers/{code}/call", status_code=303)


def _day(said: str | None) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise ScanRejected("day_needed") from None


def _work(request: Request) -> WorkView:
    now = datetime.now(UTC)
    return _viewer(request, now).work(
        work_api.list_work(request, now), with_dossiers=signed_in(request).may("dossiers.read")
    )


def _strange_folders(request: Request) -> int:
    """Of the scan folder, which is the installation's own office's."""
    receiving = receiving_of(request)
    return receiving.strange_folders() if actor_of(request).office_id == receiving.office_id else 0


def _call_page(request: Request, code: str, error: ScanRejected | None = None) -> HTMLResponse:
    archive, office_id, now = archive_of(request), actor_of(request).office_id, datetime.now(UTC)
    dossier, desk = archive.tables.dossiers.get(office_id, code), work_api.work_desk(request)
    phones, viewer = desk.phones(dossier), _viewer(request, now)
    ids = [one.document_id for one in phones if one.document_id is not None]
    trace(request, "look", document_ids=ids, subject_id=code, purpose="dossier")
    return render(
        request,
        "call.html",
        status=error.http_status if error else 200,
        told=error.message(language_of(request)) if error else "",
        dossier=viewer.line(dossier),
        missing=[row.title for row in desk.missing(dossier, now).missing],
        phones=viewer.phones(phones),
        calls=viewer.calls(archive.tables.calls.of_dossier(office_id, code)),
        today=local_day(now).isoformat(),
    )


def _viewer(request: Request, now: datetime) -> WorkViewer:
    language = language_of(request, request.app.state.settings.language)
    return WorkViewer(archive_of(request).catalogue, language, now)
