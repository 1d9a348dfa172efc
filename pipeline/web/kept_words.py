"""What was searched for, sealed: a browser keeps it to come back to, and cannot read it (ASVS 4.0.3, 8.2.2).

Whoever reads the browser's store finds letters that only this installation opens, and only for the session that
searched; so nothing is kept here, and any of its processes can open them.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken

_USE = b"hoso searched words 1 "
"""Derives a key for this use alone, and for one session."""


class KeptWords:
    """Seals what was searched for and opens it again."""

    def __init__(self, secret: bytes) -> None:
        """Args: secret: the installation's; all its web processes have the same."""
        self._secret = secret

    def seal(self, session_id: str, said: str) -> str:
        """What the browser may keep: letters that stand in a header or a form as they are."""
        return self._of(session_id).encrypt(said.encode()).decode("ascii")

    def open(self, session_id: str, sealed: str) -> str | None:
        """What was sealed for this session; None for all else."""
        try:
            return self._of(session_id).decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None

    def _of(self, session_id: str) -> Fernet:
        return Fernet(urlsafe_b64encode(hmac.digest(self._secret, _USE + session_id.encode(), hashlib.sha256)))
