"""Files that mean harm, made here: bombs, giants, circles, files of two kinds, and PDFs that act."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from pipeline.pages import Pixels
from tests.digital import picture
from tests.sheets import DPI, text_page

_POINTS_PER_PX = 72 / DPI


def scan_pdf(page: Pixels) -> bytes:
    """A plain scan of one page, as scanners write it."""
    height, width = (side * _POINTS_PER_PX for side in page.shape[:2])
    with pikepdf.new() as pdf:
        sheet = pdf.add_blank_page(page_size=(width, height))
        name = sheet.add_resource(picture(pdf, page), Name.XObject)
        sheet.Contents = pikepdf.Stream(pdf, f"q {width:.2f} 0 0 {height:.2f} 0 0 cm {name} Do Q".encode("ascii"))
        return _saved(pdf)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


ACTING = ("script", "program", "embedded_file", "media", "form_program", "link", "acts_by_itself")


def acting(data: bytes, kind: str) -> bytes:
    """A PDF that now also holds this kind of active content, as `pipeline.stages.active_content` calls it."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        sheet = pdf.pages[0]
        match kind:
            case "script":
                scripts = Array([pikepdf.String("a"), Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))])
                pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=scripts))
            case "program":
                _annotate(pdf, sheet, A=Dictionary(S=Name.Launch, F=pikepdf.String("calc.exe")))
            case "embedded_file":
                pdf.attachments["evil.exe"] = b"MZ and so on"
            case "media":
                _annotate(pdf, sheet, Subtype=Name.RichMedia, RichMediaContent=Dictionary())
            case "form_program":
                pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=pdf.make_stream(b"<xdp:xdp/>"))
            case "link":
                _annotate(pdf, sheet, A=Dictionary(S=Name.URI, URI=pikepdf.String("https://collect.example/?a")))
            case "acts_by_itself":
                pdf.Root.OpenAction = Dictionary(S=Name.Named, N=Name.Print)
        return _saved(pdf)


def _annotate(pdf: pikepdf.Pdf, sheet: pikepdf.Page, **what: pikepdf.Object) -> None:
    shown = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 200, 200]))
    for name, value in what.items():
        shown[f"/{name}"] = value
    sheet.obj.Annots = Array([pdf.make_indirect(shown)])


def zip_behind(data: bytes) -> bytes:
    """The file with an archive behind it, which programs that unpack take for an archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("evil.exe", b"MZ and so on")
    return data + packed.getvalue()


def web_page_before(pdf: bytes) -> bytes:
    """The file behind a web page, which browsers take for one."""
    return b"<html><script>fetch('https://collect.example')</script></html>\n" + pdf


def picture_before(pdf: bytes) -> bytes:
    """A picture whose remark is the beginning of a PDF, which PDF programs take for one."""
    jpeg = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(jpeg, "JPEG", dpi=(DPI, DPI))
    remark = pdf[:60_000]
    head = jpeg.getvalue()[:2] + b"\xff\xfe" + struct.pack(">H", len(remark) + 2) + remark
    return head + jpeg.getvalue()[2:] + pdf[60_000:]


TWO_KINDS = {"zip": zip_behind, "web page": web_page_before, "picture": picture_before}


def circular_pages() -> bytes:
    """A tree of pages in which a branch is its own twig."""
    with pikepdf.open(io.BytesIO(scan_pdf(text_page((), size=(300, 200))))) as pdf:
        root = pdf.Root.Pages
        root.Kids = Array([*root.Kids, pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=Array([root]), Count=1))])
        root.Count = 2
        return _saved(pdf)


def bomb_pdf(megabytes: int = 300) -> bytes:
    """A page whose drawing is a few kilobytes that unpack to so much, twice packed."""
    once = zlib.compressobj(9)
    block = b" " * (1 << 20)
    packed = b"".join(once.compress(block) for _ in range(megabytes)) + once.flush()
    with pikepdf.new() as pdf:
        sheet = pdf.add_blank_page(page_size=(200, 200))
        sheet.Contents = pikepdf.Stream(pdf, zlib.compress(packed, 9))
        sheet.Contents.Filter = Array([Name.FlateDecode, Name.FlateDecode])
        return _saved(pdf)


def giant_png(side: int = 100_000) -> bytes:
    """A picture that says it has ten billion pixels, in a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(3 * side + 1))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


DECODERS = ("FlateDecode", "JBIG2Decode", "JPXDecode")


def giant_in_pdf(decoder: str, side: int = 100_000) -> bytes:
    """A page whose picture says it has ten billion pixels: packed by Flate, JBIG2 or JPEG 2000."""
    packed = {"FlateDecode": zlib.compress(bytes(10_000)), "JBIG2Decode": _jbig2(side), "JPXDecode": _jpeg2000(side)}
    with pikepdf.new() as pdf:
        sheet = pdf.add_blank_page(page_size=(595, 842))
        shown = pikepdf.Stream(pdf, packed[decoder])
        shown.Type, shown.Subtype, shown.Filter = Name.XObject, Name.Image, Name(f"/{decoder}")
        shown.Width, shown.Height, shown.BitsPerComponent, shown.ColorSpace = side, side, 1, Name.DeviceGray
        name = sheet.add_resource(shown, Name.XObject)
        sheet.Contents = pikepdf.Stream(pdf, f"q 595 0 0 842 0 0 cm {name} Do Q".encode("ascii"))
        return _saved(pdf)


def _jbig2(side: int) -> bytes:
    """A page and a generic region that claim so many pixels a side (ITU-T T.88, 7.4.8 and 7.4.6)."""
    page = struct.pack(">IIIIBH", side, side, 0, 0, 0, 0)
    region = struct.pack(">IIIIB", side, side, 0, 0, 0) + bytes([6]) + struct.pack("bb", 2, -1) + bytes(32)
    segments = ((0, 48, page), (1, 38, region))
    return b"".join(struct.pack(">IBBBI", n, kind, 0, 1, len(data)) + data for n, kind, data in segments)


def _jpeg2000(side: int) -> bytes:
    """A small picture whose header claims so many pixels a side (ISO/IEC 15444-1, A.5.1)."""
    out = io.BytesIO()
    Image.new("L", (64, 64), 255).save(out, "JPEG2000", no_jp2=True)
    data = bytearray(out.getvalue())
    at = data.index(b"\xff\x51") + 6
    data[at : at + 8] = struct.pack(">II", side, side)
    return bytes(data)


def deep_pdf(depth: int = 20_000) -> bytes:
    """Arrays in arrays, deeper than programs that read them by calling themselves can go."""
    nested = b"[" * depth + b"]" * depth
    return (
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R /Deep " + nested + b" >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
    )


def save(data: bytes, path: Path) -> Path:
    """Write a file."""
    path.write_bytes(data)
    return path
