"""Step 3: turn a page as scanned into a page worth reading: upright, level, flat, without seal and dark edges.

The colour copy (for the archive) is only turned, levelled and, for a photo, flattened; the grey copy (for reading)
also loses shadow, red seals and scanner edges.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import cv2
import numpy as np

from pipeline.pages import Pixels, RawPage
from pipeline.stages.geometry import (
    WORK_DPI,
    Ink,
    edge_blur_mm,
    find_direction,
    find_paper,
    in_words,
    ink_points,
    most_cut_letters,
)
from pipeline.stages.leaders import without_leaders
from pipeline.stages.placement import UprightScan, resized, scaled, sheet, whole
from schemas.text import Verdict

READING_DPI = 220
"""All pages are read at this: it makes lines of print about as high as the engine's model was trained on.

Measured on 60 pages: finer grids cost more and read worse; scans of 150 dpi read as they are miss twice as many words
as drawn up to this.
"""
_SOFTENING_PX = 0.4
"""Standard deviation of the blur that takes a scanner's grain away. Drawing the page has softened it once already."""

LOWEST_LEGAL_DPI = 200
"""NĐ 30/2020, Appendix I: colour at 200 dpi or more."""
_LEAST_LETTERS = 10
_BLOBS_OF_TEXT = 300
_BLUR_MM = 0.24
"""Sharp scans have 0.07 to 0.13; a quarter of a millimetre is the gap between a letter and its mark."""
_BLUR_PX = 1.3
"""Under 200 dpi the pixels alone are as soft as `_BLUR_MM`; that is low resolution, not blur."""
_CUT_LETTERS = 10
"""A seal pressed across the edges of several sheets (dấu giáp lai) runs out of the scan with fewer."""
_DARK_PAPER = 70
_SIGNATURE_MM = 8.5
"""Signatures are higher than this; what is written to be read, even by a generous hand, has up to 6."""


@dataclass(frozen=True)
class CleanPage:
    """A page worth reading.

    `scan` gives it in colour, for the archive; `grey` is for reading: flat light, no seal, (height, width) at `dpi`.
    Both stand upright and level. `rotation_degrees` is the quarter turn applied, clockwise; `skew_degrees` the slant
    taken out, clockwise.
    """

    scan: UprightScan
    grey: Pixels
    dpi: int
    rotation_degrees: int
    skew_degrees: float
    verdict: Verdict

    @cached_property
    def colour(self) -> Pixels:
        """The page in colour at `dpi`: (height, width, 3), the same grid as that of `grey`."""
        height, width = self.grey.shape
        return resized(self.scan.colour(self.dpi), width, height)  # the two may part by a pixel


def clean(page: RawPage) -> CleanPage:
    """Make a page upright, level and even.

    Whether the text stands on its head cannot be told for sure from its shape alone; `recognise` checks it by reading.
    """
    scan = _find_page(page)
    grey = reading_copy(scan, READING_DPI)
    ink = ink_points(grey, READING_DPI)
    if _is_blank(ink):
        return CleanPage(scan, grey, READING_DPI, 0, 0.0, "blank")
    direction = find_direction(ink)
    turn = (direction.quarter_turn_degrees, direction.skew_degrees)
    verdict = _flaw(grey, ink, scan) or ("low_resolution" if page.dpi < LOWEST_LEGAL_DPI else "good")
    level = without_leaders(whole(grey).turned(*turn).draw(grey, 1), READING_DPI)
    return CleanPage(scan.turned(*turn), _softened(level, scan.dpi), READING_DPI, *turn, verdict)


def turn(page: CleanPage, degrees: int) -> CleanPage:
    """The same page turned by 90, 180 or 270 degrees clockwise."""
    return replace(
        page,
        scan=page.scan.turned(degrees, 0),
        grey=whole(page.grey).turned(degrees, 0).draw(page.grey, 1),
        rotation_degrees=(page.rotation_degrees + degrees) % 360,
    )


def _find_page(page: RawPage) -> UprightScan:
    """The page as it lies: a photographed sheet flattened, anything else the whole picture."""
    corners = find_paper(page.pixels)
    if corners is None:
        return UprightScan(page.pixels, page.dpi, whole(page.pixels))
    flat, dpi = sheet(corners), page.dpi
    if not page.dpi_known:
        dpi = max(1, round(dpi * max(flat.size_px) / max(page.pixels.shape[:2])))
    return UprightScan(page.pixels, dpi, flat)


def _softened(grey: Pixels, scan_dpi: int) -> Pixels:
    """The engine reads letters with soft edges best; those of a coarse scan are soft already."""
    if scan_dpi < READING_DPI:
        return grey
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), _SOFTENING_PX), np.uint8)


def reading_copy(scan: UprightScan, dpi: int) -> Pixels:
    """Grey copy for the engine: dark scanner edges white, light even, red seals gone.

    Args:
        scan: of the page.
        dpi: resolution of the copy.

    Returns:
        (height, width) uint8, paper near 255.
    """
    grey = _without_seals(scan, dpi)  # the page in colour, three times as large, is gone again from here on
    return _even_light(_without_dark_edges(grey))  # edges first: their darkness must not pass for dim paper


def _is_blank(ink: Ink) -> bool:
    """Too few letters that stand in words; with many blobs the question does not arise."""
    return len(ink.left) < _BLOBS_OF_TEXT and in_words(ink, np.ones(len(ink.left), bool), 2) < _LEAST_LETTERS


def _flaw(grey: Pixels, ink: Ink, scan: UprightScan) -> Verdict | None:
    """What is wrong with a page as it was scanned, the worst first; None when nothing is."""
    if float(np.median(grey[::4, ::4])) < _DARK_PAPER:
        return "too_dark"
    if edge_blur_mm(grey, READING_DPI) > max(_BLUR_MM, _BLUR_PX * 25.4 / min(scan.dpi, READING_DPI)):
        return "blurred"
    if scan.placement.is_flattened:
        return "photo"
    height, width = (side * WORK_DPI / READING_DPI for side in grey.shape)
    return "cut" if most_cut_letters(ink, width, height) >= _CUT_LETTERS else None


def _without_seals(scan: UprightScan, dpi: int) -> Pixels:
    """The page in grey, without the red of round or square seals and the blue of signatures.

    Other red and blue, print or pen, stays. A seal's red is light in the red channel, a pen's blue in the blue one, and
    black text under them is dark in both.
    """
    colour = scan.colour(dpi)
    grey = np.asarray(cv2.cvtColor(colour, cv2.COLOR_BGR2GRAY), np.uint8)
    small = resized(colour, max(1, colour.shape[1] // 4), max(1, colour.shape[0] // 4))
    long_side = max(small.shape[:2])

    def is_seal(width: int, height: int) -> bool:
        return 0.05 * long_side < max(width, height) < 0.4 * long_side and 0.6 < width / height < 1.7

    def is_signature(width: int, height: int) -> bool:
        return height * 4 * 25.4 / dpi > _SIGNATURE_MM and max(width, height) < 0.4 * long_side

    return _lifted(colour, _lifted(colour, grey, small, _RED, is_seal), small, _BLUE, is_signature)


class _Ink(NamedTuple):
    """Ink that is light in `channel` of blue-green-red, which leads over both others by more than `lead` grey levels.

    Strokes of one seal or signature are at most `join_px` of a quarter of the page's size apart.
    """

    channel: int
    lead: int
    join_px: int

    def mask(self, colour: Pixels) -> Pixels:
        """255 where this ink is."""
        others = [channel for at, channel in enumerate(cv2.split(colour)) if at != self.channel]
        lead = cv2.subtract(np.ascontiguousarray(colour[:, :, self.channel]), cv2.max(*others))
        return np.asarray(cv2.threshold(lead, self.lead, 255, cv2.THRESH_BINARY)[1], np.uint8)


_RED, _BLUE = _Ink(channel=2, lead=40, join_px=9), _Ink(channel=0, lead=25, join_px=3)


def _lifted(colour: Pixels, grey: Pixels, small: Pixels, ink: _Ink, fits: Callable[[int, int], bool]) -> Pixels:
    """The grey page, with the connected parts of this ink whose width and height fit as light as in their channel."""
    joined = cv2.morphologyEx(ink.mask(small), cv2.MORPH_CLOSE, np.ones((ink.join_px, ink.join_px), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    result = grey
    for left, top, width, height, _ in stats[1:count].tolist():
        if not fits(width, height):
            continue
        result = grey.copy() if result is grey else result
        y, x = slice(top * 4, (top + height) * 4), slice(left * 4, (left + width) * 4)
        inked = cv2.dilate(ink.mask(colour[y, x]), np.ones((3, 3), np.uint8)) > 0
        result[y, x][inked] = np.maximum(grey[y, x], colour[y, x, ink.channel])[inked]
    return result


def _even_light(grey: Pixels) -> Pixels:
    """Divide by the paper's own brightness, so that shadow, fold and yellowing become white."""
    scale = 400 / max(grey.shape)
    small = scaled(grey, scale)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), 21)
    light = np.asarray(cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR), np.uint8)
    np.maximum(light, 30, out=light)
    return np.asarray(cv2.divide(grey, light, dst=light, scale=250), np.uint8)


def _without_dark_edges(grey: Pixels) -> Pixels:
    """Paint as paper what is dark and hangs together with the picture's border, as scanner lids leave it."""
    small = resized(grey, max(1, grey.shape[1] // 8), max(1, grey.shape[0] // 8))
    paper = float(np.median(small))
    dim = np.where(small < min(110.0, 0.5 * paper), 255, 0).astype(np.uint8)
    dark = cv2.morphologyEx(dim, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    framed = cv2.copyMakeBorder(dark, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=255)
    _, labels = cv2.connectedComponents(framed)
    edge = (labels == labels[0, 0])[1:-1, 1:-1].astype(np.uint8)
    if not edge.any():
        return grey
    mask = cv2.resize(
        cv2.dilate(edge, np.ones((3, 3), np.uint8)), (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_NEAREST
    )
    return np.where(mask > 0, np.uint8(round(paper)), grey)
