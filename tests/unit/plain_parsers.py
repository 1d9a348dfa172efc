"""Parsers for tests in which reading is not the subject: a scan is its own text, and it reads without fault."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from asn1crypto import cms

from pipeline.errors import ScanRejected
from pipeline.pages import PageLook, PagePart, ReadPage, ScanFile, ShownPage, Signable, SignatureWanted
from pipeline.stages.repair import repair
from schemas.signing import FoundSignature
from schemas.text import Box, PageText, Verdict
from schemas.viewing import PageWords, PlacedWord
from tests.unit.pages_of_text import page

ACTS = "This file acts."
LOST = "This page cannot be opened."
_HEAD = "%PDF-1.7\n"
_NEXT_PAGE = "\f"
_ROOM = 20_000
"""Digits of a signature."""


def scan(*pages: str) -> bytes:
    """A file whose pages say this; a page that says `LOST` cannot be opened, a first line `QR ...` is a QR code."""
    return (_HEAD + _NEXT_PAGE.join(pages)).encode()


class PlainParsers:
    """The port `Parsers` for files made by `scan`, in this process.

    Attributes:
        side_by_side: calls at the same time.
        calls: what was asked for, in order: `count`, `read 1`, ..., `render`.
        before_reading: called with the submission's page number before each page is read.
    """

    def __init__(self, side_by_side: int = 1) -> None:
        self.side_by_side = side_by_side
        self.calls: list[str] = []
        self.before_reading: Callable[[int], None] = lambda _: None

    def count_pages(self, scan: ScanFile) -> int:
        self.calls.append("count")
        return len(_pages(scan))

    def holds_active_content(self, scan: ScanFile) -> bool:
        """Not among `calls`: it changes nothing of what is read."""
        return ACTS in scan.path.read_bytes().decode()

    def look(self, scan: ScanFile, page: int, thumbnail: Path | None) -> PageLook:
        self.calls.append(f"look {page}")
        text = _pages(scan)[page - 1]
        if text == LOST:
            raise ScanRejected("damaged", f"page {page}")
        if thumbnail is not None:
            thumbnail.write_bytes(b"picture of " + text.encode())
        verdict: Verdict = "good" if text.strip() else "blank"
        return PageLook(text=_read(text, page), whole=True, rotation_degrees=0, skew_degrees=0, verdict=verdict)

    def read_codes(self, scan: ScanFile) -> tuple[str, ...]:
        self.calls.append("codes")
        return tuple(code.text for code in _read(_pages(scan)[0], 1).codes)

    def read_page(self, scan: ScanFile, page: int, number: int, picture: Path) -> ReadPage:
        self.calls.append(f"read {number}")
        self.before_reading(number)
        text = _pages(scan)[page - 1]
        if text == LOST:
            raise ScanRejected("damaged", f"page {page}")
        picture.write_bytes(b"picture of " + text.encode())
        return ReadPage(text=_read(text, number), picture=picture, rotation_degrees=0, skew_degrees=0, verdict="good")

    def crop(self, scan: ScanFile, part: PagePart, target: Path) -> None:
        self.calls.append(f"crop {part.page}")
        target.write_bytes(b"part of " + scan.path.read_bytes())

    def show(self, scan: ScanFile, shown: ShownPage, target: Path) -> None:
        self.calls.append(f"show {shown.page} {shown.width_px}")
        target.write_bytes(f"page {shown.page}, {shown.width_px} wide, of ".encode() + scan.path.read_bytes())

    def words(self, copy: ScanFile, page: int) -> PageWords:
        self.calls.append(f"words {page}")
        said = copy.path.read_bytes().decode().removeprefix("copy of ").split("picture of ")[page]
        lines = (
            tuple(PlacedWord(text=word, left=0, top=0, right=1, bottom=1) for word in line.split())
            for line in said.splitlines()
        )
        return PageWords(aspect=0.7, lines=tuple(line for line in lines if line))

    def excerpt(self, scan: ScanFile, pages: Sequence[int], target: Path) -> None:
        self.calls.append("excerpt")
        target.write_bytes(globals()["scan"](*(_pages(scan)[number - 1] for number in pages)))

    def read_again(self, page: ReadPage, boxes: Sequence[Box]) -> tuple[tuple[str, ...], ...]:
        return ((),) * len(boxes)

    def render(self, pages: Sequence[ReadPage], target: Path) -> None:
        self.calls.append("render")
        target.write_bytes(b"copy of " + b"\n".join(page.picture.read_bytes() for page in pages))

    def write_signable(self, copy: ScanFile, wanted: SignatureWanted, target: Path) -> Signable:
        self.calls.append(f"signable {wanted.corner}")
        before = copy.path.read_bytes() + b" signed <"
        target.write_bytes(before + b"0" * _ROOM + b">")
        covered = hashlib.sha256(before + b">").hexdigest()
        return Signable(sha256=covered, room=(len(before), len(before) + _ROOM), covers=False)

    def signatures(self, scan: ScanFile) -> tuple[FoundSignature, ...]:
        data = scan.path.read_bytes()
        start = len(data) - _ROOM - 1
        if data[max(0, start - 9) : start] != b" signed <":
            return ()
        signed = cms.ContentInfo.load(bytes.fromhex(data[start:-1].decode()), strict=False)["content"]
        (signer,) = signed["signer_infos"]
        (said,) = (one["values"][0].native for one in signer["signed_attrs"] if one["type"].native == "message_digest")
        intact = said == hashlib.sha256(data[:start] + data[-1:]).digest()
        serial = str(signer["sid"].chosen["serial_number"].native)
        return (FoundSignature(state="valid" if intact else "invalid", serial=serial),)


def words_of(text: str) -> PageWords:
    """A page that says this, line by line; all its words stand all over the page."""
    place = {"left": 0.0, "top": 0.0, "right": 1.0, "bottom": 1.0}
    lines = [tuple(PlacedWord(text=word, **place) for word in line.split()) for line in text.splitlines()]
    return PageWords(aspect=0.7, lines=tuple(line for line in lines if line))


def _pages(scan: ScanFile) -> list[str]:
    return scan.path.read_bytes().decode().removeprefix(_HEAD).split(_NEXT_PAGE)


def _read(text: str, number: int) -> PageText:
    first, _, rest = text.partition("\n")
    return (
        page(rest, number=number, qr=first.removeprefix("QR "))
        if first.startswith("QR ")
        else page(text, number=number)
    )


class MendingParsers(PlainParsers):
    """The same, for files whose words are read with doubt and repaired."""

    def read_page(self, scan: ScanFile, page: int, number: int, picture: Path) -> ReadPage:
        read = super().read_page(scan, page, number, picture)
        unsure = read.text.with_words(word.model_copy(update={"confidence": 0.9}) for word in read.text.words)
        mended = repair(unsure)
        sure = mended.with_words(word.model_copy(update={"confidence": 0.999}) for word in mended.words)
        return read.model_copy(update={"text": sure})
