"""Exact captions in the reading of the scan they were drawn over."""

import numpy as np
import pytest

from pipeline.stages.captions import with_captions
from pipeline.stages.clean import CleanPage
from pipeline.stages.placement import UprightScan, whole
from schemas.text import Box, PageText, Word

SIZE = (1000, 800)
CAPTION = ("Ký bởi: UBND phường Thử Nghiệm", "Thời gian ký: 07/02/2025 07:56:24")
MISREAD = ("Ký bối: UBNO phưởng Thứ Nghiệm", "Thời gian ký: 03/02/2025 07:56:24")
PRINT = "CỘNG HÒA XÃ HỘI"


def words_of(lines: tuple[str, ...], top: float, confidence: float, first_line: int = 0) -> tuple[Word, ...]:
    return tuple(
        Word(
            text=text,
            box=Box(left=40 + 70 * n, top=top + 40 * number, right=105 + 70 * n, bottom=top + 40 * number + 24),
            confidence=confidence,
            line=first_line + number,
        )
        for number, line in enumerate(lines)
        for n, text in enumerate(line.split())
    )


def page_text(*words: Word) -> PageText:
    return PageText(number=1, width_px=SIZE[1], height_px=SIZE[0], dpi=100, words=words)


def clean_page(rotation_degrees: int = 0, skew_degrees: float = 0.0) -> CleanPage:
    colour = np.full((*SIZE, 3), 255, np.uint8)
    scan = UprightScan(colour, 100, whole(colour)).turned(rotation_degrees, skew_degrees)
    return CleanPage(scan, colour[:, :, 0], 100, rotation_degrees, skew_degrees, "good")


DRAWN = words_of(CAPTION, 40, 1.0)
READ = page_text(*words_of(MISREAD, 42, 0.7), *words_of((PRINT,), 200, 0.9, 2))


def lines(text: PageText) -> list[str]:
    return [line.text for line in text.lines]


def test_a_misread_caption_is_replaced_letter_by_letter() -> None:
    assert lines(with_captions(READ, DRAWN, clean_page())) == [*CAPTION, PRINT]


def test_the_words_of_a_caption_are_sure() -> None:
    text = with_captions(READ, DRAWN, clean_page())
    assert [min(word.confidence for word in line.words) for line in text.lines] == [1.0, 1.0, 0.9]


def test_a_caption_that_was_not_read_at_all_is_added() -> None:
    unread = page_text(*words_of((PRINT,), 200, 0.9))
    assert lines(with_captions(unread, DRAWN, clean_page())) == [PRINT, *CAPTION]


def test_a_caption_that_was_read_in_part_is_completed() -> None:
    part = page_text(*words_of(MISREAD[:1], 42, 0.7), *words_of((PRINT,), 200, 0.9, 1))
    assert lines(with_captions(part, DRAWN, clean_page())) == [CAPTION[0], PRINT, CAPTION[1]]


def test_words_that_the_page_does_not_show_do_not_come_in() -> None:
    other = words_of(("Xzqy wvut: ABCD efghij Klmn Opqrst", "9876 5432 10: 55/55/5555 99:99:99"), 40, 1.0)
    assert with_captions(READ, other, clean_page()) == READ


def test_a_scan_without_captions_keeps_its_reading() -> None:
    assert with_captions(READ, (), clean_page()) == READ


def test_a_page_that_was_turned_keeps_its_reading() -> None:
    assert with_captions(READ, DRAWN, clean_page(rotation_degrees=180)) == READ


@pytest.mark.parametrize("skew_degrees", [-4.0, 4.0])
def test_captions_of_a_slanted_scan_lie_where_the_level_page_shows_them(skew_degrees: float) -> None:
    mark = np.full((*SIZE, 3), 255, np.uint8)
    box = DRAWN[-1].box
    mark[round(box.top) : round(box.bottom), round(box.left) : round(box.right)] = 0
    level = whole(mark).turned(0, skew_degrees).draw(mark, 1)[:, :, 0]
    rows, columns = np.nonzero(level < 128)
    placed = with_captions(page_text(), DRAWN, clean_page(skew_degrees=skew_degrees)).words[-1].box
    assert (placed.left + placed.right) / 2 == pytest.approx((columns.min() + columns.max() + 1) / 2, abs=1.5)
    assert (placed.top + placed.bottom) / 2 == pytest.approx((rows.min() + rows.max() + 1) / 2, abs=1.5)
