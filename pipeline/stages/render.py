"""Step 9: pages and words become a searchable PDF/A-2b, the same bytes for the same input."""

import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pikepdf
import pikepdf.pdfa
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
)

from pipeline.errors import ScanRejected
from pipeline.pages import ReadPage
from pipeline.stages import text_layer
from pipeline.stages.lone_page import LONE_PAGE, put_into, share_fonts
from pipeline.stages.picture import BACKGROUND, LAYERS, TEXT, PictureLayers
from pipeline.stages.proof import prove

_FIXED_DATE = "2000-01-01T00:00:00+00:00"
"""When a copy was made stands in its record; in the file it would make two equal copies differ."""


def render(pages: Sequence[ReadPage], target: Path) -> None:
    """Write one paper as PDF/A-2b (ISO 19005-2), every page in its order.

    A page is its picture with its text invisibly on its words; one that was born digital, and has all that the archive
    asks for, is itself, unless the copy would not prove itself then.

    Args:
        pages: in order, with their pictures as `write_picture` leaves them, and `LONE_PAGE` beside it.
        target: the file to write.

    Raises:
        ScanRejected: unreadable, when what was written does not validate or does not look like its pages.
        Misconfigured: missing_program, where there is none to draw the copy.
    """
    if any(_is_itself(page) for page in pages):
        try:
            _write(pages, target, _is_itself)
            prove(pages, target)
        except ScanRejected:
            target.unlink(missing_ok=True)
        else:
            return
    _write(pages, target, lambda _: False)
    prove(pages, target)


def _is_itself(page: ReadPage) -> bool:
    return (page.picture / LONE_PAGE).exists()


def _write(pages: Sequence[ReadPage], target: Path, is_itself: Callable[[ReadPage], bool]) -> None:
    writer = PdfWriter()
    font = text_layer.add_font(writer)
    for page in pages:
        if not is_itself(page):
            _add_page(writer, page, font)
    joined = target.with_suffix(".joined")
    try:
        with joined.open("wb") as out:
            writer.write(out)
        with pikepdf.open(joined) as pdf:
            for at, page in enumerate(pages):
                if is_itself(page):
                    put_into(pdf, page.picture / LONE_PAGE, at)
            share_fonts(pdf)
            pikepdf.pdfa.prepare(pdf, "2b")
            with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
                metadata["xmp:MetadataDate"] = _FIXED_DATE
            pikepdf.pdfa.save(pdf, target, flavour="2b", repair=False, deterministic_id=True)
    except pikepdf.pdfa.PdfaError as error:
        raise ScanRejected("unreadable", "archive copy is not PDF/A") from error
    finally:
        joined.unlink(missing_ok=True)


def _add_page(writer: PdfWriter, page: ReadPage, font: IndirectObject) -> None:
    width = page.text.width_px * 72 / page.text.dpi
    height = page.text.height_px * 72 / page.text.dpi
    layers = PictureLayers.model_validate_json((page.picture / LAYERS).read_text(encoding="ascii"))
    place = f"{width:.3f} 0 0 {height:.3f} 0 0 cm"
    images = {NameObject("/Im1"): writer._add_object(_background(page.picture, layers.background_size_px))}
    shown = f"q {place} /Im1 Do Q\n"
    if layers.text_size_px is not None:
        images[NameObject("/Im2")] = writer._add_object(_text_mask(page.picture, layers.text_size_px))
        ink = " ".join(f"{level / 255:.3f}" for level in layers.ink_rgb)
        shown += f"q {ink} rg {place} /Im2 Do Q\n"
    operators = DecodedStreamObject()
    operators.set_data(shown.encode("ascii") + text_layer.content(page.text))
    blank = writer.add_blank_page(width=width, height=height)
    blank[NameObject("/Resources")] = DictionaryObject(
        {
            NameObject("/XObject"): DictionaryObject(images),
            NameObject("/Font"): DictionaryObject({NameObject("/F1"): font}),
        }
    )
    blank[NameObject("/Contents")] = writer._add_object(operators.flate_encode())
    blank[NameObject("/MediaBox")] = ArrayObject(FloatObject(n) for n in (0, 0, round(width, 3), round(height, 3)))


def _background(picture: Path, size_px: tuple[int, int]) -> StreamObject:
    """A JPEG, packed once more: its code for empty paper is one short pattern over and over.

    A progressive JPEG would be 5 % smaller still, but takes three times as long to make and to draw.
    """
    image = _image(size_px)
    image.set_data(zlib.compress((picture / BACKGROUND).read_bytes(), 9))
    image.update(
        {
            NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Filter"): ArrayObject([NameObject("/FlateDecode"), NameObject("/DCTDecode")]),
        }
    )
    return image


def _text_mask(picture: Path, size_px: tuple[int, int]) -> StreamObject:
    """A stencil: ink is painted through what is black in it."""
    image = _image(size_px)
    image.set_data((picture / TEXT).read_bytes())
    fax = {"/K": -1, "/Columns": size_px[0], "/Rows": size_px[1]}  # K below 0 is ITU-T T.6, "Group 4"
    image.update(
        {
            NameObject("/ImageMask"): BooleanObject(True),
            NameObject("/BitsPerComponent"): NumberObject(1),
            NameObject("/Filter"): NameObject("/CCITTFaxDecode"),
            NameObject("/DecodeParms"): DictionaryObject({NameObject(k): NumberObject(v) for k, v in fax.items()}),
        }
    )
    return image


def _image(size_px: tuple[int, int]) -> StreamObject:
    image = StreamObject()
    image.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(size_px[0]),
            NameObject("/Height"): NumberObject(size_px[1]),
        }
    )
    return image
