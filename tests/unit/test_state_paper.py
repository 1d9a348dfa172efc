"""Administrative papers by NĐ 30/2020: what their head, their subject and their signature say."""

import pytest

from pipeline.catalogue import load_catalogue
from pipeline.stages.extract import extract
from schemas.dossier import Field
from schemas.text import PageText
from tests.unit.fields_of_text import nothing
from tests.unit.pages_of_text import page

TYPES = load_catalogue().types
DECISION = """
ỦY BAN NHÂN DÂN > CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
TỈNH HẢI NAM > Độc lập - Tự do - Hạnh phúc
Số: 45/QĐ-UBND > Hải Nam, ngày 15 tháng 10 năm 2024

QUYẾT ĐỊNH
Về việc trồng cây xanh ven đường và trong các
công viên của tỉnh Hải Nam

CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH HẢI NAM

Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;
Căn cứ Quyết định số 12/QĐ-UBND ngày 03 tháng 02 năm 2020 của tỉnh Hải Nam;
Điều 1. Trồng cây xanh ven đường và trong các công viên của tỉnh Hải Nam.
Điều 2. Quyết định này có hiệu lực kể từ ngày ký và được công bố rộng rãi.

Nơi nhận: > KT. CHỦ TỊCH
- Như Điều 2; > PHÓ CHỦ TỊCH


- Lưu: VT. > Trần Văn Bình
"""
LETTER = """
ỦY BAN NHÂN DÂN > CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
TỈNH HẢI NAM > Độc lập - Tự do - Hạnh phúc
Số: 45/UBND-KT > Hải Nam, ngày 15 tháng 10 năm 2024
V/v trồng cây xanh
ven đường

Kính gửi: Sở Xây dựng
Theo đề nghị của Sở Xây dựng về việc trồng cây xanh, tỉnh có ý kiến như sau:
Đồng ý với đề nghị của Sở Xây dựng về số cây và nơi trồng cây trong năm nay.
Nơi nhận: > CHỦ TỊCH


- Lưu: VT. > Trần Văn Bình
"""


def read(text: str, kind: str = "decision", **marks: object) -> dict[str, Field]:
    return extract([page(text, **marks)], TYPES[kind], nothing)  # type: ignore[arg-type]


def test_a_decision_says_number_date_issuer_subject_and_signer() -> None:
    found = {name: field.value for name, field in read(DECISION).items()}
    assert found == {
        "document_number": "45/QĐ-UBND",
        "issue_date": "2024-10-15",
        "issuer": "ỦY BAN NHÂN DÂN TỈNH HẢI NAM",
        "subject": "Về việc trồng cây xanh ven đường và trong các công viên của tỉnh Hải Nam",
        "signer": "Trần Văn Bình",
    }


def test_clear_print_asks_nobody() -> None:
    assert not any(field.needs_review for field in read(DECISION).values())


def test_the_matter_of_a_letter_stands_under_its_number() -> None:
    assert read(LETTER, "official_letter")["subject"].value == "V/v trồng cây xanh ven đường"


def test_a_paper_of_no_known_type_says_what_its_head_says() -> None:
    found = read(DECISION.replace("QUYẾT ĐỊNH\n", "PHƯƠNG ÁN\n").replace("/QĐ-", "/PA-"), "other")
    assert (found["document_number"].value, found["issue_date"].value) == ("45/PA-UBND", "2024-10-15")


def test_without_a_head_nothing_is_taken_from_the_text() -> None:
    text = DECISION.replace("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "").replace("Độc lập - Tự do - Hạnh phúc", "")
    assert read(text, "other") == {}


def test_a_number_that_cannot_be_read_is_not_taken_from_the_text() -> None:
    assert "document_number" not in read(DECISION.replace("Số: 45/", "Số: @†/"))


def test_a_date_that_cannot_be_read_is_not_taken_from_the_text() -> None:
    assert "issue_date" not in read(DECISION.replace("ngày 15 tháng 10", "ngày ›ÈÙ tháng 10"))


@pytest.mark.parametrize("said", ["Số: 5/QĐ-UBND", "Số: ¿45/QĐ-UBND", "Số: 4O/QĐ-UBND", "Số: 45/BC-UBND"])
def test_a_number_that_may_have_lost_a_digit_asks_a_person(said: str) -> None:
    assert read(DECISION.replace("Số: 45/QĐ-UBND", said))["document_number"].needs_review


@pytest.mark.parametrize("said", ["ngày 5 tháng", "ngày 1O tháng", "ngày @15 tháng"])
def test_a_day_that_may_have_lost_a_digit_asks_a_person(said: str) -> None:
    assert read(DECISION.replace("ngày 15 tháng", said))["issue_date"].needs_review


def test_a_number_by_hand_asks_a_person() -> None:
    found = read(DECISION.replace("45/QĐ-UBND", "45 /QĐ-UBND"), pen=["45"])["document_number"]
    assert (found.value, found.handwritten, found.needs_review) == ("45/QĐ-UBND", True, True)


def test_a_year_in_the_number_that_is_not_the_dates_makes_both_a_question() -> None:
    found = read(DECISION.replace("45/QĐ", "45/2023/QĐ"))
    assert found["document_number"].needs_review
    assert found["issue_date"].needs_review


def test_an_issuer_of_three_lines_is_read_whole() -> None:
    text = DECISION.replace("Số: 45", "BAN CHỈ ĐẠO 138\nSố: 45")
    assert read(text)["issuer"].value == "ỦY BAN NHÂN DÂN TỈNH HẢI NAM BAN CHỈ ĐẠO 138"


def test_marks_that_an_issuer_lost_are_put_back_from_what_agencies_are_called() -> None:
    text = DECISION.replace("ỦY BAN NHÂN DÂN >", "UY{0.2} BAN NHÂN DẦN{0.3} >")
    assert read(text)["issuer"].value == "ỦY BAN NHÂN DÂN TỈNH HẢI NAM"


def test_the_tone_of_an_issuer_stays_where_it_is_printed() -> None:
    text = DECISION.replace("ỦY BAN NHÂN DÂN >", "UỶ BAN NHÂN DÂN >")
    assert read(text)["issuer"].value.startswith("UỶ BAN")


def test_a_place_misread_once_is_spelt_as_the_rest_of_the_paper_spells_it() -> None:
    found = read(DECISION.replace("công viên của tỉnh Hải Nam\n", "công viên của tỉnh Hãi Nam\n", 1))["subject"]
    assert found.value.endswith("tỉnh Hải Nam")


def test_an_unclear_word_of_the_subject_asks_a_person() -> None:
    assert read(DECISION.replace("việc trồng cây", "việc trồng{0.5} cây", 1))["subject"].needs_review


def test_a_stamp_beside_the_subject_is_left_out() -> None:
    subject = "CVĐẾN > Trồng cây xanh"
    lines = "Về việc trồng cây xanh ven đường và trong các\ncông viên của tỉnh Hải Nam"
    text = DECISION.replace("\nQUYẾT ĐỊNH", "\n> QUYẾT ĐỊNH").replace(lines, subject)
    assert read(text)["subject"].value == "Trồng cây xanh"


def test_a_name_that_nobody_bears_asks_a_person() -> None:
    found = read(DECISION.replace("Trần Văn Bình", "Trân Văn Bình"))["signer"]
    assert (found.value, found.needs_review) == ("Trân Văn Bình", True)


def test_the_first_signature_counts_and_not_that_of_an_appendix() -> None:
    appendix: PageText = page("Phụ lục\nCHỦ TỊCH\n\n > CHỦ TỊCH\n\n > Lê Thị Mai", number=2)
    assert extract([page(DECISION), appendix], TYPES["decision"], nothing)["signer"].value == "Trần Văn Bình"


def test_a_signature_over_the_page_end_is_found() -> None:
    first, second = DECISION.split("\n\n\n- Lưu")
    filler = "\n" * 26
    pages = [page(first.replace("Nơi nhận", filler + "Nơi nhận")), page(f"- Lưu{second}", number=2)]
    assert extract(pages, TYPES["decision"], nothing)["signer"].value == "Trần Văn Bình"
