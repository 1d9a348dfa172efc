"""Running the real `hoso` programs for tests: each home is its own, and what was started ends with the block."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

from pipeline.adapters.running import Running, find_running

T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[2]
START_S = 240.0
"""Three Python programs and a new Prefect database on a busy two-core machine."""


class Up(NamedTuple):
    """A `hoso up` that is ready."""

    home: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[str]
    running: Running
    address: str


def hoso(*arguments: str) -> Sequence[str]:
    """The command line of a `hoso` command of this source tree."""
    return [sys.executable, "-c", "from pipeline.cli import main; main()", *arguments]


def environment_of(home: Path, **more: str) -> dict[str, str]:
    """Ours, without what would lead to another home or flow server."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("HOSO_", "PREFECT_"))}
    return {**ours, "HOSO_HOME": str(home), "PYTHONPATH": str(ROOT), **more}


@contextmanager
def hoso_up(home: Path, **more: str) -> Iterator[Up]:
    """`hoso up` with a home and further settings, from when it is ready to the end of the block."""
    home.mkdir(parents=True, exist_ok=True)
    environment = environment_of(home, **more)
    with (home / "up.err").open("w") as errors:
        process = subprocess.Popen(hoso("up"), env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)
    try:
        wait_until(lambda: find_running(home) is not None or process.poll() is not None, START_S)
        running = find_running(home)
        assert running is not None, f"hoso up ended with {process.poll()}: {(home / 'up.err').read_text()}"
        assert process.stdout is not None
        process.stdout.readline()
        yield Up(home, environment, process, running, process.stdout.readline().strip())
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=120)


def wait_until(holds: Callable[[], T], timeout_s: float) -> T:
    """Return what holds when it does; fail when it does not within the time."""
    last = time.monotonic() + timeout_s
    while not (held := holds()):
        assert time.monotonic() < last, f"not within {timeout_s} s"
        time.sleep(0.1)
    return held


def processes_of(home: Path) -> dict[int, str]:
    """Command lines, by process number, of the living processes that were told to use this home."""
    wanted, found = f"HOSO_HOME={home}".encode(), {}
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and wanted in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found


def process_of(home: Path, part: str) -> int:
    """The process of a home whose command line has this part; the first that was started."""
    return min(pid for pid, command in processes_of(home).items() if part in command)
