"""Decisions that a crash has left in the store without their rows."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.decisions import deciding
from pipeline.resume import resume
from pipeline.review import Review
from schemas.decisions import AnyDecision, SetField
from schemas.dossier import Paper
from tests.unit.desk import ACTOR, NEIGHBOUR, Desk
from tests.unit.plain_papers import BIRTH
from tests.unit.plain_parsers import scan

OFFICE = ACTOR.office_id
LATER = datetime.now(UTC) + timedelta(days=1)
"""Later than any decision of a test run, however long that takes."""
UNNUMBERED = BIRTH.replace("Số: 150/2020\n", "")


class Crash(Exception):
    """The process is gone."""


def decided(review: Review, paper: Paper, value: str) -> SetField:
    decision = review.read(
        ACTOR, {"kind": "set_field", "subject_id": paper.document_id, "name": "document_number", "value": value}
    )
    assert isinstance(decision, SetField)
    return decision


def crash_after_keeping(desk: Desk, decision: AnyDecision) -> None:
    with pytest.raises(Crash), deciding(desk.store, desk.tables, decision):
        raise Crash


@pytest.fixture
def review(desk: Desk) -> Review:
    return Review(desk.archive)


def number_of(desk: Desk, paper: Paper) -> str | None:
    field = desk.tables.papers.get(OFFICE, paper.document_id).fields.get("document_number")
    return field.value if field else None


def test_a_decision_without_its_row_is_applied_later(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    crash_after_keeping(desk, decided(review, paper, "150/2020"))
    assert number_of(desk, paper) is None
    assert resume(desk.archive, OFFICE, LATER) == 1
    assert number_of(desk, paper) == "150/2020"
    assert len(desk.tables.papers.decided(OFFICE, "set_field", 9)) == 1


def test_what_was_applied_is_not_looked_at_again(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    crash_after_keeping(desk, decided(review, paper, "150/2020"))
    resume(desk.archive, OFFICE, LATER)
    assert resume(desk.archive, OFFICE, LATER) == 0
    review.decide(decided(review, paper, "151/2020"))
    assert resume(desk.archive, OFFICE, LATER) == 0


def test_a_decision_that_may_still_be_at_work_is_left_alone(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    crash_after_keeping(desk, decided(review, paper, "150/2020"))
    assert resume(desk.archive, OFFICE, datetime.now(UTC)) == 0
    assert number_of(desk, paper) is None


def test_a_newer_answer_is_not_overwritten_by_an_older_one(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    crash_after_keeping(desk, decided(review, paper, "150/2020"))
    review.decide(decided(review, paper, "151/2020"))
    assert resume(desk.archive, OFFICE, LATER) == 1
    assert number_of(desk, paper) == "151/2020"
    assert len(desk.tables.papers.decided(OFFICE, "set_field", 9)) == 2


def test_a_decision_about_what_is_gone_is_put_aside(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    gone = decided(review, paper, "150/2020").model_copy(update={"subject_id": "nothing"})
    crash_after_keeping(desk, gone)
    assert resume(desk.archive, OFFICE, LATER) == 1
    assert resume(desk.archive, OFFICE, LATER) == 0


def test_each_office_resumes_its_own(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    crash_after_keeping(desk, decided(review, paper, "150/2020"))
    assert resume(desk.archive, NEIGHBOUR.office_id, LATER) == 0
    assert number_of(desk, paper) is None
