"""Text of a copy on its place: what another program finds in the copy against what was read on the page."""

from pathlib import Path

import pytest

from pipeline.errors import ScanRejected
from pipeline.pages import ReadPage
from pipeline.stages.drawn_words import drawn_words
from pipeline.stages.proof import prove
from pipeline.stages.render import render
from schemas.text import Box, PageText, Word
from tests.unit.test_render import WORDS, a_page


def with_words(page: ReadPage, *words: Word) -> ReadPage:
    return page.model_copy(update={"text": page.text.model_copy(update={"words": words})})


def shifted(word: Word, right_px: float = 0, down_px: float = 0) -> Word:
    left, top, right, bottom = word.box.left, word.box.top, word.box.right, word.box.bottom
    box = Box(left=left + right_px, top=top + down_px, right=right + right_px, bottom=bottom + down_px)
    return word.model_copy(update={"box": box})


@pytest.fixture
def page(tmp_path: Path) -> ReadPage:
    return a_page(tmp_path, 1)


@pytest.fixture
def copy(page: ReadPage, tmp_path: Path) -> Path:
    render([page], tmp_path / "copy.pdf")
    return tmp_path / "copy.pdf"


def test_words_are_found_where_they_were_read(page: ReadPage, copy: Path) -> None:
    ((*found,),) = drawn_words(copy, 60)
    assert [word.text for word in found] == list(WORDS)
    prove([page], copy)


@pytest.mark.parametrize("moved", [{"right_px": 12.0}, {"right_px": -12.0}, {"down_px": 40.0}, {"down_px": -40.0}])
def test_a_copy_with_a_word_off_its_place_does_not_count(page: ReadPage, copy: Path, moved: dict[str, float]) -> None:
    first, *rest = page.text.words
    with pytest.raises(ScanRejected, match="other text than page 1"):
        prove([with_words(page, shifted(first, **moved), *rest)], copy)


def test_a_copy_that_lacks_a_word_of_the_text_does_not_count(page: ReadPage, copy: Path) -> None:
    more = shifted(page.text.words[0], down_px=300)
    with pytest.raises(ScanRejected, match="other text than page 1"):
        prove([with_words(page, *page.text.words, more)], copy)


def test_a_copy_with_a_word_more_than_the_text_does_not_count(page: ReadPage, copy: Path) -> None:
    with pytest.raises(ScanRejected, match="other text than page 1"):
        prove([with_words(page, *page.text.words[1:])], copy)


def test_a_copy_with_a_wrong_mark_does_not_count(page: ReadPage, copy: Path) -> None:
    words = [
        word.model_copy(update={"text": word.text.replace("Ọ", "O").replace("Ị", "Í")}) for word in page.text.words
    ]
    with pytest.raises(ScanRejected, match="other text than page 1"):
        prove([with_words(page, *words)], copy)


def test_a_word_that_the_engine_put_into_a_line_far_off_keeps_its_own_place(page: ReadPage, tmp_path: Path) -> None:
    *words, last = page.text.words
    away = with_words(page, *words, shifted(last, down_px=120))
    render([away], tmp_path / "copy.pdf")
    ((*found,),) = drawn_words(tmp_path / "copy.pdf", 60)
    assert found[-1].top - found[0].top == pytest.approx(120 * 72 / away.text.dpi, abs=1)


def test_a_word_among_specks_is_as_tall_as_it_is_shown(page: ReadPage, tmp_path: Path) -> None:
    word = page.text.words[0]
    specks = tuple(
        Word(text=":", box=Box(left=left, top=140, right=left + 3, bottom=144), confidence=0.3, line=0)
        for left in (600, 700)
    )
    render([with_words(page, word, *specks)], tmp_path / "copy.pdf")
    found = {word.text: word for word in drawn_words(tmp_path / "copy.pdf", 60)[0]}
    tall_points = (word.box.bottom - word.box.top) * 72 / page.text.dpi
    assert found[word.text].bottom - found[word.text].top == pytest.approx(tall_points, rel=0.2)


def test_a_word_set_sideways_keeps_its_letters(page: ReadPage, tmp_path: Path) -> None:
    sideways = Word(text="Hello", box=Box(left=900, top=300, right=930, bottom=700), confidence=1.0, line=9)
    render([with_words(page, *page.text.words, sideways)], tmp_path / "copy.pdf")
    assert drawn_words(tmp_path / "copy.pdf", 60)[0][-1].text == "Hello"


def test_words_without_width_are_not_asked_for(page: ReadPage, tmp_path: Path) -> None:
    speck = Word(text="|", box=Box(left=50, top=50, right=50, bottom=60), confidence=0.3, line=9)
    render([with_words(page, *page.text.words, speck)], tmp_path / "copy.pdf")


def test_pages_of_two_resolutions_are_each_compared_in_millimetres(tmp_path: Path) -> None:
    render([a_page(tmp_path, 1), a_page(tmp_path, 2, dpi=200)], tmp_path / "copy.pdf")


def test_a_page_without_words_has_none_in_its_copy(page: ReadPage, copy: Path) -> None:
    empty = page.model_copy(update={"text": PageText(**{**page.text.model_dump(), "words": ()})})
    with pytest.raises(ScanRejected, match="other text than page 1"):
        prove([empty], copy)
