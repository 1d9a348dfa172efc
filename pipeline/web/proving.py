"""Before something grave somebody shows again that it is he (OWASP ASVS 4.0.3, 3.3.4 and 3.7.1), and loses nothing.

What was about to be done stands in hidden fields of the page that asks, and is sent anew together with the proof.
"""

from collections.abc import Callable
from typing import Literal
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from pipeline.entrance import has_proven
from pipeline.errors import Forbidden
from pipeline.web.gate import address_of, entrance_of, note
from pipeline.web.refusals import PROGRAM_PATHS, refuse
from pipeline.web.return_to import safe_path
from pipeline.web.sign_in import door_of, factor_of
from pipeline.web.signed_in import signed_in
from pipeline.web.templating import render
from pipeline.web.wording import language_of
from schemas.access import SignedIn

FIELD = "shown_again"
"""Of the password or the code, beside the fields of what was about to be done."""
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

Asks = Literal["password", "code", "provider"]


class ProofWanted(Exception):
    """Nothing was done: who is signed in is first to show that it is he."""

    def __init__(self, asks: Asks, refusal: str, fields: list[tuple[str, str]]) -> None:
        """Args: refusal: what was wrong with what he has shown, in words; fields: what he was about to send."""
        self.asks, self.refusal, self.fields = asks, refusal, fields
        super().__init__(asks)


class Proof:
    """The dependency of a route that asks for it, `unless` that says of the request that it need not."""

    def __init__(self, unless: Callable[[Request], bool] | None = None) -> None:
        self._unless = unless

    async def __call__(self, request: Request) -> None:
        """Raises: ProofWanted."""
        signed = signed_in(request)
        if has_proven(signed) or (self._unless and await run_in_threadpool(self._unless, request)):
            return
        is_form = request.headers.get("content-type", "").startswith(_FORMS)
        sent = [(name, str(value)) for name, value in (await request.form()).multi_items()] if is_form else []
        await run_in_threadpool(_take, request, signed, sent)


PROVEN: Dependency = Depends(Proof())
"""Stands behind what a route needs: who may not do it at all is not asked."""


def ask_for_proof(request: Request, wanted: ProofWanted) -> Response:
    """The page that asks; a program that came with a session and no token is told where to do it."""
    if request.url.path.startswith(PROGRAM_PATHS):
        return refuse("show_again", request)
    before = urlsplit(request.headers.get("referer", "/")).path
    return render(
        request,
        "prove.html",
        status=403,
        asks=wanted.asks,
        refusal=wanted.refusal,
        fields=wanted.fields,
        back=safe_path(before),
        field=FIELD,
    )


def _take(request: Request, signed: SignedIn, sent: list[tuple[str, str]]) -> None:
    """Have the session be proven by what was sent, if it is right. Raises: ProofWanted."""
    asks = _asked_of(request, signed)
    if asks is None:
        return
    shown = next((value for name, value in sent if name == FIELD), "")
    fields = [(name, value) for name, value in sent if name != FIELD]
    if not shown or asks == "provider":
        raise ProofWanted(asks, "", fields)
    try:
        if asks == "code":
            factor_of(request).show(signed.account, shown, address_of(request))
        else:
            door_of(request).show(signed.account, shown)
    except Forbidden as error:
        note(request, signed.account, "sign_in_refused")
        raise ProofWanted(asks, error.message(language_of(request)), fields) from None
    entrance_of(request).prove(signed.session_id)


def _asked_of(request: Request, signed: SignedIn) -> Asks | None:
    """What somebody can show. Who came by a link and has no password has nothing but his session."""
    if signed.account.has_factor:
        return "code"
    if signed.way == "provider":
        return "provider"
    _, known_hash = request.app.state.archive.tables.accounts.by_login(signed.account.login) or (None, None)
    return "password" if known_hash is not None else None
