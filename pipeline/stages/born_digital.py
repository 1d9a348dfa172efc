"""Step 4 for pages that no scanner made: their own text is exact, and is kept where it is what the page shows.

A text is trusted when four things are so. Poppler finds words on the page. Next to no print stands outside of them (a
scan with nothing but a signature's caption fails here). The words are drawn, not laid invisibly over a picture of them
(the layer that another program read off a scan fails here). And some of its lines, read by the engine from the picture,
say the same (wrong letter codes fail here). Any other page is read from its picture, like paper.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from pdf2image import convert_from_path
from pdf2image.exceptions import PDFPageCountError, PDFPopplerTimeoutError, PDFSyntaxError
from rapidfuzz import fuzz

from pipeline.errors import ScanRejected
from pipeline.pages import Pixels, RawPage, ReadWords
from pipeline.stages.clean import CleanPage
from pipeline.stages.drawn_words import DrawnWord, drawn_words
from pipeline.stages.geometry import WORK_DPI, in_words, ink_points
from pipeline.stages.legacy_letters import coding_of_text
from pipeline.stages.lone_page import BROKEN, write_letters, write_without_pictures
from pipeline.stages.placement import UprightScan, whole
from pipeline.stages.recognise import read_codes
from schemas.text import Box, Line, PageText, Word

_POINTS_PER_INCH = 72
_LEAST_CONTRAST = 30
"""Grey levels between the darkest and the lightest spot of a word's place, where a word is to be seen."""
_MOST_UNDRAWN_SHARE = 0.02
"""Share of the words that may be seen in pictures only: a name laid invisibly over a logo is no foreign layer."""
_MOST_PRINT_OUTSIDE = 40
"""Letters that pictures may have beside the text: the rings of two seals have fewer."""
_MOST_PRINT_OUTSIDE_SHARE = 0.08
_LINE_HEIGHTS = 1.6
_WHITE_SHARE = 0.3
_WORD_RIM_PX = 2
_SAMPLES = 4
_LEAST_TOLD = 8
"""Shorter samples, such as a page's number alone, say nothing about the letters' codes."""
_LEAST_LIKENESS = 85
"""Of the engine's reading to the text, 0..100: exact text has 95 and more, text in wrong codes 75 and less."""
_SAMPLE_BORDER_MM = 4
"""White around a sampled line: the engine reads letters at the very edge badly."""


class DrawnText(NamedTuple):
    """The words that a page draws visibly, in pixels of its picture, each with confidence 1.0.

    `layered`: there are others besides that lie invisibly over a picture.
    """

    words: tuple[Word, ...]
    layered: bool


def drawn_text(lone: Path, page: RawPage, timeout_s: float) -> DrawnText:
    """Find the words that a page draws.

    Args:
        lone: the page alone in a file, from `write_lone_page`; its fonts may be given names of letters.
        page: its picture, drawn from edge to edge.
        timeout_s: poppler is stopped after this.

    Returns:
        The words; none where the file does not let itself be searched.

    Raises:
        Misconfigured: missing_program.
    """
    try:
        words = _words(lone, page, timeout_s)
        return _drawn(words, page, lone, timeout_s) if words else DrawnText((), layered=False)
    except (ScanRejected, PDFPageCountError, PDFSyntaxError, PDFPopplerTimeoutError, *BROKEN):
        return DrawnText((), layered=False)


def own_text(drawn: DrawnText, page: RawPage, number: int, read_words: ReadWords) -> PageText | None:
    """The exact text of a page that was born digital.

    Args:
        drawn: its words, from `drawn_text`.
        page: its picture, drawn from edge to edge.
        number: its number in the submission, 1-based.
        read_words: the engine.

    Returns:
        Its text; None where the words are not what the page shows.
    """
    if not drawn.words or drawn.layered:
        return None
    grey = np.asarray(cv2.cvtColor(page.pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    codes = read_codes(_as_it_lies(page), page.dpi)
    height, width = grey.shape
    text = PageText(number=number, width_px=width, height_px=height, dpi=page.dpi, words=drawn.words, codes=codes)
    places = [word.box for word in drawn.words] + [code.box for code in codes]
    if _print_outside(places, grey, page.dpi) or not _agrees(text.lines, grey, page.dpi, read_words):
        return None
    return text


def as_drawn(page: RawPage) -> CleanPage:
    """A page that needs no cleaning: it lies as it was drawn."""
    grey = np.asarray(cv2.cvtColor(page.pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    return CleanPage(_as_it_lies(page), grey, page.dpi, 0, 0.0, "good")


def _as_it_lies(page: RawPage) -> UprightScan:
    return UprightScan(page.pixels, page.dpi, whole(page.pixels))


def _words(lone: Path, page: RawPage, timeout_s: float) -> list[Word]:
    """All words on the page, visible or not, with boxes inside of it."""
    (found,) = drawn_words(lone, timeout_s)
    coding = coding_of_text(" ".join(word.text for word in found))
    if coding is not None:
        write_letters(lone, coding)
        (found,) = drawn_words(lone, timeout_s)
    words = [Word(text=word.text, box=_box(word, page), confidence=1.0, line=word.line) for word in found]
    return [word for word in words if word.box.width > 0 and word.box.height > 0]


def _box(word: DrawnWord, page: RawPage) -> Box:
    scale = page.dpi / _POINTS_PER_INCH
    height, width = page.pixels.shape[:2]
    left, right = (min(max(0.0, edge * scale), width) for edge in (word.left, word.right))
    top, bottom = (min(max(0.0, edge * scale), height) for edge in (word.top, word.bottom))
    return Box(left=left, top=top, right=right, bottom=bottom)


def _drawn(words: list[Word], page: RawPage, lone: Path, timeout_s: float) -> DrawnText:
    grey = np.asarray(cv2.cvtColor(page.pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    coarse = _coarse(grey, page.dpi)
    seen = tuple(word for word in words if _shows(word.box, coarse, page.dpi))
    bare = lone.with_suffix(".bare")
    try:
        if not write_without_pictures(lone, bare):
            return DrawnText(seen, layered=False)
        (drawing,) = convert_from_path(bare, dpi=min(WORK_DPI, page.dpi), grayscale=True, timeout=int(timeout_s))
    finally:
        bare.unlink(missing_ok=True)
    without = np.asarray(drawing, np.uint8)
    drawn = tuple(word for word in seen if _shows(word.box, without, page.dpi))
    return DrawnText(drawn, layered=len(seen) - len(drawn) > _MOST_UNDRAWN_SHARE * len(seen))


def _coarse(grey: Pixels, dpi: int) -> Pixels:
    scale = min(1.0, WORK_DPI / dpi)
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _shows(box: Box, coarse: Pixels, dpi: int) -> bool:
    """Whether anything is to be seen in a box of a page of `dpi`, by its picture at `WORK_DPI` or less."""
    scale = min(1.0, WORK_DPI / dpi)
    left, top, right, bottom = (max(0, round(edge * scale)) for edge in (box.left, box.top, box.right, box.bottom))
    place = coarse[top : max(bottom, top + 1), left : max(right, left + 1)]
    return place.size > 0 and int(place.max()) - int(place.min()) >= _LEAST_CONTRAST


def _print_outside(places: Sequence[Box], grey: Pixels, dpi: int) -> bool:
    """Whether the page shows more letters outside of the places than seals and logos have."""
    ink, scale = ink_points(grey, dpi), WORK_DPI / dpi
    known = np.zeros([round(side * scale) + 2 for side in grey.shape], np.uint8)
    for box in places:
        left, top = (max(0, round(edge * scale) - _WORD_RIM_PX) for edge in (box.left, box.top))
        right, bottom = (max(0, round(edge * scale) + _WORD_RIM_PX) for edge in (box.right, box.bottom))
        known[top:bottom, left:right] = 1
    across, down = ink.left + ink.width / 2, ink.top + ink.height / 2
    outside = known[down.astype(int), across.astype(int)] == 0
    most = max(_MOST_PRINT_OUTSIDE, _MOST_PRINT_OUTSIDE_SHARE * len(outside))
    if outside.sum() <= most:
        return False
    return outside.sum() > len(outside) / 2 or in_words(ink, outside, 2) > most


def _agrees(lines: Sequence[Line], grey: Pixels, dpi: int, read_words: ReadWords) -> bool:
    """Whether the engine reads the same in the longest line of each quarter of the page."""
    lines = [line for line in lines if _stands_alone(line, lines)] or lines
    step = max(1, -(-len(lines) // _SAMPLES))
    quarters = [lines[start : start + step] for start in range(0, len(lines), step)]
    chosen = [max(quarter, key=lambda line: len(_letters(line.text))) for quarter in quarters]
    told = "".join(_letters(word.text) for line in chosen for word in line.words)
    if len(told) < _LEAST_TOLD:
        return True
    try:
        read = _letters(
            " ".join(word.text for word in read_words(_cut_out([line.box for line in chosen], grey, dpi), dpi, "block"))
        )
    except ScanRejected:
        return False
    return fuzz.ratio(told, read) >= _LEAST_LIKENESS


def _stands_alone(line: Line, lines: Sequence[Line]) -> bool:
    """Whether its place is its own: in narrow tables poppler makes lines across rows, whose places are a jumble."""
    box = line.box
    if box.height > _LINE_HEIGHTS * min(word.box.height for word in line.words):
        return False
    return not any(other is not line and _meet(box, other.box) for other in lines)


def _meet(one: Box, other: Box) -> bool:
    """Whether more of them overlaps than the white above and below their letters."""
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    across = min(one.right, other.right) - max(one.left, other.left)
    return across > 0 and down > _WHITE_SHARE * min(one.height, other.height)


def _letters(text: str) -> str:
    """Letters and digits in small letters with their marks: leader dots are read as the engine likes."""
    return "".join(c for c in text.lower() if c.isalnum())


def _cut_out(boxes: Sequence[Box], grey: Pixels, dpi: int) -> Pixels:
    """The places alone, one under the other on white."""
    border = round(_SAMPLE_BORDER_MM * dpi / 25.4)
    cuts = [grey[max(0, round(b.top)) : round(b.bottom), max(0, round(b.left)) : round(b.right)] for b in boxes]
    width = max(cut.shape[1] for cut in cuts) + 2 * border
    paper = np.full((border + sum(cut.shape[0] + border for cut in cuts), width), 255, np.uint8)
    top = border
    for cut in cuts:
        paper[top : top + cut.shape[0], border : border + cut.shape[1]] = cut
        top += cut.shape[0] + border
    return paper
