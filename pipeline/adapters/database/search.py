"""Finding papers by words, numbers and filters, in the full-text index of either database."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from pipeline.adapters.database.connections import Connections
from pipeline.adapters.database.indexing import summary
from pipeline.adapters.database.papers import known_papers
from pipeline.adapters.database.people import find_citizen, number_key
from pipeline.adapters.database.search_statements import (
    Place,
    asked_of,
    match_among,
    match_query,
    newest_query,
    owned_query,
    place_of,
)
from pipeline.adapters.database.tables import paper_pages
from pipeline.errors import ScanRejected
from pipeline.search_words import Unit, passage, query_units
from schemas.dossier import Paper
from schemas.people import Citizen
from schemas.search import Hit, SearchPage, SearchQuery

_ROWS_A_PAPER = 4
"""How many rows the index is asked for at first, for each paper that is wanted."""
_NUMBER = re.compile(r"[A-Z]{0,2}[0-9]{7,13}")
"""What may be a number of the register: personal, CMND, tax code or passport."""


class _Found(NamedTuple):
    """A paper that matches; `page` is the first of its pages that does, None where only its fields or owner do."""

    place: Place
    office_id: str
    document_id: str
    page: int | None

    @property
    def key(self) -> tuple[str, str]:
        """Names the paper."""
        return self.office_id, self.document_id


class _Match(NamedTuple):
    found: _Found
    exact: bool


class SearchIndex:
    """The port Search."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def search(self, query: SearchQuery) -> SearchPage:
        """See Search."""
        units = query_units(query.words)
        asks = bool(units) if query.words.strip() else query.has_filter
        if not asks or not query.offices:
            return SearchPage(hits=())
        with self._connections.reading() as connection:
            matches = _Looking(connection, query, units).matches(query.limit + 1)
            hits = _hits(connection, matches[: query.limit], units)
        more = len(matches) > query.limit
        return SearchPage(hits=hits, next=_cursor(matches[query.limit - 1]) if more else None)


class _Looking:
    """One search on one connection: those papers first whose marks match too, the newest first within each."""

    def __init__(self, connection: Connection, query: SearchQuery, units: tuple[Unit, ...]) -> None:
        self._connection = connection
        self._asked = asked_of(query, units)
        self._on_postgresql = connection.dialect.name == "postgresql"
        self._after = _behind(query.after, on_postgresql=self._on_postgresql) if query.after else None
        self._citizens = _citizens(connection, query)

    def matches(self, wanted: int) -> list[_Match]:
        """The first so many papers after the cursor."""
        first: list[_Match] = []
        if self._after is None or self._after.exact:
            first = [_Match(found, exact=True) for found in self._exact(wanted)]
        # What holds a number holds it with all its marks.
        if len(first) >= wanted or self._citizens or not self._asked.units:
            return first
        return first + [_Match(found, exact=False) for found in self._others(wanted - len(first), first)]

    def _exact(self, wanted: int) -> list[_Found]:
        after = self._after.place if self._after else None
        found = {one.key: one for one in self._found(wanted, exact=True, after=after)}
        for office_id, citizen in self._citizens:
            query = owned_query(self._connection, self._asked, office_id, citizen, after).limit(wanted)
            for row in self._connection.execute(query):
                owned = _Found(place_of(self._connection, row), row.office_id, row.document_id, None)
                found.setdefault(owned.key, owned)
        return sorted(found.values(), key=lambda one: one.place, reverse=True)[:wanted]

    def _others(self, wanted: int, first: Sequence[_Match]) -> list[_Found]:
        """Papers that match without their marks only; `first`: those that match with them, after the cursor."""
        known = {match.found.key for match in first}
        begun = self._after is not None and not self._after.exact
        after = self._after.place if self._after and begun else None
        count = wanted + len(first)
        while True:
            found = self._found(count, exact=False, after=after)
            shown = self._exact_among(found) if self._after else known
            rest = [one for one in found if one.key not in shown]
            if len(rest) >= wanted or len(found) < count:
                return rest[:wanted]
            count *= 2

    def _exact_among(self, found: Sequence[_Found]) -> set[tuple[str, str]]:
        """Which of these papers have been shown on the pages before, since their marks match too."""
        if not found:
            return set()
        ids = [one.document_id for one in found]
        rows = self._connection.execute(
            match_among(self._connection, self._asked, ids, min(one.place for one in found))
        )
        return {(row.office_id, row.document_id) for row in rows}

    def _found(self, wanted: int, *, exact: bool, after: Place | None) -> list[_Found]:
        """The newest papers that match after a place: at least so many, or all there are."""
        if self._on_postgresql:
            newest = self._by_paper(self._connection.execute(newest_query(self._asked, exact=exact, after=after)))
            if len(newest) >= wanted:
                return newest
        query = match_query(self._connection, self._asked, exact=exact, after=after)
        limit = wanted * _ROWS_A_PAPER
        while True:
            rows = self._connection.execute(query.limit(limit)).all()
            found = self._by_paper(rows)
            if len(found) >= wanted or len(rows) < limit:
                return found
            limit *= _ROWS_A_PAPER

    def _by_paper(self, rows: Any) -> list[_Found]:
        """One entry a paper, in the order of the rows, with the first of its pages; page 0, its fields, is none."""
        found: dict[Place, _Found] = {}
        for row in rows:
            place = place_of(self._connection, row)
            known = found.get(place)
            if known is None or known.page is None or 0 < row.page < known.page:
                found[place] = _Found(place, row.office_id, row.document_id, row.page or None)
        return list(found.values())


def _citizens(connection: Connection, query: SearchQuery) -> list[tuple[str, Citizen]]:
    """Whose number the words are, in each office."""
    number = number_key(query.words)
    if not _NUMBER.fullmatch(number):
        return []
    found = ((office_id, find_citizen(connection, office_id, number)) for office_id in query.offices)
    return [(office_id, citizen) for office_id, citizen in found if citizen is not None]


class _Behind(NamedTuple):
    """Where a page of hits ended: among those whose marks match or the others, and the place of the last paper."""

    exact: bool
    place: Place


def _cursor(match: _Match) -> str:
    place = [value.isoformat() if isinstance(value, datetime) else value for value in match.found.place]
    return urlsafe_b64encode(json.dumps([match.exact, *place]).encode()).decode()


def _behind(cursor: str, *, on_postgresql: bool) -> _Behind:
    """What `_cursor` said. Raises: ScanRejected (bad_cursor)."""
    try:
        exact, *place = json.loads(urlsafe_b64decode(cursor.encode()))
        if on_postgresql:
            filed_at, document_id, office_id = place
            return _Behind(bool(exact), (datetime.fromisoformat(filed_at), str(document_id), str(office_id)))
        (first_id,) = place
        return _Behind(bool(exact), (int(first_id),))
    except (ValueError, TypeError):
        raise ScanRejected("bad_cursor") from None


def _hits(connection: Connection, matches: Sequence[_Match], units: tuple[Unit, ...]) -> tuple[Hit, ...]:
    papers: dict[tuple[str, str], Paper] = {}
    texts: dict[tuple[str, str, int | None], str] = {}
    for office_id in dict.fromkeys(match.found.office_id for match in matches):
        here = [match.found for match in matches if match.found.office_id == office_id]
        known = known_papers(connection, office_id, [found.document_id for found in here])
        papers |= {(office_id, document_id): paper for document_id, paper in known.items()}
        texts |= _texts(connection, office_id, here)
    hits = []
    for found, exact in matches:
        paper = papers[found.key]
        text = summary(paper) if found.page is None else texts[*found.key, found.page]
        hit = Hit(
            office_id=found.office_id,
            document_id=found.document_id,
            type=paper.type,
            state=paper.state,
            filed_at=paper.filed_at,
            names=tuple(person.name for person in paper.people if person.name),
            page=found.page,
            passage=passage(text, units, exact=exact),
            exact=exact,
        )
        hits.append(hit)
    return tuple(hits)


def _texts(connection: Connection, office_id: str, found: Iterable[_Found]) -> dict[tuple[str, str, int | None], str]:
    """The pages that match, and at times others of these papers.

    Asked for as pairs of paper and page SQLite would find them by no index but the office's, which is all there is.
    """
    shown = [one for one in found if one.page is not None]
    query = select(paper_pages.c.document_id, paper_pages.c.page, paper_pages.c.kept_text).where(
        paper_pages.c.office_id == office_id,
        paper_pages.c.document_id.in_({one.document_id for one in shown}),
        paper_pages.c.page.in_({one.page for one in shown}),
    )
    return {(office_id, row.document_id, row.page): row.kept_text for row in connection.execute(query)}
