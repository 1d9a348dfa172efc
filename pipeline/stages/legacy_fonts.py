"""Fonts of old Vietnamese encodings in a PDF: told what their codes are in Unicode."""

import re
from collections.abc import Iterator

import pikepdf
from fontTools import agl
from pikepdf import Dictionary, Name, Pdf

from pipeline.errors import ScanRejected
from pipeline.stages.legacy_letters import Coding, coding_of_font, letter_of

_MOST_MAP_BYTES = 1 << 20
_BLOCK = 100
"""Entries that a block of a map may have (Adobe note 5411)."""
_SECTION = re.compile(rb"begin(bfchar|bfrange)(.*?)endbf", re.DOTALL)
_PIECE = re.compile(rb"<([0-9A-Fa-f\s]*)>|([\[\]])")


def name_letters(pdf: Pdf, coding: Coding | None = None) -> None:
    """Give every font of an old encoding a map to Unicode.

    Args:
        pdf: changed in place.
        coding: what fonts are in whose names tell none; None: they are what they say.

    Raises:
        ScanRejected: unreadable, when a font's own map is larger than any font needs; and errors of pikepdf and
            ValueError, when the file is damaged.
    """
    for found in pdf.objects:
        if not isinstance(found, Dictionary) or found.get("/Type") != Name.Font or "/BaseFont" not in found:
            continue
        if found.get("/Subtype") in {Name.CIDFontType0, Name.CIDFontType2}:
            continue
        used = coding_of_font(str(found.BaseFont).removeprefix("/")) or coding
        if used is not None:
            _name_letters(pdf, found, used)


def _name_letters(pdf: Pdf, font: Dictionary, coding: Coding) -> None:
    composite = font.get("/Subtype") == Name.Type0
    known = _told_by_map(font) if composite or _has_own_codes(font) else {}
    if not composite:
        known = {code: text for code, text in _simple_codes(font).items() if code not in known} | known
    named = {code: "".join(_letter(c, coding) for c in text) for code, text in known.items()}
    if named:
        font.ToUnicode = pikepdf.Stream(pdf, _map_to_unicode(named, 2 if composite else 1))


def _letter(character: str, coding: Coding) -> str:
    return letter_of(ord(character), coding) if ord(character) < 0x100 else character


def _has_own_codes(font: Dictionary) -> bool:
    """Whether the font's codes are not those of Windows, as fonts that were cut down to what is used may have."""
    encoding = font.get("/Encoding")
    return isinstance(encoding, Dictionary) and "/Differences" in encoding


def _simple_codes(font: Dictionary) -> dict[int, str]:
    """Codes as Windows reads them (Latin-1 where letters are), with the names of glyphs that the font tells itself."""
    codes = {code: chr(code) for code in range(0x20, 0x100)}
    if _has_own_codes(font):
        code = 0
        for entry in font.Encoding.Differences:
            if isinstance(entry, Name):
                codes[code] = agl.toUnicode(str(entry).removeprefix("/")) or codes.get(code, "")
                code += 1
            else:
                code = int(entry)
    return codes


def _told_by_map(font: Dictionary) -> dict[int, str]:
    """What the font's own map to Unicode says, by code."""
    stream = font.get("/ToUnicode")
    if not isinstance(stream, pikepdf.Stream):
        return {}
    data = stream.read_bytes()
    if len(data) > _MOST_MAP_BYTES:
        raise ScanRejected("unreadable", "too long a map")
    told: dict[int, str] = {}
    for kind, body in _SECTION.findall(data):
        pieces = iter([sign or bytes.fromhex(digits.decode()) for digits, sign in _PIECE.findall(body)])
        for first in pieces:
            told |= _entry(first, pieces, ranged=kind == b"bfrange")
    return told


def _entry(first: bytes, pieces: Iterator[bytes], *, ranged: bool) -> dict[int, str]:
    low = high = int.from_bytes(first)
    if ranged:
        high = min(int.from_bytes(next(pieces, b"")), low + 0xFFFF)
    text = next(pieces, b"")
    if text == b"[":
        return {code: _utf16(next(pieces, b"")) for code in range(low, high + 1)}
    start = _utf16(text)
    if not start:
        return {}
    return {code: start[:-1] + chr(ord(start[-1]) + code - low) for code in range(low, high + 1)}


def _utf16(data: bytes) -> str:
    return data.decode("utf-16-be", errors="replace")


def _map_to_unicode(letters: dict[int, str], code_bytes: int) -> bytes:
    width = 2 * code_bytes
    entries = [
        f"<{code:0{width}X}> <{text.encode('utf-16-be').hex().upper()}>"
        for code, text in sorted(letters.items())
        if text
    ]
    blocks = [entries[start : start + _BLOCK] for start in range(0, len(entries), _BLOCK)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<{'0' * width}> <{'F' * width}>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
