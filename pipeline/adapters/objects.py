"""What every object store does alike: which keys it takes, how it hashes, and that it leaves no half a file."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pipeline.errors import HosoError

_PART = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
_KEY = re.compile(rf"{_PART}(?:/{_PART})*")
_CHUNK_BYTES = 1 << 20
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


def copy_hashed(read: Callable[[int], bytes], target: IO[bytes]) -> tuple[str, int]:
    """Copy all that `read` gives, a piece at a time; its SHA-256 in hexadecimal and its size in bytes."""
    digest, size_bytes = hashlib.sha256(), 0
    while chunk := read(_CHUNK_BYTES):
        digest.update(chunk)
        size_bytes += target.write(chunk)
    return digest.hexdigest(), size_bytes


@contextmanager
def written_whole(target: Path) -> Iterator[IO[bytes]]:
    """A new file `target` to write to, which is removed when the block raises."""
    try:
        with target.open("wb") as file:
            yield file
    except BaseException:
        target.unlink(missing_ok=True)
        raise
