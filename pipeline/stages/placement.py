"""Where the upright page lies in a scan, so that it is drawn straight from the scan, at whatever resolution is asked.

Perspective, quarter turn, slant and scale make one map; pixels are interpolated once, and only where they must be.
Coordinates are continuous: 0 is the edge of the first pixel, not its middle, so that all resolutions of a page agree.
"""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.pages import Pixels

_LEVEL_DEGREES = 0.12
"""Under this a line of A4 rises by less than a tenth of its height."""
_QUARTER_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
_SPREAD_PX = 0.6
_BAND_PX = 256
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Placement:
    """A map from pixels of a picture to pixels of the upright page.

    The picture is first mapped by `matrix` (3, 3) to `size_px` (width, height), or taken as it is where `matrix` is
    None; what results is then turned by `turn_degrees` (0, 90, 180, 270) clockwise, without loss.
    """

    size_px: tuple[float, float]
    matrix: Matrix | None = None
    turn_degrees: int = 0

    @property
    def is_flattened(self) -> bool:
        """Whether the page lies in the picture at an angle, as on a photo."""
        return self.matrix is not None and not np.allclose(self.matrix[2], (0, 0, 1))

    def turned(self, quarter_turn_degrees: int, skew_degrees: float) -> "Placement":
        """The same page turned clockwise, then levelled: turned about its middle against `skew_degrees`."""
        turn_degrees = (self.turn_degrees + quarter_turn_degrees) % 360
        if abs(skew_degrees) < _LEVEL_DEGREES:
            return replace(self, turn_degrees=turn_degrees)
        # Turning about the middle is the same before and after a quarter turn.
        level = _about_the_middle(self.size_px, skew_degrees)
        return Placement(self.size_px, level if self.matrix is None else level @ self.matrix, turn_degrees)

    def on_page(self, points: Matrix) -> Matrix:
        """Where points (n, 2) of the picture, in pixels, come to lie on the page."""
        mapped = points
        if self.matrix is not None:
            ahead = np.column_stack([points, np.ones(len(points))]) @ self.matrix.T
            mapped = ahead[:, :2] / ahead[:, 2:]
        x, y = mapped.T
        width, height = self.size_px
        turned = {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}
        return np.column_stack(turned[self.turn_degrees])

    def draw(self, picture: Pixels, scale: float) -> Pixels:
        """The page with `scale` times its pixels along each side; what the picture does not show is white.

        Args:
            picture: uint8 (height, width, 3) or (height, width), the one that this placement was found in.
            scale: more than 0.
        """
        width, height = (max(1, round(side * scale)) for side in self.size_px)
        if self.matrix is None:
            page = resized(picture, width, height)
        else:
            # A warp to less than half the size would skip pixels.
            shrink = min(1.0, 2.0 ** math.ceil(math.log2(scale)))
            picture = resized(picture, round(picture.shape[1] * shrink), round(picture.shape[0] * shrink))
            picture = _spread(picture) if scale < shrink else picture
            page = _warped(picture, _scaling(scale) @ self.matrix @ _scaling(1 / shrink), (width, height))
        turn = _QUARTER_TURNS.get(self.turn_degrees)
        return page if turn is None else np.asarray(cv2.rotate(page, turn), np.uint8)


@dataclass(frozen=True)
class UprightScan:
    """A scan as opened, (height, width, 3) blue-green-red, and how its page lies in it; the page has `dpi` there."""

    pixels: Pixels
    dpi: int
    placement: Placement

    def colour(self, dpi: float) -> Pixels:
        """The page (height, width, 3) at a resolution."""
        return self.placement.draw(self.pixels, dpi / self.dpi)

    def brightest(self, dpi: float) -> Pixels:
        """The brightest channel of the page (height, width): low only for what is dark and without colour."""
        return self.placement.draw(brightest_channel(self.pixels), dpi / self.dpi)

    def turned(self, quarter_turn_degrees: int, skew_degrees: float) -> "UprightScan":
        """The same scan with its page turned as `Placement.turned` does."""
        return replace(self, placement=self.placement.turned(quarter_turn_degrees, skew_degrees))


def whole(picture: Pixels) -> Placement:
    """The page that is the picture as it lies."""
    height, width = picture.shape[:2]
    return Placement((width, height))


def sheet(corners: NDArray[np.float32]) -> Placement:
    """A sheet photographed at an angle, as seen straight from above.

    Args:
        corners: (4, 2) pixels: top left, top right, bottom right, bottom left.
    """
    top_left, top_right, bottom_right, bottom_left = corners
    width = round(max(math.dist(top_left, top_right), math.dist(bottom_left, bottom_right)))
    height = round(max(math.dist(top_left, bottom_left), math.dist(top_right, bottom_right)))
    straight = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    return Placement((width, height), np.asarray(cv2.getPerspectiveTransform(corners, straight), np.float64))


def brightest_channel(colour: Pixels) -> Pixels:
    """(height, width) of (height, width, 3)."""
    brightest = cv2.extractChannel(colour, 0)
    for channel in (1, 2):
        cv2.max(brightest, cv2.extractChannel(colour, channel), dst=brightest)
    return np.asarray(brightest, np.uint8)


def _about_the_middle(size_px: tuple[float, float], degrees: float) -> Matrix:
    turn = cv2.getRotationMatrix2D((size_px[0] / 2, size_px[1] / 2), degrees, 1.0)
    return np.vstack([turn, (0.0, 0.0, 1.0)])


def _scaling(scale: float) -> Matrix:
    return np.diag((scale, scale, 1.0))


def scaled(picture: Pixels, scale: float) -> Pixels:
    """The whole picture on a grid `scale` times as fine; rounded so that all grids of a page end at its edges."""
    height, width = picture.shape[:2]
    return resized(picture, max(1, round(width * scale)), max(1, round(height * scale)))


def resized(picture: Pixels, width: int, height: int) -> Pixels:
    """The picture on another grid: halved as often as it can be, which weighs every pixel, then fitted.

    This is as good as OpenCV's area interpolation, and several times quicker.
    """
    times = 0
    while picture.shape[0] >> times >= 2 * height and picture.shape[1] >> times >= 2 * width:
        times += 1
    if times:
        picture = _halved(picture, times)
    if picture.shape[:2] == (height, width):
        return picture
    if width >= picture.shape[1]:
        return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
    return np.asarray(cv2.resize(_spread(picture), (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _halved(picture: Pixels, times: int) -> Pixels:
    """The picture halved so often, a band at a time: what lies between would take a third of the picture's memory."""
    rows, columns = (side >> times for side in picture.shape[:2])
    halved = np.empty((rows, columns, *picture.shape[2:]), np.uint8)
    band = max(1, _BAND_PX >> times)
    for top in range(0, rows, band):
        part: Pixels = picture[top << times : min(rows, top + band) << times]
        for _ in range(times):
            size = (part.shape[1] // 2, part.shape[0] // 2)
            part = np.asarray(cv2.resize(part[:, : 2 * size[0]], size, interpolation=cv2.INTER_AREA), np.uint8)
        halved[top : top + band] = part
    return halved


def _spread(picture: Pixels) -> Pixels:
    """The picture slightly soft, so that pixels between the points that linear interpolation asks for count too."""
    return np.asarray(cv2.GaussianBlur(picture, (3, 3), _SPREAD_PX), np.uint8)


def _warped(picture: Pixels, matrix: Matrix, size: tuple[int, int]) -> Pixels:
    """`matrix` is in continuous coordinates; OpenCV counts from the middle of the first pixel."""
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    matrix = np.linalg.inv(half) @ matrix @ half
    white = (255, 255, 255)
    if np.allclose(matrix[2], (0, 0, 1)):
        warped = cv2.warpAffine(picture, matrix[:2], size, flags=cv2.INTER_LINEAR, borderValue=white)
    else:
        warped = cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_LINEAR, borderValue=white)
    return np.asarray(warped, np.uint8)
