"""What a quick look says of pages, and above all when it says nothing. The parsers here read without fault."""

from pathlib import Path

import pytest

from pipeline.catalogue import load_catalogue
from pipeline.errors import NotFound, ScanRejected
from pipeline.pages import PageLook, ScanFile
from pipeline.quick_look import QuickLook, look_at_file, with_missing_backs
from schemas.text import Verdict
from tests.unit.plain_papers import BIRTH, CARD, CLASSIFIED, FORM_BY_HAND, HOLDER_NUMBER
from tests.unit.plain_parsers import LOST, PlainParsers, scan

CATALOGUE = load_catalogue()
ZONE = "IDVNM1989900666094198990066<<7"
FRONT, BACK = (part.strip() for part in CARD.split(ZONE))
FRONT = FRONT.replace("Có giá trị đến: 01/01/2038", "Có giá trị đến: 01/01/2038\nQuê quán / Place of origin: Hà Giang")
BACK = f"Đặc điểm nhận dạng\nNgón trỏ trái\nNgón trỏ phải\n{ZONE}\n{BACK}"
NOTICE = """
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
GIẤY CHỨNG SINH
Họ và tên mẹ hoặc người nuôi dưỡng: Quàng Thị Inh
Đã sinh con vào lúc: 08 giờ 15 phút
Dự định đặt tên con: HỒ DIỆU TUYẾT
Người đỡ đẻ
"""
CERTIFIED = "Chứng thực bản sao đúng với bản chính\nSố chứng thực 12 quyển số 01 SCT/BS\n"
PLEDGE = """
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
ĐƠN XIN XÁC NHẬN
Kính gửi: Ủy ban nhân dân phường Lộc Thọ
Tôi tên là: Hồ Bá Tường
Kính mong quý cơ quan xem xét, giải quyết. Tôi xin chân thành cảm ơn. Người làm đơn
"""


class Flawed(PlainParsers):
    """Parsers that find all pages flawed alike."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        self.verdict = verdict

    def look(self, scan: ScanFile, page: int, thumbnail: Path | None) -> PageLook:
        return super().look(scan, page, thumbnail).model_copy(update={"verdict": self.verdict})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.pdf"


def looks(
    file: Path, *pages: str, procedure: str | None = None, parsers: PlainParsers | None = None
) -> list[QuickLook]:
    file.write_bytes(scan(*pages))
    thumbnails = file.parent / "thumbnails"
    thumbnails.mkdir(exist_ok=True)
    found = look_at_file(ScanFile(file, "application/pdf"), procedure, parsers or PlainParsers(), CATALOGUE, thumbnails)
    return list(found)


def verdicts(file: Path, *pages: str, procedure: str | None = None, parsers: PlainParsers | None = None) -> list[str]:
    return [look.verdict for look in looks(file, *pages, procedure=procedure, parsers=parsers)]


def test_pages_are_told_in_order_with_type_and_size(file: Path) -> None:
    first, second = looks(file, BIRTH, "")
    assert (first.page, first.verdict, first.type, first.type_certain) == (1, "good", "birth_certificate", True)
    assert first.size_mm == (210, 297)
    assert (second.page, second.verdict, second.type) == (2, "blank", None)


def test_a_paper_that_the_verified_list_does_not_name_is_told(file: Path) -> None:
    assert verdicts(file, BIRTH, procedure="land_change") == ["not_of_this_procedure"]


@pytest.mark.parametrize(
    ("text", "procedure"),
    [
        pytest.param(BIRTH, None, id="nobody has named a procedure"),
        pytest.param(FORM_BY_HAND, "birth_registration", id="it is on the list"),
        pytest.param(BIRTH, "birth_registration", id="the procedure issues it"),
        pytest.param(CARD, "labour_report", id="identity is shown for every procedure"),
        pytest.param(BIRTH, "land_mortgage", id="the list was not verified"),
        pytest.param(BIRTH, "copy_certification", id="the procedure takes any paper"),
        pytest.param(PLEDGE, "land_change", id="only its genre is known"),
        pytest.param(BIRTH.replace("GIẤY KHAI SINH\n", ""), "land_change", id="its title is not on the page"),
        pytest.param("Phụ lục\n" + BIRTH, "land_change", id="it is part of another paper"),
    ],
)
def test_nothing_is_said_of_a_paper_when(text: str, procedure: str | None, file: Path) -> None:
    assert verdicts(file, text, procedure=procedure) == ["good"]


def test_a_certified_copy_where_only_the_original_serves_is_told(file: Path) -> None:
    assert verdicts(file, NOTICE, NOTICE + CERTIFIED, procedure="birth_registration") == ["good", "wrong_copy"]


def test_a_certified_copy_where_one_serves_is_good(file: Path) -> None:
    assert verdicts(file, CARD + CERTIFIED, procedure="birth_registration") == ["good"]


def test_a_paper_that_will_be_rescanned_is_not_judged_as_a_copy(file: Path) -> None:
    told = verdicts(file, NOTICE + CERTIFIED, procedure="birth_registration", parsers=Flawed("blurred"))
    assert told == ["blurred"]


def test_a_paper_of_another_procedure_is_not_asked_to_be_scanned_again(file: Path) -> None:
    assert verdicts(file, BIRTH, procedure="land_change", parsers=Flawed("cut")) == ["not_of_this_procedure"]


def test_a_secret_paper_is_told_and_leaves_no_picture(file: Path) -> None:
    assert verdicts(file, BIRTH, CLASSIFIED) == ["good", "secret"]
    assert [picture.name for picture in (file.parent / "thumbnails").iterdir()] == ["1.jpg"]


def test_a_page_that_cannot_be_opened_does_not_hide_the_others(file: Path) -> None:
    first, second = looks(file, LOST, BIRTH)
    assert (first.verdict, first.size_mm, second.verdict) == ("unreadable", None, "good")


def test_a_file_that_cannot_be_opened_is_refused_at_once(file: Path) -> None:
    class Locked(PlainParsers):
        def count_pages(self, scan: ScanFile) -> int:
            raise ScanRejected("encrypted")

    with pytest.raises(ScanRejected, match="encrypted"):
        look_at_file(ScanFile(file, "application/pdf"), None, Locked(), CATALOGUE, None)


def test_an_unknown_procedure_is_refused_at_once(file: Path) -> None:
    with pytest.raises(NotFound, match="no_such_procedure"):
        look_at_file(ScanFile(file, "application/pdf"), "no_such", PlainParsers(), CATALOGUE, None)


def after_all(file: Path, *pages: str, parsers: PlainParsers | None = None) -> list[str]:
    return [look.verdict for look in with_missing_backs(looks(file, *pages, parsers=parsers))]


def test_a_card_without_its_back_is_told(file: Path) -> None:
    assert after_all(file, FRONT, BIRTH, "") == ["back_side_missing", "good", "blank"]


def test_a_photo_of_a_card_without_its_back_is_told_what_it_lacks(file: Path) -> None:
    assert after_all(file, FRONT, parsers=Flawed("photo")) == ["back_side_missing"]


def test_the_back_may_be_on_any_page(file: Path) -> None:
    assert after_all(file, BACK, BIRTH, FRONT) == ["good"] * 3
    assert after_all(file, CARD) == ["good"]


def test_the_back_of_another_card_is_not_the_one_that_is_missing(file: Path) -> None:
    other = FRONT.replace(HOLDER_NUMBER, "079320990007")
    assert after_all(file, FRONT, BACK, other) == ["good", "good", "back_side_missing"]


def test_a_number_that_may_be_misread_does_not_part_a_card_from_its_back(file: Path) -> None:
    assert after_all(file, FRONT.replace(HOLDER_NUMBER, HOLDER_NUMBER[:-1] + "9"), BACK) == ["good", "good"]


@pytest.mark.parametrize("unknown", [LOST, "Nơi cư\nNgày cấp"])
def test_a_page_that_was_not_made_out_may_be_the_back(unknown: str, file: Path) -> None:
    assert "back_side_missing" not in after_all(file, FRONT, unknown)


def test_a_passport_has_no_back(file: Path) -> None:
    passport = FRONT.replace("CĂN CƯỚC CÔNG DÂN\nCitizen Identity Card", "HỘ CHIẾU\nPASSPORT")
    assert after_all(file, passport) == ["good"]
