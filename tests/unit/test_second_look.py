"""What is read again: print that was passed over, and lines that were doubted."""

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.adapters import tesseract
from pipeline.pages import Pixels
from pipeline.stages.clean import READING_DPI
from pipeline.stages.placement import resized
from pipeline.stages.second_look import pieces_to_see, sheet_of, with_second_readings
from schemas.text import Box, Word
from tests.sheets import DPI, TEXT, text_page

LINES = TEXT[:4]


def grey_page() -> Pixels:
    page = np.ascontiguousarray(text_page(LINES)[:, :, 0])
    return resized(page, round(page.shape[1] * READING_DPI / DPI), round(page.shape[0] * READING_DPI / DPI))


def first_reading() -> tuple[Word, ...]:
    return tesseract.read_words(grey_page(), READING_DPI, "page", 60)


def second_reading(words: Sequence[Word]) -> tuple[Word, ...]:
    """Words after a second look at the page by the real engine."""
    pieces = pieces_to_see(grey_page(), READING_DPI, words)
    sheet = sheet_of(grey_page(), READING_DPI, pieces)
    return with_second_readings(words, pieces, sheet, tesseract.read_words(sheet.pixels, READING_DPI, "block", 60))


def lines_of(words: Sequence[Word]) -> list[str]:
    numbers = dict.fromkeys(word.line for word in words)
    return [" ".join(word.text for word in words if word.line == number) for number in numbers]


def test_a_page_that_was_read_surely_is_not_looked_at_again() -> None:
    assert pieces_to_see(grey_page(), READING_DPI, first_reading()) == []


@pytest.mark.parametrize("missing", range(len(LINES)))
def test_a_line_that_was_passed_over_is_read_at_its_place(missing: int) -> None:
    first = first_reading()
    part = tuple(word for word in first if word.line != missing)
    assert lines_of(second_reading(part)) == lines_of(first)


def test_words_that_were_passed_over_join_their_line() -> None:
    first = first_reading()
    last = [word for word in first if word.line == 1][-2:]
    part = tuple(word for word in first if word not in last)
    assert lines_of(second_reading(part)) == lines_of(first)


def test_words_read_at_last_lie_where_the_page_shows_them() -> None:
    first = first_reading()
    again = {word.text: word.box for word in second_reading(tuple(word for word in first if word.line != 2))}
    for word in first:
        if word.line == 2:
            assert (again[word.text].left, again[word.text].top) == pytest.approx((word.box.left, word.box.top), abs=4)


def test_a_doubted_line_takes_the_surer_reading() -> None:
    first = first_reading()
    doubted = tuple(
        word.model_copy(update={"text": "Xàm", "confidence": 0.4}) if word.line == 1 else word for word in first
    )
    assert lines_of(second_reading(doubted)) == lines_of(first)


def test_a_doubted_line_is_kept_where_the_second_reading_is_no_surer() -> None:
    words = tuple(Word(text="Mới", box=Box(left=0, top=0, right=90, bottom=30), confidence=0.55, line=0) for _ in "1")
    page = np.full((60, 200), 255, np.uint8)
    pieces = pieces_to_see(page, DPI, words)
    sheet = sheet_of(page, DPI, pieces)
    other = Word(text="Moi", box=Box(left=20, top=20, right=60, bottom=40), confidence=0.56, line=0)
    assert with_second_readings(words, pieces, sheet, (other,)) == words


def test_noise_that_was_read_by_chance_does_not_come_in() -> None:
    page = np.full((400, 600), 255, np.uint8)
    for x in range(100, 260, 20):
        page[200:212, x : x + 10] = 0
    pieces = pieces_to_see(page, DPI, ())
    sheet = sheet_of(page, DPI, pieces)
    noise = Word(text="IIIII", box=Box(left=20, top=20, right=60, bottom=40), confidence=0.5, line=0)
    assert with_second_readings((), pieces, sheet, (noise,)) == ()


def test_a_page_full_of_specks_is_not_looked_at_again() -> None:
    page = np.full((2000, 1500), 255, np.uint8)
    for y in range(50, 1950, 40):
        for x in range(50, 1400, 150):
            for blob in range(x, x + 60, 15):
                page[y : y + 10, blob : blob + 10] = 0
    assert pieces_to_see(page, DPI, ()) == []
