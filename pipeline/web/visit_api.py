"""Citizens' visits in the JSON API. A visit belongs to the session that opened it; numbers stand in bodies only."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pipeline.visits import Opening
from pipeline.web.signed_in import needs, trace
from pipeline.web.visiting import close_visit, held_visit, open_visit, visit_desk
from schemas.base import Value
from schemas.visits import CitizenVisit, VisitView

router = APIRouter(prefix="/api/v1/visits")
_MAY_OPEN = needs("citizens.open")


class DossierCode(Value):
    """The code of the dossier that the visit is about."""

    code: str


@router.post("", dependencies=[_MAY_OPEN], status_code=201)
def open_a_visit(request: Request, body: Opening) -> VisitView:
    """Open a citizen with a procedure, a reason, and what lets his papers be shown; a visit held before is closed."""
    return _view(request, open_visit(request, body))


@router.get("/{visit_id}", dependencies=[_MAY_OPEN])
def show_visit(request: Request, visit_id: str) -> VisitView:
    """The open visit with its checklist."""
    return _view(request, held_visit(request, visit_id))


@router.post("/{visit_id}/answers", dependencies=[_MAY_OPEN])
def answer_in_visit(request: Request, visit_id: str, answers: dict[str, bool | None]) -> VisitView:
    """Answer questions of the procedure, by condition id; null takes an answer back."""
    visit = held_visit(request, visit_id)
    for condition, applies in answers.items():
        visit = visit_desk(request).answer(visit, condition, applies)
    return _view(request, visit)


@router.post("/{visit_id}/dossier", dependencies=[needs("dossiers.write")])
def name_dossier(request: Request, visit_id: str, body: DossierCode) -> VisitView:
    """Tell which dossier the visit is about; one that is not known yet is opened."""
    visit = visit_desk(request).name_dossier(held_visit(request, visit_id), body.code)
    trace(request, "change", citizen_id=visit.citizen_id, subject_id=visit.dossier_code)
    return _view(request, visit)


@router.post("/{visit_id}/close", dependencies=[_MAY_OPEN], status_code=204)
def end_visit(request: Request, visit_id: str) -> Response:
    """End the visit: the citizen's papers are closed."""
    held_visit(request, visit_id)
    close_visit(request)
    return Response(status_code=204)


def _view(request: Request, visit: CitizenVisit) -> VisitView:
    desk = visit_desk(request)
    papers, citizen = desk.papers(visit), desk.citizen(visit)
    ids = [paper.document_id for paper in papers.matter]
    trace(request, "look", citizen_id=citizen.citizen_id or None, document_ids=ids, subject_id=visit.visit_id)
    return desk.view(visit, papers, datetime.now(UTC))
