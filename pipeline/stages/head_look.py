"""Step 4b: number, day and month in the head of an administrative paper are read once more, as digits alone.

They are often put in by pen or stamp between printed words (NĐ 30/2020/NĐ-CP, Phụ lục I, ô 3 and 4), where the engine
expects letters. What is read so counts as handwritten, so a person is always asked; it is what he is offered.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.pages import Pixels, ReadWords
from pipeline.stages.layout import Token, around, rows_of
from pipeline.stages.state_head import read_head
from pipeline.vietnamese import flat
from schemas.text import Box, PageText, Word

_SCALES = (0.6, 0.75, 1.0, 1.25, 1.6)
"""Of the page."""
_SURENESS = 0.2
"""What the engine is taken to think of these digits.

Of 40 numbers, days and months by pen and stamp on 15 real papers 27 were right.
"""
_DOUBTED = 0.6
"""Digits of which the engine is surer stay as they are."""
_NARROWEST = 0.3
"""Less room than this, in heights of the line, has no digit."""
_ABOVE_MM = 0.6
_INK = 150
_THIN, _SHORT = 0.45, 0.4
"""What touches the edge of the cut and is thinner than this share of its height, or shorter than this share of the
cut's, reaches in from a neighbour.
"""
_RIM_PX = 30


@dataclass(frozen=True)
class _Slot:
    """Where digits stand between two printed words.

    The groups of `printed`, in folded text, are the word before, what is between, and the word after; `fits` is the
    form of the digits.
    """

    printed: re.Pattern[str]
    fits: re.Pattern[str]


_NUMBER = _Slot(re.compile(r"^(\W{0,3}so\W{0,2}[:;.])(.{0,12}?)(/)"), re.compile(r"\d{2,5}"))
"""Numbers under ten are written with a zero, and so are days, and the months one and two."""
_DATE = (
    _Slot(re.compile(r"(ngay)(.{0,9}?)(thang)"), re.compile(r"0[1-9]|[12]\d|3[01]")),
    _Slot(re.compile(r"(thang)(.{0,9}?)(nam)"), re.compile(r"0?[1-9]|1[0-2]")),
)


@dataclass(frozen=True)
class _Gap:
    """A slot as found: its place, the words from the one before it to the one after, and these two as printed."""

    place: Box
    tokens: tuple[Token, ...]
    before: str
    after: str
    fits: re.Pattern[str]


def with_head_digits(grey: Pixels, text: PageText, read_words: ReadWords) -> PageText:
    """The page with digits where its head has a number, a day or a month that was not read as such.

    Args:
        grey: uint8 (height, width), the page that was read.
        text: what was read on it.
        read_words: the engine.
    """
    head = read_head(rows_of([text]))
    if head is None:
        return text
    for slots, tokens in (((_NUMBER,), head.number), (_DATE, head.date)):
        for gap in _gaps(slots, tokens):
            found = _digits(grey, text.dpi, gap, read_words)
            if found is not None:
                text = _filled(text, gap, found)
    return text


def _gaps(slots: Sequence[_Slot], tokens: Sequence[Token]) -> Iterator[_Gap]:
    """Slots whose digits were not read, or not surely, with room for some."""
    text = " ".join(token.text for token in tokens)
    ends = [sum(len(token.text) + 1 for token in tokens[: i + 1]) for i in range(len(tokens))]
    for slot in slots:
        match = slot.printed.search(flat(text))
        if match is None:
            continue
        first, last = (next(i for i, end in enumerate(ends) if at < end) for at in (match.end(1) - 1, match.start(3)))
        start = ends[first] - len(tokens[first].text) - 1
        stop = ends[last] - 1
        around_it = tokens[first : last + 1]
        place = _between(tokens[first], match.end(1) - start, tokens[last], match.start(3) - stop)
        said = text[match.start(2) : match.end(2)].strip(" .,_…")
        sure = slot.fits.fullmatch(said) and min(token.confidence for token in around_it) >= _DOUBTED
        if not sure and place is not None:
            before, after = text[start : match.end(1)], text[match.start(3) : stop]
            yield _Gap(place, tuple(around_it), before, after, slot.fits)


def _between(first: Token, used: int, last: Token, left_over: int) -> Box | None:
    """The room after the first `used` signs of one word and before the last signs of another (a negative count)."""
    box = around([first.box, last.box])
    left = first.box.left + first.box.width * used / len(first.text)
    right = last.box.right + last.box.width * left_over / len(last.text)
    if right - left < _NARROWEST * box.height:
        return None
    return Box(left=left, top=box.top, right=right, bottom=box.bottom)


def _digits(grey: Pixels, dpi: int, gap: _Gap, read_words: ReadWords) -> str | None:
    """The digits of the right form that are read most often in several sizes; None: none."""
    cut = _cut(grey, gap.place, dpi)
    read: Counter[str] = Counter()
    for scale in _SCALES:
        smoothly = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        sized = np.asarray(cv2.resize(cut, None, fx=scale, fy=scale, interpolation=smoothly), np.uint8)
        framed = np.ascontiguousarray(np.pad(sized, _RIM_PX, constant_values=255))
        read["".join(word.text for word in read_words(framed, dpi, "digits"))] += 1
    return next((digits for digits, _ in read.most_common() if gap.fits.fullmatch(digits)), None)


def _cut(grey: Pixels, place: Box, dpi: int) -> Pixels:
    """The place without what reaches in from its neighbours."""
    room = round(_ABOVE_MM * dpi / 25.4)
    cut = grey[max(0, round(place.top) - room) : round(place.bottom) + room, round(place.left) : round(place.right)]
    cut = cut.copy()
    height, width = cut.shape
    count, labels, stats, _ = cv2.connectedComponentsWithStats((cut < _INK).astype(np.uint8), connectivity=8)
    for label in range(1, count):
        left, top, wide, high = (int(side) for side in stats[label, :4])
        sideways = (left == 0 or left + wide == width) and wide < _THIN * high
        if sideways or ((top == 0 or top + high == height) and high < _SHORT * height):
            blot = (labels == label).astype(np.uint8)
            cut[cv2.dilate(blot, np.ones((3, 3), np.uint8)) > 0] = 255
    return cut


def _filled(text: PageText, gap: _Gap, digits: str) -> PageText:
    """The page with the words of the gap taken apart anew: the printed one, the digits, the printed one."""
    first, last = gap.tokens[0], gap.tokens[-1]
    left, right = first.box.left, last.box.right
    lines = {token.word.line for token in gap.tokens}
    place = gap.place
    parts = [
        first.word.model_copy(update={"text": gap.before, "box": first.box.model_copy(update={"right": place.left})}),
        Word(text=digits, box=place, confidence=_SURENESS, line=first.word.line, handwritten=True),
        last.word.model_copy(update={"text": gap.after, "box": last.box.model_copy(update={"left": place.right})}),
    ]
    words: list[Word] = []
    for word in text.words:
        middle = (word.box.left + word.box.right) / 2
        if word.line not in lines or not left <= middle <= right:
            words.append(word)
        elif parts:
            words += [part.model_copy(update={"line": word.line}) for part in parts]
            parts = []
    return text.with_words(words)
