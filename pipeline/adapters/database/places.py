"""Lists that are given page by page."""

from typing import Any

from sqlalchemy import ColumnElement, Select, literal, tuple_

from schemas.paging import TimePlace


def newest_first(
    query: Select[Any], at: ColumnElement[Any], name: ColumnElement[Any], limit: int, after: TimePlace | None
) -> Select[Any]:
    """The newest of what a query finds, at most `limit`, or those behind `after`; `name` parts those of one moment."""
    query = query.order_by(at.desc(), name.desc()).limit(limit)
    if after is None:
        return query
    return query.where(tuple_(at, name) < bound(after, at, name))


def bound(place: TimePlace, at: ColumnElement[Any], name: ColumnElement[Any]) -> ColumnElement[Any]:
    """A place as these columns' types send it: moments go to SQLite as its own text."""
    return tuple_(literal(place.at, type_=at.type), literal(place.id, type_=name.type))
