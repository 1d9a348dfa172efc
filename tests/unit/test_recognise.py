"""Reading with the real Tesseract."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp

from pipeline.adapters import tesseract
from pipeline.errors import ScanRejected
from pipeline.pages import Layout, Pixels, RawPage
from pipeline.stages.clean import CleanPage, clean, turn
from pipeline.stages.placement import UprightScan, whole
from pipeline.stages.recognise import read_codes, recognise
from schemas.text import Box, Word
from tests.sheets import DPI, TEXT, text_page


def read(grey: Pixels, dpi: int, layout: Layout) -> tuple[Word, ...]:
    return tesseract.read_words(grey, dpi, layout, timeout_s=60)


def upside_down() -> CleanPage:
    return turn(clean(RawPage(pixels=text_page(), dpi=DPI, dpi_known=True)), 180)


def test_vietnamese_print_is_read_with_its_marks() -> None:
    _, text = recognise(clean(RawPage(pixels=text_page(), dpi=DPI, dpi_known=True)), 1, read)
    read_words = set(text.text.split())
    wanted = {word for line in TEXT for word in line.split()}
    assert len(wanted & read_words) >= 0.9 * len(wanted)


def test_words_carry_boxes_inside_the_page_and_confidences() -> None:
    page, text = recognise(clean(RawPage(pixels=text_page(), dpi=DPI, dpi_known=True)), 1, read)
    height, width = page.grey.shape
    for word in text.words:
        assert 0 <= word.box.left < word.box.right <= width
        assert 0 <= word.box.top < word.box.bottom <= height
        assert 0 <= word.confidence <= 1


def test_a_page_on_its_head_is_turned_over_and_read() -> None:
    page, text = recognise(upside_down(), 1, read)
    assert page.rotation_degrees == 0
    assert "Hạnh" in text.text


@pytest.mark.parametrize("degrees", [90, 270])
def test_a_page_that_was_taken_for_lying_on_its_side_is_set_upright(degrees: int) -> None:
    upright = clean(RawPage(pixels=text_page(), dpi=DPI, dpi_known=True))
    page, text = recognise(turn(upright, degrees), 1, read)
    assert page.rotation_degrees == upright.rotation_degrees
    assert "Hạnh" in text.text


def test_a_page_the_right_way_up_is_read_once() -> None:
    readings = []

    def counted(grey: Pixels, dpi: int, layout: Layout) -> tuple[Word, ...]:
        readings.append(layout)
        return read(grey, dpi, layout)

    recognise(clean(RawPage(pixels=text_page(), dpi=DPI, dpi_known=True)), 1, counted)
    assert readings == ["page"]


def test_a_blank_page_costs_no_reading() -> None:
    def never(grey: Pixels, dpi: int, layout: Layout) -> tuple[Word, ...]:
        raise AssertionError

    _, text = recognise(clean(RawPage(pixels=text_page(()), dpi=DPI, dpi_known=True)), 7, never)
    assert (text.number, text.words) == (7, ())


@pytest.mark.parametrize(("confidence", "kept"), [(0.2, 0), (0.7, 1)])
def test_what_the_engine_makes_of_noise_is_no_text(confidence: float, kept: int) -> None:
    page = clean(RawPage(pixels=text_page(), dpi=DPI, dpi_known=True))
    word = Word(text="~|;", box=Box(left=0, top=0, right=9, bottom=9), confidence=confidence, line=0)
    _, text = recognise(page, 1, lambda _grey, _dpi, _layout: (word,))
    assert len(text.words) == kept


def test_words_stand_where_they_stand_on_the_page() -> None:
    page, text = recognise(clean(RawPage(pixels=text_page(), dpi=DPI, dpi_known=True)), 1, read)
    word = next(word for word in text.words if word.text == "Hạnh")
    box = [round(side) for side in (word.box.left, word.box.top, word.box.right, word.box.bottom)]
    inside = page.grey[box[1] : box[3], box[0] : box[2]]
    assert inside.min() < 100
    assert page.grey[box[1] : box[3], box[0] - 6 : box[0] - 2].min() > 200


def test_a_qr_code_is_read_with_its_place() -> None:
    payload = "079090001234||Nguyễn Văn Thử|01021990|Nam|12 Lê Lợi, Huế|03042021"
    code = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.QRCode)
    picture = np.asarray(zxingcpp.write_barcode_to_image(code, scale=4, add_quiet_zones=True), np.uint8)
    page = np.full((900, 900, 3), 255, np.uint8)
    page[300 : 300 + picture.shape[0], 500 : 500 + picture.shape[1]] = picture.reshape((*picture.shape[:2], 1))
    (found,) = read_codes(UprightScan(page, 300, whole(page)), 300)
    assert found.text == payload
    assert found.format == "QRCode"
    assert 300 < found.box.top < found.box.bottom < 300 + picture.shape[0]


@pytest.mark.parametrize(("turned", "left", "top"), [(0, 500, 300), (90, 500, 500), (180, 300, 500), (270, 300, 300)])
def test_a_codes_place_is_told_on_the_upright_page(turned: int, left: int, top: int) -> None:
    code = zxingcpp.create_barcode("HS-1", zxingcpp.BarcodeFormat.QRCode)
    picture = cv2.resize(
        np.asarray(zxingcpp.write_barcode_to_image(code, scale=1, add_quiet_zones=False), np.uint8),
        (100, 100),
        interpolation=cv2.INTER_NEAREST,
    )
    page = np.full((900, 900, 3), 255, np.uint8)
    page[300:400, 500:600] = picture.reshape((100, 100, 1))
    (found,) = read_codes(UprightScan(page, 300, whole(page)).turned(turned, 0), 150)
    assert (found.box.left, found.box.top) == pytest.approx((left / 2, top / 2), abs=4)


def test_an_engine_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (3000, 2000)).astype(np.uint8)
    with pytest.raises(ScanRejected) as error:
        tesseract.read_words(noise, 300, "page", timeout_s=0.05, folder=tmp_path)
    assert error.value.code == "unreadable"
    assert list(tmp_path.iterdir()) == []
