"""Step 4 for a quick look: only so much of a page is read as tells what it is.

A paper names itself at its top (NĐ 30/2020/NĐ-CP, Phụ lục I, ô 1 to 5), and what certifies a copy stands at its end
(NĐ 23/2015/NĐ-CP, Điều 20). A page with little print, such as one with the sides of a card, is read whole.
"""

import numpy as np

from pipeline.pages import ReadWords
from pipeline.stages.clean import CleanPage
from pipeline.stages.geometry import WORK_DPI, ink_points
from pipeline.stages.recognise import page_text, read_area, read_upright
from schemas.text import PageText, Word

_MOST_LETTERS = 340
"""Pages with no more are read whole; both sides of an identity card have 320."""
_TOP_LETTERS = 240
"""The head of a paper with its title and some lines under it, which speak for its type, too."""
_END_LETTERS = 70
"""Some three lines, or the last one with what a seal and a signature beside it make."""
_LEADING_MM = 2.0
"""Marks stand so far above the letters that the parts are measured by, descenders below."""


def read_quickly(page: CleanPage, number: int, read_words: ReadWords) -> tuple[CleanPage, PageText, bool]:
    """Read the top and the end of a page, the right way up.

    Args:
        page: from `clean`.
        number: its number, 1-based.
        read_words: the engine.

    Returns:
        The page, turned if it lay otherwise than it seemed to; what was read on it, with all its codes; and whether
        that is the whole page.
    """
    if page.verdict == "blank":
        return page, page_text(page, number, ()), True
    page, words = read_upright(page, lambda turned: _read(turned, read_words))
    return page, page_text(page, number, words), len(_parts(page)) == 1


def _read(page: CleanPage, read_words: ReadWords) -> tuple[Word, ...]:
    words: list[Word] = []
    for top, bottom in _parts(page):
        lines_above = 1 + max((word.line for word in words), default=-1)
        found = read_area(page, top, bottom, read_words)
        words.extend(word.model_copy(update={"line": word.line + lines_above}) for word in found)
    return tuple(words)


def _parts(page: CleanPage) -> list[tuple[int, int]]:
    """From where to where the page is read, in pixels: once if that is all of it, else twice."""
    ink, height = ink_points(page.grey, page.dpi), len(page.grey)
    if len(ink.top) <= _MOST_LETTERS:
        return [(0, height)]
    scale, leading = page.dpi / WORK_DPI, _LEADING_MM * page.dpi / 25.4
    top_ends = round(float(np.sort(ink.top + ink.height)[_TOP_LETTERS]) * scale + leading)
    end_begins = round(float(np.sort(ink.top)[-_END_LETTERS]) * scale - leading)
    return [(0, height)] if end_begins <= top_ends else [(0, top_ends), (end_begins, height)]
