"""A part of the store that is looked at in one go, and what was found in it."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from pipeline.archive import Archive
from pipeline.bulk import fetch_each
from pipeline.ports import StoredObject
from pipeline.recording import catch_up
from schemas.integrity import Finding, FindingKind

log = logging.getLogger("hoso")

AREAS = ("submissions", "register", "dossiers", "codes", "decisions", "intake", "archive", "destructions")
"""The folders of an office, in the order in which they are looked at: what others refer to first."""


class Part:
    """The objects of an office in one of `AREAS` whose names there begin with `prefix`, and the rows about them.

    Attributes:
        found: what was found wrong so far.
        objects: how many were compared with their hashes.
        size_bytes: of these.
        rows: how many were compared with the store.
    """

    def __init__(self, archive: Archive, office_id: str, place: tuple[str, str], *, repair: bool) -> None:
        """Args: place: area and prefix; repair: put right what can be."""
        self.archive, self.office_id, self.repair = archive, office_id, repair
        self.area, self.prefix = place
        self.found: list[Finding] = []
        self.objects = self.size_bytes = self.rows = 0

    @property
    def folder(self) -> str:
        """What the keys of its objects begin with."""
        return f"{self.area}/{self.office_id}/{self.prefix}"

    @property
    def place(self) -> str:
        """Where it stands among all parts; texts sort as the parts are looked at."""
        return f"{AREAS.index(self.area)}/{self.prefix}"

    def listed(self, prefix: str | None = None) -> dict[str, StoredObject]:
        """Its objects by key, or those of one folder."""
        return {stored.key: stored for stored in self.archive.store.find(prefix or self.folder)}

    def compared(self, names: Iterable[str]) -> dict[str, bytes]:
        """Compare objects with their hashes, note those that are altered, and return the bytes of records."""
        records: dict[str, bytes] = {}
        for fetched in fetch_each(self.archive.store, names, wanted=".json"):
            if fetched.stored is not None:
                self.objects += 1
                self.size_bytes += fetched.stored.size_bytes
            if fetched.data is not None:
                records[fetched.key] = fetched.data
            if fetched.altered:
                self.objects += 1
                self.note("object_altered", fetched.key)
        return records

    def fetched(self, key: str) -> bytes | None:
        """One record as it is now; None: it is not there, or altered."""
        return next(fetch_each(self.archive.store, [key], wanted=".json")).data

    def note(self, kind: FindingKind, key: str, mend: Callable[[], object] | None = None) -> None:
        """Note a finding, put right by `mend` where there is a way and it is wanted."""
        mended = mend is not None and self.repair
        if mend is not None and mended:
            mend()
        log.warning("verify %s %s repaired=%s", kind, key, mended)
        self.found.append(Finding(kind=kind, key=key, repaired=mended))

    def is_noted(self, key: str) -> bool:
        """Whether something was found about an object."""
        return any(finding.key == key for finding in self.found)

    def known_since(self, kind: FindingKind, key: str) -> datetime | None:
        """Since when a finding that was not put right has been known."""
        return self.archive.tables.checks.found_at(self.office_id, Finding(kind=kind, key=key))

    def record_changes(self) -> None:
        """Have records follow their rows, so that what differs then is wrong."""
        if self.repair:
            catch_up(self.archive.store, self.archive.tables.records, self.office_id)
