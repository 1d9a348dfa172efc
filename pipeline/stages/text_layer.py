"""The invisible text of a searchable page: content stream and font.

The font has one empty glyph that every character maps to. Its widths are stretched so that each word covers its own
picture, and a ToUnicode map gives the letters back to search and copy.
"""

from functools import cache
from io import BytesIO
from statistics import median

from fontTools.fontBuilder import FontBuilder
from fontTools.misc.timeTools import timestampSinceEpoch
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from schemas.text import Line, PageText, Word

_UNITS_PER_EM = 1000
_ADVANCE = 500
_MOST_HEIGHT = 6
"""Of a word, in widths of its letters: in taller ones, such as words set sideways, poppler takes two equal letters side
by side for one that is printed twice."""
_FIXED_TIME = timestampSinceEpoch(946684800.0)
"""1 January 2000, so that the font is the same on every run."""
_DESCENT_SHARE = 0.22
"""Part of a line's height that lies under its baseline, about the same for the fonts of office print."""


def content(page: PageText) -> bytes:
    """The text operators of a page whose user space is points, origin bottom left.

    Words outside the Basic Multilingual Plane lose those characters; Vietnamese has none.
    """
    points_per_px = 72 / page.dpi
    parts = ["BT 3 Tr"]
    for line in page.lines:
        parts.extend(_line_operators(line, page.height_px, points_per_px))
    parts.append("ET")
    return "\n".join(parts).encode("ascii")


def _line_operators(line: Line, page_height_px: int, points_per_px: float) -> list[str]:
    operators = []
    for word, (bottom, height) in zip(line.words, _rows(line), strict=True):
        text = laid(word)
        if not text:
            continue
        size = height * points_per_px
        x, y = word.box.left * points_per_px, (page_height_px - bottom) * points_per_px + _DESCENT_SHARE * size
        stretch = word.box.width * points_per_px / (len(text) * size * _ADVANCE / _UNITS_PER_EM) * 100
        shown = text + ("" if word is line.words[-1] else " ")
        codes = shown.encode("utf-16-be").hex()
        operators.append(f"/F1 {size:.2f} Tf {stretch:.2f} Tz 1 0 0 1 {x:.2f} {y:.2f} Tm <{codes}> Tj")
    return operators


def _rows(line: Line) -> list[tuple[float, float]]:
    """Bottom and height, in pixels, of the row in which each word is laid.

    All words of a line share theirs, else a dash would float and tear the line apart on extraction. Only a word whose
    middle is outside of it, because the engine put it among specks or into a line far off, keeps its own.
    """
    height = max(1.0, median(word.box.height for word in line.words))
    bottom = median(word.box.bottom for word in line.words)
    return [_row(word, bottom, height) for word in line.words]


def _row(word: Word, bottom: float, height: float) -> tuple[float, float]:
    middle, most = (word.box.top + word.box.bottom) / 2, _MOST_HEIGHT * word.box.width / max(1, len(word.text))
    if not bottom - height <= middle <= bottom:
        bottom, height = word.box.bottom, max(1.0, word.box.height)
    return (bottom, height) if height <= most else (middle + most / 2, most)


def laid(word: Word) -> str:
    """The letters of a word that its page's copy will have: none for a word without width."""
    return "".join(c for c in word.text if ord(c) < 0x10000) if word.box.width > 0 else ""


def add_font(writer: PdfWriter) -> IndirectObject:
    """Add the font to a document once; pages refer to it as /F1."""
    to_unicode = StreamObject()
    to_unicode.set_data(_to_unicode())
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type0"),
            NameObject("/BaseFont"): NameObject("/Invisible"),
            NameObject("/Encoding"): NameObject("/Identity-H"),
            NameObject("/DescendantFonts"): ArrayObject([_add_descendant(writer)]),
            NameObject("/ToUnicode"): writer._add_object(to_unicode.flate_encode()),
        }
    )
    return writer._add_object(font)


def _add_descendant(writer: PdfWriter) -> IndirectObject:
    """The font proper: every character code shows the one empty glyph."""
    to_one_glyph = StreamObject()
    to_one_glyph.set_data(b"\x00\x01" * 0x10000)
    system = DictionaryObject(
        {
            NameObject("/Registry"): TextStringObject("Adobe"),
            NameObject("/Ordering"): TextStringObject("Identity"),
            NameObject("/Supplement"): NumberObject(0),
        }
    )
    descendant = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/CIDFontType2"),
            NameObject("/BaseFont"): NameObject("/Invisible"),
            NameObject("/CIDSystemInfo"): system,
            NameObject("/FontDescriptor"): _add_descriptor(writer),
            NameObject("/DW"): NumberObject(_ADVANCE),
            NameObject("/CIDToGIDMap"): writer._add_object(to_one_glyph.flate_encode()),
        }
    )
    return writer._add_object(descendant)


def _add_descriptor(writer: PdfWriter) -> IndirectObject:
    program = StreamObject()
    program.set_data(_font_program())
    program[NameObject("/Length1")] = NumberObject(len(_font_program()))
    descriptor = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/FontDescriptor"),
            NameObject("/FontName"): NameObject("/Invisible"),
            NameObject("/Flags"): NumberObject(5),
            NameObject("/FontBBox"): ArrayObject(NumberObject(n) for n in (0, -200, _ADVANCE, 800)),
            NameObject("/ItalicAngle"): NumberObject(0),
            NameObject("/Ascent"): NumberObject(800),
            NameObject("/Descent"): NumberObject(-200),
            NameObject("/CapHeight"): NumberObject(800),
            NameObject("/StemV"): NumberObject(80),
            NameObject("/FontFile2"): writer._add_object(program.flate_encode()),
        }
    )
    return writer._add_object(descriptor)


@cache
def _font_program() -> bytes:
    """A TrueType font of two empty glyphs, the same bytes on every run."""
    names = [".notdef", "blank"]
    builder = FontBuilder(_UNITS_PER_EM, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({0x20: "blank"})
    builder.setupGlyf({name: Glyph() for name in names})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (_ADVANCE, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Invisible", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = _FIXED_TIME
    builder.font.recalcTimestamp = False
    out = BytesIO()
    builder.save(out)
    return out.getvalue()


@cache
def _to_unicode() -> bytes:
    """Each two-byte code is its own UTF-16 value; a range may not cross a first byte (Adobe note 5411)."""
    ranges = [f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>" for high in range(0x100)]
    blocks = [ranges[start : start + 100] for start in range(0, len(ranges), 100)]
    body = "\n".join(f"{len(block)} beginbfrange\n" + "\n".join(block) + "\nendbfrange" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
