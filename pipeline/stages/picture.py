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
from pipeline.stages.layers import separate
from schemas.base import Value

SEEN_DPI = 50
"""Fine enough to see every line of print, coarse enough to cost next to nothing."""
BACKGROUND, TEXT, LAYERS, SEEN = "background.jpg", "text.g4", "layers.json", "seen.pgm"
_JPEG_QUALITY = 62
"""Red seals and thin pen strokes stay clean at this quality and 200 dpi; looked at, and compared by eye."""


class PictureLayers(Value):
    """Sizes are (width, height) in pixels; `text_size_px` is None where there is no text layer; `ink_rgb` is 0..255."""

    background_size_px: tuple[int, int]
    text_size_px: tuple[int, int] | None
    ink_rgb: tuple[int, int, int]


def write_picture(colour: Pixels, dpi: int, folder: Path) -> None:
    """Keep a clean colour page in the layers that the archive copy will show.

    Args:
        colour: (height, width, 3), upright.
        dpi: its resolution.
        folder: where to; what it may hold of an attempt before is replaced.
    """
    folder.mkdir(exist_ok=True)
    layers = separate(colour, dpi)
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
    cv2.imwrite(str(folder / SEEN), _seen(colour, dpi))


def _seen(colour: Pixels, dpi: int) -> Pixels:
    width, height = (max(1, round(side * SEEN_DPI / dpi)) for side in _size(colour))
    grey = cv2.cvtColor(colour[::2, ::2], cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


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
