"""Where the originals of a submission lie once people have settled what is in them.

What may not be kept is cut out of them (`keeping.py` does the same when papers are filed), so that neither a card's
picture is archived nor the original of the papers beside it lost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline import keys
from pipeline.errors import NotFound
from pipeline.keeping import cut_file
from pipeline.moving import copy_object
from pipeline.pages import ScanFile
from pipeline.ports import ObjectStore, Parsers
from pipeline.stages.certain import is_certain, may_stay
from schemas.dossier import Excerpt, Paper, Submission


@dataclass(frozen=True)
class Held:
    """An original as papers point to it: a file as handed in, or an excerpt of one."""

    key: str
    sha256: str
    excerpt: Excerpt | None = None

    @property
    def whole_sha256(self) -> str:
        """The SHA-256 of the file as handed in."""
        return self.excerpt.original_sha256 if self.excerpt else self.sha256


@dataclass(frozen=True)
class Place:
    """Where papers that may be kept find an original from now on, and where others do; None: nowhere."""

    kept: Held | None
    others: Held | None


class Originals:
    """The originals of one submission."""

    def __init__(self, store: ObjectStore, parsers: Parsers, submission: Submission, papers: Sequence[Paper]) -> None:
        """Args: papers: all of the submission; withdrawn ones do not count."""
        self._store, self._parsers, self._submission = store, parsers, submission
        counting = [paper for paper in papers if paper.state != "withdrawn"]
        self._kept = [paper for paper in counting if may_stay(paper)]
        self._others = [paper for paper in counting if not may_stay(paper)]
        self._certain = all(map(is_certain, counting))
        self._held = {one.key: one for paper in counting for one in held_by(paper)}
        self._archive = keys.archive(submission.actor.office_id, submission.content_sha256)

    def settle(self) -> dict[str, Place]:
        """Put each original, or an excerpt of it, where it may lie; the keys of those whose place is another now.

        What is left behind goes by `clear_away`, after the rows have been written. Running it again changes nothing.

        Raises:
            ScanRejected: (unreadable) a file cannot be cut.
            ServiceUnavailable: store_away.
        """
        places = {key: self._place(held) for key, held in self._held.items()}
        return {key: place for key, place in places.items() if place is not None}

    def _place(self, held: Held) -> Place | None:
        """The place of one original; None: where it is."""
        shown = frozenset(held.excerpt.pages) if held.excerpt else None
        kept, others = (_pages(papers, self._submission, held, shown) for papers in (self._kept, self._others))
        archived = held.key.startswith(self._archive)
        try:
            if not others:
                return self._whole(held) if kept and self._certain and not archived else None
            if archived and not self._certain:
                return self._back(held)
            if not kept - others:
                return Place(None, None) if archived else None
            if not self._certain:
                return None
            return self._cut(held, tuple(sorted(kept - others)), archived=archived)
        except NotFound:  # it has gone with its time limit
            return Place(None, None)

    def _whole(self, held: Held) -> Place:
        moved = Held(keys.original(self._archive, held.sha256), held.sha256, held.excerpt)
        copy_object(self._store, held.key, moved.key, self._media_type(held))
        return Place(moved, moved)

    def _back(self, held: Held) -> Place:
        """Into intake: nobody knows for sure any more which of its pages may be archived."""
        intake = keys.intake(self._submission.actor.office_id, self._submission.submission_id)
        moved = Held(keys.original(intake, held.sha256), held.sha256, held.excerpt)
        copy_object(self._store, held.key, moved.key, self._media_type(held))
        return Place(moved, moved)

    def _cut(self, held: Held, left: tuple[int, ...], *, archived: bool) -> Place | None:
        """An excerpt for the papers that may be kept; the others see the file while there are questions about them."""
        asked = any(paper.state == "needs_review" for paper in self._others)
        whole = held if asked and not archived else None
        for known in self._held.values():
            if known.excerpt and known.whole_sha256 == held.whole_sha256 and known.excerpt.pages == left:
                return None if whole else Place(known, None)
        media_type = self._media_type(held)
        numbers = [held.excerpt.pages.index(page) + 1 for page in left] if held.excerpt else left
        with TemporaryDirectory(prefix="hoso-excerpt-") as folder:
            file, target = Path(folder) / "original", Path(folder) / "excerpt"
            self._store.fetch(held.key, file)
            told = cut_file(ScanFile(file, media_type), numbers, self._parsers, target).told
            excerpt = told.model_copy(update={"original_sha256": held.whole_sha256, "pages": left})
            key = keys.original(self._archive, told.sha256)
            with target.open("rb") as data:
                self._store.put(key, data, told.media_type)
        return Place(Held(key, told.sha256, excerpt), whole)

    def _media_type(self, held: Held) -> str:
        if held.excerpt is not None:
            return held.excerpt.media_type
        return next(one.media_type for one in self._submission.sources if one.sha256 == held.sha256)


def held_by(paper: Paper) -> list[Held]:
    """The originals that a paper points to."""
    excerpts = {excerpt.sha256: excerpt for excerpt in paper.excerpts}
    pairs = zip(paper.original_keys, paper.original_sha256s, strict=True)
    return [Held(key, sha256, excerpts.get(sha256)) for key, sha256 in pairs]


@dataclass(frozen=True)
class OriginalPage:
    """Page `page` (1-based) of an original, which is the file to show beside a page of our copy."""

    held: Held
    media_type: str
    page: int


def original_page(paper: Paper, submission: Submission, at: int) -> OriginalPage:
    """Where a page of a paper (`at` counts from 0) stands in the originals of its submission.

    Raises:
        NotFound: (no_original_kept) it was cut out of what is kept, or nothing is.
    """
    places = [(file, number) for file, numbers in enumerate(paper.pages_by_file) for number in numbers]
    if at < len(places):
        file, number = places[at]
        source = submission.sources[file]
        for held in held_by(paper):
            pages = held.excerpt.pages if held.excerpt else None
            if held.whole_sha256 == source.sha256 and (pages is None or number in pages):
                media_type = held.excerpt.media_type if held.excerpt else source.media_type
                return OriginalPage(held, media_type, pages.index(number) + 1 if pages else number)
    raise NotFound("no_original_kept", paper.document_id)


def fetch_original(store: ObjectStore, original: OriginalPage, target: Path) -> ScanFile:
    """Write the original to `target`, a file in a private folder.

    Raises:
        NotFound: (no_original_kept) it has gone with its time limit.
        ServiceUnavailable: store_away, object_altered.
    """
    try:
        store.fetch(original.held.key, target)
    except NotFound:
        raise NotFound("no_original_kept") from None
    return ScanFile(target, original.media_type)


def with_originals(paper: Paper, places: Mapping[str, Place]) -> Paper:
    """The paper with its originals where `Originals.settle` put them."""
    held: list[Held] = []
    for one in held_by(paper):
        place = places.get(one.key)
        now = one if place is None else place.kept if may_stay(paper) else place.others
        held += [now] if now is not None and now not in held else []
    return paper.model_copy(
        update={
            "original_keys": tuple(one.key for one in held),
            "original_sha256s": tuple(one.sha256 for one in held),
            "excerpts": tuple(one.excerpt for one in held if one.excerpt is not None),
        }
    )


def _pages(papers: Iterable[Paper], submission: Submission, held: Held, shown: frozenset[int] | None) -> frozenset[int]:
    """The pages that papers have in an original, counted in the file as handed in from 1; `shown` None: all."""
    pages = {
        page
        for paper in papers
        for source, numbers in zip(submission.sources, paper.pages_by_file, strict=True)
        for page in numbers
        if source.sha256 == held.whole_sha256
    }
    return frozenset(pages) if shown is None else frozenset(pages) & shown
