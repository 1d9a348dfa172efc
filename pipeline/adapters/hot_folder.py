"""A folder that scanners write to.

A file is taken once it is settled, and leaves the folder only when its bytes are safe elsewhere: it moves to `done/`,
or to `refused/` with a note beside it that says why.
"""

import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

Outcome = Literal["done", "refused"]


class HotFolder:
    """One such folder; made when it is not there."""

    def __init__(self, path: Path) -> None:
        """Args: path: on a disk that this process may write."""
        self._path = path
        path.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def only_me(self) -> Iterator[bool]:
        """Gives whether nobody else is going through the folder; nobody else may while the context lasts."""
        descriptor = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
        finally:
            os.close(descriptor)

    def settled(self, pause: Callable[[], object]) -> tuple[Path, ...]:
        """Files whose size and time did not change between a look before `pause` and one after it, oldest first.

        Hidden files, folders and links are left alone: scanners write drafts under hidden names, and a link could
        point anywhere on this machine.
        """
        before = self._look()
        if not before:
            return ()
        pause()
        after = self._look()
        same = [path for path, seen in before.items() if after.get(path) == seen]
        return tuple(sorted(same, key=lambda path: (before[path][1], path.name)))

    def set_aside(self, file: Path, outcome: Outcome, note: str = "") -> None:
        """Move a file out of the way, under another name when its own is taken; `note` goes into a text beside it."""
        folder = self._path / outcome
        folder.mkdir(exist_ok=True)
        target = folder / file.name
        count = 1
        while target.exists():
            count += 1
            target = folder / f"{file.stem}-{count}{file.suffix}"
        if note:
            target.with_name(target.name + ".txt").write_text(note + "\n", encoding="utf-8")
        file.rename(target)

    def _look(self) -> dict[Path, tuple[int, int]]:
        """Size in bytes and time of change in nanoseconds of each file."""
        seen = {}
        for path in self._path.iterdir():
            try:
                status = path.lstat()
            except FileNotFoundError:  # The scanner renamed its draft between listing and looking.
                continue
            if stat.S_ISREG(status.st_mode) and not path.name.startswith("."):
                seen[path] = (status.st_size, status.st_mtime_ns)
        return seen
