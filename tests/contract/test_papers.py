"""The promises of Papers and of what `finish` writes."""

import pytest

from pipeline.adapters.database.engine import Database
from pipeline.errors import NotFound
from schemas.search import SearchQuery
from schemas.text import Box
from tests.contract.examples import (
    ACTOR,
    NEIGHBOUR,
    a_decision,
    a_field,
    a_mention,
    a_paper,
    file,
    hold,
    huong,
    minutes,
    receive,
)

OFFICE = ACTOR.office_id


def test_a_filed_paper_is_given_back_as_it_was(database: Database) -> None:
    paper = file(
        database,
        "text",
        fields={"name": a_field("Nguyễn Thị Hường").model_copy(update={"box": Box(left=1, top=2, right=3, bottom=4)})},
        people=(huong(),),
        mentions=(a_mention("Lê Văn Bình"),),
        object_key="archive/phuong-a/c0ffee/1.v1.pdf",
    )
    assert database.papers.get(OFFICE, paper.document_id) == paper


def test_an_unknown_paper_is_not_found(database: Database) -> None:
    for ask in (database.papers.get, database.papers.page_texts):
        with pytest.raises(NotFound) as caught:
            ask(OFFICE, "none")
        assert caught.value.code == "no_such_paper"


def test_another_office_sees_neither_paper_nor_text(database: Database) -> None:
    paper = file(database, "text", actor=NEIGHBOUR)
    assert database.papers.get(NEIGHBOUR.office_id, paper.document_id) == paper
    assert database.papers.page_texts(NEIGHBOUR.office_id, paper.document_id) == ("text",)
    assert database.papers.of_content(NEIGHBOUR.office_id, paper.content_sha256) == (paper,)
    for ask in (database.papers.get, database.papers.page_texts):
        with pytest.raises(NotFound):
            ask(OFFICE, paper.document_id)
    assert database.papers.of_content(OFFICE, paper.content_sha256) == ()


def test_two_offices_may_use_the_same_document_id(database: Database) -> None:
    ours = file(database, "ours", document_id="same")
    theirs = file(database, "theirs", document_id="same", actor=NEIGHBOUR)
    assert database.papers.get(OFFICE, "same") == ours
    assert database.papers.get(NEIGHBOUR.office_id, "same") == theirs


def test_page_texts_are_one_a_page_in_order_and_may_be_empty(database: Database) -> None:
    texts = ("Trang một", "", *(f"Trang {number}" for number in range(3, 13)))
    assert database.papers.page_texts(OFFICE, file(database, *texts).document_id) == texts


def test_page_texts_with_a_nul_are_kept_without_it(database: Database) -> None:
    assert database.papers.page_texts(OFFICE, file(database, "a\0b").document_id) == ("ab",)


def test_papers_of_a_submission_come_by_first_page(database: Database) -> None:
    submission = receive(database)
    last, first = (a_paper(submission, source_pages=(page,)) for page in (10, 9))
    database.leases.file(hold(database, submission), ((last, ("",)), (first, ("",))))
    assert database.papers.of_content(OFFICE, submission.content_sha256) == (first, last)


def test_withdrawn_papers_of_a_content_are_given_only_when_asked_for(database: Database) -> None:
    paper = file(database, "text", state="withdrawn")
    assert database.papers.of_content(OFFICE, paper.content_sha256) == ()
    assert database.papers.of_content(OFFICE, paper.content_sha256, withdrawn=True) == (paper,)


def test_a_paper_that_exists_is_left_as_it_is(database: Database) -> None:
    first = file(database, "first", document_id="same")
    file(database, "second", document_id="same", type="giay_khai_sinh", people=(huong(),))
    assert database.papers.get(OFFICE, "same") == first
    assert database.papers.page_texts(OFFICE, "same") == ("first",)
    assert database.search.search(SearchQuery(offices=(OFFICE,), words="second", limit=9)).hits == ()
    assert database.people.by_number(OFFICE, "001190012345") is None


def test_papers_of_a_citizen_come_newest_first(database: Database) -> None:
    old, new = (file(database, "x", people=(huong(),), filed_at=minutes(at)) for at in (1, 2))
    file(database, "x", people=(huong(personal_id="001190099999"),))
    citizen = database.people.by_number(OFFICE, "001190012345")
    assert citizen is not None
    assert database.papers.of_citizen(OFFICE, citizen.citizen_id) == (new, old)
    assert database.papers.of_citizen(NEIGHBOUR.office_id, citizen.citizen_id) == ()


def test_a_proposed_link_does_not_make_a_paper_the_citizens(database: Database) -> None:
    certain = file(database, "x", people=(huong(),))
    file(database, "x", people=(huong(link="proposed"),))
    citizen = database.people.by_number(OFFICE, "001190012345")
    assert citizen is not None
    assert database.papers.of_citizen(OFFICE, citizen.citizen_id) == (certain,)


def test_a_decision_confirms_the_paper(database: Database) -> None:
    paper = file(database, "x")
    decided = database.papers.decide(a_decision(paper, copy_kind="certified_copy", decided_at=minutes(60)))
    assert (decided.copy_kind, decided.confirmed_at) == ("certified_copy", minutes(60))
    assert database.papers.get(OFFICE, paper.document_id) == decided


def test_applying_a_decision_again_changes_nothing(database: Database) -> None:
    paper = file(database, "x")
    first = a_decision(paper, copy_kind="original", decided_at=minutes(60))
    database.papers.decide(first)
    second = database.papers.decide(a_decision(paper, copy_kind="photocopy", decided_at=minutes(61)))
    assert database.papers.decide(first) == second
    assert database.papers.get(OFFICE, paper.document_id) == second


def test_of_two_decisions_the_later_one_holds_in_any_order(database: Database) -> None:
    paper = file(database, "x")
    database.papers.decide(a_decision(paper, copy_kind="photocopy", decided_at=minutes(61)))
    database.papers.decide(a_decision(paper, copy_kind="original", decided_at=minutes(60)))
    assert database.papers.get(OFFICE, paper.document_id).copy_kind == "photocopy"


def test_another_office_cannot_decide(database: Database) -> None:
    paper = file(database, "x")
    with pytest.raises(NotFound):
        database.papers.decide(a_decision(paper, actor=NEIGHBOUR))
    assert database.papers.get(OFFICE, paper.document_id).confirmed_at is None


def test_the_history_of_a_paper_is_what_was_decided_about_it_oldest_first(database: Database) -> None:
    paper, other = file(database, "one"), file(database, "another")
    later, earlier = (a_decision(paper, decided_at=minutes(at)) for at in (90, 60))
    for decision in (later, earlier, a_decision(other)):
        database.papers.decide(decision)
    assert database.papers.history(OFFICE, paper.document_id) == (earlier, later)


def test_another_office_sees_no_history(database: Database) -> None:
    paper = file(database, "one")
    database.papers.decide(a_decision(paper))
    assert database.papers.history(NEIGHBOUR.office_id, paper.document_id) == ()
