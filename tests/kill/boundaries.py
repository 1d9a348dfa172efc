"""Watches every step by which a process changes disk or database, and can kill the process at one of them.

A step is what the product asks of the system: a file opened for writing, bytes written by halves, fsync, rename,
unlink, mkdir, a statement, a commit, a child process, a connection. Each counts before it is done and after it.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import IO, Any, cast

from sqlalchemy.engine.default import DefaultDialect

import pipeline.adapters.folder_store
from pipeline.adapters.objects import copy_hashed
from tests.kill.readings import untold

_CALLS = ("fsync", "rename", "replace", "unlink", "remove", "mkdir", "rmdir")
"""Functions of `os`, by which pathlib, tempfile and shutil work too."""
_AUDITED = {"subprocess.Popen": "process", "socket.connect": "connect", "sqlite3.connect": "connect"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Steps:
    """The steps of this process so far, by kind; it ends by SIGKILL on reaching step `last`, counted from 1."""

    def __init__(self, last: int | None) -> None:
        """Args: last: None: it runs to its end."""
        self.kinds: list[str] = []
        self._last = last
        self._lock = threading.Lock()

    def reach(self, kind: str) -> None:
        """Count one step."""
        if getattr(untold, "deep", False):
            return
        with self._lock:
            self.kinds.append(kind)
            if len(self.kinds) == self._last:
                kill_myself()

    @contextmanager
    def around(self, kind: str) -> Iterator[None]:
        """Count a step before it is done and after it was."""
        self.reach(f"before {kind}")
        yield
        self.reach(f"after {kind}")


def kill_myself() -> None:
    """End this process as a power cut would, for its own part."""
    os.kill(os.getpid(), signal.SIGKILL)


def watch(steps: Steps) -> None:
    """Count the steps of this process from now on; there is no way back."""
    for name in _CALLS:
        setattr(os, name, _counted(getattr(os, name), name, steps))
    for name in ("do_commit", "do_execute", "do_executemany"):
        setattr(DefaultDialect, name, _counted(getattr(DefaultDialect, name), name.removeprefix("do_"), steps))
    _write_by_halves(steps)
    sys.addaudithook(lambda event, told: _hear(event, told, steps))


def _counted(call: Callable[..., Any], kind: str, steps: Steps) -> Callable[..., Any]:
    @wraps(call)
    def counted(*arguments: Any, **named: Any) -> Any:
        with steps.around(kind):
            return call(*arguments, **named)

    return counted


def _hear(event: str, told: tuple[Any, ...], steps: Steps) -> None:
    if event == "open" and isinstance(told[2], int) and told[2] & _WRITING:
        steps.reach("before open")
    elif event in _AUDITED:
        steps.reach(f"before {_AUDITED[event]}")


def _write_by_halves(steps: Steps) -> None:
    """Objects are copied in two halves, so that one can be left half written."""

    def halved(read: Callable[[int], bytes], target: IO[bytes]) -> tuple[str, int]:
        return copy_hashed(read, cast(IO[bytes], _Halves(target, steps)))

    setattr(pipeline.adapters.folder_store, "copy_hashed", halved)  # noqa: B010 (mypy: it is no part of the module)


class _Halves:
    """A file whose every write is two, the first of them on disk before the second begins."""

    def __init__(self, target: IO[bytes], steps: Steps) -> None:
        self._target, self._steps = target, steps

    def write(self, data: Any) -> int:
        half = len(data) // 2
        self._target.write(data[:half])
        self._target.flush()
        self._steps.reach("half write")
        return half + self._target.write(data[half:])
