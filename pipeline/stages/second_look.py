"""Step 4a: what the engine passed over or doubts is cut out, laid line under line on white, and read once more.

On a whole page the engine takes a lone line near a signature for part of a picture, and its eye for lines suffers from
seals, stamps and pens around them. Alone, at another scale, the same words often read well. The new reading counts only
where the engine itself is surer of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pages import Pixels
from pipeline.stages.confidence import sureness
from pipeline.stages.geometry import WORK_DPI, Ink, ink_points
from schemas.text import Box, Line, Word

READING_SCALE = 0.85
"""Of the page's own grid. Looking again at the same one finds half as much; a finer one makes more words wrong."""
_DOUBTED = 0.6
"""A line is looked at again if the engine is less sure of one of its words."""
_SURER = 0.02
"""By how much the engine must be surer of a line to take the new reading."""
_WORTH_ADDING = 0.6
"""Mean confidence from which something passed over is text: seals and signatures read as 0.5 or less."""
_NOTHING = 0.3
"""What was read with less is no reading: its place counts as passed over."""
_SHARE_OF_LETTERS = (0.8, 1.25)
"""A new reading with fewer letters than this share of the old one has lost some; with more it took in neighbours."""
_TALLEST = 2.0
"""Lines higher than so many of their words lie askew: neighbours would be cut out with them."""
_FEWEST_BLOBS = 3
_LEAST_HEIGHT_MM, _MOST_HEIGHT_MM = 1.5, 9.0
_LEAST_BLOB_MM = 1.2
_JOIN_MM = 3.8
"""Wider gaps part two pieces of print."""
_WORD_RIM_PX = 4
_RIM_MM = 1.0
_GAP_MM = 2.8
"""White around each piece on the sheet."""
_MOST_PIECES = 60
"""More than this is no print that was passed over, but a picture, or a page that cannot be read."""


@dataclass(frozen=True)
class Piece:
    """A part of the page to be read again: `words` from first to last (exclusive); None where none were read."""

    box: Box
    words: tuple[int, int] | None


@dataclass(frozen=True)
class Sheet:
    """Pieces laid one under the other: `tops` where each begins, pixels of the sheet; each has a rim around its box.

    `scale` is the size of the pieces in that of the page.
    """

    pixels: Pixels
    tops: tuple[int, ...]
    rim_px: int
    gap_px: int
    scale: float


def pieces_to_see(grey: Pixels, dpi: int, words: Sequence[Word]) -> list[Piece]:
    """What is to be looked at again: print without words, and lines with doubted words.

    Args:
        grey: uint8 (height, width), the page that was read.
        dpi: its resolution.
        words: the reading.
    """
    passed_over = [Piece(box, None) for box in _passed_over(grey, dpi, words)]
    most_px = _MOST_HEIGHT_MM * dpi / 25.4
    pieces = [piece for piece in (*passed_over, *_doubted(words)) if piece.box.height <= most_px]
    return pieces if len(pieces) <= _MOST_PIECES else []


def sheet_of(grey: Pixels, dpi: int, pieces: Sequence[Piece], scale: float = READING_SCALE) -> Sheet:
    """The pieces on white.

    Args:
        grey: uint8 (height, width), the page.
        dpi: its resolution.
        pieces: one at least.
        scale: of the page.
    """
    rim, gap = round(_RIM_MM * dpi / 25.4), round(_GAP_MM * dpi / 25.4)
    cuts = [_cut(grey, piece.box, rim, scale) for piece in pieces]
    width = max(cut.shape[1] for cut in cuts) + 2 * gap
    pixels = np.full((gap + sum(cut.shape[0] + gap for cut in cuts), width), 255, np.uint8)
    tops, top = [], gap
    for cut in cuts:
        pixels[top : top + cut.shape[0], gap : gap + cut.shape[1]] = cut
        tops.append(top)
        top += cut.shape[0] + gap
    return Sheet(pixels, tuple(tops), rim, gap, scale)


def with_second_readings(
    words: Sequence[Word], pieces: Sequence[Piece], sheet: Sheet, read: Sequence[Word]
) -> tuple[Word, ...]:
    """The reading with what was read better, or only now.

    Args:
        words: the first reading.
        pieces: what was looked at again.
        sheet: where the pieces lay.
        read: the words on the sheet, their boxes in its pixels.

    Returns:
        Words whose lines are counted anew.
    """
    found = words_by_piece(pieces, sheet, read)
    better = list(words)
    # From the last to the first, so that what is exchanged does not move what is still to be.
    for piece, again in sorted(zip(pieces, found, strict=True), key=lambda pair: pair[0].words or (0, 0), reverse=True):
        if piece.words is not None and _is_better(again, words[slice(*piece.words)]):
            line = words[piece.words[0]].line
            better[slice(*piece.words)] = [word.model_copy(update={"line": line}) for word in again]
    order = [tuple(line) for _, line in groupby(better, key=lambda word: word.line)]
    for piece, again in zip(pieces, found, strict=True):
        if piece.words is None and sureness(again) >= _WORTH_ADDING and _says_something(again):
            order = _with_line(order, again, piece.box)
    return tuple(
        word.model_copy(update={"line": number})
        for number, line in enumerate(line for line in order if line)
        for word in line
    )


def _doubted(words: Sequence[Word]) -> Iterator[Piece]:
    """Lines with a doubted word among them."""
    start = 0
    for _, group in groupby(words, key=lambda word: word.line):
        line = tuple(group)
        box, end = Line(words=line).box, start + len(line)
        askew = box.height > _TALLEST * median(word.box.height for word in line)
        if not askew and sureness(line) > _NOTHING and min(word.confidence for word in line) < _DOUBTED:
            yield Piece(box, (start, end))
        start = end


def _passed_over(grey: Pixels, dpi: int, words: Sequence[Word]) -> list[Box]:
    """Rows of letter-like blobs outside of the words."""
    ink, scale, px_per_mm = ink_points(grey, dpi), dpi / WORK_DPI, WORK_DPI / 25.4
    free = _outside(ink, scale, words) & (np.maximum(ink.width, ink.height) >= _LEAST_BLOB_MM * px_per_mm)
    canvas = np.zeros((round(grey.shape[0] / scale) + 1, round(grey.shape[1] / scale) + 1), np.uint8)
    corners = np.column_stack([ink.left, ink.top, ink.left + ink.width, ink.top + ink.height])[free].astype(int)
    for left, top, right, bottom in corners.tolist():
        canvas[top:bottom, left:right] = 255
    joined = cv2.morphologyEx(canvas, cv2.MORPH_CLOSE, np.ones((1, round(_JOIN_MM * px_per_mm)), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    middles = labels[corners[:, 1::2].sum(axis=1) // 2, corners[:, ::2].sum(axis=1) // 2]
    blobs = np.bincount(middles, minlength=count)
    boxes = []
    for label in range(1, count):
        left, top, width, height = (int(side) * scale for side in stats[label, :4])
        if blobs[label] >= _FEWEST_BLOBS and height >= _LEAST_HEIGHT_MM * dpi / 25.4 and width >= 1.5 * height:
            boxes.append(Box(left=left, top=top, right=left + width, bottom=top + height))
    return boxes


def _outside(ink: Ink, scale: float, words: Sequence[Word]) -> NDArray[np.bool_]:
    """Which blobs have their middle in no word that was read."""
    x, y = (ink.left + ink.width / 2) * scale, (ink.top + ink.height / 2) * scale
    outside = np.ones(len(x), bool)
    for word in words:
        if word.confidence >= _NOTHING:
            box = word.box
            across = (x > box.left - _WORD_RIM_PX) & (x < box.right + _WORD_RIM_PX)
            outside &= ~(across & (y > box.top - _WORD_RIM_PX) & (y < box.bottom + _WORD_RIM_PX))
    return outside


def _cut(grey: Pixels, box: Box, rim: int, scale: float) -> Pixels:
    """The piece with its rim, white beyond the page's edge, smaller or larger."""
    left, top = round(box.left) - rim, round(box.top) - rim
    right, bottom = round(box.right) + rim, round(box.bottom) + rim
    cut = np.full((bottom - top, right - left), 255, np.uint8)
    inside = grey[max(0, top) : bottom, max(0, left) : right]
    cut[max(0, -top) :, max(0, -left) :][: inside.shape[0], : inside.shape[1]] = inside
    smoothly = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(cut, None, fx=scale, fy=scale, interpolation=smoothly), np.uint8)


def words_by_piece(pieces: Sequence[Piece], sheet: Sheet, read: Sequence[Word]) -> list[tuple[Word, ...]]:
    """The words of each piece from left to right, where the page has them."""
    found: list[list[Word]] = [[] for _ in pieces]
    tops = np.array(sheet.tops) - sheet.gap_px / 2
    for word in read:
        at = int(np.searchsorted(tops, (word.box.top + word.box.bottom) / 2)) - 1
        if at >= 0:
            left = pieces[at].box.left - sheet.rim_px - sheet.gap_px / sheet.scale
            top = pieces[at].box.top - sheet.rim_px - sheet.tops[at] / sheet.scale
            found[at].append(word.model_copy(update={"box": _placed(word.box, left, top, sheet.scale)}))
    return [tuple(sorted(words, key=lambda word: word.box.left)) for words in found]


def _placed(box: Box, left: float, top: float, scale: float) -> Box:
    return Box(
        left=max(0.0, box.left / scale + left),
        top=max(0.0, box.top / scale + top),
        right=box.right / scale + left,
        bottom=box.bottom / scale + top,
    )


def _is_better(again: Sequence[Word], first: Sequence[Word]) -> bool:
    letters, had = (sum(len(word.text) for word in words) for words in (again, first))
    fewest, most = (share * had for share in _SHARE_OF_LETTERS)
    return fewest <= letters <= most and sureness(again) > sureness(first) + _SURER


def _says_something(words: Sequence[Word]) -> bool:
    return sum(c.isalnum() for word in words for c in word.text) >= _FEWEST_BLOBS


def _with_line(lines: Sequence[tuple[Word, ...]], added: tuple[Word, ...], place: Box) -> list[tuple[Word, ...]]:
    """The lines with one more: joined to the line it continues, else after the nearest one above it.

    What was hardly read at its place goes.
    """
    kept = [tuple(word for word in line if not _inside(word.box, place)) for line in lines]
    boxes = [Line(words=line).box if line else None for line in kept]
    middle = (place.top + place.bottom) / 2
    for at, box in enumerate(boxes):
        level = box is not None and box.top <= middle <= box.bottom and box.height < 2 * place.height
        if level and _has_gap(kept[at], place):
            kept[at] = tuple(sorted((*kept[at], *added), key=lambda word: word.box.left))
            return kept
    above = [(box.bottom, at) for at, box in enumerate(boxes) if box is not None and box.bottom <= middle]
    kept.insert(max(above)[1] + 1 if above else 0, added)
    return kept


def _has_gap(line: Sequence[Word], place: Box) -> bool:
    return all(word.box.right <= place.left or word.box.left >= place.right for word in line)


def _inside(box: Box, place: Box) -> bool:
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return place.left <= x <= place.right and place.top <= y <= place.bottom
