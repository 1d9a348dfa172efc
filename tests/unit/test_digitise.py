"""Files in, papers out, whatever order their pages are read in and whichever of them are lost."""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.digitise import DigitisedPaper, PagesDone, Scan, digitise
from pipeline.errors import ScanRejected
from pipeline.pages import ReadPage, ScanFile
from pipeline.ports import Parsers
from schemas.dossier import RepairedWord
from tests.unit.desk import CATALOGUE, Desk
from tests.unit.plain_papers import BIRTH, BLANK, CARD, CHILD_NUMBER, FORM_BY_HAND, LETTER
from tests.unit.plain_parsers import LOST, MendingParsers, PlainParsers, scan


class BackToFront(PlainParsers):
    """Reads two pages at the same time and finishes the first page last."""

    def __init__(self) -> None:
        super().__init__(side_by_side=2)
        self._second_done = threading.Event()

    def read_page(self, scan: ScanFile, page: int, number: int, picture: Path) -> ReadPage:
        if number == 1:
            assert self._second_done.wait(30)
        read = super().read_page(scan, page, number, picture)
        if number == 2:
            self._second_done.set()
        return read


def digitised(
    desk: Desk, parsers: Parsers, folder: Path, *files: Sequence[str]
) -> tuple[DigitisedPaper, list[PagesDone]]:
    """The one paper of these files, with the progress that was told."""
    scans = []
    for number, pages in enumerate(files, 1):
        path = folder / f"file-{number}"
        path.write_bytes(scan(*pages))
        scans.append(ScanFile(path, "application/pdf"))
    steps = list(
        digitise(Scan(tuple(scans), "phuong-a", None), parsers, desk.tables.people, CATALOGUE, folder),
    )
    (paper,) = (step for step in steps if isinstance(step, DigitisedPaper))
    return paper, [step for step in steps if isinstance(step, PagesDone)]


def test_pages_stand_in_their_order_though_read_out_of_order(desk: Desk, tmp_path: Path) -> None:
    parsers = BackToFront()
    paper, _ = digitised(desk, parsers, tmp_path, [BIRTH, LETTER])
    assert paper.pages == (1, 2)
    assert [text.splitlines()[-1] for text in paper.texts] == [BIRTH.splitlines()[-1], LETTER.splitlines()[-1]]
    assert paper.copy is not None
    shown = paper.copy.read_bytes()
    assert shown.index(b"KHAI SINH") < shown.index("tổ dân phố".encode())


def test_progress_counts_to_the_last_page(desk: Desk, parsers: PlainParsers, tmp_path: Path) -> None:
    _, progress = digitised(desk, parsers, tmp_path, [BIRTH, LETTER])
    assert progress == [PagesDone(0, 2), PagesDone(1, 2), PagesDone(2, 2)]


def test_a_lost_page_sends_its_paper_to_review_without_a_copy(
    desk: Desk, parsers: PlainParsers, tmp_path: Path
) -> None:
    paper, _ = digitised(desk, parsers, tmp_path, [BIRTH, LOST])
    assert paper.settled.state == "needs_review"
    assert "page_lost" in paper.settled.reasons
    assert paper.copy is None
    assert (paper.pages, paper.rotations, len(paper.texts)) == ((1, 2), (0, 0), 2)


def test_what_the_other_pages_say_is_read_all_the_same(desk: Desk, parsers: PlainParsers, tmp_path: Path) -> None:
    paper, _ = digitised(desk, parsers, tmp_path, [LOST, BIRTH])
    assert paper.classification.type == "birth_certificate"
    assert paper.fields["personal_id"].value == CHILD_NUMBER


def test_a_file_whose_pages_are_all_lost_is_refused_with_their_reason(
    desk: Desk, parsers: PlainParsers, tmp_path: Path
) -> None:
    with pytest.raises(ScanRejected) as error:
        digitised(desk, parsers, tmp_path, [LOST, LOST])
    assert error.value.code == "damaged"


def test_of_several_files_each_ones_own_pages_are_told(desk: Desk, parsers: PlainParsers, tmp_path: Path) -> None:
    paper, _ = digitised(desk, parsers, tmp_path, [BIRTH, LETTER], [LETTER])
    assert paper.pages == (1, 2, 3)
    assert paper.pages_by_file == ((1, 2), (1,))


def test_the_same_file_handed_in_twice_keeps_its_pages_apart(desk: Desk, parsers: PlainParsers, tmp_path: Path) -> None:
    paper, _ = digitised(desk, parsers, tmp_path, [BIRTH], [BIRTH])
    assert paper.pages_by_file == ((1,), (1,))


def test_a_blank_back_stays_in_the_copy(desk: Desk, parsers: PlainParsers, tmp_path: Path) -> None:
    paper, _ = digitised(desk, parsers, tmp_path, [BIRTH, BLANK])
    assert (paper.pages, paper.texts[1], paper.settled.state) == ((1, 2), "", "filed")
    assert paper.copy is not None


def test_a_form_filled_in_by_hand_goes_to_review(desk: Desk, parsers: PlainParsers, tmp_path: Path) -> None:
    paper, _ = digitised(desk, parsers, tmp_path, [FORM_BY_HAND])
    assert paper.classification.type == "birth_registration_form"
    assert (paper.settled.state, "handwriting" in paper.settled.reasons) == ("needs_review", True)


def test_a_card_has_no_copy(desk: Desk, parsers: PlainParsers, tmp_path: Path) -> None:
    paper, _ = digitised(desk, parsers, tmp_path, [CARD])
    assert (paper.settled.state, paper.copy) == ("filed", None)


MISREAD = "\nNgười ký đóng dấu theo thẩm quyên được giao tại cơ quan\n"


def test_repaired_words_are_listed_with_their_page_reading_and_reason(desk: Desk, tmp_path: Path) -> None:
    paper, _ = digitised(desk, MendingParsers(), tmp_path, [BIRTH, MISREAD])
    assert RepairedWord(page=2, read_as="quyên", text="quyền", reason="marks") in paper.repairs


def test_every_page_that_could_be_opened_is_graded(desk: Desk, parsers: PlainParsers, tmp_path: Path) -> None:
    paper, _ = digitised(desk, parsers, tmp_path, [BIRTH, LOST, BLANK])
    graded = [(one.page, one.verdict, one.grade is None) for one in paper.grades]
    assert graded == [(1, "good", False), (3, "good", True)]


class Smudging(PlainParsers):
    """Makes copies that do not look like their pages, and finds it out."""

    def render(self, pages: Sequence[ReadPage], target: Path) -> None:
        raise ScanRejected("unreadable", "archive copy differs from page 1")


def test_a_copy_that_does_not_prove_itself_sends_its_paper_to_a_person(desk: Desk, tmp_path: Path) -> None:
    paper, _ = digitised(desk, Smudging(), tmp_path, [BIRTH])
    assert paper.copy is None
    assert paper.settled.state == "needs_review"
    assert "copy_unproven" in paper.settled.reasons
