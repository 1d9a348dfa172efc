"""Step 4: read a page: words with boxes and confidences from the engine, QR codes beside them.

The page's shape told which way up it stands; reading it is the proof. A page that reads badly is read the other way up
too, and the better reading wins.
"""

from collections.abc import Callable

import cv2
import numpy as np
import zxingcpp

from pipeline.pages import Pixels, ReadWords
from pipeline.stages.clean import CleanPage, turn
from pipeline.stages.confidence import sureness
from pipeline.stages.head_look import with_head_digits
from pipeline.stages.placement import UprightScan, resized
from pipeline.stages.second_look import pieces_to_see, sheet_of, with_second_readings
from pipeline.stages.zone_look import with_zone
from schemas.text import Box, Code, PageText, Word

_SURE_UPRIGHT = 0.75
"""Mean confidence above which a reading is surely the right way up: upside-down Vietnamese print stays under 0.5."""

_LONGER = 4
"""Letters of words that tell by their shape which way they run."""
_LEAST_READABLE = 0.4
"""Under this mean confidence a reading is no text but what the engine makes of noise: real pages, worn ones and
handwriting too, have 0.8 and more, print in a foreign language 0.55."""
_FAINT = 200
"""Darker than this, seen coarsely, may be ink; paper is near 250."""
_BORDER_MM = 8.0
"""White left around the text: the engine reads letters at the very edge badly."""


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
        return page, page_text(page, number, ())
    page, words = read_upright(page, lambda turned: read_area(turned, 0, len(turned.grey), read_words))
    if not words:
        return page, page_text(page, number, ())
    text = page_text(page, number, _looked_at_again(page, words, read_words))
    text = with_head_digits(page.grey, text, read_words)
    return page, with_zone(page.grey, text, read_words)


def read_upright(page: CleanPage, read: Callable[[CleanPage], tuple[Word, ...]]) -> tuple[CleanPage, tuple[Word, ...]]:
    """The page turned the way in which it reads best, and its words; none where they are no text.

    Args:
        page: upright as far as its shape tells.
        read: reads a page, or as much of it as is wanted.
    """
    words = read(page)
    if _lies_on_its_side(words):
        page = turn(page, 90)
        words = read(page)
    if sureness(words) < _SURE_UPRIGHT:
        over = turn(page, 180)
        over_words = read(over)
        if _weight(over_words) > _weight(words):
            page, words = over, over_words
    return page, words if sureness(words) >= _LEAST_READABLE else ()


def _looked_at_again(page: CleanPage, words: tuple[Word, ...], read_words: ReadWords) -> tuple[Word, ...]:
    pieces = pieces_to_see(page.grey, page.dpi, words)
    if not pieces:
        return words
    sheet = sheet_of(page.grey, page.dpi, pieces)
    return with_second_readings(words, pieces, sheet, read_words(sheet.pixels, page.dpi, "block"))


def _lies_on_its_side(words: tuple[Word, ...]) -> bool:
    """Whether most longer words are higher than wide: the engine reads such lines too, whichever way they run.

    Words that repeat from line to line stand in columns, whose shape looks like lines.
    """
    longer = [word.box for word in words if len(word.text) >= _LONGER]
    return sum(box.height > box.width for box in longer) > len(longer) / 2


def read_area(page: CleanPage, top: int, bottom: int, read_words: ReadWords) -> tuple[Word, ...]:
    """Words between two heights of a page, of the part that carries ink: white borders cost as much time as text.

    Args:
        page: upright.
        top: pixels of the page.
        bottom: likewise, exclusive.
        read_words: the engine.
    """
    grey = page.grey[top:bottom]
    small = resized(grey, max(1, grey.shape[1] // 4), max(1, grey.shape[0] // 4))
    left, above, width, height = (4 * side for side in cv2.boundingRect(cv2.threshold(small, _FAINT, 255, 1)[1]))
    if width == 0:
        return ()
    border = round(_BORDER_MM * page.dpi / 25.4)
    right, below = left + width + border, above + height + border
    left, above = max(0, left - border), max(0, above - border)
    area = np.ascontiguousarray(grey[above:below, left:right])
    return tuple(
        word.model_copy(update={"box": _moved(word.box, left, top + above)})
        for word in read_words(area, page.dpi, "page")
    )


def _moved(box: Box, right_px: int, down_px: int) -> Box:
    return Box(left=box.left + right_px, top=box.top + down_px, right=box.right + right_px, bottom=box.bottom + down_px)


def read_codes(scan: UprightScan, dpi: int) -> tuple[Code, ...]:
    """QR and Code 128 codes of a page, in no special order; undecodable ones are left out.

    They are sought in the scan as it came: their fine grid suffers from every change, and they may lie any way round.

    Args:
        scan: with the page upright.
        dpi: resolution of the page that the codes' boxes are told in.
    """
    return tuple(_code(code, scan, dpi) for code in _find_codes(scan.pixels))


def read_code_texts(pixels: Pixels) -> tuple[str, ...]:
    """What the QR and Code 128 codes of a picture (height, width, 3) say, as they lie before a camera."""
    return tuple(code.text for code in _find_codes(pixels))


def _find_codes(pixels: Pixels) -> list[zxingcpp.Barcode]:
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128])
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    return [code for code in zxingcpp.read_barcodes(grey, formats=formats) if code.valid]


def page_text(page: CleanPage, number: int, words: tuple[Word, ...]) -> PageText:
    """The words of page `number` (1-based) of a submission, with the codes on it."""
    height, width = page.grey.shape
    codes = read_codes(page.scan, page.dpi)
    return PageText(number=number, width_px=width, height_px=height, dpi=page.dpi, words=words, codes=codes)


def _code(found: zxingcpp.Barcode, scan: UprightScan, dpi: int) -> Code:
    at = found.position
    corners = np.array([(c.x, c.y) for c in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)], np.float64)
    on_page = scan.placement.on_page(corners) * dpi / scan.dpi
    (left, top), (right, bottom) = on_page.min(axis=0), on_page.max(axis=0)
    box = Box(left=float(left), top=float(top), right=float(right), bottom=float(bottom))
    return Code(format=str(found.format).replace(" ", ""), text=found.text, box=box)


def _weight(words: tuple[Word, ...]) -> float:
    return sum(len(word.text) * word.confidence for word in words)
