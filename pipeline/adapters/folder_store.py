"""Objects as plain files in a folder; beside each lies its SHA-256 in the format of `sha256sum -c`.

Putting goes: temporary file, fsync, hash file, rename, fsync of the folder. The hash file comes before the object, so
an object without one was not put by us and does not count. While an object is replaced its hash file names the
old and the new hash: whichever of the two a crash leaves is still proved whole.

Temporary files lie in a folder of their own, each locked by who writes it: what a crash leaves there is told from what
is still being written, and removed by the next process.
"""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO, BinaryIO

from pipeline.adapters.objects import HASH_SUFFIX, copy_hashed, is_key, require_key, written_whole
from pipeline.durable import make_folders, sync_folder
from pipeline.errors import DISK_FULL, NotFound, ServiceUnavailable
from pipeline.ports import StoredObject

_DRAFTS = ".drafts"


class FolderStore:
    """An ObjectStore in the folder `root`, which is made when missing; several processes may use it at once.

    Raises:
        ServiceUnavailable: (store_away) its disk cannot be read.

    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._drafts = root / _DRAFTS
        with _store_errors():
            self._remove_lost_drafts()

    def put(self, key: str, data: BinaryIO, media_type: str) -> StoredObject:  # noqa: ARG002 (files have no type)
        """See ObjectStore."""
        require_key(key)
        path = self._root / key
        with _store_errors():
            make_folders(path.parent)
            with self._draft() as (file, draft):
                sha256, size_bytes = copy_hashed(data.read, file)
                file.flush()
                os.fsync(file.fileno())
                with self._locked(fcntl.LOCK_EX):
                    known = set(_hashes(path)) if path.exists() else set()
                    self._write_hashes(path, sorted(known | {sha256}))
                    draft.replace(path)
                    sync_folder(path.parent)
                    if known - {sha256}:
                        self._write_hashes(path, [sha256])
        return StoredObject(key=key, sha256=sha256, size_bytes=size_bytes)

    def fetch(self, key: str, target: Path) -> StoredObject:
        """See ObjectStore."""
        require_key(key)
        with _store_errors():
            opened = self._open(key)
            if opened is None:
                raise NotFound("no_such_object", key)
            source, hashes = opened
            with source, written_whole(target) as file:
                sha256, size_bytes = copy_hashed(source.read, file)
                if sha256 not in hashes:
                    raise ServiceUnavailable("object_altered", key)
        return StoredObject(key=key, sha256=sha256, size_bytes=size_bytes)

    def find(self, prefix: str) -> Iterator[StoredObject]:
        """See ObjectStore."""
        folder = prefix.rpartition("/")[0]
        if folder and not is_key(folder):
            return
        for key in self._keys(folder, prefix):
            if (found := self._describe(key)) is not None:
                yield found

    def delete(self, key: str) -> None:
        """See ObjectStore."""
        require_key(key)
        path = self._root / key
        with _store_errors():
            if not path.parent.is_dir():
                return
            with self._locked(fcntl.LOCK_EX):
                path.unlink(missing_ok=True)
                sync_folder(path.parent)  # bytes without a hash would be nobody's; a hash without bytes says nothing
                _hash_file(path).unlink(missing_ok=True)

    def erase(self, key: str, *, earlier_only: bool = False) -> bool:
        """See ObjectStore. A folder keeps no earlier versions."""
        if not earlier_only:
            self.delete(key)
        return True

    def _keys(self, folder: str, prefix: str) -> Iterator[str]:
        """Keys below `folder` that start with `prefix`, in the order of their bytes as S3 lists them: `a-b` stands
        before `a/b`. Folders that hold none such are not entered: a check looks at a large store in thousands of parts.
        """
        with _store_errors():
            try:
                entries = list(os.scandir(self._root / folder))
            except (FileNotFoundError, NotADirectoryError):
                return
            begun = prefix[len(f"{folder}/") if folder else 0 :]
            named = (entry for entry in entries if entry.name.startswith(begun))
            names = sorted(entry.name + "/" * entry.is_dir() for entry in named)
        for name in names:
            key = f"{folder}/{name}" if folder else name
            if name.endswith("/"):
                yield from self._keys(key.rstrip("/"), prefix)
            elif is_key(key) and key.startswith(prefix):
                yield key

    def _describe(self, key: str) -> StoredObject | None:
        with _store_errors():
            opened = self._open(key)
            if opened is None:
                return None
            source, hashes = opened
            with source:
                size_bytes = os.fstat(source.fileno()).st_size
                # Two hashes are what a crash during a replacement leaves; only then the bytes must tell.
                sha256 = hashes[0] if len(hashes) == 1 else hashlib.file_digest(source, "sha256").hexdigest()
        return StoredObject(key=key, sha256=sha256, size_bytes=size_bytes)

    def _open(self, key: str) -> tuple[BufferedReader, list[str]] | None:
        """The object's bytes and the hashes they may have. Once open they stay, even if the key is replaced."""
        path = self._root / key
        with self._locked(fcntl.LOCK_SH):
            hashes = _hashes(path)
            try:
                return (path.open("rb"), hashes) if hashes else None
            except FileNotFoundError:
                return None

    @contextmanager
    def _draft(self) -> Iterator[tuple[IO[bytes], Path]]:
        """A new file beside the objects, locked by us; it is gone at the end of the block unless it was moved."""
        make_folders(self._drafts)
        with self._locked(fcntl.LOCK_EX):  # nobody looks for lost drafts before it is locked
            descriptor, name = tempfile.mkstemp(dir=self._drafts)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file, draft
        finally:
            draft.unlink(missing_ok=True)

    def _write_hashes(self, path: Path, hashes: list[str]) -> None:
        """The caller holds the lock of the store."""
        descriptor, name = tempfile.mkstemp(dir=self._drafts)
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.writelines(f"{sha256}  {path.name}\n" for sha256 in hashes)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(_hash_file(path))
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(path.parent)

    def _remove_lost_drafts(self) -> None:
        """Remove what processes that are dead have left half written."""
        if not self._drafts.is_dir():
            return
        with self._locked(fcntl.LOCK_EX):
            for draft in self._drafts.iterdir():
                with draft.open("rb") as file:
                    try:
                        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except BlockingIOError:  # it is being written
                        continue
                    draft.unlink()

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Keep object and hash file together, against other threads and processes, for a moment without copying."""
        make_folders(self._root)
        with (self._root / ".lock").open("a") as lock:
            fcntl.flock(lock, how)
            yield


@contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        code = "disk_full" if error.errno in DISK_FULL else "store_away"
        raise ServiceUnavailable(code, os.strerror(error.errno or 0)) from None


def _hash_file(path: Path) -> Path:
    return path.with_name(path.name + HASH_SUFFIX)


def _hashes(path: Path) -> list[str]:
    try:
        lines = _hash_file(path).read_text("ascii").splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [line.partition(" ")[0] for line in lines]
