"""The JSON API of comparing a dossier's papers with their originals, and of the citizen's slip."""

from datetime import UTC, datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import Field as Described

from pipeline.comparing import Comparing, Looked
from pipeline.local_time import local_day
from pipeline.slip import IssuedBy, citizens_slip
from pipeline.web.api import archive_of, viewer_of
from pipeline.web.dossier_api import pdf_of
from pipeline.web.dossier_views import ComparedView, DossierViewer
from pipeline.web.proving import Proof
from pipeline.web.signed_in import actor_of, needs, signed_in, trace
from pipeline.web.views import PaperView
from pipeline.web.wording import language_of
from schemas.base import Value
from schemas.dossier import Paper
from schemas.dossiers import DossierView

router = APIRouter(prefix="/api/v1")
_MOST_PAPERS = 200


class Comparison(Value):
    """What is said of each paper: a kind of copy confirms it, a trouble refuses it; others stay as they are."""

    papers: list[Looked] = Described(min_length=1, max_length=_MOST_PAPERS)


class Recorded(Value):
    """What a comparison made of its papers, and the id by which it can be taken back."""

    decision_id: str
    papers: tuple[PaperView, ...]


class TakenBack(Value):
    """Which comparison is to be undone."""

    decision_id: str


def comparing_of(request: Request) -> Comparing:
    """Compares papers of this process's archive."""
    return Comparing(archive_of(request))


def _is_own(request: Request) -> bool:
    """Whether the comparison that would be taken back is the asker's own: a slip of his, put right by himself."""
    last = comparing_of(request).last(actor_of(request).office_id, request.path_params["code"])
    return last is None or last.actor == actor_of(request)


ANOTHERS = Depends(Proof(unless=_is_own))
"""Somebody else's confirmation is not taken back before one has shown again who one is."""


def papers_in(request: Request, view: DossierView) -> dict[str, Paper]:
    """The papers that lie in a dossier, by id, each once."""
    office_id, papers = actor_of(request).office_id, archive_of(request).tables.papers
    return {one.document_id: papers.get(office_id, one.document_id) for one in view.components}


def issued_by(request: Request) -> IssuedBy:
    """Who gives out what this request prints."""
    settings = request.app.state.settings
    officer = signed_in(request).account.name
    return IssuedBy(office=settings.office_name, contact=settings.office_contact, officer=officer)


@router.get("/dossiers/{code}/comparison", dependencies=[needs("papers.confirm")])
def show_comparison(request: Request, code: str) -> tuple[ComparedView, ...]:
    """The dossier's papers as they stand to be compared."""
    held = comparing_of(request).papers(actor_of(request).office_id, code)
    trace(request, "look", document_ids=[one.paper.document_id for one in held], subject_id=code, purpose="dossier")
    viewer = DossierViewer(archive_of(request).catalogue, language_of(request, request.app.state.settings.language))
    return viewer.compared(held)


@router.post("/dossiers/{code}/confirmation", dependencies=[needs("papers.confirm")])
def confirm_dossier(request: Request, code: str, said: Comparison) -> Recorded:
    """Record what comparing made of the dossier's papers: all at once or not at all.

    A copy is confirmed only when all its pages were looked at.
    """
    office_id, ids = actor_of(request).office_id, [one.document_id for one in said.papers]
    trace(request, "change", document_ids=ids, subject_id=code, purpose="dossier")
    decision = comparing_of(request).compare(actor_of(request), code, said.papers)
    papers, viewer = archive_of(request).tables.papers, viewer_of(request)
    return Recorded(
        decision_id=decision.decision_id, papers=tuple(viewer.paper(papers.get(office_id, one)) for one in ids)
    )


@router.post("/dossiers/{code}/confirmation/undo", dependencies=[needs("papers.confirm"), ANOTHERS], status_code=204)
def take_back(request: Request, code: str, said: TakenBack) -> None:
    """Take the newest comparison of the dossier back."""
    trace(request, "change", subject_id=code, purpose="dossier")
    comparing_of(request).take_back(actor_of(request), code, said.decision_id)


@router.get("/dossiers/{code}/slip", dependencies=[needs("dossiers.read")], response_class=Response)
def fetch_slip(request: Request, code: str) -> Response:
    """The citizen's slip, as PDF: what is kept and until when, what is owed, the data law's notice."""
    return print_slip(request, code, {})


def print_slip(request: Request, code: str, conditions: dict[str, bool]) -> Response:
    """The slip with answers to the procedure's conditions, traced as printed."""
    now, archive = datetime.now(UTC), archive_of(request)
    view = archive.dossiers.view(actor_of(request).office_id, code, conditions, now)
    papers = papers_in(request, view)
    trace(request, "print", document_ids=papers, subject_id=code, purpose="dossier")
    return pdf_of(citizens_slip(view, tuple(papers.values()), archive.catalogue, issued_by(request), local_day(now)))
