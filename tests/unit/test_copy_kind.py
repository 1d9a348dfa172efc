"""What kind of copy a paper says it is."""

import pytest

from pipeline.stages.copy_kind import read_copy_kind
from schemas.dossier import CopyKindRead
from tests.unit.pages_of_text import page
from tests.unit.plain_papers import BIRTH

CERTIFIED = """
CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH
Số chứng thực 1234 quyển số 01 - SCT/BS
Ngày 12 tháng 03 năm 2024
CHỦ TỊCH
"""


def kind_of(*pages: str) -> str | None:
    read = read_copy_kind([page(text, number=number) for number, text in enumerate(pages, 1)])
    return read.kind if read else None


def test_a_paper_that_says_nothing_of_copies_is_left_open() -> None:
    assert kind_of(BIRTH) is None


def test_a_certification_on_the_last_page_makes_a_certified_copy() -> None:
    read = read_copy_kind([page(BIRTH), page(CERTIFIED, number=2)])
    cue = "chứng thực bản sao đúng với bản chính"
    assert read == CopyKindRead(kind="certified_copy", cue=cue, page=2)


def test_blank_backs_do_not_hide_the_last_page() -> None:
    assert kind_of(BIRTH, CERTIFIED, "") == "certified_copy"


def test_a_certification_number_is_enough() -> None:
    assert kind_of(BIRTH + "Số chứng thực: 88  Quyển số: 02/2024 SCT/BS\n") == "certified_copy"


def test_a_misread_letter_does_not_hide_it() -> None:
    assert kind_of(BIRTH + "Chúng thực bản sao đúng vởi bàn chinh\n") == "certified_copy"


def test_speaking_of_certified_copies_on_an_earlier_page_makes_none() -> None:
    assert kind_of("HƯỚNG DẪN\nChứng thực bản sao đúng với bản chính theo Nghị định", "Trang cuối") is None


@pytest.mark.parametrize(
    "title",
    [
        "GIẤY KHAI SINH (BẢN SAO)",
        "TRÍCH LỤC KHAI SINH (BẢN SAO)",
        "TRÍCH LỤC KẾT HÔN\n(BẢN SAO)",
        "TRÍCH LỤC KHAI TỬ (Bản sao)",
    ],
)
def test_a_title_that_names_itself_a_copy_is_a_register_extract(title: str) -> None:
    assert kind_of(BIRTH.replace("GIẤY KHAI SINH", title, 1)) == "register_extract"


def test_an_extract_that_is_no_copy_is_left_open() -> None:
    assert kind_of(BIRTH.replace("GIẤY KHAI SINH", "TRÍCH LỤC KHAI TỬ", 1)) is None


def test_the_number_of_a_register_copy_tells_it() -> None:
    assert kind_of(BIRTH.replace("Số: 150/2020", "Số: 150/TLKS-BS")) == "register_extract"


def test_a_lone_stamp_does_not_say_who_answers_for_the_copy() -> None:
    assert kind_of("BẢN SAO\n" + BIRTH.lstrip("\n")) is None


def test_a_certified_copy_of_a_register_copy_is_a_certified_copy() -> None:
    assert kind_of(BIRTH.replace("GIẤY KHAI SINH", "GIẤY KHAI SINH (BẢN SAO)", 1) + CERTIFIED) == "certified_copy"


def test_empty_pages_say_nothing() -> None:
    assert kind_of("", "") is None


def test_a_page_with_words_in_its_lower_part_only_says_nothing() -> None:
    assert kind_of(" \n" * 40 + "Trang 3") is None
