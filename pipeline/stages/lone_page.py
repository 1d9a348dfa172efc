"""One page of a PDF alone in a file of its own: what it shows, and nothing that acts.

Runs in a parser process only.
"""

from pathlib import Path

import pikepdf
from pikepdf import Name, Pdf

from pipeline.stages.legacy_fonts import name_letters
from pipeline.stages.legacy_letters import Coding

_PAGE_KEYS = frozenset({"/Type", "/Parent", "/MediaBox", "/Rotate", "/Resources", "/Contents", "/Group"})
"""What a page is drawn with. Everything else acts (actions, links), belongs to the file as a whole, or is unknown."""
BROKEN = (
    pikepdf.PdfError,
    pikepdf.PasswordError,
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RuntimeError,
    OSError,
)
"""What pikepdf raises for damaged input: its documentation names the first two, hostile files show the rest."""
_MOST_INLINE_BYTES = 4 << 20


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
            alone.save(target, deterministic_id=True)
    except BROKEN:
        return False
    return True


def write_letters(lone: Path, coding: Coding) -> None:
    """Write a lone page anew with fonts that tell the right letters, where their names did not say what they are in.

    Raises:
        Those of `BROKEN`.
    """
    with pikepdf.open(lone, allow_overwriting_input=True) as pdf:
        name_letters(pdf, coding)
        pdf.save(lone, deterministic_id=True)


def write_without_pictures(lone: Path, target: Path) -> bool:
    """Write a lone page without its pictures.

    Returns:
        Whether there were any; without any nothing is written.

    Raises:
        Those of `BROKEN`.
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
        raise ValueError("too long a drawing")
    found = pikepdf.parse_content_stream(drawing)
    kept = [step for step in found if not isinstance(step, pikepdf.ContentStreamInlineImage)]
    if len(kept) == len(found):
        return False
    drawing.write(pikepdf.unparse_content_stream(kept))
    return True
