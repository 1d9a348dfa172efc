"""Temporary files of this process, which may show citizens' papers: in one folder, which outlives no process for long.

A process that ends in order removes its own. What one that was killed has left is removed by the next one that starts:
each holds a lock on its folder, which the kernel takes away with the process.
"""

import fcntl
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

_PREFIX = "hoso-scratch-"


class _Users:
    """Those parts of this process that need the folder; the last one to leave removes it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.count = 0
        self.folder = ExitStack()


_users = _Users()


@contextmanager
def own_scratch() -> Iterator[None]:
    """Have `tempfile` make everything of this process in a folder of its own, at least until the end of the block."""
    with _users.lock:
        if _users.count == 0:
            _users.folder.enter_context(_new_folder())
        _users.count += 1
    try:
        yield
    finally:
        with _users.lock:
            _users.count -= 1
            if _users.count == 0:
                _users.folder.close()


@contextmanager
def _new_folder() -> Iterator[None]:
    told = tempfile.tempdir
    parent = Path(tempfile.gettempdir())
    _remove_left(parent)
    folder, descriptor = _locked_folder(parent)
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = told
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def _locked_folder(parent: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if folder.exists():
            return folder, descriptor
        os.close(descriptor)  # another process took it for a dead one's, before it was locked


def _remove_left(parent: Path) -> None:
    """Remove what dead processes of this user have left in `parent`."""
    for left in parent.glob(f"{_PREFIX}*"):
        try:
            if left.lstat().st_uid != os.geteuid():
                continue
            descriptor = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:  # another process has just removed it
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # it is alive
            continue
        else:
            shutil.rmtree(left, ignore_errors=True)
        finally:
            os.close(descriptor)
