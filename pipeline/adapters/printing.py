"""Sheets as PDF for the printer: A4, an embedded font with all Vietnamese letters, and a QR code."""

from collections.abc import Sequence
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path

import pikepdf
import zxingcpp
from fontTools import subset
from fontTools.ttLib import TTFont
from pikepdf import Dictionary, Matrix, Name
from pikepdf.canvas import BLACK, Canvas, Color, Font, Text, TextDirection
from PIL import Image

from pipeline.errors import Misconfigured
from pipeline.sheets import Section, Sheet

_FOLDER = Path("/usr/share/fonts/truetype")
_FONTS = ("liberation2/LiberationSerif-{}.ttf", "liberation/LiberationSerif-{}.ttf", "dejavu/DejaVuSerif{}.ttf")
_STYLES = (("Regular", ""), ("Bold", "-Bold"))
_PACKAGE = "fonts-liberation2"
_MUST_HAVE = "ĂẠẾỮỘđựặỷ"
"""Older fonts draw most Vietnamese letters as boxes."""
_A4_PT = (595.28, 841.89)
_MM = 72 / 25.4
_MARGIN_PT, _BOTTOM_PT = 20 * _MM, 20 * _MM
_QR_PT = 36 * _MM
_QR_QUIET_MODULES = 4
"""Free space around the code that ISO/IEC 18004 asks for."""
_PX_A_MODULE = 8
_SMALL_PT, _TEXT_PT = 11, 12
"""Nothing is smaller, so that old people read it without help."""
_LEADING = 1.35
_LABEL_PT = 31 * _MM
_GREY, _LINE = Color(0.35, 0.35, 0.35, 1), Color(0.7, 0.7, 0.7, 1)


class Face(Font):
    """A TrueType font that is embedded with the letters used, coded by glyph (Identity-H)."""

    def __init__(self, path: Path) -> None:
        """Args: path: of the font's file."""
        self._path = path
        self._font = TTFont(path, lazy=True)
        self._letters: dict[int, str] = {}

    @cached_property
    def _glyphs(self) -> dict[int, str]:
        glyphs: dict[int, str] = self._font.getBestCmap()
        return glyphs

    def has(self, letters: str) -> bool:
        """Whether it can draw all these letters."""
        return all(ord(letter) in self._glyphs for letter in letters)

    def encode(self, text: str) -> bytes:
        """The codes of the text; letters it has no glyph for become its sign of a missing one."""
        ids = [self._font.getGlyphID(self._glyphs.get(ord(letter), ".notdef")) for letter in text]
        self._letters.update(zip(ids, text, strict=True))
        return b"".join(number.to_bytes(2, "big") for number in ids)

    def text_width(self, text: str | bytes, fontsize: float = 1, **_: object) -> float:  # type: ignore[override]
        """Width in points."""
        letters = text if isinstance(text, str) else text.decode("utf-16-be")
        return sum(self._advance(self._glyphs.get(ord(letter), ".notdef")) for letter in letters) * fontsize / 1000

    def _advance(self, glyph: str) -> float:
        units: float = self._font["head"].unitsPerEm
        width: float = self._font["hmtx"][glyph][0]
        return width * 1000 / units

    def register(self, pdf: pikepdf.Pdf) -> Dictionary:
        """Put the font with the letters encoded so far into the file."""
        head, name = self._font["head"], Name("/HOSO+" + self._path.stem.replace("-", ""))
        box = [round(value * 1000 / head.unitsPerEm) for value in (head.xMin, head.yMin, head.xMax, head.yMax)]
        descriptor = Dictionary(
            Type=Name.FontDescriptor, FontName=name, Flags=4, FontBBox=box, ItalicAngle=0, StemV=80,
            Ascent=box[3], Descent=box[1], CapHeight=700, FontFile2=pdf.make_stream(self._subset()),
        )  # fmt: skip
        widths: list[object] = []
        for number in sorted(self._letters):
            widths += [number, [self._advance(self._font.getGlyphName(number))]]
        descendant = Dictionary(
            Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=name, CIDToGIDMap=Name.Identity, W=widths,
            CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
            FontDescriptor=pdf.make_indirect(descriptor),
        )  # fmt: skip
        font = Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=name, Encoding=Name("/Identity-H"),
            DescendantFonts=[pdf.make_indirect(descendant)], ToUnicode=pdf.make_stream(self._to_unicode()),
        )  # fmt: skip
        return pdf.make_indirect(font)

    def _subset(self) -> bytes:
        options = subset.Options(retain_gids=True, layout_features=[], hinting=False, notdef_outline=True)
        options.drop_tables += ["FFTM"]  # an editor's time stamps, which the cutter warns of
        cutter = subset.Subsetter(options)
        cutter.populate(text="".join(self._letters.values()))
        font, out = TTFont(self._path), BytesIO()
        cutter.subset(font)
        font.save(out)
        return out.getvalue()

    def _to_unicode(self) -> bytes:
        pairs = [f"<{number:04X}> <{letter.encode('utf-16-be').hex()}>" for number, letter in self._letters.items()]
        blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
        mapped = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
        return (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Letters def /CMapType 2 def\n"
            f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{mapped}\nendcmap end end"
        ).encode("ascii")


@cache
def font_files() -> tuple[Path, Path]:
    """Regular and bold of the first installed font that has all letters. Raises: Misconfigured (missing_program)."""
    for pattern in _FONTS:
        style = 1 if "DejaVu" in pattern else 0
        files = [_FOLDER / pattern.format(names[style]) for names in _STYLES]
        if all(file.is_file() and Face(file).has(_MUST_HAVE) for file in files):
            return files[0], files[1]
    raise Misconfigured("missing_program", f"apt-get install {_PACKAGE}")


def print_sheet(sheet: Sheet) -> bytes:
    """The sheet as PDF, on as many A4 pages as it needs; every page bears the code of the dossier, the first the QR.

    Raises:
        Misconfigured: (missing_program) no font with Vietnamese letters is installed.
    """
    regular, bold = (Face(file) for file in font_files())
    pen = _Pen(sheet, regular, bold)
    pen.head()
    for section in sheet.sections:
        pen.section(section)
    if sheet.small_print:
        pen.gap()
        pen.paragraph(sheet.small_print, _SMALL_PT, colour=_GREY)
    return pen.finish()


class _Pen:
    """Writes a sheet from top to bottom; begins a new page where one is full."""

    def __init__(self, sheet: Sheet, regular: Face, bold: Face) -> None:
        self._sheet, self._faces = sheet, {Name.F1: regular, Name.F2: bold}
        self._canvases: list[Canvas] = []
        self._y = 0.0
        self._new_page()

    def head(self) -> None:
        """The code at the left, and what the sheet is beside it."""
        top, beside = self._y, _MARGIN_PT + _QR_PT + 8 * _MM
        self._now.do.draw_image(_qr(self._sheet.qr), _MARGIN_PT, top - _QR_PT, _QR_PT, _QR_PT)
        self._y -= 6
        self.paragraph(self._sheet.title, 18, bold=True, left=beside)
        self.paragraph(self._sheet.dossier_code, 16, bold=True, left=beside)
        for label, value in self._sheet.facts:
            self.paragraph(f"{label}: {value}", 11.5, left=beside)
        self._y = min(self._y, top - _QR_PT) - 6 * _MM
        if self._sheet.how:
            self.paragraph(self._sheet.how, 11.5, colour=_GREY)

    def gap(self) -> None:
        """A little room."""
        self._y -= 3 * _MM

    def section(self, section: Section) -> None:
        """A heading with its lines; a heading does not stay alone at the foot of a page."""
        self.gap()
        self._need(60)
        self._now.do.stroke_color(_LINE).line_width(0.6).line(_MARGIN_PT, self._y, _A4_PT[0] - _MARGIN_PT, self._y)
        self._now.do.stroke_color(BLACK)
        self._y -= 1 * _MM
        self.paragraph(section.heading, 13, bold=True)
        self._y -= 2
        for number, item in enumerate(section.items, 1):
            self._need(34)
            if section.boxes:
                self._now.do.rect(_MARGIN_PT, self._y - 12, 10, 10, fill=False)
            self.paragraph(f"{number}. {item.text}", _TEXT_PT, left=_MARGIN_PT + 18)
            for note in filter(None, item.note.splitlines()):
                self.paragraph(note, _SMALL_PT, left=_MARGIN_PT + 32, colour=_GREY)
            self._y -= 3
        for label, value in section.facts:
            self._fact(label, value)

    def _fact(self, label: str, value: str) -> None:
        """A label with its text in a column beside it; they are not parted by the end of a page."""
        lines = _lines(value, self._faces[Name.F1], _SMALL_PT, _A4_PT[0] - 2 * _MARGIN_PT - _LABEL_PT)
        self._need(len(lines) * _SMALL_PT * _LEADING + 3)
        top = self._y
        self.paragraph(label, _SMALL_PT, bold=True)
        foot, self._y = self._y, top
        self.paragraph(value, _SMALL_PT, left=_MARGIN_PT + _LABEL_PT)
        self._y = min(self._y, foot) - 3

    def paragraph(
        self, text: str, size: float, *, bold: bool = False, left: float = _MARGIN_PT, colour: Color = BLACK
    ) -> None:
        """Text from the left edge given (points) to the right margin, in as many lines as it needs."""
        name = Name.F2 if bold else Name.F1
        for line in _lines(text, self._faces[name], size, _A4_PT[0] - _MARGIN_PT - left):
            self._need(size * _LEADING)
            self._y -= size * _LEADING
            self._now.do.fill_color(colour)
            self._show(line, name, size, (left, self._y + size * 0.35))

    def finish(self) -> bytes:
        """The file, with page numbers where there are several."""
        joined, total = pikepdf.new(), len(self._canvases)
        for number, canvas in enumerate(self._canvases, 1):
            self._now = canvas
            if total > 1:
                canvas.do.fill_color(_GREY)
                foot = f"{self._sheet.dossier_code}   {number}/{total}"
                self._show(foot, Name.F1, _SMALL_PT, (_MARGIN_PT, _BOTTOM_PT / 2))
        for canvas in self._canvases:  # only now is every letter known that the fonts must hold
            for name, face in self._faces.items():
                canvas.add_font(name, face)
            joined.pages.extend(canvas.to_pdf().pages)
        joined.docinfo["/Title"] = f"{self._sheet.title} {self._sheet.dossier_code}"
        out = BytesIO()
        joined.save(out)
        return out.getvalue()

    def _show(self, text: str, name: Name, size: float, at: tuple[float, float]) -> None:
        laid = Text(TextDirection.LTR)  # type: ignore[no-untyped-call] # pikepdf left its signature out
        laid.font(name, size).text_transform(Matrix(1, 0, 0, 1, *at))
        laid.show(self._faces[name].encode(text))
        self._now.do.draw_text(laid)

    def _need(self, height_pt: float) -> None:
        if self._y - height_pt < _BOTTOM_PT:
            self._new_page()

    def _new_page(self) -> None:
        self._now = Canvas(page_size=_A4_PT)
        self._canvases.append(self._now)
        self._y = _A4_PT[1] - _MARGIN_PT


def _lines(text: str, face: Face, size: float, width_pt: float) -> Sequence[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if face.text_width(longer, size) <= width_pt or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _qr(text: str) -> Image.Image:
    """The code with its quiet zone, finer than the printer's grid needs, since drivers smooth what is coarse."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    modules = Image.fromarray(code.to_image(scale=_PX_A_MODULE, add_quiet_zones=False))
    quiet = _QR_QUIET_MODULES * _PX_A_MODULE
    framed = Image.new("L", (modules.width + 2 * quiet, modules.height + 2 * quiet), 255)
    framed.paste(modules, (quiet, quiet))
    return framed
