"""Where the mark of a signed copy goes on its first page: in the corner it belongs to, beside what stands there.

Runs in a parser process only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pages import Corner, Pixels
from pipeline.stages.open import draw_page_wide
from pipeline.stages.page_view import placed_words
from schemas.viewing import PageWords

_MARGIN_PT = 11.0
"""Printers leave about 4 mm of a sheet's edge white."""
_STEP_PT = 2
_SIZES = (1.0, 0.85, 0.7)
"""Its print has 10 points as NĐ 30/2020 asks for; smaller is better than over somebody's words."""
_PAPER_SHARE = 0.002
"""So much of a place may be dark: dust, and the grain of a scan."""
_DARKER = 48
"""Levels by which ink differs from the paper, in the colour that shows it most."""
_LOWEST_SHARE = 0.5
"""The mark belongs to the top of the page."""


@dataclass(frozen=True)
class MarkPlace:
    """Where a mark goes on a page as it is shown, in points from its top left corner; `covers` what lies there."""

    left_pt: float
    top_pt: float
    width_pt: float
    height_pt: float
    covers: bool


def find_place(
    copy: Path, page_pt: tuple[float, float], mark_pt: tuple[float, float], corner: Corner, timeout_s: float
) -> MarkPlace:
    """The free place nearest to its corner; where there is none, the one that covers least.

    Args:
        copy: the archive copy.
        page_pt: width and height of its first page as it is shown.
        mark_pt: width and height of the mark.
        corner: of the page.
        timeout_s: programs that draw the page are stopped after this.

    Raises:
        ScanRejected: damaged, unreadable.
    """
    width_px = max(1, round(page_pt[0]))
    drawn = draw_page_wide(copy, 1, width_px, timeout_s)
    return place_in(inked(drawn, placed_words(copy, 1, timeout_s)), page_pt, mark_pt, corner)


def inked(drawn: Pixels, words: PageWords) -> NDArray[np.bool_]:
    """What is not bare paper: whatever is darker than most of the page in any colour, and every word."""
    darkest = drawn if drawn.ndim == 2 else drawn.min(axis=2)
    ink = np.asarray(darkest < max(1, int(np.median(darkest)) - _DARKER))
    height, width = ink.shape
    for line in words.lines:
        for word in line:
            top, bottom = int(word.top * height), round(word.bottom * height)
            ink[top : bottom + 1, int(word.left * width) : round(word.right * width) + 1] = True
    return ink


def place_in(
    ink: NDArray[np.bool_], page_pt: tuple[float, float], mark_pt: tuple[float, float], corner: Corner
) -> MarkPlace:
    """The place of a mark on a page of which `ink` tells, row by row from the top, where something stands."""
    sums = cv2.integral(ink.astype(np.uint8))
    px_a_pt = (ink.shape[1] / page_pt[0], ink.shape[0] / page_pt[1])
    # A page that is smaller than the mark gets one that fits.
    fits = min(1.0, *((page - 2 * _MARGIN_PT) / mark for page, mark in zip(page_pt, mark_pt, strict=True)))
    least: tuple[float, MarkPlace] | None = None
    for size in _SIZES:
        mark = (mark_pt[0] * size * fits, mark_pt[1] * size * fits)
        for left, top in _places(page_pt, mark, corner):
            share = _share(sums, (left, top, *mark), px_a_pt)
            place = MarkPlace(left, top, *mark, covers=share > _PAPER_SHARE)
            if not place.covers:
                return place
            if least is None or share < least[0]:
                least = share, place
    assert least is not None  # noqa: S101 (there is one place at least on every page)
    return least[1]


def _places(
    page_pt: tuple[float, float], mark_pt: tuple[float, float], corner: Corner
) -> Sequence[tuple[float, float]]:
    """All places at the top of the page, the nearest to the corner first."""
    across = np.arange(_MARGIN_PT, max(page_pt[0] - _MARGIN_PT - mark_pt[0], _MARGIN_PT) + 1e-6, _STEP_PT)
    lowest = page_pt[1] * _LOWEST_SHARE - mark_pt[1]
    down = np.arange(_MARGIN_PT, max(lowest, _MARGIN_PT) + 1e-6, _STEP_PT)
    at = [(float(x), float(y)) for y in down for x in across]
    home = across[0] if corner == "left" else across[-1]
    return sorted(at, key=lambda place: (place[0] - home) ** 2 + (place[1] - _MARGIN_PT) ** 2)


def _share(sums: NDArray[np.int32], box_pt: tuple[float, float, float, float], px_a_pt: tuple[float, float]) -> float:
    """Which share of a box is ink."""
    left, top, width, height = box_pt
    x0, x1 = int(left * px_a_pt[0]), min(int((left + width) * px_a_pt[0]) + 1, sums.shape[1] - 1)
    y0, y1 = int(top * px_a_pt[1]), min(int((top + height) * px_a_pt[1]) + 1, sums.shape[0] - 1)
    inside = int(sums[y1, x1]) - int(sums[y0, x1]) - int(sums[y1, x0]) + int(sums[y0, x0])
    return inside / max(1, (x1 - x0) * (y1 - y0))
