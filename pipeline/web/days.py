"""Days as the API takes them."""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator

_FORM = re.compile(r"\d{4}-\d{2}-\d{2}")


def _said_in_full(value: object) -> object:
    """A number would be taken for seconds since 1970, which nobody means."""
    if (isinstance(value, str) and not _FORM.fullmatch(value)) or isinstance(value, int | float):
        raise ValueError("no day of the form YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(_said_in_full)]
"""ISO 8601 in full: `2026-03-02`."""
