"""One page in every format that scanners and phones write."""

import io
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
from PIL import Image

DPI = 150


def write_jpeg2000_pdf(page: Image.Image, file: Path) -> None:
    """A PDF whose picture is compressed as JPEG 2000."""
    data = io.BytesIO()
    page.save(data, "JPEG2000", quality_mode="rates", quality_layers=[20])
    _write_pdf(page, data.getvalue(), "JPXDecode", file)


def write_jbig2_pdf(page: Image.Image, file: Path) -> None:
    """A PDF whose picture is compressed as JBIG2, as office scanners write black and white pages."""
    _write_pdf(page, _jbig2(page.convert("1", dither=Image.Dither.NONE)), "JBIG2Decode", file)


def write_multipage_tiff(page: Image.Image, file: Path) -> None:
    """The page and an empty back in one TIFF."""
    back = Image.new("RGB", page.size, "white")
    page.save(file, save_all=True, append_images=[back], compression="tiff_lzw", dpi=(DPI, DPI))


def write_picture(page: Image.Image, file: Path) -> None:
    """A picture file of the format that its suffix names."""
    page.save(file, dpi=(DPI, DPI))


WRITERS: dict[str, Callable[[Image.Image, Path], None]] = {
    "jpeg2000.pdf": write_jpeg2000_pdf,
    "jbig2.pdf": write_jbig2_pdf,
    "pages.tif": write_multipage_tiff,
    "page.webp": write_picture,
    "page.jp2": write_picture,
    "page.png": write_picture,
    "page.jpg": write_picture,
}
"""File name to how the page is written into it."""


def _write_pdf(page: Image.Image, data: bytes, decoder: str, file: Path) -> None:
    """One picture that fills its page."""
    width, height = page.width * 72 / DPI, page.height * 72 / DPI
    with pikepdf.new() as document:
        sheet = document.add_blank_page(page_size=(width, height))
        picture = pikepdf.Stream(document, data)
        picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        picture.Width, picture.Height = page.width, page.height
        picture.Filter = pikepdf.Name(f"/{decoder}")
        if decoder == "JBIG2Decode":
            picture.ColorSpace, picture.BitsPerComponent = pikepdf.Name.DeviceGray, 1
        name = sheet.add_resource(picture, pikepdf.Name.XObject)
        sheet.Contents = pikepdf.Stream(document, f"q {width:.2f} 0 0 {height:.2f} 0 0 cm {name} Do Q".encode("ascii"))
        document.save(file)


def _jbig2(page: Image.Image) -> bytes:
    """A JBIG2 stream as PDF embeds it: a page and one generic region of template 3 (ITU-T T.88, 7.4.6)."""
    size = struct.pack(">II", page.width, page.height)
    page_information = size + struct.pack(">IIBH", 0, 0, 0, 0)
    template_3, adaptive_pixel = 3 << 1, struct.pack("bb", 2, -1)
    region = size + struct.pack(">IIBB", 0, 0, 0, template_3) + adaptive_pixel + _arithmetic(*_pixels(page))
    return _segment(0, 48, page_information) + _segment(1, 38, region)


def _segment(number: int, kind: int, data: bytes) -> bytes:
    """A segment of page 1 that refers to no other (7.2)."""
    return struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data


def _pixels(page: Image.Image) -> tuple[list[int], list[int]]:
    """Ink (1) or paper (0) of each pixel, and its context: four pixels to the left and six above (6.2.5.3)."""
    ink = 1 - np.asarray(page, np.uint16)
    height, width = ink.shape
    framed = np.pad(ink, ((1, 0), (4, 2)))
    contexts = np.zeros_like(ink)
    for k in range(1, 5):
        contexts |= framed[1:, 4 - k : 4 - k + width] << (k - 1)
    for k in range(-3, 3):
        contexts |= framed[:height, 4 + k : 4 + k + width] << (k + 7)
    return ink.ravel().tolist(), contexts.ravel().tolist()


# Probability, next state after the more and the less probable symbol, whether the two then change places (Table E.1).
_STATES = (
    (0x5601, 1, 1, 1), (0x3401, 2, 6, 0), (0x1801, 3, 9, 0), (0x0AC1, 4, 12, 0), (0x0521, 5, 29, 0),
    (0x0221, 38, 33, 0), (0x5601, 7, 6, 1), (0x5401, 8, 14, 0), (0x4801, 9, 14, 0), (0x3801, 10, 14, 0),
    (0x3001, 11, 17, 0), (0x2401, 12, 18, 0), (0x1C01, 13, 20, 0), (0x1601, 29, 21, 0), (0x5601, 15, 14, 1),
    (0x5401, 16, 14, 0), (0x5101, 17, 15, 0), (0x4801, 18, 16, 0), (0x3801, 19, 17, 0), (0x3401, 20, 18, 0),
    (0x3001, 21, 19, 0), (0x2801, 22, 19, 0), (0x2401, 23, 20, 0), (0x2201, 24, 21, 0), (0x1C01, 25, 22, 0),
    (0x1801, 26, 23, 0), (0x1601, 27, 24, 0), (0x1401, 28, 25, 0), (0x1201, 29, 26, 0), (0x1101, 30, 27, 0),
    (0x0AC1, 31, 28, 0), (0x09C1, 32, 29, 0), (0x08A1, 33, 30, 0), (0x0521, 34, 31, 0), (0x0441, 35, 32, 0),
    (0x02A1, 36, 33, 0), (0x0221, 37, 34, 0), (0x0141, 38, 35, 0), (0x0111, 39, 36, 0), (0x0085, 40, 37, 0),
    (0x0049, 41, 38, 0), (0x0025, 42, 39, 0), (0x0015, 43, 40, 0), (0x0009, 44, 41, 0), (0x0005, 45, 42, 0),
    (0x0001, 45, 43, 0), (0x5601, 46, 46, 0),
)  # fmt: skip


def _arithmetic(bits: list[int], contexts: list[int]) -> bytes:
    """The bits in arithmetic code (T.88, Annex E.2)."""
    out = _CodeBytes()
    states, likely = [0] * 1024, [0] * 1024
    interval = 0x8000
    for bit, context in zip(bits, contexts, strict=True):
        probability, after_likely, after_unlikely, switch = _STATES[states[context]]
        interval -= probability
        if bit == likely[context]:
            if interval & 0x8000:
                out.code += probability
                continue
            states[context] = after_likely
            upper = interval >= probability
        else:
            states[context] = after_unlikely
            likely[context] ^= switch
            upper = interval < probability
        if upper:
            out.code += probability
        else:
            interval = probability
        while not interval & 0x8000:
            interval <<= 1
            out.shift()
    return out.end(interval)


class _CodeBytes:
    """The code register and the bytes that leave it (E.2.6 to E.2.9). The first byte is scratch."""

    def __init__(self) -> None:
        self.code = 0
        self._free_bits = 12
        self._bytes = bytearray(1)

    def shift(self) -> None:
        self.code <<= 1
        self._free_bits -= 1
        if self._free_bits == 0:
            self._put()

    def end(self, interval: int) -> bytes:
        most = self.code + interval
        self.code |= 0xFFFF
        if self.code >= most:
            self.code -= 0x8000
        for _ in range(2):
            self.code <<= self._free_bits
            self._put()
        if self._bytes[-1] == 0xFF:
            del self._bytes[-1]
        return bytes(self._bytes[1:]) + b"\xff\xac"

    def _put(self) -> None:
        if self._bytes[-1] != 0xFF and self.code >= 1 << 27:
            self._bytes[-1] += 1
            self.code &= (1 << 27) - 1
        bits = 7 if self._bytes[-1] == 0xFF else 8
        self._bytes.append(self.code >> (27 - bits))
        self.code &= (1 << (27 - bits)) - 1
        self._free_bits = bits
