"""The proof before a copy counts: what was written is drawn by another program and compared with the pages."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from pdf2image import convert_from_path
from pdf2image.exceptions import PDFInfoNotInstalledError, PDFPageCountError, PDFPopplerTimeoutError, PDFSyntaxError

from pipeline.errors import Misconfigured, ScanRejected
from pipeline.pages import Pixels, ReadPage
from pipeline.stages.picture import SEEN, SEEN_DPI

MOST_DIFFERENCE = 36
"""Grey levels by which a place of a copy, on the average of 4.5 mm, may differ from its page.

Copies of scans and photos stay under 20, of the finest textures under 26; a printed word that is missing or misplaced
makes 45 to 100, a faint one less: a good copy that is refused costs more than a faint speck that is lost.
"""
_PLACE_PX = (9, 9)
_SIZE_TOLERANCE_PX = 1


def prove(pages: Sequence[ReadPage], copy: Path) -> None:
    """Draw each page of a copy coarsely and compare it with the page as it was scanned.

    Args:
        pages: in order, with their pictures.
        copy: the PDF that was made of them.

    Raises:
        ScanRejected: unreadable, when the copy does not have all pages, or one has another size or looks different.
        Misconfigured: missing_program.
    """
    with TemporaryDirectory(dir=copy.parent) as folder:
        drawn = _draw(copy, Path(folder))
        if len(drawn) != len(pages):
            raise ScanRejected("unreadable", f"archive copy has {len(drawn)} pages of {len(pages)}")
        for page, picture in zip(pages, drawn, strict=True):
            if not _same(_grey(page.picture / SEEN), _grey(picture)):
                raise ScanRejected("unreadable", f"archive copy differs from page {page.text.number}")


def _draw(copy: Path, folder: Path) -> list[Path]:
    try:
        drawn = convert_from_path(
            copy, dpi=SEEN_DPI, grayscale=True, output_folder=folder, output_file="page", paths_only=True
        )
    except PDFInfoNotInstalledError:
        raise Misconfigured("missing_program", "pdftoppm (poppler-utils)") from None
    except (PDFPageCountError, PDFSyntaxError, PDFPopplerTimeoutError) as error:
        raise ScanRejected("unreadable", "archive copy cannot be drawn") from error
    return [Path(str(path)) for path in drawn]


def _grey(path: Path) -> Pixels:
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)


def _same(page: Pixels, drawn: Pixels) -> bool:
    """Whether two grey pictures have one size, and no place of theirs differs by more than `MOST_DIFFERENCE`."""
    if max(abs(a - b) for a, b in zip(page.shape, drawn.shape, strict=True)) > _SIZE_TOLERANCE_PX:
        return False
    height, width = (min(sides) for sides in zip(page.shape, drawn.shape, strict=True))
    places = [cv2.blur(picture[:height, :width], _PLACE_PX) for picture in (page, drawn)]
    return bool(cv2.absdiff(*places).max() <= MOST_DIFFERENCE)
