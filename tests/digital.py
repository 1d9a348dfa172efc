"""PDFs that were never on paper, for tests about text that a page carries itself."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import cv2
import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import Dictionary, Name

from pipeline.pages import Pixels
from tests.sheets import TEXT
from tests.specimens.fonts import font

A4_POINTS = (595.28, 841.89)
LEFT, TOP, LEADING, SIZE = 60, 780, 27, 13


class Sign(NamedTuple):
    """What a code of a font draws, and what it is in Unicode as the font tells: a mark's code draws nothing here."""

    drawn: str
    told: str


Spelling = Callable[[str], Sequence[Sign]]


def plain(text: str) -> list[Sign]:
    """Every letter is told as it is drawn."""
    return [Sign(letter, letter) for letter in text]


class Print(NamedTuple):
    """How the text of a page is laid down."""

    lines: Sequence[str] = TEXT
    spelling: Spelling = plain
    font_name: str = "ABCDEF+LiberationSerif"
    invisible: bool = False
    embedded: bool = True
    top: float = TOP


WORD_EXPORT = Print()


def write_digital(path: Path, print_: Print = WORD_EXPORT, scan: Pixels | None = None) -> Path:
    """Write a page of A4 with this text, over a picture that fills it, if there is one."""
    width, height = A4_POINTS
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=A4_POINTS)
        signs = sorted({sign for line in print_.lines for sign in print_.spelling(line)})
        codes = {sign: code for code, sign in enumerate(signs, 1)}
        resources = Dictionary(Font=Dictionary(F1=_font(pdf, print_, codes)))
        shown = ""
        if scan is not None:
            resources.XObject = Dictionary(Scan=picture(pdf, scan))
            shown = f"q {width} 0 0 {height} 0 0 cm /Scan Do Q\n"
        shown += f"BT /F1 {SIZE} Tf {3 if print_.invisible else 0} Tr\n"
        for number, line in enumerate(print_.lines):
            text = "".join(f"{codes[sign]:04X}" for sign in print_.spelling(line))
            shown += f"1 0 0 1 {LEFT} {print_.top - LEADING * number} Tm <{text}> Tj\n"
        page.Resources = resources
        page.Contents = pikepdf.Stream(pdf, (shown + "ET").encode("ascii"))
        pdf.save(path, deterministic_id=True)
    return path


def picture(pdf: pikepdf.Pdf, pixels: Pixels) -> pikepdf.Stream:
    """Blue-green-red pixels as a PDF's JPEG."""
    stream = pikepdf.Stream(pdf, cv2.imencode(".jpg", pixels)[1].tobytes())
    height, width = pixels.shape[:2]
    stream.Type, stream.Subtype, stream.Filter = Name.XObject, Name.Image, Name.DCTDecode
    stream.Width, stream.Height, stream.BitsPerComponent, stream.ColorSpace = width, height, 8, Name.DeviceRGB
    return stream


def _font(pdf: pikepdf.Pdf, print_: Print, codes: dict[Sign, int]) -> pikepdf.Object:
    outlines, units = _outlines(), _outlines()["head"].unitsPerEm
    letters, order = outlines.getBestCmap(), outlines.getGlyphOrder()
    glyphs = {code: letters[ord(sign.drawn)] if sign.drawn else ".null" for sign, code in codes.items()}
    widths = [outlines["hmtx"][glyphs[code]][0] * 1000 / units for code in sorted(glyphs)]
    to_glyph = b"\0\0" + b"".join(order.index(glyphs[code]).to_bytes(2) for code in sorted(glyphs))
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name("/" + print_.font_name),
        Flags=4,
        FontBBox=[-180, -303, 1290, 1008],
        ItalicAngle=0,
        Ascent=891,
        Descent=-216,
        CapHeight=660,
        StemV=80,
    )
    if print_.embedded:
        descriptor.FontFile2 = pdf.make_stream(Path(str(font("Serif", SIZE).path)).read_bytes())
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name("/" + print_.font_name),
        CIDSystemInfo=Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        W=[1, widths],
        CIDToGIDMap=pdf.make_stream(to_glyph),
    )
    told = "\n".join(f"<{code:04X}> <{sign.told.encode('utf-16-be').hex()}>" for sign, code in codes.items())
    to_unicode = f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{len(codes)} beginbfchar\n{told}\nendbfchar"
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/" + print_.font_name),
            Encoding=Name("/Identity-H"),
            DescendantFonts=[pdf.make_indirect(descendant)],
            ToUnicode=pdf.make_stream(f"begincmap\n{to_unicode}\nendcmap\n".encode("ascii")),
        )
    )


@cache
def _outlines() -> TTFont:
    return TTFont(str(font("Serif", SIZE).path))
