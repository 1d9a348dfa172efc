"""The second factor: codes of six digits that a telephone shows, a new one every 30 seconds (TOTP, RFC 6238).

The secret of an account is made of the installation's own and of what the account keeps, so neither the database nor a
backup of it gives it away. Where the installation's secret is lost, codes are set up anew.
"""

import hashlib
import hmac
import time
from base64 import b32encode
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from pipeline.access_ports import Accounts, Tries
from pipeline.errors import Forbidden
from pipeline.password_door import FREE_OF_ADDRESS, FREE_OF_LOGIN, begin_try
from schemas.access import Account
from schemas.base import Value

STEP_S = 30
_DIGITS = 6
_AROUND = (0, -1, 1)
"""One step either side (RFC 6238, 5.2): telephones' clocks differ, and typing takes time."""
_SECRET_BYTES = 20
"""RFC 4226, section 4, R6. With it SHA-1 is what every telephone's application takes; HMAC keeps it safe."""
_USE = b"hoso second factor 1"


class Offered(Value):
    """What a telephone is given: `secret` in base 32, and the same as the `address` that stands in a QR code."""

    secret: str
    address: str


class SecondFactor:
    """Sets up the codes of accounts and takes them, each once."""

    def __init__(self, accounts: Accounts, tries: Tries, secret: bytes) -> None:
        """Args: secret: the installation's; all its processes have the same."""
        self._accounts, self._tries = accounts, tries
        self._key = hmac.digest(secret, _USE, hashlib.sha256)

    def offer(self, account: Account, salt: str, issuer: str) -> Offered:
        """What its telephone is given for codes with this salt; `issuer` is what the telephone calls us."""
        secret = b32encode(self._secret(account, salt)).decode("ascii")
        label = f"{quote(issuer, safe='')}:{quote(account.login, safe='')}"
        told = f"secret={secret}&issuer={quote(issuer, safe='')}&digits={_DIGITS}&period={STEP_S}"
        return Offered(secret=secret, address=f"otpauth://totp/{label}?{told}")

    def set_up(self, account: Account, salt: str, code: str) -> None:
        """Have the account show codes from now on; its sessions end. Raises: Forbidden (wrong_code)."""
        step = step_of(self._secret(account, salt), code, time.time())
        if step is None:
            raise Forbidden("wrong_code")
        self._accounts.set_factor(account.office_id, account.account_id, salt, step)

    def show(self, account: Account, code: str, address: str) -> None:
        """Take a code of an account that has a second factor. Wrong ones are counted as wrong passwords are.

        Raises:
            Forbidden: wrong_code, also for one that was taken before; too_many_tries, with the seconds to wait.

        """
        key = f"code {account.account_id}"
        begin_try(self._tries, f"address {address}", FREE_OF_ADDRESS)
        begin_try(self._tries, key, FREE_OF_LOGIN)
        salt = self._accounts.factor(account.office_id, account.account_id)
        step = None if salt is None else step_of(self._secret(account, salt), code, time.time())
        if step is None or not self._accounts.take_step(account.office_id, account.account_id, step):
            raise Forbidden("wrong_code")
        self._tries.forget(key)
        self._tries.take_back(f"address {address}", 1)

    def _secret(self, account: Account, salt: str) -> bytes:
        return hmac.digest(self._key, f"{account.account_id} {salt}".encode(), hashlib.sha256)[:_SECRET_BYTES]


def step_of(secret: bytes, code: str, now_s: float) -> int | None:
    """The step (from the Unix epoch) that a code is of, if it is of about now; people type it with blanks.

    Args:
        secret: the account's, 20 bytes.
        code: what somebody typed, anything.
        now_s: Unix seconds.

    """
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdigit()):
        return None
    codes, step = TOTP(secret, _DIGITS, SHA1(), STEP_S), int(now_s) // STEP_S  # noqa: S303 (see _SECRET_BYTES)
    near = (step + moved for moved in _AROUND if step + moved >= 0)
    return next((one for one in near if hmac.compare_digest(codes.generate(one * STEP_S), typed.encode())), None)
