"""`hoso backlog`: take in a large folder of scans that an office holds already, with the list that goes with them."""

import csv
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated

import typer
from rich import progress as bar
from rich.console import Console

from pipeline.adapters.backlog_journal import BacklogJournal, open_journal
from pipeline.adapters.flow_server import FlowServer, find_flow_server
from pipeline.archive import Archive
from pipeline.backlog import Backlog, HeldFile, Read, each, files_in
from pipeline.backlog_index import Index, read_index
from pipeline.cli.lines import as_json_line, write_stdout
from pipeline.errors import HosoError, Misconfigured, NotFound, ScanRejected
from pipeline.settings import Settings, load_settings
from pipeline.wiring import open_archive
from schemas.backlog import BacklogEntry, BacklogReport
from schemas.dossier import Submission

_AT_ONCE = 16
"""Files in the hands of the flow server at a time: enough for all workers, and no pile of runs that must be kept."""
_POLL_S = 1.0
_REFUSED, _AWAY = 65, 75
_NO_FILE = "no_such_path"


def backlog(
    folder: Annotated[Path, typer.Argument(help="Scans, in folders as deep as they are; it is only read.")],
    index: Annotated[Path | None, typer.Option(help="CSV with a row a file; see below.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write here as CSV what became of each file.")] = None,
    inline: Annotated[bool, typer.Option("--inline", help="Digitise here even where a flow server runs.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The numbers as one JSON object on stdout.")] = False,
) -> None:
    """Take in scans that are held already. Broken off and run again it goes on, and no file is taken twice.

    The list names files by their path below the folder (column `file` or `tên tệp`), and may say of each
    `dossier_code` (mã hồ sơ) and `procedure` (mã thủ tục), which the papers are filed with, and `owner_number` (số định
    danh), `type` (loại giấy tờ) and `day` (ngày cấp), which are only compared: where papers say otherwise, the report
    tells.
    """
    if not folder.is_dir():
        raise NotFound("no_such_path")
    settings, stopping = load_settings(), threading.Event()
    if not settings.reads_here:
        raise Misconfigured("read_at_centre")
    with ExitStack() as stack:
        archive = stack.enter_context(open_archive(settings))
        listed = _index(index, archive)
        journal = stack.enter_context(open_journal(settings.home_path, settings.office_id, folder))
        server = None if inline else find_flow_server(settings.home_path)
        if server is not None:
            stack.enter_context(server)
        read = _by_worker(archive, server, stopping) if server else _here(archive)
        at_once = _AT_ONCE if server else archive.parsers.side_by_side
        found = list(files_in(folder))
        ledger = _Ledger(found, listed, journal)
        stack.callback(ledger.write, report, settings)
        _take(Backlog(archive, settings.actor, listed, read), ledger, at_once, stopping)
    status = _tell(ledger.report(), report, as_json=as_json)
    if status:
        raise typer.Exit(status)


def _index(path: Path | None, archive: Archive) -> Index:
    if path is None:
        return Index({}, {})
    try:
        return read_index(path.read_text(encoding="utf-8"), archive.catalogue)
    except FileNotFoundError:
        raise NotFound("no_such_path") from None
    except (OSError, UnicodeDecodeError):
        raise ScanRejected("bad_index") from None


def _here(archive: Archive) -> Read:
    def read(submission: Submission) -> Submission:
        with suppress(HosoError):  # the table says what went wrong, and when it is tried again
            archive.process(submission.submission_id)
        return archive.tables.submissions.get(submission.actor.office_id, submission.submission_id)

    return read


def _by_worker(archive: Archive, server: FlowServer, stopping: threading.Event) -> Read:
    def read(submission: Submission) -> Submission:
        server.submit(submission.submission_id, "backlog")
        while True:
            seen = archive.tables.submissions.get(submission.actor.office_id, submission.submission_id)
            if seen.state in ("done", "stuck") or stopping.wait(_POLL_S):
                return seen

    return read


class _Ledger:
    """What was found and what has become of it."""

    def __init__(self, found: list[HeldFile], index: Index, journal: BacklogJournal) -> None:
        self.found, self.journal = found, journal
        names = {file.file for file in found}
        listed = index.rows.keys() | index.refused.keys()
        self._names, self._missing = names, sorted(listed - names)
        self._not_listed = len(names - listed) if listed else 0

    def report(self) -> BacklogReport:
        """The numbers so far."""
        counts = Counter(entry.outcome for entry in self._entries())
        return BacklogReport(
            taken=counts["taken"],
            known=counts["known"],
            refused=counts["refused"],
            unfinished=len(self.found) - counts["taken"] - counts["known"] - counts["refused"],
            no_file=len(self._missing),
            not_listed=self._not_listed,
            differing=sum(bool(entry.differs) for entry in self._entries()),
        )

    def write(self, path: Path | None, settings: Settings) -> None:
        """Write what became of each file, also of those that were not reached."""
        if path is None:
            return
        with path.open("w", encoding="utf-8-sig", newline="") as out:  # so that office programs know it is UTF-8
            writer = csv.DictWriter(out, ("file", "outcome", "code", "message", "papers", "differs", "submission_id"))
            writer.writeheader()
            writer.writerows(self._rows(settings.language))

    def _entries(self) -> Iterator[BacklogEntry]:
        return (entry for name, entry in self.journal.entries.items() if name in self._names)

    def _rows(self, language: str) -> Iterator[Mapping[str, object]]:
        for file in self.found:
            entry = self.journal.entries.get(file.file)
            if entry is None:
                yield {"file": file.file, "outcome": "unfinished"}
                continue
            told = entry.model_dump(include={"file", "outcome", "code", "papers", "submission_id"})
            message = HosoError(entry.code).message(language) if entry.code else ""
            yield told | {"message": message, "differs": " ".join(entry.differs)}
        for name in self._missing:
            message = HosoError(_NO_FILE).message(language)
            yield {"file": name, "outcome": "no_file", "code": _NO_FILE, "message": message}


def _take(work: Backlog, ledger: _Ledger, at_once: int, stopping: threading.Event) -> None:
    entries = ledger.journal.entries
    left = [file for file in ledger.found if not work.is_over(file, entries.get(file.file))]
    console = Console(stderr=True)
    shown = bar.Progress(
        bar.TextColumn("{task.completed:.0f}/{task.total:.0f} files"),
        bar.BarColumn(),
        bar.TimeElapsedColumn(),
        bar.TextColumn("about"),
        bar.TimeRemainingColumn(),
        bar.TextColumn("left"),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
    with shown:
        task = shown.add_task("", total=len(ledger.found), completed=len(ledger.found) - len(left))
        for entry in each(left, work.take, at_once, stopping):
            ledger.journal.note(entry)
            shown.advance(task)


def _tell(numbers: BacklogReport, path: Path | None, *, as_json: bool) -> int:
    """Say how it went; the exit code for it."""
    if as_json:
        write_stdout(as_json_line(numbers))
    else:
        said = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in numbers.model_dump().items() if count)
        typer.echo(said or "nothing there")
        if path is None and (numbers.refused or numbers.no_file or numbers.differing):
            typer.echo("--report FILE.csv tells of each file.", err=True)
    if numbers.unfinished:
        return _AWAY
    return _REFUSED if numbers.refused or numbers.no_file else 0
