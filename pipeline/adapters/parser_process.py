"""One parser process: started, given jobs one after another, watched while it works, and ended with all it started."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pipeline
from pipeline.adapters.parser_folder import ParserFolder
from pipeline.settings import Limits

_LOOK_S = 0.2
"""How often is looked what a parser costs; a job that is done sooner is never looked at."""
_MOST_TASKS = 32
"""Processes and threads of a parser and what it has started; two to five are usual. RLIMIT_NPROC would count all that
the user runs, and nothing at all for root."""
_MOST_ANSWER_BYTES = 16 << 20
"""A page of twenty thousand words takes five."""
_STOP_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class Job:
    """What a parser is to do.

    `reads` names files, or folders of files, that it needs, and `writes` what it is to make of them: it is told where
    in its own folder, and sees nothing else. `told` is all the rest.
    """

    kind: str
    timeout_s: float
    told: Mapping[str, Any] = field(default_factory=dict)
    reads: Mapping[str, Path] = field(default_factory=dict)
    writes: Mapping[str, Path] = field(default_factory=dict)


class BeyondLimitsError(Exception):
    """The process had to be ended: its time was over, or it took too much memory or too many processes."""


class ParserProcess:
    """One parser process in a group of its own, so that it can be killed with all that it started.

    It stays in the session of who started it: Linux shares the processor out by sessions (autogroups, sched(7)), and
    more sessions of reading would leave less to the pages that people wait for.
    """

    def __init__(self, limits: Limits, parent: Path) -> None:
        """Args: parent: a private folder, in which the parser gets one of its own."""
        self.jobs = 0
        self._memory_bytes = limits.parser_memory_mb << 20
        self._folder = ParserFolder(parent)
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C.UTF-8",
            "OMP_THREAD_LIMIT": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONPATH": str(Path(pipeline.__file__).parents[1]),
            "TMPDIR": str(self._folder.made),
        }
        if "TESSDATA_PREFIX" in os.environ:
            environment["TESSDATA_PREFIX"] = os.environ["TESSDATA_PREFIX"]
        module, told = "pipeline.adapters.parser_child", limits.model_dump_json()
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, told, str(self._folder.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what decoders complain about may quote the scan
            cwd=self._folder.made,
            env=environment,
            process_group=0,
        )

    def ask(self, job: Job) -> dict[str, Any] | None:
        """Give a job and wait for its answer; what it has made then lies where it belongs.

        None when the process died, or left what nobody may touch: it is of no more use.

        Raises:
            BeyondLimitsError: the process was ended.
            ScanRejected, ServiceUnavailable: see `ParserFolder`; the process can be given other jobs.
        """
        self.jobs += 1
        try:
            places = {**self._folder.take_in(job.reads), **self._folder.places_for(job.writes)}
            answer = self._answer({"job": job.kind, **job.told, **places}, job.timeout_s)
            if answer is not None and "done" in answer and not self._folder.hand_over(job.writes):
                self.end()
                return None
        finally:
            if self._process.returncode is None:
                self._folder.clear()
        return answer

    def _answer(self, message: dict[str, Any], timeout_s: float) -> dict[str, Any] | None:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            return None
        done, beyond = threading.Event(), threading.Event()
        watch = threading.Thread(target=self._watch, args=(done, beyond, timeout_s), daemon=True)
        watch.start()
        try:
            stdin.write(json.dumps(message).encode("ascii") + b"\n")
            stdin.flush()
            answer = json.loads(stdout.readline(_MOST_ANSWER_BYTES) or b"null")
        except (OSError, ValueError, RecursionError):
            answer = None
        finally:
            done.set()
            watch.join()
        if isinstance(answer, dict) and not beyond.is_set():
            return answer
        self.end()
        if beyond.is_set():
            raise BeyondLimitsError
        return None

    def _watch(self, done: threading.Event, beyond: threading.Event, timeout_s: float) -> None:
        deadline_s = time.monotonic() + timeout_s
        while not done.wait(min(_LOOK_S, max(0.0, deadline_s - time.monotonic()))):
            if time.monotonic() >= deadline_s or self._costs_too_much():
                beyond.set()
                self._kill()
                return

    def _costs_too_much(self) -> bool:
        tasks = memory_bytes = 0
        for process in _family(self._process.pid):
            try:
                tasks += sum(1 for _ in process.joinpath("task").iterdir())
                memory_bytes += int((process / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            except (OSError, IndexError):  # it has just ended
                continue
            if tasks > _MOST_TASKS or memory_bytes > self._memory_bytes:
                return True
        return False

    def stop(self) -> None:
        """End the process, which has no work, and what files may have made it start."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        watchdog = threading.Timer(_STOP_TIMEOUT_S, self._kill)
        watchdog.start()
        os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)  # until `wait`, the number stays its group's
        watchdog.cancel()
        self.end()

    def end(self) -> None:
        """End the process at once, and remove its folder."""
        self._kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                _close(stream)
        self._folder.remove()

    def _kill(self) -> None:
        if self._process.returncode is not None:  # its number may be another's by now
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


def _close(stream: Any) -> None:
    try:
        stream.close()
    except BrokenPipeError:  # a job it has not read
        return


def _family(pid: int) -> Iterator[Path]:
    """A process and all below it, as folders of /proc."""
    process = Path("/proc") / str(pid)
    yield process
    try:
        lists = [task.joinpath("children").read_text() for task in process.joinpath("task").iterdir()]
    except OSError:  # it has just ended
        return
    for child in " ".join(lists).split():
        yield from _family(int(child))
