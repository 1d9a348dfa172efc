"""Taking in scans that an office holds already, so that it can be broken off at any moment and gone on with."""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import NamedTuple

from pipeline.archive import Archive, Handing
from pipeline.backlog_index import FAULTS, Index, as_listed
from pipeline.errors import ScanRejected
from pipeline.incoming import IncomingFile
from schemas.backlog import BacklogEntry, BacklogOutcome, Difference, IndexRow
from schemas.dossier import Paper, Submission
from schemas.people import Actor

Read = Callable[[Submission], Submission]
"""Has a submission read, waits for that, and gives it as it stands then."""
_OVER = ("taken", "known", "refused")


class HeldFile(NamedTuple):
    """A file that is to be taken in: where it lies, what it is called below the folder, and its state on disk."""

    path: Path
    file: str
    size_bytes: int
    changed_ns: int


def files_in(folder: Path) -> Iterator[HeldFile]:
    """All files below a folder in order of name; hidden ones and links are left out."""
    for path, below, names in os.walk(folder):
        below[:] = sorted(name for name in below if not name.startswith("."))
        for name in sorted(names):
            file = Path(path) / name
            if name.startswith(".") or file.is_symlink() or not file.is_file():
                continue
            status = file.stat()
            yield HeldFile(file, as_listed(str(file.relative_to(folder))), status.st_size, status.st_mtime_ns)


class Backlog:
    """Takes in one file after the other; several threads may share it. Files are only ever read."""

    def __init__(self, archive: Archive, actor: Actor, index: Index, read: Read) -> None:
        """Args: actor: whose papers they are; index: what a list says of them; read: how they come to be read."""
        self._archive, self._actor, self._index, self._read = archive, actor, index, read

    def is_over(self, file: HeldFile, entry: BacklogEntry | None) -> bool:
        """Whether nothing is left to be done about a file: it, its row and what became of it are as noted."""
        if entry is None or entry.outcome not in _OVER or entry.code in FAULTS:
            return False
        seen = (entry.size_bytes, entry.changed_ns, entry.row)
        return seen == (file.size_bytes, file.changed_ns, self._index.rows.get(file.file))

    def take(self, file: HeldFile) -> BacklogEntry:
        """Receive a file and have it read; what became of it.

        Raises:
            ServiceUnavailable: store or database is away.
        """
        refused = self._index.refused.get(file.file)
        if refused is not None:
            return self._entry(file, "refused", refused)
        try:
            submission = self._receive(file)
        except ScanRejected as error:
            return self._entry(file, "refused", error.code)
        known = submission.lane != "backlog" or submission.sources[0].path != file.file
        if submission.state != "done":
            submission = self._read(submission)
        return self._ended(file, submission, known=known)

    def _receive(self, file: HeldFile) -> Submission:
        row = self._index.rows.get(file.file) or IndexRow(file=file.file)
        handing = Handing(
            actor=self._actor,
            handed_in_by=row.owner_number,
            dossier_code=row.dossier_code,
            procedure=row.procedure,
            lane="backlog",
        )
        try:
            with file.path.open("rb") as stream:
                return self._archive.receive([IncomingFile(file.file, stream)], handing)
        except (FileNotFoundError, PermissionError):
            raise ScanRejected("damaged") from None

    def _ended(self, file: HeldFile, submission: Submission, *, known: bool) -> BacklogEntry:
        office_id = submission.actor.office_id
        if submission.state != "done":
            return self._entry(file, "unfinished", submission.reason, submission)
        if submission.reason is not None:
            return self._entry(file, "refused", submission.reason, submission)
        papers = self._archive.tables.papers.of_content(office_id, submission.content_sha256)
        row = self._index.rows.get(file.file)
        differs = tuple(_differences(row, submission, papers)) if row else ()
        entry = self._entry(file, "known" if known else "taken", None, submission)
        return entry.model_copy(update={"papers": len(papers), "differs": differs})

    def _entry(
        self, file: HeldFile, outcome: BacklogOutcome, code: str | None, submission: Submission | None = None
    ) -> BacklogEntry:
        return BacklogEntry(
            file=file.file,
            size_bytes=file.size_bytes,
            changed_ns=file.changed_ns,
            row=self._index.rows.get(file.file),
            outcome=outcome,
            code=code,
            submission_id=submission.submission_id if submission else None,
        )


def each(
    files: Iterable[HeldFile], take: Callable[[HeldFile], BacklogEntry], at_once: int, stopping: threading.Event
) -> Iterator[BacklogEntry]:
    """What became of each file, as soon as it is known; `at_once` are in hand at a time.

    `stopping` is set when nobody wants the rest, so that whoever waits for a file to be read gives up.
    """
    with ThreadPoolExecutor(at_once) as threads:
        waiting: set[Future[BacklogEntry]] = set()
        try:
            for file in files:
                waiting.add(threads.submit(take, file))
                if len(waiting) >= at_once:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (one.result() for one in done)
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in done)
        finally:
            stopping.set()
            for one in waiting:
                one.cancel()


def _differences(row: IndexRow, submission: Submission, papers: Iterable[Paper]) -> Iterator[Difference]:
    """Where the list says otherwise than the papers that were found. A paper that cannot be read says nothing."""
    papers = tuple(papers)
    if any("person_mismatch" in paper.reasons for paper in papers):
        yield "owner"
    if row.type is not None and papers and all(paper.type != row.type for paper in papers):
        yield "type"
    days = {paper.fields["issue_date"].value for paper in papers if "issue_date" in paper.fields}
    if row.day is not None and days and row.day.isoformat() not in days:
        yield "date"
    codes = {paper.dossier_code for paper in papers} | {submission.dossier_code}
    if row.dossier_code is not None and row.dossier_code not in codes:
        yield "dossier_code"
