"""Child processes that are kept running, with real ones."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.adapters.supervisor import Supervisor
from pipeline.errors import ServiceUnavailable

_FOREVER = "import pathlib, os, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(600)"
_WITH_A_CHILD = (
    "import subprocess, sys, time; "
    f"subprocess.Popen([sys.executable, '-c', {_FOREVER!r}, sys.argv[1]]); time.sleep(600)"
)


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    return Supervisor(threading.Event(), tmp_path / "log", grace_s=5)


def command(program: str, file: Path) -> list[str]:
    return [sys.executable, "-c", program, str(file)]


def lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # Dead, and only waiting for its parent to look.


def number_in(file: Path) -> int | None:
    text = file.read_text() if file.exists() else ""
    return int(text) if text else None


def eventually(holds: Callable[[], bool], timeout_s: float = 20) -> bool:
    last = time.monotonic() + timeout_s
    while time.monotonic() < last:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_a_child_that_dies_is_started_again(supervisor: Supervisor, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    with supervisor:
        supervisor.keep("child", command(_FOREVER, file), os.environ)
        supervisor.wait_for("child", lambda: number_in(file) is not None, 20)
        first = number_in(file)
        assert first
        os.kill(first, signal.SIGKILL)
        supervisor.wait_for("child", lambda: number_in(file) not in (None, first), 20)


def test_stopping_ends_what_children_started_too(supervisor: Supervisor, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    with supervisor:
        supervisor.keep("child", command(_WITH_A_CHILD, file), os.environ)
        supervisor.wait_for("child", lambda: number_in(file) is not None, 20)
        grandchild = number_in(file)
    assert grandchild
    assert eventually(lambda: not lives(grandchild))


def test_a_child_that_ignores_the_signal_is_ended_after_the_grace(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    program = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {_FOREVER}"
    with Supervisor(threading.Event(), tmp_path / "log", grace_s=0.2) as supervisor:
        supervisor.keep("child", command(program, file), os.environ)
        supervisor.wait_for("child", lambda: number_in(file) is not None, 20)
        child = number_in(file)
    assert child
    assert not lives(child)


def test_a_program_that_fails_is_reported(supervisor: Supervisor) -> None:
    with supervisor, pytest.raises(ServiceUnavailable) as failure:
        supervisor.run_once("deploy", [sys.executable, "-c", "raise SystemExit(3)"], os.environ, 20)
    assert failure.value.code == "child_failed"


def test_what_is_never_ready_is_given_up(supervisor: Supervisor) -> None:
    with supervisor, pytest.raises(ServiceUnavailable):
        supervisor.wait_for("child", lambda: False, 0.1)


def test_children_end_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    program = (
        "import os, pathlib, sys, threading; from pipeline.adapters.supervisor import Supervisor\n"
        f"supervisor = Supervisor(threading.Event(), pathlib.Path({str(tmp_path / 'log')!r}))\n"
        f"supervisor.keep('child', [sys.executable, '-c', {_FOREVER!r}, {str(file)!r}], os.environ)\n"
        "supervisor.tend_until_stopped()"
    )
    with subprocess.Popen([sys.executable, "-c", program]) as killed:
        assert eventually(lambda: number_in(file) is not None)
        child = number_in(file)
        killed.kill()
    assert child
    assert eventually(lambda: not lives(child))
