"""Five errors, named by who must act; each carries a stable code and a sentence in both languages.

Trouble with one page is not an error but an `Issue` (schemas/dossier.py).
"""

import errno
from typing import ClassVar

from pipeline.error_messages import MESSAGES

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What the system says when a disk, or somebody's share of it, is full."""


class HosoError(Exception):
    """Base of what hoso raises on purpose. Texts carry ids only: never names, numbers or read text."""

    exit_code: ClassVar[int] = 70
    http_status: ClassVar[int] = 500

    def __init__(self, code: str, detail: str = "") -> None:
        """Args: code: a key of `MESSAGES`; detail: ids, sizes or limits, added after the sentence."""
        self.code = code
        self.detail = detail
        super().__init__(f"{code}: {self.message('en')}")

    def message(self, language: str) -> str:
        """The sentence for people, in `vi` (counter staff) or `en` (operators)."""
        vi, en = MESSAGES[self.code]
        sentence = vi if language == "vi" else en
        return f"{sentence} ({self.detail})" if self.detail else sentence


class ScanRejected(HosoError):
    """The sender must act: scan again, or send another file."""

    exit_code, http_status = 65, 422


class NotFound(HosoError):
    """What was asked for is not there, or not this office's to see."""

    exit_code, http_status = 66, 404


class Forbidden(HosoError):
    """Who asks may not do this."""

    exit_code, http_status = 77, 403


class ServiceUnavailable(HosoError):
    """A service is away; the only error that is worth a retry."""

    exit_code, http_status = 75, 503


class Misconfigured(HosoError):
    """The operator must act before anything can start."""

    exit_code, http_status = 78, 500
