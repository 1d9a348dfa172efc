"""Papers that set two people side by side: each field is read in its own column."""

from tests.unit.fields_of_text import read, values

COLUMNS = """
GIẤY CHỨNG NHẬN KẾT HÔN
Số: 12/2020
Họ, chữ đệm, tên vợ: Lê Thị Mai > Họ, chữ đệm, tên chồng: Phan Văn Tám
Ngày, tháng, năm sinh: 06/11/1990 > Ngày, tháng, năm sinh: 08/04/1988
Nơi cư trú: 27 Lê Lợi, phường An > Nơi cư trú: 13 Bà Triệu, Huế
Hòa, thành phố Huế > Giấy tờ tùy thân: CCCD số 001088054321
Giấy tờ tùy thân: CCCD số 079190012345
Nơi đăng ký kết hôn: Ủy ban nhân dân phường An Hòa
Ngày, tháng, năm đăng ký: 26/10/2020
"""


def test_two_columns_keep_their_people_apart() -> None:
    got = values(read("marriage_certificate", COLUMNS))
    assert (got["wife_name"], got["wife_personal_id"]) == ("Lê Thị Mai", "079190012345")
    assert (got["husband_name"], got["husband_personal_id"]) == ("Phan Văn Tám", "001088054321")
    assert got["issue_date"] == "2020-10-26"


CUT = COLUMNS.replace("tên chồng: Phan Văn Tám", "tên chồng: Phan Văn").replace(
    "sinh: 06/11/1990 > Ngày", "sinh: 06/11/1990 > Tám\n > Ngày"
)


def test_a_name_that_runs_on_in_its_column_is_read_whole_and_asks_a_person() -> None:
    name = read("marriage_certificate", CUT)["husband_name"]
    assert (name.value, name.needs_review) == ("Phan Văn Tám", True)


def test_a_name_that_runs_on_and_stands_elsewhere_asks_nobody() -> None:
    name = read("marriage_certificate", CUT + "Vợ > Chồng\nLê Thị Mai > Phan Văn Tám\n")["husband_name"]
    assert (name.value, name.evidence, name.needs_review) == ("Phan Văn Tám", "two_places", False)


def test_one_party_under_the_other_is_read_as_well() -> None:
    text = """
GIẤY CHỨNG NHẬN KẾT HÔN
Họ và tên chồng: Phan Văn Tám
Ngày, tháng, năm sinh: 08/04/1988
Số định danh cá nhân: 001088054321
Họ và tên vợ: Lê Thị Mai
Ngày, tháng, năm sinh: 06/11/1990
Số định danh cá nhân: 079190012345
Nơi đăng ký kết hôn: phường An Hòa
"""
    got = values(read("marriage_certificate", text))
    assert (got["wife_personal_id"], got["husband_personal_id"]) == ("079190012345", "001088054321")


def test_in_two_columns_a_name_does_not_run_on_in_the_other_ones() -> None:
    text = """
GIẤY CHỨNG NHẬN KẾT HÔN
Họ, chữ đệm, tên vợ: Nông Thị  Họ, chữ đệm, tên chồng: Ma Văn Thắng
Hạnh  Ngày, tháng, năm sinh: 13/01/1992
"""
    assert values(read("marriage_certificate", text))["husband_name"] == "Ma Văn Thắng"


def test_a_number_on_the_line_under_its_label_is_found_in_its_column() -> None:
    text = COLUMNS.replace("CCCD số 001088054321", "CCCD số").replace(
        "Nơi đăng ký", " > 001088054321, Cục Cảnh sát\nNơi đăng ký", 1
    )
    got = values(read("marriage_certificate", text))
    assert (got["wife_personal_id"], got["husband_personal_id"]) == ("079190012345", "001088054321")
