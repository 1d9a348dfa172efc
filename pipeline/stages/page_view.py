"""Shows a whole page, as a picture of a given width and as words with their places.

Runs in a parser process only.
"""

from itertools import groupby
from pathlib import Path

import cv2
import numpy as np

from pipeline.errors import ScanRejected
from pipeline.pages import Pixels, ScanFile, ShownPage
from pipeline.settings import Limits
from pipeline.stages.drawn_words import DrawnPage, DrawnWord, drawn_page
from pipeline.stages.open import draw_page_wide, open_page
from pipeline.stages.placement import resized
from schemas.viewing import PageWords, PlacedWord

_JPEG_QUALITY = 85
_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def write_page_picture(scan: ScanFile, shown: ShownPage, target: Path, limits: Limits) -> None:
    """Write a JPEG of a page, upright, `shown.width_px` wide; a scan with fewer pixels than that stays as it is.

    Args:
        scan: a file as handed in, shown as it is but for a quarter turn, or our copy of it.
        shown: which page, how wide.
        target: where to.
        limits: for opening the file.

    Raises:
        ScanRejected: damaged, page_too_large.
    """
    if shown.rotation_degrees is None:
        pixels = draw_page_wide(scan.path, shown.page, shown.width_px, limits.page_timeout_s)
    else:
        pixels = _scanned(scan, shown, shown.rotation_degrees, limits)
    written, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not written:
        raise ScanRejected("damaged", f"page {shown.page}")
    target.write_bytes(data.tobytes())


def placed_words(copy: Path, page: int, timeout_s: float) -> PageWords:
    """The words of a page of our copy, out of its text layer.

    Args:
        copy: the PDF.
        page: 1-based.
        timeout_s: poppler is stopped after this.

    Raises:
        ScanRejected: unreadable.
        Misconfigured: missing_program.
    """
    found = drawn_page(copy, page, timeout_s)
    lines = tuple(
        tuple(_placed(word, found) for word in words) for _, words in groupby(found.words, key=lambda word: word.line)
    )
    return PageWords(aspect=found.width / found.height, lines=lines)


def _placed(word: DrawnWord, page: DrawnPage) -> PlacedWord:
    left, right = (min(max(0.0, edge / page.width), 1.0) for edge in (word.left, word.right))
    top, bottom = (min(max(0.0, edge / page.height), 1.0) for edge in (word.top, word.bottom))
    return PlacedWord(text=word.text, left=left, top=top, right=right, bottom=bottom)


def _scanned(scan: ScanFile, shown: ShownPage, rotation_degrees: int, limits: Limits) -> Pixels:
    pixels = open_page(scan.path, scan.media_type, shown.page, limits).pixels
    if rotation_degrees:
        pixels = np.asarray(cv2.rotate(pixels, _TURNS[rotation_degrees]), np.uint8)
    height, width = pixels.shape[:2]
    if width <= shown.width_px:
        return pixels
    return resized(pixels, shown.width_px, max(1, round(height * shown.width_px / width)))
