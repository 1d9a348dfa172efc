"""Working days of Vietnam's offices: Monday to Friday without the holidays of `schemas/holidays.toml`."""

import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import schemas

_HOLIDAYS = Path(schemas.__file__).parent / "holidays.toml"
_SATURDAY = 5


def after_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`, which itself does not count (Bộ luật Dân sự 2015, Điều 147)."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def is_working_day(day: date) -> bool:
    """Whether offices are open; of a year whose holidays are not known, only weekends are off."""
    return day.weekday() < _SATURDAY and day not in _known().get(day.year, frozenset())


def known_until() -> int:
    """The last year whose holidays are known."""
    return max(_known())


@cache
def _known() -> dict[int, frozenset[date]]:
    years = tomllib.loads(_HOLIDAYS.read_text(encoding="utf-8"))["years"]
    return {int(year): frozenset(days) for year, days in years.items()}
