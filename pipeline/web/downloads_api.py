"""Signed, short-lived download links in the JSON API: for programs and people that cannot sign in here."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import FileResponse
from pydantic import Field as Described

from pipeline.errors import Forbidden, NotFound
from pipeline.tickets import MOST_S, Ticket, TicketOffice
from pipeline.web.api import archive_of, send_copy, send_original, send_signed
from pipeline.web.signed_in import OPEN, needs, signed_in
from schemas.access import SignedIn
from schemas.base import Value

router = APIRouter(prefix="/api/v1")


class LinkWanted(Value):
    """The searchable copy, the signed one, or an original counted from 1; `seconds` is how long the link holds."""

    kind: Literal["copy", "signed", "original"] = "copy"
    number: int = Described(default=1, ge=1, le=1000)
    seconds: int = Described(default=60, ge=1, le=MOST_S)


class Link(Value):
    """An address that gives one file without signing in, as often as it is asked for until `expires_at`."""

    url: str
    expires_at: datetime


@router.post("/papers/{document_id}/links", dependencies=[needs("papers.read")], status_code=201)
def make_link(request: Request, document_id: str, body: LinkWanted) -> Link:
    """Make a link to one file of a paper. Each download by it is logged in the name of who made it."""
    signed = signed_in(request)
    if signed.purpose is None:
        raise Forbidden("purpose_needed")
    paper = archive_of(request).tables.papers.get(signed.actor.office_id, document_id)
    if body.kind == "copy" and paper.object_key is None:
        raise NotFound("no_picture_kept", document_id)
    if body.kind == "signed" and paper.signed is None:
        raise NotFound("no_such_object", document_id)
    if body.kind == "original" and body.number > len(paper.original_keys):
        raise NotFound("no_such_object", document_id)
    expires_at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=body.seconds)
    ticket = Ticket(
        office_id=signed.actor.office_id,
        account_id=signed.account.account_id,
        document_id=document_id,
        kind=body.kind,
        number=body.number,
        purpose=signed.purpose,
        visit_id=signed.visit_id,
        expires_at=int(expires_at.timestamp()),
    )
    base = request.app.state.settings.web_url or str(request.base_url).rstrip("/")
    return Link(url=f"{base}/api/v1/downloads/{_office(request).sign(ticket)}", expires_at=expires_at)


@router.get("/downloads/{ticket}", dependencies=[OPEN], response_class=FileResponse)
def download(request: Request, ticket: Annotated[str, Path(max_length=1000)]) -> Response:
    """The file that a link was made for."""
    told = _office(request).read(ticket)
    account = archive_of(request).tables.accounts.get(told.office_id, told.account_id)
    if account.disabled_at is not None:
        raise Forbidden("bad_ticket")
    # Whoever holds the link acts in the name of its maker, for this one file.
    request.state.signed = SignedIn(
        account=account, permissions=frozenset(), session_id="", purpose=told.purpose, visit_id=told.visit_id
    )
    if told.kind == "copy":
        return send_copy(request, told.document_id)
    if told.kind == "signed":
        return send_signed(request, told.document_id)
    return send_original(request, told.document_id, told.number)


def _office(request: Request) -> TicketOffice:
    office: TicketOffice = request.app.state.tickets
    return office
