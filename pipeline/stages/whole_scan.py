"""The short way to a scanned page: most scanners wrap one JPEG a page, which needs no drawing, only decoding.

Anything beyond exactly that (a turn, a crop, a second picture, text, a signature's caption, a mask) is left to poppler.
"""

import re
from io import BytesIO

from PIL import Image
from pypdf import PageObject
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

_NUMBER = rb"(-?\d*\.?\d+)\s+"
_ONLY_A_PICTURE = re.compile(rb"\s*(?:q\s+)?" + _NUMBER * 6 + rb"cm\s*/[^\s/\[\]<>()]+\s+Do\s*(?:Q\s*)?")
_LONGEST_SUCH_CONTENT = 200
_POINTS_PER_INCH = 72
_CHANGING_KEYS = ("/Decode", "/DecodeParms", "/SMask", "/Mask", "/OC", "/ImageMask")
"""Entries by which a picture would look otherwise than its JPEG (ISO 32000-1, 8.9.5)."""


def whole_scan(page: PageObject, most_pixels: int) -> tuple[Image.Image, int] | None:
    """The JPEG that a page consists of.

    Args:
        page: of a PDF.
        most_pixels: a larger picture is not decoded.

    Returns:
        The picture, not decoded yet, and its dpi; None when the page is anything but one JPEG that covers it.

    Raises:
        PyPdfError, OSError, ValueError and other errors of damaged input, as pypdf and Pillow do.
    """
    jpeg = _only_jpeg(page)
    if jpeg is None or not _covered(page):
        return None
    image = Image.open(BytesIO(jpeg.get_data()), formats=("JPEG",))
    if image.size != (_whole(jpeg, "/Width"), _whole(jpeg, "/Height")) or image.mode not in {"RGB", "L"}:
        return None
    across = image.width / float(page.mediabox.width) * _POINTS_PER_INCH
    down = image.height / float(page.mediabox.height) * _POINTS_PER_INCH
    if image.width * image.height > most_pixels or abs(across - down) > 0.01 * down:
        return None
    return image, max(1, round(down))


def _only_jpeg(page: PageObject) -> StreamObject | None:
    resources = page.get("/Resources", DictionaryObject()).get_object()
    pictures = [ref.get_object() for ref in resources.get("/XObject", DictionaryObject()).get_object().values()]
    if len(pictures) != 1 or not isinstance(pictures[0], StreamObject):
        return None
    picture = pictures[0]
    filters = picture.get("/Filter")
    plain = picture.get("/Subtype") == "/Image" and filters in ("/DCTDecode", ["/DCTDecode"])
    if not plain or any(key in picture for key in _CHANGING_KEYS) or not _plain_colours(picture):
        return None
    return picture


def _whole(picture: StreamObject, key: str) -> int:
    return int(str(picture[key].get_object()))


def _plain_colours(picture: StreamObject) -> bool:
    space = picture.get("/ColorSpace")
    space = space.get_object() if space is not None else None
    if isinstance(space, ArrayObject):
        return bool(space) and space[0] == "/ICCBased"
    return space in {"/DeviceRGB", "/DeviceGray"}


def _covered(page: PageObject) -> bool:
    """Whether the page, seen as it is, is only its picture drawn from edge to edge."""
    box = page.mediabox
    if page.rotation % 360 or page.get("/Annots") or page.cropbox != box or page.get("/UserUnit", 1) != 1:
        return False
    contents = page.get_contents()
    data = contents.get_data() if contents is not None else b""
    drawn = _ONLY_A_PICTURE.fullmatch(data) if len(data) <= _LONGEST_SUCH_CONTENT else None
    if drawn is None:
        return False
    width, height = float(box.width), float(box.height)
    found = [float(number) for number in drawn.groups()]
    wanted = [width, 0.0, 0.0, height, float(box.left), float(box.bottom)]
    return all(abs(a - b) <= 0.005 * max(width, height) for a, b in zip(found, wanted, strict=True))
