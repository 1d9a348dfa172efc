"""A page as a sharp black-and-white text mask over a soft colour background: small, and as readable as the page.

Print is most of what costs bytes in a colour picture, and needs a fine grid but no colours; seals, pen strokes and
photographs need colours but no fine grid. So each goes where it is cheap (mixed raster content, ISO/IEC 16485).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pages import Pixels
from pipeline.stages.clean import READING_DPI, CleanPage
from pipeline.stages.placement import brightest_channel, resized, scaled

BACKGROUND_DPI = READING_DPI
"""Lawful (NĐ 30/2020, Appendix I: 200 or more), and drawn already; print is finer than that, in its own layer."""
TEXT_DPI = 300
"""The least for print: without grey edges, letters need a grid this fine. Coarser scans are read off between pixels."""
_COARSE_DPI = 100
_PAPER_LONG_SIDE_PX = 400
_INK_SHARE = 0.5
"""Print is darker than this share of the paper around it, in every channel."""
_LEAST_INK_PX = 60
_MOST_ERROR = 17.0
"""Grey levels by which flat ink on paper may differ from the page, on the average of 3 mm, to stand for it."""
_GRAIN = 7
"""Grey levels by which paper may differ from even paper, on the average of 0.8 mm, and still be nothing but paper."""
_MOST_COLOURFUL = 0.3
"""Share of a page that may be neither print nor paper; beyond it the page is a picture, and stays one."""
_EDGE_DEPTH = 0.54
"""How far from ink to paper print reaches; a little over half, so that hair lines and small marks stay whole."""
_CORE_DEPTH = 0.35
_CORE_REACH = np.ones((7, 7), np.uint8)
"""Print has full ink, this near to its colour, within half a millimetre."""
_THREE_BY_THREE = np.ones((3, 3), np.uint8)


@dataclass(frozen=True)
class Layers:
    """What a page consists of.

    `background` is colour (height, width, 3), of `BACKGROUND_DPI` or the page's own lower resolution; of the page's own
    where nothing could be lifted off. `text` is 255 where ink is and 0 elsewhere, (height, width) at `TEXT_DPI` or the
    page's own higher resolution; None where the page has no print to lift off. `ink` is its one colour, blue-green-red.
    """

    background: Pixels
    text: Pixels | None
    ink: tuple[int, int, int]


@dataclass(frozen=True)
class _Print:
    """Dark ink of a page: 255 where it is, (height, width), and its colour."""

    mask: Pixels
    ink: tuple[int, int, int]


def separate(page: CleanPage) -> Layers:
    """Lift the print off a page.

    Only what looks like flat dark ink on paper is lifted. Blue pen and red seals are light in one channel; photographs,
    faint or blurred print would come out visibly different from the page: all this stays in the background. A page
    that is mostly such things stays whole, at its own resolution.

    Args:
        page: whose scan is to be archived.
    """
    scan = page.scan
    background_dpi = min(scan.dpi, BACKGROUND_DPI)
    background = page.colour if background_dpi == page.dpi else scan.colour(background_dpi)
    coarse = scaled(background, min(1.0, _COARSE_DPI / background_dpi))
    found = _find_print(scan.brightest(max(scan.dpi, TEXT_DPI)), background, coarse)
    cover = _sized(found.mask, background.shape)
    coarse_cover = _sized(cover, coarse.shape)
    blobs = cv2.dilate(coarse_cover, _THREE_BY_THREE) > 0
    paper = _even_paper(coarse, blobs)
    like = _looks_like(coarse, coarse_cover, paper, found.ink)
    drawn = _drawn(coarse, paper, blobs & like)
    if np.count_nonzero(drawn) > _MOST_COLOURFUL * drawn.size:
        return Layers(scan.colour(scan.dpi), None, found.ink)
    trusted = like.astype(np.uint8) * 255
    keep = _without_holes(_spread(drawn, cover), cover, _spread(trusted, cover))
    size = (background.shape[1], background.shape[0])
    calm = cv2.resize(paper, size, interpolation=cv2.INTER_LINEAR)
    cv2.copyTo(background, keep, calm)
    text = found.mask
    cv2.bitwise_and(text, _spread(trusted, text), dst=text)
    return Layers(np.asarray(calm, np.uint8), text if cv2.countNonZero(text) else None, found.ink)


def _sized(pixels: Pixels, shape: tuple[int, ...]) -> Pixels:
    return resized(pixels, shape[1], shape[0])


def _spread(mask: Pixels, like: Pixels) -> Pixels:
    size = (like.shape[1], like.shape[0])
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _find_print(value: Pixels, background: Pixels, coarse: Pixels) -> _Print:
    """All pixels that are more ink than the paper around them; none where nothing is dark enough.

    Args:
        value: the brightest channel of the page, on the grid of the mask.
        background: the page (height, width, 3) on its own grid.
        coarse: the same coarsely.
    """
    small = scaled(brightest_channel(coarse), min(1.0, _PAPER_LONG_SIDE_PX / max(coarse.shape)))
    paper = np.asarray(cv2.medianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), 21), np.uint8)
    few = value[::4, ::4]
    limit = cv2.resize(paper, few.shape[::-1], interpolation=cv2.INTER_LINEAR) * _INK_SHARE
    dark = few[few < limit]
    if dark.size < _LEAST_INK_PX:
        return _Print(np.zeros_like(value), (0, 0, 0))
    level = int(np.median(dark[dark <= np.percentile(dark, 60)]))  # the rest are edges, lighter than the ink is
    ink = _ink_colour(background, level)
    # Grey lines, which cross the middle here and there, would come out as dashes.
    mask = cv2.dilate(_darker(value, paper, level, _CORE_DEPTH), _CORE_REACH)
    cv2.bitwise_and(mask, _darker(value, paper, level, _EDGE_DEPTH), dst=mask)
    return _Print(np.asarray(mask, np.uint8), ink)


def _ink_colour(background: Pixels, level: int) -> tuple[int, int, int]:
    """The colour of ink whose brightest channel has `level`: as far from grey as that of the darkest pixels."""
    few = background[::4, ::4]
    brightest = brightest_channel(few)
    darkest = few[brightest <= np.percentile(brightest, 2)]
    blue, green, red = (int(channel) for channel in np.median(darkest, axis=0))
    shift = level - max(blue, green, red)
    return max(0, blue + shift), max(0, green + shift), max(0, red + shift)


def _darker(value: Pixels, paper: Pixels, ink: int, depth: float) -> Pixels:
    """255 where a pixel is darker than the point `depth` (0..1) of the way from ink to the paper around it."""
    limit = cv2.addWeighted(paper, depth, paper, 0, ink * (1 - depth))
    limits = cv2.resize(limit, value.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.compare(value, limits, cv2.CMP_LT), np.uint8)


def _even_paper(coarse: Pixels, blobs: NDArray[np.bool_]) -> Pixels:
    """The page without its print: the mean of what lies around 1 mm, or farther off where print is all there is.

    Args:
        coarse: the page (height, width, 3).
        blobs: where print is, with a margin.
    """
    known = np.where(blobs, 0, 255).astype(np.uint8)
    fourth = (max(1, coarse.shape[1] // 4), max(1, coarse.shape[0] // 4))
    seen = cv2.bitwise_and(coarse, coarse, mask=known)
    total = cv2.resize(seen, fourth, interpolation=cv2.INTER_AREA).astype(np.float32)
    weight = cv2.resize(known, fourth, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    reach = 1
    while (weight < 0.1).any() and reach < max(fourth):
        reach = 2 * reach + 1
        far_total, far_weight = cv2.blur(total, (reach, reach)), cv2.blur(weight, (reach, reach))
        open_still = weight < 0.1
        total[open_still], weight[open_still] = far_total[open_still], far_weight[open_still]
    mean = total / np.maximum(weight, 0.01)[:, :, None]
    size = (coarse.shape[1], coarse.shape[0])
    return np.asarray(cv2.resize(np.clip(mean, 0, 255).astype(np.uint8), size, interpolation=cv2.INTER_LINEAR))


def _looks_like(coarse: Pixels, cover: Pixels, paper: Pixels, ink: tuple[int, int, int]) -> NDArray[np.bool_]:
    """Where ink over paper, seen coarsely, looks like the page itself.

    Args:
        coarse: the page (height, width, 3).
        cover: how much of each pixel the mask inks, 255 being all of it.
        paper: as `_even_paper` gives it.
        ink: blue-green-red.
    """
    share = cover.astype(np.float32) / 255
    flat = np.full_like(coarse, ink)
    drawn = cv2.blendLinear(paper, flat, 1 - share, share)
    error = brightest_channel(np.asarray(cv2.absdiff(drawn, coarse), np.uint8)).astype(np.float32)
    near = cv2.dilate((cover > 0).astype(np.float32), _THREE_BY_THREE)
    around = (_COARSE_DPI // 8, _COARSE_DPI // 8)
    mean = cv2.blur(error * near, around) / np.maximum(cv2.blur(near, around), 1e-3)
    return np.asarray(mean < _MOST_ERROR)


def _drawn(coarse: Pixels, paper: Pixels, lifted: NDArray[np.bool_]) -> Pixels:
    """255 where, print aside, a page differs from even paper by more than grain: seals, pen, pictures, folds.

    Grain is most of what an empty page costs.
    """
    apart = brightest_channel(np.asarray(cv2.absdiff(cv2.blur(coarse, (3, 3)), cv2.blur(paper, (3, 3))), np.uint8))
    apart[lifted] = 0
    return np.asarray(cv2.dilate(cv2.threshold(apart, _GRAIN, 255, cv2.THRESH_BINARY)[1], _THREE_BY_THREE), np.uint8)


def _without_holes(keep: Pixels, cover: Pixels, trusted: Pixels) -> Pixels:
    """0 also where lifted ink is to be painted over, with its soft edges but not with those of ink that stays."""
    inked = cv2.threshold(cover, 0, 255, cv2.THRESH_BINARY)[1]
    lifted = cv2.dilate(cv2.bitwise_and(inked, trusted), _THREE_BY_THREE)
    stays = cv2.dilate(cv2.subtract(inked, trusted), _THREE_BY_THREE)
    cv2.subtract(lifted, stays, dst=lifted)
    return np.asarray(cv2.subtract(keep, lifted, dst=keep), np.uint8)
