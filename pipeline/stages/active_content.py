"""What in a file could act, or pass for a file of another kind, where somebody opens it: told, never run.

Nothing of it comes into the archive copy. The original is kept as it is, so whoever downloads it must be warned.
Runs in a parser process only.
"""

import re
import zipfile
from pathlib import Path

import pikepdf

from pipeline.media import HEAD_BYTES, media_type
from pipeline.stages.lone_page import BROKEN

UNKNOWN = "unknown"
"""The file could not be looked through; it may hold anything."""
OTHER_FORMAT = "other_format"
_ACTIONS: dict[str, tuple[str, ...]] = {
    "script": ("JavaScript", "JS", "Rendition"),
    "program": ("Launch",),
    "embedded_file": ("EmbeddedFile", "EmbeddedFiles", "EF", "FileAttachment", "Collection"),
    "media": ("RichMedia", "Movie", "Sound", "3D"),
    "form_program": ("XFA",),
    "link": ("URI", "GoToR", "GoToE", "SubmitForm", "ImportData", "Thread"),
    "acts_by_itself": ("AA",),
}
"""Names of ISO 32000-1, 12.5.6 and 12.6, and 7.11.4, by what they lead to."""
_NAMES = {name.encode(): kind for kind, names in _ACTIONS.items() for name in names}
_TOKEN = re.compile(rb"/(" + b"|".join(sorted(_NAMES, reverse=True)) + rb")(?![^\s/\[\]<>()])")
_WEB_PAGE = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|script|svg|iframe)[\s>/]", re.IGNORECASE)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def find_active(path: Path) -> tuple[str, ...]:
    """Kinds of what could act in a file, sorted; () for a plain scan.

    To open at one of its own pages is nothing that acts; most programs that make PDFs say so.

    Returns:
        Of: script, program, embedded_file, media, form_program, link, acts_by_itself, other_format, unknown.

    Raises:
        OSError: the file is not there.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    found = _in_pdf(path) if b"%PDF-" in head else set()
    if _WEB_PAGE.search(head) or _is_two(head) or zipfile.is_zipfile(path):
        found.add(OTHER_FORMAT)
    return tuple(sorted(found))


def _is_two(head: bytes) -> bool:
    """Whether there is a PDF behind the beginning of something else."""
    before = head.partition(b"%PDF-")[0].removeprefix(_BYTE_ORDER_MARK)
    return b"%PDF-" in head and (media_type(head) != "application/pdf" or bool(before.strip()))


def _in_pdf(path: Path) -> set[str]:
    found: set[str] = set()
    try:
        with pikepdf.open(path) as pdf:
            for each in (pdf.trailer, *pdf.objects):
                written = each.stream_dict if isinstance(each, pikepdf.Stream) else each
                found.update(_NAMES[name] for name in _TOKEN.findall(written.unparse(resolved=True)))
            if _acts_when_opened(pdf.Root.get("/OpenAction")):
                found.add("acts_by_itself")
    except (*BROKEN, RecursionError):
        found.add(UNKNOWN)
    return found


def _acts_when_opened(what: pikepdf.Object | None) -> bool:
    """Whether it is anything but a place, or the action that goes there and is followed by none."""
    if what is None or isinstance(what, pikepdf.Array):
        return False
    goes = isinstance(what, pikepdf.Dictionary) and what.get("/S") == pikepdf.Name.GoTo and "/Next" not in what
    return not goes
