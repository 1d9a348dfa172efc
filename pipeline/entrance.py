"""Being let in: one-time links and sessions. Secrets are kept as hashes only, so that a backup opens nothing."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pipeline.access import SHOWING_A_CODE, permissions_of
from pipeline.access_ports import Accounts, Session, Sessions
from pipeline.errors import NotFound
from schemas.access import Account, Role, SignedIn, Way

LINK_S = 24 * 3600.0
LONGEST_S = 12 * 3600.0
"""However busily it is used: a session must not last into the next day on a machine that several people share."""
_HALF_S = 600.0
"""How long a second factor may be shown after the first."""
PROVEN_S = 600.0
"""How long somebody need not show again that it is he, before something grave (ASVS 4.0.3, 3.7.1)."""


class Entrance:
    """Lets people in and out."""

    def __init__(self, accounts: Accounts, sessions: Sessions, idle_s: float) -> None:
        """Args: idle_s: a session that nobody uses for so long is over."""
        self._accounts, self._sessions, self._idle_s = accounts, sessions, idle_s

    def issue_link(self, login: str) -> str:
        """The secret of a link that lets an account in once, within a day. Raises: NotFound (no_such_account)."""
        found = self._accounts.by_login(login)
        if found is None or found[0].disabled_at is not None:
            raise NotFound("no_such_account", login)
        secret = secrets.token_urlsafe(32)
        self._sessions.add_link(_sha256(secret), found[0].account_id)
        return secret

    def by_link(self, link: str, address: str = "") -> str | None:
        """The secret of a new session for a link's; None when the link was used, is too old or was never made."""
        account = self._sessions.take_link(_sha256(link), LINK_S)
        return self.enter(account, "link", address) if account else None

    def enter(self, account: Account, way: Way, address: str = "") -> str:
        """The secret of a new session of an account that has shown who it is, from this network address.

        Half a session, with which nothing can be done, where the account has a second factor to show; whom a provider
        vouches for has shown there what the provider asks for.
        """
        return self._open(account, way, address, half=account.has_factor and way != "provider")

    def admit(self, account: Account, way: Way, address: str = "") -> str:
        """The secret of a new session of an account that has shown all that it has to."""
        return self._open(account, way, address, half=False)

    def half(self, secret: str) -> tuple[Account, Way] | None:
        """Who has half a session, and how it was opened: a second factor is still to be shown."""
        return self._sessions.half(_sha256(secret), _HALF_S)

    def who(self, secret: str, *, by_person: bool) -> SignedIn | None:
        """Whose session it is; None when it is over. Only what a person does keeps it open."""
        session = self._sessions.use(_sha256(secret), self._idle_s, LONGEST_S, by_person=by_person)
        if session is None:
            return None
        return SignedIn(
            account=session.account,
            permissions=permissions_of(session.account.roles),
            session_id=session.session_id,
            purpose=session.purpose,
            visit_id=session.visit_id,
            way=session.way,
            ends_at=self.ends_at(session),
            proven_at=session.proven_at,
        )

    def ends_at(self, session: Session) -> datetime:
        """When a session is over if nobody uses it any more."""
        return min(session.used_at + timedelta(seconds=self._idle_s), session.made_at + timedelta(seconds=LONGEST_S))

    def leave(self, secret: str) -> None:
        """End a session."""
        self._sessions.close(_sha256(secret))

    def goes_on(self, session_id: str) -> bool:
        """Whether a session is still open; to ask does not keep it open."""
        return self._sessions.use(session_id, self._idle_s, LONGEST_S, by_person=False) is not None

    def prove(self, session_id: str) -> None:
        """Somebody has shown again that the session is his."""
        self._sessions.prove(session_id)

    def close_idle(self) -> tuple[str, ...]:
        """End the sessions that were left alone, and return their ids."""
        return self._sessions.close_idle(self._idle_s, LONGEST_S, LINK_S)

    def _open(self, account: Account, way: Way, address: str, *, half: bool) -> str:
        secret = secrets.token_urlsafe(32)
        self._sessions.open(_sha256(secret), account.account_id, way, address, half=half)
        return secret


def has_proven(signed: SignedIn) -> bool:
    """Whether somebody has shown lately that it is he; a program's token shows it each time."""
    if signed.way is None:
        return True
    return signed.proven_at is not None and datetime.now(UTC) - signed.proven_at < timedelta(seconds=PROVEN_S)


def must_set_up(signed: SignedIn) -> bool:
    """Whether somebody who came by a password has to set up a second factor before anything else."""
    by_role = not SHOWING_A_CODE.isdisjoint(signed.account.roles)
    return signed.way == "password" and by_role and not signed.account.has_factor


def new_account(login: str, name: str, office_id: str, roles: Sequence[Role], *, must_change: bool = False) -> Account:
    """An account that is not written yet; `must_change`: it begins with choosing a password."""
    return Account(
        account_id=str(uuid.uuid4()),
        office_id=office_id,
        login=login.strip().lower(),
        name=name,
        roles=tuple(roles),
        created_at=datetime.now(UTC),
        must_change=must_change,
    )


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
