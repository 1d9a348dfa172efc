"""Signing in by the OpenID provider: sending the browser there, and taking what it comes back with; and signing out."""

import secrets
from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from pipeline.adapters.openid import OpenIdProvider
from pipeline.errors import Forbidden, NotFound
from pipeline.settings import Settings
from pipeline.web.gate import PROVIDER_SIGN_OUT_PATH, address_of, entrance_of, let_in, note
from pipeline.web.receiving import receiving_of
from pipeline.web.refusals import refuse_error
from pipeline.web.return_to import safe_path
from pipeline.web.sign_in import our_address
from pipeline.web.signed_in import OPEN
from pipeline.web.templating import render
from pipeline.web.wording import language_of

router = APIRouter(include_in_schema=False)
_PATH = "/sign-in/provider"
_COOKIE = "hoso_sign_in"
_SIGN_IN_S = 600


def find_provider(settings: Settings) -> OpenIdProvider | None:
    """The OpenID provider that the settings name, if any. Raises: Misconfigured (bad_setting)."""
    if not settings.oidc_issuer:
        return None
    secret = settings.oidc_client_secret.get_secret_value()
    return OpenIdProvider(settings.oidc_issuer, settings.oidc_client_id, secret)


@router.get(_PATH, dependencies=[OPEN])
def go_to_provider(request: Request, back: Annotated[str, Query(alias="next")] = "/") -> Response:
    """To the provider's page; a cookie remembers which browser asked, so that nobody else's answer will do."""
    secret = secrets.token_urlsafe(32)
    language = language_of(request, request.app.state.settings.language)
    response = RedirectResponse(_provider(request).sign_in_url(secret, _return_uri(request), language), 303)
    # Lax: a strict one would not come along when the provider's page sends the browser back.
    response.set_cookie(
        _COOKIE,
        f"{secret}.{quote(safe_path(back), safe='')}",
        max_age=_SIGN_IN_S,
        path=_PATH,
        httponly=True,
        samesite="lax",
        secure=our_address(request).startswith("https://"),
    )
    return response


@router.get(f"{_PATH}/return", dependencies=[OPEN])
def come_back(request: Request) -> Response:
    """Open a session for the account that is bound to whom the provider recognised.

    Raises:
        Forbidden: provider_refused; unknown_person, who then waits for an administrator to bind an account to him.
        ServiceUnavailable: provider_away.

    """
    secret, _, back = request.cookies.get(_COOKIE, "").partition(".")
    if not secret:
        raise Forbidden("provider_refused", "cookie")
    person = _provider(request).recognised(secret, _return_uri(request), request.query_params)
    tables = request.app.state.archive.tables
    account = tables.accounts.by_subject(person.subject)
    if account is None:
        tables.newcomers.add(person.subject, person.name)
        raise Forbidden("unknown_person")
    if account.disabled_at is not None:
        raise Forbidden("unknown_person")
    session = entrance_of(request).enter(account, "provider", address_of(request))
    # A page of ours that leads on: browsers hold a strict cookie back on the redirect that another site began.
    page = render(request, "onward.html", address=safe_path(unquote(back)))
    page.delete_cookie(_COOKIE, path=_PATH)
    return let_in(page, request, session)


@router.post(PROVIDER_SIGN_OUT_PATH, dependencies=[OPEN])
def sign_out_by_provider(request: Request, logout_token: Annotated[str, Form(max_length=10_000)]) -> Response:
    """End the sessions that somebody has opened by the provider: it tells us that he has signed out there."""
    try:
        subject = _provider(request).signed_out(logout_token)
    except Forbidden as error:  # Back-Channel Logout 1.0, 2.8
        return refuse_error(error, request, 400)
    tables = request.app.state.archive.tables
    account = tables.accounts.by_subject(subject)
    known = tables.sessions.of_account(account.office_id, account.account_id) if account else ()
    by_provider = [one.session_id for one in known if one.way == "provider"]
    for session_id in by_provider:
        tables.claims.release(session_id)
        tables.sessions.close(session_id)
        receiving_of(request).wipe(session_id)
    if account and by_provider:
        note(request, account, "sign_out")
    return Response(status_code=200)


def _provider(request: Request) -> OpenIdProvider:
    provider: OpenIdProvider | None = request.app.state.provider
    if provider is None:
        raise NotFound("no_such_provider")
    return provider


def _return_uri(request: Request) -> str:
    return f"{our_address(request)}{_PATH}/return"
