"""What signing in, visits and the access log ask of the database. Contract tests run on both databases."""

from datetime import datetime
from typing import Protocol

from schemas.access import AccessEntry, Account, LoggedAccess, Purpose
from schemas.base import Value
from schemas.visits import CitizenVisit


class Session(Value):
    """A session that goes on. `session_id` is the SHA-256 of its secret, so the table opens nothing."""

    session_id: str
    account: Account
    used_at: datetime
    purpose: Purpose | None
    visit_id: str | None


class Accounts(Protocol):
    """Who can sign in."""

    def add(self, account: Account, password_hash: str | None, actor_id: str) -> bool:
        """Add an account in the name of `actor_id`; False, and nothing is written, where login or subject are taken."""
        ...

    def get(self, account_id: str) -> Account:
        """Raises: NotFound (no_such_account)."""
        ...

    def by_login(self, login: str) -> tuple[Account, str | None] | None:
        """The account with its password's hash, also a disabled one; None: there is none."""
        ...

    def by_subject(self, oidc_subject: str) -> Account | None:
        """The account that a provider vouches for."""
        ...

    def of_office(self, office_id: str | None) -> tuple[Account, ...]:
        """All accounts of an office, of all offices with None; by login."""
        ...

    def change(self, account: Account) -> None:
        """Write its name, office, roles, subject and whether it is disabled; a disabled one's sessions end.

        Raises: NotFound (no_such_account).
        """
        ...

    def set_password(self, account_id: str, password_hash: str) -> None:
        """Its sessions end. Raises: NotFound (no_such_account)."""
        ...


class Sessions(Protocol):
    """One-time links and sessions, by the hash of their secret. Times are the database's clock.

    The visit that a session holds is closed when the session ends in any way, or looks for another reason.
    """

    def add_link(self, secret_sha256: str, account_id: str) -> None:
        """A link that opens one session of this account."""
        ...

    def take_link(self, secret_sha256: str, oldest_s: float) -> Account | None:
        """The account of a link no older than `oldest_s` that was not used; of several who take it one gets it."""
        ...

    def open(self, secret_sha256: str, account_id: str) -> None:
        """Open a session."""
        ...

    def use(self, secret_sha256: str, idle_s: float, *, by_person: bool) -> Session | None:
        """The session, unless it was left alone for longer than `idle_s`, closed, or its account is disabled.

        Counts as use only `by_person`: what a page asks by itself keeps no session open.
        """
        ...

    def set_purpose(self, secret_sha256: str, purpose: Purpose | None, visit_id: str | None) -> None:
        """Why the officer looks from now on."""
        ...

    def close(self, secret_sha256: str) -> None:
        """End it; one that is over may be closed again."""
        ...

    def close_idle(self, idle_s: float, link_s: float) -> tuple[str, ...]:
        """Remove sessions that were left alone for longer, and links older than `link_s`.

        Returns the sessions' ids: what belongs to them is to be wiped.
        """
        ...


class Visits(Protocol):
    """Citizens' visits. A visit is open as long as a session holds it, and a session holds one at a time."""

    def open(self, visit: CitizenVisit, session_id: str) -> bool:
        """Add a visit and have the session hold it, for the purpose `visit`; one that it held before is closed.

        False, and nothing is written, where there is no such session.
        """
        ...

    def get(self, office_id: str, visit_id: str) -> CitizenVisit:
        """Raises: NotFound (no_such_visit), for another office's as well."""
        ...

    def change(self, visit: CitizenVisit) -> None:
        """Write what became known during the visit. Raises: NotFound (no_such_visit)."""
        ...

    def most_used(self, office_id: str, since: datetime) -> tuple[str, ...]:
        """The procedures of the office's visits that were opened since then, the most frequent first."""
        ...


class AccessLog(Protocol):
    """Every look at a person's papers. Entries are only ever added."""

    def write(self, *entries: AccessEntry) -> None:
        """Add entries, in this order."""
        ...

    def of_office(
        self, office_id: str, limit: int, before: int | None = None, actor_id: str | None = None
    ) -> tuple[LoggedAccess, ...]:
        """Newest first; those before entry `before`; only an actor's."""
        ...

    def of_citizen(
        self, office_id: str, citizen_id: str, limit: int, before: int | None = None
    ) -> tuple[LoggedAccess, ...]:
        """What concerned the citizen or a paper filed under him, newest first: what he may be shown."""
        ...
