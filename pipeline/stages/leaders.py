"""Leader dots: the rows of dots that forms print to be written on. The engine loses whole lines over them.

A leader is told by its regularity: round blobs of one size, at one height, at one pitch, many in a row. The dot of an
`i`, a dot below, a full stop and dust have no such neighbours.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pages import Pixels
from pipeline.stages.placement import scaled

_INK = 170
_LOOK_DPI = 150
"""Enough to see whether a page has leaders at all, at a quarter of the cost."""
_DOT_MM = (0.15, 0.95)
_WIDEST_PITCH_MM = 4.5
_FEWEST_DOTS = 6
_MOST_BLOBS = 20_000
"""More round specks than this are a raster or noise, where a row would be chance."""
_HIDDEN_DOTS = 3
"""So many dots may be missing between two, where what was written covers them."""
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class _Dots:
    """Round blobs from left to right: arrays of equal length, pixels; `label` is the blob's number on the page."""

    x: Numbers
    y: Numbers
    size: Numbers
    label: NDArray[np.intp]


def without_leaders(grey: Pixels, dpi: int) -> Pixels:
    """Paint leader dots as paper.

    Args:
        grey: uint8 (height, width), level, upright or upside down, paper near 255.
        dpi: its resolution.

    Returns:
        The same array where the page has no leaders; else a copy of it without them.
    """
    shrink = min(1.0, _LOOK_DPI / dpi)
    small = scaled(grey, shrink)
    if not len(_leader_blobs(small, dpi * shrink)[0]):
        return grey
    found, labels, stats = _leader_blobs(grey, dpi)
    cleaned = grey.copy()
    for label in found:
        left, top, width, height = (int(value) for value in stats[label, :4])
        # One pixel more on each side takes the grey rim along; other blobs' pixels stay.
        y, x = slice(max(0, top - 2), top + height + 2), slice(max(0, left - 2), left + width + 2)
        own = (labels[y, x] == label) | (labels[y, x] == 0)
        cleaned[y, x][own] = 255
    return cleaned


def _leader_blobs(grey: Pixels, dpi: float) -> tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.int32]]:
    """Labels of the blobs that are leader dots, the picture of labels, and each label's box and area."""
    dark = cv2.threshold(grey, _INK, 255, cv2.THRESH_BINARY_INV)[1]
    _, labels, stats, centres = cv2.connectedComponentsWithStats(dark, connectivity=8, ltype=cv2.CV_32S)
    dots = _round_blobs(np.asarray(stats, np.int32), np.asarray(centres, np.float64), dpi / 25.4)
    few = len(dots.x) <= _MOST_BLOBS
    members = [member for chain in _chains(dots, dpi / 25.4) for member in chain] if few else []
    return dots.label[members], np.asarray(labels, np.int32), np.asarray(stats, np.int32)


def _round_blobs(stats: NDArray[np.int32], centres: Numbers, px_per_mm: float) -> _Dots:
    width, height, area = stats[:, 2], stats[:, 3], stats[:, 4]
    longest, shortest = np.maximum(width, height), np.minimum(width, height)
    fits = (longest <= max(4.0, _DOT_MM[1] * px_per_mm)) & (shortest >= max(1.0, _DOT_MM[0] * px_per_mm))
    is_round = (longest <= 1.7 * shortest + 1) & (area >= 0.5 * width * height)
    at = np.flatnonzero(fits & is_round)
    at = at[np.argsort(centres[at, 0], kind="stable")]
    return _Dots(x=centres[at, 0], y=centres[at, 1], size=longest[at].astype(np.float64), label=at)


def _chains(dots: _Dots, px_per_mm: float) -> Iterator[list[int]]:
    """Runs of dots that are leaders, each dot in one run at most."""
    follower = _followers(dots, _WIDEST_PITCH_MM * px_per_mm)
    starts = sorted(set(range(len(dots.x))) - set(follower.values()))
    for start in starts:
        run = [start]
        while run[-1] in follower:
            run.append(follower[run[-1]])
        yield from _regular_parts(run, dots)


def _followers(dots: _Dots, reach_px: float) -> dict[int, int]:
    """Each dot's next dot to the right, at its own height and of its own size; each dot follows one at most."""
    follower: dict[int, int] = {}
    taken: set[int] = set()
    ends = np.searchsorted(dots.x, dots.x + reach_px)
    for i, end in enumerate(ends):
        near = slice(i + 1, int(end))
        level = np.abs(dots.y[near] - dots.y[i]) <= 0.35 * dots.size[i] + 0.5
        alike = np.abs(dots.size[near] - dots.size[i]) <= 0.35 * dots.size[i] + 1
        apart = dots.x[near] - dots.x[i] >= 1.2 * dots.size[i]
        found = np.flatnonzero(level & alike & apart)
        if len(found) and (j := i + 1 + int(found[0])) not in taken:
            follower[i] = j
            taken.add(j)
    return follower


def _regular_parts(run: list[int], dots: _Dots) -> Iterator[list[int]]:
    """The parts of a run with one pitch; where dots are hidden the step is a multiple of it."""
    if len(run) < _FEWEST_DOTS:
        return
    steps = np.diff(dots.x[run])
    pitch = float(np.median(steps))
    multiple = np.maximum(1.0, np.round(steps / pitch))
    even = (np.abs(steps - multiple * pitch) <= 0.25 * pitch + 0.5) & (multiple <= 1 + _HIDDEN_DOTS)
    breaks = np.flatnonzero(~even) + 1
    single = np.append(multiple == 1, False)
    for part, steps_of_one in zip(np.split(np.array(run), breaks), np.split(single, breaks), strict=True):
        # Gaps may join what leaders there are, not make one: the dots of "i, ii, iii" stand at multiples too.
        if int(steps_of_one[:-1].sum()) >= _FEWEST_DOTS - 1:
            yield [int(member) for member in part]
