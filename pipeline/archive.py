"""Steps 1 and 10: the only writer. Originals are safe before anybody is told "received"; object first, row last."""

import logging
import os
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline import PIPELINE_VERSION, keys
from pipeline.decisions import deciding, new_decision
from pipeline.digitise import DigitisedPaper, PagesDone, Scan, digitise
from pipeline.dossiers import DossierDesk
from pipeline.errors import HosoError, NotFound, ScanRejected, ServiceUnavailable
from pipeline.incoming import IncomingFile, SpooledFile, content_sha256, spool
from pipeline.keeping import Original, cut_out, may_be_archived, move_originals
from pipeline.lease import Renewal, renewed, retry_after_s
from pipeline.pages import ScanFile
from pipeline.paper_codes import PaperCodes
from pipeline.ports import ObjectStore, Parsers, StoredObject
from pipeline.renditions import OnFile, ReadPaper, compare_each
from pipeline.settings import Settings
from pipeline.stages.learnt import thresholds_of
from pipeline.stages.questions import questions_of
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
OnProgress = Callable[[int, int], None]
"""Called with pages done and pages in all."""


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

    def process(self, submission_id: str, on_progress: OnProgress | None = None) -> tuple[ReadPaper, ...] | None:
        """Digitise a submission and file its papers, unless it is done or another worker holds it.

        A file that cannot be read leaves the submission done with the reason and its originals kept. Running it again
        after a crash files everything once: ids and keys derive from the content.

        Returns:
            The papers with all that was read on them, even what may not be kept; () for a refused file, and None when
            there was nothing to do.

        Raises:
            NotFound: no_such_submission.
            ServiceUnavailable: a service went away; the submission is left `retrying`, after the last attempt `stuck`,
                or, where the database is away, its lease to expire.
        """
        owner = f"{os.uname().nodename}:{os.getpid()}:{threading.get_ident()}"
        claimed = self.tables.leases.claim(submission_id, owner, self._settings.lease_s)
        if claimed is None:
            return None
        lease, submission = claimed
        kept_alive = renewed(self.tables.leases, lease, self._settings.lease_s)
        try:
            with TemporaryDirectory(prefix="hoso-work-") as folder, kept_alive as renewal:
                papers = tuple(self._papers(submission, Path(folder), renewal, on_progress))
        except ScanRejected as error:
            log.info("refused %s %s", submission_id, error.code)
            self.tables.leases.finish(lease, (), error.code)
            if error.code == "secret_paper":  # a crash before this leaves it to `expire_intake`, whatever its age
                self._empty_intake(submission)
            return ()
        except Exception as error:
            self._fail(lease, submission, error)
            raise
        self._file(lease, submission, papers)
        self.dossiers.take_in(paper for paper, _ in papers)
        self._leave_intake(submission, [paper for paper, _ in papers])
        log.info("10 store %s papers=%d", submission_id, len(papers))
        return papers

    def _fail(self, lease: Lease, submission: Submission, error: Exception) -> None:
        """Leave a submission to be tried again, unless it was tried often enough or cannot get better."""
        code = error.code if isinstance(error, HosoError) else "internal"
        hopeless = isinstance(error, NotFound) or submission.attempts >= self._settings.most_attempts
        retry_s = None if hopeless else retry_after_s(submission.submission_id, submission.attempts)
        log.warning("failed %s attempt=%d %s", submission.submission_id, submission.attempts, code)
        self.tables.leases.fail(lease, code, retry_s)

    def _file(self, lease: Lease, submission: Submission, papers: Sequence[ReadPaper]) -> None:
        """Write the rows, and how papers on file stand beside the new ones; those may change in between."""
        for _ in range(_MOST_TRIES):
            on_file = OnFile(self.tables.papers, self.tables.people)
            filed, changes = compare_each([as_kept(*read) for read in papers], self.catalogue.types, on_file)
            if self.tables.leases.finish(lease, filed, None, changes):
                return
        error = ServiceUnavailable("paper_changed", lease.submission_id)
        self._fail(lease, submission, error)
        raise error

    def _papers(
        self, submission: Submission, folder: Path, renewal: Renewal, on_progress: OnProgress | None
    ) -> Iterator[ReadPaper]:
        scan = self.scan_of(submission, submission.sources, folder)
        digitised = []
        for step in digitise(scan, self.parsers, self.tables.people, self.catalogue, folder):
            if isinstance(step, PagesDone):
                renewal.pages_done, renewal.pages_total = step.done, step.total
                log.info("2-4 read %s page %d of %d", submission.submission_id, step.done, step.total)
                if on_progress is not None:
                    on_progress(step.done, step.total)
            else:
                pages, state = keys.page_label(step.pages), step.settled.state
                log.info("5-9 understand %s pages=%s %s", submission.submission_id, pages, state)
                digitised.append(step)
        if any(paper.document_type.keeping.rule == "secret_stop" for paper in digitised):
            raise ScanRejected("secret_paper")
        papers, excerpts = cut_out(digitised, scan.files, self.parsers, folder)
        originals = move_originals(submission, scan.files, papers, excerpts, self.store)
        for paper in papers:
            yield self.store_paper(paper, submission, originals, archived=may_be_archived(paper, papers))

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
        paper = _paper(digitised, submission, copy, originals)
        kept, texts = as_kept(paper, digitised.texts)
        record = PaperRecord(paper=kept, page_texts=texts).model_dump_json().encode()
        folder = archive if digitised.document_type.keeping.rule != "keep" else folder
        self.store.put(keys.paper(folder, digitised.pages, "json"), BytesIO(record), "application/json")
        return paper, digitised.texts

    def document_id(self, submission: Submission, pages: tuple[int, ...]) -> str:
        """The id of the paper on these pages of a submission, whether it is on file or not."""
        return _document_id(submission, pages)

    def _leave_intake(self, submission: Submission, papers: Sequence[Paper]) -> None:
        """Remove from intake what now lies in the archive. A crash before this leaves it to `expire_intake`."""
        kept = {key for paper in papers for key in paper.original_keys}
        for source in submission.sources:
            if source.key not in kept:
                self.store.delete(source.key)

    def _empty_intake(self, submission: Submission) -> int:
        """Remove all that intake holds of a submission; return how many objects."""
        stored = list(self.store.find(keys.intake(submission.actor.office_id, submission.submission_id)))
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
        inside = {stored.key.split("/")[2] for stored in self.store.find(keys.intake(office_id))}
        removed = 0
        for submission_id in sorted(inside):
            try:
                submission = self.tables.submissions.get(office_id, submission_id)
            except NotFound:  # it is just being received, or a crash came before its row
                continue
            due = submission.state == "done" and submission.state_since < limit and not self._in_review(submission)
            if due or submission.reason == "secret_paper":
                removed += self._empty_intake(submission)
        return removed

    def _in_review(self, submission: Submission) -> bool:
        papers = self.tables.papers.of_content(submission.actor.office_id, submission.content_sha256)
        return any(paper.state == "needs_review" for paper in papers)


def as_kept(paper: Paper, texts: tuple[str, ...]) -> ReadPaper:
    """A paper and its words as policy lets us keep them: all, its fields only, or only that it was shown."""
    if paper.keeping == "keep":
        return paper, texts
    wordless = paper.model_copy(update={"repairs": ()})
    shown_only = paper.keeping != "fields_only"
    unsaid: dict[str, object] = {"fields": {}, "questions": ()}
    return (wordless.model_copy(update=unsaid) if shown_only else wordless), tuple("" for _ in texts)


def _paper(
    digitised: DigitisedPaper, submission: Submission, copy: StoredObject | None, originals: Sequence[Original]
) -> Paper:
    """The record of a paper that was read; `copy` None: no picture of it may be kept, or none could be made."""
    paper = Paper(
        document_id=_document_id(submission, digitised.pages),
        submission_id=submission.submission_id,
        actor=submission.actor,
        content_sha256=submission.content_sha256,
        pipeline_version=PIPELINE_VERSION,
        type=digitised.classification.type,
        type_confidence=digitised.classification.confidence,
        cues=digitised.classification.cues,
        other_types=() if digitised.classification.certain else digitised.classification.others,
        state=digitised.settled.state,
        reasons=digitised.settled.reasons,
        keeping=digitised.document_type.keeping.rule,
        fields=digitised.fields,
        people=digitised.identification.people,
        mentions=digitised.identification.mentions,
        issues=digitised.issues,
        source_pages=digitised.pages,
        pages_by_file=digitised.pages_by_file,
        cuts=digitised.cuts,
        rotations=digitised.rotations,
        grades=digitised.grades,
        repairs=digitised.repairs,
        **_kept(digitised, copy, originals),
        dossier_code=digitised.dossier_code or submission.dossier_code,
        procedure=submission.procedure,
        filed_at=_now(),
        copy_kind=digitised.copy_kind.kind if digitised.copy_kind else None,
        copy_kind_read=digitised.copy_kind,
    )
    return paper.model_copy(update={"questions": questions_of(paper, digitised.document_type)})


def _kept(digitised: DigitisedPaper, copy: StoredObject | None, originals: Sequence[Original]) -> dict[str, Any]:
    """Where what may be kept of a paper lies: its copy, its originals, and what was cut out of them."""
    may_be_kept = digitised.document_type.keeping.rule == "keep"
    lie = [original.lies(for_kept=may_be_kept) for original in originals]
    return {
        "object_key": copy.key if copy else None,
        "sha256": copy.sha256 if copy else None,
        "size_bytes": copy.size_bytes if copy else None,
        "original_keys": tuple(source.key for source in lie),
        "original_sha256s": tuple(source.sha256 for source in lie),
        "excerpts": tuple(one.excerpt for one in originals if one.excerpt is not None and may_be_kept),
    }


def _document_id(submission: Submission, pages: tuple[int, ...]) -> str:
    """The same for the same content, pages and office, so that a second run finds the first one's row."""
    name = f"{submission.actor.office_id}/{submission.content_sha256}/{keys.page_label(pages)}"
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


def _now() -> datetime:
    return datetime.now(UTC)
