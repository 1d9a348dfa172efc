"""Data that take the place of papers: by the built-in rules, between two dates."""

from datetime import date, timedelta
from typing import Any

import pytest

from pipeline.catalogue import load_catalogue
from pipeline.once_only import checklist
from schemas.catalog import Procedure
from schemas.dossier import Paper
from schemas.once_only import ChecklistRow, Visit
from tests.unit.checklists import A_DOSSIER, DAY, MAI, look, paper, row

LAST = date(2027, 2, 28)


def asked(day: date, *papers: Paper, **changes: Any) -> ChecklistRow:
    """The answer by the built-in rules of look-ups."""
    wanted = row(any_of=("birth_certificate",), role="child", purposes=(), **changes.pop("row", {}))
    procedure = Procedure(id="p", code="", title="Thủ tục", source="", verified=True, papers=(wanted,))
    visit = Visit(day=day, dossier_code=A_DOSSIER, **changes)
    return checklist(procedure, load_catalogue(), MAI, papers, visit)[0]


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2025, 12, 31), "missing"),
        (date(2026, 1, 1), "look_up"),
        (LAST, "look_up"),
        (date(2027, 3, 1), "missing"),
    ],
)
def test_data_take_the_place_of_papers_between_two_dates(day: date, status: str) -> None:
    answer = asked(day)
    assert (answer.status, answer.demanded) == (status, status == "missing")


def test_a_held_paper_need_not_be_looked_up() -> None:
    assert asked(DAY, paper("birth_certificate", "child")).status == "held"


def test_what_was_found_is_not_asked_for_again_in_that_dossier() -> None:
    found = asked(LAST + timedelta(days=30), looked_up=(look("status", LAST, "found"),))
    assert (found.status, found.reason, found.demanded) == ("look_up", "found_in_database", False)


def test_what_was_found_after_the_last_day_takes_no_papers_place() -> None:
    day = LAST + timedelta(days=1)
    assert asked(day, looked_up=(look("status", day, "found"),)).demanded


@pytest.mark.parametrize("outcome", ["failed", "incomplete"])
def test_where_the_database_does_not_answer_the_paper_may_be_asked_for(outcome: str) -> None:
    answer = asked(DAY, looked_up=(look("status", DAY, outcome),))
    assert (answer.status, answer.looked_up, answer.demanded) == ("missing", outcome, True)


def test_the_last_look_counts() -> None:
    looks = (look("status", DAY, "failed"), look("status", DAY, "found"))
    assert asked(DAY, looked_up=looks).reason == "found_in_database"


def test_a_sheet_that_is_handed_in_is_not_looked_up() -> None:
    assert asked(DAY, row={"surrendered": True}).demanded
