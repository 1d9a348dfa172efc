"""Parser processes: started on demand, reused, killed and replaced when they hang or die."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import pipeline
from pipeline.adapters.parser_seats import ParserSeats
from pipeline.errors import Misconfigured, ScanRejected, ServiceUnavailable
from pipeline.pages import PageLook, PagePart, ReadPage, ScanFile, ShownPage, Signable, SignatureWanted
from pipeline.settings import Limits
from schemas.signing import FoundSignature
from schemas.text import Box
from schemas.viewing import PageWords

_JOBS_BEFORE_RENEWAL = 50
"""A parser is replaced after this many jobs, so that what a library leaks does not add up."""
_QUICK = frozenset({"count", "look", "codes", "crop", "show", "words", "signable"})
_NEEDED_BYTES = 64 << 20
"""With less room on the disk for temporary files nobody can tell whether a scan is at fault."""
_COUNT_TIMEOUT_SHARE = 0.5
_RENDER_TIMEOUT_PAGES_SHARE = 0.1


class ParserPool:
    """The port `Parsers` over child processes of this machine.

    What somebody waits for at a counter (`_QUICK`) goes before pages that are read for later.
    """

    def __init__(self, limits: Limits, roots: Sequence[bytes] = ()) -> None:
        """None is started yet.

        Args:
            limits: memory, time and number of the processes.
            roots: certificates (DER) whose signatures are believed.
        """
        self.side_by_side = limits.parsers
        self._roots = tuple(roots)
        self._limits = limits
        self._folder = TemporaryDirectory(prefix="hoso-parsers-")
        self._seats: ParserSeats[_Child] = ParserSeats(limits.parsers)

    def __enter__(self) -> Self:
        """The pool itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop all processes."""
        self.close()

    def close(self) -> None:
        """Stop all processes and remove their folder. Calls under way are waited for."""
        for child in self._seats.close():
            child.stop()
        self._folder.cleanup()

    def count_pages(self, scan: ScanFile) -> int:
        """See `Parsers.count_pages`."""
        timeout_s = self._limits.page_timeout_s * _COUNT_TIMEOUT_SHARE
        return int(self._run({"job": "count", **_scan(scan)}, timeout_s)["pages"])

    def look(self, scan: ScanFile, page: int, thumbnail: Path | None) -> PageLook:
        """See `Parsers.look`."""
        target = str(thumbnail) if thumbnail is not None else None
        job = {"job": "look", "page": page, "thumbnail": target, **_scan(scan)}
        return PageLook.model_validate(self._run(job, self._limits.page_timeout_s))

    def read_codes(self, scan: ScanFile) -> tuple[str, ...]:
        """See `Parsers.read_codes`."""
        return tuple(self._run({"job": "codes", **_scan(scan)}, self._limits.page_timeout_s)["texts"])

    def read_page(self, scan: ScanFile, page: int, number: int, picture: Path) -> ReadPage:
        """See `Parsers.read_page`."""
        job = {"job": "read", "page": page, "number": number, "picture": str(picture), **_scan(scan)}
        return ReadPage.model_validate(self._run(job, self._limits.page_timeout_s))

    def crop(self, scan: ScanFile, part: PagePart, target: Path) -> None:
        """See `Parsers.crop`."""
        job = {"job": "crop", "part": part.model_dump(mode="json"), "target": str(target), **_scan(scan)}
        self._run(job, self._limits.page_timeout_s)

    def show(self, scan: ScanFile, shown: ShownPage, target: Path) -> None:
        """See `Parsers.show`."""
        job = {"job": "show", "shown": shown.model_dump(), "target": str(target), **_scan(scan)}
        self._run(job, self._limits.page_timeout_s)

    def words(self, copy: ScanFile, page: int) -> PageWords:
        """See `Parsers.words`."""
        job = {"job": "words", "page": page, **_scan(copy)}
        return PageWords.model_validate(self._run(job, self._limits.page_timeout_s))

    def excerpt(self, scan: ScanFile, pages: Sequence[int], target: Path) -> None:
        """See `Parsers.excerpt`."""
        job = {"job": "excerpt", "pages": list(pages), "target": str(target), **_scan(scan)}
        self._run(job, self._limits.page_timeout_s * max(1.0, len(pages) * _RENDER_TIMEOUT_PAGES_SHARE))

    def read_again(self, page: ReadPage, boxes: Sequence[Box]) -> tuple[tuple[str, ...], ...]:
        """See `Parsers.read_again`."""
        told = [box.model_dump() for box in boxes]
        job = {"job": "again", "picture": str(page.picture), "dpi": page.text.dpi, "boxes": told}
        return tuple(tuple(texts) for texts in self._run(job, self._limits.page_timeout_s)["read"])

    def render(self, pages: Sequence[ReadPage], target: Path) -> None:
        """See `Parsers.render`."""
        told = target.with_suffix(".pages")
        try:
            # Page by page through a file: the words of some hundred pages are too many to lie in one message.
            with told.open("w", encoding="utf-8") as lines:
                lines.writelines(page.model_dump_json(exclude_defaults=True) + "\n" for page in pages)
            job = {"job": "render", "pages": str(told), "target": str(target)}
            self._run(job, self._limits.page_timeout_s * max(1.0, len(pages) * _RENDER_TIMEOUT_PAGES_SHARE))
        finally:
            told.unlink(missing_ok=True)

    def write_signable(self, copy: ScanFile, wanted: SignatureWanted, target: Path) -> Signable:
        """See `Parsers.write_signable`."""
        job = {"job": "signable", "wanted": wanted.model_dump(mode="json"), "target": str(target), **_scan(copy)}
        return Signable.model_validate(self._run(job, self._limits.page_timeout_s))

    def signatures(self, scan: ScanFile) -> tuple[FoundSignature, ...]:
        """See `Parsers.signatures`."""
        job = {"job": "signatures", "roots": [root.hex() for root in self._roots], **_scan(scan)}
        found = self._run(job, self._limits.page_timeout_s)["found"]
        return tuple(FoundSignature.model_validate(one) for one in found)

    def _run(self, job: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        """Have a job done. A parser that dies may have been killed from outside, so the job is tried once more."""
        try:
            answer = self._ask(job, timeout_s) or self._ask(job, timeout_s)
        except _TooLongError:
            answer = None
        if answer is not None and "error" not in answer:
            return dict(answer["done"])
        if shutil.disk_usage(self._folder.name).free < _NEEDED_BYTES:
            raise ServiceUnavailable("disk_full")  # decoders fail in many ways without room; the scan may be a good one
        if answer is None:
            raise ScanRejected("unreadable")
        kind = Misconfigured if answer["error"] == "Misconfigured" else ScanRejected
        raise kind(str(answer["code"]), str(answer["detail"]))

    def _ask(self, job: dict[str, Any], timeout_s: float) -> dict[str, Any] | None:
        """The answer of the next free parser, or None when it died. Raises: _TooLongError."""
        quick = job["job"] in _QUICK
        child, left = self._seats.take(quick=quick), None
        try:
            child = child or self._start()
            answer = child.ask(job, timeout_s)
            if answer is not None:
                left = self._renewed(child) if answer.get("spent") or child.jobs >= _JOBS_BEFORE_RENEWAL else child
        finally:
            self._seats.give_back(left, quick=quick)
        return answer

    def _renewed(self, child: "_Child") -> "_Child":
        """Another parser in place of this one. It starts at once: whoever asks next is not to wait for that."""
        child.stop()
        return self._start()

    def _start(self) -> "_Child":
        return _Child(self._limits, Path(self._folder.name))


def _scan(scan: ScanFile) -> dict[str, str]:
    return {"path": str(scan.path), "media_type": scan.media_type}


class _TooLongError(Exception):
    """The process had to be ended because its time was over."""


class _Child:
    """One parser process in a group of its own, so that it can be killed with all that it started.

    It stays in the session of who started it: Linux shares the processor out by sessions (autogroups, sched(7)), and
    more sessions of reading would leave less to the pages that people wait for.
    """

    def __init__(self, limits: Limits, folder: Path) -> None:
        self.jobs = 0
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C.UTF-8",
            "OMP_THREAD_LIMIT": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONPATH": str(Path(pipeline.__file__).parents[1]),
            "TMPDIR": str(folder),
        }
        if "TESSDATA_PREFIX" in os.environ:
            environment["TESSDATA_PREFIX"] = os.environ["TESSDATA_PREFIX"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.adapters.parser_child", limits.model_dump_json()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what decoders complain about may quote the scan
            cwd=folder,
            env=environment,
            process_group=0,
        )

    def ask(self, job: dict[str, Any], timeout_s: float) -> dict[str, Any] | None:
        """Give one job and wait for its answer; None when the process died. Raises: _TooLongError."""
        self.jobs += 1
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            return None
        too_long = threading.Event()

        def end() -> None:
            too_long.set()
            self._kill()

        watchdog = threading.Timer(timeout_s, end)
        watchdog.start()
        try:
            stdin.write(json.dumps(job).encode("ascii") + b"\n")
            stdin.flush()
            answer = json.loads(stdout.readline() or b"null")
        except (OSError, ValueError):
            answer = None
        finally:
            watchdog.cancel()
        if isinstance(answer, dict):
            return answer
        self._kill()
        self._process.wait()
        if too_long.is_set():
            raise _TooLongError
        return None

    def stop(self) -> None:
        """End the process; it has no work."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _kill(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
