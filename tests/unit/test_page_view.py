"""Pictures and words of whole pages, by real parsers and out of the archive copies that they made."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
from PIL import Image

from pipeline.adapters.parser_pool import ParserPool
from pipeline.errors import ScanRejected
from pipeline.pages import Pixels, ScanFile, ShownPage
from pipeline.settings import Limits
from pipeline.viewing import PageViews, words_found
from schemas.dossier import Paper
from schemas.viewing import PictureWidth
from tests.sheets import A4, TEXT, save, text_page
from tests.specimens import Specimen, make_specimens
from tests.unit.desk import Desk, open_desk

OFFICE = "phuong-a"
WIDTHS: tuple[PictureWidth, ...] = (320, 1000, 2000)


@pytest.fixture(scope="module")
def pool() -> Iterator[ParserPool]:
    with ParserPool(Limits(parsers=1)) as parsers:
        yield parsers


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, pool: ParserPool) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("office"), pool) as desk:
        yield desk


@pytest.fixture(scope="module")
def birth(office: Desk) -> tuple[Specimen, Paper]:
    folder = office.folder / "specimens"
    folder.mkdir()
    made, *_ = make_specimens(folder, 1, 2, ("birth_certificate",), ("clean",))
    return made, office.file((folder / made.file).read_bytes())


@pytest.fixture(scope="module")
def turned(office: Desk) -> Paper:
    """A sheet that was scanned upside down."""
    sheet = np.ascontiguousarray(np.rot90(text_page(), 2))
    return office.file(save(sheet, office.folder / "turned.png").read_bytes())


@pytest.fixture(scope="module")
def views(office: Desk) -> PageViews:
    return PageViews(office.archive)


def pixels(jpeg: bytes) -> Pixels:
    with Image.open(BytesIO(jpeg)) as picture:
        assert picture.format == "JPEG"
        return np.asarray(picture.convert("L"))


def ink(page: Pixels) -> Pixels:
    """Where there is print, coarsely: 1 for dark, on a grid of 40 by 56 fields."""
    return (cv2.resize(page, (40, 56), interpolation=cv2.INTER_AREA) < 245).astype(np.uint8)


@pytest.mark.parametrize("width_px", WIDTHS)
def test_the_copy_is_drawn_as_wide_as_asked(
    birth: tuple[Specimen, Paper], views: PageViews, width_px: PictureWidth
) -> None:
    page = pixels(views.picture(OFFICE, birth[1].document_id, 1, width_px))
    aspect = views.words(OFFICE, birth[1].document_id, 1).aspect
    assert page.shape[1] == width_px
    assert abs(page.shape[1] / page.shape[0] - aspect) < 0.01


def test_a_small_scan_is_shown_no_larger_than_it_is(turned: Paper, views: PageViews) -> None:
    assert pixels(views.original(OFFICE, turned.document_id, 1, 2000)).shape == A4
    assert pixels(views.original(OFFICE, turned.document_id, 1, 320)).shape[1] == 320


def test_copy_and_original_show_the_same_way_up(turned: Paper, views: PageViews) -> None:
    assert turned.rotations == (180,)
    copy, original = (
        ink(pixels(show(OFFICE, turned.document_id, 1, 1000))) for show in (views.picture, views.original)
    )
    assert (copy == original).mean() > 0.95
    assert (copy == original[::-1, ::-1]).mean() < 0.9


def test_each_word_lies_on_its_print(turned: Paper, views: PageViews) -> None:
    page = pixels(views.picture(OFFICE, turned.document_id, 1, 2000))
    height, width = page.shape
    words = views.words(OFFICE, turned.document_id, 1).words
    assert len(words) > 60
    covered = np.zeros_like(page)
    for word in words:
        left, right = round(word.left * width), round(word.right * width)
        top, bottom = round(word.top * height), round(word.bottom * height)
        assert page[top:bottom, left:right].min() < 100, word.text
        covered[max(0, top - 8) : bottom + 8, max(0, left - 8) : right + 8] = 1
    assert (page[covered == 0] > 200).mean() > 0.999  # and no print without its word


def test_words_come_line_by_line_in_reading_order(turned: Paper, views: PageViews) -> None:
    page = views.words(OFFICE, turned.document_id, 1)
    assert [" ".join(word.text for word in line) for line in page.lines] == list(TEXT)
    for line in page.lines:
        assert [word.left for word in line] == sorted(word.left for word in line)


def test_what_was_read_is_found_on_the_page(birth: tuple[Specimen, Paper], views: PageViews) -> None:
    specimen, paper = birth
    page = views.words(OFFICE, paper.document_id, 1)
    for name in ("document_number", "full_name"):
        found = words_found(page, specimen.fields[name])
        assert found, name
        assert set("".join(page.words[place].text for place in found).lower()) >= set(
            specimen.fields[name].lower().replace(" ", "")
        )


def test_words_that_people_search_for_are_marked_where_they_stand(turned: Paper, views: PageViews) -> None:
    page = views.words(OFFICE, turned.document_id, 1)
    found = [page.words[place] for place in words_found(page, "nguyen van")]
    assert [word.text for word in found] == ["Nguyễn", "Văn"]
    assert all(word in page.lines[4] for word in found)


def test_a_copy_that_was_made_longer_than_any_page_is_refused(pool: ParserPool, tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(3, 14_400))
        pdf.save(tmp_path / "long.pdf")
    shown = ShownPage(page=1, width_px=2000, rotation_degrees=None)
    with pytest.raises(ScanRejected) as caught:
        pool.show(ScanFile(tmp_path / "long.pdf", "application/pdf"), shown, tmp_path / "picture.jpg")
    assert caught.value.code == "page_too_large"
    assert not (tmp_path / "picture.jpg").exists()


@pytest.mark.parametrize("page", [1, 2])
def test_what_is_no_pdf_or_has_no_such_page_has_no_words(pool: ParserPool, tmp_path: Path, page: int) -> None:
    if page == 1:
        (tmp_path / "copy.pdf").write_bytes(b"%PDF-1.7 nothing")
    else:
        with pikepdf.new() as pdf:
            pdf.add_blank_page(page_size=(595, 842))
            pdf.save(tmp_path / "copy.pdf")
    with pytest.raises(ScanRejected):
        pool.words(ScanFile(tmp_path / "copy.pdf", "application/pdf"), page)


def test_a_page_handed_in_on_its_side_is_turned(pool: ParserPool, tmp_path: Path) -> None:
    side = np.ascontiguousarray(np.rot90(text_page()))
    scan = ScanFile(save(side, tmp_path / "page.png"), "image/png")
    pool.show(scan, ShownPage(page=1, width_px=1000, rotation_degrees=90), tmp_path / "picture.jpg")
    shown = pixels((tmp_path / "picture.jpg").read_bytes())
    expected = cv2.cvtColor(text_page(), cv2.COLOR_BGR2GRAY)
    assert shown.shape[1] == 1000
    assert (ink(shown) == ink(np.asarray(expected, np.uint8))).mean() > 0.98
