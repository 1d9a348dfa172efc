import pytest

from pipeline.stages.addresses import Address, read_address


def parts(text: str) -> dict[str, str]:
    found = read_address(text)
    assert found is not None
    return found[0].parts()


def test_an_address_of_four_levels_has_a_district_and_todays_province() -> None:
    assert read_address("12B Lê Lợi, Phường 4, Thành phố Sóc Trăng, tỉnh Sóc Trăng") == (
        Address("12B Lê Lợi", "Phường 4", "Thành phố Sóc Trăng", "tỉnh Sóc Trăng", "Cần Thơ"),
        0,
        57,
    )


def test_an_address_of_three_levels_has_no_district() -> None:
    assert parts("12B Lê Lợi, phường Sài Gòn, TP. Hồ Chí Minh") == {
        "house": "12B Lê Lợi",
        "commune": "phường Sài Gòn",
        "province": "TP. Hồ Chí Minh",
        "province_now": "Hồ Chí Minh",
    }


def test_an_address_without_ranks_is_told_by_its_places() -> None:
    told = parts("Tổ 5, Phúc Lợi, Long Biên, Hà Nội")
    assert (told["house"], told["commune"], told["district"]) == ("Tổ 5", "Phúc Lợi", "Long Biên")


def test_an_address_of_three_levels_without_ranks_has_its_house_told_by_its_beginning() -> None:
    told = parts("Tổ 5, Thôn 3, Ea Tu, Đắk Lắk")
    assert (told["house"], told["commune"], told.get("district")) == ("Tổ 5, Thôn 3", "Ea Tu", None)


def test_dashes_part_an_address_as_commas_do() -> None:
    told = parts("Ấp 2, xã Long Sơn - TP Vũng Tàu - tỉnh Bà Rịa – Vũng Tàu")
    assert (told["commune"], told["district"], told["province_now"]) == ("xã Long Sơn", "TP Vũng Tàu", "Hồ Chí Minh")


@pytest.mark.parametrize(
    ("printed", "today"),
    [
        ("tỉnh Hà Giang", "Tuyên Quang"),
        ("tỉnh Đắc Lắc", "Đắk Lắk"),
        ("TP.HCM", "Hồ Chí Minh"),
        ("T. Kiên Giang", "An Giang"),
    ],
)
def test_a_former_province_is_told_as_the_one_it_became_part_of(printed: str, today: str) -> None:
    assert parts(f"xã Tân Lập, {printed}")["province_now"] == today


@pytest.mark.parametrize("text", ["12 Lê Lợi, phường Bến Nghé", "xã Tân Lập, tỉnh Sông Bé", "Hà Nội", ""])
def test_what_names_no_province_after_a_commune_is_no_address(text: str) -> None:
    assert read_address(text) is None


def test_an_address_ends_with_its_sentence() -> None:
    text = "cư trú: 175/2 Đường số 5, phường Xuân Phú, thành phố Huế. Nay đến ở, Hà Nội"
    found = read_address(text.removeprefix("cư trú: "))
    assert found is not None
    assert found[0].province == "thành phố Huế"


def test_all_63_former_provinces_lie_in_the_34_of_today() -> None:
    former = (
        "Hà Nội, Hà Giang, Cao Bằng, Bắc Kạn, Tuyên Quang, Lào Cai, Điện Biên, Lai Châu, Sơn La, Yên Bái, Hòa Bình, \
Thái Nguyên, Lạng Sơn, Quảng Ninh, Bắc Giang, Phú Thọ, Vĩnh Phúc, Bắc Ninh, Hải Dương, Hải Phòng, Hưng Yên, Thái Bình, \
Hà Nam, Nam Định, Ninh Bình, Thanh Hóa, Nghệ An, Hà Tĩnh, Quảng Bình, Quảng Trị, Thừa Thiên Huế, Đà Nẵng, Quảng Nam, \
Quảng Ngãi, Bình Định, Phú Yên, Khánh Hòa, Ninh Thuận, Bình Thuận, Kon Tum, Gia Lai, Đắk Lắk, Đắk Nông, Lâm Đồng, \
Bình Phước, Tây Ninh, Bình Dương, Đồng Nai, Bà Rịa - Vũng Tàu, Hồ Chí Minh, Long An, Tiền Giang, Bến Tre, Trà Vinh, \
Vĩnh Long, Đồng Tháp, An Giang, Kiên Giang, Cần Thơ, Hậu Giang, Sóc Trăng, Bạc Liêu, Cà Mau"
    )
    names = [name.strip() for name in former.split(",")]
    today = [parts(f"xã Tân Lập, {name}")["province_now"] for name in names]
    assert (len(names), len(set(today))) == (63, 34)
