"""How a page lies: where the paper is on a photo, which way its lines run, how far they slant.

Angles are degrees, positive clockwise as seen on the page.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pages import Pixels
from pipeline.stages.placement import scaled

_MOST_SKEW_DEGREES = 12.0
WORK_DPI = 100
_SURELY_INK = 150
_LEAST_RISE = 10
_PAPER = 250
Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Ink:
    """Boxes of letter-like blobs at `WORK_DPI`: arrays of equal length, pixels."""

    left: Floats
    top: Floats
    width: Floats
    height: Floats


@dataclass(frozen=True)
class Direction:
    """What to do so that lines run level and, as far as their shape tells, upright."""

    quarter_turn_degrees: int
    skew_degrees: float


def ink_points(grey: Pixels, dpi: int) -> Ink:
    """Letter-like blobs of a page: neither specks nor table rules, pictures or edges.

    Args:
        grey: (height, width), paper near white.
        dpi: its resolution.
    """
    scale = WORK_DPI / dpi
    small = scaled(grey, scale)
    dark = cv2.adaptiveThreshold(small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 18)
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    left, top, width, height, area = stats[1:].astype(np.float32).T
    longest, shortest = np.maximum(width, height), np.minimum(width, height)
    letters = (longest >= 4) & (longest <= 60) & (shortest >= 2) & (area >= 8) & (area <= 1500)
    return Ink(left[letters], top[letters], width[letters], height[letters])


def in_words(ink: Ink, which: NDArray[np.bool_], neighbours: int) -> int:
    """How many of the blobs `which` (a mask) have so many neighbours of like size close by in one row or one column.

    Letters of words have; dust, folds and the edges of sheets that lay behind do not.
    """
    x, y, size = ink.left + ink.width / 2, ink.top + ink.height / 2, np.maximum(ink.width, ink.height)
    count = 0
    for i in np.flatnonzero(which):
        alike = (size < 2.5 * size[i]) & (size > size[i] / 2.5)
        across, down = np.abs(x - x[i]) / size[i], np.abs(y - y[i]) / size[i]
        row, column = (across < 2.2) & (down < 0.6) & alike, (down < 2.2) & (across < 0.6) & alike
        count += max(int(row.sum()), int(column.sum())) > neighbours  # each finds itself too
    return count


def most_cut_letters(ink: Ink, width: float, height: float) -> int:
    """Letters that run into the border of the picture, on the side where most do.

    Args:
        ink: of a page.
        width: of the page at `WORK_DPI`, pixels.
        height: likewise.
    """
    right, bottom = ink.left + ink.width, ink.top + ink.height
    sides = (ink.left <= 1, ink.top <= 1, right >= width - 2, bottom >= height - 2)
    return max(in_words(ink, side, 1) for side in sides)


def edge_blur_mm(grey: Pixels, dpi: int) -> float:
    """How soft the edges of letters are: the standard deviation of the blur, 0.07 for a sharp scan at 300 dpi.

    The steepest rise of an edge of height h blurred by s is h / (s * sqrt(2 pi)).

    Args:
        grey: (height, width), paper near 250.
        dpi: its resolution.
    """
    here, before, above = (_bands(part) for part in (grey[1:, 1:], grey[1:, :-1], grey[:-1, 1:]))
    rises = _histogram(np.asarray(cv2.max(cv2.absdiff(here, before), cv2.absdiff(here, above)), np.uint8))
    greys = _histogram(here)
    rises[:_LEAST_RISE], greys[_SURELY_INK:] = 0, 0
    if not rises.any() or not greys.any():
        return 0.0
    contrast = _PAPER - _percentile(greys, 20)
    return contrast / (_percentile(rises, 90) * math.sqrt(2 * math.pi)) / dpi * 25.4


def _bands(grey: Pixels) -> Pixels:
    """A quarter of the rows, in bands all down the page: enough to judge all of it by."""
    rows = np.arange(grey.shape[0])
    return grey[rows % 64 < 16]


def _histogram(grey: Pixels) -> Floats:
    return np.asarray(cv2.calcHist([grey], [0], None, [256], [0, 256]), np.float64).ravel()


def _percentile(histogram: Floats, percent: float) -> int:
    return int(np.searchsorted(np.cumsum(histogram, dtype=np.float64), percent / 100 * histogram.sum(dtype=np.float64)))


def find_direction(ink: Ink) -> Direction:
    """Quarter turn and slant of the text.

    Both families of directions are tried, lines along the page's width and along its height; the one whose lines stand
    out more sharply wins. Upright or upside down follows from Vietnamese print having more marks and ascenders above
    its lines' bodies than descenders below.
    """
    across, skew_across = _best_angle(ink.left, ink.top, ink.width, ink.height)
    down, skew_down = _best_angle(ink.top, -ink.left - ink.width, ink.height, ink.width)
    if across >= down:
        body = _Lines(ink.left, ink.top, ink.width, ink.height, skew_across)
        return Direction(0 if body.marks_above() else 180, skew_across)
    body = _Lines(ink.top, -ink.left - ink.width, ink.height, ink.width, skew_down)
    # Turning by 270 degrees clockwise puts the page's right side on top, which is where -left is smallest.
    return Direction(270 if body.marks_above() else 90, skew_down)


def _best_angle(x: Floats, y: Floats, width: Floats, height: Floats) -> tuple[float, float]:
    """Sharpness of the best line profile and its angle. The blobs' bottom edges are what stands on a line."""
    middle, bottom = x + width / 2, y + height
    coarse = np.arange(-_MOST_SKEW_DEGREES, _MOST_SKEW_DEGREES + 0.1, 0.5)
    score = [_sharpness(middle, bottom, angle) for angle in coarse]
    best = float(coarse[int(np.argmax(score))])
    fine = np.arange(best - 0.5, best + 0.51, 0.05)
    score = [_sharpness(middle, bottom, angle) for angle in fine]
    at = int(np.argmax(score))
    return float(score[at]), float(fine[at])


def _sharpness(x: Floats, y: Floats, degrees: float) -> float:
    """How much of the ink falls on few rows when the page is seen at this angle, 1 being evenly spread."""
    radians = np.deg2rad(degrees)
    rows = (y * np.cos(radians) - x * np.sin(radians)).astype(np.int32)
    counts = np.bincount(rows - rows.min()).astype(np.float64)
    evenly = counts.sum() ** 2 / len(counts)
    return float((counts * counts).sum() / evenly / np.sqrt(len(counts)))


class _Lines:
    """Blobs seen level, to weigh what stands above the bodies of the lines against what hangs below."""

    def __init__(self, x: Floats, y: Floats, width: Floats, height: Floats, skew_degrees: float) -> None:
        radians = np.deg2rad(skew_degrees)
        middle = x + width / 2
        self.top = y * np.cos(radians) - middle * np.sin(radians)
        self.bottom = (y + height) * np.cos(radians) - middle * np.sin(radians)

    def marks_above(self) -> bool:
        """Whether blob bottoms line up better than tops: letters stand on the line, marks and ascenders vary."""
        return _alignment(self.bottom) >= _alignment(self.top)


def _alignment(edges: Floats) -> float:
    rows = edges.astype(np.int32)
    counts = np.bincount(rows - rows.min()).astype(np.float64)
    return float((counts * counts).sum())


def find_paper(colour: Pixels) -> Floats | None:
    """The four corners of a paper photographed on a table, or None for a flat scan.

    Returns:
        float32 (4, 2) pixels: top left, top right, bottom right, bottom left; None when the paper fills the picture or
        no clear four-sided sheet stands out.
    """
    scale = 600 / max(colour.shape[:2])
    coarse = scaled(colour, scale)
    small = cv2.GaussianBlur(coarse, (5, 5), 0)
    height, width = small.shape[:2]
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).astype(np.float32)
    border = np.concatenate(
        [lab[:4].reshape(-1, 3), lab[-4:].reshape(-1, 3), lab[:, :4].reshape(-1, 3), lab[:, -4:].reshape(-1, 3)]
    )
    table = np.median(border, axis=0)
    distance = np.linalg.norm(lab - table, axis=2)
    if float(np.percentile(np.linalg.norm(border - table, axis=1), 80)) > 40:
        return None  # the border is not one table: a scan with an edge on one side
    stands_out = np.where(distance > max(20.0, _otsu(distance)), 255, 0).astype(np.uint8)
    joined = cv2.morphologyEx(stands_out, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    contours, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    sheet = cv2.convexHull(max(contours, key=cv2.contourArea))
    area = cv2.contourArea(sheet)
    if not 0.2 * width * height < area < 0.97 * width * height:
        return None
    inside = np.zeros((height, width), np.uint8)
    cv2.drawContours(inside, [sheet.reshape(-1, 1, 2)], -1, 255, -1)
    if float(np.median(lab[inside > 0][:, 0])) <= table[0] + 15:
        return None  # paper is brighter than the table it lies on
    return _corners(sheet.reshape(-1, 2).astype(np.float32), float(area), scale)


def _otsu(values: Floats) -> float:
    level, _ = cv2.threshold(np.clip(values, 0, 255).astype(np.uint8), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return float(level)


def _corners(hull: Floats, area: float, scale: float) -> Floats | None:
    sides = cv2.approxPolyDP(hull.reshape(-1, 1, 2), 0.02 * cv2.arcLength(hull.reshape(-1, 1, 2), True), True).reshape(
        -1, 2
    )
    if len(sides) != 4 or cv2.contourArea(sides.reshape(-1, 1, 2)) < 0.93 * area:
        return None
    total, difference = sides.sum(axis=1), np.diff(sides, axis=1).ravel()
    order = [int(np.argmin(total)), int(np.argmin(difference)), int(np.argmax(total)), int(np.argmax(difference))]
    if len(set(order)) != 4:
        return None
    return (sides[order] / scale).astype(np.float32)
