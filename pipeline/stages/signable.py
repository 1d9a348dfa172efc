"""A copy made ready to be signed: its bytes as they are, then a mark and an empty place for the signature.

Runs in a parser process only. No key and no certificate comes here: what is signed is a hash.
"""

from io import BytesIO
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from pipeline.errors import ScanRejected
from pipeline.pages import Signable, SignatureWanted
from pipeline.stages.mark_place import MarkPlace, find_place

_ROOM_BYTES = 16 << 10
"""For a signature with its certificates and a time stamp with those of its authority; usual ones take 5 to 11 KB."""
_FIELD = "hoso"
_BROKEN = (PdfError, SigningError, ValueError, KeyError, TypeError, IndexError, AttributeError, OSError)
"""What pyHanko raises for files that are no good PDFs: its documentation names its own, hostile files show the rest."""
_UPRIGHT = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}
"""How a mark is turned in the space of a page that is shown turned clockwise, so that it stands upright."""


def write_signable(copy: Path, wanted: SignatureWanted, target: Path, timeout_s: float) -> Signable:
    """Write a copy with its mark and room for a signature over all of it.

    The signature will certify the file: nothing may be written to it afterwards (ISO 32000-1, 12.8.2.2).

    Args:
        copy: the archive copy; the file begins with its bytes.
        wanted: the mark and the time.
        target: the file to write.
        timeout_s: programs that draw the page are stopped after this.

    Raises:
        ScanRejected: unreadable.
    """
    try:
        with copy.open("rb") as source, target.open("w+b") as out:
            writer = IncrementalPdfFileWriter(source)
            return _write(writer, copy, wanted, out, timeout_s)
    except _BROKEN as error:
        raise ScanRejected("unreadable", "the copy cannot be signed") from error


def _write(
    writer: IncrementalPdfFileWriter, copy: Path, wanted: SignatureWanted, out: Any, timeout_s: float
) -> Signable:
    mark = PdfFileReader(BytesIO(wanted.mark.read_bytes()))
    page = writer.find_page_for_modification(0)[0].get_object()
    box, turned = _media_box(page), int(_inherited(page, "/Rotate") or 0) % 360
    width, height = box[2] - box[0], box[3] - box[1]
    shown = (height, width) if turned in (90, 270) else (width, height)
    place = find_place(copy, shown, _size(mark), wanted.corner, timeout_s)
    field = SigFieldSpec(_FIELD, on_page=0, box=_on_page(place, box, turned))  # type: ignore[arg-type] # fractions, too
    steps = PdfCMSEmbedder(field).write_cms(_FIELD, writer)
    annotation = next(steps).get_object()
    annotation["/AP"] = generic.DictionaryObject({generic.pdf_name("/N"): _appearance(writer, mark, turned)})
    placeholder = SignatureObject(
        timestamp=wanted.signed_at, subfilter=SigSeedSubFilter.PADES, bytes_reserved=2 * _ROOM_BYTES
    )
    only_this = SigMDPSetup(md_algorithm="sha256", certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
    steps.send(SigObjSetup(sig_placeholder=placeholder, mdp_setup=only_this))
    prepared, _ = steps.send(SigIOSetup(md_algorithm="sha256", output=out))
    return Signable(
        sha256=prepared.document_digest.hex(),
        room=(prepared.reserved_region_start + 1, prepared.reserved_region_end - 1),
        covers=place.covers,
    )


def _appearance(writer: IncrementalPdfFileWriter, mark: PdfFileReader, turned: int) -> generic.IndirectObject:
    drawn = writer.import_page_as_xobject(mark)
    matrix = [generic.NumberObject(part) for part in (*_UPRIGHT[turned], 0, 0)]
    drawn.get_object()[generic.pdf_name("/Matrix")] = generic.ArrayObject(matrix)
    reference: generic.IndirectObject = drawn
    return reference


def _on_page(place: MarkPlace, box: tuple[float, ...], turned: int) -> tuple[float, float, float, float]:
    """A place on the page as it is shown, in the page's own space: left, bottom, right, top."""
    x0, y0, x1, y1 = box
    left, top = place.left_pt, place.top_pt
    right, bottom = left + place.width_pt, top + place.height_pt
    return {
        0: (x0 + left, y1 - bottom, x0 + right, y1 - top),
        90: (x0 + top, y0 + left, x0 + bottom, y0 + right),
        180: (x1 - right, y0 + top, x1 - left, y0 + bottom),
        270: (x1 - bottom, y1 - right, x1 - top, y1 - left),
    }[turned]


def _size(mark: PdfFileReader) -> tuple[float, float]:
    x0, y0, x1, y1 = _media_box(mark.find_page_for_modification(0)[0].get_object())
    return x1 - x0, y1 - y0


def _media_box(page: Any) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = (float(edge) for edge in _inherited(page, "/MediaBox"))
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _inherited(page: Any, key: str) -> Any:
    for _ in range(100):  # a tree of pages may be a ring
        if key in page:
            return page[key]
        if "/Parent" not in page:
            return None
        page = page["/Parent"]
    return None
