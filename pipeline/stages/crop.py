"""Shows a part of a page to a person who is asked about it."""

from pathlib import Path

import cv2
import numpy as np

from pipeline.errors import ScanRejected
from pipeline.pages import PagePart, Pixels, ScanFile
from pipeline.settings import Limits
from pipeline.stages.clean import clean, turn
from pipeline.stages.open import draw_page, open_page
from pipeline.stages.placement import resized
from schemas.text import Box

SHOWN_DPI = 200
"""Print of a form is read with ease at this, and a whole page is still a small file."""
_AROUND_INCHES = (1.8, 0.4)
"""What is shown beside, and above and below, a value: its label and the lines next to it."""
_JPEG_QUALITY = 85


def write_crop(scan: ScanFile, part: PagePart, target: Path, limits: Limits) -> None:
    """Write a JPEG of a part of a page, upright, at no more than `SHOWN_DPI`.

    Args:
        scan: a file as handed in, or our copy of it (see `PagePart`).
        part: which part.
        target: where to.
        limits: for opening the file.

    Raises:
        ScanRejected: damaged, page_too_large.
    """
    pixels, dpi = _copied(scan, part, limits) if part.rotation_degrees is None else _scanned(scan, part, limits)
    if part.box is not None:
        pixels = _cut(pixels, part.box, dpi / part.dpi, dpi)
    if dpi > SHOWN_DPI:
        height, width = (max(1, round(side * SHOWN_DPI / dpi)) for side in pixels.shape[:2])
        pixels = resized(pixels, width, height)
    written, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not written:
        raise ScanRejected("damaged", f"page {part.page}")
    target.write_bytes(data.tobytes())


def _copied(scan: ScanFile, part: PagePart, limits: Limits) -> tuple[Pixels, int]:
    return draw_page(scan.path, part.page, SHOWN_DPI, limits.page_timeout_s), SHOWN_DPI


def _scanned(scan: ScanFile, part: PagePart, limits: Limits) -> tuple[Pixels, int]:
    page = clean(open_page(scan.path, scan.media_type, part.page, limits))
    # Which way up a page is was found by reading it; its shape alone may say otherwise.
    turned = ((part.rotation_degrees or 0) - page.rotation_degrees) % 360
    page = turn(page, turned) if turned else page
    return page.colour, page.dpi


def _cut(pixels: Pixels, box: Box, scale: float, dpi: int) -> Pixels:
    beside, above = (round(inches * dpi) for inches in _AROUND_INCHES)
    height, width = pixels.shape[:2]
    left, right = max(0, round(box.left * scale) - beside), min(width, round(box.right * scale) + beside)
    top, bottom = max(0, round(box.top * scale) - above), min(height, round(box.bottom * scale) + above)
    cut = pixels[top:bottom, left:right]
    return np.ascontiguousarray(cut) if cut.size else pixels
