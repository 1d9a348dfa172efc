import cv2
import numpy as np
import pytest

from pipeline.pages import Pixels, RawPage
from pipeline.stages.clean import READING_DPI, CleanPage, clean, reading_copy, turn
from pipeline.stages.placement import UprightScan, whole
from tests.sheets import DPI, sealed, slanted, text_page

LONG_LINES = tuple(f"Dòng chữ thứ {n} của một trang giấy thử nghiệm viết bằng tiếng Việt có dấu" for n in range(20))


def raw(pixels: Pixels, *, dpi_known: bool = True) -> RawPage:
    return RawPage(pixels=pixels, dpi=DPI, dpi_known=dpi_known)


def quarter_turn(page: Pixels, degrees: int) -> Pixels:
    return whole(page).turned(degrees, 0).draw(page, 1)


def read_from(pixels: Pixels) -> Pixels:
    """The reading copy of a page that lies straight."""
    return reading_copy(UprightScan(pixels, DPI, whole(pixels)), DPI)


def rows_with_ink(grey: Pixels) -> float:
    """Share of rows that carry ink: level lines leave more rows white than slanted ones."""
    return float((grey.min(axis=1) < 128).mean())


def seen_at(page: CleanPage, where: tuple[slice, slice]) -> Pixels:
    """The part of the reading copy that lies at `where` of a scan of `DPI`."""
    rows, columns = (slice(*(round(end * READING_DPI / DPI) for end in (part.start, part.stop))) for part in where)
    return page.grey[rows, columns]


@pytest.mark.parametrize("degrees", [-9.0, -3.4, -0.6, 0.7, 2.5, 8.0])
def test_a_page_laid_askew_on_the_glass_is_levelled(degrees: float) -> None:
    page = clean(raw(slanted(text_page(LONG_LINES), degrees)))
    assert page.skew_degrees == pytest.approx(degrees, abs=0.2)
    assert rows_with_ink(page.grey) == pytest.approx(rows_with_ink(read_from(text_page(LONG_LINES))), abs=0.08)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_page_is_set_upright_whichever_way_it_lay(turned: int) -> None:
    lying = quarter_turn(slanted(text_page(LONG_LINES), 1.5), -turned)
    assert clean(raw(lying)).rotation_degrees == turned


def test_a_page_turned_there_and_back_is_the_same_page() -> None:
    page = clean(raw(text_page()))
    again = turn(turn(page, 90), 270)
    assert again.rotation_degrees == page.rotation_degrees
    assert np.array_equal(again.grey, page.grey)


def test_a_red_seal_is_gone_from_the_reading_copy_and_stays_in_the_colour_copy() -> None:
    stamped = sealed(text_page(LONG_LINES), (700, 1440))
    page = clean(raw(stamped))
    where = (slice(1460, 1640), slice(720, 890))
    assert seen_at(page, where).min() > 140
    assert np.ptp(page.scan.colour(DPI)[where].astype(int), axis=2).max() > 100


def test_a_red_title_stays_in_the_reading_copy() -> None:
    page = text_page(())
    cv2.putText(page, "QUYEN SU DUNG DAT", (150, 300), cv2.FONT_HERSHEY_SIMPLEX, 2.2, (20, 20, 180), 5)
    assert read_from(page)[240:310, 150:900].min() < 120


def test_black_text_under_a_seal_stays_in_the_reading_copy() -> None:
    page = sealed(text_page(LONG_LINES), (300, 700))
    plain = read_from(text_page(LONG_LINES))[700:900, 300:500] < 128
    kept = read_from(page)[700:900, 300:500] < 128
    assert (kept & plain).sum() > 0.9 * plain.sum()


def test_the_dark_edge_of_the_scanner_lid_is_white_in_the_reading_copy() -> None:
    page = text_page(LONG_LINES)
    page[:, :60] = 30
    assert read_from(page)[:, :50].min() > 200


def test_a_shadow_over_half_the_page_is_evened_out() -> None:
    shaded = text_page(LONG_LINES)
    shaded[:, 600:] = (shaded[:, 600:] * 0.6).astype(np.uint8)
    grey = read_from(shaded)
    assert abs(float(np.median(grey[:, 700:])) - float(np.median(grey[:, :500]))) < 12


def test_a_paper_photographed_on_a_table_is_flattened() -> None:
    table = np.full((1700, 1500, 3), (60, 70, 110), np.uint8)
    sheet = text_page(LONG_LINES)[:1500]
    height, width = sheet.shape[:2]
    corners = np.array([[150, 90], [1330, 150], [1390, 1600], [90, 1560]], np.float32)
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    cv2.warpPerspective(
        sheet, cv2.getPerspectiveTransform(flat, corners), (1500, 1700), table, borderMode=cv2.BORDER_TRANSPARENT
    )
    page = clean(raw(table, dpi_known=False))
    assert page.verdict == "photo"
    colour = page.scan.colour(page.scan.dpi)
    assert float(np.median(colour[:40])) > 200
    assert colour.shape[0] == pytest.approx(1500, rel=0.05)


def test_an_empty_page_is_told_as_blank_and_left_as_it_lies() -> None:
    page = clean(raw(text_page(())))
    assert (page.verdict, page.rotation_degrees, page.skew_degrees) == ("blank", 0, 0.0)


def test_a_page_under_200_dpi_is_no_legal_copy() -> None:
    assert clean(raw(text_page(LONG_LINES))).verdict == "low_resolution"


def test_a_page_of_200_dpi_is_good() -> None:
    finer = cv2.resize(text_page(LONG_LINES), None, fx=200 / DPI, fy=200 / DPI, interpolation=cv2.INTER_CUBIC)
    assert clean(RawPage(pixels=np.asarray(finer, np.uint8), dpi=200, dpi_known=True)).verdict == "good"


def crisp(page: Pixels) -> Pixels:
    """The page at a lawful resolution."""
    return np.asarray(cv2.resize(page, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)


def verdict_of(page: Pixels) -> str:
    return clean(RawPage(pixels=page, dpi=2 * DPI, dpi_known=True)).verdict


def test_a_page_scanned_out_of_focus_is_blurred() -> None:
    assert verdict_of(np.asarray(cv2.GaussianBlur(crisp(text_page(LONG_LINES)), (0, 0), 5), np.uint8)) == "blurred"


def test_a_slightly_soft_page_is_good() -> None:
    assert verdict_of(np.asarray(cv2.GaussianBlur(crisp(text_page(LONG_LINES)), (0, 0), 1), np.uint8)) == "good"


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_page_whose_lines_run_out_of_the_scan_is_cut(turned: int) -> None:
    assert verdict_of(crisp(quarter_turn(text_page(LONG_LINES)[:, 140:], turned))) == "cut"


def test_a_page_whose_text_keeps_off_the_edge_is_not_cut() -> None:
    assert verdict_of(crisp(text_page(LONG_LINES)[:, 100:])) == "good"


def test_dust_and_the_shadows_of_sheets_behind_do_not_make_a_page_of_text() -> None:
    page = text_page(())
    for x in range(80, 1200, 70):
        page[200:1500, x] = 215
        page[(x * 7) % 1500 + 50 :, x][:9] = 60
        cv2.circle(page, (x, (x * 13) % 1600), 4, (90, 90, 90), -1)
    assert clean(raw(page)).verdict == "blank"


def test_a_page_with_one_line_of_text_is_not_blank() -> None:
    assert clean(raw(text_page(("Người làm chứng đã ký tên",)))).verdict != "blank"
