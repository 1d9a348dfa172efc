"""A folder elsewhere that keeps the ends of the access log: days as files of their own, heads in a file that grows.

Nothing is ever written over, so the folder can be one where that is impossible: a share that only adds, a disk of
another machine, files with `chattr +a`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import ServiceUnavailable
from schemas.audit import Head

_HEADS = "heads.jsonl"


class AuditFolder:
    """The port AuditCopy in a folder that is there: one that is not may be a share that is not mounted."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put_day(self, office_id: str, day: date, head: bytes, lines: bytes) -> None:
        """See AuditCopy."""
        with _away():
            folder = self._made_folder(office_id)
            for name, data in ((f"{day}.jsonl", lines), (f"{day}.json", head)):
                _complete(folder / name, data)

    def days(self, office_id: str) -> dict[date, bytes]:
        """See AuditCopy."""
        found: dict[date, bytes] = {}
        with _away():
            for path in sorted(self._folder(office_id).glob("*.json")):
                with suppress(ValueError):
                    found[date.fromisoformat(path.stem)] = path.read_bytes()
        return found

    def note_head(self, head: Head) -> None:
        """See AuditCopy."""
        with _away(), (self._made_folder(head.office_id) / _HEADS).open("a", encoding="ascii") as file:
            file.write(head.model_dump_json() + "\n")
            file.flush()
            os.fsync(file.fileno())

    def heads(self, office_id: str) -> tuple[Head, ...]:
        """See AuditCopy."""
        with _away():
            path = self._folder(office_id) / _HEADS
            lines = path.read_bytes().splitlines() if path.exists() else []
        return tuple(head for line in lines if (head := _head(line)) is not None)

    def _folder(self, office_id: str) -> Path:
        """Whoever only checks may have no right to make it."""
        if not self._root.is_dir():
            raise ServiceUnavailable("audit_copy_away")
        return self._root / office_id

    def _made_folder(self, office_id: str) -> Path:
        folder = self._folder(office_id)
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder


def _complete(path: Path, data: bytes) -> None:
    """Write what is not there yet: all, or what a run that was killed has left out. Anything else stays as it is."""
    there = path.read_bytes() if path.exists() else b""
    if there != data and data.startswith(there):
        with path.open("ab") as file:
            file.write(data[len(there) :])
            file.flush()
            os.fsync(file.fileno())


def _head(line: bytes) -> Head | None:
    """None: the last line of a run that was killed."""
    try:
        return Head.model_validate_json(line)
    except ValidationError:
        return None


@contextmanager
def _away() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ServiceUnavailable("audit_copy_away", os.strerror(error.errno or 0)) from None
