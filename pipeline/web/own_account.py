"""One's own account: choosing a password, and the sessions that are open in one's name."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from pipeline.access_ports import Session
from pipeline.errors import Forbidden, HosoError
from pipeline.web.api import archive_of
from pipeline.web.gate import address_of, entrance_of, note, secret_of, with_session
from pipeline.web.proving import PROVEN
from pipeline.web.sign_in import door_of
from pipeline.web.signed_in import actor_of, needs, signed_in
from pipeline.web.templating import render
from pipeline.web.wording import language_of
from schemas.base import Value

router = APIRouter(include_in_schema=False)
_WARN_S = 90.0
"""Enough to see it from the scanner and come back; WCAG 2.2.1 asks for twenty seconds."""


class SessionEnd(Value):
    """In how many seconds this session is over if nobody does anything, and how long before it is to be told."""

    left_s: float
    warn_s: float


@router.get("/me", dependencies=[needs(None)])
def own_page(request: Request) -> Response:
    """The account, its roles and its sessions."""
    signed = signed_in(request)
    sessions = open_sessions(request, signed.account.account_id)
    return render(request, "own_account.html", sessions=sessions, has_password=_has_password(request))


@router.get("/me/password", dependencies=[needs(None)])
def password_page(request: Request) -> Response:
    """Asks for a new password."""
    return _password_page(request, "")


@router.post("/me/password", dependencies=[needs(None)])
def change_password(
    request: Request, new: Annotated[str, Form()], again: Annotated[str, Form()], old: Annotated[str, Form()] = ""
) -> Response:
    """Choose a new password; all sessions end but this one, which gets a new secret."""
    signed = signed_in(request)
    try:
        if new != again:
            raise Forbidden("passwords_differ")
        door_of(request).change(signed.account, new, old if _asks_old(request) else None)
    except HosoError as error:
        return _password_page(request, error.message(language_of(request)), error.http_status)
    note(request, signed.account, "account", signed.account.account_id)
    session = entrance_of(request).admit(signed.account, "password", address_of(request))
    return with_session(RedirectResponse("/", status_code=303), request, session)


@router.post("/me/sessions/end", dependencies=[needs(None), PROVEN])
def end_session(request: Request, session_id: Annotated[str, Form()]) -> Response:
    """End one of one's own sessions, on another machine perhaps."""
    mine = {one.session_id for one in open_sessions(request, signed_in(request).account.account_id)}
    if session_id in mine:
        archive_of(request).tables.sessions.close(session_id)
        note(request, signed_in(request).account, "account", signed_in(request).account.account_id)
    return RedirectResponse("/me", status_code=303)


@router.get("/session", dependencies=[needs(None)])
def tell_end(request: Request) -> SessionEnd:
    """How long the session still lasts. Asked by a page itself it changes nothing; by a person it goes on."""
    entrance, secret = entrance_of(request), secret_of(request)
    signed = entrance.who(secret, by_person=False) or signed_in(request)
    left_s = (signed.ends_at - datetime.now(UTC)).total_seconds() if signed.ends_at else 0.0
    warn_s = min(_WARN_S, request.app.state.settings.idle_minutes * 60 / 4)
    return SessionEnd(left_s=max(left_s, 0.0), warn_s=warn_s)


def open_sessions(request: Request, account_id: str) -> tuple[Session, ...]:
    """An account's sessions that are not over, the last used first."""
    entrance, now = entrance_of(request), datetime.now(UTC)
    known = archive_of(request).tables.sessions.of_account(actor_of(request).office_id, account_id)
    return tuple(one for one in known if entrance.ends_at(one) > now)


def _password_page(request: Request, refusal: str, status: int = 200) -> Response:
    asks_old, may_choose = _asks_old(request), _has_password(request) or signed_in(request).way == "link"
    return render(
        request, "own_password.html", status=status, refusal=refusal, asks_old=asks_old, may_choose=may_choose
    )


def _has_password(request: Request) -> bool:
    found = archive_of(request).tables.accounts.by_login(signed_in(request).account.login)
    return found is not None and found[1] is not None


def _asks_old(request: Request) -> bool:
    """Who came by a link because he has no password, or not one of his own, cannot know the present one."""
    signed = signed_in(request)
    forgotten = signed.account.must_change or not _has_password(request)
    return not (signed.way == "link" and forgotten)
