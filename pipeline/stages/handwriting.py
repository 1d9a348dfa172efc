"""Step 4c: tell what is written by hand from what is printed, by its ink.

Forms are printed in black and filled in with a pen: in blue ink, or in black that is lighter than the print around it.
Engines are trained on print; what they make of a hand may look surely read and be wrong, so a person must see it.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.stages.clean import CleanPage
from schemas.text import PageText, Word

_BLUE = 0.11
"""By how much the blue light that ink throws back exceeds the red one, as shares of the paper's, more than the print's.

Blue pens have 0.15 to 0.35 on scans and photos; print stays under 0.05, on yellowed paper too.
"""
_LIGHTER = 0.085
"""By how much a black pen's ink is lighter than the print around it, as a share of the paper's light.

Pens have 0.12 and more where the scan keeps greys. A scan in two colours keeps none, and tells nothing here.
"""
_SOLID = 1.05
"""How much of a pen's stroke survives the erosion of its rim, against the print's around it.

Small and thin print looks lighter too, since a soft scan blends it with the paper; a pen's strokes are not thin.
"""
_LEAST_DPI = 150
"""Under this a stroke has too few pixels to tell how thick it is."""
_RED = -0.2
"""Lead of blue over red under which ink is red: it tells nothing of the black print. Yellowed paper makes -0.1."""
_NEITHER = 0.05
"""More red or blue than this, against the print, is coloured print and not a black pen."""
_SMALLEST_MM = 1.0
"""Lower words are dashes and dots."""
_NEAR = 24
"""How many neighbours tell what the print around a word looks like: the light changes over a photographed page."""
_PRINT_SHARE = 0.25
"""The darkest quarter of the neighbours is print, even where a form is mostly filled in."""
_FEWEST_WORDS = 12
_LEAST_INK_PX = 20
_INKED = 0.5
"""Of the way from the darkest pixel to the paper: darker ones are ink."""

Inks = NDArray[np.float64]


@dataclass(frozen=True)
class _Ink:
    """Of n words (n,), nan where too little is seen: how the ink looks.

    `blue`: lead of blue over red light; `light`: mean light; `solid`: share of the ink that lies away from its rim.
    """

    blue: Inks
    light: Inks
    solid: Inks


def mark_handwriting(page: CleanPage, text: PageText) -> PageText:
    """The page's text with `handwritten` set on the words that were written with a pen.

    Args:
        page: the pixels that were read.
        text: what the engine read on them.

    Returns:
        The same text where nothing was told apart.
    """
    if len(text.words) < _FEWEST_WORDS:
        return text
    ink = _Ink(*np.array([_look(page, word) for word in text.words]).T)
    pen = _pen_written(ink, text.words, strokes_seen=page.scan.dpi >= _LEAST_DPI)
    if not pen.any():
        return text
    return text.with_words(
        word.model_copy(update={"handwritten": True}) if by_pen else word
        for word, by_pen in zip(text.words, pen, strict=True)
    )


def _look(page: CleanPage, word: Word) -> tuple[float, float, float]:
    """How the word's ink looks against its paper, in the order of `_Ink`."""
    box, nothing = word.box, (np.nan, np.nan, np.nan)
    if box.height < _SMALLEST_MM * page.dpi / 25.4:
        return nothing
    y, x = slice(max(0, int(box.top)), int(box.bottom)), slice(max(0, int(box.left)), int(box.right))
    grey, colour = page.grey[y, x], page.colour[y, x]
    if grey.size < _LEAST_INK_PX:
        return nothing
    darkest, paper, _, _ = cv2.minMaxLoc(grey)
    ink = np.asarray(cv2.threshold(grey, darkest + _INKED * (paper - darkest), 255, cv2.THRESH_BINARY_INV)[1], np.uint8)
    core = np.asarray(cv2.erode(ink, np.ones((2, 2), np.uint8)), np.uint8)  # the rim is half paper
    if cv2.countNonZero(core) < _LEAST_INK_PX:
        return nothing
    shares = np.array(cv2.mean(colour, core)[:3]) / np.maximum(30.0, np.array(cv2.mean(colour, ~ink)[:3]))
    solid = cv2.countNonZero(cv2.erode(ink, np.ones((3, 3), np.uint8))) / cv2.countNonZero(ink)
    return float(shares[0] - shares[2]), float(shares.mean()), solid


def _pen_written(ink: _Ink, words: tuple[Word, ...], *, strokes_seen: bool) -> NDArray[np.bool_]:
    """Which of the words stand in another ink than the print around them."""
    seen = np.flatnonzero(~np.isnan(ink.blue))
    pen = np.zeros(len(words), bool)
    if len(seen) < _FEWEST_WORDS:
        return pen
    middle = np.array([(words[i].box.top + words[i].box.bottom) / 2 for i in seen])
    not_red = ink.blue[seen][ink.blue[seen] > _RED]
    blue = ink.blue[seen] - (np.quantile(not_red, _PRINT_SHARE) if len(not_red) else 0.0)
    pen[seen] = blue >= _BLUE
    if strokes_seen:
        lighter = ink.light[seen] - _around(ink.light[seen], middle, _PRINT_SHARE) >= _LIGHTER
        solid = ink.solid[seen] >= _SOLID * _around(ink.solid[seen], middle, 0.5)
        pen[seen] |= lighter & solid & (np.abs(blue) < _NEITHER)
    return pen


def _around(values: Inks, middle: Inks, quantile: float) -> Inks:
    """The quantile of the words near each one: those next to it when all stand in order of height on the page."""
    order = np.argsort(middle, kind="stable")
    near = np.lib.stride_tricks.sliding_window_view(np.pad(values[order], _NEAR // 2, mode="reflect"), _NEAR + 1)
    around = np.empty_like(values)
    around[order] = np.quantile(near, quantile, axis=1)
    return around
