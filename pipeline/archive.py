"""Steps 1 and 10: the only writer. Originals are safe before anybody is told "received"; object first, row last."""

import logging
import os
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline import keys
from pipeline.decisions import deciding, new_decision
from pipeline.digitise import DigitisedPaper, PagesDone, Scan, count_pages, digitise
from pipeline.dossiers import DossierDesk
from pipeline.errors import HosoError, NotFound, ScanRejected, ServiceUnavailable
from pipeline.incoming import IncomingFile, SpooledFile, content_sha256, spool
from pipeline.intake import Intake
from pipeline.keeping import Original, cut_out, may_be_archived, move_originals
from pipeline.lease import HeldWork, OnProgress, renewed, retry_after_s
from pipeline.pages import ScanFile
from pipeline.paper_codes import PaperCodes
from pipeline.paper_records import as_kept, paper_of
from pipeline.ports import ObjectStore, Parsers, StoredObject
from pipeline.recording import change_of, record_changes
from pipeline.renditions import OnFile, ReadPaper, compare_each
from pipeline.settings import Settings
from pipeline.shared_reading import Shared, SharedReading
from pipeline.stages.certain import is_wiped
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
    received_at: datetime | None = None
    """When another machine received it, which hands it over now; None: it is received at this moment."""


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
        codes = PaperCodes(tables.dossiers, catalogue, settings.paper_code)
        self.dossiers = DossierDesk(store, tables, catalogue, codes, signatures=settings.signs)
        self.intake = Intake(store, tables, settings.intake_days)
        self._settings = settings
        self._shared = SharedReading(store, tables.page_ranges, parsers, settings)

    # -- step 1 -------------------------------------------------------------------------------------------------------

    def receive(self, files: Sequence[IncomingFile], handing: Handing) -> Submission:
        """Take files in. When this returns their bytes are safe in the intake area, unopened and unaltered.

        A record of the submission lies beside them, so that the database can be made anew.

        Content that this office has already taken in is not taken again: its submission is returned as it stands.

        Raises:
            ScanRejected: empty_file, too_large, or one of `media.NO_SCANS`; nothing is kept then.
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
            received_at=handing.received_at or now,
            state_since=now,
        )

    # -- steps 2 to 10 ------------------------------------------------------------------------------------------------

    def waiting(self, limit: int, lane: Lane | None = None) -> tuple[str, ...]:
        """Ids of submissions to be taken up, as `Leases.waiting` gives them; what kills its workers is given up."""
        for submission_id in self.tables.leases.give_up(self._settings.most_attempts):
            log.warning("given up %s: its workers died", submission_id)
        return self.tables.leases.waiting(limit, lane)

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
            there was nothing to do, or a centre is to do it.

        Raises:
            NotFound: no_such_submission.
            ServiceUnavailable: a service went away: the submission is left `retrying`, after the last attempt `stuck`,
                or, where the database is away, its lease to expire; given_back, or lease_lost to another worker.
        """
        if not self._settings.reads_here:
            return None
        claimed = self.tables.leases.claim(submission_id, _owner(), self._settings.lease_s)
        if claimed is None:
            return None
        lease, submission = claimed
        try:
            papers = self._on_file(submission)
            if not papers:
                papers = self._read(lease, submission, stopping, on_progress, ask_readers)
                self._file(lease, papers)
            self.dossiers.take_in(paper for paper, _ in papers)
            self.intake.leave(submission, [paper for paper, _ in papers])
            self.tables.leases.finish(lease)
        except ScanRejected as error:
            self._refuse(lease, submission, error.code)
            return ()
        except Exception as error:
            self._fail(lease, submission, error)
            raise
        record_changes(self.store, self.tables.records, submission.actor.office_id)
        log.info("10 store %s papers=%d", submission_id, len(papers))
        return papers

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

    def _on_file(self, submission: Submission) -> tuple[ReadPaper, ...]:
        """What a worker has filed that died before the rest was done: rows are written for all papers or none."""
        office_id = submission.actor.office_id
        papers = self.tables.papers.of_content(office_id, submission.content_sha256, withdrawn=True)
        mine = (paper for paper in papers if paper.submission_id == submission.submission_id)
        return tuple((paper, self.tables.papers.page_texts(office_id, paper.document_id)) for paper in mine)

    def _read(
        self,
        lease: Lease,
        submission: Submission,
        stopping: threading.Event | None,
        on_progress: OnProgress | None,
        ask_readers: Callable[[int], None] | None,
    ) -> tuple[ReadPaper, ...]:
        """The papers of a submission, their objects and records in the store. Raises: as `process`; ScanRejected."""
        leases, lease_s = self.tables.leases, self._settings.lease_s
        kept_alive = renewed(
            lease.submission_id, lambda done, total: leases.renew(lease, lease_s, done, total), lease_s
        )
        with TemporaryDirectory(prefix="hoso-work-") as folder, kept_alive as renewal:
            work = HeldWork(lease, submission, Path(folder), renewal, stopping or threading.Event(), on_progress)
            scan = self.scan_of(submission, submission.sources, work.folder)
            return tuple(self._papers(work, self._shared.read_much(work, scan, ask_readers)))

    def _file(self, lease: Lease, papers: Sequence[ReadPaper]) -> None:
        """Write the rows, and how papers on file stand beside the new ones; those may change in between."""
        for _ in range(_MOST_TRIES):
            on_file = OnFile(self.tables.papers, self.tables.people)
            filed, changes = compare_each([as_kept(*read) for read in papers], self.catalogue.types, on_file)
            if self.tables.leases.file(lease, filed, changes):
                return
        raise ServiceUnavailable("paper_changed", lease.submission_id)

    def _refuse(self, lease: Lease, submission: Submission, code: str) -> None:
        """Leave a submission done that cannot be read, and says why.

        An infected original waits in intake, where nobody can fetch it, until that expires: scanners may err.
        """
        tell = log.warning if code == "infected" else log.info
        tell("refused %s %s", submission.submission_id, code)
        self.tables.leases.finish(lease, code)
        record_changes(self.store, self.tables.records, submission.actor.office_id)
        if code == "secret_paper":  # a crash before this leaves it to `Intake.expire`, whatever its age
            self.intake.empty(submission)
        self.intake.leave_pages(submission)

    def _fail(self, lease: Lease, submission: Submission, error: Exception) -> None:
        """Leave a submission to be tried again, unless it was tried often enough or cannot get better."""
        code = error.code if isinstance(error, HosoError) else "internal"
        log.warning("ended %s attempt=%d %s", submission.submission_id, submission.attempts, code)
        if code == "lease_lost":
            self._leave_to_another(submission)
        elif code == "given_back":
            self.tables.leases.release(lease)
        else:
            hopeless = isinstance(error, NotFound) or submission.attempts >= self._settings.most_attempts
            retry_s = None if hopeless else retry_after_s(submission.submission_id, submission.attempts)
            self.tables.leases.fail(lease, code, retry_s)

    def _leave_to_another(self, submission: Submission) -> None:
        """Have the records of what another has filed written anew: ours may have come after them."""
        office_id = submission.actor.office_id
        for paper in self.tables.papers.of_content(office_id, submission.content_sha256):
            self.tables.records.note(change_of(paper))
        record_changes(self.store, self.tables.records, office_id)

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

    # -- afterwards ---------------------------------------------------------------------------------------------------

    def confirm(self, actor: Actor, document_id: str, copy_kind: CopyKind) -> Paper:
        """Record that an officer compared the copy with the original (NĐ 107/2021, Art 21a; TT 01/2023, Art 8).

        The decision is an object in the store before the row changes.

        Raises:
            NotFound: no_such_paper, paper_destroyed.
            ScanRejected: secret_paper, of a paper that was wiped.
        """
        paper = self.tables.papers.get(actor.office_id, document_id)
        if paper.state == "destroyed":
            raise NotFound("paper_destroyed", document_id)
        if is_wiped(paper):
            raise ScanRejected("secret_paper", document_id)
        decision = new_decision(Confirm, actor, document_id, copy_kind=copy_kind)
        with deciding(self.store, self.tables, decision):
            paper = self.tables.papers.decide(decision)
            self.follow((paper,))
        return paper

    def follow(self, papers: Sequence[Paper]) -> None:
        """What follows from what was decided about papers: their dossiers, and pictures that nobody needs any more.

        Raises:
            ServiceUnavailable: store_away, database_away; the next sweep does the rest.
        """
        # What was destroyed leaves its dossier as it was: that it had a result tells that its matter has ended.
        self.dossiers.take_in(paper for paper in papers if paper.state != "destroyed")
        self.intake.let_go(papers)

    def fetch_copy(self, office_id: str, document_id: str, target: Path) -> StoredObject:
        """Write the searchable PDF of a paper to `target`, compared with its hash.

        Raises:
            NotFound: no_such_paper, no_picture_kept.
        """
        paper = self.tables.papers.get(office_id, document_id)
        if paper.object_key is None:
            raise NotFound("no_picture_kept", document_id)
        return self.store.fetch(paper.object_key, target)


def _owner() -> str:
    """Who this worker is, for whoever looks into the table."""
    return f"{os.uname().nodename}:{os.getpid()}:{threading.get_ident()}"


def _now() -> datetime:
    return datetime.now(UTC)
