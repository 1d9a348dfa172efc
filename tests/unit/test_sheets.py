"""The cover sheet and the list of what is missing: what they say, and that scanners read them."""

import io
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdf
import pytest
import zxingcpp
from PIL import Image

from pipeline.adapters.printing import print_sheet
from pipeline.catalogue import load_catalogue
from pipeline.once_only import checklist
from pipeline.sheets import Section, Sheet, cover_sheet, missing_list
from schemas.dossiers import Dossier, DossierView, Party
from schemas.once_only import Visit
from schemas.people import Actor, Citizen

CATALOGUE = load_catalogue()
CODE, NUMBER, OWNER = "H29.12.34-261120-0001", "079190012345", "Nguyễn Thị Hường"


def a_view(procedure: str | None = "land_change", **conditions: bool) -> DossierView:
    """A dossier of somebody with nothing on file, on a day when data take the place of papers."""
    dossier = Dossier(
        code=CODE,
        actor=Actor(office_id="phuong-a", actor_id="lan"),
        source="opened",
        procedure=procedure,
        owner=Party(number=NUMBER, name=OWNER),
        received_at=datetime(2026, 11, 20, tzinfo=UTC),
        due_on=date(2026, 12, 1),
    )
    citizen = Citizen(citizen_id="c1", personal_id=NUMBER, name=OWNER)
    visit = Visit(day=date(2026, 11, 22), dossier_code=CODE, conditions=conditions)
    rows = checklist(CATALOGUE.procedures[procedure], CATALOGUE, citizen, (), visit) if procedure else ()
    return DossierView(dossier=dossier, components=(), rows=rows)


def section(sheet: Sheet, heading: str) -> list[str]:
    """The lines under a heading; none where it is not there."""
    found: list[Section] = [one for one in sheet.sections if one.heading == heading]
    return [item.text for one in found for item in one.items]


def test_exactly_what_is_demanded_is_asked_for() -> None:
    view = a_view(by_contract=True, by_inheritance=False, by_proxy=False)
    assert section(missing_list(view, CATALOGUE), "Cần nộp thêm") == [row.title for row in view.rows if row.demanded]
    assert len(section(missing_list(view, CATALOGUE), "Cần nộp thêm")) == 3


def test_what_depends_on_an_answer_stands_apart_with_its_question() -> None:
    sheet = missing_list(a_view(), CATALOGUE)
    perhaps = next(one for one in sheet.sections if one.heading == "Chỉ nộp khi cán bộ tiếp nhận yêu cầu")
    assert "Biến động có phải do thừa kế không?" in [item.note for item in perhaps.items]


def test_what_is_looked_up_need_not_be_brought() -> None:
    assert section(missing_list(a_view(), CATALOGUE), "Không cần nộp") == ["Giấy tờ tùy thân (xuất trình)"]


def test_a_row_that_does_not_apply_is_on_no_sheet() -> None:
    view = a_view(by_inheritance=False)
    titles = [item.text for sheet in (missing_list(view, CATALOGUE), cover_sheet(view, CATALOGUE))
              for one in sheet.sections for item in one.items]  # fmt: skip
    assert "Văn bản thỏa thuận phân chia di sản" not in titles


def test_a_dossier_that_lacks_nothing_says_so() -> None:
    assert missing_list(a_view("signature_certification"), CATALOGUE).title == "HỒ SƠ KHÔNG THIẾU GIẤY TỜ"


def test_a_dossier_of_an_unknown_procedure_has_a_cover_sheet() -> None:
    assert cover_sheet(a_view(None), CATALOGUE).sections == ()


@pytest.mark.parametrize("make", [cover_sheet, missing_list])
def test_the_code_names_no_person(make: Any) -> None:
    sheet = make(a_view(), CATALOGUE)
    assert sheet.qr in (f"hoso:cover:1:{CODE}", f"hoso:missing:1:{CODE}")
    assert NUMBER not in repr(sheet)


def printed(tmp_path: Path, sheet: Sheet, dpi: int = 150) -> list[Image.Image]:
    """The pages as a scanner would see them."""
    (tmp_path / "sheet.pdf").write_bytes(print_sheet(sheet))
    subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", "sheet.pdf", "page"], cwd=tmp_path, check=True)
    return [Image.open(file) for file in sorted(tmp_path.glob("page*.pgm"))]


@pytest.mark.parametrize("make", [cover_sheet, missing_list])
def test_a_printed_sheet_is_read_by_its_code(tmp_path: Path, make: Any) -> None:
    sheet = make(a_view(), CATALOGUE)
    (page,) = printed(tmp_path, sheet)
    assert [code.text for code in zxingcpp.read_barcodes(np.asarray(page))] == [sheet.qr]


def test_a_printed_sheet_that_was_scanned_askew_and_coarse_is_read_too(tmp_path: Path) -> None:
    (page,) = printed(tmp_path, cover_sheet(a_view(), CATALOGUE), dpi=100)
    slanted = page.rotate(7, expand=True, fillcolor=255)
    assert [code.text for code in zxingcpp.read_barcodes(np.asarray(slanted))] == [f"hoso:cover:1:{CODE}"]


def test_a_sheet_is_a4_with_vietnamese_letters_that_can_be_found() -> None:
    data = io.BytesIO(print_sheet(missing_list(a_view(), CATALOGUE)))
    (page,) = pypdf.PdfReader(data).pages
    text = page.extract_text()
    assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (595, 842)
    for words in ("GIẤY TỜ CÒN THIẾU", OWNER, "Đơn đăng ký biến động đất đai", CODE):
        assert words in text


def test_the_font_is_in_the_file() -> None:
    with pikepdf.open(io.BytesIO(print_sheet(cover_sheet(a_view(), CATALOGUE)))) as pdf:
        fonts = pdf.pages[0].Resources.Font
        assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts.values())


def test_a_long_list_goes_on_over_numbered_pages_that_bear_the_code() -> None:
    sheet = cover_sheet(a_view(), CATALOGUE)
    (only,) = sheet.sections
    long = sheet.model_copy(update={"sections": (only.model_copy(update={"items": only.items * 15}),)})
    pages = pypdf.PdfReader(io.BytesIO(print_sheet(long))).pages
    assert len(pages) > 1
    assert [f"{CODE} {n}/{len(pages)}" in " ".join(page.extract_text().split()) for n, page in enumerate(pages, 1)] == [
        True
    ] * len(pages)
