"""A Prefect worker that lets its runs give back what they hold: `python -m flows.worker` with options of the worker.

Prefect's own worker, told to stop, kills its runs at once, and others wait until their leases expire. So it runs as our
child here: it is frozen when we are told to stop, its runs are told so themselves, and it ends when they have ended.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from flows.taking_up import TakingUp
from pipeline.adapters.flow_server import WORK_POOL
from pipeline.settings import load_settings

_GRACE_S = 12.0
"""A page that is being read is read to its end in this; what takes longer is killed, and its lease expires."""
_LOOK_S = 0.1
_STOP_S = 3.0


def main(options: Sequence[str]) -> int:
    """Run the worker until it ends or we are told to stop; return its exit code, 0 when we were."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settings = load_settings()
    if settings.reads_here:
        TakingUp(settings, stop).start()
    # The program beside our own interpreter: another Prefect may come first in PATH.
    prefect = str(Path(sys.executable).with_name("prefect"))
    command = [prefect, "worker", "start", "--pool", WORK_POOL, "--type", "process", "--install-policy", "never"]
    # The kernel ends it with us; its own session keeps signals to our group from it.
    worker = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "--", *command, *options], start_new_session=True)
    _give_way(worker.pid)
    while worker.poll() is None and not stop.wait(_LOOK_S):
        pass
    if worker.returncode is not None:
        return worker.returncode
    _drain(worker)
    return 0


def _give_way(session: int) -> None:
    """Let a session have as little of the processor as our own nice value says.

    Linux shares the processor out by sessions first (autogroups, sched(7)): nice values count only within one.
    """
    with suppress(OSError):  # No such kernel, or a container, where the weights of its group count instead.
        Path(f"/proc/{session}/autogroup").write_text(str(os.nice(0)), encoding="ascii")


def _drain(worker: subprocess.Popen[bytes]) -> None:
    """Have the runs of the worker end by themselves, then end it."""
    worker.send_signal(signal.SIGSTOP)
    for run in _children(worker.pid):
        _tell(run)
    last = time.monotonic() + _GRACE_S
    while _children(worker.pid) and time.monotonic() < last:
        time.sleep(_LOOK_S)
    worker.send_signal(signal.SIGTERM)
    worker.send_signal(signal.SIGCONT)
    try:
        worker.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def _tell(run: int) -> None:
    """Tell a run to stop, unless it has just ended."""
    with suppress(ProcessLookupError):
        os.kill(run, signal.SIGTERM)


def _children(parent: int) -> list[int]:
    """The living children of a process."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, its_parent, *_ = file.read_text(errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(its_parent) == parent and state != "Z":
            found.append(int(file.parent.name))
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
