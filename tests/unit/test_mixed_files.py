"""What answers do to a file that holds a card beside papers that are kept."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.errors import ScanRejected
from pipeline.pages import ScanFile
from pipeline.review import Review
from schemas.dossier import Paper, PaperRecord, Submission
from tests.unit.desk import ACTOR, Desk, open_desk
from tests.unit.plain_papers import BIRTH, CARD, LETTER, TITLE_ONLY
from tests.unit.plain_parsers import PlainParsers, scan

OFFICE = ACTOR.office_id
FROM_CARD = "289 Nguyễn Trãi".encode()
DOUBTED = scan(BIRTH, BIRTH, LETTER, CARD)
"""Whether the letter goes on from the certificate before it is doubtful."""
HELD_BACK = scan(BIRTH, CARD, TITLE_ONLY)
"""The type of its last paper is doubtful."""


@pytest.fixture
def review(desk: Desk) -> Review:
    return Review(desk.archive)


def process(desk: Desk, *files: bytes) -> Submission:
    submission = desk.receive(*files)
    desk.archive.process(submission.submission_id)
    return submission


def papers_of(desk: Desk, submission: Submission) -> list[Paper]:
    return list(desk.tables.papers.of_content(OFFICE, submission.content_sha256))


def kept(papers: Sequence[Paper]) -> list[Paper]:
    return [paper for paper in papers if paper.keeping == "keep" and paper.state != "withdrawn"]


def settle_type(review: Review, paper: Paper) -> None:
    review.answer(ACTOR, f"{paper.document_id}.type", "birth_certificate")


def decide(review: Review, **said: object) -> None:
    review.decide(review.read(ACTOR, said))


def pictures(desk: Desk, folder: str) -> list[str]:
    return [key for key in desk.keys(folder) if key.endswith(".pdf") or "/original/" in key]


def test_an_answer_moves_no_copy_while_another_cut_of_the_mixed_file_is_doubtful(desk: Desk, review: Review) -> None:
    submission = process(desk, DOUBTED)
    sure = next(paper for paper in kept(papers_of(desk, submission)) if "cut_doubtful" not in paper.reasons)
    decide(review, kind="set_field", subject_id=sure.document_id, name="issue_date", value="2020-11-20")
    after = desk.tables.papers.get(OFFICE, sure.document_id)
    assert after.fields["issue_date"].evidence == "officer"
    assert (after.object_key or "").startswith("intake/")
    assert pictures(desk, "archive/") == []


def test_once_the_cuts_are_settled_all_copies_of_the_file_are_archived(desk: Desk, review: Review) -> None:
    submission = process(desk, DOUBTED)
    decide(review, kind="set_cuts", subject_id=submission.submission_id, first_pages=[1, 2, 3, 4])
    sure = [paper for paper in kept(papers_of(desk, submission)) if paper.type == "birth_certificate"]
    assert len(sure) == 2
    assert all((paper.object_key or "").startswith("archive/") for paper in sure)


def test_reading_a_doubtfully_cut_paper_under_another_type_archives_nothing(desk: Desk, review: Review) -> None:
    submission = process(desk, DOUBTED)
    doubted = next(paper for paper in kept(papers_of(desk, submission)) if "cut_doubtful" in paper.reasons)
    decide(review, kind="set_type", subject_id=doubted.document_id, type="marriage_certificate")
    assert pictures(desk, "archive/") == []


def test_a_settled_mixed_file_is_archived_without_its_card(desk: Desk, review: Review) -> None:
    submission = process(desk, HELD_BACK)
    assert all(key.startswith("intake/") for paper in papers_of(desk, submission) for key in paper.original_keys)
    settle_type(review, papers_of(desk, submission)[-1])
    first, last = kept(papers_of(desk, submission))
    assert first.original_keys == last.original_keys
    assert desk.bytes_of(first.original_keys[0]) == scan(BIRTH, TITLE_ONLY)
    (excerpt,) = first.excerpts
    assert (excerpt.pages, excerpt.original_sha256) == ((1, 3), hashlib.sha256(HELD_BACK).hexdigest())
    assert not any(FROM_CARD in desk.bytes_of(key) for key in desk.keys(""))


def test_the_record_in_the_store_tells_of_the_excerpt(desk: Desk, review: Review) -> None:
    submission = process(desk, HELD_BACK)
    settle_type(review, papers_of(desk, submission)[-1])
    first = kept(papers_of(desk, submission))[0]
    (key,) = [key for key in desk.keys("archive/") if "/1.v" in key and key.endswith(".json")]
    assert PaperRecord.model_validate_json(desk.bytes_of(key)).paper == first


def test_the_file_stays_in_intake_while_the_card_is_asked_about(desk: Desk, review: Review) -> None:
    doubtful_card = CARD.replace("Ngày sinh / Date of birth: 01/01/1998", "").replace("<7\n", "<1\n")
    submission = process(desk, scan(BIRTH, doubtful_card, TITLE_ONLY))
    settle_type(review, papers_of(desk, submission)[-1])
    card = next(paper for paper in papers_of(desk, submission) if paper.keeping != "keep")
    assert card.state == "needs_review"
    assert [key.split("/")[0] for key in card.original_keys] == ["intake"]
    assert all(key.startswith("archive/") for one in kept(papers_of(desk, submission)) for key in one.original_keys)


def test_the_picture_of_a_question_comes_from_the_file_that_shows_its_page(
    desk: Desk, review: Review, tmp_path: Path
) -> None:
    doubtful_card = CARD.replace("Ngày sinh / Date of birth: 01/01/1998", "").replace("<7\n", "<1\n")
    submission = process(desk, scan(BIRTH), scan(TITLE_ONLY, doubtful_card))
    settle_type(review, papers_of(desk, submission)[1])
    card = next(paper for paper in papers_of(desk, submission) if paper.keeping != "keep")
    review.crop(OFFICE, f"{card.document_id}.{card.questions[0].part}", tmp_path / "crop")
    assert FROM_CARD in (tmp_path / "crop").read_bytes()


def test_applying_the_last_answer_again_changes_nothing(desk: Desk, review: Review) -> None:
    submission = process(desk, HELD_BACK)
    last = papers_of(desk, submission)[-1]
    said = {"kind": "set_type", "subject_id": last.document_id, "type": "birth_certificate"}
    decision = review.read(ACTOR, said)
    review.decide(decision)
    before, held = papers_of(desk, submission), desk.keys()
    review.decide(decision)
    assert (papers_of(desk, submission), desk.keys()) == (before, held)


def test_a_kept_original_loses_the_page_that_turns_out_to_be_a_card(desk: Desk, review: Review) -> None:
    submission = process(desk, scan(BIRTH, BIRTH.replace("150/2020", "151/2020")))
    one, other = papers_of(desk, submission)
    decide(review, kind="set_type", subject_id=other.document_id, type="citizen_id_card")
    after, card = papers_of(desk, submission)
    assert desk.bytes_of(after.original_keys[0]) == scan(BIRTH)
    assert (card.original_keys, pictures(desk, "intake/")) == ((), [])
    assert one.original_keys[0] not in desk.keys("")


def test_an_excerpt_is_cut_again_when_another_page_of_it_is_a_card(desk: Desk, review: Review) -> None:
    more = BIRTH.replace("150/2020", "151/2020")
    submission = process(desk, scan(BIRTH, CARD, more))
    last = kept(papers_of(desk, submission))[-1]
    decide(review, kind="set_type", subject_id=last.document_id, type="citizen_id_card")
    (left,) = kept(papers_of(desk, submission))
    (excerpt,) = left.excerpts
    assert excerpt.pages == (1,)
    assert [desk.bytes_of(key) for key in left.original_keys] == [scan(BIRTH)]
    assert [key for key in pictures(desk, "archive/") if "/original/" in key] == list(left.original_keys)


def test_a_paper_that_is_cut_to_give_a_card_leaves_no_picture_of_it(desk: Desk, review: Review) -> None:
    submission = process(desk, scan(BIRTH, "Trang hai"))
    (whole,) = papers_of(desk, submission)
    assert (whole.object_key or "").startswith("archive/")
    decide(review, kind="set_cuts", subject_id=submission.submission_id, first_pages=[1, 2])
    second = papers_of(desk, submission)[-1]
    decide(review, kind="set_type", subject_id=second.document_id, type="citizen_id_card")
    assert not any(b"Trang hai" in desk.bytes_of(key) for key in pictures(desk, "archive/"))


class Uncut(PlainParsers):
    """Cannot cut files."""

    def excerpt(self, scan: ScanFile, pages: Sequence[int], target: Path) -> None:
        raise ScanRejected("unreadable", "excerpt")


def test_a_file_that_cannot_be_cut_after_review_asks_and_stays(tmp_path: Path) -> None:
    with open_desk(tmp_path, Uncut()) as desk:
        submission = process(desk, HELD_BACK)
        settle_type(Review(desk.archive), papers_of(desk, submission)[-1])
        papers = papers_of(desk, submission)
        assert all("original_uncut" in paper.reasons for paper in papers)
        assert [key for key in desk.keys("archive/") if "/original/" in key] == []
        assert all(key.startswith("intake/") for paper in papers for key in paper.original_keys)
