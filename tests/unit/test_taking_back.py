"""An answer taken back: the paper is as it was before, and its question is open again."""

import pytest

from pipeline.decisions import new_decision
from pipeline.errors import ScanRejected
from pipeline.review import Review
from schemas.decisions import AskScan, TakeBack
from schemas.dossier import Paper
from schemas.search import SearchQuery
from tests.unit.desk import ACTOR, Desk
from tests.unit.plain_papers import BIRTH, CARD, CHILD_NUMBER, GOING_ON, HOLDER, HOLDER_NUMBER, LETTER, TITLE_ONLY
from tests.unit.plain_parsers import scan
from tests.unit.test_review import MISNAMED, UNNUMBERED, suspect

OFFICE = ACTOR.office_id


@pytest.fixture
def review(desk: Desk) -> Review:
    return Review(desk.archive)


def now(desk: Desk, paper: Paper) -> Paper:
    return desk.tables.papers.get(OFFICE, paper.document_id)


def said(paper: Paper) -> Paper:
    """What is said of a paper, wherever it lies."""
    nowhere = {"object_key": None, "sha256": None, "size_bytes": None, "original_keys": (), "original_sha256s": ()}
    return paper.model_copy(update=nowhere)


def answer(review: Review, paper: Paper, part: str, value: str | None, name: str | None = None) -> str:
    """Answer a question; the id of the decision."""
    decision = review.decision(ACTOR, f"{paper.document_id}.{part}", value, name)
    review.decide(decision)
    return decision.decision_id


def take_back(desk: Desk, review: Review, decision_id: str) -> None:
    decided = desk.tables.papers.decision(OFFICE, decision_id)
    review.decide(new_decision(TakeBack, ACTOR, decided.subject_id, undone=decision_id))


def test_a_field_taken_back_is_asked_for_again(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    take_back(desk, review, answer(review, paper, "field.document_number", "150/2020"))
    assert said(now(desk, paper)) == said(paper)
    assert [item.question.part for item in desk.tables.papers.queue(OFFICE, 9)] == ["field.document_number"]
    assert desk.tables.search.search(SearchQuery(offices=(OFFICE,), words="150/2020", limit=9)).hits == ()


def test_another_type_taken_back_is_the_first_one_again(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(MISNAMED))
    texts = desk.tables.papers.page_texts(OFFICE, paper.document_id)
    take_back(desk, review, answer(review, paper, "type", "birth_certificate"))
    assert said(now(desk, paper)) == said(paper)
    assert desk.tables.papers.page_texts(OFFICE, paper.document_id) == texts
    assert desk.tables.people.by_number(OFFICE, CHILD_NUMBER) is None


def test_a_paper_taken_for_a_card_by_a_slip_has_its_copy_again(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(TITLE_ONLY))
    decision = answer(review, paper, "type", "citizen_id_card")
    assert now(desk, paper).object_key is None
    take_back(desk, review, decision)
    after = now(desk, paper)
    assert said(after) == said(paper)
    assert desk.bytes_of(after.object_key or "").startswith(b"copy of")
    assert desk.tables.papers.page_texts(OFFICE, paper.document_id) != ("",)


def test_a_card_taken_for_another_paper_by_a_slip_leaves_the_archive_again(desk: Desk, review: Review) -> None:
    doubtful = CARD.replace("Ngày sinh / Date of birth: 01/01/1998", "").replace("<7\n", "<1\n")
    paper = desk.file(scan(doubtful))
    said_so = {"kind": "set_type", "subject_id": paper.document_id, "type": "other"}
    decision = review.read(ACTOR, said_so)
    review.decide(decision)
    assert desk.keys("archive/") != []
    take_back(desk, review, decision.decision_id)
    after = now(desk, paper)
    assert (after.keeping, after.object_key) == ("fields_only", None)
    assert [key for key in desk.keys("archive/") if not key.endswith(".json")] == []


def test_an_owner_taken_back_is_off_the_register_again(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(LETTER))
    answer(review, paper, "type", "other")
    before = now(desk, paper)
    take_back(desk, review, answer(review, paper, "owner.owner", HOLDER_NUMBER, HOLDER))
    assert said(now(desk, paper)) == said(before)
    assert desk.tables.people.by_number(OFFICE, HOLDER_NUMBER) is None


def test_an_owner_with_other_papers_stays_on_the_register(desk: Desk, review: Review) -> None:
    first, second = desk.file(scan(LETTER)), desk.file(scan(LETTER + "Và hẹn gặp lại vào tuần sau.\n"))
    for paper in (first, second):
        answer(review, paper, "type", "other")
    decision = answer(review, first, "owner.owner", HOLDER_NUMBER, HOLDER)
    answer(review, second, "owner.owner", HOLDER_NUMBER, HOLDER)
    take_back(desk, review, decision)
    citizen = desk.tables.people.by_number(OFFICE, HOLDER_NUMBER)
    assert citizen is not None
    held = desk.tables.papers.of_citizen(OFFICE, citizen.citizen_id)
    assert [one.document_id for one in held] == [second.document_id]


def test_cuts_taken_back_bring_the_papers_of_before(desk: Desk, review: Review) -> None:
    whole = desk.file(scan(BIRTH, GOING_ON))
    decision = review.read(ACTOR, {"kind": "set_cuts", "subject_id": whole.submission_id, "first_pages": [1, 2]})
    review.decide(decision)
    assert len(desk.tables.papers.of_content(OFFICE, whole.content_sha256)) == 2
    take_back(desk, review, decision.decision_id)
    (back,) = desk.tables.papers.of_content(OFFICE, whole.content_sha256)
    assert said(back) == said(whole)


def test_answers_are_taken_back_one_after_another(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(LETTER))
    typed = answer(review, paper, "type", "other")
    owned = answer(review, paper, "owner.owner", HOLDER_NUMBER, HOLDER)
    with pytest.raises(ScanRejected) as caught:
        take_back(desk, review, typed)
    assert caught.value.code == "cannot_undo"
    take_back(desk, review, owned)
    take_back(desk, review, typed)
    assert said(now(desk, paper)) == said(paper)


def test_what_was_taken_back_cannot_be_taken_back_again(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    decision = answer(review, paper, "field.document_number", "150/2020")
    take_back(desk, review, decision)
    with pytest.raises(ScanRejected) as caught:
        take_back(desk, review, decision)
    assert caught.value.code == "cannot_undo"


def test_a_wiped_paper_does_not_come_back_and_nothing_remembers_it(desk: Desk, review: Review) -> None:
    paper = suspect(desk)
    decision = answer(review, paper, "secrecy", "yes")
    with pytest.raises(ScanRejected) as caught:
        take_back(desk, review, decision)
    assert caught.value.code == "cannot_undo"
    assert desk.tables.papers.earlier(OFFICE, decision) == ()


def test_a_confirmation_given_since_stays(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    decision = answer(review, paper, "field.document_number", "150/2020")
    desk.archive.confirm(ACTOR, paper.document_id, "certified_copy")
    take_back(desk, review, decision)
    after = now(desk, paper)
    assert (after.copy_kind, after.questions) == ("certified_copy", paper.questions)
    assert after.confirmed_at is not None


def test_an_answer_taken_back_teaches_nothing(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(BIRTH))
    said_so = {"kind": "set_field", "subject_id": paper.document_id, "name": "document_number", "value": "9/2020"}
    decision = review.read(ACTOR, said_so)
    review.decide(decision)
    assert [told.wrong for told in review.reliability(OFFICE)] == [1]
    take_back(desk, review, decision.decision_id)
    assert review.reliability(OFFICE) == ()


def test_a_paper_to_be_scanned_again_asks_nothing_else(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    review.decide(new_decision(AskScan, ACTOR, paper.document_id))
    after = now(desk, paper)
    assert (after.state, [asked.part for asked in after.questions]) == ("needs_review", ["page.scan_again"])
    assert "scan_again" in after.reasons


def test_a_paper_that_will_do_after_all_asks_as_before(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    review.decide(new_decision(AskScan, ACTOR, paper.document_id))
    answer(review, paper, "page.scan_again", "accept")
    assert now(desk, paper).questions == paper.questions
    review.decide(new_decision(AskScan, ACTOR, paper.document_id))
    assert [asked.part for asked in now(desk, paper).questions] == ["page.scan_again"]
