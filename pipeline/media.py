"""What a file is, told by its first bytes and never by its name."""

HEAD_BYTES = 1024
"""How much of a file `media_type` needs to see: a PDF header may stand behind up to 1,024 bytes (ISO 32000-1, H.3)."""

_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}


def media_type(head: bytes) -> str | None:
    """The media type of a scan that begins with `head`, or None when it is no scan that hoso takes.

    Args:
        head: the first `HEAD_BYTES` bytes, or all of a shorter file.
    """
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
