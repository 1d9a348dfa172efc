"""What disagrees on a paper is shown with both values, never averaged."""

from schemas.dossier import Field
from tests.unit.fields_of_text import BIRTH, read

CARD = (
    "Số / No.: 079190012345\nHọ và tên / Full name: LÊ THỊ MAI\nNgày sinh / Date of birth: {born}\nGiới tính / Sex: Nữ"
)
QR = "079190012345||Lê Thị Mai|06111990|Nữ|12 Lê Lợi, Bến Nghé, Quận 1, Hồ Chí Minh|01092021"


def said(field: Field) -> set[tuple[str, str]]:
    return {(conflict.code, conflict.value) for conflict in field.conflicts}


def test_a_number_of_another_birth_year_and_the_date_tell_of_each_other() -> None:
    fields = read("birth_certificate", BIRTH.replace("079219012345", "079218012345"))
    assert said(fields["personal_id"]) == {("birth_year", "2019-04-28")}
    assert said(fields["date_of_birth"]) == {("birth_year", "2018")}


def test_a_number_of_another_sex_tells_of_the_printed_one() -> None:
    assert said(read("birth_certificate", BIRTH.replace("tính:Nam", "tính: Nữ"))["personal_id"]) == {("sex", "Nữ")}


def test_a_date_in_figures_tells_of_the_other_one_in_words() -> None:
    born = read("birth_certificate", BIRTH.replace("28/04/2019", "23/04/2019"))["date_of_birth"]
    assert said(born) == {("words", "2019-04-28")}
    assert born.conflicts[0].box is not None
    assert "2019-04-28" in born.candidates


def test_a_code_tells_of_print_that_says_otherwise() -> None:
    born = read("citizen_id_card", CARD.format(born="05/11/1990"), qr=QR)["date_of_birth"]
    assert (born.value, said(born), born.needs_review) == ("1990-11-06", {("print", "1990-11-05")}, True)


def test_a_name_tells_of_the_other_spelling_on_the_paper() -> None:
    name = read("birth_certificate", BIRTH + "Người được khai sinh  Phan Văn Tâm\n")["full_name"]
    assert said(name) == {("second_place", "Phan Văn Tâm")}


def test_the_address_of_a_card_comes_from_its_code_with_todays_province() -> None:
    address = read("citizen_id_card", CARD.format(born="06/11/1990"), qr=QR)["address"]
    assert (address.evidence, address.conflicts) == ("qr", ())
    assert (address.parts["commune"], address.parts["province_now"]) == ("Bến Nghé", "Hồ Chí Minh")


def test_an_address_in_doubt_is_left_out_where_none_is_needed() -> None:
    text = "XÁC NHẬN THÔNG TIN VỀ CƯ TRÚ\nNơi thường trú: 12 Lê{0.5} Lợi, xã Cư Né, tỉnh Đắk Lắk"
    assert "address" not in read("residence_confirmation", text)
    assert read("residence_confirmation", text.replace("{0.5}", ""))["address"].value.startswith("12 Lê Lợi")
