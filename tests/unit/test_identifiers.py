import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.identifiers import (
    DossierQr,
    read_card_qr,
    read_dossier_qr,
    read_insurance_qr,
    read_personal_number,
)
from pipeline.stages.mrz import check_digit, looks_like_zone, read_mrz

NUMBER = "079190000123"


def td1(number: str = NUMBER, birth: str = "900215", sex: str = "F", end: str = "300215") -> list[str]:
    """A card's zone as ICAO 9303 part 5 and the Vietnamese card lay it out."""
    first = f"IDVNM{number[3:]}{check_digit(number[3:])}{number}<<{check_digit(number)}"
    second = f"{birth}{check_digit(birth)}{sex}{end}{check_digit(end)}VNM" + "<" * 11
    closing = check_digit(first[5:30] + second[:7] + second[8:15] + second[18:29])
    return [first, second + closing, "NGUYEN<<THI<AN".ljust(30, "<")]


def test_the_number_tells_birth_year_and_sex() -> None:
    said = read_personal_number("001203012345")
    assert said is not None
    assert (said.birth_year, said.sex) == (2003, "Nam")


def test_a_number_of_no_province_is_impossible() -> None:
    assert read_personal_number("003190000123") is None


def test_a_number_of_eleven_digits_is_impossible() -> None:
    assert read_personal_number("07919000012") is None


@given(st.text(max_size=14))
def test_any_text_is_a_possible_number_or_none(text: str) -> None:
    said = read_personal_number(text)
    assert said is None or (1900 <= said.birth_year < 2100 and said.sex in ("Nam", "Nữ"))


def test_the_code_of_a_card_has_seven_parts() -> None:
    card = read_card_qr(f"{NUMBER}|123456789|Nguyễn Thị An|15021990|Nữ|12 Lê Lợi, Huế|15062021")
    assert card is not None
    assert (card.personal_id, card.old_number, card.name) == (NUMBER, "123456789", "Nguyễn Thị An")
    assert (card.date_of_birth, card.sex, card.issue_date) == ("1990-02-15", "Nữ", "2021-06-15")


def test_the_old_number_may_be_empty_and_more_parts_may_follow() -> None:
    card = read_card_qr(f"{NUMBER}||Nguyễn Thị An|15021990|Nữ|Huế|15062024|Nguyễn Văn A|Lê Thị B||")
    assert card is not None
    assert card.old_number is None


def test_another_code_is_no_card() -> None:
    assert read_card_qr("https://example.vn/tra-cuu?x=1|2|3|4|5|6|7") is None


@given(st.text(alphabet="0123456789|NữamVănĐ ", max_size=80))
def test_any_code_is_a_card_or_none(text: str) -> None:
    card = read_card_qr(text)
    assert card is None or read_personal_number(card.personal_id) is not None


def test_the_check_digits_of_the_icao_specimen_hold() -> None:
    mrz = read_mrz(["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"])
    assert mrz is not None
    assert (mrz.number, mrz.date_of_birth, mrz.expiry_date) == ("L898902C3", "1974-08-12", "2012-04-15")
    assert mrz.personal_id is None
    assert mrz.name == "ERIKSSON ANNA MARIA"


def test_the_zone_of_a_vietnamese_card_is_read() -> None:
    mrz = read_mrz(["Ngón trỏ trái", *td1()])
    assert mrz is not None
    assert mrz.text == "\n".join(td1())
    assert (mrz.personal_id, mrz.date_of_birth, mrz.sex) == (NUMBER, "1990-02-15", "Nữ")
    assert (mrz.expiry_date, mrz.name) == ("2030-02-15", "NGUYEN THI AN")


def test_letters_in_the_place_of_digits_are_repaired() -> None:
    first, second, third = td1()
    mrz = read_mrz([first.replace("0001", "OOO1"), second.replace("9002155", "9OO2I55"), third])
    assert mrz is not None
    assert mrz.text == "\n".join(td1())


def test_a_wrong_digit_breaks_the_zone() -> None:
    first, second, third = td1()
    assert read_mrz([first.replace("190000", "190700"), second, third]) is None


def test_a_zone_whose_number_and_birth_year_disagree_is_refused() -> None:
    assert read_mrz(td1(birth="910215")) is None


@given(st.lists(st.text(alphabet="IDVNMP<0123456789OISUTABéó", max_size=46), max_size=5))
def test_no_lines_make_the_zone_reader_fail(lines: list[str]) -> None:
    mrz = read_mrz(lines)
    assert mrz is None or mrz.date_of_birth < mrz.expiry_date


@given(st.integers(0, 29), st.sampled_from("0123456789"))
def test_no_single_wrong_digit_changes_the_number(place: int, digit: str) -> None:
    first, second, third = td1()
    mrz = read_mrz([first[:place] + digit + first[place + 1 :], second, third])
    assert mrz is None or mrz.personal_id == NUMBER


def test_a_four_seen_before_a_one_is_taken_out_where_the_check_digits_then_hold() -> None:
    first, second, third = td1()
    haunted = [first.replace("IDVNM1", "IDVNM41"), second.replace("215", "2415", 1), third]
    found = read_mrz(haunted)
    assert found is not None
    assert found.text == "\n".join(td1())


@pytest.mark.parametrize("seen", ["00ö79", "00ö079"])
def test_a_nought_seen_more_than_once_is_one(seen: str) -> None:
    first, second, third = td1()
    found = read_mrz([first.replace("0079", seen), second, third])
    assert found is not None
    assert found.text == "\n".join(td1())


def test_a_zone_that_is_too_long_for_another_reason_is_refused() -> None:
    first, second, third = td1()
    assert read_mrz([first.replace("IDVNM1", "IDVNM71"), second, third]) is None


def td3(number: str = "B1234567", personal: str = "079190000123") -> list[str]:
    """Both lines of a passport with the right check digits."""
    head = f"{number:<9}".replace(" ", "<")
    own = f"{personal:<14}".replace(" ", "<")
    checked = [part + check_digit(part) for part in (head, "900215", "300215", own)]
    closing = check_digit("".join(checked))
    return ["P<VNMNGUYEN<<THI<AN".ljust(44, "<"), f"{checked[0]}VNM{checked[1]}F{checked[2]}{checked[3]}{closing}"]


def test_a_passport_gives_its_number_and_the_citizens() -> None:
    mrz = read_mrz(td3())
    assert mrz is not None
    assert (mrz.is_passport, mrz.number, mrz.personal_id, mrz.name) == (
        True,
        "B1234567",
        "079190000123",
        "NGUYEN THI AN",
    )


def test_signs_of_a_passport_that_look_alike_are_repaired_where_the_check_digits_then_hold() -> None:
    first, second = td3()
    mrz = read_mrz([first, second.replace("B1234567", "81234567")])
    assert mrz is not None
    assert mrz.number == "B1234567"


@pytest.mark.parametrize("place", [1, 5, 14, 30], ids=["number", "digit", "birth", "citizen"])
def test_a_passport_with_a_wrong_sign_that_looks_like_no_other_is_refused(place: int) -> None:
    first, second = td3()
    other = "4" if second[place] != "4" else "9"
    assert read_mrz([first, second[:place] + other + second[place + 1 :]]) is None


def test_a_passport_whose_two_lines_stand_beside_each_other_is_read() -> None:
    assert read_mrz(["UNITED " + "".join(td3())]) == read_mrz(td3())


INSURANCE = (
    "DN4790123456789|4cc3aa205468e1bb8b204d6169|06/11/1990|2|3132204cc3aa204ce1bba369|79-024|01/01/2019|31/12/2020|-"
)


def test_the_code_of_an_insurance_card_gives_name_and_term() -> None:
    card = read_insurance_qr(INSURANCE)
    assert card is not None
    assert (card.code, card.name, card.date_of_birth, card.sex) == ("DN4790123456789", "Lê Thị Mai", "1990-11-06", "Nữ")
    assert (card.valid_from, card.valid_until) == ("2019-01-01", "2020-12-31")


@pytest.mark.parametrize("payload", ["", "DN4790123456789|zz|1|2|3|4|5|6", "079190012345||Lê|06111990|Nữ|x|01092021"])
def test_another_code_is_no_insurance_card(payload: str) -> None:
    assert read_insurance_qr(payload) is None


@pytest.mark.parametrize(
    "payload",
    [
        "H29.12.34-250708-0001|1.001193|079190000123|Giấy tiếp nhận|2025-07-08",
        '{"maHoSo": "H29.12.34-250708-0001", "maTTHC": "1.001193.000.00.00.H29", "soDinhDanh": "079190000123"}',
    ],
)
def test_the_code_of_a_slip_names_dossier_procedure_and_citizen_in_any_form(payload: str) -> None:
    assert read_dossier_qr(payload) == DossierQr("H29.12.34-250708-0001", "1.001193", "079190000123")


def test_the_code_of_a_slip_that_names_two_procedures_names_none() -> None:
    slip = read_dossier_qr("H29.12.34-250708-0001|1.001193|1.000894")
    assert slip == DossierQr("H29.12.34-250708-0001", None, None)


def test_a_code_without_a_dossier_is_no_slips() -> None:
    assert read_dossier_qr("1.001193|079190000123") is None


def test_a_line_of_print_does_not_look_like_a_zone() -> None:
    assert all(looks_like_zone(line) for line in (*td1(), *td3()))
    assert not any(looks_like_zone(line) for line in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: 45/QĐ-UBND", "079190"))
