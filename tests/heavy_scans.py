"""Scans that are heavy to unpack: fine colour pages, drawn on the spot, as many as asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pikepdf

from tests.sheets import text_page

A4_600_DPI = (7016, 4960)
MEGAPIXELS_50 = (7072, 7072)
_GRAIN = 5.0
_PAPER = (222, 236, 240)
_JPEG_QUALITY = 84


@dataclass(frozen=True)
class HeavyPage:
    """A page as a scanner packs it."""

    jpeg: bytes
    width_px: int
    height_px: int
    dpi: int


def heavy_page(size_px: tuple[int, int], dpi: int, seed: int = 0) -> HeavyPage:
    """A page of text, (height, width), on yellowish paper with a scanner's grain: as heavy as real ones."""
    height, width = size_px
    drawn = cv2.resize(text_page(), (width, height), interpolation=cv2.INTER_LINEAR)
    page = cv2.min(drawn, np.full_like(drawn, _PAPER))
    grain = np.random.default_rng(seed).normal(0, _GRAIN, (512, 512, 3)).astype(np.int8)
    tiles = (-(-height // 512), -(-width // 512), 1)
    grainy = cv2.add(page, np.tile(grain, tiles)[:height, :width], dtype=cv2.CV_8U)
    jpeg = cv2.imencode(".jpg", grainy, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()
    return HeavyPage(jpeg, width, height, dpi)


def save_pdf(pages: Iterable[HeavyPage], file: Path) -> Path:
    """Write one JPEG a page and nothing else, as scanners do."""
    with pikepdf.new() as document:
        for heavy in pages:
            picture = pikepdf.Stream(document, heavy.jpeg)
            picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
            picture.Width, picture.Height, picture.BitsPerComponent = heavy.width_px, heavy.height_px, 8
            picture.ColorSpace, picture.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
            width, height = heavy.width_px * 72 / heavy.dpi, heavy.height_px * 72 / heavy.dpi
            page = document.add_blank_page(page_size=(width, height))
            name = page.add_resource(picture, pikepdf.Name.XObject, pikepdf.Name.Scan)
            page.Contents = pikepdf.Stream(document, f"q {width} 0 0 {height} 0 0 cm {name} Do Q".encode("ascii"))
        document.save(file)
    return file
