"""Every engine keeps the one promise of reading: grey pixels in, words in reading order out."""

import platform
from collections.abc import Callable
from importlib import import_module

import cv2
import numpy as np
import pytest

from pipeline.adapters import tesseract
from pipeline.errors import ScanRejected
from pipeline.pages import Layout, Pixels
from schemas.text import Word
from tests.sheets import DPI, TEXT, text_page

Engine = Callable[[Pixels, int, Layout, float], tuple[Word, ...]]
HAS_WHEELS = (platform.system(), platform.machine()) == ("Linux", "x86_64")


@pytest.fixture(params=["tesseract", "tesseract_inside"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "tesseract":
        return tesseract.read_words
    if not HAS_WHEELS:
        pytest.skip("tesserocr is only asked for where it has wheels")
    read_words: Engine = import_module("pipeline.adapters.tesseract_inside").read_words
    return read_words


def grey(page: Pixels) -> Pixels:
    return np.ascontiguousarray(page[:, :, 0])


def test_vietnamese_print_is_read_with_its_marks(engine: Engine) -> None:
    found = {word.text for word in engine(grey(text_page()), DPI, "page", 60)}
    wanted = {word for line in TEXT for word in line.split()}
    assert len(wanted & found) >= 0.9 * len(wanted)


def test_words_come_line_by_line_from_the_top(engine: Engine) -> None:
    words = engine(grey(text_page()), DPI, "page", 60)
    tops: dict[int, float] = {}
    for word in words:
        tops.setdefault(word.line, word.box.top)
    assert list(tops) == list(range(len(TEXT)))
    assert list(tops.values()) == sorted(tops.values())


def test_a_word_has_its_place_and_a_confidence(engine: Engine) -> None:
    page = grey(text_page())
    words = engine(page, DPI, "page", 60)
    for word in words:
        assert 0 <= word.confidence <= 1
        box = word.box
        assert page[round(box.top) : round(box.bottom), round(box.left) : round(box.right)].min() < 128


def test_an_empty_page_has_no_words(engine: Engine) -> None:
    assert engine(np.full((800, 600), 255, np.uint8), DPI, "page", 60) == ()


def test_one_page_leaves_nothing_behind_for_the_next(engine: Engine) -> None:
    first = engine(grey(text_page()), DPI, "page", 60)
    engine(grey(text_page(TEXT[::-1], (1500, 1240))), DPI, "page", 60)
    assert engine(grey(text_page()), DPI, "page", 60) == first


def test_reading_ends_when_its_time_is_over(engine: Engine) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (3000, 2000)).astype(np.uint8)
    with pytest.raises(ScanRejected) as error:
        engine(noise, 300, "page", 0.05)
    assert error.value.code == "unreadable"


def test_a_line_alone_is_read_where_the_engine_is_told_to_look_for_lines(engine: Engine) -> None:
    line = grey(text_page(TEXT[:1]))
    inked = np.flatnonzero(line.min(axis=1) < 128)
    alone = np.ascontiguousarray(line[inked[0] - 20 : inked[-1] + 20])
    assert " ".join(word.text for word in engine(alone, DPI, "block", 60)) == TEXT[0]


def test_digits_alone_are_read_where_there_can_be_nothing_else(engine: Engine) -> None:
    picture = np.full((120, 260), 255, np.uint8)
    cv2.putText(picture, "307", (40, 85), cv2.FONT_HERSHEY_DUPLEX, 2, 0, 3, cv2.LINE_AA)
    assert "".join(word.text for word in engine(picture, DPI, "digits", 60)) == "307"


def test_a_zone_is_read_in_its_own_signs_and_print_after_it_in_all(engine: Engine) -> None:
    zone = {sign for word in engine(grey(text_page()), DPI, "zone", 60) for sign in word.text}
    assert zone <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")
    assert not {sign for word in engine(grey(text_page()), DPI, "block", 60) for sign in word.text} <= zone
