"""Step 2: turn a file into pages of pixels, within limits; a damaged or hostile file gives a plain reason.

Runs in a parser process only: what it calls has had holes before and will have again.
"""

import logging
import math
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, TypeVar

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
_LARGE_PAGE_PIXELS = 18_000_000
"""A3 at 300 dpi. Larger pages, such as plans, are read coarser, since memory grows with the pixels; but not under the
200 dpi of NĐ 30/2020, Appendix I."""
_LARGE_PAGE_DPI = 200
_MOST_PAGE_PIXELS = 32_000_000
"""A1 at 200 dpi. Of still larger pages the copy is not a legal one; the verdict says so, and the original is kept."""
_STRIP_PX = 256
_STRIP_MARGIN_PX = 8
"""A pixel is weighed from what lies within three pixels of the smaller picture."""
_SAME_DPI = 0.01
"""Resolutions this near to each other are the same: 601 dpi are read as 600, not weighed into 599."""
_BROKEN_IMAGE = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError)
"""What Pillow's decoders raise for damaged input: its documentation names the first two, fuzzed files show the rest."""
_BROKEN_PDF = (pypdf.errors.PyPdfError, RecursionError, AttributeError, NotImplementedError, *_BROKEN_IMAGE)

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
    with path.open("rb") as file:  # given a path, pypdf would read all of the file
        page = _pdf_page(file, number)
        scan = _whole_scan(page, limits) if page is not None else None
        if scan is not None:
            return scan
        width_inches, height_inches = _pdf_page_inches(path, number, limits.page_timeout_s)
        scan_dpi = _scan_dpi(page, max(width_inches, height_inches)) if page is not None else None
    dpi = min(limits.reading_dpi, scan_dpi) if scan_dpi else limits.reading_dpi
    dpi = _affordable_dpi(width_inches * height_inches, dpi, limits)
    if dpi < _PAGE_POINTS_PER_INCH // 2:
        raise ScanRejected("page_too_large", f"page {number}")
    return RawPage(pixels=draw_page(path, number, dpi, limits.page_timeout_s), dpi=dpi, dpi_known=True)


def _affordable_dpi(square_inches: float, dpi: int, limits: Limits) -> int:
    """The resolution to read a page at: its own, unless that makes too many pixels."""
    most_pixels = min(_MOST_PAGE_PIXELS, limits.max_page_megapixels * 1_000_000)
    good, most = (math.floor(math.sqrt(pixels / square_inches)) for pixels in (_LARGE_PAGE_PIXELS, most_pixels))
    return max(1, min(dpi, most, max(good, _LARGE_PAGE_DPI)))


def draw_page(path: Path, number: int, dpi: int, timeout_s: float) -> Pixels:
    """Page `number` (1-based) of a PDF as poppler draws it, blue-green-red. Raises: ScanRejected (damaged)."""
    return _draw(path, number, timeout_s, dpi=dpi)


def draw_page_wide(path: Path, number: int, width_px: int, timeout_s: float) -> Pixels:
    """The same, so many pixels wide. Raises: ScanRejected (damaged, page_too_large)."""
    width_inches, height_inches = _pdf_page_inches(path, number, timeout_s)
    if width_px**2 * height_inches / width_inches > _MOST_PAGE_PIXELS:
        raise ScanRejected("page_too_large", f"page {number}")
    return _draw(path, number, timeout_s, size=(width_px, None))


def _draw(path: Path, number: int, timeout_s: float, **how: Any) -> Pixels:
    """It passes through a file: through a pipe it would lie in memory several times."""
    with TemporaryDirectory() as folder:
        try:
            (drawn,) = convert_from_path(
                str(path),
                first_page=number,
                last_page=number,
                timeout=int(timeout_s),
                output_folder=folder,
                paths_only=True,
                **how,
            )
        except (PDFPageCountError, PDFSyntaxError, PDFPopplerTimeoutError, *_BROKEN_IMAGE):
            raise ScanRejected("damaged", f"page {number}") from None
        pixels = cv2.imread(str(drawn), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ScanRejected("damaged", f"page {number}")
    return np.asarray(pixels, np.uint8)


def _pdf_page_inches(path: Path, number: int, timeout_s: float) -> tuple[float, float]:
    try:
        info = pdfinfo_from_path(str(path), first_page=number, last_page=number, timeout=int(timeout_s))
        size = next(value for key, value in info.items() if key.startswith("Page") and key.endswith("size"))
        width, height = (float(part) for part in str(size).split(" pts")[0].split(" x "))
    except (PDFPageCountError, PDFSyntaxError, PDFPopplerTimeoutError, ValueError, StopIteration):
        raise ScanRejected("damaged", f"page {number}") from None
    if width < 1 or height < 1:
        raise ScanRejected("damaged", f"page {number}")
    return width / _PAGE_POINTS_PER_INCH, height / _PAGE_POINTS_PER_INCH


def _pdf_page(file: BinaryIO, number: int) -> pypdf.PageObject | None:
    """The page as pypdf sees it; None where it fails on what poppler may still draw."""
    try:
        return pypdf.PdfReader(file).pages[number - 1]
    except _BROKEN_PDF:
        return None


def _whole_scan(page: pypdf.PageObject, limits: Limits) -> RawPage | None:
    try:
        found = whole_scan(page, limits.max_page_megapixels * 1_000_000)
        if found is None or _is_large(*found, limits):
            return None
        return _raw(*found, limits, dpi_known=True)
    except _BROKEN_PDF:
        return None


def _is_large(image: Image.Image, dpi: int, limits: Limits) -> bool:
    """Whether a page is to be read coarser than others: poppler then draws it without unpacking all of it."""
    wanted_dpi = min(dpi, limits.reading_dpi)
    return _affordable_dpi(image.width * image.height / dpi**2, wanted_dpi, limits) < wanted_dpi


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
        written = _written_dpi(image)
        dpi = written or max(1, round(max(image.size) / A4_LONG_SIDE_INCHES))
        return _raw(image, dpi, limits, dpi_known=written is not None)

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


def _raw(image: Image.Image, dpi: int, limits: Limits, *, dpi_known: bool) -> RawPage:
    """A page of a picture, upright as its camera held it and no finer than needed.

    It is made smaller before anything else is done to it: of a finer picture, every copy would be that much larger.

    Args:
        image: not decoded yet, where its format allows; a JPEG is then decoded at a half or a quarter at once.
        dpi: its resolution.
        limits: how fine pages are read.
        dpi_known: whether the file said so.
    """
    wanted_dpi = _affordable_dpi(image.width * image.height / dpi**2, min(dpi, limits.reading_dpi), limits)
    long_side = max(image.size)
    image.draft(None, _scaled(image, wanted_dpi * (1 - _SAME_DPI) / dpi))
    ImageOps.exif_transpose(image, in_place=True)
    dpi = round(dpi * max(image.size) / long_side)
    if dpi <= wanted_dpi * (1 + _SAME_DPI):
        return RawPage(pixels=_bgr(image), dpi=dpi, dpi_known=dpi_known)
    pixels = _shrunk(_eight_bits(image), _scaled(image, wanted_dpi / dpi))
    return RawPage(pixels=pixels, dpi=wanted_dpi, dpi_known=dpi_known)


def _scaled(image: Image.Image, scale: float) -> tuple[int, int]:
    return max(1, round(image.width * scale)), max(1, round(image.height * scale))


def _shrunk(image: Image.Image, size: tuple[int, int]) -> Pixels:
    """The picture at a smaller size, made in strips: at once, it would lie in memory three times."""
    width, height = size
    scale = image.height / height
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, _STRIP_PX):
        bottom = min(height, top + _STRIP_PX)
        above, below = max(0, top - _STRIP_MARGIN_PX), min(height, bottom + _STRIP_MARGIN_PX)
        box = (0, above * scale, image.width, min(image.height, below * scale))
        strip = image.resize((width, below - above), Image.Resampling.LANCZOS, box, reducing_gap=2.0)
        pixels[top:bottom] = _bgr(strip)[top - above : bottom - above]
    return pixels


def _eight_bits(image: Image.Image) -> Image.Image:
    """A picture of pixels that can be averaged; 16-bit greys are scaled, not cut off."""
    if image.mode.startswith("I") or image.mode == "F":
        values = np.asarray(image, dtype=np.float32)
        top = 65535.0 if image.mode.startswith("I;16") or values.max(initial=0) > 255 else 255.0
        return Image.fromarray(np.clip(values * (255.0 / top), 0, 255).astype(np.uint8))
    if image.mode == "P":
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    return image.convert("L") if image.mode == "1" else image


def _bgr(image: Image.Image) -> Pixels:
    """Any Pillow picture as blue-green-red on white paper."""
    image = _eight_bits(image)
    if "A" in image.getbands() or "transparency" in image.info:
        layered = image.convert("RGBA")
        paper = Image.new("RGBA", layered.size, "white")
        image = Image.alpha_composite(paper, layered)
    colours = image if image.mode == "RGB" else image.convert("RGB")
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, _STRIP_PX):  # at once, Pillow would hold the bytes twice
        strip = colours.crop((0, top, image.width, min(image.height, top + _STRIP_PX)))
        strip_pixels = np.frombuffer(strip.tobytes("raw", "BGR"), np.uint8)
        pixels[top : top + strip.height] = strip_pixels.reshape(strip.height, strip.width, 3)
    return pixels
