import pytest

from tests.unit.fields_of_text import BIRTH, read


def test_number_birth_date_and_sex_that_agree_are_a_check() -> None:
    number = read("birth_certificate", BIRTH)["personal_id"]
    assert (number.evidence, number.needs_review) == ("check", False)


def test_a_date_in_figures_that_equals_the_words_needs_no_clear_print() -> None:
    born = read("birth_certificate", BIRTH.replace("28/04/2019 ", "28/04/2019{0.3} "))["date_of_birth"]
    assert (born.evidence, born.needs_review) == ("check", False)


def test_a_date_in_figures_that_differs_from_the_words_asks_a_person() -> None:
    assert read("birth_certificate", BIRTH.replace("28/04/2019", "23/04/2019"))["date_of_birth"].needs_review


def test_a_number_that_names_another_birth_year_asks_a_person() -> None:
    fields = read("birth_certificate", BIRTH.replace("079219012345", "079218012345"))
    assert fields["personal_id"].needs_review


def test_a_number_that_names_another_sex_asks_a_person() -> None:
    assert read("birth_certificate", BIRTH.replace("tính:Nam", "tính: Nữ"))["personal_id"].needs_review


def test_a_number_of_no_province_asks_a_person() -> None:
    assert read("birth_certificate", BIRTH.replace("079219012345", "003219012345"))["personal_id"].needs_review


def test_unclear_print_asks_a_person_and_lowers_confidence() -> None:
    clear = read("birth_certificate", BIRTH)["full_name"]
    name = read("birth_certificate", BIRTH.replace("VĂN TÁM", "VĂN{0.42} TÁM"))["full_name"]
    assert name.needs_review
    assert name.confidence < clear.confidence - 0.1


def test_a_value_written_by_hand_asks_a_person_however_clear_it_reads() -> None:
    name = read("birth_certificate", BIRTH, pen={"PHAN", "VĂN", "TÁM"})["full_name"]
    assert (name.handwritten, name.needs_review) == (True, True)


def test_a_value_written_by_hand_is_less_sure_than_the_same_in_print() -> None:
    pen = read("birth_certificate", BIRTH, pen={"PHAN", "VĂN", "TÁM"})["full_name"]
    assert pen.confidence < read("birth_certificate", BIRTH)["full_name"].confidence


def test_two_places_written_by_hand_ask_a_person_all_the_same() -> None:
    text = BIRTH + "Người được khai sinh  Phan Văn Tám\n"
    name = read("birth_certificate", text, pen={"PHAN", "VĂN", "TÁM"})["full_name"]
    assert (name.evidence, name.needs_review) == ("two_places", True)


def test_a_name_that_is_no_vietnamese_name_asks_a_person_and_stays_as_read() -> None:
    name = read("birth_certificate", BIRTH.replace("PHAN VĂN TÁM", "HƯỲNH VĂN TÁM"))["full_name"]
    assert (name.value, name.needs_review) == ("HƯỲNH VĂN TÁM", True)


def test_a_family_name_that_is_none_asks_a_person_however_clear_it_reads() -> None:
    name = read("birth_certificate", BIRTH.replace("mẹ: Lê Thị", "mẹ: Lể Thị"))["mother_name"]
    assert (name.value, name.needs_review) == ("Lể Thị Mai", True)


@pytest.mark.parametrize(
    ("name", "asks"),
    [("Lê Thị{0.98} Mai", False), ("Lê Thị{0.94} Mai", True), ("Lê Thị{0.98} Nhỡ", True), ("Lê Thị{0.995} Nhỡ", False)],
)
def test_a_name_needs_very_clear_print_and_a_rare_one_more(name: str, asks: bool) -> None:
    assert read("birth_certificate", BIRTH.replace("Lê Thị Mai", name))["mother_name"].needs_review is asks


def test_a_rare_name_needs_clear_print_even_in_two_places() -> None:
    rare = BIRTH.replace("PHAN VĂN TÁM", "Phan Văn Nhỡ{0.9}") + "Người được khai sinh  Phan Văn Nhỡ{0.9}\n"
    name = read("birth_certificate", rare)["full_name"]
    assert (name.evidence, name.needs_review) == ("two_places", True)


def test_a_birth_date_that_the_number_checks_needs_less_clear_print() -> None:
    text = BIRTH[: BIRTH.index(" ghi bằng chữ")] + BIRTH[BIRTH.index("\nGiới tính") :]
    unclear = text.replace("28/04/2019", "28/04/2019{0.6}")
    checked = read("birth_certificate", unclear)["date_of_birth"]
    alone = read("birth_certificate", unclear.replace("079219012345", ""))["date_of_birth"]
    assert (checked.evidence, checked.needs_review) == ("check", False)
    assert (alone.evidence, alone.needs_review) == ("ocr", True)


@pytest.mark.parametrize(("sure", "asks"), [("0.9", True), ("0.95", False)])
def test_a_number_or_a_date_that_nothing_checks_needs_clear_print(sure: str, asks: bool) -> None:
    text = f"Số định danh cá nhân: 079190012345{{{sure}}}\nĐã chết vào lúc: 06/11/2020{{{sure}}}"
    fields = read("death_certificate_extract", text)
    assert (fields["personal_id"].needs_review, fields["date_of_death"].needs_review) == (asks, asks)


def test_on_a_form_filled_in_by_hand_two_places_settle_nothing() -> None:
    text = "Họ, chữ đệm, tên người yêu cầu: Lê Thị Mai\nGiấy tờ tùy thân: CCCD 079190012345\nNgười ký  Lê Thị Mai"
    name = read("birth_registration_form", text)["applicant_name"]
    assert (name.evidence, name.needs_review) == ("two_places", True)


def test_a_number_of_a_year_and_the_date_of_issue_check_each_other() -> None:
    fields = read("birth_certificate", BIRTH.replace("43/2019", "43/2019{0.85}"))
    assert [fields[name].evidence for name in ("document_number", "issue_date")] == ["check", "check"]
    assert not fields["document_number"].needs_review


def test_a_number_of_another_year_than_the_date_of_issue_is_not_checked() -> None:
    number = read("birth_certificate", BIRTH.replace("43/2019", "43/2018{0.75}"))["document_number"]
    assert (number.evidence, number.needs_review) == ("ocr", True)


def test_on_a_badly_read_page_print_alone_settles_no_name_and_no_unclear_number() -> None:
    speckled = (
        BIRTH.replace("43/2019", "43/2019{0.75}") + "nhoe{0.4} bẩn{0.3} rách{0.2} mờ{0.5} ố{0.4} ướt{0.3} nát{0.2}\n"
    )
    fields = read("birth_certificate", speckled)
    asks = {name for name, field in fields.items() if field.needs_review}
    assert asks == {"full_name", "mother_name", "father_name", "document_number"}


def test_a_name_that_the_signature_repeats_needs_no_clear_print() -> None:
    text = BIRTH.replace("VĂN TÁM", "VĂN{0.5} TÁM") + "Người được khai sinh  Phan Văn Tám\n"
    name = read("birth_certificate", text)["full_name"]
    assert (name.value, name.evidence, name.needs_review) == ("PHAN VĂN TÁM", "two_places", False)


@pytest.mark.parametrize("mention", ["Phan Văn Tâm", "Phan Văn Tám Anh"], ids=["another mark", "one more word"])
def test_a_name_that_stands_elsewhere_differently_asks_a_person(mention: str) -> None:
    assert read("birth_certificate", BIRTH + f"Người được khai sinh  {mention}\n")["full_name"].needs_review


def test_a_mention_that_is_hardly_readable_says_nothing() -> None:
    name = read("birth_certificate", BIRTH + "Người được khai sinh  Phan Văn Tâm{0.4}\n")["full_name"]
    assert (name.evidence, name.needs_review) == ("ocr", False)


def test_a_number_that_stands_elsewhere_with_one_other_digit_asks_a_person() -> None:
    assert read("birth_certificate", BIRTH + "Mã định danh 079219012346\n")["personal_id"].needs_review


def test_the_code_of_a_receipt_proves_its_numbers() -> None:
    text = "Mã hồ sơ: H29.12.34-250708-0001\nTiếp nhận hồ sơ của: Lê Thị Mai\nSố CCCD: 079190012345{0.4}"
    fields = read("receipt_slip", text, qr="H29.12.34-250708-0001|1.001193|079190012345|Giấy tiếp nhận hồ sơ")
    assert {fields[name].evidence for name in ("dossier_code", "personal_id")} == {"qr"}
    assert not fields["personal_id"].needs_review


def test_the_code_of_another_receipt_asks_a_person() -> None:
    fields = read("receipt_slip", "Số CCCD: 079190012345{0.4}", qr="H29.12.34-250708-0001|1.001193|079190054321|Giấy")
    number = fields["personal_id"]
    assert number.needs_review
    assert [(conflict.code, conflict.value) for conflict in number.conflicts] == [("print", "079190012345")]


def test_a_certificate_most_of_whose_values_are_unclear_is_taken_for_filled_in_by_hand() -> None:
    text = """
GIẤY CHỨNG SINH
Họ và tên mẹ: Lê{0.4} Thị{0.5} Mai{0.6}
Ngày, tháng, năm sinh: 06/11/1990{0.7}
Số định danh cá nhân: 079190012345
Đã sinh con vào lúc: 09 giờ 42 phút, ngày 12/05/2025
"""
    number = read("birth_notice", text)["mother_personal_id"]
    assert (number.evidence, number.needs_review) == ("check", True)


def test_a_certificate_with_one_unclear_value_is_not_taken_for_filled_in_by_hand() -> None:
    assert not read("birth_certificate", BIRTH.replace("VĂN TÁM", "VĂN{0.42} TÁM"))["personal_id"].needs_review
