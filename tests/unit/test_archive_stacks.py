"""What is archived of a stack in which a card lay: everything but the card."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ScanRejected
from pipeline.pages import ScanFile
from schemas.dossier import Excerpt, Paper
from tests.unit.desk import Desk, open_desk
from tests.unit.plain_papers import BIRTH, BLANK, CARD, LETTER, RECEIPT
from tests.unit.plain_parsers import PlainParsers, scan

LATER = datetime.now(UTC) + timedelta(days=31)
FROM_CARD = "289 Nguyễn Trãi"
"""Stands on the card and is no field of it."""
STACK = scan(BIRTH, CARD, BLANK, BIRTH)
CODE = "H26.41.31-250925-7803"


def filed(desk: Desk, *files: bytes, **handing: Any) -> list[Paper]:
    submission = desk.receive(*files, **handing)
    desk.archive.process(submission.submission_id)
    return list(desk.tables.papers.of_content(submission.actor.office_id, submission.content_sha256))


def test_the_original_of_a_stack_is_archived_without_its_card(desk: Desk) -> None:
    before, card, after = filed(desk, STACK)
    (key,) = before.original_keys
    assert key.startswith("archive/")
    assert desk.bytes_of(key) == scan(BIRTH, BIRTH)
    assert after.original_keys == (key,)
    assert all(name.startswith("intake/") for name in card.original_keys)


def test_the_record_of_a_paper_tells_that_its_original_is_an_excerpt(desk: Desk) -> None:
    before, card, _ = filed(desk, STACK)
    left = hashlib.sha256(scan(BIRTH, BIRTH)).hexdigest()
    whole = hashlib.sha256(STACK).hexdigest()
    told = Excerpt(sha256=left, media_type="application/pdf", original_sha256=whole, pages=(1, 4))
    assert before.excerpts == (told,)
    assert before.original_sha256s == (left,)
    assert (card.excerpts, card.original_sha256s) == ((), (whole,))


def test_nothing_of_the_card_but_its_fields_is_left_after_intake(desk: Desk) -> None:
    filed(desk, STACK)
    assert FROM_CARD.encode() in desk.everything()
    desk.archive.intake.expire("phuong-a", LATER)
    assert FROM_CARD.encode() not in desk.everything()


def test_a_stack_without_a_card_is_archived_whole(desk: Desk) -> None:
    one, two = filed(desk, scan(BIRTH, BIRTH))
    assert one.original_keys == two.original_keys
    assert desk.bytes_of(one.original_keys[0]) == scan(BIRTH, BIRTH)
    assert (one.excerpts, desk.keys("intake/")) == ((), [])


def test_a_card_in_a_file_of_its_own_leaves_the_other_file_whole(desk: Desk) -> None:
    paper, card = filed(desk, scan(BIRTH), scan(CARD))
    assert desk.bytes_of(paper.original_keys[0]) == scan(BIRTH)
    assert paper.excerpts == ()
    assert [key.split("/")[0] for key in paper.original_keys] == ["archive", "intake"]
    assert card.original_keys == paper.original_keys


def test_while_a_cut_is_doubtful_nothing_of_a_stack_with_a_card_leaves_intake(desk: Desk) -> None:
    papers = filed(desk, scan(BIRTH, BIRTH, LETTER, CARD))
    kept = [paper for paper in papers if paper.keeping == "keep"]
    assert any("cut_doubtful" in paper.reasons for paper in kept)
    assert len(kept) == 3
    for paper in kept:
        assert all(key.startswith("intake/") for key in (paper.object_key or "", *paper.original_keys))
        assert paper.excerpts == ()


def test_a_card_on_a_page_with_another_paper_asks_a_person_and_stays_in_intake(desk: Desk) -> None:
    (paper,) = filed(desk, scan(BIRTH + CARD))
    assert paper.state == "needs_review"
    assert "card_among_others" in paper.reasons
    assert all(key.startswith("intake/") for key in paper.original_keys)


class Uncut(PlainParsers):
    """Cannot cut files."""

    def excerpt(self, scan: ScanFile, pages: Sequence[int], target: Path) -> None:
        raise ScanRejected("unreadable", "excerpt")


def test_a_stack_that_cannot_be_cut_stays_in_intake_and_asks(tmp_path: Path) -> None:
    with open_desk(tmp_path, Uncut()) as desk:
        papers = filed(desk, STACK)
        assert {paper.state for paper in papers} == {"needs_review"}
        assert all("original_uncut" in paper.reasons for paper in papers)
        assert desk.keys("archive/") == [key for key in desk.keys("archive/") if key.endswith(".json")]
        assert desk.archive.intake.expire("phuong-a", LATER) == 0


@pytest.mark.parametrize(
    ("first", "codes"),
    [(f"QR hoso:cover:1:{CODE}\nTỜ BÌA HỒ SƠ\n", [CODE, CODE]), (RECEIPT, ["H29.1", "H29.1"])],
    ids=["a sheet with a code", "a receipt without one"],
)
def test_the_dossier_of_a_sheet_goes_before_that_of_the_submission(desk: Desk, first: str, codes: list[str]) -> None:
    papers = filed(desk, scan(first, BIRTH), dossier_code="H29.1")
    assert [paper.dossier_code for paper in papers] == codes
