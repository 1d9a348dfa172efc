"""Parser processes: started on demand, reused, killed and replaced when they hang or die."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self, TypeVar

from pydantic import ValidationError

from pipeline.adapters.parser_process import BeyondLimitsError, Job, ParserProcess
from pipeline.adapters.parser_seats import ParserSeats
from pipeline.adapters.sandbox.confinement import Confinement
from pipeline.error_messages import MESSAGES
from pipeline.errors import DISK_FULL, HosoError, Misconfigured, ScanRejected, ServiceUnavailable
from pipeline.pages import PageLook, PagePart, ReadPage, ScanFile, ShownPage, Signable, SignatureWanted
from pipeline.ports import VirusScanner
from pipeline.settings import Limits
from schemas.base import Value
from schemas.signing import FoundSignature
from schemas.text import Box, PageText
from schemas.viewing import PageWords

T = TypeVar("T", bound=Value)

_JOBS_BEFORE_RENEWAL = 50
"""A parser is replaced after this many jobs, so that what a library leaks does not add up."""
_QUICK = frozenset({"count", "look", "codes", "crop", "show", "words", "confinement", "signable"})
_FIRST = frozenset({"count", "look", "codes", "read"})
"""Jobs that may be the first to open a file that was handed in; the others follow them."""
_NEEDED_BYTES = 64 << 20
"""With less room on the disk for temporary files nobody can tell whether a scan is at fault."""
_COUNT_TIMEOUT_SHARE = 0.5
_MOST_WORDS = 20_000
"""More than a sheet of A1 full of print has. What a page says is made sense of outside the parsers, without a limit of
time."""
_PAGES_TIMEOUT_SHARE = 0.1


class ParserPool:
    """The port `Parsers` over child processes of this machine.

    What somebody waits for at a counter (`_QUICK`) goes before pages that are read for later.
    """

    def __init__(self, limits: Limits, roots: Sequence[bytes] = (), viruses: VirusScanner | None = None) -> None:
        """No process is started yet.

        Args:
            limits: memory, time and number of the processes.
            roots: certificates (DER) whose signatures are believed.
            viruses: looks every file through before the first parser opens it; where it cannot, none does.
        """
        self._viruses = viruses
        self.side_by_side = limits.parsers
        self._roots = tuple(roots)
        self._limits = limits
        self._folder = TemporaryDirectory(prefix="hoso-parsers-")
        self._seats: ParserSeats[ParserProcess] = ParserSeats(limits.parsers)

    def __enter__(self) -> Self:
        """The pool itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop all processes."""
        self.close()

    def close(self) -> None:
        """Stop all processes and remove their folder. Calls under way are waited for."""
        for parser in self._seats.close():
            parser.stop()
        self._folder.cleanup()

    def confinement(self) -> Confinement:
        """What keeps the parsers of this machine in."""
        return self._told(Job("confinement", self._limits.page_timeout_s), Confinement)

    def count_pages(self, scan: ScanFile) -> int:
        """See `Parsers.count_pages`."""
        timeout_s = self._limits.page_timeout_s * _COUNT_TIMEOUT_SHARE
        return self._told(_of(scan, "count", timeout_s), _Pages).pages

    def holds_active_content(self, scan: ScanFile) -> bool:
        """See `Parsers.holds_active_content`."""
        return self._told(_of(scan, "active", self._limits.page_timeout_s), _Found).found

    def look(self, scan: ScanFile, page: int, thumbnail: Path | None) -> PageLook:
        """See `Parsers.look`."""
        job = _of(scan, "look", self._limits.page_timeout_s, page=page)
        writes = {"thumbnail": thumbnail} if thumbnail is not None else {}
        seen = self._told(replace(job, writes=writes), PageLook)
        _check_words(seen.text)
        return seen

    def read_codes(self, scan: ScanFile) -> tuple[str, ...]:
        """See `Parsers.read_codes`."""
        return self._told(_of(scan, "codes", self._limits.page_timeout_s), _Texts).texts

    def read_page(self, scan: ScanFile, page: int, number: int, picture: Path) -> ReadPage:
        """See `Parsers.read_page`."""
        job = _of(scan, "read", self._limits.page_timeout_s, page=page, number=number)
        read = self._told(replace(job, writes={"picture": picture}), ReadPage)
        _check_words(read.text)
        return read.model_copy(update={"picture": picture})

    def crop(self, scan: ScanFile, part: PagePart, target: Path) -> None:
        """See `Parsers.crop`."""
        job = _of(scan, "crop", self._limits.page_timeout_s, part=part.model_dump(mode="json"))
        self._run(replace(job, writes={"target": target}))

    def show(self, scan: ScanFile, shown: ShownPage, target: Path) -> None:
        """See `Parsers.show`."""
        job = _of(scan, "show", self._limits.page_timeout_s, shown=shown.model_dump())
        self._run(replace(job, writes={"target": target}))

    def words(self, copy: ScanFile, page: int) -> PageWords:
        """See `Parsers.words`."""
        return self._told(_of(copy, "words", self._limits.page_timeout_s, page=page), PageWords)

    def excerpt(self, scan: ScanFile, pages: Sequence[int], target: Path) -> None:
        """See `Parsers.excerpt`."""
        job = _of(scan, "excerpt", self._timeout_s(len(pages)), pages=list(pages))
        self._run(replace(job, writes={"target": target}))

    def read_again(self, page: ReadPage, boxes: Sequence[Box]) -> tuple[tuple[str, ...], ...]:
        """See `Parsers.read_again`."""
        told = {"dpi": page.text.dpi, "boxes": [box.model_dump() for box in boxes]}
        job = Job("again", self._limits.page_timeout_s, told, reads={"picture": page.picture})
        return self._told(job, _Again).read

    def render(self, pages: Sequence[ReadPage], target: Path) -> None:
        """See `Parsers.render`."""
        told = target.with_suffix(".pages")
        pictures = {f"picture-{at}": page.picture for at, page in enumerate(pages)}
        try:
            # Page by page through a file: the words of some hundred pages are too many to lie in one message.
            with told.open("w", encoding="utf-8") as lines:
                lines.writelines(page.model_dump_json(exclude_defaults=True) + "\n" for page in pages)
            count, reads = {"count": len(pages)}, {"pages": told, **pictures}
            self._run(Job("render", self._timeout_s(len(pages)), count, reads, {"target": target}))
        finally:
            told.unlink(missing_ok=True)

    def write_signable(self, copy: ScanFile, wanted: SignatureWanted, target: Path) -> Signable:
        """See `Parsers.write_signable`."""
        told = wanted.model_dump(mode="json", exclude={"mark"})
        job = _of(copy, "signable", self._limits.page_timeout_s, **told)
        reads = {**job.reads, "mark": wanted.mark}
        return self._told(replace(job, reads=reads, writes={"target": target}), Signable)

    def signatures(self, scan: ScanFile) -> tuple[FoundSignature, ...]:
        """See `Parsers.signatures`."""
        roots = [root.hex() for root in self._roots]
        return self._told(_of(scan, "signatures", self._limits.page_timeout_s, roots=roots), _Signatures).found

    def _timeout_s(self, pages: int) -> float:
        """For what is made of so many pages."""
        return self._limits.page_timeout_s * max(1.0, pages * _PAGES_TIMEOUT_SHARE)

    def _told(self, job: Job, kind: type[T]) -> T:
        """What a parser answers. One that a file has taken over might say anything; that is never believed to fit."""
        try:
            return kind.model_validate(self._run(job))
        except ValidationError:
            raise ScanRejected("unreadable") from None

    def _run(self, job: Job) -> Any:
        """Have a job done. A parser that dies may have been killed from outside, so the job is tried once more."""
        if self._viruses is not None and job.kind in _FIRST:
            self._viruses.check(job.reads["path"])
        try:
            answer = self._ask(job) or self._ask(job)
        except BeyondLimitsError:
            answer = None
        if answer is not None and "done" in answer:
            return answer["done"]
        if shutil.disk_usage(self._folder.name).free < _NEEDED_BYTES:
            raise ServiceUnavailable("disk_full")  # decoders fail in many ways without room; the scan may be a good one
        if answer is None or str(answer.get("code")) not in MESSAGES:
            raise ScanRejected("unreadable")
        kind = Misconfigured if answer.get("error") == "Misconfigured" else ScanRejected
        raise kind(str(answer["code"]), str(answer.get("detail", "")))

    def _ask(self, job: Job) -> dict[str, Any] | None:
        """The answer of the next free parser, or None when it died. Raises: BeyondLimitsError; as `ParserFolder`."""
        quick = job.kind in _QUICK
        parser, left = self._seats.take(quick=quick), None
        try:
            parser = parser or self._start()
            answer = parser.ask(job)
            if answer is not None:
                left = self._renewed(parser) if answer.get("spent") or parser.jobs >= _JOBS_BEFORE_RENEWAL else parser
        except HosoError:  # a file is not where it should be; the parser lives
            left = parser
            raise
        finally:
            self._seats.give_back(left, quick=quick)
        return answer

    def _renewed(self, parser: ParserProcess) -> ParserProcess | None:
        """Another parser in place of this one. It starts at once: whoever asks next is not to wait for that."""
        parser.stop()
        try:
            return self._start()
        except ServiceUnavailable:  # this job is done; whoever asks next is told
            return None

    def _start(self) -> ParserProcess:
        """Raises: ServiceUnavailable (disk_full)."""
        try:
            return ParserProcess(self._limits, Path(self._folder.name))
        except OSError as error:
            if error.errno in DISK_FULL:
                raise ServiceUnavailable("disk_full") from None
            raise


def _of(scan: ScanFile, kind: str, timeout_s: float, **told: Any) -> Job:
    return Job(kind, timeout_s, {"media_type": scan.media_type, **told}, {"path": scan.path})


def _check_words(text: PageText) -> None:
    """Raises: ScanRejected (page_too_large), where there are more than any sheet has."""
    if len(text.words) > _MOST_WORDS:
        raise ScanRejected("page_too_large", f"page {text.number}")


class _Pages(Value):
    pages: int


class _Found(Value):
    found: bool


class _Texts(Value):
    texts: tuple[str, ...]


class _Again(Value):
    read: tuple[tuple[str, ...], ...]


class _Signatures(Value):
    found: tuple[FoundSignature, ...]
