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
from tests.unit.plain_papers import BIRTH, BLANK, CARD, CHILD_NUMBER, FORM_BY_HAND, GOING_ON, LETTER, RECEIPT
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


class Fragile(PlainParsers):
    """Two pages side by side; a parser dies of page 2 so many times."""

    def __init__(self, deaths: int) -> None:
        super().__init__(side_by_side=2)
        self.deaths = deaths

    def read_page(self, scan: ScanFile, page: int, number: int, picture: Path) -> ReadPage:
        if number == 2 and self.calls.count("read 2") < self.deaths:
            self.calls.append("read 2")
            raise ScanRejected("unreadable")
        return super().read_page(scan, page, number, picture)


def digitised(
    desk: Desk, parsers: Parsers, folder: Path, *files: Sequence[str]
) -> tuple[DigitisedPaper, list[PagesDone]]:
    """The one paper of these files, with the progress that was told."""
    (paper,), progress = all_digitised(desk, parsers, folder, *files)
    return paper, progress


def all_digitised(
    desk: Desk, parsers: Parsers, folder: Path, *files: Sequence[str], cuts: tuple[int, ...] | None = None
) -> tuple[list[DigitisedPaper], list[PagesDone]]:
    """The papers of these files, with the progress that was told."""
    scans = []
    for number, pages in enumerate(files, 1):
        path = folder / f"file-{number}"
        path.write_bytes(scan(*pages))
        scans.append(ScanFile(path, "application/pdf"))
    steps = list(
        digitise(Scan(tuple(scans), "phuong-a", None), parsers, desk.tables.people, CATALOGUE, folder, cuts),
    )
    papers = [step for step in steps if isinstance(step, DigitisedPaper)]
    return papers, [step for step in steps if isinstance(step, PagesDone)]


def test_pages_stand_in_their_order_though_read_out_of_order(desk: Desk, tmp_path: Path) -> None:
    parsers = BackToFront()
    paper, _ = digitised(desk, parsers, tmp_path, [BIRTH, GOING_ON])
    assert paper.pages == (1, 2)
    assert [text.splitlines()[-1] for text in paper.texts] == [BIRTH.splitlines()[-1], GOING_ON.splitlines()[-1]]
    assert paper.copy is not None
    shown = paper.copy.read_bytes()
    assert shown.index(b"KHAI SINH") < shown.index("sổ đăng ký".encode())


def test_progress_counts_to_the_last_page(desk: Desk, parsers: PlainParsers, tmp_path: Path) -> None:
    _, progress = digitised(desk, parsers, tmp_path, [BIRTH, GOING_ON])
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
    paper, _ = digitised(desk, parsers, tmp_path, [BIRTH, GOING_ON], [GOING_ON])
    assert paper.pages == (1, 2, 3)
    assert paper.pages_by_file == ((1, 2), (1,))


def test_the_same_file_handed_in_twice_keeps_its_pages_apart(desk: Desk, parsers: PlainParsers, tmp_path: Path) -> None:
    papers, _ = all_digitised(desk, parsers, tmp_path, [BIRTH], [BIRTH])
    assert [paper.pages_by_file for paper in papers] == [((1,), ()), ((), (1,))]


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


MISREAD = "\n> 2\nNgười ký đóng dấu theo thẩm quyên được giao tại cơ quan\n"


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


def test_papers_fed_in_one_go_are_understood_one_by_one(desk: Desk, parsers: PlainParsers, tmp_path: Path) -> None:
    papers, _ = all_digitised(desk, parsers, tmp_path, [BIRTH, CARD, FORM_BY_HAND])
    assert [paper.document_type.id for paper in papers] == [
        "birth_certificate",
        "citizen_id_card",
        "birth_registration_form",
    ]
    assert [paper.settled.state for paper in papers] == ["filed", "filed", "needs_review"]


def test_a_doubtful_cut_asks_a_person_about_both_papers(desk: Desk, parsers: PlainParsers, tmp_path: Path) -> None:
    papers, _ = all_digitised(desk, parsers, tmp_path, [BIRTH, LETTER])
    assert [("cut_doubtful" in paper.settled.reasons, paper.settled.state) for paper in papers] == [
        (True, "needs_review"),
        (True, "needs_review"),
    ]
    assert all(cut.page == 2 and cut.speaks_for for paper in papers for cut in paper.cuts)


def test_cuts_that_a_person_made_are_no_question_any_more(desk: Desk, parsers: PlainParsers, tmp_path: Path) -> None:
    (paper,), _ = all_digitised(desk, parsers, tmp_path, [BIRTH, LETTER], cuts=(1,))
    assert (paper.pages, paper.settled.state) == ((1, 2), "filed")


CODE, OTHER_CODE = "H29.12.34-250708-0001", "000.00.05.H57-210409-0695"
COVER = f"QR hoso:cover:1:{CODE}\nTỜ BÌA HỒ SƠ\n"
MISSING = f"QR hoso:missing:1:{OTHER_CODE}\nDANH SÁCH GIẤY TỜ CÒN THIẾU\n"


def test_a_cover_sheet_gives_its_dossier_to_what_follows_until_the_next(
    desk: Desk, parsers: PlainParsers, tmp_path: Path
) -> None:
    papers, _ = all_digitised(desk, parsers, tmp_path, [BIRTH, COVER, BIRTH, MISSING, CARD])
    assert [paper.dossier_code for paper in papers] == [None, CODE, CODE, OTHER_CODE, OTHER_CODE]
    assert [paper.document_type.id for paper in papers[1::2]] == ["cover_sheet", "cover_sheet"]


def test_a_cover_sheet_is_filed_without_questions(desk: Desk, parsers: PlainParsers, tmp_path: Path) -> None:
    papers, _ = all_digitised(desk, parsers, tmp_path, [COVER, BLANK, BIRTH])
    assert [(paper.pages, paper.settled.state) for paper in papers] == [((1, 2), "filed"), ((3,), "filed")]
    assert papers[0].identification.people == ()


def test_the_code_of_a_receipt_is_its_dossiers(desk: Desk, parsers: PlainParsers, tmp_path: Path) -> None:
    receipt = f"QR {OTHER_CODE}|1.001193|GIẤY TIẾP NHẬN\n{RECEIPT}"
    papers, _ = all_digitised(desk, parsers, tmp_path, [receipt, BIRTH])
    assert papers[0].document_type.id == "receipt_slip"
    assert [paper.dossier_code for paper in papers] == [OTHER_CODE, OTHER_CODE]


def test_a_page_that_kills_its_parser_is_tried_once_more_after_all_others(desk: Desk, tmp_path: Path) -> None:
    parsers = Fragile(deaths=1)
    paper, _ = digitised(desk, parsers, tmp_path, (BIRTH, GOING_ON, GOING_ON))
    assert [call for call in parsers.calls if call.startswith("read")][-1] == "read 2"
    assert paper.issues == ()


def test_a_page_that_kills_its_parser_again_is_lost_alone(desk: Desk, tmp_path: Path) -> None:
    parsers = Fragile(deaths=9)
    paper, progress = digitised(desk, parsers, tmp_path, (BIRTH, GOING_ON, GOING_ON))
    assert parsers.calls.count("read 2") == 2
    assert [(issue.code, issue.page) for issue in paper.issues] == [("page_lost", 2)]
    assert progress[-1] == PagesDone(3, 3)
