"""What signing in, visits and the access log ask of the database. Contract tests run on both databases."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

from schemas.access import AccessEntry, Account, LogFilter, LoggedAccess, Newcomer, Purpose, Way
from schemas.audit import DayOfLooks
from schemas.base import Value
from schemas.visits import CitizenVisit


class Session(Value):
    """A session that goes on. `session_id` is the SHA-256 of its secret, so the table opens nothing.

    `address` is the network address it was opened from. `proven_at` is when it last showed a password or a code; None:
    hoso did not note that yet when it was opened.
    """

    session_id: str
    account: Account
    made_at: datetime
    used_at: datetime
    proven_at: datetime | None
    way: Way
    address: str
    purpose: Purpose | None
    visit_id: str | None


class Accounts(Protocol):
    """Who can sign in."""

    def add(self, account: Account, password_hash: str | None, actor_id: str) -> bool:
        """Add an account in the name of `actor_id`; False, and nothing is written, where login or subject are taken."""
        ...

    def get(self, office_id: str, account_id: str) -> Account:
        """Raises: NotFound (no_such_account), for another office's as well."""
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

    def change(self, account: Account) -> bool:
        """Write its name, roles, subject and whether it is disabled; a disabled one's sessions end.

        False, and nothing is written, where another account has this subject.
        Raises: NotFound (no_such_account), for one that belongs to another office as well.
        """
        ...

    def set_password(self, office_id: str, account_id: str, password_hash: str | None, *, must_change: bool) -> None:
        """None takes the password away. Its sessions and links end.

        Raises: NotFound (no_such_account), for another office's as well.
        """
        ...

    def factor(self, office_id: str, account_id: str) -> str | None:
        """What the secret of its second factor is made of; None where it has none."""
        ...

    def set_factor(self, office_id: str, account_id: str, salt: str | None, step: int | None) -> None:
        """Give it another second factor, with the step of the code by which it was set up; None takes it off.

        Its sessions and links end. Raises: NotFound (no_such_account), for another office's as well.
        """
        ...

    def take_step(self, office_id: str, account_id: str, step: int) -> bool:
        """Note that a code of this step was shown; False where one of it or of a later one was shown before."""
        ...


class Newcomers(Protocol):
    """People whom the OpenID provider knows and no account is bound to."""

    def add(self, oidc_subject: str, name: str) -> None:
        """He tried to sign in, now. Of too many the oldest are forgotten."""
        ...

    def waiting(self) -> tuple[Newcomer, ...]:
        """Newest first."""
        ...

    def remove(self, oidc_subject: str) -> None:
        """He waits no more; nothing happens where he did not."""
        ...


class Tries(Protocol):
    """Wrong tries to sign in, by what they are counted for: a login, an address. Times are the database's clock."""

    def begin(self, key: str, wait_s: Callable[[int], float]) -> float:
        """Count a try as wrong until it is shown to be right, so that tries sent at once count as well.

        Args:
            key: what is counted for; kept as a hash, since people type passwords where a login is asked for.
            wait_s: how long after the last of so many wrong tries the next one must wait.

        Returns:
            0, or how many seconds are left to wait; the try is then not counted and may not be made.

        """
        ...

    def take_back(self, key: str, tries: int) -> None:
        """Count so many fewer, but never less than none."""
        ...

    def forget(self, key: str) -> None:
        """Count from none again."""
        ...

    def forget_old(self, older_s: float) -> None:
        """Forget what nobody tried for so long."""
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

    def open(self, secret_sha256: str, account_id: str, way: Way, address: str, *, half: bool = False) -> None:
        """Open a session; `half`: one that is no session yet, since a second factor is still to be shown."""
        ...

    def half(self, secret_sha256: str, oldest_s: float) -> tuple[Account, Way] | None:
        """Whose half a session it is, and how it was opened; None when it is older than `oldest_s`."""
        ...

    def prove(self, secret_sha256: str) -> None:
        """Its person has shown now that it is he."""
        ...

    def use(self, secret_sha256: str, idle_s: float, longest_s: float, *, by_person: bool) -> Session | None:
        """The session, unless it was left alone for longer than `idle_s`, was opened longer ago than `longest_s`, was
        closed, or its account is disabled.

        Counts as use only `by_person`: what a page asks by itself keeps no session open.
        """
        ...

    def of_account(self, office_id: str, account_id: str) -> tuple[Session, ...]:
        """Its sessions, the last used first; those that are over and not yet removed as well.

        None of another office's account.
        """
        ...

    def set_purpose(self, secret_sha256: str, purpose: Purpose | None, visit_id: str | None) -> None:
        """Why the officer looks from now on."""
        ...

    def close(self, secret_sha256: str) -> None:
        """End it; one that is over may be closed again."""
        ...

    def close_idle(self, idle_s: float, longest_s: float, link_s: float) -> tuple[str, ...]:
        """Remove sessions that were left alone for longer or opened longer ago, and links older than `link_s`.

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

    def find(
        self, office_id: str, wanted: LogFilter, limit: int, before: int | None = None
    ) -> tuple[LoggedAccess, ...]:
        """Newest first; those before entry `before`. A citizen's are those of his papers as well."""
        ...

    def of_citizen(
        self, office_id: str, citizen_id: str, limit: int, before: int | None = None
    ) -> tuple[LoggedAccess, ...]:
        """What concerned the citizen or a paper filed under him, newest first: what he may be shown."""
        ...

    def days(self, office_id: str, since: date) -> tuple[DayOfLooks, ...]:
        """What each account was shown on each day from `since` on, by day and login; days without a look are left out.

        What shows no paper of a person is not counted: what was received, changed or refused.
        """
        ...
