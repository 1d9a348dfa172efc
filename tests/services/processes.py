"""Starting a server for as long as a block lasts, and never longer than the process that asked."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

START_TIMEOUT_S = 60
_STOP_TIMEOUT_S = 10
_POLL_S = 0.02


class ServiceMissing(Exception):
    """A program is not installed, or a service does not come up; the text says what to do."""


def require_program(name: str, package: str, folder: str = "") -> str:
    """The path of a program of a Debian package; `folder` is searched before PATH."""
    path = shutil.which(name, path=f"{folder}:{os.environ['PATH']}:/usr/sbin:/sbin")
    if path is None:
        raise ServiceMissing(f"{name} is missing: apt-get install --no-install-recommends {package}")
    return path


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[str], log: Path, *, user: str | None = None, kill_signal: str = "KILL"
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` during the block, as `user` if given.

    The kernel sends it `kill_signal` when the thread that started it dies, so that even a test run that is killed
    leaves nothing running.
    """
    guard = ["setpriv", "--pdeathsig", kill_signal]
    if user is not None:
        guard += ["--reuid", user, "--regid", user, "--clear-groups"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*guard, *command], stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once `ready()` holds; raise ServiceMissing with the log's end when the process dies or is too slow."""
    give_up = time.monotonic() + START_TIMEOUT_S
    while not ready():
        if process.poll() is not None or time.monotonic() > give_up:
            raise ServiceMissing(f"{process.args!r} did not come up:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(_POLL_S)


def answers(port: int, address: str = "127.0.0.1") -> bool:
    """Whether somebody listens on this port of an address of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, port)) == 0
