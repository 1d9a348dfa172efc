"""Delivers what the outbox holds to webhooks, signed by Standard Webhooks 1.0.0 (standardwebhooks.com).

An address is given by an administrator and may lie in a private network, as the systems of a province do; it is never
taken from a request of anybody else. Redirects are not followed, so what answers there cannot send us elsewhere.
"""

import hashlib
import hmac
import secrets
import uuid
from base64 import b64decode, b64encode
from collections.abc import Collection
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx

from pipeline.errors import ScanRejected
from pipeline.program_ports import DueDelivery, Hooks
from schemas.hooks import HookBody

RETRY_AFTER_S = (5.0, 60.0, 600.0, 3600.0, 6 * 3600.0, 24 * 3600.0)
"""How long after each failure it is tried again; after the last one it is given up."""
_TIMEOUT_S = 10.0
_LEASE_S = 60.0
_SECRET_PREFIX = "whsec_"  # noqa: S105 (the standard's prefix)
_STATES = {"paper.filed": "filed", "paper.needs_review": "needs_review"}


def check_url(url: str, hosts: Collection[str] = ()) -> str:
    """The address, if it may be one: https, or http on this machine; at one of these hosts, if any are named.

    Raises: ScanRejected (bad_hook_url).
    """
    try:
        parts = urlsplit(url)
        is_plain = parts.username is None and parts.password is None and not parts.fragment and parts.port != 0
        host = httpx.URL(url).host
    except (ValueError, httpx.InvalidURL):
        raise ScanRejected("bad_hook_url") from None
    safe = parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))
    if not (host and is_plain and safe):
        raise ScanRejected("bad_hook_url")
    if not _is_listed(url, hosts):
        raise ScanRejected("bad_hook_url", "HOSO_HOOK_HOSTS")
    return url


def new_secret() -> str:
    """The secret that a webhook's messages are signed with."""
    return _SECRET_PREFIX + b64encode(secrets.token_bytes(32)).decode("ascii")


def deliver_due(hooks: Hooks, most: int, hosts: Collection[str] = ()) -> int:
    """Deliver what is due, at most so many; return how many were tried. Others may do so at the same time.

    What is due at another host than one of these, if any are named, is given up (ASVS 4.0.3, 12.6.1). All else arrives
    once or, when a sender died at the wrong moment, twice with the same `webhook-id`.
    """
    tried = 0
    with _client() as client:
        while tried < most and (due := hooks.claim(_LEASE_S)) is not None:
            tried += 1
            if _is_listed(due.url, hosts):
                _deliver(client, hooks, due)
            else:
                hooks.failed(due.delivery.delivery_id, "host_not_listed", None)
    return tried


def try_hook(url: str, secret: str) -> str | None:
    """Send the event `ping`, once; None: it was taken, else why not, as `send` tells it."""
    body = b'{"event":"ping"}'
    with _client() as client:
        return send(client, url, secret, str(uuid.uuid4()), body)


def send(client: httpx.Client, url: str, secret: str, message_id: str, body: bytes) -> str | None:
    """Send one signed message; None: it was taken, else why not: an HTTP status, or `hook_away`."""
    sent_at = int(datetime.now(UTC).timestamp())
    headers = {
        "content-type": "application/json",
        "user-agent": "hoso",
        "webhook-id": message_id,
        "webhook-timestamp": str(sent_at),
        "webhook-signature": signature(secret, message_id, sent_at, body),
    }
    try:
        answer = client.post(url, content=body, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL):
        return "hook_away"
    return None if answer.is_success else str(answer.status_code)


def signature(secret: str, message_id: str, sent_at: int, body: bytes) -> str:
    """The header `webhook-signature` of a message: HMAC-SHA256 over its id, its time in Unix seconds and its body."""
    key = b64decode(secret.removeprefix(_SECRET_PREFIX))
    signed = hmac.digest(key, f"{message_id}.{sent_at}.".encode() + body, hashlib.sha256)
    return f"v1,{b64encode(signed).decode('ascii')}"


def _client() -> httpx.Client:
    return httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False, trust_env=False)


def _deliver(client: httpx.Client, hooks: Hooks, due: DueDelivery) -> None:
    delivery = due.delivery
    if due.paper is None:
        hooks.failed(delivery.delivery_id, "no_such_paper", None)
        return
    body = HookBody.model_validate(
        {
            "event": delivery.event,
            "delivery_id": delivery.delivery_id,
            "document_id": delivery.document_id,
            "submission_id": due.paper.submission_id,
            "dossier_code": due.paper.dossier_code,
            "type": due.paper.type,
            "state": _STATES[delivery.event],
            "at": delivery.made_at,
        }
    )
    error = send(client, due.url, due.secret, delivery.delivery_id, body.model_dump_json().encode())
    if error is None:
        hooks.delivered(delivery.delivery_id)
    else:
        again = RETRY_AFTER_S[delivery.attempts - 1] if delivery.attempts <= len(RETRY_AFTER_S) else None
        hooks.failed(delivery.delivery_id, error, again)


def _is_listed(url: str, hosts: Collection[str]) -> bool:
    return not hosts or httpx.URL(url).host in hosts


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
