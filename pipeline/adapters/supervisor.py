"""Keeps child processes running, and leaves none behind."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from pipeline.errors import Misconfigured, ServiceUnavailable

_STEP_S = 0.25
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0
_STEADY_S = 60.0
"""A child that lived this long is not caught in a loop of failing: its next pause is the first one again."""


class Child:
    """One program that is started, started again when it ends, and stopped with all it started itself."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], log_folder: Path) -> None:
        """Args: name: also of its log; command: program and arguments; log_folder: takes what it prints."""
        self.name = name
        # The kernel ends the child when we are killed without a chance to do so; its own session keeps a Ctrl-C at
        # the terminal from reaching it before we have decided the order of stopping.
        self._command = ["setpriv", "--pdeathsig", "TERM", "--", *command]
        self._environment = dict(environment)
        self._log = log_folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._started = self._due = 0.0
        self._pause_s = _FIRST_PAUSE_S

    @property
    def exit_code(self) -> int | None:
        """What it ended with; None while it runs or was never started."""
        return self._process.poll() if self._process else None

    def tend(self) -> None:
        """Start it when it does not run and its pause is over. The pause doubles while it keeps failing."""
        if self._process and self._process.poll() is None:
            return
        now = time.monotonic()
        if self._process:
            self._end_group(signal.SIGKILL)
            self._process = None
            steady = now - self._started > _STEADY_S
            self._pause_s = _FIRST_PAUSE_S if steady else min(self._pause_s * 2, _LONGEST_PAUSE_S)
            self._due = now + self._pause_s
        if now >= self._due:
            self.start()

    def start(self) -> None:
        """Start it now. Raises: Misconfigured (missing_program)."""
        self._started = time.monotonic()
        with self._log.open("ab") as log:
            try:
                self._process = subprocess.Popen(
                    self._command,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except FileNotFoundError as error:
                raise Misconfigured("missing_program", self._command[0]) from error

    def stop(self, grace_s: float) -> None:
        """Ask it to end, wait up to `grace_s`, then end it and whatever it left behind."""
        if self._process is None:
            return
        self._end_group(signal.SIGTERM)
        try:
            self._process.wait(grace_s)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self._end_group(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _end_group(self, number: signal.Signals) -> None:
        if self._process:
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                return


class Supervisor:
    """Starts children in order, tends them until told to stop, and stops them in the opposite order."""

    def __init__(self, stop: threading.Event, log_folder: Path, grace_s: float = 15) -> None:
        """Args: stop: set it to end everything; log_folder: made when it is not there."""
        self._stop = stop
        self._log_folder = log_folder
        self._grace_s = grace_s
        self._children: list[Child] = []
        log_folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop what still runs, the newest first."""
        for child in reversed(self._children):
            child.stop(self._grace_s)

    def keep(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a program that is to run from now on."""
        child = Child(name, command, environment, self._log_folder)
        self._children.append(child)
        child.start()

    def run_once(self, name: str, command: Sequence[str], environment: Mapping[str, str], timeout_s: float) -> None:
        """Run a program to its end, or until stop is set.

        Raises: ServiceUnavailable (child_failed): it failed or took longer than `timeout_s`.
        """
        child = Child(name, command, environment, self._log_folder)
        child.start()
        try:
            self.wait_for(name, lambda: child.exit_code is not None, timeout_s)
            if child.exit_code:
                raise ServiceUnavailable("child_failed", name)
        finally:
            child.stop(0)

    def wait_for(self, name: str, is_ready: Callable[[], bool], timeout_s: float) -> None:
        """Tend the children until `is_ready`, or until stop is set.

        Raises: ServiceUnavailable (child_failed): `name` was not ready within `timeout_s`.
        """
        last = time.monotonic() + timeout_s
        while not self._stop.is_set() and not is_ready():
            if time.monotonic() > last:
                raise ServiceUnavailable("child_failed", name)
            self._tend()

    def tend_until_stopped(self) -> None:
        """Start again what dies until stop is set."""
        while not self._stop.is_set():
            self._tend()

    def _tend(self) -> None:
        for child in self._children:
            child.tend()
        self._stop.wait(_STEP_S)


def free_port(wanted: int = 0) -> int:
    """A loopback port nobody listens on: `wanted` where it is free, else another."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port()
        return int(probe.getsockname()[1])
