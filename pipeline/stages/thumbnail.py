"""A small picture of a page, upright, as a list of pages shows it."""

from pathlib import Path

import cv2
from PIL import Image

from pipeline.stages.clean import CleanPage

_BOX_PX = (320, 480)
"""Width and height into which every page fits; A4 fills the width, and no page, however long, makes a large picture."""
_JPEG_QUALITY = 75


def write_thumbnail(page: CleanPage, target: Path) -> None:
    """Write the page as a small colour JPEG.

    Args:
        page: upright and level.
        target: what may lie there is replaced.
    """
    height, width = page.grey.shape
    scale = min(1.0, _BOX_PX[0] / width, _BOX_PX[1] / height)
    small = page.scan.colour(page.dpi * scale)
    Image.fromarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB)).save(target, "JPEG", quality=_JPEG_QUALITY)
