"""The pages of a citizen's visit: opening it, its checklist, and who looked at the citizen's papers.

Every action is a form that works without script and leads back to the visit's page; numbers and names stand in bodies.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pipeline.errors import ScanRejected
from pipeline.vietnamese import fold
from pipeline.visits import Opening
from pipeline.web.api import archive_of, viewer_of
from pipeline.web.shown import remember
from pipeline.web.signed_in import actor_of, needs, signed_in, trace
from pipeline.web.templating import render
from pipeline.web.visit_view import VisitWords
from pipeline.web.visiting import close_visit, held_visit, open_visit, visit_desk
from pipeline.web.wording import language_of
from schemas.base import Value
from schemas.catalog import SensitiveKind
from schemas.dossier import Paper
from schemas.dossiers import Party
from schemas.visits import OF_ANOTHER, CitizenVisit, Presence, Showing, VisitReason

router = APIRouter(include_in_schema=False)
_MAY_OPEN = needs("citizens.open")
_MAY_WRITE = needs("dossiers.write")
Said = Annotated[str, Form(max_length=500)]


class OpeningForm(Value):
    """The form that opens a visit, as it is sent: what was not filled in is empty."""

    procedure: str = ""
    said: str = ""
    citizen_id: str = ""
    name: str = ""
    reason: VisitReason = "hand_in"
    remark: str = ""
    presence: Presence | Literal[""] = ""
    by_name: str = ""
    by_number: str = ""
    vneid_level: Literal["1", "2"] = "2"


@router.get("/visit", dependencies=[_MAY_OPEN])
def start_page(request: Request) -> HTMLResponse:
    """Asks for procedure, citizen, reason and presence."""
    return _start(request, OpeningForm())


@router.post("/visit/find", dependencies=[_MAY_OPEN])
def find_citizen(request: Request, said: Said) -> HTMLResponse:
    """Who may be meant by what was read or typed, as a part of the start page."""
    return render(request, "visit_found.html", found=_found(request, said), form=OpeningForm(said=said))


@router.post("/visits", dependencies=[_MAY_OPEN])
def open_a_visit(request: Request, form: Annotated[OpeningForm, Form()]) -> Response:
    """Open the visit and go to it; where something is missing, the form comes back as it was filled in."""
    try:
        visit = open_visit(request, _opening(form))
    except ScanRejected as error:
        return _start(request, form, error)
    return RedirectResponse(f"/visits/{visit.visit_id}", status_code=303)


@router.get("/visits/{visit_id}", dependencies=[_MAY_OPEN])
def visit_page(request: Request, visit_id: str) -> HTMLResponse:
    """The open visit."""
    return _page(request, held_visit(request, visit_id))


@router.post("/visits/{visit_id}/close", dependencies=[_MAY_OPEN])
def end_visit(request: Request, visit_id: str) -> RedirectResponse:
    """End the visit."""
    held_visit(request, visit_id)
    close_visit(request)
    return RedirectResponse("/visit", status_code=303)


@router.post("/visits/{visit_id}/answers", dependencies=[_MAY_OPEN])
def answer_condition(
    request: Request, visit_id: str, condition: Annotated[str, Form()], answer: Annotated[Literal["yes", "no"], Form()]
) -> RedirectResponse:
    """Answer one of the procedure's questions."""
    visit = held_visit(request, visit_id)
    visit_desk(request).answer(visit, condition, answer == "yes")
    return _back(visit)


@router.post("/visits/{visit_id}/dossier", dependencies=[_MAY_WRITE])
def name_dossier(request: Request, visit_id: str, code: Said) -> Response:
    """Tell which dossier the visit is about."""
    visit = held_visit(request, visit_id)
    try:
        _name(request, visit, code)
    except ScanRejected as error:
        return _page(request, visit, told=_sentence(request, error), status=422)
    return _back(visit)


@router.post("/visits/{visit_id}/uses", dependencies=[_MAY_WRITE])
def use_paper(
    request: Request,
    visit_id: str,
    component: Annotated[str, Form()],
    document_id: Annotated[str, Form()],
    code: Said = "",
) -> Response:
    """Let a paper on file serve the visit's dossier; `code` names it where that was not done yet."""
    visit = held_visit(request, visit_id)
    try:
        visit = _with_dossier(request, visit, code)
        citizen_id = _citizen_id(request, visit)
        trace(request, "reuse", citizen_id=citizen_id, document_ids=[document_id], subject_id=visit.dossier_code)
        visit_desk(request).use(visit, component, document_id)
    except ScanRejected as error:
        return _page(request, visit, told=_sentence(request, error), status=422)
    return _back(visit)


@router.post("/visits/{visit_id}/look-ups", dependencies=[_MAY_WRITE])
def look_up(
    request: Request,
    visit_id: str,
    component: Annotated[str, Form()],
    outcome: Annotated[Literal["found", "incomplete", "failed"], Form()],
    code: Said = "",
) -> Response:
    """Record what the national database gave instead of a paper."""
    visit = held_visit(request, visit_id)
    try:
        visit = _with_dossier(request, visit, code)
        trace(request, "look_up", citizen_id=_citizen_id(request, visit), subject_id=visit.dossier_code)
        visit_desk(request).look_up(visit, component, outcome)
    except ScanRejected as error:
        return _page(request, visit, told=_sentence(request, error), status=422)
    return _back(visit)


@router.post("/visits/{visit_id}/others", dependencies=[_MAY_OPEN])
def other_papers(request: Request, visit_id: str) -> HTMLResponse:
    """The citizen's papers that do not matter to the procedure."""
    visit = held_visit(request, visit_id)
    others = visit_desk(request).papers(visit).others
    _trace_look(request, visit, others)
    return _page(request, visit, others=others)


@router.post("/visits/{visit_id}/sensitive", dependencies=[_MAY_OPEN])
def sensitive_papers(
    request: Request, visit_id: str, kind: Annotated[SensitiveKind, Form()], reason: Said
) -> HTMLResponse:
    """The citizen's health or judicial papers, with the reason for which they are looked at now."""
    visit = held_visit(request, visit_id)
    try:
        papers = visit_desk(request).ask_sensitive(visit, kind, reason)
    except ScanRejected as error:
        return _page(request, visit, told=_sentence(request, error), status=422)
    ids = [paper.document_id for paper in papers]
    trace(request, "look_sensitive", citizen_id=_citizen_id(request, visit), document_ids=ids)
    remember(request, "look_sensitive", ids)
    return _page(request, visit, sensitive={kind: papers})


@router.post("/visits/{visit_id}/known", dependencies=[_MAY_OPEN])
def known_values(request: Request, visit_id: str, form: Annotated[str, Form()]) -> HTMLResponse:
    """What is known of a form's fields."""
    visit = held_visit(request, visit_id)
    fields = visit_desk(request).known_values(visit, form, datetime.now(UTC))
    ids = dict.fromkeys(one.document_id for field in fields for one in field.known if one.document_id is not None)
    trace(request, "prefill", citizen_id=_citizen_id(request, visit), document_ids=ids)
    return _page(request, visit, known={form: _in_words(request).known(fields)})


def _start(request: Request, form: OpeningForm, error: ScanRejected | None = None) -> HTMLResponse:
    desk, now = visit_desk(request), datetime.now(UTC)
    procedures = desk.procedures(actor_of(request).office_id, now)
    return render(
        request,
        "visit_start.html",
        status=error.http_status if error else 200,
        procedures=[(one, fold(f"{one.title} {one.code}")) for one in procedures],
        form=form,
        found=_found(request, form.said) if form.said else None,
        told=_sentence(request, error) if error else "",
    )


def _found(request: Request, said: str) -> dict[str, object]:
    """What the start page shows of who was found; that they were found is traced."""
    # A visit that is still open is another citizen's: what is looked for now is not for its sake.
    request.state.signed = signed_in(request).model_copy(update={"visit_id": None})
    sought = visit_desk(request).seeker.seek(actor_of(request).office_id, said)
    for one in sought.known:
        trace(request, "search", citizen_id=one.citizen_id, purpose="visit")
    procedure = sought.procedure and archive_of(request).catalogue.procedures[sought.procedure]
    return {"sought": sought, "candidates": _in_words(request).candidates(sought.known), "procedure": procedure}


def _opening(form: OpeningForm) -> Opening:
    if not form.presence:
        raise ScanRejected("presence_needed")
    by = Party(number=form.by_number.strip() or None, name=form.by_name.strip() or None)
    return Opening(
        procedure=form.procedure,
        reason=form.reason,
        remark=form.remark,
        said=form.said,
        citizen_id=form.citizen_id or None,
        name=form.name,
        showing=Showing(
            presence=form.presence,
            by=by if form.presence in OF_ANOTHER else None,
            vneid_level=(1 if form.vneid_level == "1" else 2) if form.presence == "online" else None,
        ),
    )


def _page(
    request: Request,
    visit: CitizenVisit,
    *,
    told: str = "",
    status: int = 200,
    **opened: object,
) -> HTMLResponse:
    """The visit's page. Args: opened: what is unfolded, by name; all else stays folded away."""
    desk, in_words = visit_desk(request), _in_words(request)
    papers = desk.papers(visit)
    view = desk.view(visit, papers, datetime.now(UTC))
    _trace_look(request, visit, papers.matter)
    folded: dict[str, object] = {"others": None, "sensitive": {}, "known": {}}
    return render(
        request,
        "visit.html",
        status=status,
        told=told,
        visit=visit,
        view=view,
        citizen=desk.citizen(visit),
        procedure=archive_of(request).catalogue.procedures[visit.procedure],
        papers=papers.matter,
        forms=desk.forms(visit),
        in_words=in_words,
        viewer=viewer_of(request),
        **folded | opened,
    )


def _with_dossier(request: Request, visit: CitizenVisit, code: str) -> CitizenVisit:
    return visit if visit.dossier_code is not None else _name(request, visit, code)


def _name(request: Request, visit: CitizenVisit, code: str) -> CitizenVisit:
    named = visit_desk(request).name_dossier(visit, code)
    trace(request, "change", citizen_id=_citizen_id(request, visit), subject_id=named.dossier_code)
    return named


def _trace_look(request: Request, visit: CitizenVisit, papers: Iterable[Paper]) -> None:
    ids = [paper.document_id for paper in papers]
    trace(request, "look", citizen_id=_citizen_id(request, visit), document_ids=ids, subject_id=visit.visit_id)


def _citizen_id(request: Request, visit: CitizenVisit) -> str | None:
    """The register's entry, also of somebody who has entered it during the visit."""
    return visit_desk(request).citizen(visit).citizen_id or None


def _back(visit: CitizenVisit) -> RedirectResponse:
    return RedirectResponse(f"/visits/{visit.visit_id}", status_code=303)


def _in_words(request: Request) -> VisitWords:
    return VisitWords(viewer_of(request), language_of(request, request.app.state.settings.language))


def _sentence(request: Request, error: ScanRejected) -> str:
    if error.code == "reuse_refused":
        return _in_words(request).refusals(error.detail.split(", "))
    return error.message(language_of(request, request.app.state.settings.language))
