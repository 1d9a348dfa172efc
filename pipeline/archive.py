"""Steps 1 and 10: the only writer. Originals are safe before anybody is told "received"; object first, row last."""

import logging
import os
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline import keys
from pipeline.decisions import deciding, new_decision
from pipeline.digitise import DigitisedPaper, PagesDone, Scan, count_pages, digitise
from pipeline.dossiers import DossierDesk
from pipeline.errors import HosoError, NotFound, ScanRejected, ServiceUnavailable
from pipeline.incoming import IncomingFile, SpooledFile, content_sha256, spool
from pipeline.keeping import Original, cut_out, may_be_archived, move_originals
from pipeline.lease import HeldWork, OnProgress, renewed, retry_after_s
from pipeline.pages import ScanFile
from pipeline.paper_codes import PaperCodes
from pipeline.paper_records import as_kept, paper_of
from pipeline.ports import ObjectStore, Parsers, StoredObject
from pipeline.renditions import OnFile, ReadPaper, compare_each
from pipeline.settings import Settings
from pipeline.shared_reading import Shared, SharedReading
from pipeline.stages.learnt import thresholds_of
from pipeline.table_ports import Tables
from schemas.base import Value
from schemas.catalog import Catalogue
from schemas.decisions import Confirm
from schemas.dossier import Channel, CopyKind, Lane, Lease, Paper, PaperRecord, SourceFile, Submission
from schemas.people import Actor

log = logging.getLogger("hoso")

_MOST_TRIES = 5
"""How often rows are tried to be written while others keep changing them."""
_THRESHOLDS_READ = 200


class Handing(Value):
    """The circumstances of a submission."""

    actor: Actor
    channel: Channel = "counter"
    handed_in_by: str | None = None
    dossier_code: str | None = None
    procedure: str | None = None
    lane: Lane = "counter"


class Archive:
    """Receives submissions, works them off, and hands papers out again."""

    def __init__(
        self, settings: Settings, store: ObjectStore, tables: Tables, parsers: Parsers, catalogue: Catalogue
    ) -> None:
        """Args: what it is built of; `wiring.open_archive` does it."""
        self.store = store
        self.tables = tables
        self.parsers = parsers
        self.catalogue = catalogue
        codes = PaperCodes(store, tables.dossiers, catalogue, settings.paper_code)
        self.dossiers = DossierDesk(store, tables, catalogue, codes)
        self._settings = settings
        self._shared = SharedReading(store, tables.page_ranges, parsers, settings)

    # -- step 1 -------------------------------------------------------------------------------------------------------

    def receive(self, files: Sequence[IncomingFile], handing: Handing) -> Submission:
        """Take files in. When this returns their bytes are safe in the intake area, unopened and unaltered.

        A record of the submission lies beside them, so that the database can be made anew.

        Content that this office has already taken in is not taken again: its submission is returned as it stands.

        Raises:
            ScanRejected: not_a_scan, empty_file, too_large; nothing is kept then.
            ServiceUnavailable: store_away, database_away.
        """
        with TemporaryDirectory(prefix="hoso-intake-") as folder:
            limit_mb = self._settings.limits.max_file_mb
            spooled = [spool(file, limit_mb, Path(folder)) for file in files]
            content = content_sha256(spooled)
            known = self.tables.submissions.find_content(handing.actor.office_id, content)
            if known is not None:
                return known
            submission = self._new_submission(spooled, content, handing)
            for file, source in zip(spooled, submission.sources, strict=True):
                with file.file.open("rb") as data:
                    self.store.put(source.key, data, source.media_type)
        record = BytesIO(submission.model_dump_json().encode())
        self.store.put(keys.submission(handing.actor.office_id, submission.submission_id), record, "application/json")
        self.tables.submissions.receive(submission)
        log.info("1 receive %s files=%d", submission.submission_id, len(submission.sources))
        return submission

    def _new_submission(self, files: Sequence[SpooledFile], content: str, handing: Handing) -> Submission:
        submission_id, now = str(uuid.uuid4()), _now()
        sources = tuple(
            SourceFile(
                path=file.path,
                key=keys.original(keys.intake(handing.actor.office_id, submission_id), file.sha256),
                sha256=file.sha256,
                size_bytes=file.size_bytes,
                media_type=file.media_type,
            )
            for file in files
        )
        return Submission(
            submission_id=submission_id,
            actor=handing.actor,
            sources=sources,
            content_sha256=content,
            channel=handing.channel,
            handed_in_by=handing.handed_in_by,
            dossier_code=handing.dossier_code,
            procedure=handing.procedure,
            lane=handing.lane,
            received_at=now,
            state_since=now,
        )

    # -- steps 2 to 10 ------------------------------------------------------------------------------------------------

    def process(
        self,
        submission_id: str,
        on_progress: OnProgress | None = None,
        *,
        stopping: threading.Event | None = None,
        ask_readers: Callable[[int], None] | None = None,
    ) -> tuple[ReadPaper, ...] | None:
        """Digitise a submission and file its papers, unless it is done or another worker holds it.

        A file that cannot be read leaves the submission done with the reason and its originals kept. Running it again
        after a crash files everything once: ids and keys derive from the content.

        Args:
            submission_id: which.
            on_progress: is told how far it is.
            stopping: once it is set, the pages at hand are finished and the submission is given back.
            ask_readers: asks for so many others to call `read_range`; called where there are more pages than one
                worker is to read alone.

        Returns:
            The papers with all that was read on them, even what may not be kept; () for a refused file, and None when
            there was nothing to do.

        Raises:
            NotFound: no_such_submission.
            ServiceUnavailable: a service went away: the submission is left `retrying`, after the last attempt `stuck`,
                or, where the database is away, its lease to expire; given_back, or lease_lost to another worker.
        """
        claimed = self.tables.leases.claim(submission_id, _owner(), self._settings.lease_s)
        if claimed is None:
            return None
        lease, submission = claimed
        leases, lease_s = self.tables.leases, self._settings.lease_s
        kept_alive = renewed(submission_id, lambda done, total: leases.renew(lease, lease_s, done, total), lease_s)
        try:
            with kept_alive as renewal:
                papers = self._on_file(submission)
                if not papers:
                    with TemporaryDirectory(prefix="hoso-work-") as folder:
                        stop = stopping or threading.Event()
                        work = HeldWork(lease, submission, Path(folder), renewal, stop, on_progress)
                        papers = self._filed(work, ask_readers)
                self.dossiers.take_in(paper for paper, _ in papers)
                self._leave_intake(submission, [paper for paper, _ in papers])
        except ScanRejected as error:
            log.info("refused %s %s", submission_id, error.code)
            leases.finish(lease, error.code)
            if error.code == "secret_paper":  # a crash before this leaves it to `expire_intake`, whatever its age
                self._remove(keys.intake(submission.actor.office_id, submission_id))
            self._remove(_read_pages(submission))
            return ()
        except Exception as error:
            self._fail(lease, submission, error)
            raise
        leases.finish(lease)
        log.info("10 store %s papers=%d", submission_id, len(papers))
        return papers

    def _on_file(self, submission: Submission) -> tuple[ReadPaper, ...]:
        """What a worker has filed that died before the rest was done: rows are written for all papers or none."""
        office_id = submission.actor.office_id
        papers = self.tables.papers.of_content(office_id, submission.content_sha256, withdrawn=True)
        mine = (paper for paper in papers if paper.submission_id == submission.submission_id)
        return tuple((paper, self.tables.papers.page_texts(office_id, paper.document_id)) for paper in mine)

    def read_range(self, submission_id: str, stopping: threading.Event) -> bool:
        """Read some pages of a large submission that another worker holds; False where there are none to be read.

        Raises:
            ServiceUnavailable: store_away, database_away; given_back once `stopping` is set; lease_lost.
        """
        claimed = self.tables.page_ranges.claim(submission_id, _owner(), self._settings.lease_s)
        if claimed is None:
            return False
        held, submission = claimed

        def check(_: int) -> None:
            if stopping.is_set():
                raise ServiceUnavailable("given_back", submission_id)

        with TemporaryDirectory(prefix="hoso-work-") as folder:

            def opened() -> Shared:
                scan = self.scan_of(submission, submission.sources, Path(folder))
                return Shared(submission, replace(scan, page_counts=count_pages(scan.files, self.parsers)))

            self._shared.read(held, opened, check)
        return True

    def _fail(self, lease: Lease, submission: Submission, error: Exception) -> None:
        """Leave a submission to be tried again, unless it was tried often enough or cannot get better."""
        code = error.code if isinstance(error, HosoError) else "internal"
        if code == "lease_lost":
            log.warning("taken over %s by another worker", submission.submission_id)
            return
        if code == "given_back":
            log.info("given back %s", submission.submission_id)
            self.tables.leases.release(lease)
            return
        hopeless = isinstance(error, NotFound) or submission.attempts >= self._settings.most_attempts
        retry_s = None if hopeless else retry_after_s(submission.submission_id, submission.attempts)
        log.warning("failed %s attempt=%d %s", submission.submission_id, submission.attempts, code)
        self.tables.leases.fail(lease, code, retry_s)

    def _filed(self, work: HeldWork, ask_readers: Callable[[int], None] | None) -> tuple[ReadPaper, ...]:
        """Read the papers and write their rows, and how papers on file stand beside them; those may change meanwhile.

        Raises: ScanRejected, ServiceUnavailable: as `process` tells; paper_changed.
        """
        scan = self.scan_of(work.submission, work.submission.sources, work.folder)
        papers = tuple(self._papers(work, self._shared.read_much(work, scan, ask_readers)))
        for _ in range(_MOST_TRIES):
            on_file = OnFile(self.tables.papers, self.tables.people)
            filed, changes = compare_each([as_kept(*read) for read in papers], self.catalogue.types, on_file)
            if self.tables.leases.file(work.lease, filed, changes):
                return papers
        raise ServiceUnavailable("paper_changed", work.submission.submission_id)

    def _papers(self, work: HeldWork, scan: Scan) -> Iterator[ReadPaper]:
        submission, folder, digitised = work.submission, work.folder, []
        with closing(digitise(scan, self.parsers, self.tables.people, self.catalogue, folder)) as steps:
            for step in steps:
                if isinstance(step, PagesDone):
                    work.go_on(step.done, step.total)
                    log.info("2-4 read %s page %d of %d", submission.submission_id, step.done, step.total)
                else:
                    pages, state = keys.page_label(step.pages), step.settled.state
                    log.info("5-9 understand %s pages=%s %s", submission.submission_id, pages, state)
                    digitised.append(step)
                    work.check()
        if any(paper.document_type.keeping.rule == "secret_stop" for paper in digitised):
            raise ScanRejected("secret_paper")
        papers, excerpts = cut_out(digitised, scan.files, self.parsers, folder)
        work.check()
        originals = move_originals(submission, scan.files, papers, excerpts, self.store)
        for paper in papers:
            work.check()
            archived = may_be_archived(paper, papers)
            yield self.store_paper(paper, submission, originals, work.lease.begun_at, archived=archived)

    def scan_of(self, submission: Submission, sources: Sequence[SourceFile], folder: Path) -> Scan:
        """The files of a submission in a private folder, ready to be digitised.

        Raises:
            NotFound: (no_such_object) an original is no longer kept.
            ServiceUnavailable: store_away, object_altered, database_away.
        """
        files = []
        for source in sources:
            self.store.fetch(source.key, folder / source.sha256)
            files.append(ScanFile(folder / source.sha256, source.media_type))
        office_id = submission.actor.office_id
        learnt = thresholds_of(self.tables.papers.decided(office_id, "set_threshold", _THRESHOLDS_READ))
        return Scan(tuple(files), office_id, submission.handed_in_by, learnt)

    def store_paper(
        self,
        digitised: DigitisedPaper,
        submission: Submission,
        originals: Sequence[Original],
        filed_at: datetime,
        *,
        archived: bool,
    ) -> ReadPaper:
        """Object, then record; the caller writes the row. The same content gives the same keys and the same id."""
        office_id = submission.actor.office_id
        archive = keys.archive(office_id, submission.content_sha256)
        folder = archive if archived else keys.intake(office_id, submission.submission_id)
        copy: StoredObject | None = None
        if digitised.copy is not None:
            with digitised.copy.open("rb") as data:
                copy = self.store.put(keys.paper(folder, digitised.pages, "pdf"), data, "application/pdf")
        paper = paper_of(digitised, submission, copy, originals, filed_at)
        kept, texts = as_kept(paper, digitised.texts)
        record = PaperRecord(paper=kept, page_texts=texts).model_dump_json().encode()
        folder = archive if digitised.document_type.keeping.rule != "keep" else folder
        self.store.put(keys.paper(folder, digitised.pages, "json"), BytesIO(record), "application/json")
        return paper, digitised.texts

    def _leave_intake(self, submission: Submission, papers: Sequence[Paper]) -> None:
        """Remove from intake what now lies in the archive. A crash before this leaves it to `expire_intake`."""
        kept = {key for paper in papers for key in paper.original_keys}
        for source in submission.sources:
            if source.key not in kept:
                self.store.delete(source.key)
        self._remove(_read_pages(submission))

    def _remove(self, folder: str) -> int:
        """Remove all objects in a folder; return how many."""
        stored = list(self.store.find(folder))
        for one in stored:
            self.store.delete(one.key)
        return len(stored)

    # -- afterwards ---------------------------------------------------------------------------------------------------

    def confirm(self, actor: Actor, document_id: str, copy_kind: CopyKind) -> Paper:
        """Record that an officer compared the copy with the original (NĐ 107/2021, Art 21a; TT 01/2023, Art 8).

        The decision is an object in the store before the row changes.

        Raises:
            NotFound: no_such_paper.
        """
        self.tables.papers.get(actor.office_id, document_id)
        decision = new_decision(Confirm, actor, document_id, copy_kind=copy_kind)
        with deciding(self.store, decision):
            paper = self.tables.papers.decide(decision)
            self.dossiers.take_in((paper,))
        return paper

    def fetch_copy(self, office_id: str, document_id: str, target: Path) -> StoredObject:
        """Write the searchable PDF of a paper to `target`, compared with its hash.

        Raises:
            NotFound: no_such_paper, no_picture_kept.
        """
        paper = self.tables.papers.get(office_id, document_id)
        if paper.object_key is None:
            raise NotFound("no_picture_kept", document_id)
        return self.store.fetch(paper.object_key, target)

    def expire_intake(self, office_id: str, now: datetime) -> int:
        """Remove intake objects that are older than the limit and wait for nobody; return how many.

        What belongs to a submission that is still to be worked off, or to a paper that waits for review, stays, and
        so does what no row tells of. A secret paper goes at once.
        """
        limit = now - timedelta(days=self._settings.intake_days)
        inside: dict[str, set[str]] = {}
        for stored in self.store.find(keys.intake(office_id)):
            _, _, submission_id, part, *_ = stored.key.split("/")
            inside.setdefault(submission_id, set()).add(part)
        removed = 0
        for submission_id, parts in inside.items():
            try:
                submission = self.tables.submissions.get(office_id, submission_id)
            except NotFound:  # it is just being received, or a crash came before its row
                continue
            due = submission.state == "done" and submission.state_since < limit and not self._in_review(submission)
            if due or submission.reason == "secret_paper":
                removed += self._remove(keys.intake(office_id, submission_id))
            elif submission.state == "done" and "pages" in parts:  # a reader came too late with them
                removed += self._remove(_read_pages(submission))
        return removed

    def _in_review(self, submission: Submission) -> bool:
        papers = self.tables.papers.of_content(submission.actor.office_id, submission.content_sha256)
        return any(paper.state == "needs_review" for paper in papers)


def _owner() -> str:
    """Who this worker is, for whoever looks into the table."""
    return f"{os.uname().nodename}:{os.getpid()}:{threading.get_ident()}"


def _read_pages(submission: Submission) -> str:
    return keys.read_pages(keys.intake(submission.actor.office_id, submission.submission_id))


def _now() -> datetime:
    return datetime.now(UTC)
