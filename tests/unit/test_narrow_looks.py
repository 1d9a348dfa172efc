"""Zones of cards and gaps of heads are read with the signs they can have."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from pipeline.adapters import tesseract
from pipeline.catalogue import load_catalogue
from pipeline.pages import Layout, Pixels, ReadWords
from pipeline.settings import Limits
from pipeline.stages.clean import clean
from pipeline.stages.extract import extract
from pipeline.stages.head_look import with_head_digits
from pipeline.stages.mrz import read_mrz
from pipeline.stages.open import open_page
from pipeline.stages.recognise import recognise
from pipeline.stages.zone_look import with_zone
from schemas.text import Box, PageText, Word
from tests.specimens import make_specimens
from tests.unit.fields_of_text import nothing
from tests.unit.pages_of_text import page
from tests.unit.test_identifiers import td1

HEAD = """
ỦY BAN NHÂN DÂN > CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
TỈNH HẢI NAM > Độc lập - Tự do - Hạnh phúc
Số: {} > Hải Nam, ngày {} tháng {} năm 2024

QUYẾT ĐỊNH
Về việc trồng cây xanh ven đường
"""


def white(text: PageText) -> Pixels:
    return np.full((text.height_px, text.width_px), 255, np.uint8)


def says(readings: Iterable[str]) -> ReadWords:
    """An engine that reads these digits, one reading a look, over and over."""
    endless = list(readings)

    def read_words(grey: Pixels, dpi: int, layout: Layout) -> tuple[Word, ...]:
        assert layout == "digits"
        endless.append(endless.pop(0))
        box = Box(left=0, top=0, right=9, bottom=9)
        return (Word(text=endless[-1], box=box, confidence=0.99, line=0),)

    return read_words


def never(grey: Pixels, dpi: int, layout: Layout) -> tuple[Word, ...]:
    raise AssertionError


def looked_at(number: str, day: str, month: str, read_words: ReadWords) -> PageText:
    text = page(HEAD.format(number, day, month))
    return with_head_digits(white(text), text, read_words)


@pytest.mark.parametrize(
    ("number", "day", "wanted"),
    [
        ("45/QĐ-UBND", "†Ä", "ngày 17 tháng"),
        ("45/QĐ-UBND", "1f", "ngày 17 tháng"),
        ("¿#/QĐ-UBND", "15", "Số: 17 /QĐ-UBND"),
        ("¿# /QĐ-UBND", "15", "Số: 17 /QĐ-UBND"),
    ],
)
def test_what_is_no_number_in_its_gap_is_read_as_digits(number: str, day: str, wanted: str) -> None:
    assert wanted in looked_at(number, day, "10", says(["17"])).text


def test_words_that_have_grown_together_with_the_digits_are_parted() -> None:
    text = page(HEAD.format("45/QĐ-UBND", "DAY", "10").replace("ngày DAY tháng", "ngày†Ätháng"))
    assert "ngày 17 tháng 10 năm 2024" in with_head_digits(white(text), text, says(["17"])).text


def test_a_head_that_was_surely_read_costs_no_second_reading() -> None:
    assert "45/QĐ-UBND" in looked_at("45/QĐ-UBND", "15", "10", never).text


def test_digits_that_are_no_day_are_not_taken() -> None:
    assert "ngày †Ä tháng" in looked_at("45/QĐ-UBND", "†Ä", "10", says(["7", "99", ""])).text


def test_the_digits_read_most_often_are_taken() -> None:
    assert "ngày 20 tháng" in looked_at("45/QĐ-UBND", "†Ä", "10", says(["20", "26", "20", "1", "20"])).text


def test_digits_that_were_read_so_always_ask_a_person() -> None:
    text = looked_at("¿#/QĐ-UBND", "†Ä", "10", says(["17"]))
    fields = extract([text], load_catalogue().types["decision"], nothing)
    assert (fields["document_number"].value, fields["issue_date"].value) == ("17/QĐ-UBND", "2024-10-17")
    assert all(fields[name].needs_review for name in ("document_number", "issue_date"))


def test_a_page_without_a_head_is_left_alone() -> None:
    text = page("Số: ¿#/QĐ-UBND\nngày †Ä tháng 10 năm 2024")
    assert with_head_digits(white(text), text, never) is text


def reads_zone(lines: list[str]) -> ReadWords:
    def read_words(grey: Pixels, dpi: int, layout: Layout) -> tuple[Word, ...]:
        assert layout == "zone"
        boxes = [Box(left=30, top=30 + 60 * i, right=600, bottom=60 + 60 * i) for i in range(len(lines))]
        return tuple(
            Word(text=line, box=box, confidence=0.9, line=i)
            for i, (line, box) in enumerate(zip(lines, boxes, strict=True))
        )

    return read_words


MISREAD = [line.replace("0", "Ö").replace("<<<", "«c") for line in td1()]


def test_a_misread_zone_gives_way_to_one_whose_check_digits_hold() -> None:
    text = page("\n".join(["Ngón trỏ trái", *MISREAD, "Ngón trỏ phải"]))
    again = with_zone(white(text), text, reads_zone(td1()))
    assert again.text.splitlines() == ["Ngón trỏ trái", *td1(), "Ngón trỏ phải"]


def test_a_zone_that_is_read_wrong_again_changes_nothing() -> None:
    text = page("\n".join(MISREAD))
    wrong = [line.replace("900", "940") for line in td1()]
    assert with_zone(white(text), text, reads_zone(wrong)) is text


def test_a_page_without_a_zone_costs_no_second_reading() -> None:
    text = page(HEAD.format("45/QĐ-UBND", "15", "10"))
    assert with_zone(white(text), text, never) is text


def test_the_zones_of_a_card_and_a_passport_are_read_whole(tmp_path: Path) -> None:
    for made in make_specimens(tmp_path, 7, 2, ("citizen_id_card", "passport"), ("office",)):
        suffixes = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".tif": "image/tiff"}
        file = tmp_path / made.file
        raw = open_page(file, suffixes[file.suffix], 1, Limits())
        _, text = recognise(clean(raw), 1, lambda grey, dpi, layout: tesseract.read_words(grey, dpi, layout, 60))
        zone = read_mrz([line.text.replace(" ", "") for line in text.lines])
        assert zone is not None
        assert zone.text == made.fields["mrz"], made.id
