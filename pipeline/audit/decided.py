"""Decisions that an office's log names: each lies in the store as it was, unless it went with its paper.

What a destruction took along stands in its own decision (`Destroy`), which stays, and whose hash the log holds as well:
so nobody explains a decision away that he has removed. The decision that a paper is secret (`wipes`) stays in the same
way. What came too late for the list of either was dropped with the paper (`pipeline/resume.py`): it is known by its
number in the log, above the newest when listing began. What lay in the store before must stand in the list.
"""

import re
from collections.abc import Sequence

from pydantic import ValidationError

from pipeline import keys
from pipeline.audit.found import Found
from pipeline.bulk import Fetched, fetch_each
from pipeline.ports import ObjectStore
from schemas.access import LoggedAccess
from schemas.decisions import SetSecrecy, SetType, Wiping, read_decision, wipes
from schemas.destruction import Certificate, Destroy, DestroyedObject, Listed

_NAMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9-]+")
"""`<subject>/<decision>`; what somebody has spoilt may be anything."""
_TAKE_ALONG = (b'"kind":"destroy"', b'"kind":"set_secrecy"', b'"wiping":{')


class DecidedThings:
    """Compares decisions with what the log says of them."""

    def __init__(self, office_id: str, store: ObjectStore, found: Found) -> None:
        """Args: found: gathers what is wrong."""
        self._office_id, self._store, self._found = office_id, store, found
        self._missing: dict[str, LoggedAccess] = {}
        self._late: dict[str, int] = {}
        """Papers of which nothing may be known, and behind which entry what was decided about them is in no list."""

    def check(self, batch: Sequence[LoggedAccess]) -> None:
        """Compare the decisions that these entries name, in the order of the log.

        Raises: ServiceUnavailable (store_away).
        """
        decided: dict[str, LoggedAccess] = {}
        for logged in batch:
            if logged.entry.access == "decide" and _NAMED.fullmatch(logged.entry.subject_id or ""):
                # A crash may have had it noted twice; the first entry is the one that nobody could foresee.
                decided.setdefault(keys.decision_named(self._office_id, logged.entry.subject_id or ""), logged)
        for fetched in fetch_each(self._store, decided, wanted=".json"):
            self._compare(fetched, decided[fetched.key])

    def _compare(self, fetched: Fetched, logged: LoggedAccess) -> None:
        if fetched.altered or (fetched.stored and fetched.stored.sha256 != logged.entry.object_sha256):
            self._found.entries("decision_altered", logged.number, logged.number)
        elif fetched.stored is None:
            self._missing.setdefault(fetched.key, logged)
        elif fetched.data is not None and any(mark in fetched.data for mark in _TAKE_ALONG):
            # It stands behind all that it took along: it was decided after them.
            self._follow(fetched.data, logged.number)

    def _follow(self, data: bytes, number: int) -> None:
        try:
            decision = read_decision.validate_json(data)
        except ValidationError:
            return
        going: Destroy | Wiping | None = None
        if isinstance(decision, Destroy):
            going = decision
        elif isinstance(decision, SetSecrecy | SetType) and wipes(decision):
            going = decision.wiping or Wiping()
        if going is not None:
            self._explain(going.objects)
            listed = going.listed or Listed(papers=(decision.subject_id,), entry=number)
            for document_id in listed.papers:
                self._late.setdefault(document_id, listed.entry)

    def note_missing(self, *, some_lost: bool) -> None:
        """Note the decisions that are gone though nothing tells of their destruction. Raises: ServiceUnavailable.

        Args:
            some_lost: entries were lost before the database was brought back, and with them perhaps those of
                destructions: then certificates count as well.

        """
        if some_lost and self._missing:
            for stored in self._store.find(keys.destruction(self._office_id)):
                self._explain(self._certified(stored.key))
        for logged in self._missing.values():
            if logged.number <= self._late.get(logged.entry.document_id or "", logged.number):
                self._found.entries("decision_missing", logged.number, logged.number)

    def _explain(self, destroyed: Sequence[DestroyedObject]) -> None:
        for one in destroyed:
            logged = self._missing.get(one.key)
            if logged is not None and logged.entry.object_sha256 == one.sha256:
                del self._missing[one.key]

    def _certified(self, key: str) -> Sequence[DestroyedObject]:
        (fetched,) = fetch_each(self._store, [key], wanted=".json")
        try:
            certificate = Certificate.model_validate_json(fetched.data or b"")
        except ValidationError:  # altered: `hoso verify` says so
            return ()
        return [one for paper in certificate.papers for one in paper.objects]
