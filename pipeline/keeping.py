"""What of a submission may leave intake: copies, and originals without the pages that may not be kept.

The picture of an identity card is sensitive data (NĐ 356/2025/NĐ-CP, Điều 4) and is not archived, even where it was
scanned in one file with other papers: the original is then kept as an excerpt. Until it is certain where the card
begins and ends, nothing of such a submission leaves intake.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import keys
from pipeline.digitise import DigitisedPaper
from pipeline.errors import ScanRejected
from pipeline.pages import ScanFile
from pipeline.ports import ObjectStore, Parsers
from pipeline.stages.questions import CARD, CUT, SECRECY, UNCUT
from pipeline.stages.settle import Settled
from schemas.dossier import Excerpt, Issue, SourceFile, Submission

_DOUBTS = frozenset({CUT, SECRECY, CARD, UNCUT})


@dataclass(frozen=True)
class ExcerptFile:
    """An excerpt in a private folder, with what its paper's record says of it."""

    path: Path
    told: Excerpt


@dataclass(frozen=True)
class Original:
    """A file as handed in, and what lies in the archive of it: all, or an excerpt, or None."""

    source: SourceFile
    archived: SourceFile | None = None
    excerpt: Excerpt | None = None

    def lies(self, *, for_kept: bool) -> SourceFile:
        """Where a paper finds it: what is archived, but for an excerpt where the paper was cut out of it."""
        if self.archived is None or (self.excerpt is not None and not for_kept):
            return self.source
        return self.archived


def may_be_archived(paper: DigitisedPaper, papers: Sequence[DigitisedPaper]) -> bool:
    """Whether a paper's copy may leave intake: its type and limits are certain, and policy lets us keep it.

    Where a paper that may not be kept lies in the same submission, a doubtful cut anywhere holds all of it back.
    """
    mixed = any(not _is_kept(other) for other in papers)
    held = mixed and any(CUT in other.settled.reasons for other in papers)
    return _is_kept(paper) and _is_certain(paper) and not held


def cut_out(
    papers: Sequence[DigitisedPaper], files: Sequence[ScanFile], parsers: Parsers, folder: Path
) -> tuple[list[DigitisedPaper], dict[int, ExcerptFile]]:
    """Write the excerpts of those files that hold both papers to keep and papers that may not be kept.

    Args:
        papers: all papers of the submission.
        files: its files.
        parsers: where files are cut.
        folder: a private folder for the excerpts.

    Returns:
        The papers, which all ask a person where a file could not be cut; and the excerpts by number of the file from 0.

    """
    excerpts: dict[int, ExcerptFile] = {}
    if not all(map(_is_certain, papers)):
        return list(papers), excerpts
    try:
        for number, file in enumerate(files):
            pages = _kept_pages(papers, number)
            if pages and _has_others(papers, number):
                excerpts[number] = cut_file(file, pages, parsers, folder / f"excerpt-{number}")
    except ScanRejected:
        return [_asking(paper) for paper in papers], {}
    return list(papers), excerpts


def move_originals(
    submission: Submission,
    files: Sequence[ScanFile],
    papers: Sequence[DigitisedPaper],
    excerpts: Mapping[int, ExcerptFile],
    store: ObjectStore,
) -> tuple[Original, ...]:
    """Put what may be kept of the originals into the archive, where all papers are certain.

    Args:
        submission: names the files.
        files: the same files in a private folder.
        papers: all papers of the submission.
        excerpts: as `cut_out` gives them.
        store: where the archive is.

    Returns:
        One answer a file.

    Raises:
        ServiceUnavailable: store_away.

    """
    folder = keys.archive(submission.actor.office_id, submission.content_sha256)
    certain = all(map(_is_certain, papers))
    originals = []
    for number, (source, file) in enumerate(zip(submission.sources, files, strict=True)):
        left = excerpts.get(number)
        path, sha256, media_type = file.path, source.sha256, source.media_type
        if left is not None:
            path, sha256, media_type = left.path, left.told.sha256, left.told.media_type
        elif not certain or not _kept_pages(papers, number):
            originals.append(Original(source))
            continue
        with path.open("rb") as data:
            stored = store.put(keys.original(folder, sha256), data, media_type)
        kept = source.model_copy(update={"key": stored.key, "sha256": sha256, "size_bytes": stored.size_bytes})
        originals.append(Original(source, kept, left.told if left else None))
    return tuple(originals)


def _kept_pages(papers: Sequence[DigitisedPaper], number: int) -> tuple[int, ...]:
    """The pages of file `number` (from 0), counted in it from 1, that belong to papers that may be kept."""
    return tuple(sorted(page for paper in papers if _is_kept(paper) for page in paper.pages_by_file[number]))


def _has_others(papers: Sequence[DigitisedPaper], number: int) -> bool:
    return any(paper.pages_by_file[number] for paper in papers if not _is_kept(paper))


def _is_kept(paper: DigitisedPaper) -> bool:
    return paper.document_type.keeping.rule == "keep"


def _is_certain(paper: DigitisedPaper) -> bool:
    return paper.classification.certain and not _DOUBTS & set(paper.settled.reasons)


def cut_file(file: ScanFile, pages: Sequence[int], parsers: Parsers, target: Path) -> ExcerptFile:
    """Write an excerpt of a file. Raises: ScanRejected (unreadable), when it cannot be cut."""
    parsers.excerpt(file, pages, target)
    with target.open("rb") as data:
        sha256 = hashlib.file_digest(data, "sha256").hexdigest()
    with file.path.open("rb") as data:
        original = hashlib.file_digest(data, "sha256").hexdigest()
    media_type = file.media_type if file.media_type == "application/pdf" else "image/tiff"
    return ExcerptFile(
        target, Excerpt(sha256=sha256, media_type=media_type, original_sha256=original, pages=tuple(pages))
    )


def _asking(paper: DigitisedPaper) -> DigitisedPaper:
    issue = Issue(stage="store", code=UNCUT)
    settled = Settled(state="needs_review", reasons=(*paper.settled.reasons, issue.code))
    return replace(paper, settled=settled, issues=(*paper.issues, issue))
