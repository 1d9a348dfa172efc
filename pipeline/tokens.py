"""Tokens of programs. Only the hash of a token's secret is kept; the secret is told once."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pipeline.access import permissions_of
from pipeline.errors import ScanRejected
from pipeline.program_ports import ApiTokens
from schemas.access import Account, ApiToken, Permission, SignedIn
from schemas.people import Actor

DEFAULT_DAYS = 90
MOST_DAYS = 366
_PREFIX = "hoso_"
"""By it programs that look for leaked secrets know one of ours."""


def issue(
    tokens: ApiTokens, actor: Actor, account: Account, name: str, scopes: Sequence[Permission], days: int
) -> tuple[ApiToken, str]:
    """A new token of a service's account, and its secret.

    Args:
        tokens: where it is kept.
        actor: who makes it.
        account: as whom the program writes.
        name: what colleagues call the program.
        scopes: what the program may do of that which its account may; later changes of its roles hold at once.
        days: how long it holds, 1..`MOST_DAYS`.

    Raises:
        ScanRejected: not_a_service; bad_scope, the detail names what the account's roles do not permit.
    """
    if "service" not in account.roles:
        raise ScanRejected("not_a_service", account.account_id)
    beyond = set(scopes) - permissions_of(account.roles)
    if beyond:
        raise ScanRejected("bad_scope", ", ".join(sorted(beyond)))
    now = datetime.now(UTC)
    token = ApiToken(
        token_id=str(uuid.uuid4()),
        office_id=account.office_id,
        actor_id=actor.actor_id,
        account_id=account.account_id,
        name=name,
        scopes=tuple(sorted(set(scopes))),
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    secret = _PREFIX + secrets.token_urlsafe(32)
    tokens.add(token, _sha256(secret))
    return token, secret


def who(tokens: ApiTokens, secret: str) -> SignedIn | None:
    """As whom a program with this secret acts; None where it opens nothing (any more)."""
    found = tokens.use(_sha256(secret))
    if found is None:
        return None
    token, account = found
    permitted = permissions_of(account.roles) & set(token.scopes)
    return SignedIn(account=account, permissions=permitted, session_id=token.token_id, purpose="integration")


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
