from pathlib import Path

import pypdf
import pytest

from pipeline.pages import ReadPage
from pipeline.stages.picture import write_picture
from pipeline.stages.render import render
from schemas.text import Box, PageText, Word
from tests.services.verapdf import failed_rules
from tests.sheets import DPI, text_page

WORDS = ("Họ,", "tên:", "NGUYỄN", "THỊ", "THỬ", "-", "123/QĐ-UBND")


def a_page(folder: Path, number: int, words: tuple[str, ...] = WORDS) -> ReadPage:
    pixels = text_page()
    picture = folder / str(number)
    write_picture(pixels, DPI, picture)
    placed = tuple(
        Word(text=text, box=Box(left=100 + 150 * n, top=130, right=220 + 150 * n, bottom=165), confidence=0.9, line=0)
        for n, text in enumerate(words)
    )
    text = PageText(number=number, width_px=pixels.shape[1], height_px=pixels.shape[0], dpi=DPI, words=placed)
    return ReadPage(text=text, picture=picture, rotation_degrees=0, skew_degrees=0, verdict="good")


def test_the_copy_is_pdf_a_2b(tmp_path: Path) -> None:
    render([a_page(tmp_path, 1), a_page(tmp_path, 2)], tmp_path / "copy.pdf")
    assert failed_rules(tmp_path / "copy.pdf") == []


def test_the_same_pages_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        render([a_page(tmp_path, 1)], tmp_path / name)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_every_page_is_there_in_its_order_with_its_words(tmp_path: Path) -> None:
    render([a_page(tmp_path, n, ("Trang", str(n))) for n in (1, 2, 3)], tmp_path / "copy.pdf")
    pages = pypdf.PdfReader(tmp_path / "copy.pdf").pages
    assert [page.extract_text().split() for page in pages] == [["Trang", "1"], ["Trang", "2"], ["Trang", "3"]]


def test_words_come_back_letter_by_letter_with_all_marks(tmp_path: Path) -> None:
    render([a_page(tmp_path, 1)], tmp_path / "copy.pdf")
    assert pypdf.PdfReader(tmp_path / "copy.pdf").pages[0].extract_text().split() == list(WORDS)


def test_each_word_lies_on_its_picture(tmp_path: Path) -> None:
    render([a_page(tmp_path, 1)], tmp_path / "copy.pdf")
    starts: list[tuple[float, float]] = []

    def note(text: str, _: object, matrix: list[float], *__: object) -> None:
        if text.strip():
            starts.append((matrix[4], matrix[5]))

    pypdf.PdfReader(tmp_path / "copy.pdf").pages[0].extract_text(visitor_text=note)
    assert starts[0][0] == pytest.approx(100 * 72 / DPI, abs=1)
    height_pt = text_page().shape[0] * 72 / DPI
    assert height_pt - 165 * 72 / DPI <= starts[0][1] <= height_pt - 130 * 72 / DPI


def test_a_page_keeps_the_size_of_its_paper(tmp_path: Path) -> None:
    render([a_page(tmp_path, 1)], tmp_path / "copy.pdf")
    box = pypdf.PdfReader(tmp_path / "copy.pdf").pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx((595.2, 841.9), abs=0.5)


def test_a_page_without_words_is_kept(tmp_path: Path) -> None:
    render([a_page(tmp_path, 1, ())], tmp_path / "copy.pdf")
    assert len(pypdf.PdfReader(tmp_path / "copy.pdf").pages) == 1
    assert failed_rules(tmp_path / "copy.pdf") == []
