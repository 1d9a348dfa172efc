"""Dossiers in the JSON API: taking them over, what they owe, reuse, look-ups, printed sheets, known values of forms.

Numbers of citizens stand in bodies only, never in addresses.
"""

from datetime import UTC, datetime
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field as Described

from pipeline.adapters.printing import print_sheet
from pipeline.catalogue import find_procedure
from pipeline.dossier_import import dossier_of, import_dossiers
from pipeline.errors import NotFound
from pipeline.local_time import local_day
from pipeline.once_only import checklist
from pipeline.prefill import prefill
from pipeline.sheets import Sheet, cover_sheet, missing_list
from pipeline.web.api import PDF_POLICY, archive_of
from pipeline.web.days import Day
from pipeline.web.signed_in import actor_of, needs, trace
from schemas.base import Value
from schemas.decisions import LookUp
from schemas.dossier import Channel
from schemas.dossiers import Component, DossierChange, DossierView, ImportReport, ReturnBy
from schemas.once_only import ChecklistRow, Visit
from schemas.people import Citizen
from schemas.prefill import PrefillField

router = APIRouter(prefix="/api/v1")
_MOST_ROWS = 5000


class DossierBody(Value):
    """A dossier as another system tells it; `procedure` is our id or its code, times are ISO 8601 or DD/MM/YYYY."""

    code: str
    procedure: str | None = None
    owner_number: str | None = None
    owner_name: str | None = None
    owner_phone: str | None = None
    submitted_by_number: str | None = None
    submitted_by_name: str | None = None
    submitted_by_phone: str | None = None
    channel: Channel | None = None
    return_by: ReturnBy | None = None
    received_at: str | None = None
    due_on: str | None = None


class ImportBody(Value):
    """A list of dossiers from the one-stop system."""

    dossiers: list[DossierBody] = Described(max_length=_MOST_ROWS)


class ReuseBody(Value):
    """A paper on file that is to serve a dossier."""

    component: str
    document_id: str
    purpose: str = Described(min_length=1, max_length=500)


class LookUpBody(Value):
    """What a look in the national database gave."""

    component: str
    outcome: Literal["found", "incomplete", "failed"]


class ChecklistBody(Value):
    """Which procedure, for whom, on which day (default: today), with answers to its conditions."""

    procedure: str
    citizen: str
    day: Day | None = None
    conditions: dict[str, bool] = {}


class ChecklistView(Value):
    """The checklist of a procedure."""

    procedure: str
    code: str
    papers: tuple[ChecklistRow, ...]


class PrefillBody(Value):
    """Which form, and who fills it in."""

    form: str
    citizen: str


class PrefillView(Value):
    """What is known of each field of a form."""

    form: str
    fields: tuple[PrefillField, ...]


@router.post("/dossiers", dependencies=[needs("dossiers.write")])
def open_dossier(request: Request, body: DossierBody) -> DossierChange:
    """Make a dossier known; the same again changes nothing, values that contradict an earlier one are told."""
    archive, actor = archive_of(request), actor_of(request)
    dossier = dossier_of(body.model_dump(), archive.catalogue, actor, "opened")
    trace(request, "change", subject_id=dossier.code, purpose="dossier")
    return archive.dossiers.open(dossier)


@router.post("/dossiers/import", dependencies=[needs("dossiers.write")])
def import_list(request: Request, body: ImportBody) -> ImportReport:
    """Take over dossiers of the one-stop system; a row that cannot be taken stops no other."""
    archive = archive_of(request)
    trace(request, "change", purpose="dossier")
    rows = [dossier.model_dump() for dossier in body.dossiers]
    return import_dossiers(archive.dossiers, archive.catalogue, actor_of(request), rows)


@router.get("/dossiers/{code}", dependencies=[needs("dossiers.read")])
def show_dossier(request: Request, code: str) -> DossierView:
    """A dossier with its papers, and what its procedure still asks for today."""
    return _view(request, code, {})


@router.post("/dossiers/{code}/checklist", dependencies=[needs("dossiers.read")])
def answer_conditions(request: Request, code: str, conditions: dict[str, bool]) -> DossierView:
    """The same with answers to the procedure's conditions."""
    return _view(request, code, conditions)


@router.get("/dossiers/{code}/cover-sheet", dependencies=[needs("dossiers.read")], response_class=Response)
def fetch_cover_sheet(request: Request, code: str) -> Response:
    """The sheet that the dossier's papers are scanned behind, as PDF."""
    trace(request, "print", subject_id=code, purpose="dossier")
    return pdf_of(cover_sheet(_view(request, code, {}), archive_of(request).catalogue))


@router.get("/dossiers/{code}/missing", dependencies=[needs("dossiers.read")], response_class=Response)
def fetch_missing_list(request: Request, code: str) -> Response:
    """The list of exactly what is missing, as PDF."""
    trace(request, "print", subject_id=code, purpose="dossier")
    return pdf_of(missing_list(_view(request, code, {}), archive_of(request).catalogue))


@router.post("/dossiers/{code}/reuse", dependencies=[needs("dossiers.write")])
def reuse(request: Request, code: str, body: ReuseBody) -> Component:
    """Let a paper on file serve the dossier instead of being brought again."""
    desk = archive_of(request).dossiers
    trace(request, "reuse", document_ids=[body.document_id], subject_id=code, purpose="dossier")
    return desk.reuse(actor_of(request), code, body.component, body.document_id, body.purpose)


@router.post("/dossiers/{code}/look-ups", dependencies=[needs("dossiers.write")])
def look_up(request: Request, code: str, body: LookUpBody) -> LookUp:
    """Record what the national database gave instead of a paper."""
    trace(request, "look_up", subject_id=code, purpose="dossier")
    return archive_of(request).dossiers.look_up(actor_of(request), code, body.component, body.outcome)


@router.post("/checklist", dependencies=[needs("citizens.open")])
def ask_checklist(request: Request, body: ChecklistBody) -> ChecklistView:
    """Which papers of a procedure a citizen need not bring, and which are missing."""
    archive, office_id = archive_of(request), actor_of(request).office_id
    procedure = find_procedure(archive.catalogue, body.procedure)
    if procedure is None:
        raise NotFound("no_such_procedure")
    person = archive.tables.people.by_number(office_id, body.citizen)
    papers = archive.tables.papers.of_citizen(office_id, person.citizen_id) if person else ()
    if person is not None:
        trace(request, "open_citizen", citizen_id=person.citizen_id)
    whose = person or Citizen(citizen_id="", personal_id=body.citizen, name="")
    demanded = archive.dossiers.signatures
    visit = Visit(day=body.day or local_day(datetime.now(UTC)), conditions=body.conditions, signatures=demanded)
    rows = checklist(procedure, archive.catalogue, whose, papers, visit)
    return ChecklistView(procedure=procedure.id, code=procedure.code, papers=rows)


@router.post("/prefill", dependencies=[needs("citizens.open")])
def ask_known_values(request: Request, body: PrefillBody) -> PrefillView:
    """The values known beforehand for the fields of a form, with where each comes from."""
    archive, office_id = archive_of(request), actor_of(request).office_id
    form = archive.catalogue.types.get(body.form)
    if form is None or form.filled_by != "applicant":
        raise NotFound("no_such_form")
    person = archive.tables.people.by_number(office_id, body.citizen)
    if person is None:
        raise NotFound("no_such_citizen")
    trace(request, "prefill", citizen_id=person.citizen_id)
    papers = archive.tables.papers.of_citizen(office_id, person.citizen_id)
    today = local_day(datetime.now(UTC))

    def confirmed_by(document_id: str) -> str | None:
        return archive.tables.dossiers.confirmer(office_id, document_id)

    return PrefillView(form=form.id, fields=prefill(form, archive.catalogue.types, person, papers, today, confirmed_by))


def _view(request: Request, code: str, conditions: dict[str, bool]) -> DossierView:
    view = archive_of(request).dossiers.view(actor_of(request).office_id, code, conditions, datetime.now(UTC))
    papers = [component.document_id for component in view.components]
    trace(request, "look", document_ids=papers, subject_id=code, purpose="dossier")
    return view


def pdf_of(sheet: Sheet) -> Response:
    """A sheet as a PDF that opens in the browser."""
    headers = {
        "content-disposition": f'inline; filename="{sheet.dossier_code}.pdf"',
        "content-security-policy": PDF_POLICY,
    }
    return Response(print_sheet(sheet), media_type="application/pdf", headers=headers)
