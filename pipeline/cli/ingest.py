"""`hoso ingest`: hand files in, wait until they are digitised, and answer with what they turned out to be."""

import logging
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from pipeline.adapters.flow_server import FlowServer, find_flow_server
from pipeline.archive import Archive, Handing
from pipeline.cli.faults import describe
from pipeline.cli.lines import paper_line, refused_line
from pipeline.cli.progress import Progress
from pipeline.cli.sources import Unit, units
from pipeline.errors import HosoError, Misconfigured, NotFound, ScanRejected, ServiceUnavailable
from pipeline.incoming import IncomingFile
from pipeline.media import NO_SCANS
from pipeline.settings import load_settings
from pipeline.wiring import open_archive
from schemas.dossier import Channel, Paper, Submission
from schemas.ingest import IngestLine

_POLL_S = 0.2
_SOME_REFUSED, _NOT_FOUND, _OUR_BUG = 65, 66, 70
_LOG = logging.getLogger("hoso")


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Scans, and folders of scans.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a paper on stdout.")] = False,
    text: Annotated[bool, typer.Option("--text", help="With --json: also what each page says.")] = False,
    together: Annotated[bool, typer.Option("--together", help="All files are one submission.")] = False,
    citizen: Annotated[str | None, typer.Option(help="Personal number of who handed the papers in.")] = None,
    dossier: Annotated[str | None, typer.Option(help="Code of the dossier (mã hồ sơ).")] = None,
    procedure: Annotated[str | None, typer.Option(help="The procedure, by its id or code.")] = None,
    channel: Annotated[Channel, typer.Option(help="How the papers came.")] = "counter",
    inline: Annotated[bool, typer.Option("--inline", help="Digitise here even where a flow server runs.")] = False,
) -> None:
    """Digitise scans and file the papers found in them."""
    settings = load_settings()
    if not settings.reads_here:
        raise Misconfigured("read_at_centre")
    found, missing = units(paths, together=together)
    handing = Handing(
        actor=settings.actor, channel=channel, handed_in_by=citizen, dossier_code=dossier, procedure=procedure
    )
    with ExitStack() as stack:
        archive = stack.enter_context(open_archive(settings))
        if procedure is not None and not _is_known(archive, procedure):
            raise NotFound("no_such_procedure", procedure)
        server = None if inline else find_flow_server(settings.home_path)
        if server is not None:
            stack.enter_context(server)
        progress = stack.enter_context(Progress(len(found), as_json=as_json))
        work = _Work(archive, handing, server, progress, settings.language)
        signal.signal(signal.SIGTERM, _stop)
        lines = list(_emit(work, found, missing, text=text))
    status = _exit_code(lines, {unit.source for unit in found if unit.named})
    if status:
        raise typer.Exit(status)


def _stop(*_: object) -> None:
    """End as after Ctrl-C: the pages at hand are read, and what is not filed by then is given back."""
    raise ServiceUnavailable("given_back")


def _exit_code(lines: Sequence[IngestLine], named: set[str]) -> int:
    """The gravest of what happened. What is no scan counts only where it was named."""
    codes = {line.code for line in lines if line.state == "rejected"}
    if "internal" in codes:
        return _OUR_BUG
    if "no_such_path" in codes:
        return _NOT_FOUND
    refused = any(line.state == "rejected" and (line.source in named or line.code not in NO_SCANS) for line in lines)
    return _SOME_REFUSED if refused else 0


def _is_known(archive: Archive, procedure: str) -> bool:
    return any(procedure in (known.id, known.code) for known in archive.catalogue.procedures.values())


def _emit(work: "_Work", found: Sequence[Unit], missing: Sequence[Path], *, text: bool) -> Iterator[IngestLine]:
    """Answer in the order of the sources, each as soon as it and all before it are done."""
    with ThreadPoolExecutor(work.archive.parsers.side_by_side) as threads:
        waiting = [threads.submit(work.lines, unit, text=text) for unit in found]
        nowhere = [refused_line(str(path), "no_such_path", work.language, text=text) for path in missing]
        try:
            for line in chain(nowhere, chain.from_iterable(one.result() for one in waiting)):
                work.progress.show(line)
                yield line
        finally:
            work.stopping.set()
            for one in waiting:
                one.cancel()


class _Work:
    """Takes one unit from file to answer; several threads share it."""

    def __init__(
        self, archive: Archive, handing: Handing, server: FlowServer | None, progress: Progress, language: str
    ) -> None:
        self.archive, self.progress, self.language = archive, progress, language
        self.stopping = threading.Event()
        self._handing, self._server = handing, server

    def lines(self, unit: Unit, *, text: bool) -> list[IngestLine]:
        """All answers for one unit; its trouble stops no other unit. Raises: ServiceUnavailable, Misconfigured."""
        try:
            return self._lines(unit, text=text)
        except (ScanRejected, NotFound) as error:
            self.progress.papers_found(unit.source, 0)
            return [refused_line(unit.source, error.code, self.language, text=text, detail=error.detail)]
        except HosoError:
            raise
        except Exception as error:
            _LOG.exception("internal: %s", describe(error), exc_info=False)
            self.progress.papers_found(unit.source, 0)
            return [refused_line(unit.source, "internal", self.language, text=text)]

    def _lines(self, unit: Unit, *, text: bool) -> list[IngestLine]:
        submission = self._receive(unit)
        known = submission.state == "done"
        fresh = {} if known else self._digitise(submission, unit)
        submission = self.archive.tables.submissions.get(self._handing.actor.office_id, submission.submission_id)
        papers = self.archive.tables.papers.of_content(self._handing.actor.office_id, submission.content_sha256)
        self.progress.papers_found(unit.source, len(papers))
        if submission.reason is not None:
            return [refused_line(unit.source, submission.reason, self.language, text=text, submission=submission)]
        known = known or (not fresh and self._server is None)
        return [
            paper_line(unit, submission, paper, already_filed=known, texts=self._texts(paper, fresh) if text else None)
            for paper in papers
        ]

    def _receive(self, unit: Unit) -> Submission:
        with ExitStack() as files:
            incoming = [IncomingFile(str(path), files.enter_context(_open(path))) for path in unit.paths]
            return self.archive.receive(incoming, self._handing)

    def _digitise(self, submission: Submission, unit: Unit) -> dict[str, tuple[str, ...]]:
        """Work here or have it worked; return the texts of papers read here, by document id."""

        def on_progress(done: int, total: int) -> None:
            self.progress.pages(unit.source, done, total)

        if self._server is not None:
            self._server.submit(submission.submission_id)
            self._follow(submission, unit)
            return {}
        papers = self.archive.process(submission.submission_id, on_progress, stopping=self.stopping)
        if papers is None:
            self._follow(submission, unit)
            return {}
        return {paper.document_id: texts for paper, texts in papers}

    def _follow(self, submission: Submission, unit: Unit) -> None:
        """Watch our own table until somebody else's work on the submission has ended."""
        while True:
            seen = self.archive.tables.submissions.get(submission.actor.office_id, submission.submission_id)
            self.progress.pages(unit.source, seen.pages_done, seen.pages_total or 0)
            if seen.state == "done":
                return
            if seen.state == "stuck" or (seen.state == "retrying" and self._server is None):
                raise ServiceUnavailable(seen.reason or "internal", submission.submission_id)
            if self.stopping.wait(_POLL_S):
                raise ServiceUnavailable("lease_lost", submission.submission_id)

    def _texts(self, paper: Paper, fresh: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
        if paper.document_id in fresh:
            return fresh[paper.document_id]
        return self.archive.tables.papers.page_texts(paper.actor.office_id, paper.document_id)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise NotFound("no_such_path") from None
    except OSError:
        raise ScanRejected("damaged") from None
