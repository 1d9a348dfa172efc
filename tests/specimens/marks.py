"""What is put on a paper after printing: the round red seal, the signature, the pattern of guarded paper."""

import math
from functools import lru_cache
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tests.specimens.fonts import font

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]

SEAL_RED: Colour = (205, 32, 44)
PEN_BLUE: Colour = (28, 46, 140)

SEAL_PX = 425
"""36 mm across at 300 dpi, the size of a commune's seal."""


@lru_cache(maxsize=64)
def seal(upper: str, lower: str) -> Pixels:
    """Ink of a seal, 0..255, with `upper` along the upper rim and `lower` along the lower one."""
    side = 2 * SEAL_PX
    image = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(image)
    for inset, width in ((8, 12), (26, 4), (136, 6)):
        draw.ellipse((inset, inset, side - inset, side - inset), outline=255, width=width)
    step = min(7.2, 325 / (len(upper) + len(lower)))  # degrees a letter, so that both inscriptions fit
    _around(image, upper.upper(), step, top=True)
    _around(image, lower.upper(), step, top=False)
    star = [_polar(side / 2, 150 if k % 2 == 0 else 60, -90 + 36 * k) for k in range(10)]
    draw.polygon(star, fill=255)
    return np.asarray(image.resize((SEAL_PX, SEAL_PX), Image.Resampling.BOX), dtype=np.uint8)


def _polar(centre: float, radius: float, degrees: float) -> tuple[float, float]:
    angle = math.radians(degrees)
    return centre + radius * math.cos(angle), centre + radius * math.sin(angle)


def _around(image: Image.Image, text: str, step: float, top: bool) -> None:
    """Set `text` between the rings; letters have their feet to the centre above, to the rim below."""
    centre, radius = image.width / 2, image.width / 2 - 83
    letters = font("Sans", 50, bold=True)
    for i, letter in enumerate(text):
        offset = (i - (len(text) - 1) / 2) * step
        degrees = offset - 90 if top else 90 - offset
        tile = Image.new("L", (110, 110), 0)
        ImageDraw.Draw(tile).text((55, 55), letter, font=letters, fill=255, anchor="mm")
        tile = tile.rotate(-offset if top else offset, Image.Resampling.BICUBIC)
        x, y = _polar(centre, radius, degrees)
        image.paste(255, (round(x - 55), round(y - 55)), tile)


def signature(rng: Random, width_px: int, height_px: int) -> Pixels:
    """Ink of a scribbled signature, 0..255: loops that run to the right, and a stroke under them."""
    image = np.zeros((height_px, width_px), dtype=np.uint8)
    t = np.linspace(0.0, 1.0, 400)
    turns, phase = rng.uniform(3.5, 6.5), rng.uniform(0, 6.28)
    swing = (1 - 0.6 * t) * (0.5 + 0.5 * np.abs(np.sin(t * rng.uniform(5, 9) + phase)))
    x = width_px * (0.12 + 0.68 * t) + width_px * 0.09 * np.cos(2 * math.pi * turns * t + phase)
    y = height_px * (0.5 + 0.36 * swing * np.sin(2 * math.pi * turns * t))
    _stroke(image, x, y, rng)
    u = np.linspace(0.0, 1.0, 60)
    rise = rng.uniform(-0.2, 0.1)
    _stroke(image, width_px * (0.2 + 0.72 * u), height_px * (0.78 + rise * u + 0.05 * np.sin(6 * u)), rng)
    return image


def _stroke(image: Pixels, x: NDArray[np.float64], y: NDArray[np.float64], rng: Random) -> None:
    points = np.stack((x, y), axis=1)
    for start in range(0, len(points) - 1, 8):  # a pen does not press evenly, so short pieces differ in width
        piece = np.round(points[start : start + 9] * 16).astype(np.int32)
        cv2.polylines(image, [piece], False, 255, rng.choice((4, 5, 6)), cv2.LINE_AA, shift=4)


def press(page: Pixels, ink: Pixels, colour: Colour, left_top: tuple[int, int]) -> None:
    """Multiply `ink` of `colour` onto the RGB page in place, as ink lies on print: what is dark under it stays dark.

    Ink beyond the page's edge is cut off.
    """
    left, top = left_top
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(page.shape[1], left + ink.shape[1]), min(page.shape[0], top + ink.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    cover = ink[y0 - top : y1 - top, x0 - left : x1 - left]
    part = page[y0:y1, x0:x1]
    light = [cv2.LUT(cover, _dimming(channel)) for channel in colour]
    cv2.multiply(part, cv2.merge(light), dst=part, scale=1 / 255)


def _dimming(channel: int) -> Pixels:
    """Table from ink 0..255 to the light that is left in one channel."""
    return np.round(255 - (255 - channel) * np.arange(256) / 255).astype(np.uint8)


def guilloche(page: Pixels, colour: Colour) -> None:
    """Draw the fine waves of guarded paper over the whole page, in place."""
    height, width = page.shape[:2]
    x = np.arange(0, width + 24, 24)
    for k in range(-2, height // 60 + 3):
        y = k * 60 + 46 * np.sin(x / 130 + k * 0.7) + 14 * np.sin(x / 41)
        line = np.round(np.stack((x, y), axis=1) * 16).astype(np.int32)
        cv2.polylines(page, [line], False, colour, 2, cv2.LINE_AA, shift=4)
