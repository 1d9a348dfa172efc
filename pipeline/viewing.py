"""Shows the pages of papers on file: pictures of copy and original, the words on them, and those searched for.

What was shown stays in memory for a while, within a limit, so that turning pages back and forth is quick. Nothing of it
touches a disk but for the time of one request, in a private folder.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.archive import Archive
from pipeline.errors import NotFound, ServiceUnavailable
from pipeline.originals import fetch_original, original_page
from pipeline.pages import ScanFile, ShownPage
from pipeline.search_words import Unit, held_places, query_units
from pipeline.vietnamese import search_tokens
from schemas.dossier import Paper
from schemas.viewing import PageWords, PictureWidth

HELD_BYTES = 64 << 20
"""About four hundred pages 1000 pixels wide."""
_HYPHENS = ("-", "\N{HYPHEN}")


class RecentBytes:
    """What was used last, as long as it is not more than so many bytes. Threads may share it."""

    def __init__(self, most_bytes: int) -> None:
        """Args: most_bytes: what goes beyond this pushes out what was not used for longest."""
        self._most_bytes = most_bytes
        self._held: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...], make: Callable[[], bytes]) -> bytes:
        """What is held under a key, else what `make` makes; two that ask at once may both make it."""
        with self._lock:
            known = self._held.get(key)
            if known is not None:
                self._held.move_to_end(key)
                return known
        made = make()
        with self._lock:
            self._bytes += len(made) - len(self._held.pop(key, b""))
            self._held[key] = made
            while self._bytes > self._most_bytes:
                self._bytes -= len(self._held.popitem(last=False)[1])
        return made


class PageViews:
    """Pages of papers on file, counted from 1 within the paper. One for a process; threads may share it."""

    def __init__(self, archive: Archive, most_bytes: int = HELD_BYTES) -> None:
        """Args: archive: where papers are; most_bytes: how much of what was shown stays in memory."""
        self._archive = archive
        self._recent = RecentBytes(most_bytes)

    def words(self, office_id: str, document_id: str, page: int) -> PageWords:
        """The words of a page of the archive copy, out of its own text layer.

        Raises:
            NotFound: no_such_paper, no_such_page_of_paper, no_picture_kept.
            ScanRejected: unreadable.
            ServiceUnavailable: store_away, object_altered, database_away.
        """
        paper = self._paper(office_id, document_id, page)
        parsers = self._archive.parsers

        def make(copy: ScanFile, _: Path) -> bytes:
            return parsers.words(copy, page).model_dump_json().encode()

        return PageWords.model_validate_json(self._of_copy(paper, (page, "words"), make))

    def picture(self, office_id: str, document_id: str, page: int, width_px: PictureWidth) -> bytes:
        """A JPEG of a page of the archive copy, so many pixels wide.

        Raises:
            NotFound: no_such_paper, no_such_page_of_paper, no_picture_kept.
            ScanRejected: damaged, page_too_large, unreadable.
            ServiceUnavailable: store_away, object_altered, database_away.
        """
        paper = self._paper(office_id, document_id, page)
        shown = ShownPage(page=page, width_px=width_px, rotation_degrees=None)
        return self._of_copy(paper, (page, width_px), self._show(shown))

    def original(self, office_id: str, document_id: str, page: int, width_px: PictureWidth) -> bytes:
        """A JPEG of the same page as it was handed in, turned upright, at most so many pixels wide.

        Raises:
            NotFound: no_such_paper, no_such_page_of_paper, no_original_kept.
            ScanRejected: damaged, page_too_large, unreadable.
            ServiceUnavailable: store_away, object_altered, database_away.
        """
        paper = self._paper(office_id, document_id, page)
        submission = self._archive.tables.submissions.get(office_id, paper.submission_id)
        found = original_page(paper, submission, page - 1)
        turned = paper.rotations[page - 1]
        shown = ShownPage.model_validate({"page": found.page, "width_px": width_px, "rotation_degrees": turned})

        def make() -> bytes:
            with TemporaryDirectory(prefix="hoso-view-") as folder:
                scan = fetch_original(self._archive.store, found, Path(folder) / "original")
                return self._show(shown)(scan, Path(folder))

        if paper.keeping != "keep":  # what may not be kept is not kept here either
            return make()
        return self._recent.get((found.held.sha256, found.page, width_px, turned), make)

    def _paper(self, office_id: str, document_id: str, page: int) -> Paper:
        paper = self._archive.tables.papers.get(office_id, document_id)
        if not 1 <= page <= len(paper.source_pages):
            raise NotFound("no_such_page_of_paper", document_id)
        return paper

    def _of_copy(self, paper: Paper, name: tuple[object, ...], make: Callable[[ScanFile, Path], bytes]) -> bytes:
        """What `make` makes of the archive copy in a private folder, or made of it before.

        Held under the copy's hash, which therefore must be the one that the paper was filed with.
        """
        if paper.object_key is None:
            raise NotFound("no_picture_kept", paper.document_id)
        key = paper.object_key

        def fetch() -> bytes:
            with TemporaryDirectory(prefix="hoso-view-") as folder:
                copy = Path(folder) / "copy"
                if self._archive.store.fetch(key, copy).sha256 != paper.sha256:
                    raise ServiceUnavailable("object_altered", paper.document_id)
                return make(ScanFile(copy, "application/pdf"), Path(folder))

        return self._recent.get((paper.sha256, *name), fetch)

    def _show(self, shown: ShownPage) -> Callable[[ScanFile, Path], bytes]:
        def make(scan: ScanFile, folder: Path) -> bytes:
            target = folder / "picture.jpg"
            self._archive.parsers.show(scan, shown, target)
            return target.read_bytes()

        return make


def words_found(page: PageWords, query: str) -> tuple[int, ...]:
    """Which words of a page a search found: their places in `page.words`, ascending.

    Whatever their marks and case; the parts of a number or code only where they follow each other, also over the end of
    a line; a word that is parted at the end of a line by a hyphen as well as its parts.
    """
    units = query_units(query)
    tokens: _Tokens = [
        (token.folded, (at,)) for at, word in enumerate(page.words) for token in search_tokens(word.text)
    ]
    found = _held(tokens, units)
    ends = list(accumulate(len(line) for line in page.lines))[:-1]
    parted = {end for end in ends if page.words[end - 1].text.endswith(_HYPHENS)}
    return tuple(sorted(found | _held(_joined(tokens, parted), units) if parted else found))


_Tokens = list[tuple[str, tuple[int, ...]]]
"""Tokens without marks, each with the places of its words."""


def _held(tokens: _Tokens, units: Sequence[Unit]) -> set[int]:
    """The places of all words that belong to a match."""
    held = held_places([key for key, _ in tokens], units)
    return {place for number in held for place in tokens[number][1]}


def _joined(tokens: _Tokens, parted: set[int]) -> _Tokens:
    """The tokens with those made one that a hyphen parts; `parted`: the words that go on one on the line before."""
    joined: _Tokens = []
    for key, places in tokens:
        (at,) = places
        if at in parted and joined and joined[-1][1][-1] == at - 1:
            begun, before = joined.pop()
            joined.append((begun + key, (*before, at)))
        else:
            joined.append((key, places))
    return joined
