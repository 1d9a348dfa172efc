"""One service of the topology: started again when it dies, as a container with `restart: unless-stopped` is."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tests.services.processes import ServiceMissing

_MARK = "HOSO_PART"
_PAUSE_S = 0.3
_POLL_S = 0.05
_ASK_S = 2.0
"""Between two checks: each is a program, which takes its time from what is being waited for."""
_NOBODY_S = 5


class Start(NamedTuple):
    """What a part runs, all of it: `commands` are started together and live together, in one container."""

    commands: Sequence[Sequence[str]]
    environment: Mapping[str, str]
    is_well: Callable[[], bool]
    stop_signal: signal.Signals = signal.SIGTERM
    grace_s: float = 10


class Part:
    """A service. Its handles may be used from any thread; a `Tender` does the starting."""

    def __init__(self, name: str, start: Start, folder: Path) -> None:
        """Args: name: also of its log; folder: takes the log, and makes the part's processes known."""
        self.name = name
        self.log = folder / f"{name}.log"
        self._start = start
        self._mark = f"{folder}/{name}"
        self._processes: list[subprocess.Popen[bytes]] = []
        self._wanted = False
        self._due = 0.0
        self._lock = threading.Lock()

    @property
    def pid(self) -> int:
        """The first process of the part: PID 1 of its container. Raises: ServiceMissing: it does not run."""
        with self._lock:
            if not self._processes or self._processes[0].poll() is not None:
                raise ServiceMissing(f"{self.name} does not run")
            return self._processes[0].pid

    def pids(self) -> set[int]:
        """All processes that came from it, those that were left behind too."""
        found, parents = {one.pid for one in self._processes if one.poll() is None}, {}
        wanted = f"{_MARK}={self._mark}".encode()
        for folder in Path("/proc").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError, PermissionError, ValueError):
                number = int(folder.name)
                state, parent = (folder / "stat").read_text().rpartition(") ")[2].split()[:2]
                if state in "ZX":
                    continue
                parents[number] = int(parent)
                if wanted in (folder / "environ").read_bytes().split(b"\0"):
                    found.add(number)
        size = 0
        while size != len(found):
            size = len(found)
            found |= {number for number, parent in parents.items() if parent in found}
        return found & (parents.keys() | found)

    def is_well(self) -> bool:
        """Whether it does its work."""
        with self._lock:
            runs = bool(self._processes) and all(one.poll() is None for one in self._processes)
        return runs and self._start.is_well()

    def wait_until_well(self, timeout_s: float = 240) -> None:
        """Return when it does its work. Raises: ServiceMissing with the end of its log."""
        last = time.monotonic() + timeout_s
        while not self.is_well():
            if time.monotonic() > last:
                said = self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""
                raise ServiceMissing(f"{self.name} was not well within {timeout_s} s:\n{said}")
            time.sleep(_ASK_S)

    def want(self) -> None:
        """Have it run from now on; `wait_until_well` tells when it does."""
        with self._lock:
            self._wanted, self._due = True, 0.0

    def kill(self) -> None:
        """Kill it and all it started with SIGKILL, as a power cut would; it is started again soon."""
        with self._lock:
            self._kill_all()

    def stop(self) -> None:
        """Stop it as `docker compose stop` does; it stays down until it is wanted again."""
        with self._lock:
            self._wanted = False
            for process in reversed(self._processes):
                process.send_signal(self._start.stop_signal)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(self._start.grace_s)
            self._kill_all()
            self._processes = []

    def restart(self) -> None:
        """Stop it, start it, and wait until it is well."""
        self.stop()
        self.want()
        self.wait_until_well()

    def tend(self) -> None:
        """Start it when it is wanted and does not run whole; what is left of it is killed first."""
        with self._lock:
            if not self._wanted or (self._processes and all(one.poll() is None for one in self._processes)):
                return
            if self._processes:
                self._kill_all()
                self._processes, self._due = [], time.monotonic() + _PAUSE_S
            if time.monotonic() >= self._due:
                self._run()

    def _run(self) -> None:
        environment = dict(self._start.environment) | {_MARK: self._mark}
        with self.log.open("ab") as log:
            # Each its own session: a Ctrl-C at the terminal reaches us alone. The kernel ends them when we are killed.
            self._processes = [
                subprocess.Popen(
                    ["setpriv", "--pdeathsig", "TERM", "--", *command],
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
                for command in self._start.commands
            ]

    def _kill_all(self) -> None:
        last = time.monotonic() + _NOBODY_S
        while left := self.pids():
            for number in left:
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
            for process in self._processes:
                process.wait()
            if time.monotonic() > last:
                raise ServiceMissing(f"{self.name} cannot be killed: {sorted(left)}")


class Tender:
    """A thread that keeps parts running from its start to its close."""

    def __init__(self, parts: Mapping[str, Part]) -> None:
        """Args: parts: may be added to while it runs."""
        self._parts = parts
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._tend, name="tender")

    def start(self) -> None:
        """Begin. Processes are tied to this one thread, so it lives as long as they may."""
        self._thread.start()

    def close(self) -> None:
        """End, when everything has been stopped."""
        self._stop.set()
        self._thread.join()

    def _tend(self) -> None:
        while not self._stop.wait(_POLL_S):
            for part in list(self._parts.values()):
                part.tend()
