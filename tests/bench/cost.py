"""What it costs to run programs: processor time, time on the clock, memory."""

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.memory import MemoryWatch


@dataclass(frozen=True)
class Cost:
    """`cpu_s` is user and system time of all processes; `process_mb` what the largest of them had in memory at most;
    `tree_mb` what all of them had together at one time, shared memory counted once.
    """

    cpu_s: float
    wall_s: float
    process_mb: float
    tree_mb: float

    def __add__(self, other: "Cost") -> "Cost":
        """The cost of one after the other."""
        return Cost(
            self.cpu_s + other.cpu_s,
            self.wall_s + other.wall_s,
            max(self.process_mb, other.process_mb),
            max(self.tree_mb, other.tree_mb),
        )


class Meter:
    """Runs programs during a block and adds up what they cost; can be used by several threads at once."""

    def __init__(self) -> None:
        self._cpu_s = self._process_mb = self._wall_s = 0.0
        self._lock = threading.Lock()
        self._memory = MemoryWatch(os.getpid(), itself=False)

    def __enter__(self) -> Self:
        self._start_s = time.monotonic()
        self._memory.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._wall_s = time.monotonic() - self._start_s
        self._memory.__exit__(kind, error, at)

    @property
    def cost(self) -> Cost:
        return Cost(self._cpu_s, self._wall_s, self._process_mb, self._memory.peak_mb)

    def run(self, command: Sequence[str | Path], out: Path, settings: Mapping[str, str] | None = None) -> int:
        """Run a program to its end, with one thread for each engine, its stdout going to a file; its exit code."""
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1", **(settings or {})}
        with out.open("wb") as stdout:
            process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.DEVNULL, env=environment)
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        with self._lock:
            self._cpu_s += used.ru_utime + used.ru_stime
            self._process_mb = max(self._process_mb, used.ru_maxrss * 1024 / 1e6)
        return process.returncode
