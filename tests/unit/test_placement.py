"""How an upright page is drawn from the scan it lies in."""

import cv2
import numpy as np
import pytest

from pipeline.pages import Pixels
from pipeline.stages.placement import Placement, sheet, whole

WIDTH, HEIGHT = 400, 600


def a_picture() -> Pixels:
    """White paper with one dark spot whose middle is at (100, 150)."""
    picture = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    picture[140:160, 90:110] = 0
    return picture


def spot(page: Pixels) -> tuple[float, float]:
    """The middle of the dark spot, x and y, in continuous coordinates."""
    rows, columns = np.nonzero(page.min(axis=2) < 128)
    return float(columns.mean()) + 0.5, float(rows.mean()) + 0.5


def placements() -> list[Placement]:
    corners = np.array([[20, 10], [380, 30], [390, 590], [5, 570]], np.float32)
    plain = whole(a_picture())
    return [plain, plain.turned(90, 0), plain.turned(180, 3.0), plain.turned(270, -8.0), sheet(corners).turned(90, 1.5)]


@pytest.mark.parametrize("placement", placements())
@pytest.mark.parametrize("scale", [0.3, 0.5, 0.73, 1.0, 1.5])
def test_a_page_looks_the_same_at_every_resolution(placement: Placement, scale: float) -> None:
    expected = placement.on_page(np.array([[100.0, 150.0]]))[0] * scale
    assert spot(placement.draw(a_picture(), scale)) == pytest.approx(tuple(expected), abs=0.6)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_quarter_turn_loses_nothing(degrees: int) -> None:
    picture = np.random.default_rng(1).integers(0, 255, (31, 17, 3), dtype=np.uint8)
    there = whole(picture).turned(degrees, 0).draw(picture, 1)
    back = whole(there).turned(-degrees, 0).draw(there, 1)
    assert np.array_equal(back, picture)


def test_levelling_keeps_the_size_of_the_page_and_fills_its_corners_with_white() -> None:
    page = whole(a_picture()).turned(0, 10).draw(np.zeros((HEIGHT, WIDTH, 3), np.uint8), 1)
    assert page.shape == (HEIGHT, WIDTH, 3)
    assert page[0, 0].tolist() == [255, 255, 255]


def test_a_slant_too_small_to_see_costs_no_drawing() -> None:
    assert whole(a_picture()).turned(0, 0.05).matrix is None


def test_a_photographed_sheet_fills_its_page() -> None:
    table = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    corners = np.array([[60, 40], [330, 80], [360, 560], [30, 500]], np.float32)
    cv2.fillConvexPoly(table, corners.astype(np.int32), (255, 255, 255))
    page = sheet(corners).draw(table, 1)
    assert (page[4:-4, 4:-4] > 200).mean() > 0.99
