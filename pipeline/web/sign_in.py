"""Signing in by password and out again."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from pipeline.errors import Forbidden, ServiceUnavailable
from pipeline.password_door import PasswordDoor
from pipeline.second_factor import SecondFactor
from pipeline.web.gate import (
    CODE_PATH,
    COOKIE,
    address_of,
    cookie_of,
    entrance_of,
    let_in,
    note,
    page_after,
    secret_of,
)
from pipeline.web.receiving import receiving_of
from pipeline.web.return_to import safe_path
from pipeline.web.signed_in import OPEN, needs, signed_in
from pipeline.web.templating import render
from pipeline.web.wording import language_of, sentence

router = APIRouter(include_in_schema=False)
_RefusedStatus = 403
_TOO_MANY = 429


@router.get("/sign-in", dependencies=[OPEN])
def sign_in_page(request: Request, back: Annotated[str, Query(alias="next")] = "/") -> Response:
    """Asks for login and password, or leads to the OpenID provider."""
    return _page(request, back, "")


@router.post("/sign-in", dependencies=[OPEN])
def sign_in(
    request: Request,
    login: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form()],
    back: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Open a session."""
    try:
        session = door_of(request).enter(login, password, address_of(request))
    except Forbidden as wait:
        return _page(request, back, sentence(wait.code, language_of(request)) + f" ({wait.detail})", _TOO_MANY)
    if session is None:
        _note_refusal(request, login)
        return _page(request, back, sentence("sign_in_refused", language_of(request)), _RefusedStatus)
    return let_in(RedirectResponse(page_after(request, session, safe_path(back)), status_code=303), request, session)


@router.get(CODE_PATH, dependencies=[OPEN])
def code_page(request: Request, back: Annotated[str, Query(alias="next")] = "/") -> Response:
    """Asks who has shown a password for the code that his telephone shows."""
    return _code_page(request, back, "")


@router.post(CODE_PATH, dependencies=[OPEN])
def show_code(
    request: Request, code: Annotated[str, Form(max_length=20)], back: Annotated[str, Form(alias="next")] = "/"
) -> Response:
    """Make half a session a whole one."""
    half = entrance_of(request).half(secret_of(request))
    if half is None:
        return _code_page(request, back, "")
    account, way = half
    try:
        factor_of(request).show(account, code, address_of(request))
    except Forbidden as error:
        note(request, account, "sign_in_refused")
        waits = error.code == "too_many_tries"
        told = sentence(error.code, language_of(request)) + (f" ({error.detail})" if waits else "")
        return _code_page(request, back, told, _TOO_MANY if waits else _RefusedStatus)
    session = entrance_of(request).admit(account, way, address_of(request))
    return let_in(RedirectResponse(safe_path(back), status_code=303), request, session)


@router.post("/sign-out", dependencies=[needs(None)])
def sign_out(request: Request) -> Response:
    """End the session, and the provider's where it was opened by one."""
    signed = signed_in(request)
    request.app.state.archive.tables.claims.release(signed.session_id)
    entrance_of(request).leave(secret_of(request))
    receiving_of(request).wipe(signed.session_id)
    note(request, signed.account, "sign_out")
    elsewhere = _provider_page(request) if signed.way == "provider" else None
    response: Response = RedirectResponse("/sign-in", status_code=303)
    if elsewhere:
        response = render(request, "onward.html", address=elsewhere)
    name = cookie_of(request)
    response.delete_cookie(name, path="/", secure=name != COOKIE, httponly=True, samesite="strict")
    return response


def door_of(request: Request) -> PasswordDoor:
    """Where people of this process show their passwords."""
    tables = request.app.state.archive.tables
    return PasswordDoor(tables.accounts, tables.tries, entrance_of(request))


def factor_of(request: Request) -> SecondFactor:
    """Where people of this process show their codes."""
    factor: SecondFactor = request.app.state.second_factor
    return factor


def our_address(request: Request) -> str:
    """How browsers reach us, such as `https://host`; the host of a request was compared with ours before."""
    return request.app.state.settings.web_url or str(request.base_url).rstrip("/")


def _page(request: Request, back: str, refusal: str, status: int = 200) -> Response:
    by_provider = request.app.state.provider is not None
    return render(request, "sign_in.html", status=status, refusal=refusal, back=safe_path(back), provider=by_provider)


def _code_page(request: Request, back: str, refusal: str, status: int = 200) -> Response:
    """The page that asks for a code; who has no half session, perhaps after ten minutes, begins anew."""
    if entrance_of(request).half(secret_of(request)) is None:
        return RedirectResponse("/sign-in", status_code=303)
    return render(request, "sign_in_code.html", status=status, refusal=refusal, back=safe_path(back))


def _note_refusal(request: Request, login: str) -> None:
    """What was typed for a login may be a password, so only accounts' own refusals are in the log."""
    found = request.app.state.archive.tables.accounts.by_login(login.strip().lower())
    if found:
        note(request, found[0], "sign_in_refused")


def _provider_page(request: Request) -> str | None:
    provider = request.app.state.provider
    try:
        page: str | None = provider.sign_out_url(f"{our_address(request)}/sign-in") if provider else None
    except ServiceUnavailable:  # Ours is over all the same, and the provider asks again before the next session.
        page = None
    return page
