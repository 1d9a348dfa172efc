"""Pens are told from print by their ink, on forms drawn for it."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipeline.stages.clean import CleanPage, reading_copy
from pipeline.stages.handwriting import mark_handwriting
from pipeline.stages.placement import UprightScan, whole
from schemas.text import Box, PageText, Word
from tests.specimens.fonts import font
from tests.specimens.marks import SEAL_RED, Colour

DPI = 300
LABELS = ("Họ và tên", "Ngày sinh", "Giới tính", "Dân tộc", "Quê quán", "Nơi ở", "Số thẻ", "Nghề nghiệp")
VALUES = ("Lê Mai", "06/11/1990", "Nữ", "Kinh", "Huế", "Lê Lợi", "079190012345", "may mặc")
BLACK, BLUE_PEN, BLACK_PEN = (25, 25, 25), (35, 55, 150), (85, 85, 90)


def form(pen: Colour, paper: Colour = (255, 255, 255)) -> tuple[CleanPage, PageText]:
    """A form in black print, its values filled in with this ink, and its words as an engine finds them."""
    image = Image.new("RGB", (1800, 1200), paper)
    draw, words = ImageDraw.Draw(image), []
    for line, (label, value) in enumerate(zip(LABELS, VALUES, strict=True)):
        left, top = 120.0, 120 + 120 * line
        for text, ink, letters in ((label, BLACK, font("Serif", 56)), (value, pen, font("Sans", 56))):
            for token in text.split():
                draw.text((left, top), token, font=letters, fill=ink)
                box = letters.getbbox(token)
                place = Box(left=left + box[0], top=top + box[1], right=left + box[2], bottom=top + box[3])
                words.append(Word(text=token, box=place, confidence=0.95, line=line))
                left += box[2] + 30
    colour = np.asarray(image)[:, :, ::-1].copy()
    height, width = colour.shape[:2]
    read = PageText(number=1, width_px=width, height_px=height, dpi=DPI, words=tuple(words))
    scan = UprightScan(colour, DPI, whole(colour))
    return CleanPage(scan, reading_copy(scan, DPI), DPI, 0, 0.0, "good"), read


def by_pen(page: CleanPage, text: PageText) -> set[str]:
    return {word.text for word in mark_handwriting(page, text).words if word.handwritten}


FILLED = {token for value in VALUES for token in value.split()}


@pytest.mark.parametrize("ink", [BLUE_PEN, BLACK_PEN], ids=["blue", "black"])
def test_values_in_another_ink_than_the_print_are_by_hand(ink: Colour) -> None:
    assert by_pen(*form(ink)) == FILLED


def test_blue_ink_is_seen_on_yellowed_paper() -> None:
    assert by_pen(*form(BLUE_PEN, (240, 225, 190))) == FILLED


def test_values_in_the_ink_of_the_print_are_not_by_hand() -> None:
    page, text = form(BLACK)
    assert mark_handwriting(page, text) is text


def test_red_print_is_not_by_hand() -> None:
    assert by_pen(*form(SEAL_RED)) == set()


def test_a_page_that_is_blue_throughout_is_not_by_hand() -> None:
    page, text = form(BLACK)
    blue = page.scan.pixels.copy()
    blue[page.grey < 128] = (150, 55, 35)
    assert by_pen(replace(page, scan=replace(page.scan, pixels=blue)), text) == set()
