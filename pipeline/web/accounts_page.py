"""Accounts of the office, for its administrator: who may sign in, as what, and by which identity; programs' tokens."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from pipeline.access import PERMITTED
from pipeline.entrance import new_account
from pipeline.errors import Forbidden, HosoError, NotFound, ScanRejected
from pipeline.web.api import archive_of
from pipeline.web.gate import entrance_of, note
from pipeline.web.own_account import open_sessions
from pipeline.web.proving import PROVEN
from pipeline.web.sign_in import our_address
from pipeline.web.signed_in import actor_of, needs, signed_in
from pipeline.web.templating import render
from pipeline.web.wording import language_of
from schemas.access import Account, Role

router = APIRouter(prefix="/accounts", include_in_schema=False, dependencies=[needs("accounts.manage")])
_MOST_TOKENS = 200
_LOGIN = r"^\s*[A-Za-z0-9][A-Za-z0-9._-]{0,63}\s*$"
_Name = Annotated[str, Form(min_length=1, max_length=200)]
_Roles = Annotated[list[Role], Form()]


@router.get("")
def accounts_page(request: Request) -> Response:
    """All accounts of the office."""
    return _list_page(request)


@router.post("", dependencies=[PROVEN])
def add_account(request: Request, login: Annotated[str, Form(pattern=_LOGIN)], name: _Name, roles: _Roles) -> Response:
    """Add an account and show the link by which its person comes in and chooses a password."""
    account = new_account(login, name.strip(), actor_of(request).office_id, _in_order(roles), must_change=True)
    if not archive_of(request).tables.accounts.add(account, None, actor_of(request).actor_id):
        return _list_page(request, ScanRejected("login_taken", account.login))
    note(request, signed_in(request).account, "account", account.account_id)
    return _account_page(request, account.account_id, link=_new_link(request, account))


@router.post("/tokens/end", dependencies=[PROVEN])
def end_token(request: Request, token_id: Annotated[str, Form(max_length=64)]) -> Response:
    """End a program's token at once."""
    archive_of(request).tables.tokens.revoke(actor_of(request).office_id, token_id)
    note(request, signed_in(request).account, "account", token_id)
    return RedirectResponse("/accounts", status_code=303)


@router.get("/{account_id}")
def account_page(request: Request, account_id: str) -> Response:
    """One account."""
    return _account_page(request, account_id)


@router.post("/{account_id}", dependencies=[PROVEN])
def change_account(request: Request, account_id: str, name: _Name, roles: _Roles) -> Response:
    """Give an account another name or other roles."""
    account = _account(request, account_id)
    if _is_own(request, account) and "administrator" not in roles:
        raise Forbidden("own_account")
    return _changed(request, account.model_copy(update={"name": name.strip(), "roles": _in_order(roles)}))


@router.post("/{account_id}/state", dependencies=[PROVEN])
def switch_account(
    request: Request, account_id: str, state: Annotated[Literal["disabled", "enabled"], Form()]
) -> Response:
    """Lock an account out, which ends its sessions at once, or let it in again."""
    account = _account(request, account_id)
    if _is_own(request, account):
        raise Forbidden("own_account")
    disabled_at = datetime.now(UTC) if state == "disabled" else None
    return _changed(request, account.model_copy(update={"disabled_at": disabled_at}))


@router.post("/{account_id}/link", dependencies=[PROVEN])
def make_link(request: Request, account_id: str) -> Response:
    """Take the password away, end all sessions, and show a link by which the person comes in and chooses another."""
    account = _account(request, account_id)
    if _is_own(request, account):
        raise Forbidden("own_account")
    archive_of(request).tables.accounts.set_password(account.office_id, account_id, None, must_change=True)
    note(request, signed_in(request).account, "account", account_id)
    return _account_page(request, account_id, link=_new_link(request, account))


@router.post("/{account_id}/code/off", dependencies=[PROVEN])
def take_code_off(request: Request, account_id: str) -> Response:
    """Take the second factor off, of somebody whose telephone is lost; all sessions end."""
    account = _account(request, account_id)
    if _is_own(request, account):
        raise Forbidden("own_account")
    archive_of(request).tables.accounts.set_factor(account.office_id, account_id, None, None)
    note(request, signed_in(request).account, "account", account_id)
    return RedirectResponse(f"/accounts/{account_id}", status_code=303)


@router.post("/{account_id}/identity", dependencies=[PROVEN])
def bind_identity(request: Request, account_id: str, subject: Annotated[str, Form(max_length=500)] = "") -> Response:
    """Bind an account to who waits at the identity provider, or to nobody with an empty subject."""
    account, newcomers = _account(request, account_id), archive_of(request).tables.newcomers
    if subject and subject not in {one.oidc_subject for one in newcomers.waiting()}:
        raise NotFound("no_such_newcomer")
    answer = _changed(request, account.model_copy(update={"oidc_subject": subject or None}))
    newcomers.remove(subject)
    return answer


@router.post("/{account_id}/sessions/end", dependencies=[PROVEN])
def end_session(request: Request, account_id: str, session_id: Annotated[str, Form()]) -> Response:
    """End a session of the account."""
    account = _account(request, account_id)
    if session_id in {one.session_id for one in open_sessions(request, account.account_id)}:
        archive_of(request).tables.sessions.close(session_id)
        note(request, signed_in(request).account, "account", account_id)
    return RedirectResponse(f"/accounts/{account_id}", status_code=303)


def _changed(request: Request, account: Account) -> Response:
    if not archive_of(request).tables.accounts.change(account):
        raise Forbidden("subject_taken")
    note(request, signed_in(request).account, "account", account.account_id)
    return RedirectResponse(f"/accounts/{account.account_id}", status_code=303)


def _account(request: Request, account_id: str) -> Account:
    """An account of the administrator's own office. Raises: NotFound (no_such_account)."""
    return archive_of(request).tables.accounts.get(actor_of(request).office_id, account_id)


def _is_own(request: Request, account: Account) -> bool:
    return account.account_id == signed_in(request).account.account_id


def _new_link(request: Request, account: Account) -> str:
    return f"{our_address(request)}/?token={entrance_of(request).issue_link(account.login)}"


def _in_order(roles: list[Role]) -> tuple[Role, ...]:
    return tuple(role for role in PERMITTED if role in roles)


def _list_page(request: Request, refusal: HosoError | None = None) -> Response:
    tables, office_id, now = archive_of(request).tables, actor_of(request).office_id, datetime.now(UTC)
    tokens = tables.tokens.of_office(office_id, _MOST_TOKENS)
    accounts = tables.accounts.of_office(office_id)
    return render(
        request,
        "accounts.html",
        status=refusal.http_status if refusal else 200,
        accounts=accounts,
        names={one.account_id: one.name for one in accounts},
        tokens=[one for one in tokens if one.revoked_at is None and one.expires_at > now],
        waiting=tables.newcomers.waiting(),
        roles=tuple(PERMITTED),
        refusal=refusal.message(language_of(request)) if refusal else "",
    )


def _account_page(request: Request, account_id: str, *, link: str = "") -> Response:
    account = _account(request, account_id)
    return render(
        request,
        "account.html",
        account=account,
        own=_is_own(request, account),
        sessions=open_sessions(request, account_id),
        waiting=archive_of(request).tables.newcomers.waiting(),
        by_provider=request.app.state.provider is not None,
        roles=tuple(PERMITTED),
        link=link,
    )
