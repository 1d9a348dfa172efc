"""What a file is, told by its first bytes and never by its name."""

import re

from pipeline.errors import ScanRejected

HEAD_BYTES = 1024
"""How much of a file `media_type` needs to see: a PDF header may stand behind up to 1,024 bytes (ISO 32000-1, H.3)."""

_PACKED = (
    b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh",
    b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"MSCF",
)  # fmt: skip
"""ZIP, RAR, 7-Zip, gzip, bzip2, xz, Zstandard and cabinet files."""
_OFFICE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")
"""Word, Excel and PowerPoint before 2007, and Rich Text."""
_OFFICE_INSIDE = (b"[Content_Types].xml", b"_rels/", b"word/", b"xl/", b"ppt/", b"mimetypeapplication/vnd.oasis")
"""What the first entries of a ZIP file are called that is a document of Office (ISO 29500-2) or OpenDocument."""
_WEB_PAGE = re.compile(
    rb"(?:<\?xml[^>]*>|<!--.*?-->|\s)*+<(?:!doctype\s+(?:html|svg)|html|head|body|script|svg)\b",
    re.IGNORECASE | re.DOTALL,
)
"""Never tries what it has passed over in another way (`*+`): a file of comments would take it years."""
_TAR_MARK, _TAR_MARK_AT = b"ustar", 257
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}


NO_SCANS = frozenset({"not_a_scan", "office_document", "web_page", "packed_files"})
"""Codes of what `scan_type` refuses."""


def media_type(head: bytes) -> str | None:
    """The media type of a scan that begins with `head`, or None when it is no scan that hoso takes.

    Args:
        head: the first `HEAD_BYTES` bytes, or all of a shorter file.
    """
    if head.startswith(_PACKED):
        return None  # the first file in it may be a PDF
    starts = {
        b"\xff\xd8\xff": "image/jpeg",
        b"\x89PNG\r\n\x1a\n": "image/png",
        b"II*\x00": "image/tiff",
        b"MM\x00*": "image/tiff",
        b"II+\x00": "image/tiff",
        b"MM\x00+": "image/tiff",
        b"\x00\x00\x00\x0cjP  \r\n\x87\n": "image/jp2",
        b"\xff\x4f\xff\x51": "image/jp2",
    }
    for magic, name in starts.items():
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "image/heic"
    if b"%PDF-" in head[:HEAD_BYTES]:
        return "application/pdf"
    return None


def scan_type(head: bytes) -> str:
    """The media type of a scan that begins with `head`, as `media_type` tells it.

    Raises:
        ScanRejected: office_document, web_page, packed_files; not_a_scan for anything else that is none.
    """
    kind = media_type(head)
    if kind is None:
        raise ScanRejected(_refusal(head))
    return kind


def _refusal(head: bytes) -> str:
    """Why a file is no scan, as far as its first bytes tell."""
    packed = head.startswith(_PACKED)
    if head.startswith(_OFFICE) or (packed and any(name in head for name in _OFFICE_INSIDE)):
        return "office_document"
    if packed or head[_TAR_MARK_AT : _TAR_MARK_AT + len(_TAR_MARK)] == _TAR_MARK:
        return "packed_files"
    return "web_page" if _WEB_PAGE.match(head.removeprefix(b"\xef\xbb\xbf")) else "not_a_scan"
