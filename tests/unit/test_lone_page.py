"""Born-digital pages that the archive keeps as they are."""

from pathlib import Path

import pikepdf
import pytest

from pipeline.adapters.tesseract import read_words
from pipeline.pages import ReadPage
from pipeline.settings import Limits
from pipeline.stages.born_digital import as_drawn, drawn_text, own_text
from pipeline.stages.drawn_words import drawn_words
from pipeline.stages.lone_page import LONE_PAGE, keep_for_archive, write_lone_page
from pipeline.stages.open import open_page
from pipeline.stages.picture import write_picture
from pipeline.stages.render import render
from tests.digital import WORD_EXPORT, Print, write_digital
from tests.services.verapdf import failed_rules
from tests.sheets import TEXT
from tests.unit.test_render import WORDS, a_page


def digital_page(folder: Path, number: int, pdf: Path) -> ReadPage:
    """A page as the parser leaves it for `render`."""
    raw = open_page(pdf, "application/pdf", 1, Limits(reading_dpi=200))
    lone, picture = folder / f"lone-{number}.pdf", folder / f"page-{number}"
    assert write_lone_page(pdf, 1, lone)
    text = own_text(drawn_text(lone, raw, 60), raw, number, lambda grey, dpi: read_words(grey, dpi, 60))
    assert text is not None
    write_picture(as_drawn(raw), picture)
    keep_for_archive(lone, picture / LONE_PAGE)
    return ReadPage(text=text, picture=picture, rotation_degrees=0, skew_degrees=0, verdict="good")


def images(copy: Path) -> int:
    with pikepdf.open(copy) as pdf:
        return sum(isinstance(o, pikepdf.Stream) and o.get("/Subtype") == pikepdf.Name.Image for o in pdf.objects)


def lines_of(copy: Path) -> list[list[str]]:
    pages = []
    for words in drawn_words(copy, 60):
        lines: dict[int, list[str]] = {}
        for word in words:
            lines.setdefault(word.line, []).append(word.text)
        pages.append([" ".join(line) for line in lines.values()])
    return pages


@pytest.fixture
def page(tmp_path: Path) -> ReadPage:
    return digital_page(tmp_path, 1, write_digital(tmp_path / "a.pdf"))


def test_a_page_with_its_fonts_is_kept_as_it_is(page: ReadPage, tmp_path: Path) -> None:
    render([page], tmp_path / "copy.pdf")
    assert images(tmp_path / "copy.pdf") == 0
    assert lines_of(tmp_path / "copy.pdf") == [list(TEXT)]


def test_the_copy_of_a_page_kept_as_it_is_is_pdf_a_2b(page: ReadPage, tmp_path: Path) -> None:
    render([page], tmp_path / "copy.pdf")
    assert failed_rules(tmp_path / "copy.pdf") == []


def test_scanned_and_born_digital_pages_of_one_paper_keep_their_order(page: ReadPage, tmp_path: Path) -> None:
    render([a_page(tmp_path, 2), page, a_page(tmp_path, 3)], tmp_path / "copy.pdf")
    found = lines_of(tmp_path / "copy.pdf")
    assert [lines[0] for lines in found] == [" ".join(WORDS), TEXT[0], " ".join(WORDS)]
    assert failed_rules(tmp_path / "copy.pdf") == []


def test_the_same_page_gives_the_same_bytes(page: ReadPage, tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        render([page], tmp_path / name)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_two_pages_of_one_document_share_their_font(page: ReadPage, tmp_path: Path) -> None:
    render([page], tmp_path / "one.pdf")
    render([page, page], tmp_path / "two.pdf")
    assert (tmp_path / "two.pdf").stat().st_size < 1.1 * (tmp_path / "one.pdf").stat().st_size


def test_a_page_without_its_fonts_is_a_picture_with_exact_text(tmp_path: Path) -> None:
    lacking = WORD_EXPORT._replace(embedded=False, font_name="LiberationSerif")
    page = digital_page(tmp_path, 1, write_digital(tmp_path / "a.pdf", lacking))
    assert not (page.picture / LONE_PAGE).exists()
    render([page], tmp_path / "copy.pdf")
    assert images(tmp_path / "copy.pdf") > 0
    assert lines_of(tmp_path / "copy.pdf") == [list(TEXT)]


def test_a_page_that_would_look_otherwise_becomes_its_picture(page: ReadPage, tmp_path: Path) -> None:
    other = digital_page(tmp_path, 2, write_digital(tmp_path / "b.pdf", Print(TEXT[:5])))
    (other.picture / LONE_PAGE).replace(page.picture / LONE_PAGE)
    render([page], tmp_path / "copy.pdf")
    assert images(tmp_path / "copy.pdf") > 0
    assert lines_of(tmp_path / "copy.pdf") == [list(TEXT)]


def test_hidden_words_do_not_come_into_the_copy(tmp_path: Path) -> None:
    with pikepdf.open(write_digital(tmp_path / "a.pdf")) as pdf:
        pdf.pages[0].contents_add(b"1 g 0 300 595 280 re f")
        pdf.save(tmp_path / "covered.pdf")
    render([digital_page(tmp_path, 1, tmp_path / "covered.pdf")], tmp_path / "copy.pdf")
    assert lines_of(tmp_path / "copy.pdf") == [list(TEXT[:8])]


def test_what_was_kept_of_an_attempt_before_is_replaced(page: ReadPage, tmp_path: Path) -> None:
    keep_for_archive(tmp_path / "none.pdf", page.picture / LONE_PAGE)
    assert not (page.picture / LONE_PAGE).exists()
