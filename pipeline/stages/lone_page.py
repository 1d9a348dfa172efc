"""One page of a PDF alone in a file of its own: what it shows, and nothing that acts.

Runs in a parser process only.
"""

import hashlib
from pathlib import Path

import pikepdf
import pikepdf.pdfa
from pikepdf import Name, Pdf

from pipeline.errors import ScanRejected
from pipeline.stages.legacy_fonts import name_letters
from pipeline.stages.legacy_letters import Coding

_PAGE_KEYS = frozenset({"/Type", "/Parent", "/MediaBox", "/Rotate", "/Resources", "/Contents", "/Group"})
"""What a page is drawn with. Everything else acts (actions, links), belongs to the file as a whole, or is unknown."""
LONE_PAGE = "page.pdf"
"""Name of a lone page in its picture's folder, where the archive copy is to keep the page itself."""
BROKEN = (pikepdf.PikepdfError, ValueError, TypeError, LookupError, AttributeError, RuntimeError, OSError)
"""What pikepdf raises for damaged input: its documentation names its own, hostile files show the rest."""
_MOST_INLINE_BYTES = 4 << 20
_MOST_KEPT_BYTES = 1 << 20
_FONT_FILES = frozenset({"/FontFile", "/FontFile2", "/FontFile3"})


def write_lone_page(source: Path, number: int, target: Path) -> bool:
    """Write page `number` (1-based) of a PDF as a PDF of its own.

    Stamps, captions and filled fields become part of the page; scripts, links, attachments and forms stay behind, and
    fonts of old Vietnamese encodings tell the right letters.

    Returns:
        Whether that was possible: False for files that are damaged or locked, and for pages that are measured in other
        units than points.
    """
    try:
        with pikepdf.open(source) as pdf, pikepdf.new() as alone:
            if pdf.pages[number - 1].obj.get("/UserUnit", 1) != 1:
                return False
            alone.pages.append(pdf.pages[number - 1])
            alone.flatten_annotations("all")
            page = alone.pages[0].obj
            for key in set(page.keys()) - _PAGE_KEYS:
                del page[key]
            name_letters(alone)
            alone.remove_unreferenced_resources()
            alone.save(target, deterministic_id=True)
    except (ScanRejected, *BROKEN):
        return False
    return True


def write_letters(lone: Path, coding: Coding) -> None:
    """Write a lone page anew with fonts that tell the right letters, where their names did not say what they are in.

    Raises:
        ScanRejected: unreadable, for maps to Unicode of an attacker's size; and those of `BROKEN`.
    """
    with pikepdf.open(lone, allow_overwriting_input=True) as pdf:
        name_letters(pdf, coding)
        pdf.save(lone, deterministic_id=True)


def write_without_pictures(lone: Path, target: Path) -> bool:
    """Write a lone page without its pictures.

    Returns:
        Whether there were any; without any nothing is written.

    Raises:
        ScanRejected: unreadable, for drawings of an attacker's size; and those of `BROKEN`.
    """
    with pikepdf.open(lone) as pdf:
        streams = [found for found in pdf.objects if isinstance(found, pikepdf.Stream)]
        pictures = [stream for stream in streams if stream.get("/Subtype") == Name.Image]
        for picture in pictures:
            _clear(picture)
        drawings = [stream for stream in streams if stream.get("/Subtype") == Name.Form]
        inline = [_without_inline(drawing) for drawing in (*_contents(pdf), *drawings)]
        if not pictures and not any(inline):
            return False
        pdf.save(target)
    return True


def keep_for_archive(lone: Path, target: Path) -> None:
    """Move a lone page to where `render` takes it as it is, if it can be part of a PDF/A-2b; else remove it.

    Its fonts must be in the file (ISO 19005-2, 6.2.11.4.1), and it must not be much larger than a picture of it. What
    an attempt before has left at `target` goes.
    """
    target.unlink(missing_ok=True)
    if lone.exists() and _is_fit(lone):
        lone.replace(target)
    else:
        lone.unlink(missing_ok=True)


def _is_fit(lone: Path) -> bool:
    if lone.stat().st_size > _MOST_KEPT_BYTES:
        return False
    try:
        with pikepdf.open(lone, allow_overwriting_input=True) as pdf:
            if not all(map(_has_its_letters, _fonts(pdf))):
                return False
            _drop_lists_of_letters(pdf)
            pdf.save(lone, deterministic_id=True)
            pikepdf.pdfa.prepare(pdf, "2b")
            return pikepdf.pdfa.check(pdf, "2b").passed
    except (*BROKEN, pikepdf.pdfa.PdfaError):
        return False


def _fonts(pdf: Pdf) -> list[pikepdf.Dictionary]:
    found = (each for each in pdf.objects if isinstance(each, pikepdf.Dictionary))
    return [each for each in found if each.get("/Type") == Name.Font]


def _has_its_letters(font: pikepdf.Dictionary) -> bool:
    """Whether the shapes of a font's letters are in the file; those of a composite font are in its descendant."""
    if font.get("/Subtype") in {Name.Type0, Name.Type3}:
        return True
    descriptor = font.get("/FontDescriptor")
    return isinstance(descriptor, pikepdf.Dictionary) and bool(_FONT_FILES & set(descriptor.keys()))


def _drop_lists_of_letters(pdf: Pdf) -> None:
    """PDF/A-2b does not ask for the lists of what a cut font still has, and wrong ones would break it."""
    for font in _fonts(pdf):
        if "/FontDescriptor" in font and "/CIDSet" in font.FontDescriptor:
            del font.FontDescriptor.CIDSet


def put_into(pdf: Pdf, lone: Path, at: int) -> None:
    """Put a lone page into a PDF before its page `at` (0-based).

    Raises:
        ScanRejected: unreadable, when the page is damaged in a way that shows only now.
    """
    try:
        with pikepdf.open(lone) as page:
            pdf.pages.insert(at, page.pages[0])
    except BROKEN as error:
        raise ScanRejected("unreadable", "a page of a PDF") from error


def share_fonts(pdf: Pdf) -> None:
    """Keep one of each font file: pages that come from one document bring the same ones."""
    kept: dict[bytes, pikepdf.Object] = {}
    for found in pdf.objects:
        if isinstance(found, pikepdf.Dictionary) and found.get("/Type") == Name.FontDescriptor:
            for key in _FONT_FILES & set(found.keys()):
                digest = hashlib.sha256(found[key].read_raw_bytes()).digest()
                found[key] = kept.setdefault(digest, found[key])


def _contents(pdf: Pdf) -> list[pikepdf.Stream]:
    page = pdf.pages[0]
    page.contents_coalesce()
    drawing = page.obj.get("/Contents")
    return [drawing] if isinstance(drawing, pikepdf.Stream) else []


def _clear(picture: pikepdf.Stream) -> None:
    """Make it a stencil of one pixel that lets no ink through."""
    for key in set(picture.keys()) - {"/Length"}:
        del picture[key]
    picture.write(b"\xff")
    picture.Type, picture.Subtype, picture.ImageMask = Name.XObject, Name.Image, True
    picture.Width = picture.Height = picture.BitsPerComponent = 1


def _without_inline(drawing: pikepdf.Stream) -> bool:
    """Take the pictures out that stand inside the drawing; whether there were any."""
    data = drawing.read_bytes()
    if b"BI" not in data or b"EI" not in data:
        return False
    if len(data) > _MOST_INLINE_BYTES:
        raise ScanRejected("unreadable", "too long a drawing")
    found = pikepdf.parse_content_stream(drawing)
    kept = [step for step in found if not isinstance(step, pikepdf.ContentStreamInlineImage)]
    if len(kept) == len(found):
        return False
    drawing.write(pikepdf.unparse_content_stream(kept))
    return True
