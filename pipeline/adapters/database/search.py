"""Finding papers by words and numbers, in the full-text index of either database."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    cast,
    column,
    literal,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from pipeline.adapters.database.connections import Connections
from pipeline.adapters.database.filing import summary
from pipeline.adapters.database.papers import known_papers
from pipeline.adapters.database.people import find_citizen, number_key
from pipeline.adapters.database.tables import paper_pages, paper_people, papers, search_rows
from pipeline.vietnamese import Token, nfc, search_tokens
from schemas.people import Citizen
from schemas.search import Hit, SearchPage

NEWEST_ROWS = 8_000
"""PostgreSQL's full-text index gives all rows that match before the newest of them are known. So what one row in four
hundred holds is looked for among this many of an office's newest rows first; what is rarer the index gives at once."""
_ROWS_A_PAPER = 4
"""How many rows the index is asked for at first, for each paper that is wanted."""
PASSAGE_WORDS = 25
_WORDS_BEFORE = 5

_sqlite_index = table("search_index", column("rowid"), column("search_index"))

_SHORTEST_BEGINNING = 2
_NUMBER = re.compile(r"[A-Z]{0,2}[0-9]{7,13}")
"""What may be a number of the register: personal, CMND, tax code or passport."""


class Unit(NamedTuple):
    """One token, or several that must follow each other; `open_end`: the last may be the beginning of a longer word."""

    tokens: tuple[Token, ...]
    open_end: bool = False

    def keys(self, *, exact: bool) -> tuple[str, ...]:
        """What is compared: with marks or without."""
        return tuple(token.exact if exact else token.folded for token in self.tokens)

    def places(self, keys: list[str], *, exact: bool) -> list[int]:
        """Where a text with these keys holds the unit."""
        wanted = self.keys(exact=exact)
        if len(wanted) == 1 and self.open_end:
            return [at for at, key in enumerate(keys) if key.startswith(wanted[0])]
        starts = [at for at, key in enumerate(keys) if key == wanted[0]]
        return [at for at in starts if self._stands_at(keys, at, wanted)]

    def _stands_at(self, keys: list[str], at: int, wanted: tuple[str, ...]) -> bool:
        found = tuple(keys[at : at + len(wanted)])
        if self.open_end and len(found) == len(wanted):
            found = (*found[:-1], found[-1][: len(wanted[-1])])
        return found == wanted


class _Match(NamedTuple):
    """A paper that matches; `page` is the first of its pages that does, None where only its fields or owner do."""

    document_id: str
    page: int | None
    exact: bool


class _Found(NamedTuple):
    """What the index tells of a paper that matches."""

    filed_at: datetime
    document_id: str
    page: int | None


class SearchIndex:
    """The port Search."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def search(self, office_id: str, words: str, limit: int) -> SearchPage:
        """See Search. `page` of a hit counts the paper's own pages from 1."""
        units = query_units(words)
        if not units:
            return SearchPage(hits=(), more=False)
        with self._connections.reading() as connection:
            matches = _matches(connection, office_id, words, units, limit + 1)
            hits = _hits(connection, office_id, matches[:limit], units)
        return SearchPage(hits=hits, more=len(matches) > limit)


def query_units(words: str) -> tuple[Unit, ...]:
    """What must be found: each word; the parts of a number or code such as `716/2018` together, in their order.

    The last word may still be being typed: unless it is a code, or white space follows, its beginning is enough.
    """
    units: list[Unit] = []
    for chunk in nfc(words).split():
        tokens = search_tokens(chunk)
        is_code = any(character.isdigit() for character in chunk)
        units += [Unit(tokens)] if is_code and tokens else [Unit((token,)) for token in tokens]
    if units and not words[-1].isspace():
        last = "".join(units[-1].keys(exact=True))
        if last.isalpha() and len(last) >= _SHORTEST_BEGINNING:
            units[-1] = Unit(units[-1].tokens, open_end=True)
    return tuple(dict.fromkeys(units))


def newest_query(office_id: str, units: tuple[Unit, ...], *, exact: bool) -> Select[tuple[str, datetime, int]]:
    """For PostgreSQL: which of the office's `NEWEST_ROWS` hold all `units`: document_id, filed_at, page."""
    rows = search_rows.c
    order = (rows.filed_at.desc(), rows.document_id.desc(), rows.page.desc())
    newest = select(search_rows).where(rows.office_id == office_id).order_by(*order).limit(NEWEST_ROWS).subquery()
    found = newest.c
    return (
        select(found.document_id, found.filed_at, found.page)
        .where(_vector_matches(found.exact if exact else found.folded, units, exact=exact))
        .order_by(found.filed_at.desc(), found.document_id.desc(), found.page)
    )


def match_query(
    connection: Connection, office_id: str, units: tuple[Unit, ...], *, exact: bool
) -> Select[tuple[str, datetime, int]]:
    """Every search row of the office that holds all `units`, newest first: document_id, filed_at, page.

    SQLite's index gives rows in the order they were filed in, the newest at once; PostgreSQL sorts by time.
    """
    rows = search_rows.c
    query = select(rows.document_id, rows.filed_at, rows.page)
    if connection.dialect.name == "postgresql":
        holds = _vector_matches(rows.exact if exact else rows.folded, units, exact=exact)
        # Materialised, so that a limit does not lead to reading rows in order of time until enough of them match.
        all_found = query.where(rows.office_id == office_id, holds).cte("all_found").prefix_with("MATERIALIZED")
        found = all_found.c
        return select(found.document_id, found.filed_at, found.page).order_by(
            found.filed_at.desc(), found.document_id.desc(), found.page
        )
    name = "exact" if exact else "folded"
    return (
        query.join_from(search_rows, _sqlite_index, _sqlite_index.c.rowid == rows.id)
        .where(
            # An expression, so that no index over offices leads: it would ask the full-text index about row after row.
            rows.office_id.concat("") == office_id,
            _fts5_matches(f"{{{name}}} : ({_fts5_query(units, exact=exact)})"),
        )
        .order_by(_sqlite_index.c.rowid.desc())
    )


def _vector_matches(
    tokens: ColumnElement[Sequence[str]], units: tuple[Unit, ...], *, exact: bool
) -> ColumnElement[bool]:
    return tokens.bool_op("@@")(cast(literal(_tsquery(units, exact=exact)), TSQUERY))


def _fts5_matches(query: str) -> ColumnElement[bool]:
    return _sqlite_index.c.search_index.bool_op("MATCH")(query)


def _fts5_query(units: tuple[Unit, ...], *, exact: bool) -> str:
    """Tokens hold letters, digits and combining marks only, so quotes keep all of FTS5's syntax out."""
    return " AND ".join(f'"{" ".join(unit.keys(exact=exact))}"' + (" *" if unit.open_end else "") for unit in units)


def _tsquery(units: tuple[Unit, ...], *, exact: bool) -> str:
    """As `_fts5_query`, for PostgreSQL: `<->` is "directly followed by", `:*` "beginning with"."""
    return " & ".join(
        "(" + " <-> ".join(f"'{key}'" for key in unit.keys(exact=exact)) + (":*" if unit.open_end else "") + ")"
        for unit in units
    )


def _matches(connection: Connection, office_id: str, words: str, units: tuple[Unit, ...], wanted: int) -> list[_Match]:
    """The first so many papers: those where the marks match too, then the others, newest first within each."""
    exact = _found(connection, office_id, units, wanted, exact=True)
    first = [_Match(*entry[1:], exact=True) for entry in _with_owned(connection, office_id, words, exact, wanted)]
    if len(first) >= wanted:
        return first
    # Every exact match is a folded one too, so this many leave enough when those are taken out.
    folded = _found(connection, office_id, units, wanted + len(first), exact=False)
    known = {match.document_id for match in first}
    others = [_Match(*entry[1:], exact=False) for entry in folded if entry.document_id not in known]
    return [*first, *others][:wanted]


def _found(
    connection: Connection, office_id: str, units: tuple[Unit, ...], wanted: int, *, exact: bool
) -> list[_Found]:
    """The newest papers that hold all units: so many, or all there are."""
    query = match_query(connection, office_id, units, exact=exact)
    if connection.dialect.name == "postgresql":
        newest = _by_paper(connection.execute(newest_query(office_id, units, exact=exact)))
        if len(newest) >= wanted:
            return newest
    limit = wanted * _ROWS_A_PAPER
    while True:
        rows = connection.execute(query.limit(limit)).all()
        found = _by_paper(rows)
        if len(found) >= wanted or len(rows) < limit:
            return sorted(found, key=lambda entry: entry[:2], reverse=True)
        limit *= _ROWS_A_PAPER


def _by_paper(rows: Iterable[Row[tuple[str, datetime, int]]]) -> list[_Found]:
    """One entry a paper, in the order of the rows, with the first of its pages; page 0, its fields, is none."""
    found: dict[str, _Found] = {}
    for document_id, filed_at, page in rows:
        known = found.get(document_id)
        if known is None or known.page is None or 0 < page < known.page:
            found[document_id] = _Found(filed_at, document_id, page or None)
    return list(found.values())


def _with_owned(connection: Connection, office_id: str, words: str, found: list[_Found], wanted: int) -> list[_Found]:
    """What was found with the papers of the citizen whose number `words` is; newest first."""
    number = number_key(words)
    citizen = find_citizen(connection, office_id, number) if _NUMBER.fullmatch(number) else None
    if citizen is None:
        return found[:wanted]
    entries = {entry.document_id: entry for entry in found}
    for row in connection.execute(_papers_of(office_id, citizen).limit(wanted)):
        entries.setdefault(row.document_id, _Found(row.filed_at, row.document_id, None))
    return sorted(entries.values(), key=lambda entry: entry[:2], reverse=True)[:wanted]


def _papers_of(office_id: str, citizen: Citizen) -> Select[tuple[str, datetime]]:
    owned = select(paper_people.c.document_id).where(
        paper_people.c.office_id == office_id,
        paper_people.c.citizen_id.in_((citizen.citizen_id, *citizen.merged_ids)),
        paper_people.c.link == "filed",
    )
    return (
        select(papers.c.document_id, papers.c.filed_at)
        .where(papers.c.office_id == office_id, papers.c.document_id.in_(owned))
        .order_by(papers.c.filed_at.desc(), papers.c.document_id.desc())
    )


def _hits(connection: Connection, office_id: str, matches: list[_Match], units: tuple[Unit, ...]) -> tuple[Hit, ...]:
    found = known_papers(connection, office_id, [match.document_id for match in matches])
    texts = _texts(connection, office_id, matches)
    hits = []
    for match in matches:
        paper = found[match.document_id]
        text = summary(paper) if match.page is None else texts[match.document_id, match.page]
        hit = Hit(
            document_id=match.document_id,
            type=paper.type,
            state=paper.state,
            names=tuple(person.name for person in paper.people if person.name),
            page=match.page,
            passage=passage(text, units, exact=match.exact),
            exact=match.exact,
        )
        hits.append(hit)
    return tuple(hits)


def _texts(connection: Connection, office_id: str, matches: list[_Match]) -> dict[tuple[str, int], str]:
    """The pages that match, and at times others of these papers.

    Asked for as pairs of paper and page SQLite would find them by no index but the office's, which is all there is.
    """
    query = select(paper_pages.c.document_id, paper_pages.c.page, paper_pages.c.kept_text).where(
        paper_pages.c.office_id == office_id,
        paper_pages.c.document_id.in_({match.document_id for match in matches if match.page is not None}),
        paper_pages.c.page.in_({match.page for match in matches if match.page is not None}),
    )
    return {(row.document_id, row.page): row.kept_text for row in connection.execute(query)}


def passage(text: str, units: tuple[Unit, ...], *, exact: bool) -> str:
    """About `PASSAGE_WORDS` words of `text` as they stand there, around the first place that holds most of `units`.

    White space is made single; without any match these are the text's first words.
    """
    tokens = search_tokens(text)
    keys = [token.exact if exact else token.folded for token in tokens]
    places: list[tuple[int, Unit]] = []
    for unit in units:
        places += [(at, unit) for at in unit.places(keys, exact=exact)]
    places.sort(key=lambda place: place[0])

    def units_from(number: int) -> int:
        last = places[number][0] + PASSAGE_WORDS - _WORDS_BEFORE
        end = bisect_left(places, last, key=lambda place: place[0])
        return len({unit for _, unit in places[number:end]})

    first = places[max(range(len(places)), key=units_from)][0] if places else 0
    shown = tokens[max(0, first - _WORDS_BEFORE) :][:PASSAGE_WORDS]
    return " ".join(nfc(text)[shown[0].start : shown[-1].end].split()) if shown else ""
