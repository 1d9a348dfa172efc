"""An identity card on one page with something else: no answer lets its picture be archived."""

import pytest

from pipeline.errors import ScanRejected
from pipeline.review import Review
from schemas.dossier import Paper
from schemas.search import SearchQuery
from tests.unit.desk import ACTOR, Desk
from tests.unit.plain_papers import BIRTH, CARD
from tests.unit.plain_parsers import scan

OFFICE = ACTOR.office_id
FROM_CARD = "289 Nguyễn Trãi".encode()


@pytest.fixture
def review(desk: Desk) -> Review:
    return Review(desk.archive)


def pictures(desk: Desk, folder: str) -> list[str]:
    """Keys of copies and originals."""
    return [key for key in desk.keys(folder) if key.endswith(".pdf") or "/original/" in key]


def decide(review: Review, paper: Paper, **said: object) -> None:
    review.decide(review.read(ACTOR, {"subject_id": paper.document_id, **said}))


def test_the_question_offers_scanning_apart_and_a_false_alarm(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH + CARD))
    (asked,) = paper.questions
    assert (asked.part, [one.value for one in asked.candidates]) == ("card", ["scanned_apart", "no_card"])


def test_accepting_a_page_with_a_card_is_no_answer(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(BIRTH + CARD))
    with pytest.raises(ScanRejected) as caught:
        decide(review, paper, kind="accept", code="card_among_others")
    assert caught.value.code == "bad_answer"
    assert desk.keys("decisions/") == []


def test_other_answers_do_not_archive_the_page_with_the_card(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(BIRTH + CARD))
    decide(review, paper, kind="set_type", type="birth_certificate")
    decide(review, paper, kind="set_field", name="issue_date", value="2020-11-19")
    decide(review, paper, kind="set_cuts", subject_id=paper.submission_id, first_pages=[1])
    after = desk.tables.papers.get(OFFICE, paper.document_id)
    assert (after.state, pictures(desk, "archive/")) == ("needs_review", [])
    assert "card" in [asked.part for asked in after.questions]


def test_reading_it_under_another_type_does_not_archive_it(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(BIRTH + CARD))
    decide(review, paper, kind="set_type", type="marriage_certificate")
    assert pictures(desk, "archive/") == []


def test_what_is_no_card_goes_on(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(BIRTH + CARD))
    after = review.answer(ACTOR, f"{paper.document_id}.card", "no_card")
    assert "card_among_others" not in after.reasons
    assert (after.object_key or "").startswith("archive/")


def test_once_scanned_apart_nothing_of_the_scan_is_left(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(BIRTH + CARD))
    after = review.answer(ACTOR, f"{paper.document_id}.card", "scanned_apart")
    assert (after.state, after.reasons, after.object_key, after.questions) == (
        "rejected",
        ("card_among_others",),
        None,
        (),
    )
    assert pictures(desk, "") == []
    assert desk.tables.papers.page_texts(OFFICE, paper.document_id) == ("",)
    assert desk.tables.search.search(SearchQuery(offices=(OFFICE,), words="khai sinh", limit=9)).hits == ()
    assert not any(FROM_CARD in desk.bytes_of(key) for key in desk.keys(""))


def test_papers_beside_it_keep_their_pages_of_the_original(desk: Desk, review: Review) -> None:
    submission = desk.receive(scan(BIRTH, BIRTH.replace("150/2020", "151/2020") + CARD))
    desk.archive.process(submission.submission_id)
    papers = desk.tables.papers.of_content(OFFICE, submission.content_sha256)
    mixed = next(paper for paper in papers if "card_among_others" in paper.reasons)
    beside = next(paper for paper in papers if paper.document_id != mixed.document_id)
    review.answer(ACTOR, f"{mixed.document_id}.card", "scanned_apart")
    after = desk.tables.papers.get(OFFICE, beside.document_id)
    (key,) = after.original_keys
    assert key.startswith("archive/")
    assert desk.bytes_of(key) == scan(BIRTH)
    assert not any(FROM_CARD in desk.bytes_of(key) for key in desk.keys(""))


def test_a_paper_that_is_a_card_as_a_whole_is_asked_about_no_more(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(BIRTH + CARD))
    decide(review, paper, kind="set_type", type="citizen_id_card")
    after = desk.tables.papers.get(OFFICE, paper.document_id)
    assert "card" not in [asked.part for asked in after.questions]
    assert pictures(desk, "archive/") == []
