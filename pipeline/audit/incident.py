"""What somebody may have seen or taken away in a time: for the reports that the law asks for after an incident.

Personal data by nature: it names citizens and their papers. It goes into files of our own user, nowhere else.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from pipeline.audit.stretch import entries_between
from pipeline.errors import NotFound
from pipeline.table_ports import Tables
from schemas.access import Access, LoggedAccess
from schemas.base import Value
from schemas.catalog import Catalogue
from schemas.dossier import Paper

DataKind = Literal["health", "judicial", "identity_card", "basic", "unknown"]
"""What kind of personal data a paper holds: sensitive ones as NĐ 356/2025/NĐ-CP, Điều 4 names them, else basic
(Điều 3); `unknown` where the paper is gone or none was looked at."""
TAKEN: frozenset[Access] = frozenset({"download", "export", "print", "backup"})
"""By these something left hoso; all others only showed it."""
_OF_PEOPLE: frozenset[Access] = frozenset({"open_citizen", "search", "look", "look_sensitive", "prefill", "look_up"})
_REMEMBERED = 2_000
"""Entries read, and papers kept in memory, at once."""


class Asked(NamedTuple):
    """Which entries are wanted: noted from `since` until before `until`; empty collections ask for nothing."""

    office_id: str
    since: datetime
    until: datetime
    logins: Collection[str] = ()
    citizens: Collection[str] = ()


class IncidentRow(Value):
    """One access to one citizen's paper. `citizen` and `number` are as the paper names its owner."""

    entry: int
    at: datetime
    login: str
    officer: str
    access: str
    taken: bool
    purpose: str
    document_id: str
    paper: str
    data: DataKind
    citizen_id: str
    citizen: str
    number: str


class IncidentCounts(Value):
    """How much was seen: papers and citizens by kind of data, entries by login and by what was done."""

    entries: int
    papers: int
    citizens: int
    taken: int
    papers_by_kind: dict[DataKind, int]
    citizens_by_kind: dict[DataKind, int]
    entries_by_login: dict[str, int]
    entries_by_access: dict[str, int]


class Incident:
    """Reads an office's log for the reports of an incident."""

    def __init__(self, tables: Tables, catalogue: Catalogue, asked: Asked) -> None:
        self._tables, self._catalogue, self._asked = tables, catalogue, asked
        self._officers = {one.login: one.name for one in tables.accounts.of_office(asked.office_id)}
        self._papers: dict[str, Paper | None] = {}
        self._wanted_papers = {
            paper.document_id for one in asked.citizens for paper in tables.papers.of_citizen(asked.office_id, one)
        }

    def rows(self) -> Iterator[IncidentRow]:
        """One row an access and citizen, oldest first. Raises: ServiceUnavailable (database_away)."""
        for logged in self._entries():
            entry = logged.entry
            paper = self._paper(entry.document_id) if entry.document_id else None
            owners = [(one.citizen_id, one.name, one.number) for one in paper.people] if paper else []
            if not owners:
                owners = [self._citizen(entry.citizen_id)]
            for citizen_id, name, number in owners:
                yield self._row(logged, paper, (citizen_id or entry.citizen_id or "", name or "", number or ""))

    def _entries(self) -> Iterator[LoggedAccess]:
        trail, asked = self._tables.audit, self._asked
        after = trail.before_first(asked.office_id, asked.since)
        last = trail.last_before(asked.office_id, after, asked.until)
        yield from filter(self._is_wanted, entries_between(trail, asked.office_id, after, last))

    def _is_wanted(self, logged: LoggedAccess) -> bool:
        entry, asked = logged.entry, self._asked
        concerns = entry.access in TAKEN or entry.access in _OF_PEOPLE or entry.document_id or entry.citizen_id
        in_time = asked.since <= entry.at < asked.until
        by_them = not asked.logins or entry.actor.actor_id in asked.logins
        of_them = entry.citizen_id in asked.citizens or entry.document_id in self._wanted_papers
        # What takes everything away takes theirs, too.
        of_them = of_them or not asked.citizens or entry.access == "backup"
        return bool(concerns) and in_time and by_them and of_them

    def _row(self, logged: LoggedAccess, paper: Paper | None, owner: tuple[str, str, str]) -> IncidentRow:
        entry, (citizen_id, name, number) = logged.entry, owner
        login = entry.actor.actor_id
        return IncidentRow(
            entry=logged.number,
            at=entry.at,
            login=login,
            officer=self._officers.get(login, login),
            access=entry.access,
            taken=entry.access in TAKEN,
            purpose=entry.purpose or "",
            document_id=entry.document_id or "",
            paper=self._catalogue.title(paper.type) if paper else "",
            data=self._kind(paper),
            citizen_id=citizen_id,
            citizen=name,
            number=number,
        )

    def _kind(self, paper: Paper | None) -> DataKind:
        kind = self._catalogue.types.get(paper.type) if paper else None
        if kind is None:
            return "unknown"
        if kind.sensitive is not None:
            return kind.sensitive.kind
        return "identity_card" if kind.keeping.rule == "fields_only" else "basic"

    def _citizen(self, citizen_id: str | None) -> tuple[str | None, str | None, str | None]:
        found = self._tables.people.by_id(self._asked.office_id, citizen_id) if citizen_id else None
        return (citizen_id, found.name, found.personal_id or found.tax_code) if found else (citizen_id, None, None)

    def _paper(self, document_id: str) -> Paper | None:
        if document_id not in self._papers:
            if len(self._papers) >= _REMEMBERED:
                self._papers.clear()
            try:
                self._papers[document_id] = self._tables.papers.get(self._asked.office_id, document_id)
            except NotFound:
                self._papers[document_id] = None
        return self._papers[document_id]


class Tally:
    """Counts rows as they pass."""

    def __init__(self) -> None:
        self._papers: dict[DataKind, set[str]] = {}
        self._citizens: dict[DataKind, set[str]] = {}
        self._entries: dict[int, tuple[str, str, bool]] = {}

    def add(self, row: IncidentRow) -> None:
        """Count one row."""
        self._entries[row.entry] = (row.login, row.access, row.taken)
        if row.document_id:
            self._papers.setdefault(row.data, set()).add(row.document_id)
        whose = row.number or row.citizen_id or row.citizen
        if whose:
            self._citizens.setdefault(row.data, set()).add(whose)

    def counts(self) -> IncidentCounts:
        """What was counted."""
        done = self._entries.values()
        return IncidentCounts(
            entries=len(self._entries),
            papers=len(set().union(*self._papers.values())),
            citizens=len(set().union(*self._citizens.values())),
            taken=sum(taken for _, _, taken in done),
            papers_by_kind={kind: len(ids) for kind, ids in self._papers.items()},
            citizens_by_kind={kind: len(ids) for kind, ids in self._citizens.items()},
            entries_by_login=dict(Counter(login for login, _, _ in done)),
            entries_by_access=dict(Counter(access for _, access, _ in done)),
        )
