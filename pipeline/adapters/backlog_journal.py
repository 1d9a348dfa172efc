"""What `hoso backlog` has done with a folder so far, one JSON line a file, beside nothing of the folder itself.

A line that a crash has cut off is passed over: its file is looked at again, and known by its content.
"""

import fcntl
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from pipeline.errors import Misconfigured
from schemas.backlog import BacklogEntry


class BacklogJournal:
    """The journal of one folder; `entries` has the last line of each file."""

    def __init__(self, stream: BinaryIO) -> None:
        """Args: stream: open for reading and appending."""
        self._stream, self._lock = stream, threading.Lock()
        self.entries: dict[str, BacklogEntry] = {}
        stream.seek(0)
        line = b""
        for line in stream:
            try:
                entry = BacklogEntry.model_validate_json(line)
            except ValidationError:
                continue
            self.entries[entry.file] = entry
        if line and not line.endswith(b"\n"):
            stream.write(b"\n")

    def note(self, entry: BacklogEntry) -> None:
        """Add a line, in the hands of the system when this returns."""
        with self._lock:
            self._stream.write(entry.model_dump_json().encode() + b"\n")
            self._stream.flush()
            self.entries[entry.file] = entry


@contextmanager
def open_journal(home: Path, office_id: str, folder: Path) -> Iterator[BacklogJournal]:
    """The journal of a folder of an office, in the home; nobody else has it while the context lasts.

    Raises:
        Misconfigured: (backlog_running) another process has it.
    """
    place = home / "backlog"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = hashlib.sha256(f"{office_id}/{folder.resolve()}".encode(errors="surrogateescape")).hexdigest()[:32]
    with (place / f"{name}.jsonl").open("a+b") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Misconfigured("backlog_running") from None
        yield BacklogJournal(stream)
