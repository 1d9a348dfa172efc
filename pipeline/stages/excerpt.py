"""A file without some of its pages: what may be archived of a stack in which an identity card lay.

Runs in a parser process only.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pikepdf
from PIL import Image
from PIL.TiffImagePlugin import AppendingTiffWriter

from pipeline.errors import ScanRejected
from pipeline.stages.lone_page import BROKEN

_BROKEN_IMAGE = (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, IndexError)


def write_excerpt(source: Path, media_type: str, pages: Sequence[int], target: Path) -> None:
    """Write a file of only these pages, untouched, with nothing in it of the others.

    Args:
        source: a file of several pages.
        media_type: what it is.
        pages: numbers of the pages to keep, counted from 1.
        target: becomes a PDF where the source is one, else a TIFF without loss.

    Raises:
        ScanRejected: unreadable, where the file is damaged or something of the other pages would be left.

    """
    try:
        if media_type == "application/pdf":
            _write_pdf(source, pages, target)
        else:
            _write_tiff(source, pages, target)
    except (*BROKEN, *_BROKEN_IMAGE) as error:
        raise ScanRejected("unreadable", "excerpt") from error


def _write_pdf(source: Path, pages: Sequence[int], target: Path) -> None:
    """A new file takes along only what its pages refer to: no outline, attachment, or older state of the source."""
    with pikepdf.open(source) as pdf, pikepdf.new() as excerpt:
        for number in pages:
            excerpt.pages.append(pdf.pages[number - 1])
        # Scanners often give all pages one list of pictures; each page then holds those of all others.
        excerpt.remove_unreferenced_resources()
        if any(_holds_more_than_it_shows(page) for page in excerpt.pages):
            raise ScanRejected("unreadable", "excerpt: pictures that no page shows")
        excerpt.save(target, deterministic_id=True)


def _holds_more_than_it_shows(page: pikepdf.Page) -> bool:
    held = page.resources.get("/XObject", pikepdf.Dictionary())
    shown = {str(step.operands[0]) for step in pikepdf.parse_content_stream(page, "Do") if step.operands}
    return not set(held.keys()) <= shown


def _write_tiff(source: Path, pages: Sequence[int], target: Path) -> None:
    with Image.open(source) as image, AppendingTiffWriter(str(target), new=True) as excerpt:
        for frame in _frames(image, pages):
            packing = "group4" if frame.mode == "1" else "tiff_deflate"
            frame.save(excerpt, format="TIFF", compression=packing, dpi=image.info.get("dpi"))
            excerpt.newFrame()


def _frames(image: Image.Image, pages: Sequence[int]) -> Iterator[Image.Image]:
    for number in pages:
        image.seek(number - 1)
        yield image.copy()
