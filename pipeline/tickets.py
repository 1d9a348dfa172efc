"""Download tickets: signed, short-lived addresses of one file each, for programs that cannot sign in.

A ticket says which file of which office, until when, and in whose name and for which purpose it was made; of people it
says nothing. Nobody can alter or make one without the key, so nothing is kept of it.
"""

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pipeline.errors import Forbidden
from pipeline.settings import Settings
from schemas.access import Purpose
from schemas.base import Value

MOST_S = 300
_USE = b"hoso download ticket 1"
"""Derives a key for this use alone, so that the secret may serve others too."""


class Ticket(Value):
    """What a ticket opens, until `expires_at` (Unix seconds): the searchable copy, the signed one, or original `number`
    (from 1).
    """

    office_id: str
    account_id: str
    document_id: str
    kind: Literal["copy", "signed", "original"]
    number: int = 1
    purpose: Purpose
    visit_id: str | None = None
    expires_at: int


class TicketOffice:
    """Signs tickets and reads them back."""

    def __init__(self, secret: bytes) -> None:
        """Args: secret: the installation's; all its web processes have the same."""
        self._key = hmac.digest(secret, _USE, hashlib.sha256)

    def sign(self, ticket: Ticket) -> str:
        """The ticket as a part of an address."""
        said = ticket.model_dump_json(exclude_defaults=True).encode()
        return f"{_encoded(said)}.{_encoded(self._seal(said))}"

    def read(self, signed: str) -> Ticket:
        """The ticket that was signed. Raises: Forbidden (bad_ticket): it is not ours, or its time is over."""
        said, _, seal = signed.partition(".")
        try:
            words = urlsafe_b64decode(said + "=" * (-len(said) % 4))
            genuine = hmac.compare_digest(_encoded(self._seal(words)).encode(), seal.encode())
        except ValueError:
            raise Forbidden("bad_ticket") from None
        if not genuine:
            raise Forbidden("bad_ticket")
        ticket = Ticket.model_validate_json(words)
        if datetime.now(UTC).timestamp() >= ticket.expires_at:
            raise Forbidden("bad_ticket")
        return ticket

    def _seal(self, said: bytes) -> bytes:
        return hmac.digest(self._key, said, hashlib.sha256)


def ticket_secret(settings: Settings) -> bytes:
    """The installation's secret: the one of the settings, else that of this home, made at the first start.

    The file `run/link.key` can be read by its owner only.
    """
    given = settings.link_key.get_secret_value()
    return given.encode() if given else _kept(settings.home_path / "run" / "link.key")


def _kept(path: Path) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)  # of several processes that start at once one gives the secret
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
