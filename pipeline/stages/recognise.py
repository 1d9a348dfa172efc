"""Step 4: read a page: words with boxes and confidences from the engine, QR codes beside them.

The page's shape told which way up it stands; reading it is the proof. A page that reads badly is read the other way up
too, and the better reading wins.
"""

from collections.abc import Callable

import zxingcpp

from pipeline.pages import CleanPage, Pixels
from pipeline.stages.clean import turn_over
from schemas.text import Box, Code, PageText, Word

ReadWords = Callable[[Pixels, int], tuple[Word, ...]]
"""An engine: grey pixels and their dpi in, words in reading order out."""

_SURE_UPRIGHT = 0.75
"""Mean confidence above which a reading is surely the right way up: upside-down Vietnamese print stays under 0.5."""


def recognise(page: CleanPage, number: int, read_words: ReadWords) -> tuple[CleanPage, PageText]:
    """Read one page, the right way up.

    Args:
        page: from `clean`.
        number: its number in the submission, 1-based.
        read_words: the engine.

    Returns:
        The page, turned over if it stood on its head, and what it says.
    """
    if page.verdict == "blank":
        return page, _page_text(page, number, ())
    words = read_words(page.grey, page.dpi)
    if _readability(words) < _SURE_UPRIGHT:
        over = turn_over(page)
        over_words = read_words(over.grey, over.dpi)
        if _weight(over_words) > _weight(words):
            page, words = over, over_words
    return page, _page_text(page, number, words)


def read_codes(grey: Pixels) -> tuple[Code, ...]:
    """QR and Code 128 codes of a page, in no special order; undecodable ones are left out."""
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128])
    return tuple(_code(found) for found in zxingcpp.read_barcodes(grey, formats=formats) if found.valid)


def _page_text(page: CleanPage, number: int, words: tuple[Word, ...]) -> PageText:
    height, width = page.grey.shape
    codes = read_codes(page.grey)
    return PageText(number=number, width_px=width, height_px=height, dpi=page.dpi, words=words, codes=codes)


def _code(found: zxingcpp.Barcode) -> Code:
    corners = [
        found.position.top_left,
        found.position.top_right,
        found.position.bottom_right,
        found.position.bottom_left,
    ]
    xs, ys = [corner.x for corner in corners], [corner.y for corner in corners]
    box = Box(left=min(xs), top=min(ys), right=max(xs), bottom=max(ys))
    return Code(format=str(found.format).replace(" ", ""), text=found.text, box=box)


def _readability(words: tuple[Word, ...]) -> float:
    """Mean confidence by letters, 0..1: long words weigh more; 0 for an empty reading."""
    letters = sum(len(word.text) for word in words)
    return _weight(words) / letters if letters else 0.0


def _weight(words: tuple[Word, ...]) -> float:
    return sum(len(word.text) * word.confidence for word in words)
