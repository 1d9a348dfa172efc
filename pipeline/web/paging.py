"""Places in long lists, as the opaque `next` of a page."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from pipeline.errors import ScanRejected
from schemas.base import Value

After = Annotated[
    str | None,
    Query(
        max_length=400,
        pattern="^[A-Za-z0-9_-]*={0,2}$",
        description="The `next` of the page before; nothing else is one.",
    ),
]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
_Place = TypeVar("_Place", bound=Value)
_Row = TypeVar("_Row")


def cursor(place: Value) -> str:
    """A place as the `next` of a page."""
    return urlsafe_b64encode(place.model_dump_json().encode()).decode("ascii")


def place_of(after: str | None, kind: type[_Place]) -> _Place | None:
    """The place that `next` stood for; None without one. Raises: ScanRejected (bad_cursor)."""
    if not after:
        return None
    try:
        return kind.model_validate_json(urlsafe_b64decode(after))
    except ValueError:
        raise ScanRejected("bad_cursor") from None


def cut(rows: Sequence[_Row], limit: int) -> tuple[Sequence[_Row], _Row | None]:
    """The rows of a page out of one more than it holds, and the last of them if others come behind it."""
    return rows[:limit], rows[limit - 1] if len(rows) > limit else None
