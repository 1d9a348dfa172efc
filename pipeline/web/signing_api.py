"""The JSON API of signing a dossier's confirmed copies, with the key of the server or one at the counter."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from pydantic import Field as Described
from pydantic import SecretStr

from pipeline.errors import ScanRejected
from pipeline.signing import AT_ONCE, Officer, Prepared, SigningDesk
from pipeline.web.api import archive_of, send_signed, viewer_of
from pipeline.web.signed_in import actor_of, needs, signed_in, trace
from pipeline.web.views import PaperView
from schemas.base import Value
from schemas.decisions import SignPapers

router = APIRouter(prefix="/api/v1")
_MOST_CERTIFICATES = 10
Hex = Annotated[str, Described(max_length=20_000)]


class KeyAtCounter(Value):
    """Certificates (DER, in hexadecimal): that of the key at the counter first, then those that lead to a root."""

    certificates: list[Hex] = Described(min_length=1, max_length=_MOST_CERTIFICATES)


class Signatures(Value):
    """A signature of each digest, in their order, in hexadecimal."""

    signatures: list[Hex] = Described(min_length=1, max_length=AT_ONCE)


class Pin(Value):
    """The officer's PIN at the signing service; "" where the office's key needs none. It is passed on and not kept."""

    pin: SecretStr = Described(default=SecretStr(""), max_length=100)


class Signed(Value):
    """The papers of the dossier that were signed, and the id of the decision."""

    decision_id: str
    papers: tuple[PaperView, ...]


def signing_of(request: Request) -> SigningDesk:
    """Signs papers of this process's archive. Raises: ScanRejected (not_signing), where that is not set up."""
    desk: SigningDesk | None = request.app.state.signing
    if desk is None:
        raise ScanRejected("not_signing")
    return desk


@router.post("/dossiers/{code}/signature", dependencies=[needs("papers.confirm")])
def sign_dossier(request: Request, code: str, said: Pin) -> Signed:
    """Sign all copies of the dossier that are confirmed, with the key that the server reaches: all of them or none."""
    desk = signing_of(request)
    _trace(request, desk, code)
    return _told(request, desk.sign(_officer(request), code, said.pin.get_secret_value()))


@router.post("/dossiers/{code}/signing", dependencies=[needs("papers.confirm")], status_code=201)
def prepare_signing(request: Request, code: str, key: KeyAtCounter) -> Prepared:
    """Make all confirmed copies of the dossier ready to be signed by a key at the counter, within ten minutes."""
    desk = signing_of(request)
    _trace(request, desk, code)
    return desk.prepare(_officer(request), code, tuple(_bytes(key.certificates)))


@router.post("/dossiers/{code}/signing/{signing_id}", dependencies=[needs("papers.confirm")])
def finish_signing(request: Request, code: str, signing_id: str, said: Signatures) -> Signed:
    """Put the signatures into the copies that wait for them: all of them or none."""
    desk = signing_of(request)
    _trace(request, desk, code)
    return _told(request, desk.finish(actor_of(request), code, signing_id, _bytes(said.signatures)))


@router.get("/papers/{document_id}/signed", dependencies=[needs("papers.read")], response_class=FileResponse)
def fetch_signed(request: Request, document_id: str) -> Response:
    """The signed copy that counts, compared with its hash."""
    return send_signed(request, document_id)


def _trace(request: Request, desk: SigningDesk, code: str) -> None:
    ids = [paper.document_id for paper in desk.unsigned(actor_of(request).office_id, code)]
    trace(request, "change", document_ids=ids, subject_id=code, purpose="dossier")


def _officer(request: Request) -> Officer:
    signed = signed_in(request)
    return Officer(actor=signed.actor, name=signed.account.name)


def _told(request: Request, decision: SignPapers) -> Signed:
    papers, viewer = archive_of(request).tables.papers, viewer_of(request)
    office_id = decision.actor.office_id
    shown = tuple(viewer.paper(papers.get(office_id, one.document_id)) for one in decision.papers)
    return Signed(decision_id=decision.decision_id, papers=shown)


def _bytes(texts: Sequence[str]) -> list[bytes]:
    """Raises: ScanRejected (bad_answer)."""
    try:
        return [bytes.fromhex(text) for text in texts]
    except ValueError:
        raise ScanRejected("bad_answer") from None
