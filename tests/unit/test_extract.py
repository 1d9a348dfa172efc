"""Fields of each kind of paper, by their labels, sections and running text."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.stages.extract import extract
from schemas.text import PageText
from tests.unit.fields_of_text import BIRTH, TYPES, nothing, read, values
from tests.unit.pages_of_text import page


def test_a_birth_certificate_gives_its_fields() -> None:
    assert values(read("birth_certificate", BIRTH)) == {
        "full_name": "PHAN VĂN TÁM",
        "date_of_birth": "2019-04-28",
        "personal_id": "079219012345",
        "document_number": "43/2019",
        "issue_date": "2019-06-09",
        "mother_name": "Lê Thị Mai",
        "father_name": "Phan Văn Chín",
    }


def test_a_notice_of_birth_gives_the_mother_and_checks_her_number_by_her_birth_date() -> None:
    text = """
GIẤY CHỨNG SINH
Họ, chữ đệm, tên mẹ hoặc người nuôi dưỡng: Lê Thị Mai
Ngày, tháng, năm sinh: 06/11/1990 Dân tộc: Kinh
Số định danh cá nhân: 079190012345
Đã sinh con vào lúc: 09 giờ 42 phút, ngày 12 tháng 05 năm 2025
"""
    fields = read("birth_notice", text)
    assert (fields["mother_name"].value, fields["mother_personal_id"].evidence) == ("Lê Thị Mai", "check")


def test_a_value_on_the_next_line_is_found() -> None:
    fields = read("birth_certificate", BIRTH.replace("Họ, chữ đệm, tên: PHAN", "Họ, chữ đệm, tên:\nPHAN"))
    assert fields["full_name"].value == "PHAN VĂN TÁM"


def test_a_misread_label_still_has_its_value() -> None:
    fields = read("birth_certificate", BIRTH.replace("Số định danh cá nhân:", "Sô đinh đanh cá nhấn:"))
    assert fields["personal_id"].value == "079219012345"


def test_an_unreadable_label_leaves_the_only_number_in_doubt() -> None:
    text = "PHIẾU YÊU CẦU BỔ SUNG\nHồ sơ của: Lê Thị Mai\nSDCGCCD: 079190012345"
    number = read("supplement_request", text)["personal_id"]
    assert (number.value, number.needs_review) == ("079190012345", True)


def test_the_box_lies_on_the_value() -> None:
    number = read("birth_certificate", BIRTH)["document_number"]
    assert number.box is not None
    assert (number.page, number.box.width) == (1, 20 * len("43/2019"))


CONTRACT = """
HỢP ĐỒNG CHUYỂN NHƯỢNG
QUYỀN SỬ DỤNG ĐẤT
Hôm nay, ngày 11 tháng 06 năm 2021, tại Văn phòng Công chứng, chúng tôi gồm có:
BÊN CHUYỂN NHƯỢNG (Bên A):
Họ, chữ đệm, tên: Lê Thị Mai
Ngày, tháng, năm sinh: 06/11/1990
Giấy tờ tùy thân: CCCD số 079190012345, Cục Cảnh sát cấp ngày 07/01/2021
BÊN NHẬN CHUYỂN NHƯỢNG (Bên B):
Họ, chữ đệm, tên: Phan Văn Tám
Ngày, tháng, năm sinh: 08/04/1988
Giấy tờ tùy thân: CCCD số 001088054321, Cục Cảnh sát cấp ngày 19/09/2021
ĐIỀU 1.
Bên A chuyển nhượng cho Bên B.
LỜI CHỨNG
giữa Bên A là ông/bà Lê Thị Mai và Bên B là ông/bà Phan Văn Tám; các bên tự nguyện.
Số công chứng: 9225, quyển số 05/2021
"""


def test_parties_of_a_contract_are_read_from_their_sections() -> None:
    assert values(read("land_transfer_contract", CONTRACT)) == {
        "transferor_name": "Lê Thị Mai",
        "transferor_personal_id": "079190012345",
        "transferee_name": "Phan Văn Tám",
        "transferee_personal_id": "001088054321",
        "document_number": "9225",
        "issue_date": "2021-06-11",
    }


def test_a_name_that_stands_twice_needs_no_clear_print() -> None:
    name = read("land_transfer_contract", CONTRACT.replace("tên: Lê Thị", "tên: Lê Thị{0.5}"))["transferor_name"]
    assert (name.evidence, name.needs_review) == ("two_places", False)


def test_a_name_that_stands_twice_but_differs_in_a_mark_asks_a_person() -> None:
    assert read("land_transfer_contract", CONTRACT.replace("tên: Lê Thị Mai", "tên: Lê Thị Mái"))[
        "transferor_name"
    ].needs_review


def test_running_text_gives_its_values_over_the_line_end() -> None:
    text = """
ỦY BAN NHÂN DÂN  CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
PHƯỜNG AN HÒA  Độc lập - Tự do - Hạnh phúc
Số: 8220/QĐ-UBND  Phường An Hòa, ngày 15 tháng 10 năm 2024
QUYẾT ĐỊNH
CHỦ TỊCH ỦY BAN NHÂN DÂN
Căn cứ Nghị định số 20/2021/NĐ-CP ngày 15 tháng 3 năm 2021;
QUYẾT ĐỊNH:
Điều 1. Giải quyết đề nghị của ông Phan Văn Tám, sinh ngày 08/04/1988, CCCD số
001088054321, cư trú tại phường An Hòa.
Điều 2. Quyết định này có hiệu lực kể từ ngày ký và ông Lê Văn Chín thi hành.
"""
    assert values(read("decision", text)) == {
        "document_number": "8220/QĐ-UBND",
        "issue_date": "2024-10-15",
        "issuer": "ỦY BAN NHÂN DÂN PHƯỜNG AN HÒA",
        "full_name": "Phan Văn Tám",
        "date_of_birth": "1988-04-08",
        "personal_id": "001088054321",
    }


def test_a_birth_date_whose_label_breaks_over_the_line_is_read() -> None:
    text = """
QUYẾT ĐỊNH
Điều 1. Cho phép cải chính nội dung đăng ký khai sinh của ông Phan Văn Tám, sinh
ngày 08/04/1988, CCCD số 001088054321, cư trú tại phường An Hòa.
Điều 2. Quyết định này có hiệu lực kể từ ngày ký.
"""
    born = read("decision", text)["date_of_birth"]
    assert (born.value, born.evidence, born.needs_review) == ("1988-04-08", "check", False)


def test_a_form_filled_in_by_hand_always_asks_a_person() -> None:
    text = """
TỜ KHAI ĐĂNG KÝ KHAI TỬ
Họ, chữ đệm, tên người yêu cầu: Lê Thị Mai
Giấy tờ tùy thân: CCCD 079190012345
Quan hệ với người đã chết: Con
"""
    fields = read("death_registration_form", text)
    assert fields["applicant_personal_id"].value == "079190012345"
    assert all(field.needs_review for field in fields.values())


def test_the_name_of_a_company_runs_over_two_lines() -> None:
    text = """
CÔNG TY CỔ PHẦN MAY HOA SEN  CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
XANH  Độc lập - Tự do - Hạnh phúc
Số: 5/BC-LĐ  Huế, ngày 01 tháng 12 năm 2021
BÁO CÁO TÌNH HÌNH SỬ DỤNG LAO ĐỘNG
Thực hiện Nghị định số 145/2020/NĐ-CP, CÔNG TY CỔ PHẦN MAY HOA SEN XANH báo cáo như sau:
"""
    fields = read("labour_report", text)
    assert values(fields) == {
        "organisation": "CÔNG TY CỔ PHẦN MAY HOA SEN XANH",
        "document_number": "5/BC-LĐ",
        "issue_date": "2021-12-01",
    }


def test_a_land_certificate_gives_its_plot() -> None:
    text = """
I. Người sử dụng đất, chủ sở hữu nhà ở và tài sản khác gắn liền với đất
Bà: Lê Thị Mai
Năm sinh: 1990, CCCD số: 079190012345
Địa chỉ thường trú: 12 Lê Lợi, Huế
CK 153894
II. Thửa đất, nhà ở và tài sản khác gắn liền với đất
a) Thửa đất số: 418, tờ bản đồ số: 35
c) Diện tích: 655,0 m²
tỉnh Thừa Thiên Huế, ngày 23 tháng 05 năm 2017
Số vào sổ cấp GCN: CS83593
"""
    fields = read("land_use_certificate", text)
    assert values(fields) == {
        "full_name": "Lê Thị Mai",
        "personal_id": "079190012345",
        "serial_number": "CK 153894",
        "plot_number": "418",
        "map_sheet": "35",
        "area_m2": "655.0",
        "issue_date": "2017-05-23",
    }
    assert fields["personal_id"].evidence == "check"


def test_a_blank_paper_has_no_fields() -> None:
    assert extract([page("")], TYPES["birth_certificate"], nothing) == {}


PIECES = st.sampled_from(
    ["Họ, chữ đệm, tên:", "Số:", "43/2019", "28/04/2019", "ngày 5 tháng 6 năm 2020", "PHAN", "Văn", "|", "CCCD số",
     "079190012345", "Giới tính:Nam", "BÊN ỦY QUYỀN", "Điều 1.", "\n", "  ", "IDVNM1900001230079190000123<<0",
     "CK 153894"]
)  # fmt: skip


@pytest.mark.parametrize("kind", sorted(TYPES))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pieces=st.lists(PIECES, max_size=30))
def test_no_order_of_words_makes_a_reader_fail(kind: str, pieces: list[str]) -> None:
    pages: list[PageText] = [page(" ".join(pieces)), page("", number=2)]
    for field in extract(pages, TYPES[kind], nothing).values():
        assert field.value
        assert 0 <= field.confidence <= 1


def test_a_family_name_is_not_taken_for_the_end_of_a_label() -> None:
    text = """
GIẤY PHÉP XÂY DỰNG
1. Cấp cho: Ông Hà Văn Nhân
Số định danh cá nhân: 048088992481
- Chủ đầu tư; CHỦ TỊCH
"""
    assert values(read("construction_permit", text))["full_name"] == "Hà Văn Nhân"
