"""Step 2: turn a file into pages of pixels, within limits; a damaged or hostile file gives a plain reason.

Runs in a parser process only: what it calls has had holes before and will have again.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import pi_heif
import pypdf
from pdf2image import convert_from_path, pdfinfo_from_path
from pdf2image.exceptions import PDFInfoNotInstalledError, PDFPageCountError, PDFPopplerTimeoutError, PDFSyntaxError
from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline.errors import Misconfigured, ScanRejected
from pipeline.pages import Pixels, RawPage
from pipeline.settings import Limits
from pipeline.stages.whole_scan import whole_scan

T = TypeVar("T")

A4_LONG_SIDE_INCHES = 11.69
_LOWEST_BELIEVABLE_DPI = 100
_PAGE_POINTS_PER_INCH = 72
_BROKEN_IMAGE = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError)
"""What Pillow's decoders raise for damaged input: its documentation names the first two, fuzzed files show the rest."""
_BROKEN_PDF = (pypdf.errors.PyPdfError, RecursionError, AttributeError, *_BROKEN_IMAGE)

pi_heif.register_heif_opener()
logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it complains about content; content stays out of logs


def count_pages(path: Path, media_type: str, limits: Limits) -> int:
    """Number of pages of a file.

    Raises:
        ScanRejected: encrypted, damaged, no_pages, too_many_pages.
    """
    pages = _count_pdf_pages(path, limits) if media_type == "application/pdf" else _count_frames(path, limits)
    if pages == 0:
        raise ScanRejected("no_pages")
    if pages > limits.max_pages:
        raise ScanRejected("too_many_pages", f"{pages} > {limits.max_pages}")
    return pages


def open_page(path: Path, media_type: str, number: int, limits: Limits) -> RawPage:
    """Pixels of page `number` (1-based) of a file, at `limits.reading_dpi` or the page's own lower resolution.

    Raises:
        ScanRejected: damaged, page_too_large.
    """
    if media_type == "application/pdf":
        return _open_pdf_page(path, number, limits)
    return _open_frame(path, number, limits)


def _count_pdf_pages(path: Path, limits: Limits) -> int:
    try:
        info = pdfinfo_from_path(str(path), timeout=int(limits.page_timeout_s))
    except PDFInfoNotInstalledError:
        raise Misconfigured("missing_program", "pdfinfo (poppler-utils)") from None
    except (PDFPageCountError, PDFSyntaxError, PDFPopplerTimeoutError) as error:
        raise ScanRejected("encrypted" if "Incorrect password" in str(error) else "damaged") from None
    except (ValueError, UnicodeDecodeError):
        raise ScanRejected("damaged") from None
    return int(info["Pages"])


def _open_pdf_page(path: Path, number: int, limits: Limits) -> RawPage:
    page = _pdf_page(path, number)
    scan = _whole_scan(page, limits) if page is not None else None
    if scan is not None:
        return scan
    width_inches, height_inches = _pdf_page_inches(path, number, limits)
    scan_dpi = _scan_dpi(page, max(width_inches, height_inches)) if page is not None else None
    dpi = min(limits.reading_dpi, scan_dpi) if scan_dpi else limits.reading_dpi
    most_pixels = limits.max_page_megapixels * 1_000_000
    while width_inches * height_inches * dpi * dpi > most_pixels:
        dpi //= 2
        if dpi < _PAGE_POINTS_PER_INCH // 2:
            raise ScanRejected("page_too_large", f"page {number}")
    try:
        images = convert_from_path(
            str(path), dpi=dpi, first_page=number, last_page=number, timeout=int(limits.page_timeout_s)
        )
    except (PDFPageCountError, PDFSyntaxError, PDFPopplerTimeoutError, *_BROKEN_IMAGE):
        raise ScanRejected("damaged", f"page {number}") from None
    if not images:
        raise ScanRejected("damaged", f"page {number}")
    return RawPage(pixels=_bgr(images[0]), dpi=dpi, dpi_known=True)


def _pdf_page_inches(path: Path, number: int, limits: Limits) -> tuple[float, float]:
    try:
        info = pdfinfo_from_path(str(path), first_page=number, last_page=number, timeout=int(limits.page_timeout_s))
        size = next(value for key, value in info.items() if key.startswith("Page") and key.endswith("size"))
        width, height = (float(part) for part in str(size).split(" pts")[0].split(" x "))
    except (PDFPageCountError, PDFSyntaxError, PDFPopplerTimeoutError, ValueError, StopIteration):
        raise ScanRejected("damaged", f"page {number}") from None
    if width < 1 or height < 1:
        raise ScanRejected("damaged", f"page {number}")
    return width / _PAGE_POINTS_PER_INCH, height / _PAGE_POINTS_PER_INCH


def _pdf_page(path: Path, number: int) -> pypdf.PageObject | None:
    """The page as pypdf sees it; None where it fails on what poppler may still draw."""
    try:
        return pypdf.PdfReader(path).pages[number - 1]
    except _BROKEN_PDF:
        return None


def _whole_scan(page: pypdf.PageObject, limits: Limits) -> RawPage | None:
    try:
        found = whole_scan(page, limits.max_page_megapixels * 1_000_000)
    except _BROKEN_PDF:
        return None
    if found is None:
        return None
    image, dpi = found
    return _shrink(RawPage(pixels=_bgr(image), dpi=dpi, dpi_known=True), limits.reading_dpi)


def _scan_dpi(page: pypdf.PageObject, long_side_inches: float) -> int | None:
    """Resolution of the largest picture on a page if it fills the page, as scanners make them; None otherwise.

    Only the dictionaries are read here; where that fails, the page is simply drawn at full reading resolution.
    """
    try:
        xobjects = page.get("/Resources", {}).get("/XObject", {})
        pictures = [x for x in (ref.get_object() for ref in xobjects.values()) if x.get("/Subtype") == "/Image"]
        longest = max((max(int(p["/Width"]), int(p["/Height"])) for p in pictures), default=0)
    except _BROKEN_PDF:
        return None
    dpi = round(longest / long_side_inches)
    return dpi if dpi >= _LOWEST_BELIEVABLE_DPI else None


def _count_frames(path: Path, limits: Limits) -> int:
    def count(image: Image.Image) -> int:
        if image.width * image.height > limits.max_page_megapixels * 1_000_000:
            raise ScanRejected("page_too_large", f"{image.width} x {image.height}")
        return int(getattr(image, "n_frames", 1))

    return _with_image(path, count)


def _open_frame(path: Path, number: int, limits: Limits) -> RawPage:
    def load(image: Image.Image) -> RawPage:
        if number > 1:
            image.seek(number - 1)
        if image.width * image.height > limits.max_page_megapixels * 1_000_000:
            raise ScanRejected("page_too_large", f"page {number}: {image.width} x {image.height}")
        dpi = _written_dpi(image)
        upright = ImageOps.exif_transpose(image)
        known = dpi is not None
        dpi = dpi or max(1, round(max(upright.size) / A4_LONG_SIDE_INCHES))
        return _shrink(RawPage(pixels=_bgr(upright), dpi=dpi, dpi_known=known), limits.reading_dpi)

    return _with_image(path, load)


def _with_image(path: Path, use: Callable[[Image.Image], T]) -> T:
    Image.MAX_IMAGE_PIXELS = None  # our own limit, checked on the header, holds instead
    try:
        with Image.open(path, formats=("JPEG", "PNG", "TIFF", "WEBP", "JPEG2000", "HEIF", "MPO")) as image:
            return use(image)
    except MemoryError:
        raise ScanRejected("page_too_large") from None
    except _BROKEN_IMAGE:
        raise ScanRejected("damaged") from None


def _written_dpi(image: Image.Image) -> int | None:
    """Resolution as the file states it; phones write 72 without meaning it, so low values do not count."""
    try:
        dpi = float(image.info.get("dpi", (0, 0))[0])
    except (TypeError, ValueError, ZeroDivisionError, IndexError):
        return None
    return round(dpi) if _LOWEST_BELIEVABLE_DPI <= dpi <= 4800 else None


def _bgr(image: Image.Image) -> Pixels:
    """Any Pillow picture as blue-green-red on white paper; 16-bit greys are scaled, not cut off."""
    if image.mode.startswith("I") or image.mode == "F":
        values = np.asarray(image, dtype=np.float32)
        top = 65535.0 if image.mode.startswith("I;16") or values.max(initial=0) > 255 else 255.0
        image = Image.fromarray(np.clip(values * (255.0 / top), 0, 255).astype(np.uint8))
    if "A" in image.getbands() or "transparency" in image.info:
        layered = image.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        image = Image.alpha_composite(paper, layered)
    return np.asarray(cv2.cvtColor(np.asarray(image.convert("RGB")), cv2.COLOR_RGB2BGR), np.uint8)


def _shrink(page: RawPage, most_dpi: int) -> RawPage:
    if page.dpi <= most_dpi:
        return page
    scale = most_dpi / page.dpi
    height, width = page.pixels.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    smaller = Image.fromarray(page.pixels).resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return RawPage(pixels=np.asarray(smaller), dpi=most_dpi, dpi_known=page.dpi_known)
