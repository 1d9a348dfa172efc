"""Signing in by password, with waits that grow with wrong tries, and changing the password."""

from collections.abc import Callable

from pipeline.access_ports import Accounts, Tries
from pipeline.entrance import Entrance
from pipeline.errors import Forbidden
from pipeline.passwords import hashed, matches
from schemas.access import Account

FORGOTTEN_S = 3600.0
"""Tries are counted anew after an hour in which nobody tried."""
FREE_OF_LOGIN = 5
FREE_OF_ADDRESS = 30
"""A whole office may share one address, and its people mistype."""
_FIRST_WAIT_S = 15.0
_LONGEST_WAIT_S = 900.0
"""No lock for ever: it would let anybody shut an officer out. At this pace 35,000 tries take a year (ASVS 2.2.1)."""


class PasswordDoor:
    """Lets people in by password."""

    def __init__(self, accounts: Accounts, tries: Tries, entrance: Entrance) -> None:
        self._accounts, self._tries, self._entrance = accounts, tries, entrance

    def enter(self, login: str, password: str, address: str) -> str | None:
        """What `Entrance.enter` gives; None where login or password are wrong or the account is disabled.

        Tries are counted for the address and for the login, whether there is such a login or not: neither the wait nor
        the time of an answer tells which logins exist.

        Raises:
            Forbidden: too_many_tries; the detail is how many seconds to wait. The password was not looked at.

        """
        login = login.strip().lower()
        self._tries.forget_old(FORGOTTEN_S)
        begin_try(self._tries, f"address {address}", FREE_OF_ADDRESS)
        begin_try(self._tries, f"login {login}", FREE_OF_LOGIN)
        account = self._account_of(login, password)
        if account is None:
            return None
        self._tries.forget(f"login {login}")
        # This one, and one that somebody mistyped: an office that works must not run up a count in weeks.
        self._tries.take_back(f"address {address}", 2)
        return self._entrance.enter(account, "password", address)

    def show(self, account: Account, password: str) -> None:
        """Have somebody who is signed in show his password again.

        Raises:
            Forbidden: wrong_password, too_many_tries.

        """
        begin_try(self._tries, f"login {account.login}", FREE_OF_LOGIN)
        if self._account_of(account.login, password) is None:
            raise Forbidden("wrong_password")
        self._tries.forget(f"login {account.login}")

    def change(self, account: Account, new: str, old: str | None) -> None:
        """Give an account the password its own person chose; its sessions end.

        Args:
            account: whose.
            new: the new password.
            old: the one it takes the place of; None where the person came by a one-time link.

        Raises:
            Forbidden: wrong_password, too_many_tries, weak_password, easy_password, same_password.

        """
        if old is not None:
            self.show(account, old)
            if old == new:
                raise Forbidden("same_password")
        chosen = hashed(new, account.login, account.name)
        self._accounts.set_password(account.office_id, account.account_id, chosen, must_change=False)

    def _account_of(self, login: str, password: str) -> Account | None:
        account, known_hash = self._accounts.by_login(login) or (None, None)
        right = matches(password, known_hash)
        return account if right and account is not None and account.disabled_at is None else None


def begin_try(tries: Tries, key: str, free: int) -> None:
    """Count a try for `key`, of which `free` wrong ones need not wait. Raises: Forbidden (too_many_tries)."""
    left_s = tries.begin(key, _wait_after(free))
    if left_s > 0:
        raise Forbidden("too_many_tries", f"{left_s:.0f} s")


def _wait_after(free: int) -> Callable[[int], float]:
    """How long the next try must wait after so many wrong ones: nothing at first, then twice as long each time."""

    def wait_s(wrong: int) -> float:
        if wrong < free:
            return 0.0
        return min(_FIRST_WAIT_S * 2.0 ** min(wrong - free, 10), _LONGEST_WAIT_S)

    return wait_s
