"""Signing in: passwords, one-time links, sessions. Secrets are kept as hashes only, so that a backup opens nothing."""

import hashlib
import secrets
import unicodedata
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from pipeline.access import permissions_of
from pipeline.access_ports import Accounts, Sessions
from pipeline.errors import Forbidden, NotFound
from schemas.access import Account, Role, SignedIn

LINK_S = 24 * 3600.0
_SHORTEST_PASSWORD = 12
"""OWASP ASVS 4.0.3, 2.1.1: at least twelve characters, and no rule about which."""
_HASHER = PasswordHasher()
# Compared with where there is no such login: the time of an answer must not tell which logins exist.
_NOBODYS = _HASHER.hash(secrets.token_urlsafe())


class Entrance:
    """Lets people in and out."""

    def __init__(self, accounts: Accounts, sessions: Sessions, idle_s: float) -> None:
        """Args: idle_s: a session that nobody uses for so long is over."""
        self._accounts, self._sessions, self._idle_s = accounts, sessions, idle_s

    def by_password(self, login: str, password: str) -> str | None:
        """The secret of a new session; None where login or password are wrong or the account is disabled."""
        found = self._accounts.by_login(login.strip().lower())
        account, known_hash = found or (None, None)
        try:
            _HASHER.verify(known_hash or _NOBODYS, _normalised(password))
        except VerificationError:
            return None
        if account is None or known_hash is None or account.disabled_at is not None:
            return None
        return self.enter(account)

    def issue_link(self, login: str) -> str:
        """The secret of a link that lets an account in once, within a day. Raises: NotFound (no_such_account)."""
        found = self._accounts.by_login(login)
        if found is None or found[0].disabled_at is not None:
            raise NotFound("no_such_account", login)
        secret = secrets.token_urlsafe(32)
        self._sessions.add_link(_sha256(secret), found[0].account_id)
        return secret

    def by_link(self, link: str) -> str | None:
        """The secret of a new session for a link's; None when the link was used, is too old or was never made."""
        account = self._sessions.take_link(_sha256(link), LINK_S)
        return self.enter(account) if account else None

    def enter(self, account: Account) -> str:
        """The secret of a new session of an account that has shown who it is."""
        secret = secrets.token_urlsafe(32)
        self._sessions.open(_sha256(secret), account.account_id)
        return secret

    def who(self, secret: str, *, by_person: bool) -> SignedIn | None:
        """Whose session it is; None when it is over. Only what a person does keeps it open."""
        session = self._sessions.use(_sha256(secret), self._idle_s, by_person=by_person)
        if session is None:
            return None
        return SignedIn(
            account=session.account,
            permissions=permissions_of(session.account.roles),
            session_id=session.session_id,
            purpose=session.purpose,
            visit_id=session.visit_id,
        )

    def leave(self, secret: str) -> None:
        """End a session."""
        self._sessions.close(_sha256(secret))

    def goes_on(self, session_id: str) -> bool:
        """Whether a session is still open; to ask does not keep it open."""
        return self._sessions.use(session_id, self._idle_s, by_person=False) is not None

    def close_idle(self) -> tuple[str, ...]:
        """End the sessions that were left alone, and return their ids."""
        return self._sessions.close_idle(self._idle_s, LINK_S)


def new_account(login: str, name: str, office_id: str, roles: Sequence[Role]) -> Account:
    """An account that is not written yet."""
    return Account(
        account_id=str(uuid.uuid4()),
        office_id=office_id,
        login=login.strip().lower(),
        name=name,
        roles=tuple(roles),
        created_at=datetime.now(UTC),
    )


def hashed(password: str) -> str:
    """Argon2id, RFC 9106. Raises: Forbidden (weak_password): shorter than twelve characters."""
    if len(password) < _SHORTEST_PASSWORD:
        raise Forbidden("weak_password")
    return _HASHER.hash(_normalised(password))


def _normalised(password: str) -> str:
    """Keyboards write a Vietnamese letter in one character or in several; both are the same password (RFC 8265)."""
    return unicodedata.normalize("NFKC", password)


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
