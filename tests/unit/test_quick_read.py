"""How much of a page a quick look reads, with the real Tesseract."""

from pipeline.adapters import tesseract
from pipeline.pages import Layout, Pixels, RawPage
from pipeline.stages.clean import CleanPage, clean, turn
from pipeline.stages.quick_read import read_quickly
from schemas.text import Word
from tests.sheets import DPI, TEXT, text_page

BODY = TEXT[3]
FULL = (*TEXT[:3], *[BODY] * 18, "Chứng thực bản sao đúng với bản chính")


def read(grey: Pixels, dpi: int, layout: Layout) -> tuple[Word, ...]:
    return tesseract.read_words(grey, dpi, layout, timeout_s=60)


def page_of(*lines: str) -> CleanPage:
    return clean(RawPage(pixels=text_page(lines), dpi=DPI, dpi_known=True))


def test_of_a_full_page_the_top_and_the_end_are_read() -> None:
    _, text, whole = read_quickly(page_of(*FULL), 1, read)
    assert not whole
    assert [line in text.text for line in (FULL[0], FULL[2], FULL[-1])] == [True] * 3
    assert 1 <= text.text.count(BODY) < 12


def test_what_was_left_out_lies_between_words_in_their_true_places() -> None:
    page, text, _ = read_quickly(page_of(*FULL), 1, read)
    last = next(line for line in text.lines if "Chứng thực" in line.text)
    line_px = 62 * page.dpi / DPI
    assert abs(last.box.top - text.lines[0].box.top - (len(FULL) - 1) * line_px) < line_px / 2
    assert [line.words[0].line for line in text.lines] == list(range(len(text.lines)))


def test_a_page_with_little_print_is_read_whole() -> None:
    _, text, whole = read_quickly(page_of(*TEXT[:6]), 1, read)
    assert whole
    assert all(line.split()[-1].strip(",;") in text.text for line in TEXT[:6])


def test_a_page_on_its_head_is_turned_over() -> None:
    upright = page_of(*FULL)
    page, text, _ = read_quickly(turn(upright, 180), 1, read)
    assert page.rotation_degrees == upright.rotation_degrees
    assert FULL[2] in text.text


def test_a_blank_page_is_not_given_to_the_engine() -> None:
    def never(grey: Pixels, dpi: int, layout: Layout) -> tuple[Word, ...]:
        raise AssertionError

    _, text, whole = read_quickly(page_of(), 1, never)
    assert (text.words, whole) == ((), True)
