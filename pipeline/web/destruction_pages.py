"""Destructions, for heads: what need be kept no longer, what somebody has proposed, approving it, and certificates.

Every action is a form that works without script. What was approved is carried out by the sweep, within minutes.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from pipeline.destroying import Destructions, certificate_of
from pipeline.errors import Forbidden, HosoError, ScanRejected
from pipeline.web.api import archive_of
from pipeline.web.proving import PROVEN
from pipeline.web.signed_in import actor_of, needs, trace
from pipeline.web.templating import render
from pipeline.web.wording import language_of

router = APIRouter(prefix="/destructions", include_in_schema=False, dependencies=[needs("papers.destroy")])
_ENDED_SHOWN = 20


@router.get("")
def destructions_page(request: Request) -> Response:
    """What waits for approval, what could be proposed, and the newest certificates."""
    return _list_page(request)


@router.post("")
def propose(request: Request) -> Response:
    """Propose all papers whose term is over."""
    desk = _destructions(request)
    due = [one.document_id for one in desk.due(actor_of(request).office_id, datetime.now(UTC))]
    try:
        proposal = desk.propose(actor_of(request), due, "keeping_over")
    except (ScanRejected, Forbidden) as error:
        return _list_page(request, error)
    trace(request, "change", document_ids=due, subject_id=proposal.subject_id, purpose="supervision")
    return RedirectResponse(f"/destructions/{proposal.subject_id}", status_code=303)


@router.get("/{destruction_id}")
def destruction_page(request: Request, destruction_id: str) -> Response:
    """One destruction with its papers; once it is done, its certificate."""
    return _one_page(request, destruction_id)


@router.post("/{destruction_id}/answer", dependencies=[PROVEN])
def answer(request: Request, destruction_id: str, said: Annotated[Literal["approve", "refuse"], Form()]) -> Response:
    """Approve or refuse what somebody else has proposed."""
    try:
        _destructions(request).answer(actor_of(request), destruction_id, approved=said == "approve")
    except (ScanRejected, Forbidden) as error:
        return _one_page(request, destruction_id, error)
    trace(request, "change", subject_id=destruction_id, purpose="supervision")
    return RedirectResponse(f"/destructions/{destruction_id}", status_code=303)


def _destructions(request: Request) -> Destructions:
    return Destructions(archive_of(request), request.app.state.settings.office_called)


def _list_page(request: Request, error: HosoError | None = None) -> Response:
    desk, office_id = _destructions(request), actor_of(request).office_id
    return render(
        request,
        "destructions.html",
        status=error.http_status if error else 200,
        standing=desk.standing(office_id),
        due=len(desk.marked(office_id)),
        ended=[desk.get(office_id, one.subject_id) for one in desk.ended(office_id, _ENDED_SHOWN)],
        names=_names(request),
        refusal=error.message(language_of(request)) if error else "",
    )


def _one_page(request: Request, destruction_id: str, error: HosoError | None = None) -> Response:
    archive, office_id = archive_of(request), actor_of(request).office_id
    found = _destructions(request).get(office_id, destruction_id)
    ids = [one.document_id for one in found.proposal.papers]
    trace(request, "look", document_ids=ids, subject_id=destruction_id, purpose="supervision")
    papers = {one: archive.tables.papers.get(office_id, one) for one in ids}
    certificate = certificate_of(archive.store, office_id, destruction_id) if found.end is not None else None
    return render(
        request,
        "destruction.html",
        status=error.http_status if error else 200,
        found=found,
        certificate=certificate,
        papers=papers,
        title=archive.catalogue.title,
        own=found.proposal.actor == actor_of(request),
        names=_names(request),
        refusal=error.message(language_of(request)) if error else "",
    )


def _names(request: Request) -> dict[str, str]:
    accounts = archive_of(request).tables.accounts.of_office(actor_of(request).office_id)
    return {one.login: one.name for one in accounts}
