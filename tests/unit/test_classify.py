import pytest

from pipeline.catalogue import load_catalogue
from pipeline.stages.assemble import assemble
from pipeline.stages.classify import Classification, classify
from schemas.catalog import DocumentType
from tests.unit.pages_of_text import page
from tests.unit.test_identifiers import INSURANCE

TYPES = load_catalogue().types
HEADER = """
ỦY BAN NHÂN DÂN  CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
PHƯỜNG AN HÒA  Độc lập - Tự do - Hạnh phúc
Số: 12/QĐ-UBND  An Hòa, ngày 02 tháng 03 năm 2024
"""

UNDER_STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\n"


def kind(text: str) -> Classification:
    return classify([page(text)], TYPES)


def test_a_title_in_capitals_decides() -> None:
    found = kind(
        HEADER + "GIẤY CHỨNG NHẬN KẾT HÔN\nHọ, chữ đệm, tên vợ: Lê Thị Mai\nHọ, chữ đệm, tên chồng: Phan Văn Tám"
    )
    assert found.type == "marriage_certificate"
    assert found.certain
    assert "tiêu đề GIẤY CHỨNG NHẬN KẾT HÔN" in found.cues


def test_a_title_may_be_split_and_misread() -> None:
    found = kind(
        HEADER + "GIÂY CHỨNG NHẬN\nĐĂNG KY HỘ KINH DOANH\nTên hộ kinh doanh: Tạp hóa Hoa Mai\nVốn kinh doanh: 5 triệu"
    )
    assert found.type == "household_business_certificate"
    assert found.certain


def test_a_decision_that_lists_other_papers_is_a_decision() -> None:
    found = kind(
        HEADER
        + """
QUYẾT ĐỊNH
Về việc công bố thành phần hồ sơ
Căn cứ Luật Hộ tịch ngày 20 tháng 11 năm 2014;
QUYẾT ĐỊNH:
Điều 1. Công bố các giấy tờ phải số hóa sau đây:
1. Giấy khai sinh;
2. Giấy chứng nhận kết hôn;
3. Tờ khai đăng ký khai sinh, nơi đăng ký khai sinh, người đi khai sinh;
Điều 2. Quyết định này có hiệu lực kể từ ngày ký.
"""
    )
    assert found.type == "decision"
    assert found.certain


def test_a_title_that_is_only_mentioned_does_not_count() -> None:
    found = kind(
        HEADER.replace("QĐ-UBND", "TB-UBND")
        + "THÔNG BÁO\nNgười dân mang theo Giấy khai sinh và Giấy chứng nhận kết hôn khi đến bộ phận một cửa."
    )
    assert found.type == "notice"


@pytest.mark.parametrize(
    "title",
    ["PHIẾU KHẢO SÁT", "GIẤY XÁC NHẬN CÔNG TÁC", "TỜ KHAI THUẾ THU NHẬP CÁ NHÂN", "BẢN CAM KẾT"],
)
def test_papers_of_other_types_are_not_forced_into_a_known_one(title: str) -> None:
    found = kind(
        HEADER
        + f"{title}\nKính gửi: Ủy ban nhân dân phường\n"
        + "Họ, chữ đệm, tên người yêu cầu: Lê Thị Mai\nTôi cam đoan lời khai là đúng"
    )
    assert found.type == "other"
    assert not found.certain


@pytest.mark.parametrize("title", ["TỜ KHAI ĐĂNG KÝ LẠI KẾT HÔN", "TỜ KHAI LẠI ĐĂNG KÝ KHAI TỬ"])
def test_a_title_with_a_word_too_many_is_not_certain(title: str) -> None:
    body = "Kính gửi: Ủy ban nhân dân\nHọ, chữ đệm, tên người yêu cầu: Lê Thị Mai\nTôi cam đoan\nĐề nghị cấp bản sao"
    assert not kind(HEADER + f"{title}\n{body}").certain


def numbered(notation: str) -> str:
    return HEADER.replace("QĐ-UBND", notation)


@pytest.mark.parametrize(
    ("title", "notation", "type_id"),
    [
        ("CHỈ THỊ", "CT-UBND", "directive"),
        ("TỜ TRÌNH", "TTr-UBND", "submission"),
        ("BÁO CÁO", "BC-UBND", "report"),
        ("THÔNG BÁO", "TB-UBND", "notice"),
        ("KẾ HOẠCH", "KH-UBND", "plan"),
        ("NGHỊ QUYẾT", "NQ-HĐND", "resolution"),
        ("GIẤY MỜI", "GM-UBND", "invitation"),
    ],
)
def test_a_short_title_and_the_notation_of_its_number_tell_an_administrative_paper(
    title: str, notation: str, type_id: str
) -> None:
    found = kind(numbered(notation) + f"{title}\nVề việc trồng cây\nTrong những ngày qua đã có mưa.")
    assert (found.type, found.certain) == (type_id, True)
    assert found.cues[0] == f"ký hiệu {notation.partition('-')[0]}"


def test_a_title_that_the_number_contradicts_is_not_certain() -> None:
    assert not kind(numbered("QĐ-UBND") + "CHỈ THỊ\nVề việc trồng cây\nNơi nhận: Lưu: VT").certain


def test_a_letter_is_told_by_its_matter_under_the_number() -> None:
    found = kind(numbered("UBND-KT") + "V/v trồng cây\n\nKính gửi: Công an phường\nNơi nhận:\n- Như trên;\n- Lưu: VT")
    assert (found.type, found.certain) == ("official_letter", True)


def test_a_decision_about_a_matter_is_no_letter() -> None:
    found = kind(HEADER + "QUYẾT ĐỊNH\nV/v trồng cây\nCăn cứ Luật Lâm nghiệp;\nQUYẾT ĐỊNH:\nĐiều 1. Trồng cây.")
    assert (found.type, found.certain) == ("decision", True)


def test_phrases_that_all_papers_of_agencies_have_tell_no_type() -> None:
    found = kind(UNDER_STATE + "Kính gửi: Công an phường\nĐiều 1\nNơi nhận:\n- Như trên;\n- Lưu: VT.")
    assert found.type == "other"


def test_the_longer_of_two_titles_that_begin_alike_counts() -> None:
    assert kind(numbered("TB-UBND") + "THÔNG BÁO\nDỪNG GIẢI QUYẾT HỒ SƠ\nMã hồ sơ").type == "stop_notice"


def test_a_long_title_under_the_name_of_the_state_needs_no_phrase() -> None:
    title = "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ"
    found = kind(HEADER.replace("QĐ-UBND", "PKS") + title)
    assert (found.type, found.certain) == ("control_slip", True)
    assert "quốc hiệu phía trên" in found.cues
    assert not kind(title).certain


def test_a_title_under_the_heading_of_another_paper_is_not_certain() -> None:
    found = kind(HEADER + "GIẤY XÁC NHẬN CÔNG TÁC\nPHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ")
    assert not found.certain


def test_an_open_title_stands_for_all_that_begin_so() -> None:
    found = kind(
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nĐƠN XIN XÁC NHẬN HOÀN CẢNH KHÓ KHĂN\n"
        "Kính gửi: Ủy ban nhân dân phường An Hòa\nTôi tên là: Lê Thị Mai\nTôi xin cam đoan"
    )
    assert found.type == "application"


def test_phrases_of_the_body_tell_a_paper_whose_title_is_lost() -> None:
    found = kind(
        """
I. Người sử dụng đất, chủ sở hữu nhà ở và tài sản khác gắn liền với đất
Ông: Phan Văn Tám
a) Thửa đất số: 12, tờ bản đồ số: 5
d) Hình thức sử dụng: Sử dụng riêng
đ) Mục đích sử dụng đất: Đất ở
e) Thời hạn sử dụng: Lâu dài
g) Nguồn gốc sử dụng: Nhận chuyển nhượng
Số vào sổ cấp GCN: CS12345
"""
    )
    assert found.type == "land_use_certificate"
    assert found.certain


def test_a_form_code_tells_a_form_whose_title_is_lost() -> None:
    found = kind(
        "Mẫu CT01 ban hành kèm theo Thông tư số 53/2025/TT-BCA\n"
        "Kính gửi: Công an phường An Hòa\nNội dung đề nghị: tạm trú\nchủ hộ"
    )
    assert found.type == "residence_declaration"


CARD_WORDS = "Họ, chữ đệm và tên khai sinh / Full name: LÊ THỊ MAI\nGiới tính / Sex: Nữ\nDate of expiry: 06/11/2030"


def test_the_code_of_a_card_tells_one_whose_title_is_lost() -> None:
    payload = "079190012345||Lê Thị Mai|06111990|Nữ|Huế|15062021"
    found = classify([page(CARD_WORDS, qr=payload)], TYPES)
    assert (found.type, found.cues[0]) == ("citizen_id_card", "mã QR của thẻ")


def test_the_code_of_an_insurance_card_tells_no_identity_card() -> None:
    words = "Giá trị sử dụng từ 01/01/2019\nNơi đăng ký KCB BĐ: Bệnh viện Huế"
    found = classify([page(words, qr=INSURANCE)], TYPES)
    assert (found.type, found.cues[0]) == ("health_insurance_card", "mã QR của thẻ")


def test_another_code_tells_nothing() -> None:
    assert classify([page(CARD_WORDS, qr="https://example.vn/1")], TYPES).type == "other"


def test_a_card_is_told_by_its_english_title() -> None:
    assert kind("IDENTITY CARD\n" + CARD_WORDS).type == "citizen_id_card"


def test_a_title_alone_is_not_certain() -> None:
    assert not kind("\n\nGIẤY KHAI SINH\n").certain


def test_a_blank_page_is_of_no_type() -> None:
    assert classify([page("")], TYPES) == Classification(type="other", confidence=0.0)


def test_a_blank_back_does_not_hide_the_type() -> None:
    front = page(HEADER + "GIẤY CHỨNG SINH\nĐã sinh con vào lúc: 5 giờ\nCân nặng: 3000 gram\nSố lần sinh: 1", number=2)
    assert classify([page(""), front], TYPES).type == "birth_notice"


LETTER = "V/v điều động\nKính gửi: Công an phường An Hòa"


@pytest.mark.parametrize("mark", ["MẬT", "TỐI MẬT", "TUYỆT MẬT", "| MẬT |"])
@pytest.mark.parametrize("letter", ["BẢN KÊ\nVề việc điều động", "V/v điều động\nKính gửi: Công an\nNơi nhận: Lưu: VT"])
def test_a_clear_secrecy_mark_stops_a_paper_of_no_known_type_or_of_state_agencies(mark: str, letter: str) -> None:
    found = kind(HEADER + f"{mark}\n" + letter)
    assert found.type == "secret_paper"
    assert not found.secrecy_doubtful


@pytest.mark.parametrize(
    "mark",
    ["MẠT", "MAT", "TOI MẬT", "MẬT{0.85}", "> MẬT", "\n" * 18 + "MẬT"],
    ids=["wrong accent", "no accents", "half the accents", "unclear", "at the right", "low on the page"],
)
def test_a_mark_that_is_not_clear_never_stops_a_paper(mark: str) -> None:
    assert kind(HEADER + f"{mark}\n" + LETTER).type == "official_letter"


@pytest.mark.parametrize("mark", ["MẠT", "MAT", "TOI MẬT", "MẬT{0.85}", "> MẬT"])
def test_a_mark_that_is_not_clear_asks_a_person(mark: str) -> None:
    assert kind(HEADER + f"{mark}\n" + LETTER).secrecy_doubtful


def test_a_mark_on_a_paper_of_a_certain_type_asks_a_person_and_keeps_the_type() -> None:
    found = kind(HEADER + "MẬT\nGIẤY CHỨNG SINH\nĐã sinh con vào lúc: 5 giờ\nCân nặng: 3000 gram\nSố lần sinh: 1")
    assert (found.type, found.secrecy_doubtful, found.certain) == ("birth_notice", True, False)
    assert "dấu MẬT" in found.cues


def test_a_mark_on_a_later_page_asks_a_person() -> None:
    found = classify([page(HEADER + LETTER), page(HEADER + "MẬT\n" + LETTER, number=2)], TYPES)
    assert (found.type, found.secrecy_doubtful) == ("official_letter", True)


@pytest.mark.parametrize("words", ["Mật", "MẬT ONG", "Danh mục tài liệu MẬT của phường", "MẬT{0.1}"])
def test_a_paper_that_speaks_of_secrets_has_no_mark(words: str) -> None:
    assert not kind(HEADER + f"{words}\n" + LETTER).secrecy_doubtful


def test_all_pages_of_a_submission_are_one_paper() -> None:
    pages = [page("GIẤY ỦY QUYỀN\nBÊN ỦY QUYỀN"), page("", number=2)]
    (piece,) = assemble(pages, TYPES)
    assert [p.number for p in piece.pages] == [1, 2]


TITLED = [kind for kind in TYPES.values() if kind.title.printed and kind.keeping.rule != "secret_stop"]


OTHERS_MADE = [kind for kind in TITLED if kind.issuer != "hoso"]
"""Our own sheets are told by their QR codes."""


@pytest.mark.parametrize("own", TITLED, ids=[kind.id for kind in TITLED])
def test_no_title_of_the_catalogue_is_taken_for_that_of_another_type(own: DocumentType) -> None:
    for printed in (own.title.printed, *own.title.variants):
        title = printed.replace("V/v …", "V/v trồng cây").replace("…", "VÙNG CAO")
        found = kind(UNDER_STATE + title)
        assert found.type in (own.id, "other") or not found.certain, (title, found)


@pytest.mark.parametrize("own", OTHERS_MADE, ids=[kind.id for kind in OTHERS_MADE])
def test_every_type_is_told_by_its_title_and_what_else_it_says(own: DocumentType) -> None:
    title = own.title.variants[0] if own.id == "official_letter" else own.title.printed
    codes = "".join(f"Mẫu {code}\n" for code in own.title.form_codes[:1])
    body = "\n".join(phrase for phrase in own.cues.phrases if not phrase.isupper())
    found = kind(codes + UNDER_STATE + title.replace("…", "VÙNG CAO") + "\n" + body)
    assert (found.type, own.id if found.certain else None) == (own.id, own.id), found


def test_a_doubtful_type_tells_what_else_it_may_be() -> None:
    found = kind("GIẤY KHAI SINH\nGIẤY CHỨNG NHẬN KẾT HÔN\n")
    assert not found.certain
    assert {"birth_certificate", "marriage_certificate"} == {found.type, *(other.type for other in found.others)}
