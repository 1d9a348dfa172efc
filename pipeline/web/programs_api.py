"""The JSON API for those who connect programs: their tokens, and the webhooks that tell them of papers."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path, Request
from pydantic import Field as Described

from pipeline import tokens
from pipeline.adapters.hook_sender import check_url, new_secret, try_hook
from pipeline.web.api import archive_of
from pipeline.web.gate import note
from pipeline.web.idempotency import tell_once
from pipeline.web.paging import After, Limit, cursor, cut, place_of
from pipeline.web.proving import PROVEN
from pipeline.web.signed_in import actor_of, needs, signed_in
from schemas.access import ApiToken, Permission
from schemas.base import Value
from schemas.hooks import Delivery, Webhook
from schemas.paging import TimePlace

router = APIRouter(prefix="/api/v1")
_URL_FORM = r"^(https://[A-Za-z0-9.-]+|http://(localhost|127\.0\.0\.1))(:[0-9]{1,5})?(/[A-Za-z0-9._~/?&=%-]*)?$"
_TokenId = Annotated[str, Path(max_length=64)]
_HookId = Annotated[str, Path(max_length=64)]


class NewToken(Value):
    """For which account of a service, what colleagues call the program, what it may do, and for how long."""

    account_id: str = Described(max_length=64)
    name: str = Described(min_length=1, max_length=100)
    scopes: tuple[Permission, ...] = Described(min_length=1)
    days: int = Described(default=tokens.DEFAULT_DAYS, ge=1, le=tokens.MOST_DAYS)


class TokenMade(Value):
    """A new token; its secret is told only here."""

    token: ApiToken
    secret: str


class TokenList(Value):
    """Tokens, newest first; `next` goes on behind them, null at the end."""

    tokens: tuple[ApiToken, ...]
    next: str | None


class NewWebhook(Value):
    """The address: https, or http on the same machine."""

    url: str = Described(max_length=500, pattern=_URL_FORM)


class WebhookMade(Value):
    """A new webhook; the secret that its messages are signed with is told only here."""

    webhook: Webhook
    secret: str


class WebhookList(Value):
    """Webhooks in use, newest first; `next` goes on behind them, null at the end."""

    webhooks: tuple[Webhook, ...]
    next: str | None


class DeliveryList(Value):
    """What is and was to be delivered, newest first; `next` goes on behind it, null at the end."""

    deliveries: tuple[Delivery, ...]
    next: str | None


class HookTried(Value):
    """Whether a message arrived; `error` is an HTTP status or `hook_away`."""

    arrived: bool
    error: str | None


@router.post("/tokens", dependencies=[needs("accounts.manage"), PROVEN], status_code=201)
def make_token(request: Request, body: NewToken) -> TokenMade:
    """Make a token for a program."""
    tables, actor = archive_of(request).tables, actor_of(request)
    account = tables.accounts.get(actor.office_id, body.account_id)
    token, secret = tokens.issue(tables.tokens, actor, account, body.name, body.scopes, body.days)
    note(request, signed_in(request).account, "token", token.token_id)
    tell_once(request)
    return TokenMade(token=token, secret=secret)


@router.get("/tokens", dependencies=[needs("accounts.manage")])
def list_tokens(request: Request, after: After = None, limit: Limit = 20) -> TokenList:
    """All tokens of the office that were ever made."""
    office_id, place = actor_of(request).office_id, place_of(after, TimePlace)
    rows, last = cut(archive_of(request).tables.tokens.of_office(office_id, limit + 1, place), limit)
    return TokenList(tokens=tuple(rows), next=cursor(TimePlace(at=last.made_at, id=last.token_id)) if last else None)


@router.delete("/tokens/{token_id}", dependencies=[needs("accounts.manage"), PROVEN], status_code=204)
def revoke_token(request: Request, token_id: _TokenId) -> None:
    """End a token at once."""
    archive_of(request).tables.tokens.revoke(actor_of(request).office_id, token_id)
    note(request, signed_in(request).account, "token", token_id)


@router.post("/webhooks", dependencies=[needs("hooks.manage")], status_code=201)
def add_webhook(request: Request, body: NewWebhook) -> WebhookMade:
    """Have an address told of every paper of the office that is filed or waits for review from now on.

    Messages are signed by Standard Webhooks 1.0.0 (`webhook-id`, `webhook-timestamp`, `webhook-signature`), name papers
    by their ids only, and are sent again after 5 s, 1 min, 10 min, 1 h, 6 h and 24 h until they are answered with 2xx.
    """
    actor = actor_of(request)
    url = check_url(body.url, request.app.state.settings.known_hook_hosts)
    hook = Webhook(hook_id=str(uuid4()), **actor.model_dump(), url=url, made_at=datetime.now(UTC))
    secret = new_secret()
    archive_of(request).tables.hooks.add(hook, secret)
    note(request, signed_in(request).account, "hook", hook.hook_id)
    tell_once(request)
    return WebhookMade(webhook=hook, secret=secret)


@router.get("/webhooks", dependencies=[needs("hooks.manage")])
def list_webhooks(request: Request, after: After = None, limit: Limit = 20) -> WebhookList:
    """The webhooks of the office."""
    office_id, place = actor_of(request).office_id, place_of(after, TimePlace)
    rows, last = cut(archive_of(request).tables.hooks.of_office(office_id, limit + 1, place), limit)
    return WebhookList(webhooks=tuple(rows), next=cursor(TimePlace(at=last.made_at, id=last.hook_id)) if last else None)


@router.delete("/webhooks/{hook_id}", dependencies=[needs("hooks.manage")], status_code=204)
def remove_webhook(request: Request, hook_id: _HookId) -> None:
    """Tell an address nothing any more, not even what is due."""
    archive_of(request).tables.hooks.remove(actor_of(request).office_id, hook_id)
    note(request, signed_in(request).account, "hook", hook_id)


@router.post("/webhooks/{hook_id}/test", dependencies=[needs("hooks.manage")])
def try_webhook(request: Request, hook_id: _HookId) -> HookTried:
    """Send an address a signed message `{"event": "ping"}`, once."""
    hook, secret = archive_of(request).tables.hooks.get(actor_of(request).office_id, hook_id)
    error = try_hook(check_url(hook.url, request.app.state.settings.known_hook_hosts), secret)
    return HookTried(arrived=error is None, error=error)


@router.get("/webhooks/{hook_id}/deliveries", dependencies=[needs("hooks.manage")])
def list_deliveries(request: Request, hook_id: _HookId, after: After = None, limit: Limit = 20) -> DeliveryList:
    """What an address was told, what it is still to be told, and what was given up."""
    office_id, place = actor_of(request).office_id, place_of(after, TimePlace)
    rows, last = cut(archive_of(request).tables.hooks.deliveries(office_id, hook_id, limit + 1, place), limit)
    then = cursor(TimePlace(at=last.made_at, id=last.delivery_id)) if last else None
    return DeliveryList(deliveries=tuple(rows), next=then)
