"""Large submissions are read by ranges of pages: by the worker that holds them, and by all others that are free.

Each page that was read lies in intake as one object until the submission is done. So what a worker has read before it
died is not read again, and who puts the papers together finds all pages as if it had read them itself.
"""

import logging
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline import keys
from pipeline.digitise import PageOrLoss, Scan, count_pages, places_of, read_pages
from pipeline.errors import NotFound, ServiceUnavailable
from pipeline.lease import HeldWork, renewed
from pipeline.packed_pages import pack, unpack
from pipeline.pages import ScanFile
from pipeline.ports import ObjectStore, Parsers
from pipeline.settings import Settings
from pipeline.work_ports import PageRanges
from schemas.dossier import PageRange, Submission

_LOG = logging.getLogger("hoso")
_LOOK_S = 0.5

Check = Callable[[int], None]
"""Called again and again with the number of pages done; raises what ends the work."""


@dataclass(frozen=True)
class Shared:
    """A submission that is read by ranges, and its files, with their pages counted."""

    submission: Submission
    scan: Scan

    @property
    def places(self) -> list[tuple[ScanFile, int]]:
        """Where each page is."""
        return places_of(self.scan.files, self.scan.page_counts or ())

    @property
    def pages(self) -> int:
        """How many there are."""
        return sum(self.scan.page_counts or ())

    @property
    def key_folder(self) -> str:
        """Where its intake objects lie."""
        return keys.intake(self.submission.actor.office_id, self.submission.submission_id)


class SharedReading:
    """Reads ranges of pages, and gathers what others have read."""

    def __init__(self, store: ObjectStore, ranges: PageRanges, parsers: Parsers, settings: Settings) -> None:
        """Args: where pages lie, who reads which, who opens them; settings: how many pages one reads alone."""
        self._store, self._ranges, self._parsers = store, ranges, parsers
        self._lease_s, self._alone = settings.lease_s, settings.alone_pages

    def read_much(self, work: HeldWork, scan: Scan, ask_readers: Callable[[int], None] | None) -> Scan:
        """The scan with its pages counted, and read if they are more than one worker is to read alone.

        Args:
            work: whose scan it is.
            scan: with its files in the private folder of the work.
            ask_readers: asks for so many others to read a range each.

        Raises:
            ScanRejected: as `Parsers.count_pages` does.
            ServiceUnavailable: store_away, database_away, lease_lost, given_back.
        """
        scan = replace(scan, page_counts=count_pages(scan.files, self._parsers))
        shared = Shared(work.submission, scan)
        if shared.pages <= self._alone:
            return scan
        range_pages = self._alone // 2
        self._ranges.cut(work.submission, ranges_of(shared.pages, range_pages))
        others = (self._ranges.pages_left(work.submission.submission_id) - 1) // range_pages
        if ask_readers is not None and others > 0:
            ask_readers(others)
        self._read_all(work, shared)
        return replace(scan, read=self._gather(shared, work.folder))

    def _read_all(self, work: HeldWork, shared: Shared) -> None:
        """Read the ranges that nobody else reads, and wait for the others."""
        submission_id = work.submission.submission_id
        while left := self._ranges.pages_left(submission_id):
            before = shared.pages - left
            work.go_on(before, shared.pages)
            claimed = self._ranges.claim(submission_id, work.lease.owner, self._lease_s)
            if claimed is None:
                work.stopping.wait(_LOOK_S)
                continue

            def check(done: int, before: int = before) -> None:
                work.go_on(before + done, shared.pages)

            self.read(claimed[0], lambda: shared, check)

    def read(self, held: PageRange, opened: Callable[[], Shared], check: Check) -> None:
        """Read a range that was claimed, of what `opened` gives. Where that, `check` or a service fails, give it back.

        Raises:
            ServiceUnavailable: store_away, database_away, lease_lost.
        """
        _LOG.info("2-4 read %s pages %d-%d", held.submission_id, held.first, held.last)
        kept_alive = renewed(held.submission_id, lambda *_: self._ranges.renew(held, self._lease_s), self._lease_s)
        try:
            with kept_alive as renewal, TemporaryDirectory(prefix="hoso-pages-") as folder:

                def check_both(done: int) -> None:
                    renewal.check()
                    check(done)

                self._read_pages(held, opened(), Path(folder), check_both)
        except BaseException:
            self._give_back(held)
            raise
        self._ranges.finish(held)

    def _read_pages(self, held: PageRange, shared: Shared, folder: Path, check: Check) -> None:
        known = {stored.key for stored in self._store.find(keys.read_pages(shared.key_folder))}
        places = shared.places
        wanted = {
            number: places[number - 1]
            for number in range(held.first, held.last + 1)
            if keys.read_pages(shared.key_folder, number) not in known
        }
        done = held.last - held.first + 1 - len(wanted)
        with closing(read_pages(wanted, self._parsers, folder)) as reading:
            for number, outcome in reading:
                check(done)
                self._put(shared, number, outcome, folder)
                done += 1

    def _put(self, shared: Shared, number: int, outcome: PageOrLoss, folder: Path) -> None:
        packed = folder / f"packed-{number}"
        pack(outcome, packed)
        with packed.open("rb") as data:
            self._store.put(keys.read_pages(shared.key_folder, number), data, "application/zip")
        packed.unlink()

    def _gather(self, shared: Shared, folder: Path) -> dict[int, PageOrLoss]:
        """The pages by their number in the submission; one whose object is gone is left out."""
        found = {}
        for number in range(1, shared.pages + 1):
            packed = folder / f"packed-{number}"
            try:
                self._store.fetch(keys.read_pages(shared.key_folder, number), packed)
            except NotFound:  # read by another version of hoso, or swept away: it is read once more
                continue
            found[number] = unpack(packed, folder / f"page-{number}")
            packed.unlink()
        return found

    def _give_back(self, held: PageRange) -> None:
        try:
            self._ranges.release(held)
        except ServiceUnavailable as error:  # it is another's already, or will be when its lease is over
            _LOG.warning("pages %d-%d of %s not given back: %s", held.first, held.last, held.submission_id, error.code)


def ranges_of(pages: int, range_pages: int) -> list[tuple[int, int]]:
    """So many pages in ranges (first, last) of at most `range_pages`."""
    return [(first, min(first + range_pages - 1, pages)) for first in range(1, pages + 1, range_pages)]
