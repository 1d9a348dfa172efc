"""Secrecy marks: a clear one stops a paper and wipes its scan, so what is less than clear only asks a person."""

from collections.abc import Sequence
from typing import Literal

from pipeline.stages.layout import Row, cells_of, letters, rows_of
from pipeline.vietnamese import nfc
from schemas.catalog import DocumentType
from schemas.text import PageText

Mark = Literal["clear", "doubtful"]

_UPPER_PART = 0.35
_LEFT_PART = 0.5
"""The mark stands under the number at the top left (NĐ 30/2020/NĐ-CP, Phụ lục I, ô 10a)."""
_CLEAR = 0.998
"""Word confidence that wiping takes. `MẬT` alone has it where the engine is as sure as of clean print."""
_SEEN = 0.5
"""A word that is more likely wrong than right is taken for a speck or a piece of a seal."""
_FRAME = " .,:;|_[](){}-–—=~'\"`"


def find_mark(pages: Sequence[PageText], secret: DocumentType) -> tuple[Mark, str] | None:
    """A secrecy mark and how it reads, or None.

    A mark stands alone in its cell in the upper part of a page, in capitals. It is clear on the first page, at the
    left, with every letter and accent right and read surely; text that speaks of secrets is no mark at all.

    Args:
        pages: the paper's written pages in order.
        secret: the type whose titles are the marks.

    """
    marks = {nfc(mark) for mark in (secret.title.printed, *secret.title.variants)}
    folded = {letters(mark) for mark in marks}
    found: list[tuple[Mark, str]] = []
    for page in pages:
        for row in rows_of([page]):
            for cell in cells_of(row) if row.place < _UPPER_PART else ():
                text = nfc(cell.text).strip(_FRAME)
                if cell.letters in folded and text.isupper() and _sureness(cell) >= _SEEN:
                    exact = text in marks and _sureness(cell) >= _CLEAR
                    clear = exact and page is pages[0] and cell.right <= _LEFT_PART * page.width_px
                    found.append(("clear" if clear else "doubtful", text))
    return min(found, default=None)  # `clear` comes first in the alphabet, as it must here


def _sureness(cell: Row) -> float:
    return min(token.confidence for token in cell.tokens if token.letters)
