"""Answers of people: the decision is kept first, the paper is settled anew, and objects go where they belong."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import NotFound, ScanRejected
from pipeline.review import Review
from schemas.decisions import SetField, read_decision
from schemas.dossier import Paper, PaperRecord
from schemas.search import SearchQuery
from tests.unit.desk import ACTOR, NEIGHBOUR, Desk, open_desk
from tests.unit.plain_papers import (
    BIRTH,
    CARD,
    CHILD,
    CHILD_NUMBER,
    GOING_ON,
    LETTER,
    TITLE_ONLY,
)
from tests.unit.plain_parsers import LOST, PlainParsers, scan

OFFICE = ACTOR.office_id
UNNUMBERED = BIRTH.replace("Số: 150/2020\n", "")
MISNAMED = "\n".join(
    line
    for line in BIRTH.splitlines()
    if not line.startswith(("GIẤY", "Ghi bằng chữ", "Họ, chữ đệm, tên người", "Nơi đăng ký", "NGƯỜI KÝ"))
)


@pytest.fixture
def review(desk: Desk) -> Review:
    return Review(desk.archive)


def parts(paper: Paper) -> list[str]:
    return [asked.part for asked in paper.questions]


def now(desk: Desk, paper: Paper) -> Paper:
    return desk.tables.papers.get(OFFICE, paper.document_id)


def answer(review: Review, paper: Paper, part: str, value: str | None, name: str | None = None) -> Paper:
    return review.answer(ACTOR, f"{paper.document_id}.{part}", value, name)


def test_a_paper_without_doubt_asks_nothing(desk: Desk) -> None:
    paper = desk.file(scan(BIRTH))
    assert (paper.state, paper.questions) == ("filed", ())
    assert desk.tables.papers.queue(OFFICE, 9) == ()


def test_a_missing_required_field_is_asked_for(desk: Desk) -> None:
    assert "field.document_number" in parts(desk.file(scan(UNNUMBERED)))


def test_an_answered_field_settles_the_paper(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    after = answer(review, paper, "field.document_number", " 150/2020 ")
    assert (after.state, after.reasons, after.questions) == ("filed", (), ())
    field = after.fields["document_number"]
    assert (field.value, field.evidence, field.confidence) == ("150/2020", "officer", 1.0)
    assert desk.tables.papers.queue(OFFICE, 9) == ()


def test_an_answered_field_is_found_by_search(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    assert desk.tables.search.search(SearchQuery(offices=(OFFICE,), words="150/2020", limit=9)).hits == ()
    answer(review, paper, "field.document_number", "150/2020")
    assert [
        hit.document_id
        for hit in desk.tables.search.search(SearchQuery(offices=(OFFICE,), words="150/2020", limit=9)).hits
    ] == [paper.document_id]


def test_a_field_that_the_paper_does_not_carry_is_not_asked_for_again(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    after = answer(review, paper, "field.document_number", None)
    assert (after.state, "document_number" in after.fields) == ("filed", False)


def test_the_decision_lies_in_the_store_with_what_had_been_read(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    answer(review, paper, "field.document_number", "150/2020")
    (key,) = desk.keys(f"decisions/{OFFICE}/{paper.document_id}/")
    decision = read_decision.validate_json(desk.bytes_of(key))
    assert isinstance(decision, SetField)
    assert decision.machine is not None
    assert (decision.value, decision.machine.value, decision.machine.asked) == ("150/2020", None, True)


def test_a_value_of_another_kind_is_no_answer_and_no_decision(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    for name, value in (("date_of_birth", "32/13/2020"), ("personal_id", "12"), ("no_such_field", "x")):
        said = {"kind": "set_field", "subject_id": paper.document_id, "name": name, "value": value}
        with pytest.raises(ScanRejected) as caught:
            review.decide(review.read(ACTOR, said))
        assert caught.value.code == "bad_answer"
    assert desk.keys("decisions/") == []


def test_a_date_may_be_typed_as_people_write_it(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(BIRTH))
    said = {"kind": "set_field", "subject_id": paper.document_id, "name": "issue_date", "value": "20/11/2020"}
    review.decide(review.read(ACTOR, said))
    assert now(desk, paper).fields["issue_date"].value == "2020-11-20"


def test_another_office_can_neither_see_nor_answer(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    item = f"{paper.document_id}.field.document_number"
    assert review.item(OFFICE, item).question.name == "document_number"
    with pytest.raises(NotFound):
        review.item(NEIGHBOUR.office_id, item)
    with pytest.raises(NotFound):
        review.answer(NEIGHBOUR, item, "150/2020")
    assert desk.tables.papers.queue(NEIGHBOUR.office_id, 9) == ()
    assert now(desk, paper) == paper


def test_an_answered_question_is_gone(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    answer(review, paper, "field.document_number", "150/2020")
    with pytest.raises(NotFound) as caught:
        answer(review, paper, "field.document_number", "151/2020")
    assert caught.value.code == "no_such_question"


def test_applying_a_decision_again_changes_nothing(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(UNNUMBERED))
    said = {"kind": "set_field", "subject_id": paper.document_id, "name": "document_number", "value": "150/2020"}
    decision = review.read(ACTOR, said)
    review.decide(decision)
    first = now(desk, paper)
    review.decide(decision)
    assert now(desk, paper) == first


# Type


def test_only_the_type_is_asked_while_it_is_in_doubt(desk: Desk) -> None:
    assert parts(desk.file(scan(TITLE_ONLY))) == ["type"]


def test_a_confirmed_type_moves_the_paper_into_the_archive(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(TITLE_ONLY))
    assert (paper.object_key or "").startswith("intake/")
    answer(review, paper, "type", "birth_certificate")
    after = now(desk, paper)
    assert (after.object_key or "").startswith("archive/")
    assert all(key.startswith("archive/") for key in after.original_keys)
    assert desk.keys("intake/") == []
    assert desk.bytes_of(after.original_keys[0]) == scan(TITLE_ONLY)
    assert "field.full_name" in parts(after)


def test_another_type_reads_the_paper_again(desk: Desk, review: Review, parsers: PlainParsers) -> None:
    paper = desk.file(scan(MISNAMED))
    assert (paper.type, paper.fields) == ("other", {})
    after = answer(review, paper, "type", "birth_certificate")
    assert (after.type, after.state) == ("birth_certificate", "filed")
    assert after.fields["full_name"].value == CHILD
    assert [(person.personal_id, person.link) for person in after.people] == [(CHILD_NUMBER, "filed")]
    citizen = desk.tables.people.by_number(OFFICE, CHILD_NUMBER)
    assert citizen is not None
    assert [one.document_id for one in desk.tables.papers.of_citizen(OFFICE, citizen.citizen_id)] == [paper.document_id]


def test_a_paper_that_is_of_no_known_type_is_filed_as_such_once_its_owner_is_known(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(LETTER))
    after = answer(review, paper, "type", "other")
    assert (after.type, parts(after)) == ("other", ["owner.owner"])
    after = answer(review, paper, "owner.owner", None)
    assert (after.state, after.people) == ("filed", ())
    assert (after.object_key or "").startswith("archive/")


def test_what_is_set_by_hand_stays_when_the_paper_is_read_again(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(BIRTH))
    for kind, name, value in (("set_field", "issue_date", "2020-11-20"), ("set_type", "type", "marriage_certificate")):
        said = {"kind": kind, "subject_id": paper.document_id, "name": name, "value": value}
        if kind == "set_type":
            said = {"kind": kind, "subject_id": paper.document_id, "type": value}
        review.decide(review.read(ACTOR, said))
    assert now(desk, paper).fields["issue_date"].evidence == "officer"


def test_of_a_paper_that_turns_out_to_be_a_card_no_picture_stays(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(BIRTH))
    assert desk.keys("archive/") != []
    said = {"kind": "set_type", "subject_id": paper.document_id, "type": "citizen_id_card"}
    review.decide(review.read(ACTOR, said))
    after = now(desk, paper)
    assert (after.keeping, after.object_key, after.original_keys) == ("fields_only", None, ())
    held = desk.keys()
    assert [key for key in held if key.endswith(".pdf") or "/original/" in key] == []
    assert desk.tables.papers.page_texts(OFFICE, paper.document_id) == ("",)


def test_a_type_that_is_not_in_the_catalogue_is_no_answer(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(TITLE_ONLY))
    with pytest.raises(ScanRejected):
        answer(review, paper, "type", "no_such_type")


# Secrecy, pages, cuts


def suspect(desk: Desk) -> Paper:
    """A birth certificate with something like a secrecy mark on it."""
    return desk.file(scan("MẬT\n" + BIRTH.lstrip("\n")))


def test_a_paper_without_a_secrecy_mark_goes_on(desk: Desk, review: Review) -> None:
    paper = suspect(desk)
    assert parts(paper) == ["secrecy"]
    after = answer(review, paper, "secrecy", "no")
    assert "secrecy_doubtful" not in after.reasons
    assert (after.object_key or "").startswith("archive/")


def test_a_secret_paper_is_wiped(desk: Desk, review: Review) -> None:
    paper = suspect(desk)
    after = answer(review, paper, "secrecy", "yes")
    assert (after.state, after.fields, after.object_key, after.original_keys) == ("rejected", {}, None, ())
    (left,) = desk.keys("intake/") + desk.keys("archive/")
    assert PaperRecord.model_validate_json(desk.bytes_of(left)).paper == after
    assert desk.tables.search.search(SearchQuery(offices=(OFFICE,), words="khai sinh", limit=9)).hits == ()
    assert desk.tables.papers.page_texts(OFFICE, paper.document_id) == ("",)


def test_a_secret_papers_record_stays_when_it_is_called_secret_once_more(desk: Desk, review: Review) -> None:
    paper = suspect(desk)
    after = answer(review, paper, "secrecy", "yes")
    said = {"kind": "set_secrecy", "subject_id": paper.document_id, "secret": True}
    review.decide(review.read(ACTOR, said))
    (left,) = desk.keys("intake/") + desk.keys("archive/")
    assert PaperRecord.model_validate_json(desk.bytes_of(left)).paper == after


def test_a_lost_page_may_be_accepted(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(BIRTH, LOST))
    assert parts(paper) == ["page.page_lost"]
    assert answer(review, paper, "page.page_lost", "accept").state == "filed"


def test_cuts_by_a_person_make_papers_of_their_own(desk: Desk, review: Review) -> None:
    whole = desk.file(scan(BIRTH, GOING_ON))
    said = {"kind": "set_cuts", "subject_id": whole.submission_id, "first_pages": [1, 2]}
    review.decide(review.read(ACTOR, said))
    found = desk.tables.papers.of_content(OFFICE, whole.content_sha256)
    assert [paper.source_pages for paper in found] == [(1,), (2,)]
    assert now(desk, whole).state == "withdrawn"
    assert whole.document_id not in {
        hit.document_id for hit in desk.tables.search.search(SearchQuery(offices=(OFFICE,), words="sinh", limit=9)).hits
    }


def test_a_cut_that_is_taken_back_brings_the_paper_back(desk: Desk, review: Review) -> None:
    whole = desk.file(scan(BIRTH, "Trang hai"))
    for first_pages in ([1, 2], [1]):
        said = {"kind": "set_cuts", "subject_id": whole.submission_id, "first_pages": first_pages}
        review.decide(review.read(ACTOR, said))
    (back,) = desk.tables.papers.of_content(OFFICE, whole.content_sha256)
    assert (back.document_id, back.source_pages, back.state) == (whole.document_id, (1, 2), "filed")


def test_cuts_beyond_the_pages_are_no_answer(desk: Desk, review: Review) -> None:
    whole = desk.file(scan(BIRTH))
    for first_pages in ([], [0], [2]):
        said = {"kind": "set_cuts", "subject_id": whole.submission_id, "first_pages": first_pages}
        with pytest.raises(ScanRejected):
            review.decide(review.read(ACTOR, said))


# Pictures


def test_the_crop_of_a_question_comes_from_the_copy(desk: Desk, review: Review, tmp_path: Path) -> None:
    paper = desk.file(scan(UNNUMBERED))
    review.crop(OFFICE, f"{paper.document_id}.field.document_number", tmp_path / "crop")
    assert (tmp_path / "crop").read_bytes().startswith(b"part of copy of")


def test_the_crop_of_a_card_comes_from_the_original_in_intake(desk: Desk, review: Review, tmp_path: Path) -> None:
    paper = desk.file(scan(CARD.replace("Ngày sinh / Date of birth: 01/01/1998", "").replace("<7\n", "<1\n")))
    (first, *_) = parts(paper)
    review.crop(OFFICE, f"{paper.document_id}.{first}", tmp_path / "crop")
    assert (tmp_path / "crop").read_bytes().startswith(b"part of %PDF")


# Learning


def test_values_that_had_counted_as_certain_and_were_wrong_make_the_office_ask_sooner(
    desk: Desk, review: Review
) -> None:
    papers = [desk.file(scan(BIRTH.replace("150/2020", f"{number}/2020"))) for number in (150, 151)]
    for paper in papers:
        assert not paper.fields["document_number"].needs_review
        said = {"kind": "set_field", "subject_id": paper.document_id, "name": "document_number", "value": "9/2020"}
        review.decide(review.read(ACTOR, said))
    (told,) = review.reliability(OFFICE)
    wrong = max(paper.fields["document_number"].confidence for paper in papers)
    assert (told.kind, told.wrong_above, told.threshold) == ("document_number", 2, min(1.0, wrong + 0.001))


def test_one_slip_teaches_nothing(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(BIRTH))
    said = {"kind": "set_field", "subject_id": paper.document_id, "name": "document_number", "value": "9/2020"}
    review.decide(review.read(ACTOR, said))
    assert [told.threshold for told in review.reliability(OFFICE)] == [0.0]


def test_a_field_under_the_offices_threshold_asks(desk: Desk, review: Review) -> None:
    review.set_threshold(ACTOR, "document_number", 1.0)
    paper = desk.file(scan(BIRTH.replace("150/2020", "77/2020").replace("19/11/2020", "18/11/2021")))
    assert "field.document_number" in parts(paper)
    theirs = desk.file(scan(BIRTH), actor=NEIGHBOUR)
    assert theirs.state == "filed"


@pytest.fixture
def two_desks(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    with open_desk(tmp_path, PlainParsers()) as one, open_desk(tmp_path, PlainParsers()) as other:
        yield one, other


def test_two_officers_who_answer_at_once_both_count(two_desks: tuple[Desk, Desk]) -> None:
    first, second = (Review(desk.archive) for desk in two_desks)
    paper = two_desks[0].file(scan(UNNUMBERED.replace("Ngày, tháng, năm đăng ký: 19/11/2020\n", "")))
    answer(first, paper, "field.document_number", "150/2020")
    answer(second, paper, "field.issue_date", "2020-11-19")
    after = now(two_desks[0], paper)
    assert (after.state, {"document_number", "issue_date"} <= after.fields.keys()) == ("filed", True)
