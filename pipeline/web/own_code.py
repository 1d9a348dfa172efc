"""One's own second factor: setting up the codes that a telephone shows."""

from typing import Annotated

import numpy as np
import zxingcpp
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from pipeline.errors import Forbidden
from pipeline.web.gate import CODE_SET_UP_PATH, address_of, entrance_of, note, with_session
from pipeline.web.proving import PROVEN
from pipeline.web.sign_in import factor_of
from pipeline.web.signed_in import needs, signed_in
from pipeline.web.templating import render
from pipeline.web.wording import language_of, sentence

router = APIRouter(include_in_schema=False)
_QUIET_MODULES = 4
_GROUP = 4


@router.get(CODE_SET_UP_PATH, dependencies=[needs(None)])
def code_page(request: Request) -> Response:
    """The secret for a telephone, as a picture and in letters, and a field for the first code."""
    return _page(request, "", 200)


@router.post(CODE_SET_UP_PATH, dependencies=[needs(None), PROVEN])
def set_up(request: Request, code: Annotated[str, Form(max_length=20)]) -> Response:
    """Ask for codes from now on; all sessions end but this one, which gets a new secret."""
    signed = signed_in(request)
    try:
        factor_of(request).set_up(signed.account, signed.session_id, code)
    except Forbidden as error:
        return _page(request, sentence(error.code, language_of(request)), error.http_status)
    note(request, signed.account, "account", signed.account.account_id)
    session = entrance_of(request).admit(signed.account, signed.way or "password", address_of(request))
    return with_session(RedirectResponse("/", status_code=303), request, session)


def _page(request: Request, refusal: str, status: int) -> Response:
    """The salt is the session's own id: it stays while the page is looked at, and is another in the next session."""
    signed = signed_in(request)
    office = request.app.state.settings.office_called(signed.account.office_id)
    offered = factor_of(request).offer(signed.account, signed.session_id, f"hoso {office}")
    groups = [offered.secret[at : at + _GROUP] for at in range(0, len(offered.secret), _GROUP)]
    return render(
        request,
        "own_code.html",
        status=status,
        refusal=refusal,
        groups=groups,
        qr=_drawn(offered.address),
    )


def _drawn(text: str) -> tuple[str, str]:
    """The view box and path of a QR code. It is part of its page: no address holds the secret, and no cache."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    modules = np.asarray(code.to_image(scale=1, add_quiet_zones=False))
    dark = "".join(f"M{x} {y}h1v1h-1z" for y, x in np.argwhere(modules == 0))
    side = len(modules) + 2 * _QUIET_MODULES
    return f"{-_QUIET_MODULES} {-_QUIET_MODULES} {side} {side}", dark
