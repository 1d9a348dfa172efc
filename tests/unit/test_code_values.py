"""What QR codes and machine-readable zones say of cards, passports and slips."""

from tests.unit.fields_of_text import read
from tests.unit.test_identifiers import INSURANCE as INSURANCE_QR
from tests.unit.test_identifiers import td1, td3

CARD = """
CĂN CƯỚC CÔNG DÂN
Số / No.: 079190000123
Họ và tên / Full name:
NGUYỄN THỊ AN
Ngày sinh / Date of birth: 15/02/1990
Giới tính / Sex: Nữ Quốc tịch / Nationality: Việt Nam
Có giá trị đến: 15/02/2030
Ngày, tháng, năm / Date, month, year: 15/06/2021
"""
CARD_QR = "079190000123|123456789|Nguyễn Thị An|15021990|Nữ|12 Lê Lợi, Huế|15062021"


def test_the_code_of_a_card_is_certain_and_gives_the_marks() -> None:
    fields = read("citizen_id_card", CARD.replace("NGUYỄN", "NGUYÊN{0.5}"), qr=CARD_QR)
    assert fields["full_name"].value == "Nguyễn Thị An"
    assert fields["qr"].value == CARD_QR
    coded = ("full_name", "personal_id", "date_of_birth", "sex", "issue_date")
    assert {fields[name].evidence for name in coded} == {"qr"}
    assert not any(field.needs_review for field in fields.values())


def test_a_code_whose_name_print_has_without_marks_and_apostrophe_is_certain() -> None:
    print_without = CARD.replace("NGUYỄN THỊ AN", "KSOR HLIM")
    fields = read("citizen_id_card", print_without, qr=CARD_QR.replace("Nguyễn Thị An", "Ksor H'Lim"))
    assert (fields["full_name"].value, fields["full_name"].needs_review) == ("Ksor H'Lim", False)


def test_a_code_that_contradicts_clear_print_asks_a_person() -> None:
    fields = read("citizen_id_card", CARD.replace("079190000123", "079190000124"), qr=CARD_QR)
    assert fields["personal_id"].needs_review


def test_the_zone_of_a_card_is_certain() -> None:
    fields = read("citizen_id_card", CARD + "\n".join(td1()))
    assert fields["mrz"].value == "\n".join(td1())
    assert (fields["personal_id"].evidence, fields["expiry_date"].evidence) == ("mrz", "mrz")


def test_the_fillers_of_a_zone_are_put_right_by_the_printed_name() -> None:
    fields = read("citizen_id_card", CARD + "\n".join(td1()).replace("<<THI<", "<<TH<I<"))
    assert fields["mrz"].value == "\n".join(td1())


def test_a_zone_whose_fillers_do_not_part_off_a_family_name_is_not_shown() -> None:
    assert "mrz" not in read("citizen_id_card", CARD + "\n".join(td1()).replace("NGUYEN<<THI<AN", "NGUYEN<THI<<AN"))


def test_letters_of_a_zone_are_put_right_by_the_code_only() -> None:
    misread = CARD + "\n".join(td1()).replace("THI", "THT")
    assert read("citizen_id_card", misread, qr=CARD_QR)["mrz"].value == "\n".join(td1())
    assert "mrz" not in read("citizen_id_card", misread)


def test_a_zone_whose_name_is_not_the_printed_one_is_not_shown() -> None:
    fields = read("citizen_id_card", CARD + "\n".join(td1()).replace("THI", "TNI"))
    assert "mrz" not in fields
    assert fields["personal_id"].evidence == "mrz"


PASSPORT = """
HỘ CHIẾU / PASSPORT
Số hộ chiếu / Passport No: B1234567
Họ và tên / Full name: NGUYỄN THỊ AN
Ngày sinh / Date of birth: 15/02/1990
Có giá trị đến / Date of expiry: 15/02/2030
"""


def test_the_zone_of_a_passport_is_certain() -> None:
    fields = read("passport", PASSPORT + "\n".join(td3()))
    assert fields["mrz"].value == "\n".join(td3())
    proven = ("passport_number", "personal_id", "date_of_birth", "sex", "expiry_date")
    assert {fields[name].evidence for name in proven} == {"mrz"}
    assert not any(fields[name].needs_review for name in proven)


def test_a_passport_whose_print_contradicts_its_zone_asks_a_person() -> None:
    assert read("passport", PASSPORT.replace("B1234567", "B1234568") + "\n".join(td3()))["passport_number"].needs_review


def test_the_name_line_of_a_passport_is_put_right_by_the_printed_name() -> None:
    fields = read("passport", PASSPORT + "\n".join(td3()).replace("<<THI<AN", "<<TH<I<AN"))
    assert fields["mrz"].value == "\n".join(td3())


INSURANCE = """
THẺ BẢO HIỂM Y TẾ
Mã số: 0123456789
Họ và tên: LÊ THỊ MAI
Ngày sinh: 06/11/1990 Giới tính: Nữ
Giá trị sử dụng từ 01/01/2019 đến ngày 31/12/2020
"""


def test_an_insurance_card_says_from_when_and_until_when_it_holds() -> None:
    fields = read("health_insurance_card", INSURANCE)
    assert (fields["valid_from"].value, fields["expiry_date"].value) == ("2019-01-01", "2020-12-31")


def test_the_code_of_an_insurance_card_is_certain_and_gives_the_marks() -> None:
    code = INSURANCE_QR.replace("DN4790123456789", "0123456789")
    fields = read("health_insurance_card", INSURANCE.replace("LÊ", "LE{0.4}"), qr=code)
    assert fields["full_name"].value == "Lê Thị Mai"
    assert {fields[name].evidence for name in ("full_name", "insurance_code", "expiry_date", "sex")} == {"qr"}


def test_an_identity_cards_code_beside_an_insurance_card_says_nothing_of_it() -> None:
    fields = read("health_insurance_card", INSURANCE, qr=CARD_QR)
    assert "qr" not in fields
    assert fields["full_name"].value == "LÊ THỊ MAI"


RECEIPT = """
GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ
Mã hồ sơ: H29.12.34-250708-0001
Tiếp nhận hồ sơ của: Nguyễn Thị An
Số định danh cá nhân: 079190000123
Nội dung yêu cầu giải quyết: Đăng ký khai sinh (mã thủ tục 1.001193)
"""
RECEIPT_QR = "1.001193;H29.12.34-250708-0001;079190000123;Giấy tiếp nhận"


def test_a_receipt_says_its_procedure_in_print() -> None:
    assert read("receipt_slip", RECEIPT)["procedure_code"].value == "1.001193"


def test_the_code_of_a_receipt_outranks_its_print() -> None:
    fields = read("receipt_slip", RECEIPT.replace("1.001193", "1.OO1193"), qr=RECEIPT_QR)
    coded = {name: fields[name].value for name in ("dossier_code", "procedure_code", "personal_id")}
    assert tuple(coded.values()) == ("H29.12.34-250708-0001", "1.001193", "079190000123")
    assert {fields[name].evidence for name in coded} == {"qr"}


def test_a_receipt_whose_code_and_print_name_two_procedures_asks_a_person() -> None:
    assert read("receipt_slip", RECEIPT.replace("1.001193", "1.000894"), qr=RECEIPT_QR)["procedure_code"].needs_review
