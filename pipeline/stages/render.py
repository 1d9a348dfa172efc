"""Step 9: pages and words become a searchable PDF/A-2b, the same bytes for the same input."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import pikepdf
import pikepdf.pdfa
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
)

from pipeline.errors import ScanRejected
from pipeline.pages import Pixels, ReadPage
from pipeline.stages import text_layer

_JPEG_QUALITY = 62
"""Red seals and thin pen strokes stay clean at this quality and 300 dpi; looked at, and compared by eye."""


_FIXED_DATE = "2000-01-01T00:00:00+00:00"
"""When a copy was made stands in its record; in the file it would make two equal copies differ."""


def write_picture(colour: Pixels, target: Path) -> None:
    """Keep a clean colour page as the JPEG that the archive copy will show."""
    cv2.imwrite(str(target), colour, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY, cv2.IMWRITE_JPEG_OPTIMIZE, 1])


def render(pages: Sequence[ReadPage], target: Path) -> None:
    """Write one paper as PDF/A-2b (ISO 19005-2), every page in its order, its text invisibly on its words.

    Args:
        pages: in order; their pictures are JPEG files of the size their text's boxes refer to.
        target: the file to write.

    Raises:
        ScanRejected: unreadable, when what was written does not validate.
    """
    writer = PdfWriter()
    font = text_layer.add_font(writer)
    for page in pages:
        _add_page(writer, page, font)
    joined = target.with_suffix(".joined")
    try:
        with joined.open("wb") as out:
            writer.write(out)
        with pikepdf.open(joined) as pdf:
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
    picture = StreamObject()
    picture.set_data(page.picture.read_bytes())
    picture.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(page.text.width_px),
            NameObject("/Height"): NumberObject(page.text.height_px),
            NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Filter"): NameObject("/DCTDecode"),
        }
    )
    shown = f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Im1 Do Q\n".encode("ascii")
    operators = DecodedStreamObject()
    operators.set_data(shown + text_layer.content(page.text))
    blank = writer.add_blank_page(width=width, height=height)
    blank[NameObject("/Resources")] = DictionaryObject(
        {
            NameObject("/XObject"): DictionaryObject({NameObject("/Im1"): writer._add_object(picture)}),
            NameObject("/Font"): DictionaryObject({NameObject("/F1"): font}),
        }
    )
    blank[NameObject("/Contents")] = writer._add_object(operators.flate_encode())
    blank[NameObject("/MediaBox")] = ArrayObject(FloatObject(n) for n in (0, 0, round(width, 3), round(height, 3)))
