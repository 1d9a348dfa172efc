"""A page's picture as it waits for its archive copy: a private folder with its layers, ready to be embedded.

`background.jpg` is always there, `text.g4` (ITU-T T.6 fax code, black is ink) where print was lifted off, `layers.json`
tells what they are, and `seen.pgm` is the page itself, small and grey: what the finished copy has to look like.
"""

import io
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, TiffImagePlugin

from pipeline.pages import Pixels
from pipeline.stages.clean import CleanPage
from pipeline.stages.layers import TEXT_DPI, Layers, separate
from pipeline.stages.placement import resized
from schemas.base import Value

SEEN_DPI = 50
"""Fine enough to see every line of print, coarse enough to cost next to nothing."""
BACKGROUND, TEXT, LAYERS, SEEN = "background.jpg", "text.g4", "layers.json", "seen.pgm"
_JPEG_QUALITY = 62
"""Red seals and thin pen strokes stay clean at this quality and 200 dpi; looked at, and compared by eye."""


MOST_DIFFERENCE = 36
"""Grey levels by which a place of a copy, on the average of 4.5 mm, may differ from its page.

Copies of scans and photos stay under 20, of the finest textures under 26; a printed word that is missing or misplaced
makes 45 to 100, a faint one less: a good copy that is refused costs more than a faint speck that is lost.
"""
_MOST_LAYERED_DIFFERENCE = 30
"""Layers that come closer to the limit than this are not used: the page is kept in one piece instead."""
_MOST_PRINT_PIXELS = 20_000_000
"""A page with more of them at the resolution of print, one larger than A3, is kept in one piece: layers take memory."""
_PLACE_PX = (9, 9)
_SIZE_TOLERANCE_PX = 1
_RIM_PX = 5


class PictureLayers(Value):
    """Sizes are (width, height) in pixels; `text_size_px` is None where there is no text layer; `ink_rgb` is 0..255."""

    background_size_px: tuple[int, int]
    text_size_px: tuple[int, int] | None
    ink_rgb: tuple[int, int, int]


def write_picture(page: CleanPage, folder: Path) -> None:
    """Keep a page in the layers that the archive copy will show.

    Args:
        page: whose scan is to be archived.
        folder: where to; what it may hold of an attempt before is replaced.
    """
    folder.mkdir(exist_ok=True)
    layers, scan = _layers(page), page.scan
    seen = _seen(page)
    if not same_look(seen, _shown(layers, seen), _MOST_LAYERED_DIFFERENCE):
        layers = Layers(scan.colour(scan.dpi), None, layers.ink)
    cv2.imwrite(str(folder / BACKGROUND), layers.background, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if layers.text is not None:
        (folder / TEXT).write_bytes(_fax_code(layers.text))
    blue, green, red = layers.ink
    told = PictureLayers(
        background_size_px=_size(layers.background),
        text_size_px=None if layers.text is None else _size(layers.text),
        ink_rgb=(red, green, blue),
    )
    (folder / LAYERS).write_text(told.model_dump_json(), encoding="ascii")
    cv2.imwrite(str(folder / SEEN), seen)


def same_look(page: Pixels, drawn: Pixels, most_difference: float = MOST_DIFFERENCE) -> bool:
    """Whether two grey pictures at `SEEN_DPI` have one size, and no place of theirs differs by more grey levels."""
    if max(abs(a - b) for a, b in zip(page.shape, drawn.shape, strict=True)) > _SIZE_TOLERANCE_PX:
        return False
    height, width = (min(sides) for sides in zip(page.shape, drawn.shape, strict=True))
    places = [cv2.blur(picture[:height, :width], _PLACE_PX) for picture in (page, drawn)]
    difference = cv2.absdiff(*places)
    # At the rim the two grids part by a fraction of a pixel, and a dark scanner edge there would look like a fault.
    inner = difference[_RIM_PX:-_RIM_PX, _RIM_PX:-_RIM_PX]
    return bool((inner if inner.size else difference).max() <= most_difference)


def _seen(page: CleanPage) -> Pixels:
    width, height = (max(1, round(side * SEEN_DPI / page.dpi)) for side in _size(page.grey))
    return np.asarray(cv2.cvtColor(resized(page.colour, width, height), cv2.COLOR_BGR2GRAY), np.uint8)


def _layers(page: CleanPage) -> Layers:
    scan = page.scan
    width, height = scan.placement.size_px
    if width * height * max(1.0, TEXT_DPI / scan.dpi) ** 2 > _MOST_PRINT_PIXELS:
        return Layers(scan.colour(scan.dpi), None, (0, 0, 0))
    return separate(page)


def _shown(layers: Layers, like: Pixels) -> Pixels:
    """What the layers will look like, grey and as small as `like`."""
    size = (like.shape[1], like.shape[0])
    paper = cv2.cvtColor(resized(layers.background, *size), cv2.COLOR_BGR2GRAY)
    if layers.text is None:
        return np.asarray(paper, np.uint8)
    share = resized(layers.text, *size) / 255.0
    ink = float(np.dot(layers.ink, (0.114, 0.587, 0.299)))
    return np.asarray(paper * (1 - share) + ink * share, np.uint8)


def _size(pixels: Pixels) -> tuple[int, int]:
    return pixels.shape[1], pixels.shape[0]


def _fax_code(text: Pixels) -> bytes:
    """The mask in ITU-T T.6 ("CCITT Group 4") code: lossless, and what a TIFF of one strip has inside.

    The code knows two colours of runs; ink is the one that T.6 calls black.
    """
    size = _size(text)
    image = Image.frombytes("1", size, np.packbits(text, axis=1).tobytes())
    out = io.BytesIO()
    image.save(out, "TIFF", compression="group4", strip_size=text.size)
    out.seek(0)
    tags = TiffImagePlugin.TiffImageFile(out).tag_v2
    (start,), (length,) = tags[TiffImagePlugin.STRIPOFFSETS], tags[TiffImagePlugin.STRIPBYTECOUNTS]
    return out.getvalue()[start : start + length]
