"""Long lists are given page by page."""

from datetime import datetime

from schemas.base import Value


class TimePlace(Value):
    """A place in a list that is sorted by time and, within the same moment, by id: what the next page goes on from."""

    at: datetime
    id: str


class NumberPlace(Value):
    """A place in a list that is sorted by number."""

    number: int
