"""The questions that a search puts to the full-text index of either database."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Tuple,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from pipeline.adapters.database.search_marks import WHOLE_PAPER, wanted_marks
from pipeline.adapters.database.tables import paper_people, search_rows
from pipeline.local_time import VIETNAM
from pipeline.search_words import Unit
from schemas.people import Citizen
from schemas.search import SearchQuery

NEWEST_ROWS = 8_000
"""PostgreSQL's full-text index gives all rows that match before the newest of them are known. So what one row in four
hundred holds is looked for among this many of the newest rows first; what is rarer the index gives at once."""

_sqlite_index = table("search_index", column("rowid"), column("search_index"))

Place = tuple[Any, ...]
"""Where a paper stands among all, the newest greatest. SQLite's index gives rows in the order of their ids, so there it
is the id of the paper's page 0; else it is when the paper was filed, its id and its office's."""
RowQuery = Select[tuple[int, str, str, datetime, int]]
"""Gives id, office_id, document_id, filed_at and page of search rows."""


class Asked(NamedTuple):
    """A search as the index is asked: all `units`, any one mark of each group, in these offices.

    `since` and `until` are the first moment of the filter's days and the first after them; None is open.
    """

    offices: tuple[str, ...]
    units: tuple[Unit, ...]
    marks: tuple[tuple[str, ...], ...]
    since: datetime | None
    until: datetime | None


def asked_of(query: SearchQuery, units: tuple[Unit, ...]) -> Asked:
    """What a query asks of the index; without units, for the rows that tell what is known of papers."""
    marks = wanted_marks(query)
    first, last = query.filed_from, query.filed_until
    return Asked(
        offices=query.offices,
        units=units,
        marks=marks if units else ((WHOLE_PAPER,), *marks),
        since=datetime.combine(first, time(), VIETNAM) if first else None,
        until=datetime.combine(last + timedelta(days=1), time(), VIETNAM) if last else None,
    )


def place_of(connection: Connection, row: Any) -> Place:
    """The place of the paper of a row that `RowQuery` gave."""
    if connection.dialect.name == "sqlite":
        return (row.id - row.page,)
    return (row.filed_at, row.document_id, row.office_id)


def newest_query(asked: Asked, *, exact: bool, after: Place | None) -> RowQuery:
    """For PostgreSQL: which of the `NEWEST_ROWS` that come after a place are rows that were asked for, newest first."""
    parts = [_newest_of(asked, office_id, after) for office_id in asked.offices]
    joined = (parts[0] if len(parts) == 1 else union_all(*parts)).subquery()
    if len(parts) > 1:
        rows = joined.c
        order = (rows.filed_at.desc(), rows.document_id.desc(), rows.page.desc())
        joined = select(joined).order_by(*order).limit(NEWEST_ROWS).subquery()
    found = joined.c
    return (
        select(found.id, found.office_id, found.document_id, found.filed_at, found.page)
        .where(_vector_matches(found.exact if exact else found.folded, asked, exact=exact))
        .order_by(found.filed_at.desc(), found.document_id.desc(), found.office_id.desc(), found.page)
    )


def match_query(connection: Connection, asked: Asked, *, exact: bool, after: Place | None) -> RowQuery:
    """Every search row that was asked for and comes after a place, newest first."""
    rows = search_rows.c
    query = select(rows.id, rows.office_id, rows.document_id, rows.filed_at, rows.page)
    if connection.dialect.name == "postgresql":
        holds = _vector_matches(rows.exact if exact else rows.folded, asked, exact=exact)
        return _newest_first(query.where(rows.office_id.in_(asked.offices), holds, *_behind(after)))
    name = "exact" if exact else "folded"
    index = _sqlite_index.c
    query = (
        query.join_from(search_rows, _sqlite_index, index.rowid == rows.id)
        .where(
            # An expression, so that no index over offices leads: it would ask the full-text index about row after row.
            rows.office_id.concat("").in_(asked.offices),
            index.search_index.bool_op("MATCH")(f"{{{name}}} : ({_fts5_query(asked, exact=exact)})"),
        )
        .order_by(index.rowid.desc())
    )
    return query if after is None else query.where(index.rowid < after[0])


def match_among(connection: Connection, asked: Asked, document_ids: Sequence[str], lowest: Place) -> RowQuery:
    """The rows of these papers that match with their marks; `lowest` is the least place of the papers."""
    rows = search_rows.c
    query = match_query(connection, asked, exact=True, after=None)
    if connection.dialect.name == "postgresql":
        holds = _vector_matches(rows.exact, asked, exact=True)
        plain = select(rows.id, rows.office_id, rows.document_id, rows.filed_at, rows.page)
        return plain.where(rows.office_id.in_(asked.offices), rows.document_id.in_(document_ids), holds)
    return query.where(_sqlite_index.c.rowid >= lowest[0], rows.document_id.concat("").in_(document_ids))


def owned_query(
    connection: Connection, asked: Asked, office_id: str, citizen: Citizen, after: Place | None
) -> RowQuery:
    """The rows of page 0 of a citizen's papers that meet the filters and come after a place, newest first."""
    rows = search_rows.c
    owned = select(paper_people.c.document_id).where(
        paper_people.c.office_id == office_id,
        paper_people.c.citizen_id.in_((citizen.citizen_id, *citizen.merged_ids)),
        paper_people.c.link == "filed",
    )
    query = select(rows.id, rows.office_id, rows.document_id, rows.filed_at, rows.page).where(
        rows.office_id == office_id, rows.page == 0, rows.document_id.in_(owned)
    )
    if connection.dialect.name == "postgresql":
        meets = [_vector_matches(rows.folded, asked._replace(units=()), exact=False)] if asked.marks else []
        return _newest_first(query.where(*meets, *_behind(after)))
    for group in asked.marks:
        query = query.where(or_(*(func.instr(rows.folded, mark) > 0 for mark in group)))
    query = query if after is None else query.where(rows.id < after[0])
    return query.order_by(rows.id.desc())


def _newest_of(asked: Asked, office_id: str, after: Place | None) -> Select[Any]:
    """The newest rows of one office within the filter's days."""
    rows = search_rows.c
    order = (rows.filed_at.desc(), rows.document_id.desc(), rows.page.desc())
    query = select(search_rows).where(rows.office_id == office_id).order_by(*order).limit(NEWEST_ROWS)
    if asked.since is not None:
        query = query.where(rows.filed_at >= asked.since)
    if asked.until is not None:
        query = query.where(rows.filed_at < asked.until)
    if after is not None:
        *place, office_of_place = after
        here, there = tuple_(rows.filed_at, rows.document_id), _bound(place)
        query = query.where(here <= there if office_id < office_of_place else here < there)
    return query


def _behind(after: Place | None) -> list[ColumnElement[bool]]:
    """For PostgreSQL: the condition that rows come after a place."""
    if after is None:
        return []
    rows = search_rows.c
    return [tuple_(rows.filed_at, rows.document_id, rows.office_id) < _bound(after)]


def _bound(place: Sequence[Any]) -> Tuple:
    """Values of a place as the columns' types send them."""
    columns = (search_rows.c.filed_at, search_rows.c.document_id, search_rows.c.office_id)
    return tuple_(*(literal(value, column.type) for value, column in zip(place, columns, strict=False)))


def _newest_first(query: Select[Any]) -> RowQuery:
    """For PostgreSQL: in order of time, once all are found.

    Materialised, so that a limit does not lead to reading rows in order of time until enough of them match.
    """
    found = query.cte("all_found").prefix_with("MATERIALIZED").c
    order = (found.filed_at.desc(), found.document_id.desc(), found.office_id.desc(), found.page)
    return select(found.id, found.office_id, found.document_id, found.filed_at, found.page).order_by(*order)


def _vector_matches(tokens: ColumnElement[Sequence[str]], asked: Asked, *, exact: bool) -> ColumnElement[bool]:
    return tokens.bool_op("@@")(cast(literal(_tsquery(asked, exact=exact)), TSQUERY))


def _fts5_query(asked: Asked, *, exact: bool) -> str:
    """Tokens hold letters, digits, combining marks and private characters, so quotes keep FTS5's syntax out."""
    units = [f'"{" ".join(unit.keys(exact=exact))}"' + (" *" if unit.open_end else "") for unit in asked.units]
    marks = ["(" + " OR ".join(f'"{mark}"' for mark in group) + ")" for group in asked.marks]
    return " AND ".join([*units, *marks])


def _tsquery(asked: Asked, *, exact: bool) -> str:
    """As `_fts5_query`, for PostgreSQL: `<->` is "directly followed by", `:*` "beginning with"."""
    units = [
        "(" + " <-> ".join(f"'{key}'" for key in unit.keys(exact=exact)) + (":*" if unit.open_end else "") + ")"
        for unit in asked.units
    ]
    marks = ["(" + " | ".join(f"'{mark}'" for mark in group) + ")" for group in asked.marks]
    return " & ".join([*units, *marks])
