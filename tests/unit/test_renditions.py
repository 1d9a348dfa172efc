"""The same paper again, and newer papers of a series, at a counter."""

import pytest

from pipeline.review import Review
from schemas.dossier import Paper
from tests.unit.desk import ACTOR, NEIGHBOUR, Desk
from tests.unit.plain_papers import BIRTH, CHILD_NUMBER
from tests.unit.plain_parsers import scan

OFFICE = ACTOR.office_id
AGAIN = BIRTH + "\n\n"


@pytest.fixture
def review(desk: Desk) -> Review:
    return Review(desk.archive)


def now(desk: Desk, paper: Paper) -> Paper:
    return desk.tables.papers.get(OFFICE, paper.document_id)


def test_the_same_bytes_again_are_the_paper_on_file(desk: Desk) -> None:
    first = desk.file(scan(BIRTH))
    assert desk.file(scan(BIRTH)) == first


def test_another_scan_of_a_paper_is_a_rendition_of_it(desk: Desk) -> None:
    first, second = desk.file(scan(BIRTH)), desk.file(scan(AGAIN))
    assert first.document_id != second.document_id
    assert [now(desk, first).rendition_of, now(desk, second).rendition_of].count(None) == 1
    assert (second.state, second.questions) == ("filed", ())


def test_a_confirmed_scan_stays_the_one_that_counts(desk: Desk) -> None:
    first = desk.file(scan(BIRTH))
    desk.archive.confirm(ACTOR, first.document_id, "original")
    second = desk.file(scan(AGAIN))
    assert now(desk, first).rendition_of is None
    assert second.rendition_of == first.document_id


def test_the_paper_of_another_office_is_none_of_ours(desk: Desk) -> None:
    desk.file(scan(BIRTH), actor=NEIGHBOUR)
    assert desk.file(scan(AGAIN)).rendition_of is None


def test_a_certificate_registered_again_is_a_paper_of_its_own(desk: Desk) -> None:
    desk.file(scan(BIRTH))
    again = desk.file(scan(BIRTH.replace("150/2020", "7/2023").replace("19/11/2020", "01/02/2023")))
    assert (again.rendition_of, again.questions) == (None, ())


def doubtful_rendition(desk: Desk) -> tuple[Paper, Paper]:
    """A paper, and a scan that may be of it: its number cannot be read."""
    return desk.file(scan(BIRTH)), desk.file(scan(BIRTH.replace("Số: 150/2020\n", "")))


def test_a_scan_that_may_be_of_a_paper_on_file_asks(desk: Desk) -> None:
    first, second = doubtful_rendition(desk)
    assert f"same.{first.document_id}" in [asked.part for asked in second.questions]
    assert second.rendition_of is None


def test_a_person_may_say_that_it_is_the_same(desk: Desk, review: Review) -> None:
    first, second = doubtful_rendition(desk)
    item = f"{second.document_id}.same.{first.document_id}"
    after = review.answer(ACTOR, item, first.document_id)
    assert after.rendition_of == first.document_id
    assert f"same.{first.document_id}" not in [asked.part for asked in after.questions]


def test_a_person_may_say_that_it_is_another(desk: Desk, review: Review) -> None:
    first, second = doubtful_rendition(desk)
    review.answer(ACTOR, f"{second.document_id}.same.{first.document_id}", None)
    after = review.answer(ACTOR, f"{second.document_id}.field.document_number", "150/2020")
    assert (after.rendition_of, after.questions) == (None, ())


def test_an_answer_that_makes_it_certain_makes_it_a_rendition(desk: Desk, review: Review) -> None:
    first, second = doubtful_rendition(desk)
    review.answer(ACTOR, f"{second.document_id}.field.document_number", "150/2020")
    assert {now(desk, first).rendition_of, now(desk, second).rendition_of} & {first.document_id, second.document_id}


def confirmation(issued: str) -> str:
    """A confirmation of residence, issued on a day of 2025."""
    return f"""
CÔNG AN PHƯỜNG BẾN NGHÉ
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Mẫu CT07
XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ
Số: 12/XN
Bến Nghé, ngày {issued} tháng 03 năm 2025
1. Họ, chữ đệm và tên: TÔN THẤT KHÁNH NHƯ
2. Ngày, tháng, năm sinh: 17/10/2020
3. Số định danh cá nhân: {CHILD_NUMBER}
4. Nơi thường trú: 289 Nguyễn Trãi, phường Bến Nghé
Nội dung xác nhận: đã đăng ký thường trú
"""


def superseding(desk: Desk) -> tuple[Paper, Paper]:
    """A confirmation and a newer one of the same person."""
    older = desk.file(scan(confirmation("05")))
    newer = desk.file(scan(confirmation("20").replace("12/XN", "44/XN")))
    assert (older.type, newer.type) == ("residence_confirmation", "residence_confirmation")
    return now(desk, older), newer


def test_a_newer_paper_of_the_series_is_put_to_a_person(desk: Desk) -> None:
    older, newer = superseding(desk)
    assert f"newer.{newer.document_id}" in [asked.part for asked in older.questions]
    assert older.invalid_state is None


def test_a_person_may_say_that_it_has_taken_the_older_ones_place(desk: Desk, review: Review) -> None:
    older, newer = superseding(desk)
    after = review.answer(ACTOR, f"{older.document_id}.newer.{newer.document_id}", "superseded")
    assert (after.invalid_state, after.superseded_by) == ("superseded", newer.document_id)
    assert [asked for asked in after.questions if asked.kind == "newer"] == []


def test_a_person_may_say_that_the_older_one_still_holds(desk: Desk, review: Review) -> None:
    older, newer = superseding(desk)
    after = review.answer(ACTOR, f"{older.document_id}.newer.{newer.document_id}", "valid")
    assert after.invalid_state is None
    assert [asked for asked in after.questions if asked.kind == "newer"] == []


def test_a_flag_may_be_set_unasked_and_taken_back(desk: Desk, review: Review) -> None:
    paper = desk.file(scan(BIRTH))
    said = {"kind": "invalidate", "subject_id": paper.document_id, "state": "cancelled", "since": "2025-01-02"}
    review.decide(review.read(ACTOR, said))
    flagged = now(desk, paper)
    assert (flagged.invalid_state, str(flagged.invalid_from)) == ("cancelled", "2025-01-02")
    assert flagged.object_key == paper.object_key
    review.decide(review.read(ACTOR, said | {"state": "valid"}))
    assert now(desk, paper).invalid_state is None


def test_the_same_paper_twice_in_one_submission_counts_once(desk: Desk) -> None:
    submission = desk.receive(scan(BIRTH, BIRTH))
    desk.archive.process(submission.submission_id)
    first, second = desk.tables.papers.of_content(OFFICE, submission.content_sha256)
    assert {first.rendition_of, second.rendition_of} in ({None, first.document_id}, {None, second.document_id})


def test_two_papers_of_one_person_in_one_submission_both_count(desk: Desk) -> None:
    other = BIRTH.replace("150/2020", "7/2023").replace("19/11/2020", "01/02/2023")
    submission = desk.receive(scan(BIRTH, other))
    desk.archive.process(submission.submission_id)
    papers = desk.tables.papers.of_content(OFFICE, submission.content_sha256)
    assert [paper.rendition_of for paper in papers] == [None, None]


def test_a_paper_cut_out_of_a_withdrawn_one_is_no_rendition_of_it(desk: Desk, review: Review) -> None:
    whole = desk.file(scan(BIRTH, "Trang hai"))
    said = {"kind": "set_cuts", "subject_id": whole.submission_id, "first_pages": [1, 2]}
    review.decide(review.read(ACTOR, said))
    first, _ = desk.tables.papers.of_content(OFFICE, whole.content_sha256)
    assert first.rendition_of is None
