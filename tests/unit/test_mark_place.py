"""The mark of a signed copy finds a free place near its corner."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.pages import Corner
from pipeline.stages.mark_place import MarkPlace, inked, place_in
from tests.unit.plain_parsers import words_of

A4_PT = (595.0, 842.0)
MARK_PT = (160.0, 58.0)
Ink = NDArray[np.bool_]


def page(*boxes: tuple[int, int, int, int]) -> Ink:
    """A4 with one dot a point; a box (left, top, right, bottom) is written on."""
    ink = np.zeros((842, 595), np.bool_)
    for left, top, right, bottom in boxes:
        ink[top:bottom, left:right] = True
    return ink


def place(ink: Ink, corner: Corner = "left") -> MarkPlace:
    return place_in(ink, A4_PT, MARK_PT, corner)


def under(ink: Ink, at: MarkPlace) -> int:
    """How many dots of ink lie under the mark."""
    top, left = int(at.top_pt), int(at.left_pt)
    return int(ink[top : int(at.top_pt + at.height_pt), left : int(at.left_pt + at.width_pt)].sum())


@pytest.mark.parametrize(("corner", "left"), [("left", 11), ("right", 595 - 11 - 160)])
def test_on_an_empty_page_it_stands_in_its_corner(corner: Corner, left: float) -> None:
    at = place(page(), corner)
    assert (round(at.left_pt), round(at.top_pt)) == (left, 11)
    assert (at.width_pt, at.height_pt, at.covers) == (*MARK_PT, False)


@pytest.mark.parametrize("corner", ["left", "right"])
def test_it_gives_way_to_what_stands_in_its_corner(corner: Corner) -> None:
    ink = page((40, 20, 250, 60), (330, 20, 560, 60))
    at = place(ink, corner)
    assert not at.covers
    assert under(ink, at) == 0


def test_where_it_does_not_fit_it_is_smaller() -> None:
    ink = page((0, 70, 595, 421), (200, 0, 595, 70))
    at = place_in(ink, A4_PT, (180.0, 65.0), "left")
    assert not at.covers
    assert under(ink, at) == 0
    assert at.width_pt < 180


def test_a_page_that_is_full_is_covered_where_it_is_emptiest_and_that_is_told() -> None:
    ink = page((0, 0, 595, 842))
    ink[200:320, 300:560] = False
    ink[200:320:8, 300:560] = True
    at = place(ink)
    assert at.covers
    assert 200 <= at.top_pt <= 320


def test_a_page_smaller_than_the_mark_gets_one_that_fits() -> None:
    at = place_in(np.zeros((150, 100), np.bool_), (100.0, 150.0), MARK_PT, "left")
    assert at.left_pt + at.width_pt <= 100
    assert at.width_pt / at.height_pt == pytest.approx(MARK_PT[0] / MARK_PT[1])


def test_words_count_even_where_they_are_too_pale_to_be_seen() -> None:
    pale = np.full((842, 595, 3), 250, np.uint8)
    assert not inked(pale, words_of("")).any()
    assert inked(pale, words_of("mờ")).all()


def test_a_red_seal_counts() -> None:
    sealed = np.full((842, 595, 3), 255, np.uint8)
    sealed[50:100, 50:100] = (60, 60, 220)
    assert inked(sealed, words_of(""))[50:100, 50:100].all()
