"""A sheet that is written from top to bottom, and that keeps the text it was given as the truth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from typing import Literal

import cv2
import numpy as np
from PIL import Image, ImageDraw

from tests.specimens.fonts import Face, font
from tests.specimens.marks import PEN_BLUE, Colour, Pixels, press

DPI = 300

BLACK: Colour = (25, 25, 25)

HAND = "Liberation Serif Italic, wavering"
"""No Debian font of a hand has all Vietnamese letters; so an italic is made to waver."""


def px(mm: float) -> int:
    """Millimetres in pixels."""
    return round(mm * DPI / 25.4)


@dataclass(frozen=True)
class Type:
    """How text is set; sizes in points."""

    size_pt: float = 13.5
    bold: bool = False
    italic: bool = False
    face: Face = "Serif"
    colour: Colour = BLACK
    pen: bool = False

    @property
    def size_px(self) -> int:
        """Pixels an em."""
        return round(self.size_pt * DPI / 72)

    def but(self, bigger_pt: float = 0, **changes: bool) -> "Type":
        """The same, some points bigger or smaller, `bold` or `italic` or not."""
        changed = replace(self, size_pt=self.size_pt + bigger_pt)
        return replace(changed, bold=changes.get("bold", self.bold), italic=changes.get("italic", self.italic))

    def width(self, text: str) -> float:
        """Width in pixels of `text` in one line."""
        return font(self.face, self.size_px, self.bold, self.italic).getlength(text)


class Filled(str):
    """Text that is filled into a form: written with the pen where the sheet has a hand."""

    __slots__ = ()


class Strong(str):
    """Text in bold."""

    __slots__ = ()


GAP = " \u2002 "
"""A wide gap between two values of one line."""

Part = str
_Piece = tuple[str, Type]
_Word = list[_Piece]
_How = Literal["left", "right", "centre", "justified"]


class Sheet:
    """One page in the making. `y_px` is where the next line begins; `span` the left and right edge of the column.

    `hand` is the source of a hand's irregularity, None on printed papers.
    """

    def __init__(self, basis: Type, hand: Random | None = None, size_mm: tuple[float, float] = (210, 297)) -> None:
        self.basis = basis
        self.hand = hand
        self.lines: list[str] = []
        self.page: Pixels = np.full((px(size_mm[1]), px(size_mm[0]), 3), 255, dtype=np.uint8)
        self.print = Image.new("L", (self.page.shape[1], self.page.shape[0]), 0)
        self._draw = ImageDraw.Draw(self.print)
        self._coloured: list[tuple[Image.Image, Colour, tuple[int, int]]] = []
        self._pen: Image.Image | None = None
        self.span = (px(30), self.page.shape[1] - px(18))
        self.bottom_px = self.page.shape[0] - px(12)
        self.y_px = px(20)

    def gap(self, mm: float) -> None:
        """Leave room."""
        self.y_px += px(mm)

    def centred(self, text: str, style: Type | None = None) -> None:
        """Lines in the middle of the column, broken where they would not fit."""
        self._set(self._words((text,), style or self.basis), "centre")
        self._keep(text)

    def right(self, text: str, style: Type | None = None) -> None:
        """A line that ends at the column's right edge."""
        self._set(self._words((text,), style or self.basis), "right")
        self._keep(text)

    def paragraph(self, *parts: Part, indent_mm: float = 0, dotted: bool = False) -> None:
        """A paragraph of plain, `Strong` and `Filled` parts, justified.

        `dotted` draws the dots of a form under what is filled in, to the end of the line.
        """
        self._set(self._words(parts, self.basis), "justified", px(indent_mm), dotted)
        self._keep("".join(parts))

    def beside(self, left: Callable[[], None], right: Callable[[], None], share: float = 0.5) -> None:
        """Write two columns side by side; `share` is the left one's part of the width. Goes on below the longer."""
        whole, top, gap = self.span, self.y_px, px(4)
        middle = round(whole[0] + share * (whole[1] - whole[0]))
        self.span = (whole[0], middle - gap // 2)
        left()
        reached, self.y_px = self.y_px, top
        self.span = (middle + gap // 2, whole[1])
        right()
        self.span, self.y_px = whole, max(self.y_px, reached)

    def rule(self, width_px: float) -> None:
        """A thin line in the middle of the column, as under the motto."""
        middle = sum(self.span) / 2
        y = self.y_px + px(0.7)
        self._draw.line((middle - width_px / 2, y, middle + width_px / 2, y), fill=255, width=3)
        self.y_px += px(1.5)

    def table(self, shares: Sequence[float], rows: Sequence[Sequence[str]]) -> None:
        """A ruled table whose first row is its head. `shares` are the columns' parts of the width."""
        left, right = self.span
        edges = [left] + [round(left + sum(shares[: i + 1]) / sum(shares) * (right - left)) for i in range(len(shares))]
        basis = self.basis
        for number, row in enumerate(rows):
            top, reached = self.y_px, self.y_px
            self.basis = replace(basis, size_pt=basis.size_pt - 1.5, bold=number == 0)
            for cell, (x0, x1) in zip(row, pairwise(edges), strict=True):
                self.span, self.y_px = (x0 + px(1.8), x1 - px(1.2)), top + px(1.4)
                self._set(self._words((cell,), self.basis), "left")
                self._keep(cell)
                reached = max(reached, self.y_px)
            self.y_px = reached + px(1)
            for x0, x1 in pairwise(edges):
                self._draw.rectangle((x0, top, x1, self.y_px), outline=255, width=2)
        self.basis, self.span = basis, (left, right)
        self.gap(2)

    def line_at(self, text: str, left_top: tuple[int, int], style: Type) -> None:
        """One line at a place of its own; the cursor stays where it is."""
        ascent = font(style.face, style.size_px, style.bold, style.italic).getmetrics()[0]
        self._letters(text, style, left_top[0], left_top[1] + ascent)
        self._keep(text)

    def stamp(self, ink: Pixels, colour: Colour, left_top: tuple[int, int]) -> None:
        """Press ink of a colour onto the page, over or under the print."""
        press(self.page, ink, colour, left_top)

    def finish(self) -> Pixels:
        """The page as RGB pixels, 300 dpi. The sheet is not written on afterwards."""
        press(self.page, np.asarray(self.print, dtype=np.uint8), self.basis.colour, (0, 0))
        for ink, colour, left_top in self._coloured:
            press(self.page, np.asarray(ink, dtype=np.uint8), colour, left_top)
        if self._pen is not None and self.hand is not None:
            press(self.page, _wavering(np.asarray(self._pen, dtype=np.uint8), self.hand), PEN_BLUE, (0, 0))
        return self.page

    def _keep(self, text: str) -> None:
        self.lines.append(" ".join(text.split()))

    def _words(self, parts: Sequence[Part], style: Type) -> list[_Word]:
        """Parts cut at spaces; a word may consist of pieces in different type, such as a name and its comma."""
        words: list[_Word] = []
        glue = False
        for part in parts:
            own = self._type_of(part, style)
            for i, bit in enumerate(part.split(" ")):
                if i > 0:
                    glue = False
                if not bit:
                    continue
                if glue:
                    words[-1].append((bit, own))
                else:
                    words.append([(bit, own)])
                glue = True
        return words

    def _type_of(self, part: Part, style: Type) -> Type:
        if isinstance(part, Strong):
            return replace(style, bold=True)
        if isinstance(part, Filled) and self.hand is not None:
            return replace(style, pen=True, bold=False, italic=True, face="Serif", size_pt=style.size_pt + 2)
        return style

    def _set(self, words: list[_Word], how: _How, indent_px: int = 0, dotted: bool = False) -> None:
        """Break words into lines within the column."""
        if not words:
            return
        left, right = self.span
        x0, used = left + indent_px, 0.0
        line: list[_Word] = []
        for word in words:
            width = _width(word)
            if line and used + _space(line) + width > right - x0:
                self._line(line, (x0, right), how)
                line, used, x0 = [], 0.0, left
            used += width + (_space(line) if line else 0)
            line.append(word)
        end = self._line(line, (x0, right), "left" if how == "justified" else how)
        if dotted:
            self._dots(line, left, end)

    def _line(self, line: list[_Word], span: tuple[float, float], how: _How) -> float:
        """Write one line; returns where the word after it would begin."""
        tallest = max(style.size_px for word in line for _, style in word)
        slack = span[1] - span[0] - sum(map(_width, line)) - _space(line) * (len(line) - 1)
        stretch = slack / (len(line) - 1) if how == "justified" and len(line) > 1 else 0
        if stretch > _space(line) * 2.5:  # in a narrow column a justified line would fall apart
            stretch = 0
        x = span[0] + (slack / 2 if how == "centre" else slack if how == "right" else 0)
        baseline = self.y_px + round(tallest * 1.02)
        if baseline > self.bottom_px:
            message = "the text does not fit on the sheet"
            raise ValueError(message)
        for word in line:
            at = x
            for text, style in word:
                self._letters(text, style, at, baseline)
                at += style.width(text)
            x = at + _space(line) + stretch
        self.y_px += round(tallest * 1.34)
        return x

    def _letters(self, text: str, style: Type, x: float, baseline: float) -> None:
        if style.pen and self.hand is not None:
            if self._pen is None:
                self._pen = Image.new("L", self.print.size, 0)
            shaken = round(style.size_px * self.hand.uniform(0.95, 1.05))
            pen = font(style.face, shaken, style.bold, style.italic)
            spot = (x, baseline + self.hand.uniform(-4, 2))
            ImageDraw.Draw(self._pen).text(spot, text, font=pen, fill=255, anchor="ls", stroke_width=1)
            return
        letters = font(style.face, style.size_px, style.bold, style.italic)
        if style.colour == self.basis.colour:
            self._draw.text((x, baseline), text, font=letters, fill=255, anchor="ls")
            return
        ink = Image.new("L", (round(style.width(text)) + 20, 2 * style.size_px), 0)
        ImageDraw.Draw(ink).text((10, 1.5 * style.size_px), text, font=letters, fill=255, anchor="ls")
        self._coloured.append((ink, style.colour, (round(x) - 10, round(baseline - 1.5 * style.size_px))))

    def _dots(self, line: list[_Word], left: float, end: float) -> None:
        """Dots of the form on its last line, from the first filled-in word to the column's edge."""
        start = left
        for word in line:
            if any(style.pen for _, style in word):
                break
            start += _width(word) + _space(line)
        else:
            start = end
        y = self.y_px - round(self.basis.size_px * 0.26)
        for x in range(round(start), self.span[1], 16):
            self._draw.ellipse((x, y, x + 4, y + 4), fill=255)


def _width(word: _Word) -> float:
    return sum(style.width(text) for text, style in word)


def _space(line: list[_Word]) -> float:
    return line[0][0][1].width(" ")


def _wavering(ink: Pixels, rng: Random) -> Pixels:
    """Shift ink by a smooth random field of some pixels, so that no two letters of the hand are alike."""
    height, width = ink.shape
    source = np.random.default_rng(rng.randrange(2**32))
    coarse = (height // 36 + 2, width // 36 + 2)
    shifts = (source.uniform(-4.5, 4.5, coarse).astype(np.float32) for _ in range(2))
    dx, dy = (cv2.resize(shift, (width, height), interpolation=cv2.INTER_CUBIC) for shift in shifts)
    from_x = np.add(dx, np.arange(width), dtype=np.float32)
    from_y = np.add(dy, np.arange(height)[:, None], dtype=np.float32)
    return np.asarray(cv2.remap(ink, from_x, from_y, cv2.INTER_LINEAR), dtype=np.uint8)
