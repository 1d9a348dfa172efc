"""Whose a paper is, as people answer it: anybody of the register, and whoever is new to it."""

import pytest

from pipeline.errors import NotFound, ScanRejected
from pipeline.register import RegisterBook
from pipeline.review import Review
from schemas.dossier import Paper
from tests.unit.desk import ACTOR, NEIGHBOUR, Desk
from tests.unit.plain_papers import BIRTH, CHILD, CHILD_NUMBER, HOLDER, HOLDER_NUMBER, LETTER
from tests.unit.plain_parsers import scan

OFFICE = ACTOR.office_id


@pytest.fixture
def review(desk: Desk) -> Review:
    return Review(desk.archive)


def parts(paper: Paper) -> list[str]:
    return [asked.part for asked in paper.questions]


def answer(review: Review, paper: Paper, part: str, value: str | None, name: str | None = None) -> Paper:
    return review.answer(ACTOR, f"{paper.document_id}.{part}", value, name)


def test_an_owner_may_be_a_citizen_of_the_register(desk: Desk, review: Review) -> None:
    desk.file(scan(BIRTH))
    known = desk.tables.people.by_number(OFFICE, CHILD_NUMBER)
    assert known is not None
    paper = desk.file(scan(LETTER))
    answer(review, paper, "type", "other")
    after = answer(review, paper, "owner.owner", known.citizen_id)
    assert [(person.personal_id, person.link) for person in after.people] == [(CHILD_NUMBER, "filed")]
    held = desk.tables.papers.of_citizen(OFFICE, known.citizen_id)
    assert paper.document_id in {one.document_id for one in held}


def test_an_owner_may_be_new_to_the_register(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(LETTER))
    answer(review, paper, "type", "other")
    answer(review, paper, "owner.owner", HOLDER_NUMBER, HOLDER)
    citizen = desk.tables.people.by_number(OFFICE, HOLDER_NUMBER)
    assert citizen is not None
    assert citizen.name == HOLDER


def test_a_citizen_of_another_office_is_no_owner_here(desk: Desk, review: Review) -> None:
    desk.file(scan(BIRTH), actor=NEIGHBOUR)
    theirs = desk.tables.people.by_number(NEIGHBOUR.office_id, CHILD_NUMBER)
    assert theirs is not None
    paper = desk.file(scan(LETTER))
    answer(review, paper, "type", "other")
    with pytest.raises(NotFound) as caught:
        answer(review, paper, "owner.owner", theirs.citizen_id)
    assert caught.value.code == "no_such_citizen"


def letter(desk: Desk, review: Review) -> Paper:
    """A paper of no known type, of which only the owner is asked."""
    paper = desk.file(scan(LETTER))
    return answer(review, paper, "type", "other")


def test_an_owner_may_be_an_organisation_by_its_tax_code(desk: Desk, review: Review) -> None:
    after = answer(review, letter(desk, review), "owner.owner", "0100109106", "CÔNG TY THÊU LỤA")
    assert [(one.tax_code, one.personal_id, one.link) for one in after.people] == [("0100109106", None, "filed")]
    known = desk.tables.people.by_number(OFFICE, "0100109106")
    assert known is not None
    assert (known.kind, known.name) == ("organisation", "CÔNG TY THÊU LỤA")


def test_a_tax_code_with_a_wrong_check_digit_is_no_answer(desk: Desk, review: Review) -> None:
    with pytest.raises(ScanRejected):
        answer(review, letter(desk, review), "owner.owner", "0100109107", "CÔNG TY THÊU LỤA")


def test_an_owner_may_have_a_passport_only(desk: Desk, review: Review) -> None:
    after = answer(review, letter(desk, review), "owner.owner", "C1234567", HOLDER)
    assert (after.state, [one.passport for one in after.people]) == ("filed", ["C1234567"])
    known = desk.tables.people.by_number(OFFICE, "C1234567")
    assert known is not None
    assert desk.tables.papers.of_citizen(OFFICE, known.citizen_id) == (after,)


def test_an_owner_may_have_no_number_at_all(desk: Desk, review: Review) -> None:
    after = answer(review, letter(desk, review), "owner.owner", None, HOLDER)
    (owner,) = after.people
    assert (after.state, owner.number, owner.link) == ("filed", None, "filed")
    assert owner.citizen_id is not None
    assert desk.tables.papers.of_citizen(OFFICE, owner.citizen_id) == (after,)


def test_a_number_of_the_register_with_anothers_name_is_no_answer(desk: Desk, review: Review) -> None:
    desk.file(scan(BIRTH))
    with pytest.raises(ScanRejected) as caught:
        answer(review, letter(desk, review), "owner.owner", CHILD_NUMBER, HOLDER)
    assert caught.value.code == "number_taken"


def test_a_newcomer_like_somebody_known_is_asked_about_once_more(desk: Desk, review: Review) -> None:
    desk.file(scan(BIRTH))
    paper = letter(desk, review)
    nearly = CHILD_NUMBER[:-1] + "8"
    asked = answer(review, paper, "owner.owner", nearly, CHILD)
    assert (asked.state, asked.reasons, parts(asked)) == ("needs_review", ("owner_alike",), ["owner.owner"])
    shown = review.item(OFFICE, f"{paper.document_id}.owner.owner").question.candidates
    assert CHILD_NUMBER[-4:] in " ".join(one.label or "" for one in shown)
    after = answer(review, paper, "owner.owner", nearly, CHILD)
    assert (after.state, after.questions) == ("filed", ())
    assert desk.tables.people.by_number(OFFICE, nearly) != desk.tables.people.by_number(OFFICE, CHILD_NUMBER)


def test_the_id_of_a_merged_citizen_names_the_one_that_stayed(desk: Desk, review: Review) -> None:
    first = answer(review, letter(desk, review), "owner.owner", "C1234567", HOLDER)
    desk.file(scan(BIRTH))
    stays = desk.tables.people.by_number(OFFICE, CHILD_NUMBER)
    merged = desk.tables.people.by_number(OFFICE, "C1234567")
    assert stays is not None
    assert merged is not None
    book = RegisterBook(desk.store, desk.tables)
    book.merge(ACTOR, stays.citizen_id, merged.citizen_id)
    paper = desk.file(scan(LETTER + "Một thư khác.\n"))
    answer(review, paper, "type", "other")
    after = answer(review, paper, "owner.owner", merged.citizen_id)
    assert [one.citizen_id for one in after.people] == [stays.citizen_id]
    held = {one.document_id for one in desk.tables.papers.of_citizen(OFFICE, stays.citizen_id)}
    assert {first.document_id, after.document_id} <= held


def test_citizens_of_the_same_name_are_shown_where_the_paper_says_no_more(desk: Desk, review: Review) -> None:
    desk.file(scan(BIRTH))
    known = desk.tables.people.by_number(OFFICE, CHILD_NUMBER)
    assert known is not None
    bare = "\n".join(line for line in BIRTH.splitlines() if CHILD_NUMBER not in line and "sinh:" not in line)
    paper = desk.file(scan(bare))
    part = next(asked.part for asked in paper.questions if asked.kind == "owner")
    (shown,) = review.item(OFFICE, f"{paper.document_id}.{part}").question.candidates
    assert (shown.value, shown.agrees, shown.differs) == (known.citizen_id, ("name",), ())
