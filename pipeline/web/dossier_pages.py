"""The pages of dossiers: finding and opening one, what is in it and missing, comparing, and what is printed of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from pipeline.comparing import said_anything
from pipeline.dossier_import import COLUMNS, dossier_of
from pipeline.errors import NotFound, ScanRejected
from pipeline.local_time import local_day
from pipeline.sheets import missing_list
from pipeline.stages.field_values import find_dossier_code
from pipeline.stages.sheet_codes import read_sheet_code
from pipeline.uploads import Circumstances
from pipeline.web.api import archive_of
from pipeline.web.confirm_api import ANOTHERS, comparing_of, papers_in, print_slip
from pipeline.web.dossier_api import pdf_of
from pipeline.web.dossier_views import DossierViewer
from pipeline.web.receiving import receiving_of
from pipeline.web.shown import remember
from pipeline.web.signed_in import actor_of, needs, signed_in, trace
from pipeline.web.signing_api import signing_of
from pipeline.web.templating import render
from pipeline.web.wording import language_of, sentence
from schemas.decisions import CompareDossier
from schemas.dossiers import DossierView

router = APIRouter(include_in_schema=False)
_NEWEST = 20
Answers = Annotated[list[str], Form(default_factory=list, max_length=100)]
"""Answers to a procedure's conditions: `id:yes` or `id:no`; empty ones are open."""
Line = Annotated[str, Form(max_length=200)]


@router.get("/dossiers", dependencies=[needs("dossiers.read")])
def dossiers_page(request: Request) -> HTMLResponse:
    """Finding a dossier by its code, opening a new one, and those received last."""
    return _dossiers_page(request)


@router.post("/dossiers/find", dependencies=[needs("dossiers.read")])
def find_dossier(request: Request, code: Line) -> Response:
    """Open the dossier of a code as typed, or as read off a receipt or sheet."""
    sheet = read_sheet_code(code)
    wanted = sheet.dossier_code if sheet else find_dossier_code(code.strip().upper())
    try:
        archive_of(request).tables.dossiers.get(actor_of(request).office_id, wanted or "")
    except NotFound:
        return _dossiers_page(request, {"code": wanted or code}, status=404, problem="dossiers_unknown")
    return RedirectResponse(f"/dossiers/{wanted}", status_code=303)


@router.post("/dossiers", dependencies=[needs("dossiers.write")])
async def open_dossier(request: Request) -> Response:
    """Open a dossier that hoso does not know yet."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    return await run_in_threadpool(_open, request, form)


def _open(request: Request, form: dict[str, str]) -> Response:
    archive = archive_of(request)
    try:
        change = archive.dossiers.open(dossier_of(form, archive.catalogue, actor_of(request), "opened"))
    except ScanRejected as error:
        return _dossiers_page(request, form, status=422, problem=error.code)
    return RedirectResponse(f"/dossiers/{change.code}", status_code=303)


@router.get("/dossiers/{code}", dependencies=[needs("dossiers.read")])
def dossier_page(request: Request, code: str) -> HTMLResponse:
    """One dossier."""
    return _dossier_page(request, code, ())


@router.post("/dossiers/{code}", dependencies=[needs("dossiers.read")])
def dossier_page_answered(request: Request, code: str, answer: Answers) -> HTMLResponse:
    """One dossier with answers to what its papers depend on."""
    return _dossier_page(request, code, answer)


@router.post("/dossiers/{code}/receive", dependencies=[needs("papers.receive")])
def receive_for(request: Request, code: str) -> RedirectResponse:
    """Go on to receiving papers, which then are for this dossier."""
    dossier = archive_of(request).tables.dossiers.get(actor_of(request).office_id, code)
    about = Circumstances(dossier_code=code, procedure=dossier.procedure, channel=dossier.channel)
    receiving_of(request).uploads.set_circumstances(signed_in(request).session_id, about)
    return RedirectResponse("/receive", status_code=303)


@router.post("/dossiers/{code}/missing", dependencies=[needs("dossiers.read")])
def print_missing(request: Request, code: str, answer: Answers) -> Response:
    """The list of what is missing, as PDF."""
    view = _view(request, code, answer)
    trace(request, "print", subject_id=code, purpose="dossier")
    return pdf_of(missing_list(view, archive_of(request).catalogue))


@router.post("/dossiers/{code}/slip", dependencies=[needs("dossiers.read")])
def print_citizens_slip(request: Request, code: str, answer: Answers) -> Response:
    """The citizen's slip, as PDF."""
    return print_slip(request, code, _answers(answer))


@router.get("/dossiers/{code}/compare", dependencies=[needs("papers.confirm")])
def compare_page(request: Request, code: str) -> HTMLResponse:
    """The dossier's papers side by side with their copies."""
    office_id, now = actor_of(request).office_id, datetime.now(UTC)
    dossier = archive_of(request).tables.dossiers.get(office_id, code)
    held = comparing_of(request).papers(office_id, code)
    ids = [one.paper.document_id for one in held]
    trace(request, "look", document_ids=ids, subject_id=code, purpose="dossier")
    # Their pages are part of this look. Sensitive ones are not asked for again: the papers themselves lie on the desk.
    remember(request, "look_sensitive", ids, "dossier")
    viewer = _viewer(request)
    return render(
        request,
        "compare.html",
        head=viewer.head(dossier, local_day(now)),
        papers=viewer.compared(held),
        signs=request.app.state.settings.signs,
    )


@router.post("/dossiers/{code}/take-back", dependencies=[needs("papers.confirm"), ANOTHERS])
def take_back(request: Request, code: str, decision_id: Line) -> Response:
    """Undo the newest comparison."""
    comparing_of(request).take_back(actor_of(request), code, decision_id)
    return RedirectResponse(f"/dossiers/{code}", status_code=303)


def _dossiers_page(
    request: Request, entered: dict[str, str] | None = None, status: int = 200, problem: str = ""
) -> HTMLResponse:
    archive, now = archive_of(request), datetime.now(UTC)
    newest = archive.tables.dossiers.recent(actor_of(request).office_id, _NEWEST)
    trace(request, "look", subject_id="dossiers", purpose="dossier")
    viewer = _viewer(request)
    return render(
        request,
        "dossiers.html",
        status=status,
        entered={name: (entered or {}).get(name, "") for name in COLUMNS},
        problem=problem,
        problem_text=sentence(problem, language_of(request)) if problem not in ("", "dossiers_unknown") else "",
        dossiers=[viewer.head(one, local_day(now)) for one in newest],
        procedures=sorted(archive.catalogue.procedures.values(), key=lambda procedure: procedure.title),
    )


def _dossier_page(request: Request, code: str, answer: Sequence[str]) -> HTMLResponse:
    view = _view(request, code, answer)
    papers = papers_in(request, view)
    trace(request, "look", document_ids=papers, subject_id=code, purpose="dossier")
    answers, held = _answers(answer), comparing_of(request).papers(actor_of(request).office_id, code)
    last = _to_take_back(request, code)
    return render(
        request,
        "dossier.html",
        dossier=_viewer(request).page(view, papers, answers, datetime.now(UTC)),
        to_compare=sum(one.stands == "open" for one in held),
        comparable=len(held),
        to_sign=_to_sign(request, code),
        given=[f"{name}:{'yes' if said else 'no'}" for name, said in answers.items()],
        last=last,
        confirmed=sum(bool(one.copy_kind) for one in last.papers) if last else 0,
        refused=sum(bool(one.trouble) for one in last.papers) if last else 0,
    )


def _to_sign(request: Request, code: str) -> int:
    if not request.app.state.settings.signs:
        return 0
    return len(signing_of(request).unsigned(actor_of(request).office_id, code))


def _to_take_back(request: Request, code: str) -> CompareDossier | None:
    """The newest comparison, if this officer recorded it today."""
    actor = actor_of(request)
    last = comparing_of(request).last(actor.office_id, code) if signed_in(request).may("papers.confirm") else None
    if last is None or last.actor != actor or not said_anything(last):
        return None
    return last if local_day(last.decided_at) == local_day(datetime.now(UTC)) else None


def _view(request: Request, code: str, answer: Sequence[str]) -> DossierView:
    now = datetime.now(UTC)
    return archive_of(request).dossiers.view(actor_of(request).office_id, code, _answers(answer), now)


def _answers(answer: Sequence[str]) -> dict[str, bool]:
    said = (one.rpartition(":") for one in answer)
    return {name: value == "yes" for name, _, value in said if name and value in ("yes", "no")}


def _viewer(request: Request) -> DossierViewer:
    settings = request.app.state.settings
    return DossierViewer(
        archive_of(request).catalogue, language_of(request, settings.language), signatures=settings.signs
    )
