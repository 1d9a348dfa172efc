from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.field_values import date_in_words, number_in_words, parse
from schemas.catalog import FieldKind

KINDS = get_args(FieldKind)


def value(kind: FieldKind, text: str) -> str | None:
    parsed = parse(kind, text)
    return parsed.value if parsed else None


@pytest.mark.parametrize(
    "text",
    [
        "05/02/2024",
        "5-2-2024",
        "05.02.2024",
        "ngày 05 tháng 02 năm 2024",
        "20 giờ 10 phút, ngày 5 tháng 2 năm 2024",
        "05/02/ 2024",
    ],
)
def test_a_date_is_read_in_every_way_it_is_written(text: str) -> None:
    assert value("date", text) == "2024-02-05"


@pytest.mark.parametrize("text", ["31/02/2024", "45/13/1990", "12/1990", "ngày tháng năm", ""])
def test_what_is_no_day_of_the_calendar_is_no_date(text: str) -> None:
    assert value("date", text) is None


def test_a_misread_date_does_not_give_way_to_a_later_one() -> None:
    assert value("date", "43/03/1998, cấp ngày 01/10/2021") is None


def test_a_letter_between_day_and_month_is_told_as_a_repair() -> None:
    parsed = parse("date", "27I05I2021")
    assert parsed is not None
    assert (parsed.value, parsed.repaired) == ("2021-05-27", True)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)))
def test_every_day_written_in_figures_comes_back(day: date) -> None:
    assert value("date", f"sinh ngày {day.day:02}/{day.month:02}/{day.year}.") == day.isoformat()


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("Ngày mười, tháng tám, năm hai nghìn không trăm mười hai", "2012-08-10"),
        ("Ngày hai mươi tám, tháng bốn, năm hai nghìn không trăm mười chín", "2019-04-28"),
        ("ngày mùng ba tháng giêng năm một nghìn chín trăm tám mươi lăm", None),
        ("Ngày ba mươi mốt, tháng mười hai, năm một nghìn chín trăm chín mươi tư", "1994-12-31"),
        ("Ngày chín, tháng ba, năm hai nghìn không trăm lẻ chín", "2009-03-09"),
    ],
)
def test_a_date_in_words_is_understood_or_left(words: str, day: str | None) -> None:
    assert date_in_words(words) == day


@given(st.text())
def test_number_words_never_raise(text: str) -> None:
    assert (number_in_words(text) or 0) >= 0


@pytest.mark.parametrize(
    "text", ["079185012345", "CCCD số 079185012345, cấp ngày 01/01/2021", "079 185 012 345", "079185012345."]
)
def test_a_personal_number_is_read_without_spaces(text: str) -> None:
    assert value("personal_id", text) == "079185012345"


def test_letters_in_a_personal_number_are_repaired_and_told() -> None:
    parsed = parse("personal_id", "O79185O12345")
    assert parsed is not None
    assert (parsed.value, parsed.repaired) == ("079185012345", True)


@pytest.mark.parametrize("text", ["0791850123", "0791850123456", "0u9185012345 cấp 079185012345678", "số"])
def test_what_has_not_twelve_digits_is_no_personal_number(text: str) -> None:
    assert value("personal_id", text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Trần Thị Bích Ngọc", "Trần Thị Bích Ngọc"),
        ("Ông Lê Văn Tám sinh năm 1970", "Lê Văn Tám"),
        ("ông/bà Phạm Hữu Nghĩa về việc cấp giấy", "Phạm Hữu Nghĩa"),
        ("| ĐẶNG VĂN BẢO |", "ĐẶNG VĂN BẢO"),
        ("Y Moan Êban", "Y Moan Êban"),
        ("H'Hen Niê, sinh ngày", "H'Hen Niê"),
        ("LÊ-VĂN TÁM", "LÊ VĂN TÁM"),
    ],
)
def test_a_name_is_the_run_of_capitalised_words(text: str, name: str) -> None:
    assert value("name", text) == name


@pytest.mark.parametrize("text", ["", "số 12", "Nam", "về việc cấp giấy"])
def test_no_name_is_made_of_other_words(text: str) -> None:
    assert value("name", text) is None


@pytest.mark.parametrize(
    ("text", "area"),
    [("655,0 m²", "655.0"), ("72,9 m2", "72.9"), ("1.250 m2", "1250"), ("1.250,5m2", "1250.5"), ("418,", "418")],
)
def test_numbers_follow_the_vietnamese_comma(text: str, area: str) -> None:
    assert value("number", text) == area


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("sex", "Nữ", "Nữ"),
        ("sex", "NAM", "Nam"),
        ("phone", "0912 345 678", "0912345678"),
        ("serial", "CK 153894", "CK 153894"),
        ("serial", "AA 01234567", "AA 01234567"),
        ("dossier_code", "000.00.05.H57-210409-0695", "000.00.05.H57-210409-0695"),
        ("dossier_code", "H29.12.34-250708-0001", "H29.12.34-250708-0001"),
        ("document_number", "8220/QĐ-UBND Phường", "8220/QĐ-UBND"),
        ("document_number", "41F8354901", "41F8354901"),
        ("year", "Năm sinh 1977,", "1977"),
        ("organisation", "CÔNG TY TNHH HOA SEN CỘNG HÒA XÃ HỘI CHỦ NGHĨA", "CÔNG TY TNHH HOA SEN"),
        ("text", " : làm thủ tục. ", "làm thủ tục"),
    ],
)
def test_each_kind_has_its_form(kind: FieldKind, text: str, wanted: str) -> None:
    assert value(kind, text) == wanted


def test_a_number_after_something_unreadable_is_told_as_doubtful() -> None:
    parsed = parse("document_number", "B 6/QĐ-UBND")
    assert parsed is not None
    assert parsed.repaired


LIKELY = st.text(alphabet="0123456789OIl|/.- ,:;()<ngàythángnămNguyễnVănẮĐđêô'’\u0301²", max_size=60)


@given(st.sampled_from(KINDS), st.one_of(st.text(max_size=80), LIKELY))
def test_no_text_makes_a_parser_fail_or_lie_about_its_place(kind: FieldKind, text: str) -> None:
    parsed = parse(kind, text)
    if parsed is not None:
        assert parsed.value
        assert 0 <= parsed.start < parsed.end <= len(text)


@given(LIKELY)
def test_a_date_is_a_day_whatever_was_read(text: str) -> None:
    parsed = parse("date", text)
    assert parsed is None or date.fromisoformat(parsed.value)


@given(LIKELY)
def test_a_personal_number_has_nine_or_twelve_digits_whatever_was_read(text: str) -> None:
    parsed = parse("personal_id", text)
    assert parsed is None or (parsed.value.isascii() and parsed.value.isdigit() and len(parsed.value) in (9, 12))


@pytest.mark.parametrize("text", ["Ksor H'Lim", 'Ksor H"Lim', "Ksor H’Lim", "Ksor 'H'Lim"])
def test_the_apostrophe_in_a_name_may_be_read_as_any_quotation_mark(text: str) -> None:
    assert value("name", text) == "Ksor H'Lim"


def test_a_speck_before_a_word_of_a_name_is_no_apostrophe() -> None:
    assert value("name", "Lê 'Thị Mai") == "Lê Thị Mai"


def test_the_year_of_a_date_is_a_year() -> None:
    assert value("year", "06/11/1990 Dân tộc: Kinh") == "1990"


def test_a_lost_slash_before_a_notation_is_put_back_and_told() -> None:
    found = parse("document_number", "71UBND-XNTTHN An Hòa")
    assert found is not None
    assert (found.value, found.repaired) == ("71/UBND-XNTTHN", True)


def test_a_number_with_a_letter_keeps_it() -> None:
    assert value("document_number", "31A8012345") == "31A8012345"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Mã số thuế 010 004 7516", "0100047516"),
        ("0314409058-002", "0314409058-002"),
        ("0314409058002", "0314409058-002"),
        ("079190012345", "079190012345"),
    ],
)
def test_a_tax_code_is_of_a_payer_a_branch_or_a_citizen(text: str, code: str) -> None:
    parsed = parse("tax_code", text)
    assert parsed is not None
    assert (parsed.value, parsed.repaired) == (code, False)


def test_a_tax_code_with_one_wrong_digit_asks_a_person() -> None:
    right = "0100047516"
    wrong = {right[:i] + d + right[i + 1 :] for i in range(10) for d in "0123456789" if d != right[i]}
    assert all(parsed.repaired for code in wrong if (parsed := parse("tax_code", code)) is not None)


@pytest.mark.parametrize(("text", "number"), [("số B 1234567, cấp", "B1234567"), ("P01234567", "P01234567")])
def test_a_passport_number_is_a_letter_and_digits(text: str, number: str) -> None:
    assert value("passport_number", text) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DN 4 79 0123456789", "DN4790123456789"),
        ("GD4 79 79 012 34567", "GD4797901234567"),
        ("7912345678", "7912345678"),
    ],
)
def test_the_code_of_an_insurance_card_is_old_or_new(text: str, code: str) -> None:
    assert value("bhyt_code", text) == code


def test_an_address_is_kept_as_printed() -> None:
    assert value("address", ": 12 Lê Lợi,  xã Cư Né, tỉnh Đắk Lắk 8. Nơi") == "12 Lê Lợi, xã Cư Né, tỉnh Đắk Lắk"
