"""How a paper becomes a scan: five levels, from a flat page to a fax."""

from collections.abc import Callable
from typing import Literal, get_args

import cv2
import numpy as np

from tests.specimens.marks import Pixels
from tests.specimens.sheet import px

Level = Literal["clean", "office", "worn", "phone", "fax"]
LEVELS: tuple[Level, ...] = get_args(Level)

FAX_DPI = 200

_PHOTO_PX = (2550, 3400)
_TABLES = ((120, 84, 58), (70, 78, 92), (128, 50, 56), (64, 92, 74), (166, 150, 128))

Noise = np.random.Generator


def capture(page: Pixels, level: Level, noise: Noise) -> tuple[Pixels, float]:
    """The page as the device of this level gives it, upright.

    Args:
        page: RGB, 300 dpi.
        level: The device and the paper's state.
        noise: Where all chance comes from.

    Returns:
        RGB pixels (a fax: black and white at 200 dpi, two-dimensional, 0 or 255), and the skew in degrees, positive
        clockwise. Where in a photo the page is distorted more than turned, the skew is 0.

    """
    return _DEVICES[level](page, noise)


def _clean(page: Pixels, noise: Noise) -> tuple[Pixels, float]:
    return page, 0.0


def _office(page: Pixels, noise: Noise) -> tuple[Pixels, float]:
    skew = round(float(noise.uniform(-2, 2)), 2)
    scan = _turned(page, skew, (246, 246, 245))
    scan = _tinted(scan, (0.97, 0.97, 0.965))
    return _grain(np.asarray(cv2.GaussianBlur(scan, (0, 0), 0.7), dtype=np.uint8), 5.0, noise), skew


def _worn(page: Pixels, noise: Noise) -> tuple[Pixels, float]:
    skew = round(float(noise.uniform(-3.5, 3.5)), 2)
    paper = _show_through(page, noise)
    _fold(paper, noise)
    paper = _tinted(paper, (0.95, float(noise.uniform(0.88, 0.92)), float(noise.uniform(0.72, 0.8))))
    _holes(paper, noise)
    _specks(paper, noise)
    scan = _turned(paper, skew, (44, 43, 46))
    _dark_edge(scan, noise)
    return _grain(np.asarray(cv2.GaussianBlur(scan, (0, 0), 0.9), dtype=np.uint8), 8.0, noise), skew


def _phone(page: Pixels, noise: Noise) -> tuple[Pixels, float]:
    width, height = _PHOTO_PX
    table = np.asarray(_TABLES[noise.integers(len(_TABLES))], dtype=np.float32)
    texture = cv2.resize(noise.normal(1, 0.09, (160, 12)).astype(np.float32), _PHOTO_PX, interpolation=cv2.INTER_CUBIC)
    photo = np.clip(texture[:, :, None] * table, 0, 255).astype(np.uint8)
    corners = np.asarray([(170, 190), (width - 170, 190), (width - 170, height - 190), (170, height - 190)])
    target = (corners + noise.uniform(-110, 110, (4, 2))).astype(np.float32)
    h, w = page.shape[:2]
    source = np.asarray([(0, 0), (w, 0), (w, h), (0, h)], dtype=np.float32)
    cv2.warpPerspective(
        np.asarray(cv2.GaussianBlur(page, (0, 0), 0.7)),
        cv2.getPerspectiveTransform(source, target),
        _PHOTO_PX,
        dst=photo,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT,
    )
    light = cv2.resize(
        noise.uniform(0.62, 1.0, (3, 3)).astype(np.float32) * 255, _PHOTO_PX, interpolation=cv2.INTER_CUBIC
    )
    shade = np.clip(light, 130, 255).astype(np.uint8)
    lit = cv2.multiply(photo, cv2.merge([shade, shade, shade]), scale=1 / 255)
    return _grain(np.asarray(lit, dtype=np.uint8), 5.0, noise), 0.0


def _fax(page: Pixels, noise: Noise) -> tuple[Pixels, float]:
    skew = round(float(noise.uniform(-1, 1)), 2)
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
    height, width = grey.shape
    size = (round(width * FAX_DPI / 300), round(height * FAX_DPI / 300))
    small = _turned(np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8), skew, (255,))
    rough = _grain(small, 14.0, noise)
    _, bits = cv2.threshold(rough, 148, 255, cv2.THRESH_BINARY)
    for y in noise.integers(0, size[1], 2):  # a fax loses some lines on the way
        bits[y] = 255
    return np.asarray(bits, dtype=np.uint8), skew


_DEVICES: dict[Level, Callable[[Pixels, Noise], tuple[Pixels, float]]] = {
    "clean": _clean,
    "office": _office,
    "worn": _worn,
    "phone": _phone,
    "fax": _fax,
}


def turned_away(page: Pixels, clockwise_degrees: int) -> Pixels:
    """The page laid so that it must be turned `clockwise_degrees` (0, 90, 180, 270) to stand upright again."""
    return np.ascontiguousarray(np.rot90(page, clockwise_degrees // 90))


def _turned(page: Pixels, skew_degrees: float, ground: tuple[int, ...]) -> Pixels:
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -skew_degrees, 1.0)
    return np.asarray(
        cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=ground), dtype=np.uint8
    )


def _tinted(page: Pixels, shares: tuple[float, float, float]) -> Pixels:
    """Each channel times its share."""
    tables = np.round(np.arange(256)[None, :, None] * np.asarray(shares)).astype(np.uint8)
    return np.asarray(cv2.LUT(page, tables), dtype=np.uint8)


def _grain(page: Pixels, deviation: float, noise: Noise) -> Pixels:
    """Sensor noise of a standard deviation in grey levels; one tile is repeated, which no reader notices."""
    tile = noise.normal(0, deviation, (512, 512, *page.shape[2:]))
    repeats = (page.shape[0] // 512 + 1, page.shape[1] // 512 + 1, *([1] if page.ndim == 3 else []))
    grains = np.tile(np.round(tile).astype(np.int8), repeats)[: page.shape[0], : page.shape[1]]
    brighter = cv2.add(page, np.maximum(grains, 0).astype(np.uint8))
    return np.asarray(cv2.subtract(brighter, np.maximum(-grains, 0).astype(np.uint8)), dtype=np.uint8)


def _show_through(page: Pixels, noise: Noise) -> Pixels:
    """The other side's print shines through, mirrored and faint."""
    back = cv2.GaussianBlur(cv2.flip(page, 1), (0, 0), 4)
    faint = cv2.convertScaleAbs(cv2.bitwise_not(back), alpha=float(noise.uniform(0.05, 0.12)))
    return np.asarray(cv2.subtract(page, faint), dtype=np.uint8)


def _fold(page: Pixels, noise: Noise) -> None:
    """One crease across, with its dark valley and bright ridge."""
    y = round(page.shape[0] * float(noise.uniform(0.3, 0.7)))
    page[y : y + 3] = cv2.subtract(page[y : y + 3], np.full_like(page[y : y + 3], 26))
    page[y + 3 : y + 6] = cv2.add(page[y + 3 : y + 6], np.full_like(page[y + 3 : y + 6], 34))


def _holes(page: Pixels, noise: Noise) -> None:
    """Two holes of a file, 80 mm apart, at the left edge."""
    middle = page.shape[0] // 2 + int(noise.integers(-60, 60))
    for y in (middle - px(40), middle + px(40)):
        cv2.circle(page, (px(11), y), px(2.9), (38, 37, 40), -1, cv2.LINE_AA)


def _specks(page: Pixels, noise: Noise) -> None:
    for _ in range(60):
        spot = (int(noise.integers(page.shape[1])), int(noise.integers(page.shape[0])))
        grey = int(noise.integers(60, 150))
        cv2.circle(page, spot, int(noise.integers(1, 5)), (grey, grey, grey - 20), -1, cv2.LINE_AA)


def _dark_edge(page: Pixels, noise: Noise) -> None:
    """The scanner's lid shows beside the paper, at one side or the other."""
    width = px(float(noise.uniform(2, 5)))
    strip = page[:, -width:] if noise.random() < 0.5 else page[:, :width]
    strip[:] = (40, 40, 42)
