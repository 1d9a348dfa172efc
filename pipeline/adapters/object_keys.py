"""Which object keys a store takes: the same on every implementation, so that none can be led astray."""

import re

from pipeline.errors import HosoError

_PART = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
_KEY = re.compile(rf"{_PART}(?:/{_PART})*")
HASH_SUFFIX = ".sha256"
"""Reserved: the folder store keeps an object's hash in a file of this ending."""


def is_key(key: str) -> bool:
    """Whether `key` is an ASCII path of plain names: no empty part, none that begins with a dot, no hash file."""
    return _KEY.fullmatch(key) is not None and not key.endswith(HASH_SUFFIX)


def require_key(key: str) -> None:
    """Refuse a key that no store may take.

    Raises:
        HosoError: (internal) keys are made by `pipeline.keys`, so a bad one is our fault. Its text is not repeated.

    """
    if not is_key(key):
        raise HosoError("internal", "not an object key")
