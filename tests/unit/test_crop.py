"""Pictures of a place on a page, from the file as handed in and from our copy, by real parsers."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.adapters.parser_pool import ParserPool
from pipeline.errors import ScanRejected
from pipeline.pages import PagePart, ReadPage, ScanFile
from pipeline.settings import Limits
from schemas.text import Box
from tests.sheets import A4, DPI, save, text_page

WANTED = "Hạnh"


@pytest.fixture(scope="module")
def pool() -> Iterator[ParserPool]:
    with ParserPool(Limits(parsers=1)) as parsers:
        yield parsers


def box_of(page: ReadPage) -> Box:
    return next(word.box for word in page.text.words if WANTED in word.text)


def words_in(pool: ParserPool, crop: Path, folder: Path) -> str:
    """What is read on the crop, laid on an empty sheet."""
    with Image.open(crop) as shown:
        sheet = Image.new("RGB", (max(A4[1], shown.width + 200), A4[0]), "white")
        sheet.paste(shown, (100, 300))
    sheet.save(folder / "sheet.png", dpi=(DPI, DPI))
    return pool.read_page(ScanFile(folder / "sheet.png", "image/png"), 1, 1, folder / "again").text.text


@pytest.mark.parametrize("turned", [0, 180])
def test_the_crop_of_a_scan_shows_what_stands_in_the_box(pool: ParserPool, tmp_path: Path, turned: int) -> None:
    sheet = np.ascontiguousarray(np.rot90(text_page(), turned // 90))
    scan = ScanFile(save(sheet, tmp_path / "page.png"), "image/png")
    page = pool.read_page(scan, 1, 1, tmp_path / "picture")
    part = PagePart(page=1, box=box_of(page), dpi=page.text.dpi, rotation_degrees=page.rotation_degrees)
    pool.crop(scan, part, tmp_path / "crop.jpg")
    assert WANTED in words_in(pool, tmp_path / "crop.jpg", tmp_path)
    with Image.open(tmp_path / "crop.jpg") as crop:
        assert crop.height < page.text.height_px / 4


def test_the_crop_of_our_copy_shows_the_same(pool: ParserPool, tmp_path: Path) -> None:
    scan = ScanFile(save(text_page(), tmp_path / "page.png"), "image/png")
    page = pool.read_page(scan, 1, 1, tmp_path / "picture")
    pool.render([page], tmp_path / "copy.pdf")
    part = PagePart(page=1, box=box_of(page), dpi=page.text.dpi, rotation_degrees=None)
    pool.crop(ScanFile(tmp_path / "copy.pdf", "application/pdf"), part, tmp_path / "crop.jpg")
    assert WANTED in words_in(pool, tmp_path / "crop.jpg", tmp_path)


def test_without_a_box_all_of_the_page_is_shown(pool: ParserPool, tmp_path: Path) -> None:
    scan = ScanFile(save(text_page(), tmp_path / "page.png"), "image/png")
    pool.crop(scan, PagePart(page=1, box=None, dpi=72, rotation_degrees=0), tmp_path / "crop.jpg")
    shown = cv2.imread(str(tmp_path / "crop.jpg"))
    assert shown is not None
    assert shown.shape[0] > shown.shape[1] > 1000


def test_of_a_file_that_is_none_nothing_is_shown(pool: ParserPool, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG nothing")
    with pytest.raises(ScanRejected):
        pool.crop(
            ScanFile(tmp_path / "broken.png", "image/png"),
            PagePart(page=1, box=None, dpi=72, rotation_degrees=0),
            tmp_path / "crop.jpg",
        )
    assert not (tmp_path / "crop.jpg").exists()
