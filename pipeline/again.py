"""Reads a submission or one of its papers again from the originals, as a person said it is to be read."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.answers import BY_OFFICER, recut, withdrawn
from pipeline.archive import Archive
from pipeline.digitise import DigitisedPaper, KnownPaper, PagesDone, digitise, digitise_as
from pipeline.errors import NotFound
from pipeline.keeping import Original
from pipeline.paper_records import as_kept, document_id_of
from pipeline.renditions import ReadPaper
from pipeline.stages.classify import Classification
from pipeline.table_ports import PaperChange
from schemas.dossier import Paper, SourceFile, Submission


def read_again(archive: Archive, paper: Paper, type_id: str) -> ReadPaper:
    """A paper as it reads under another type, with its copy in the store if it may have one.

    Raises:
        NotFound: (no_such_object) an original is no longer kept.
        ScanRejected: none of its pages can be opened.
    """
    submission = archive.tables.submissions.get(paper.actor.office_id, paper.submission_id)
    known = KnownPaper(paper.source_pages, Classification(type=type_id, confidence=1.0, cues=(BY_OFFICER,)))
    sources = _where_they_lie(submission, paper)
    with TemporaryDirectory(prefix="hoso-again-") as folder:
        scan = archive.scan_of(submission, sources, Path(folder))
        world = (archive.parsers, archive.tables.people, archive.catalogue)
        return _stored(archive, digitise_as(scan, known, *world, Path(folder)), submission, sources)


def cut_again(archive: Archive, submission: Submission, first_pages: tuple[int, ...]) -> tuple[PaperChange, ...]:
    """The papers of a submission cut as a person said.

    One whose pages stay the same keeps all that is known of it. What no longer is a paper is withdrawn, not deleted: it
    may have been confirmed or used.

    Raises:
        NotFound: (no_such_object) an original is no longer kept.
    """
    office_id = submission.actor.office_id
    before = archive.tables.papers.of_content(office_id, submission.content_sha256)
    sources = _where_they_lie(submission, before[0]) if before else submission.sources
    changes: list[PaperChange] = []
    with TemporaryDirectory(prefix="hoso-again-") as folder:
        scan = archive.scan_of(submission, sources, Path(folder))
        world = (archive.parsers, archive.tables.people, archive.catalogue)
        steps = digitise(scan, *world, Path(folder), first_pages)
        changes += [_cut(archive, step, submission, sources) for step in steps if not isinstance(step, PagesDone)]
    found = {change.after.document_id for change in changes}
    gone = [paper for paper in before if paper.document_id not in found]
    return (*changes, *(PaperChange(before=paper, after=withdrawn(paper)) for paper in gone))


def _cut(
    archive: Archive, digitised: DigitisedPaper, submission: Submission, sources: tuple[SourceFile, ...]
) -> PaperChange:
    document_id = document_id_of(submission, digitised.pages)
    try:
        known = archive.tables.papers.get(submission.actor.office_id, document_id)
    except NotFound:
        paper, texts = _stored(archive, digitised, submission, sources)
        return PaperChange(before=None, after=recut(paper), texts=texts)
    return PaperChange(before=known, after=recut(known))


def _stored(
    archive: Archive, digitised: DigitisedPaper, submission: Submission, sources: tuple[SourceFile, ...]
) -> ReadPaper:
    """The paper with its copy in intake; whether it may leave it depends on others, too, and is for `moving`."""
    originals = tuple(map(Original, sources))
    return as_kept(*archive.store_paper(digitised, submission, originals, datetime.now(UTC), archived=False))


def _where_they_lie(submission: Submission, paper: Paper) -> tuple[SourceFile, ...]:
    """The submission's files under the keys at which they are kept by now."""
    places = dict(zip(paper.original_sha256s, paper.original_keys, strict=True))
    return tuple(
        source.model_copy(update={"key": places.get(source.sha256, source.key)}) for source in submission.sources
    )
