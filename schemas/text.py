"""Text as read from a page: words with boxes and confidences, and codes such as QR."""

from collections.abc import Iterable
from functools import cached_property
from itertools import groupby
from typing import Literal

from schemas.base import Value


class Box(Value):
    """A rectangle in pixels of the upright, levelled page; origin top left, right and bottom exclusive."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.bottom - self.top

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.right - self.left


Repair = Literal["marks", "digits"]
"""Why a word was changed: its marks did not fit its neighbours, or a letter stood where only a number can."""


Verdict = Literal["good", "low_resolution", "photo", "cut", "blurred", "blank", "too_dark"]
"""What a page is like as a copy; `low_resolution` is under the 200 dpi of NĐ 30/2020, Appendix I.

`cut`: letters run into the edge of the scan, so part of the paper is missing. `blurred`: too soft to be read surely.
"""


class Word(Value):
    """One token (NFC) with its confidence: the probability, 0..1, that `text` stands on the paper just so.

    What an engine says of its own reading is no probability; step 4d makes one of it (pipeline/stages/confidence.py).
    """

    text: str
    box: Box
    confidence: float
    line: int
    """Number of the line on the page in reading order, 0-based; words of a line are stored left to right."""
    read_as: str | None = None
    """What the engine read, where that was repaired; None where `text` is the reading itself."""
    repair: Repair | None = None
    """The reason for the repair; None without one."""
    handwritten: bool = False
    """Whether it was written with a pen, as far as its ink tells."""

    @property
    def reading(self) -> str:
        """What the engine read, repaired or not."""
        return self.text if self.read_as is None else self.read_as


class Code(Value):
    """A machine-readable code found on the page (QR, Code 128...)."""

    format: str
    text: str
    box: Box


class Line(Value):
    """The words of one line, left to right."""

    words: tuple[Word, ...]

    @cached_property
    def text(self) -> str:
        """The words with single spaces."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def box(self) -> Box:
        """The rectangle around all words."""
        boxes = [word.box for word in self.words]
        return Box(
            left=min(b.left for b in boxes),
            top=min(b.top for b in boxes),
            right=max(b.right for b in boxes),
            bottom=max(b.bottom for b in boxes),
        )


class PageText(Value):
    """All that was read on one page.

    `number` counts the pages of the submission from 1. Sizes and boxes are pixels of the clean page at `dpi`.
    """

    number: int
    width_px: int
    height_px: int
    dpi: int
    words: tuple[Word, ...] = ()
    codes: tuple[Code, ...] = ()

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Lines in reading order."""
        groups = groupby(self.words, key=lambda word: word.line)
        return tuple(Line(words=tuple(words)) for _, words in groups)

    @cached_property
    def text(self) -> str:
        """The page as plain text, one line a line."""
        return "\n".join(line.text for line in self.lines)

    def with_words(self, words: Iterable[Word]) -> "PageText":
        """The page with other words. A copy by the model would take along the lines and text of the old ones."""
        kept = {name: getattr(self, name) for name in PageText.model_fields if name != "words"}
        return PageText(**kept, words=tuple(words))
