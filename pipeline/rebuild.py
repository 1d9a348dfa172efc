"""Makes the database anew from the store alone, with the same answers.

In the store lie the records of submissions, papers, dossiers and the register, the codes that were given, and what
people decided. Not in the store, and so not made anew: accounts, sessions, tokens and webhooks, visits and calls, the
times that answers took, and what a paper was before an answer of today. A backup keeps them. The log of who looked at
what is not touched; `pipeline/audit/returning.py` takes its closed days out of the store where it lost them.
The marks of what is no longer valid or is due to go are made again by the next night's run.
"""

import logging
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from pydantic import ValidationError

from pipeline.bulk import fetch_each
from pipeline.errors import Misconfigured
from pipeline.ports import ObjectStore
from pipeline.record_ports import Record, Records, Restoring
from pipeline.recording import catch_up
from schemas.base import Value
from schemas.decided import Decided
from schemas.decisions import read_decision
from schemas.dossier import PaperRecord, Submission
from schemas.records import CodeRecord, DossierRecord, RegisterEntry

log = logging.getLogger("hoso")

_BATCH = 100
"""Records written in one transaction."""
PAPER_KEY = re.compile(r"(?P<folder>(?P<area>archive|intake)/[^/]+/[^/]+)/(?P<pages>[^/]+)\.v(?P<version>\d+)\.json")
"""The key of a paper's record."""
OnRebuilt = Callable[[str, int], None]
"""Called with what is being made anew, and how many of it have been."""
_V = TypeVar("_V", bound=Value)
_T = TypeVar("_T")


class RebuildReport(Value):
    """How many of each were made anew; `left_out` are the keys of objects that are altered or cannot be read."""

    submissions: int = 0
    citizens: int = 0
    dossiers: int = 0
    papers: int = 0
    codes: int = 0
    decisions: int = 0
    left_out: tuple[str, ...] = ()


def rebuild(
    store: ObjectStore, records: Records, restoring: Restoring, on_rebuilt: OnRebuilt, *, replace: bool
) -> RebuildReport:
    """Make all rows anew that can be. Nothing else may write meanwhile; one that was interrupted is begun again.

    Args:
        store: holds everything.
        records: what has changed in rows that are to be replaced is recorded first.
        restoring: makes the rows.
        on_rebuilt: is told how far it is.
        replace: remove the rows that are there.

    Raises:
        Misconfigured: (database_not_empty) there are rows, and they are not to be replaced.
        ServiceUnavailable: store_away, database_away.
    """
    if not restoring.is_under_way() and not restoring.is_empty():
        if not replace:
            raise Misconfigured("database_not_empty")
        catch_up(store, records, None)
    restoring.begin()
    report = _Rebuilding(store, restoring, on_rebuilt).run()
    restoring.end()
    return report


class _Rebuilding:
    """One rebuild."""

    def __init__(self, store: ObjectStore, restoring: Restoring, on_rebuilt: OnRebuilt) -> None:
        self._store, self._restoring, self._on_rebuilt = store, restoring, on_rebuilt
        self._left_out: list[str] = []

    def run(self) -> RebuildReport:
        """All of it, what others refer to first."""
        submissions = self._write("submissions", self._read("submissions/", Submission.model_validate_json))
        citizens = self._register()
        dossiers = self._write("dossiers", self._dossiers())
        papers = self._papers()
        self._write("dossiers", self._dossiers())  # now with their papers
        return RebuildReport(
            submissions=submissions,
            citizens=citizens,
            dossiers=dossiers,
            papers=papers,
            codes=self._write("codes", self._read("codes/", CodeRecord.model_validate_json)),
            decisions=self._write("decisions", self._decisions()),
            left_out=tuple(sorted(set(self._left_out))),
        )

    def _register(self) -> int:
        merged: list[RegisterEntry] = []

        def entries() -> Iterator[RegisterEntry]:
            for entry in self._read("register/", RegisterEntry.model_validate_json):
                if entry.merged_into is not None:
                    merged.append(entry)
                yield entry

        written = self._write("citizens", entries())
        for batch in _batches(merged):
            self._restoring.restore(batch)  # whom they were merged into is there by now
        return written

    def _dossiers(self) -> Iterator[DossierRecord]:
        return self._read("dossiers/", DossierRecord.model_validate_json)

    def _decisions(self) -> Iterator[Decided]:
        """Those whose rows were written; what was not yet is applied by the next sweep."""
        unapplied = {stored.key.rpartition("/")[2] for stored in self._store.find("unapplied/")}
        keys = (stored.key for stored in self._store.find("decisions/"))
        return self._parsed(
            (key for key in keys if key.rpartition("/")[2] not in unapplied), read_decision.validate_json
        )

    def _papers(self) -> int:
        """In the order in which they were filed: so they are found, and so owners came onto the register."""
        keys = (one.key for area in ("archive/", "intake/") for one in self._store.find(area))
        with TemporaryDirectory(prefix="hoso-rebuild-") as folder:
            newest = _NewestRecords(Path(folder) / "papers")
            for fetched in fetch_each(self._store, (key for key in keys if PAPER_KEY.fullmatch(key)), wanted=".json"):
                record = self._parse(fetched.key, fetched.data, PaperRecord.model_validate_json)
                if record is not None:
                    newest.add(fetched.key, record)
            return self._write("papers", newest.in_order())

    # -- reading and writing ------------------------------------------------------------------------------------------

    def _read(self, prefix: str, parse: Callable[[bytes], _V]) -> Iterator[_V]:
        return self._parsed((stored.key for stored in self._store.find(prefix)), parse)

    def _parsed(self, keys: Iterable[str], parse: Callable[[bytes], _T]) -> Iterator[_T]:
        for fetched in fetch_each(self._store, keys, wanted=".json"):
            record = self._parse(fetched.key, fetched.data, parse)
            if record is not None:
                yield record

    def _parse(self, key: str, data: bytes | None, parse: Callable[[bytes], _T]) -> _T | None:
        try:
            if data is not None:
                return parse(data)
        except ValidationError:
            log.warning("rebuild: no record %s", key)
        self._left_out.append(key)
        return None

    def _write(self, kind: str, records: Iterable[Record | Decided]) -> int:
        written = 0
        for batch in _batches(records):
            written += self._restoring.restore(batch)
            self._on_rebuilt(kind, written)
        return written


class _NewestRecords:
    """The newest record of each paper, on disk.

    A paper may have several: an older version of hoso has left its own, or one is left in intake.
    """

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path)
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute("CREATE TABLE papers (id TEXT PRIMARY KEY, rank INTEGER, filed_us INTEGER, record TEXT)")

    def add(self, key: str, record: PaperRecord) -> None:
        """Keep a record, unless there is a newer one of its paper."""
        parts = PAPER_KEY.fullmatch(key)
        rank = 2 * int(parts["version"] if parts else 0) + (parts is not None and parts["area"] == "archive")
        filed_us = int(record.paper.filed_at.timestamp() * 1_000_000)
        self._file.execute(
            "INSERT INTO papers VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET rank = excluded.rank,"
            " filed_us = excluded.filed_us, record = excluded.record WHERE excluded.rank > rank",
            (
                f"{record.paper.actor.office_id}/{record.paper.document_id}",
                rank,
                filed_us,
                record.model_dump_json(),
            ),
        )

    def in_order(self) -> Iterator[PaperRecord]:
        """All of them, in the order they were filed."""
        for (text,) in self._file.execute("SELECT record FROM papers ORDER BY filed_us, id"):
            yield PaperRecord.model_validate_json(text)


def _batches(records: Iterable[_T]) -> Iterator[list[_T]]:
    waiting = iter(records)
    while batch := list(islice(waiting, _BATCH)):
        yield batch
