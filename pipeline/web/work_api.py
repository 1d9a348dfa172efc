"""The work list in the JSON API: what waits, trying again, calls about dossiers, papers put into them by hand."""

from datetime import UTC, date, datetime, timedelta

from fastapi import APIRouter, Request

from pipeline.web.api import archive_of, viewer_of
from pipeline.web.gate import BACKGROUND
from pipeline.web.signed_in import actor_of, needs, signed_in, trace
from pipeline.web.views import PaperView
from pipeline.work_desk import WorkDesk
from schemas.base import Value
from schemas.work import Call, CallOutcome, WorkList

router = APIRouter(prefix="/api/v1")
_SINCE_LAST = timedelta(minutes=2)
"""Longer than it takes a page to renew itself (`work.js`)."""


class CallBody(Value):
    """What a call came to; `brings_on` only with `will_bring`."""

    outcome: CallOutcome
    brings_on: date | None = None


class Attached(Value):
    """A paper that was brought for a dossier, and as which of its components; "" is outside its list."""

    component: str
    document_id: str


class Retried(Value):
    """Whether the submission was stuck and waits to be read again."""

    retried: bool


def work_desk(request: Request) -> WorkDesk:
    """The work of this process's archive."""
    return WorkDesk(archive_of(request))


def list_work(request: Request, now: datetime) -> WorkList:
    """What there is to do for who asks, traced where dossiers are named.

    A page that renews itself shows what it showed before: only papers proposed since then are a new look.
    """
    with_dossiers = signed_in(request).may("dossiers.read")
    work = work_desk(request).overview(actor_of(request).office_id, now, with_dossiers=with_dossiers)
    again = BACKGROUND in request.headers
    proposed = [one.proposal for one in work.proposals]
    ids = [one.document_id for one in proposed if not again or one.proposed_at > now - _SINCE_LAST]
    if with_dossiers and (ids or not again):
        trace(request, "look", document_ids=ids, subject_id="work", purpose="dossier")
    return work


@router.get("/work", dependencies=[needs("work.read")])
def show_work(request: Request) -> WorkList:
    """What waits, is stuck, due or owed; names dossiers only to who may read them."""
    return list_work(request, datetime.now(UTC))


@router.post("/work/submissions/{submission_id}/retry", dependencies=[needs("work.retry")])
def retry(request: Request, submission_id: str) -> Retried:
    """Have a stuck submission read again."""
    retried = archive_of(request).tables.work.retry(actor_of(request).office_id, submission_id)
    if retried:
        request.app.state.reading.begin(submission_id)
    return Retried(retried=retried)


@router.get("/dossiers/{code}/calls", dependencies=[needs("dossiers.read")])
def show_calls(request: Request, code: str) -> tuple[Call, ...]:
    """The calls about a dossier, newest first."""
    archive, office_id = archive_of(request), actor_of(request).office_id
    archive.tables.dossiers.get(office_id, code)
    return archive.tables.calls.of_dossier(office_id, code)


@router.post("/dossiers/{code}/calls", dependencies=[needs("dossiers.write")], status_code=201)
def note_call(request: Request, code: str, body: CallBody) -> Call:
    """Write down a call about what a dossier is missing."""
    trace(request, "change", subject_id=code, purpose="dossier")
    return work_desk(request).note_call(actor_of(request), code, body.outcome, body.brings_on, datetime.now(UTC))


@router.post("/dossiers/{code}/papers", dependencies=[needs("dossiers.write")])
def attach(request: Request, code: str, body: Attached) -> PaperView:
    """Put a paper that was brought for a dossier into it by hand."""
    trace(request, "change", document_ids=[body.document_id], subject_id=code, purpose="dossier")
    dossiers = archive_of(request).dossiers
    return viewer_of(request).paper(dossiers.attach(actor_of(request), code, body.component, body.document_id))


@router.post("/dossiers/{code}/papers/{document_id}/detach", dependencies=[needs("dossiers.write")])
def detach(request: Request, code: str, document_id: str) -> PaperView:
    """Say that a paper was not brought for a dossier: it leaves it, and is not proposed for it again."""
    trace(request, "change", document_ids=[document_id], subject_id=code, purpose="dossier")
    return viewer_of(request).paper(archive_of(request).dossiers.detach(actor_of(request), code, document_id))
