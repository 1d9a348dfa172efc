"""Processes forked from one that has everything imported already, so that hundreds can be killed in minutes."""

import json
import multiprocessing
import os
import resource
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, NamedTuple

from tests.kill.boundaries import Steps, kill_myself, watch

_LONGEST_S = 240.0
_FAULT = 70
_PRELOADED = ["tests.kill.doings"]

Doing = Callable[[Path], None]
"""What a victim does, in the home it is given."""


class Fate(NamedTuple):
    """How a process ended. `exit_code` -9: it was killed; `kinds` are the steps of one that was not."""

    exit_code: int
    kinds: tuple[str, ...]
    took_s: float
    cpu_s: float
    said: str

    @property
    def was_killed(self) -> bool:
        """Whether it was killed before its end."""
        return self.exit_code == -9


class Victims:
    """Makes processes, one after the other or side by side, out of one that is kept ready."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(_PRELOADED)
        self._lock = threading.Lock()

    def run(
        self, doing: Doing, home: Path, settings: Mapping[str, str], at: int | None = None, after_s: float | None = None
    ) -> Fate:
        """Let one do its work, and kill it at step `at` or after `after_s` seconds, if it lives that long."""
        told = home / "fate.json"
        told.unlink(missing_ok=True)
        began = time.monotonic()
        process = self._context.Process(target=_live, args=(doing, home, dict(settings), at, after_s))
        # multiprocessing looks after all of its processes whenever one is started, in no order with other threads.
        with self._lock:
            process.start()
        ended = wait([process.sentinel], _LONGEST_S)
        with self._lock:
            if not ended:
                process.kill()
            process.join()
        if not ended:
            raise TimeoutError(f"{doing.__name__} took more than {_LONGEST_S} s")
        took_s = time.monotonic() - began
        what: dict[str, Any] = json.loads(told.read_text()) if told.exists() else {"kinds": [], "cpu_s": 0.0}
        said = (home / "said.txt").read_text(errors="replace")
        return Fate(process.exitcode or 0, tuple(what["kinds"]), took_s, what["cpu_s"], said)


def _live(doing: Doing, home: Path, settings: dict[str, str], at: int | None, after_s: float | None) -> None:
    """The life of a victim: a process of its own, whose temporary files lie in the home."""
    _put_on(home, settings)
    steps = Steps(at)
    if after_s is not None:
        clock = threading.Timer(after_s, kill_myself)
        clock.daemon = True
        clock.start()
    watch(steps)
    code = _FAULT
    try:
        doing(home)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else _FAULT
    finally:
        if code == _FAULT:
            traceback.print_exc()
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        cpu_s = sum(one.ru_utime + one.ru_stime for one in used)
        (home / "fate.json").write_text(json.dumps({"kinds": list(steps.kinds), "cpu_s": cpu_s}))
        sys.stdout.flush()
        os._exit(code)


def _put_on(home: Path, settings: dict[str, str]) -> None:
    """The environment of a program of this home."""
    for name in [name for name in os.environ if name.startswith(("HOSO_", "PREFECT_"))]:
        del os.environ[name]
    scratch = home / "tmp"
    scratch.mkdir(exist_ok=True)
    os.environ |= {"HOSO_HOME": str(home), "TMPDIR": str(scratch), **settings}
    sys.dont_write_bytecode = True
    said = os.open(home / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(said, 1)
    os.dup2(said, 2)
    os.close(said)
    os.setsid()
