"""Incoming files: copied to local disk block by block, measured, hashed, and told by their first bytes on the way."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, NamedTuple

from pipeline import media
from pipeline.errors import DISK_FULL, ScanRejected, ServiceUnavailable

_BLOCK_BYTES = 1 << 20


class IncomingFile(NamedTuple):
    """A file as handed in: its path or name as given, and its bytes."""

    path: str
    stream: BinaryIO


@dataclass(frozen=True)
class SpooledFile:
    """An incoming file on local disk, hashed and found to be a scan."""

    path: str
    file: Path
    sha256: str
    size_bytes: int
    media_type: str


def spool(incoming: IncomingFile, limit_mb: int, folder: Path) -> SpooledFile:
    """Copy a file into `folder`; stop reading as soon as it turns out to be no scan or too large.

    Raises:
        ScanRejected: empty_file, too_large; as `media.scan_type`.
        ServiceUnavailable: (disk_full) the local disk has no room for it.
    """
    try:
        return _spool(incoming, limit_mb, folder)
    except OSError as error:
        if error.errno in DISK_FULL:
            raise ServiceUnavailable("disk_full") from None
        raise


def _spool(incoming: IncomingFile, limit_mb: int, folder: Path) -> SpooledFile:
    digest, size_bytes, kind = hashlib.sha256(), 0, None
    with NamedTemporaryFile(dir=folder, delete=False) as out:
        while block := incoming.stream.read(_BLOCK_BYTES):
            if size_bytes == 0:
                kind = media.scan_type(block[: media.HEAD_BYTES])
            size_bytes += len(block)
            if size_bytes > limit_mb << 20:
                raise ScanRejected("too_large", f"> {limit_mb} MB")
            digest.update(block)
            out.write(block)
    if kind is None:
        raise ScanRejected("empty_file")
    return SpooledFile(incoming.path, Path(out.name), digest.hexdigest(), size_bytes, kind)


def content_sha256(files: Sequence[SpooledFile]) -> str:
    """SHA-256 over the hashes of files in their order: what makes two submissions the same content."""
    return hashlib.sha256("".join(file.sha256 for file in files).encode("ascii")).hexdigest()
