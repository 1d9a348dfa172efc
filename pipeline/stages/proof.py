"""The proof before a copy counts: another program draws it and finds its words, and both are compared with the pages.

The look of every page must be that of the scan, and its text must lie on the words that were read, all of them and no
others.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import pikepdf
from numpy.typing import NDArray
from pdf2image import convert_from_path
from pdf2image.exceptions import PDFInfoNotInstalledError, PDFPageCountError, PDFPopplerTimeoutError, PDFSyntaxError

from pipeline.errors import Misconfigured, ScanRejected
from pipeline.pages import Pixels, ReadPage
from pipeline.stages.drawn_words import DrawnWord, drawn_words, searchable
from pipeline.stages.picture import SEEN, SEEN_DPI, same_look
from pipeline.stages.text_layer import laid
from schemas.text import PageText

_MM_PER_INCH = 25.4
_POINTS_PER_INCH = 72
_ACROSS_MM, _DOWN_MM = 1.0, 1.0
"""How far a letter may lie from its place: words keep to a tenth of a millimetre, their letters share the width."""
_TEXT_TIMEOUT_S = 60

Places = dict[str, NDArray[np.float64]]
"""Where each letter stands: for every time its middle from the left, its top and its bottom, in mm."""


def prove(pages: Sequence[ReadPage], copy: Path) -> None:
    """Draw each page of a copy coarsely and compare it and its text with the page as it was scanned and read.

    Args:
        pages: in order, with their pictures.
        copy: the PDF that was made of them.

    Raises:
        ScanRejected: unreadable, when the copy does not have all pages, or one has another size or text, or looks
            different.
        Misconfigured: missing_program.
    """
    with TemporaryDirectory(dir=copy.parent) as folder:
        plain = Path(folder) / "plain.pdf"
        _write_without_profile(copy, plain)
        drawn, said = _draw(plain, Path(folder)), drawn_words(plain, _TEXT_TIMEOUT_S)
        if len(drawn) != len(pages):
            raise ScanRejected("unreadable", f"archive copy has {len(drawn)} pages of {len(pages)}")
        for page, picture in zip(pages, drawn, strict=True):
            if not same_look(_grey(page.picture / SEEN), _grey(picture)):
                raise ScanRejected("unreadable", f"archive copy differs from page {page.text.number}")
        for page, words in zip(pages, said, strict=True):
            if not same_text(page.text, words):
                raise ScanRejected("unreadable", f"archive copy has other text than page {page.text.number}")


def same_text(page: PageText, words: Iterable[DrawnWord]) -> bool:
    """Whether these words lie where the page has its own: each letter of one on the same letter of the other."""
    mm_per_px, mm_per_point = _MM_PER_INCH / page.dpi, _MM_PER_INCH / _POINTS_PER_INCH
    wanted = _places(
        (searchable(laid(word)), np.array([word.box.left, word.box.top, word.box.right, word.box.bottom]) * mm_per_px)
        for word in page.words
    )
    found = _places(
        (word.text, np.array([word.left, word.top, word.right, word.bottom]) * mm_per_point) for word in words
    )
    return wanted.keys() == found.keys() and all(_on_each_other(wanted[letter], found[letter]) for letter in wanted)


def _places(words: Iterable[tuple[str, NDArray[np.float64]]]) -> Places:
    places = defaultdict(list)
    for text, (left, top, right, bottom) in words:
        for at, letter in enumerate(text):
            places[letter].append((left + (at + 0.5) / len(text) * (right - left), top, bottom))
    return {letter: np.array(rows) for letter, rows in places.items()}


def _on_each_other(wanted: NDArray[np.float64], found: NDArray[np.float64]) -> bool:
    """Whether every place of either has one of the other: the middle of the one within the height of the other."""
    (across, top, bottom), (there, highest, lowest) = wanted.T[:, :, None], found.T[:, None, :]
    middle, centre = (top + bottom) / 2, (highest + lowest) / 2
    inside = (middle >= highest - _DOWN_MM) & (middle <= lowest + _DOWN_MM)
    around = (centre >= top - _DOWN_MM) & (centre <= bottom + _DOWN_MM)
    near = (abs(across - there) <= _ACROSS_MM) & (inside | around)
    return bool(near.any(axis=1).all() and near.any(axis=0).all())


def _write_without_profile(copy: Path, target: Path) -> None:
    """A copy without its colour profile, which costs poppler as much as the rest of a page, and means sRGB anyway."""
    try:
        with pikepdf.open(copy) as pdf:
            if "/OutputIntents" in pdf.Root:
                del pdf.Root.OutputIntents
            pdf.save(target)
    except pikepdf.PikepdfError as error:
        raise ScanRejected("unreadable", "archive copy cannot be drawn") from error


def _draw(copy: Path, folder: Path) -> list[Path]:
    try:
        drawn = convert_from_path(copy, dpi=SEEN_DPI, output_folder=folder, output_file="page", paths_only=True)
    except PDFInfoNotInstalledError:
        raise Misconfigured("missing_program", "pdftoppm (poppler-utils)") from None
    except (PDFPageCountError, PDFSyntaxError, PDFPopplerTimeoutError) as error:
        raise ScanRejected("unreadable", "archive copy cannot be drawn") from error
    return [Path(str(path)) for path in drawn]


def _grey(path: Path) -> Pixels:
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)
