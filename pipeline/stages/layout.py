"""Rows of a paper: what stands side by side, from left to right, whatever order the engine read it in.

Engines cut a line where a seal or a column begins and may put the halves far apart; labels and values are found on
rows instead of lines.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from pipeline.vietnamese import fold
from schemas.text import Box, Line, PageText, Word

_GLUED = re.compile(r"(?<=[^\W\d]:)(?=[^\s:])")
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")


def letters(text: str) -> str:
    """Only the letters and digits of the text, folded: `Số / No.:` is `sono`."""
    return _NOT_LETTERS.sub("", fold(text))


@cache
def cue_letters(cue: str) -> str:
    """`letters` of words of the catalogue, which every row is compared with."""
    return letters(cue)


@dataclass(frozen=True)
class Token:
    """A word of a row. `gap` is the free space before it in units of its row's height; 0 for the first one."""

    word: Word
    page: int
    gap: float = 0.0

    @cached_property
    def letters(self) -> str:
        """Folded letters and digits; empty for a speck or a rule read as `|`."""
        return letters(self.text)

    @property
    def text(self) -> str:
        """The word as the engine read it: what is taken from a row must not look surer, or other, than the print."""
        return self.word.reading

    @property
    def confidence(self) -> float:
        """Probability 0..1 that the text is what stands there: of a repaired word, that the repair was wrong."""
        return self.word.confidence if self.word.repair is None else 1 - self.word.confidence

    @property
    def box(self) -> Box:
        """Where it stands, in pixels of its page."""
        return self.word.box


@dataclass(frozen=True)
class Row:
    """Words side by side on one page; never empty."""

    tokens: tuple[Token, ...]
    page: int
    place: float
    """Height of its middle on the page, 0 (top) to 1."""

    @cached_property
    def text(self) -> str:
        """The words with single spaces."""
        return " ".join(token.text for token in self.tokens)

    @cached_property
    def letters(self) -> str:
        """Folded letters and digits of the whole row."""
        return "".join(token.letters for token in self.tokens)

    @property
    def right(self) -> float:
        """Where the row ends, in pixels."""
        return self.tokens[-1].box.right


STATE_LINES = ("conghoaxahoichunghiavietnam", "doclaptudohanhphuc")
"""Name and motto of the state at the top of papers (NĐ 30/2020/NĐ-CP, Phụ lục I, ô 1), in folded letters."""
COLUMN_GAP = 1.2
"""Free space, in row heights, from which on words belong to different columns; ordinary spaces measure 0.3 to 0.5."""


def share_of_capitals(text: str) -> float:
    """How many of the letters are capitals, 0..1; 1 where there are none."""
    signs = [sign for sign in text if sign.isalpha()]
    return sum(sign.isupper() for sign in signs) / len(signs) if signs else 1.0


def rows_of(pages: Sequence[PageText]) -> list[Row]:
    """All rows of the pages, page by page from top to bottom."""
    return [row for page in pages for row in _page_rows(page)]


def cells_of(row: Row) -> list[Row]:
    """The parts of a row that wide gaps set apart, left to right."""
    cells: list[list[Token]] = []
    for token in row.tokens:
        if not cells or token.gap > COLUMN_GAP:
            cells.append([])
        cells[-1].append(token)
    return [replace(row, tokens=tuple(cell)) for cell in cells]


def around(boxes: Sequence[Box]) -> Box:
    """The rectangle around all of one or more boxes."""
    return Box(
        left=min(b.left for b in boxes),
        top=min(b.top for b in boxes),
        right=max(b.right for b in boxes),
        bottom=max(b.bottom for b in boxes),
    )


def _page_rows(page: PageText) -> list[Row]:
    groups: list[list[Line]] = []
    for line in sorted(page.lines, key=lambda line: (line.box.top + line.box.bottom) / 2):
        home = next((group for group in reversed(groups[-4:]) if _beside(line, group)), None)
        if home is None:
            groups.append([line])
        else:
            home.append(line)
    return [_row(page, group) for group in groups]


def _beside(line: Line, group: list[Line]) -> bool:
    """Whether the line continues every line of the group to the left or right."""
    for other in group:
        overlap = min(line.box.bottom, other.box.bottom) - max(line.box.top, other.box.top)
        if overlap < 0.5 * min(line.box.height, other.box.height):
            return False
        if max(line.box.height, other.box.height) > 2.5 * max(1.0, min(line.box.height, other.box.height)):
            return False
        if min(line.box.right, other.box.right) > max(line.box.left, other.box.left):
            return False
    return True


def _row(page: PageText, lines: list[Line]) -> Row:
    words = [part for line in lines for word in line.words for part in _unglue(word)]
    words.sort(key=lambda word: word.box.left)
    heights = sorted(word.box.height for word in words)
    height = max(1.0, heights[len(heights) // 2])
    tokens = [
        Token(word, page.number, max(0.0, (word.box.left - before.box.right) / height) if before else 0.0)
        for before, word in zip([None, *words], words, strict=False)
    ]
    middle = sum((word.box.top + word.box.bottom) / 2 for word in words) / len(words)
    return Row(tuple(tokens), page.number, min(1.0, max(0.0, middle / max(1, page.height_px))))


def _unglue(word: Word) -> list[Word]:
    """`tính:Nam` is two words; the box is shared by letters."""
    parts = _GLUED.split(word.text)
    if len(parts) == 1:
        return [word]
    step, left, made = word.box.width / len(word.text), word.box.left, []
    for part in parts:
        right = left + step * len(part)
        made.append(
            word.model_copy(update={"text": part, "box": word.box.model_copy(update={"left": left, "right": right})})
        )
        left = right
    return made
