"""What the core asks of the world. Each promise in a docstring is one contract test, run on every implementation."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from pipeline.pages import PageLook, PagePart, ReadPage, ScanFile, ShownPage, Signable, SignatureWanted
from schemas.base import Value
from schemas.signing import FoundSignature
from schemas.text import Box
from schemas.viewing import PageWords


class StoredObject(Value):
    """What the store knows of an object without reading it."""

    key: str
    sha256: str
    size_bytes: int


class ObjectStore(Protocol):
    """Bytes under keys. Keys are ASCII paths such as `archive/local/ab12.../1-2.pdf`.

    A reader never sees half an object. After `put` returns the object survives a crash of this machine.
    """

    def put(self, key: str, data: BinaryIO, media_type: str) -> StoredObject:
        """Store all of `data` (read from its present position) under `key`, with its SHA-256.

        Putting the same bytes again changes nothing; other bytes replace the object whole.
        Raises: ServiceUnavailable (store_away).
        """
        ...

    def fetch(self, key: str, target: Path) -> StoredObject:
        """Write the object to `target` and compare it with its SHA-256.

        Raises: NotFound (no_such_object), ServiceUnavailable (store_away, object_altered).
        """
        ...

    def find(self, prefix: str) -> Iterator[StoredObject]:
        """Objects whose key starts with `prefix`, by key; none is not an error."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object; removing one that is not there is allowed."""
        ...

    def erase(self, key: str, *, earlier_only: bool = False) -> bool:
        """Remove an object with every earlier version of it, also where they are locked; again changes nothing.

        `earlier_only`: the object stays as it is now. False: the server does not let these keys remove a locked version
        before its term ends; `fetch` and `find` do not find it any more, but it can be read by its id.
        Raises: ServiceUnavailable (store_away).
        """
        ...


class VirusScanner(Protocol):
    """Looks files through before anything opens them."""

    def check(self, file: Path) -> None:
        """Raises: ScanRejected (infected; unreadable), ServiceUnavailable (virus_scanner_away)."""
        ...


class Parsers(Protocol):
    """Steps 2, 3, 4, 7a and 9, and the cutting of originals, away from this process.

    Hostile input may kill a parser, never its caller.

    Every method raises ScanRejected (unreadable) when the parser dies or takes longer than its limit, and
    ServiceUnavailable (disk_full) when there was no room for its work; each can be called from several threads at once.
    Where files are looked through for viruses, those that open one first raise what `VirusScanner.check` does.
    """

    side_by_side: int
    """How many calls run at the same time; more wait."""

    def count_pages(self, scan: ScanFile) -> int:
        """Raises: ScanRejected (encrypted, damaged, no_pages, too_many_pages, page_too_large)."""
        ...

    def holds_active_content(self, scan: ScanFile) -> bool:
        """Whether a file holds anything that could act, or pass for another kind of file, where somebody opens it.

        See `pipeline.stages.active_content`. Raises: ScanRejected.
        """
        ...

    def look(self, scan: ScanFile, page: int, thumbnail: Path | None) -> PageLook:
        """A quick look at page `page` (1-based) of a file; it waits for no page that is being read.

        Writes a JPEG of the upright page, at most 320 pixels wide and 480 high, to `thumbnail`, if there is to be one.
        Raises: ScanRejected (damaged, page_too_large).
        """
        ...

    def read_codes(self, scan: ScanFile) -> tuple[str, ...]:
        """What the codes on the first page of a file say; as quick as a look. Raises: ScanRejected."""
        ...

    def read_page(self, scan: ScanFile, page: int, number: int, picture: Path) -> ReadPage:
        """Steps 2 to 4 for page `page` of a file, which is page `number` of its submission; writes `picture`.

        Raises: ScanRejected (damaged, page_too_large).
        """
        ...

    def excerpt(self, scan: ScanFile, pages: Sequence[int], target: Path) -> None:
        """Write a file of only these pages (1-based) of `scan`, untouched, with nothing in it of the others.

        A PDF of a PDF, else a TIFF. Raises: ScanRejected (unreadable), also when something of the others would be left.
        """
        ...

    def read_again(self, page: ReadPage, boxes: Sequence[Box]) -> tuple[tuple[str, ...], ...]:
        """Step 7a: what stands in each of `boxes` (pixels of the page) when it is read alone, once for each size.

        As many as boxes; each empty where the page was not read from its picture. The picture must still be there.
        Raises: ScanRejected (unreadable).
        """
        ...

    def render(self, pages: Sequence[ReadPage], target: Path) -> None:
        """Step 9: write the searchable PDF/A of one paper, and compare it with its pages.

        Raises: ScanRejected (unreadable), when it does not look like them.
        """
        ...

    def crop(self, scan: ScanFile, part: PagePart, target: Path) -> None:
        """Write a JPEG of a part of a page, with what stands around it, to `target`.

        Raises: ScanRejected (damaged, page_too_large).
        """
        ...

    def show(self, scan: ScanFile, shown: ShownPage, target: Path) -> None:
        """Write a JPEG of a whole page to `target`.

        Raises: ScanRejected (damaged, page_too_large).
        """
        ...

    def words(self, copy: ScanFile, page: int) -> PageWords:
        """The words of page `page` (1-based) of a PDF, out of its own text.

        Raises: ScanRejected (unreadable).
        """
        ...

    def write_signable(self, copy: ScanFile, wanted: SignatureWanted, target: Path) -> Signable:
        """Write our copy with its mark on page 1 and room for a signature to `target`; its own bytes come first.

        Raises: ScanRejected (unreadable).
        """
        ...

    def signatures(self, scan: ScanFile) -> tuple[FoundSignature, ...]:
        """The signatures on a PDF, checked without a network against the certificates we trust; () for other files.

        Raises: ScanRejected (unreadable).
        """
        ...
