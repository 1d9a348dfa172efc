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
from pipeline.stages.picture import SEEN, SEEN_DPI, same_look


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
            if not same_look(_grey(page.picture / SEEN), _grey(picture)):
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
