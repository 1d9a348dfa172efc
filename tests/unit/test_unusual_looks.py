"""Which days of accounts are told to the head: those on which papers of unusually many people were looked at."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from pipeline.audit.unusual import unusual_days
from schemas.audit import DayOfLooks

TODAY = date(2026, 3, 20)


def days_of(login: str, people: Sequence[int]) -> list[DayOfLooks]:
    """So many people on each of the days up to today."""
    return [
        DayOfLooks(login=login, day=TODAY - timedelta(days=back), people=count, looks=2 * count, at_night=0)
        for back, count in enumerate(reversed(people))
    ]


def told(*days: list[DayOfLooks]) -> list[tuple[str, int, float]]:
    found = unusual_days([one for of_account in days for one in of_account])
    return [(one.login, one.people, one.usual) for one in found]


def test_a_day_far_above_the_accounts_own_and_the_offices_is_told_with_what_is_usual() -> None:
    assert told(days_of("lan", [20, 22, 18, 100]), days_of("hoa", [25, 25, 25])) == [("lan", 100, 23.5)]


def test_three_times_the_usual_is_not_yet_far_above_it() -> None:
    assert told(days_of("lan", [20, 20, 60])) == []
    assert told(days_of("lan", [20, 20, 61])) == [("lan", 61, 20)]


def test_in_a_small_office_a_busy_day_is_none_to_be_told() -> None:
    assert told(days_of("lan", [2, 3, 2, 30])) == []


def test_who_looks_at_many_every_day_as_his_work_is_not_told() -> None:
    assert told(days_of("archive", [200, 210, 190, 220]), days_of("lan", [20] * 20)) == []


def test_a_new_account_is_measured_by_its_office() -> None:
    assert told(days_of("new", [90]), days_of("lan", [20] * 9)) == [("new", 90, 20)]


@pytest.mark.parametrize("people", [[], [500]])
def test_where_there_is_nothing_to_compare_with_nothing_is_told(people: list[int]) -> None:
    assert told(days_of("lan", people)) == []


def test_a_day_is_never_its_own_measure() -> None:
    assert told(days_of("lan", [10, 400])) == [("lan", 400, 10)]


def test_the_newest_day_is_told_first() -> None:
    found = unusual_days([*days_of("lan", [300, 10, 10, 10, 10, 10, 200]), *days_of("hoa", [10] * 6)])
    assert [(one.day, one.people) for one in found] == [(TODAY, 200), (TODAY - timedelta(days=6), 300)]
