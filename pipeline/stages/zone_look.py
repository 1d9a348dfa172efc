"""Step 4b: the machine-readable zone of a card is read once more, as what it can only be: capitals, digits and `<`.

It is printed in a letter of its own (OCR-B), which a model of Vietnamese misreads: of 30 made-up cards the zone came
out whole on 12, and on 29 when the engine was told what signs there are.
"""

from collections.abc import Sequence
from itertools import groupby

import cv2
import numpy as np

from pipeline.pages import Pixels, ReadWords
from pipeline.stages.layout import Row, around, rows_of
from pipeline.stages.mrz import looks_like_zone, read_mrz
from schemas.text import Box, PageText, Word

_SCALES = (1.0, 0.75, 1.4)
"""Of the page; the first one at which the check digits hold is taken."""
_MOST_APART = 2
"""Rows of a zone follow each other; a speck may have made a row of its own between two."""
_ROWS = 3
_ABOVE = {1: 2.6, 2: 1.4, 3: 0.4}
"""By how many rows seen, how many more heights of one there may be above and below."""
_BESIDE = 1.5
"""Fillers at the end that were passed over, in heights of a row."""
_RIM_PX = 20
_FILLERS = "<<"
"""Every line of a zone has them; print beside it, read in the same signs, has not."""


def with_zone(grey: Pixels, text: PageText, read_words: ReadWords) -> PageText:
    """The page with its zone as read alone, if its check digits then hold; else the page as it is.

    Args:
        grey: uint8 (height, width), the page that was read.
        text: what was read on it.
        read_words: the engine.
    """
    for group in _groups(rows_of([text])):
        place = _place(group, grey)
        for scale in _SCALES:
            lines = [line for line in _read(grey, place, scale, text.dpi, read_words) if _FILLERS in _joined(line)]
            if read_mrz([_joined(line) for line in lines]) is not None:
                return _exchanged(text, lines)
    return text


def _groups(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows that look like those of a zone, together where they follow each other."""
    groups: list[list[int]] = []
    for at, row in enumerate(rows):
        if not looks_like_zone(row.text):
            continue
        if groups and at - groups[-1][-1] <= _MOST_APART and len(groups[-1]) < _ROWS:
            groups[-1].append(at)
        else:
            groups.append([at])
    return [[rows[at] for at in group] for group in groups]


def _place(group: Sequence[Row], grey: Pixels) -> Box:
    box = around([token.box for row in group for token in row.tokens])
    height = box.height / len(group)
    more = _ABOVE[len(group)] * height
    return Box(
        left=max(0.0, box.left - _BESIDE * height),
        top=max(0.0, box.top - more),
        right=min(float(grey.shape[1]), box.right + _BESIDE * height),
        bottom=min(float(grey.shape[0]), box.bottom + more),
    )


def _read(grey: Pixels, place: Box, scale: float, dpi: int, read_words: ReadWords) -> list[tuple[Word, ...]]:
    """The lines of the place, their boxes in pixels of the page."""
    left, top = round(place.left), round(place.top)
    cut = grey[top : round(place.bottom), left : round(place.right)]
    smoothly = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    cut = np.asarray(cv2.resize(cut, None, fx=scale, fy=scale, interpolation=smoothly), np.uint8)
    framed = np.ascontiguousarray(np.pad(cut, _RIM_PX, constant_values=255))
    words = read_words(framed, dpi, "zone")
    placed = [word.model_copy(update={"box": _on_page(word.box, left, top, scale)}) for word in words]
    return [tuple(line) for _, line in groupby(placed, key=lambda word: word.line)]


def _on_page(box: Box, left: int, top: int, scale: float) -> Box:
    x = [max(0.0, (side - _RIM_PX) / scale + left) for side in (box.left, box.right)]
    y = [max(0.0, (side - _RIM_PX) / scale + top) for side in (box.top, box.bottom)]
    return Box(left=x[0], top=y[0], right=x[1], bottom=y[1])


def _joined(line: Sequence[Word]) -> str:
    return "".join(word.text for word in line)


def _exchanged(text: PageText, zone: Sequence[tuple[Word, ...]]) -> PageText:
    """The page with these lines instead of what was read in their place, where the first of it stood."""
    place = around([word.box for line in zone for word in line])
    lines = [tuple(line) for _, line in groupby(text.words, key=lambda word: word.line)]
    kept = [tuple(word for word in line if not _is_in(word.box, place)) for line in lines]
    first = next((at for at, line in enumerate(lines) if len(kept[at]) < len(line)), len(lines) - 1)
    whole = [line for line in (*kept[: first + 1], *zone, *kept[first + 1 :]) if line]
    return text.with_words(
        word.model_copy(update={"line": number}) for number, line in enumerate(whole) for word in line
    )


def _is_in(box: Box, place: Box) -> bool:
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return place.left <= x <= place.right and place.top <= y <= place.bottom
