"""A folder that scanners write to.

A file is taken once it is settled, and leaves the folder only when its bytes are safe elsewhere: it moves to `done/`,
or to `refused/` with a note beside it that says why, or to the table of the officer who took it. Whoever takes it locks
it first, so of several who want it one gets it.
"""

import fcntl
import hashlib
import os
import shutil
import stat
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from pipeline.durable import sync_folder
from pipeline.errors import NotFound

_WATCHED = ".watched"
"""Hidden, so that it is no scan. Its time tells when somebody at a counter last looked into the folder."""
_WATCHED_S = 30.0
_LEFT_TO_OFFICERS_S = 600.0
_DRAFT, _DRAFT_S = ".back-", 3600.0
"""What is given back is copied under a hidden name first; an older copy is of a process that died."""
Outcome = Literal["done", "refused"]
Seen = Mapping[Path, tuple[int, int]]


class Arrived(NamedTuple):
    """A file in the folder. `file_id` tells it from others without its name, which may be a person's."""

    file_id: str
    path: Path
    size_bytes: int
    age_s: float
    """Since it was last changed, by the clock of this machine."""


class HotFolder:
    """One such folder; made when it is not there."""

    def __init__(self, path: Path) -> None:
        """Args: path: on a disk that this process may write."""
        self._path = path
        path.mkdir(mode=0o770, parents=True, exist_ok=True)  # scanners of its group write here
        for draft in path.glob(f"{_DRAFT}*"):  # what it is a copy of still lies where it came from
            with suppress(OSError):
                if time.time() - draft.stat().st_mtime > _DRAFT_S:
                    draft.unlink()

    def look(self) -> Seen:
        """Size in bytes and time of change in nanoseconds of each file.

        Hidden files, folders and links are left alone: scanners write drafts under hidden names, and a link could
        point anywhere on this machine.
        """
        seen = {}
        for path in self._path.iterdir():
            try:
                status = path.lstat()
            except FileNotFoundError:  # The scanner renamed its draft between listing and looking.
                continue
            if stat.S_ISREG(status.st_mode) and not path.name.startswith("."):
                seen[path] = (status.st_size, status.st_mtime_ns)
        return seen

    def arrived(self) -> tuple[Arrived, ...]:
        """All files as they stand, oldest first; the newest may still grow."""
        now = time.time()
        seen = sorted(self.look().items(), key=lambda one: (one[1][1], one[0].name))
        return tuple(
            Arrived(_file_id(path, size, changed_ns), path, size, now - changed_ns / 1e9)
            for path, (size, changed_ns) in seen
        )

    def find(self, file_id: str) -> Arrived:
        """Raises: NotFound (no_such_upload): it was taken, or has changed."""
        for one in self.arrived():
            if one.file_id == file_id:
                return one
        raise NotFound("no_such_upload")

    @contextmanager
    def claimed(self, file: Path) -> Iterator[BinaryIO | None]:
        """The file, opened, for the one who may take it; None where another is taking it or has taken it."""
        try:
            stream = file.open("rb")
        except FileNotFoundError:
            yield None
            return
        with stream:
            yield stream if _lock(stream) and _is_at(stream, file) else None

    def give_back(self, data: Path, name: str) -> None:
        """Put bytes into the folder again, under another name when theirs is taken, and remove them where they were.

        Raises:
            FileNotFoundError: they are not there.
        """
        draft = self._path / f"{_DRAFT}{uuid.uuid4().hex}"
        with data.open("rb") as source, draft.open("xb") as out:
            shutil.copyfileobj(source, out)
            out.flush()
            os.fsync(out.fileno())
        draft.rename(_free_name(self._path, Path(name).name.lstrip(".") or "scan"))
        sync_folder(self._path)  # a power cut now may not take both
        data.unlink(missing_ok=True)

    def watch(self) -> None:
        """Say that somebody at a counter sees the folder now, and may take what is in it."""
        (self._path / _WATCHED).touch()

    def left_to_officers(self) -> Callable[[Path], bool]:
        """Which files wait for somebody at a counter: young ones, while somebody sees the folder."""
        now = time.time()
        try:
            watched = now - (self._path / _WATCHED).stat().st_mtime < _WATCHED_S
        except FileNotFoundError:
            watched = False
        young = {one.path for one in self.arrived() if one.age_s < _LEFT_TO_OFFICERS_S} if watched else set()
        return young.__contains__

    def set_aside(self, file: Path, outcome: Outcome, note: str = "") -> None:
        """Move a file out of the way, under another name when its own is taken; `note` goes into a text beside it."""
        folder = self._path / outcome
        folder.mkdir(exist_ok=True)
        target = _free_name(folder, file.name)
        if note:
            target.with_name(target.name + ".txt").write_text(note + "\n", encoding="utf-8")
        file.rename(target)


def settled(folders: Sequence[HotFolder], pause: Callable[[], object]) -> tuple[tuple[Path, ...], ...]:
    """Files whose size and time did not change between a look before `pause` and one after it, oldest first.

    One answer a folder; where there is no file at all nobody pauses.
    """
    before = [folder.look() for folder in folders]
    if not any(before):
        return tuple(() for _ in folders)
    pause()
    return tuple(_unchanged(earlier, folder.look()) for folder, earlier in zip(folders, before, strict=True))


def _unchanged(before: Seen, after: Seen) -> tuple[Path, ...]:
    same = [path for path, seen in before.items() if after.get(path) == seen]
    return tuple(sorted(same, key=lambda path: (before[path][1], path.name)))


def _free_name(folder: Path, name: str) -> Path:
    """A name in the folder that nothing has."""
    wanted = target = folder / name
    count = 1
    while target.exists():
        count += 1
        target = folder / f"{wanted.stem}-{count}{wanted.suffix}"
    return target


def _file_id(path: Path, size_bytes: int, changed_ns: int) -> str:
    return hashlib.sha256(f"{path.name}/{size_bytes}/{changed_ns}".encode(errors="surrogateescape")).hexdigest()[:32]


def _lock(stream: BinaryIO) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(stream: BinaryIO, file: Path) -> bool:
    """Whether the opened file still lies there under its name: who had the lock before may have moved it."""
    try:
        return os.path.samestat(os.fstat(stream.fileno()), file.lstat())
    except FileNotFoundError:
        return False
