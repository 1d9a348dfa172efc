"""Pages as pixels: what passes between the steps inside a parser process. Nothing here is stored."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from schemas.base import Value
from schemas.text import Box, PageText, Verdict, Word

Pixels = NDArray[np.uint8]
"""uint8 (height, width, 3), blue-green-red as OpenCV has it; or (height, width) for grey. 0 is black."""


Layout = Literal["page", "block", "zone", "digits"]
"""What an engine is to look for: the parts of a whole page, the lines of one even block of print, the lines of a
machine-readable zone (capitals, digits and `<`), or one line that can only have digits.
"""

ReadWords = Callable[[Pixels, int, Layout], tuple[Word, ...]]
"""An engine: grey pixels, their dpi and their layout in, words in reading order out."""


@dataclass(frozen=True)
class ScanFile:
    """A file of a submission as it lies in a private folder, told by its content to be of `media_type`."""

    path: Path
    media_type: str


@dataclass(frozen=True)
class RawPage:
    """A page as it came: `pixels` colour (height, width, 3) at `dpi`; `dpi_known` tells whether the file said so."""

    pixels: Pixels
    dpi: int
    dpi_known: bool


class PagePart(Value):
    """What is to be shown of page `page` (1-based) of a file; `box` None: all of it.

    `box` is in pixels of the clean page at `dpi`. `rotation_degrees` is the quarter turn, clockwise, that made the
    clean page of the file's; None where the file is our own copy, whose pages are clean.
    """

    page: int
    box: Box | None
    dpi: int
    rotation_degrees: int | None


class ShownPage(Value):
    """A whole page that is to be shown: page `page` (1-based) of a file, so many pixels wide.

    `rotation_degrees` is as in `PagePart`: None where the file is our own copy.
    """

    page: int
    width_px: int
    rotation_degrees: Literal[0, 90, 180, 270] | None


Corner = Literal["left", "right"]
"""Of the top of a page. Left is the officer's (TT 01/2023/TT-VPCP, Art 8.1), right the agency's (NĐ 30/2020/NĐ-CP, Phụ
lục I).
"""


class SignatureWanted(Value):
    """What is to be put on a copy: the mark's PDF, its corner, and the time at which is signed."""

    mark: Path
    corner: Corner
    signed_at: datetime


class Signable(Value):
    """A copy that waits for its signature.

    `sha256` is the hash of all of it but its `room`: from the first byte to before the last one, to be filled with the
    signature in hexadecimal digits, and zeros behind it. `covers`: there was no free place for the mark.
    """

    sha256: str
    room: tuple[int, int]
    covers: bool


class PageLook(Value):
    """What a quick look at a page tells: steps 2 and 3, and as much of step 4 as tells what the page is.

    `text` has the codes of all the page, but the words of its top and its end alone unless it is `whole`. It is the
    citizen's, so it stays in memory.
    """

    text: PageText
    whole: bool
    rotation_degrees: int
    skew_degrees: float
    verdict: Verdict


class ReadPage(Value):
    """A page after step 4, as the parent process sees it.

    `picture` is where the parser left the clean colour page for `render`; what lies there is the parser's own affair.
    `rotation_degrees` is the quarter turn applied, clockwise: 0, 90, 180 or 270.
    """

    text: PageText
    picture: Path
    rotation_degrees: int
    skew_degrees: float
    verdict: Verdict
    issue: str | None = None
    """Code of what kept the page from being read; its picture is there all the same."""
