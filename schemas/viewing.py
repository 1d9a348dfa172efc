"""What a page of a paper is shown with: its words, where they stand on its picture."""

from typing import Literal

from schemas.base import Value

PictureWidth = Literal[320, 1000, 2000]
"""How wide pictures of pages are, in pixels: in a row of pages, as a page, and enlarged."""


class PlacedWord(Value):
    """One word (NFC) and its box, as fractions 0..1 of the page's width and height; origin top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


class PageWords(Value):
    """The words of a page, line by line in reading order, each line from left to right.

    `aspect` is the page's width divided by its height.
    """

    aspect: float
    lines: tuple[tuple[PlacedWord, ...], ...]

    @property
    def words(self) -> tuple[PlacedWord, ...]:
        """All words, in reading order."""
        return tuple(word for line in self.lines for word in line)
