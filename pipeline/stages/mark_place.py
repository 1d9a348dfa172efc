"""Where the mark of a signed copy goes on its first page: in the corner it belongs to, beside what stands there.

Runs in a parser process only.
"""

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
_CLEAR_PT = 3.0
"""Kept free around it, so that it does not look like part of what stands beside it."""
_STEP_PT = 2.0
_ROUND = 1e-6
"""Lets a place count that is exactly at the other edge."""
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
    sums = cv2.integral(ink.astype(np.uint8)).astype(np.int64)
    # A page that is smaller than the mark gets one that fits.
    fits = min(1.0, *((page - 2 * _MARGIN_PT) / mark for page, mark in zip(page_pt, mark_pt, strict=True)))
    tried = []
    for size in _SIZES:
        mark = (mark_pt[0] * size * fits, mark_pt[1] * size * fits)
        share, place = _best(sums, page_pt, mark, corner)
        if not place.covers:
            return place
        tried.append((share, place))
    return min(tried, key=lambda one: one[0])[1]


def _best(
    sums: NDArray[np.int64], page_pt: tuple[float, float], mark_pt: tuple[float, float], corner: Corner
) -> tuple[float, MarkPlace]:
    """The free place nearest to the corner, else the one with the smallest share of ink; and that share."""
    along = np.arange(0.0, max(page_pt[0] - 2 * _MARGIN_PT - mark_pt[0], 0.0) + _ROUND, _STEP_PT)
    left = _MARGIN_PT + along if corner == "left" else page_pt[0] - _MARGIN_PT - mark_pt[0] - along
    down = np.arange(0.0, max(page_pt[1] * _LOWEST_SHARE - _MARGIN_PT - mark_pt[1], 0.0) + _ROUND, _STEP_PT)
    shares = _shares(sums, page_pt, (left, _MARGIN_PT + down), mark_pt)
    far = down[:, np.newaxis] ** 2 + along[np.newaxis, :] ** 2
    free = shares <= _PAPER_SHARE
    at = np.where(free, far, np.inf).argmin() if free.any() else shares.argmin()
    row, column = np.unravel_index(int(at), shares.shape)
    place = MarkPlace(float(left[column]), float(_MARGIN_PT + down[row]), *mark_pt, covers=not free.any())
    return float(shares[row, column]), place


def _shares(
    sums: NDArray[np.int64],
    page_pt: tuple[float, float],
    corners_pt: tuple[NDArray[np.float64], NDArray[np.float64]],
    mark_pt: tuple[float, float],
) -> NDArray[np.float64]:
    """Which share of each place, and of what is kept clear around it, is ink; rows go down, columns across."""
    edges = []
    for at, mark, page, most in zip(corners_pt, mark_pt, page_pt, (sums.shape[1] - 1, sums.shape[0] - 1), strict=True):
        px_a_pt = most / page
        before = np.clip(((at - _CLEAR_PT) * px_a_pt).astype(np.int64), 0, most)
        after = np.clip(((at + mark + _CLEAR_PT) * px_a_pt).astype(np.int64) + 1, 0, most)
        edges.append((before, after))
    (x0, x1), (y0, y1) = edges
    ink = sums[np.ix_(y1, x1)] - sums[np.ix_(y0, x1)] - sums[np.ix_(y1, x0)] + sums[np.ix_(y0, x0)]
    area = (y1 - y0)[:, np.newaxis] * (x1 - x0)[np.newaxis, :]
    shares: NDArray[np.float64] = ink / np.maximum(area, 1)
    return shares
