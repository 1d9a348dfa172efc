"""The visit that a session holds: who may see it, and what every page shows of it."""

from fastapi import Request
from starlette.requests import HTTPConnection

from pipeline.archive import Archive
from pipeline.errors import NotFound
from pipeline.visits import Opening, VisitDesk
from pipeline.web.signed_in import actor_of, signed_in, trace
from schemas.access import SignedIn
from schemas.base import Value
from schemas.visits import CitizenVisit


class Strip(Value):
    """What every page shows of the open visit: whose it is, and the procedure's title."""

    visit_id: str
    name: str
    procedure: str


def visit_desk(request: HTTPConnection) -> VisitDesk:
    """Where visits of this process are opened."""
    archive: Archive = request.app.state.archive
    return VisitDesk(archive.tables, archive.catalogue, archive.dossiers)


def held_visit(request: Request, visit_id: str) -> CitizenVisit:
    """The visit, which the asking session must hold.

    Raises:
        NotFound: no_such_visit.
        Forbidden: visit_over.

    """
    return visit_desk(request).held(actor_of(request).office_id, visit_id, signed_in(request).visit_id)


def open_visit(request: Request, opening: Opening) -> CitizenVisit:
    """Open a visit, and write that the citizen was opened. Raises: as `VisitDesk.open`."""
    signed = signed_in(request)
    visit = visit_desk(request).open(signed.actor, signed.session_id, opening)
    request.state.signed = signed.model_copy(update={"purpose": "visit", "visit_id": visit.visit_id})
    trace(request, "open_citizen", citizen_id=visit.citizen_id, subject_id=visit.visit_id)
    return visit


def close_visit(request: Request) -> None:
    """Close the visit that the session holds."""
    archive: Archive = request.app.state.archive
    archive.tables.sessions.set_purpose(signed_in(request).session_id, None, None)
    request.state.signed = signed_in(request).model_copy(update={"purpose": None, "visit_id": None})


def strip_of(request: HTTPConnection) -> Strip | None:
    """The open visit of who asks, for the strip of each page; None where there is none or he may open no citizens."""
    signed: SignedIn | None = getattr(request.state, "signed", None)
    if signed is None or signed.visit_id is None or not signed.may("citizens.open"):
        return None
    archive: Archive = request.app.state.archive
    try:
        visit = archive.tables.visits.get(signed.account.office_id, signed.visit_id)
    except NotFound:  # The account has moved to another office since.
        return None
    procedure = archive.catalogue.procedures.get(visit.procedure)
    if procedure is None or visit.closed_at is not None:
        return None
    return Strip(visit_id=visit.visit_id, name=visit.citizen.name or "", procedure=procedure.title)
