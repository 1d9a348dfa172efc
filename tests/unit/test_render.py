from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdf
import pytest
from pdf2image import convert_from_path

from pipeline.errors import ScanRejected
from pipeline.pages import Pixels, RawPage, ReadPage
from pipeline.stages import picture as pictures
from pipeline.stages.born_digital import as_drawn
from pipeline.stages.layers import Layers
from pipeline.stages.picture import LAYERS, PictureLayers, write_picture
from pipeline.stages.proof import prove
from pipeline.stages.render import render
from schemas.text import Box, PageText, Word
from tests.services.verapdf import failed_rules
from tests.sheets import DPI, sealed, text_page

WORDS = ("Họ,", "tên:", "NGUYỄN", "THỊ", "THỬ", "-", "123/QĐ-UBND")


def a_page(
    folder: Path, number: int, words: tuple[str, ...] = WORDS, pixels: Pixels | None = None, dpi: int = DPI
) -> ReadPage:
    pixels = text_page() if pixels is None else pixels
    picture = folder / str(number)
    write_picture(as_drawn(RawPage(pixels, dpi, dpi_known=True)), picture)
    placed = tuple(
        Word(text=text, box=Box(left=100 + 150 * n, top=130, right=220 + 150 * n, bottom=165), confidence=0.9, line=0)
        for n, text in enumerate(words)
    )
    text = PageText(number=number, width_px=pixels.shape[1], height_px=pixels.shape[0], dpi=dpi, words=placed)
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


def a_scan() -> Pixels:
    """A page at 300 dpi with the grain of a scanner, as (height, width, 3)."""
    page = cv2.resize(text_page(), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC).astype(np.int16)
    grain = np.random.default_rng(1).normal(-6, 3, page.shape)
    return np.asarray(np.clip(page + grain, 0, 255), np.uint8)


def drawn(copy: Path, dpi: int) -> Pixels:
    """The first page as a reader's program shows it, blue-green-red."""
    page = np.asarray(convert_from_path(copy, dpi=dpi)[0], np.uint8)
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2BGR), np.uint8)


def images(copy: Path) -> dict[bool, tuple[int, int]]:
    """Width and height of a one-page copy's images: under True the stencil of its print, under False its background."""
    with pikepdf.open(copy) as pdf:
        found = pdf.pages[0].Resources.XObject.as_dict().values()
        return {"/ImageMask" in image: (int(image.Width), int(image.Height)) for image in found}


def redness(page: Pixels) -> int:
    """By how much red leads over the other colours, summed over all pixels."""
    blue, green, red = cv2.split(page.astype(np.int32))
    return int(np.maximum(red - np.maximum(blue, green) - 10, 0).sum())


def test_print_is_kept_at_the_resolution_of_the_scan_and_colour_at_a_lawful_one(tmp_path: Path) -> None:
    render([a_page(tmp_path, 1, pixels=a_scan(), dpi=300)], tmp_path / "copy.pdf")
    assert images(tmp_path / "copy.pdf") == {True: (2480, 3508), False: (1819, 2573)}


def test_print_of_a_coarse_scan_is_kept_at_300_dpi(tmp_path: Path) -> None:
    render([a_page(tmp_path, 1)], tmp_path / "copy.pdf")
    assert images(tmp_path / "copy.pdf") == {True: (2480, 3508), False: (1240, 1754)}


def test_a_copy_takes_a_third_of_the_page_as_a_jpeg(tmp_path: Path) -> None:
    page = a_scan()
    render([a_page(tmp_path, 1, (), page, 300)], tmp_path / "copy.pdf")
    plain = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, 62])[1]
    assert (tmp_path / "copy.pdf").stat().st_size < len(plain) / 3


def test_a_blank_back_takes_next_to_nothing(tmp_path: Path) -> None:
    front = a_page(tmp_path, 1)
    grain = np.random.default_rng(2).normal(240, 3, a_scan().shape)
    back = a_page(tmp_path, 2, (), np.clip(grain, 0, 255).astype(np.uint8), 300)
    render([front], tmp_path / "front.pdf")
    render([front, back], tmp_path / "both.pdf")
    assert (tmp_path / "both.pdf").stat().st_size - (tmp_path / "front.pdf").stat().st_size < 10_000


def test_letters_have_sharp_edges_and_lie_where_they_were(tmp_path: Path) -> None:
    page = a_scan()
    render([a_page(tmp_path, 1, pixels=page, dpi=300)], tmp_path / "copy.pdf")
    shown = drawn(tmp_path / "copy.pdf", 300)[: page.shape[0], : page.shape[1]]
    ink, copied = page.min(axis=2) < 120, shown.min(axis=2) < 120
    assert np.count_nonzero(ink ^ copied) < 0.05 * np.count_nonzero(ink)
    assert np.mean((shown > 60) & (shown < 200)) < 0.3 * np.mean((page > 60) & (page < 200))


def test_a_seal_keeps_its_red_and_the_print_under_it(tmp_path: Path) -> None:
    page = sealed(text_page(), (150, 500))
    render([a_page(tmp_path, 1, pixels=page)], tmp_path / "copy.pdf")
    shown = drawn(tmp_path / "copy.pdf", DPI)[: page.shape[0], : page.shape[1]]
    assert redness(shown) > 0.7 * redness(page)
    seal = (slice(500, 710), slice(150, 360))
    apart = cv2.absdiff(cv2.blur(shown[seal], (5, 5)), cv2.blur(page[seal], (5, 5)))
    assert float(apart.mean()) < 10


def test_a_page_larger_than_a3_stays_whole(tmp_path: Path) -> None:
    plan = text_page(size=(4700, 4700))
    write_picture(as_drawn(RawPage(plan, 200, dpi_known=True)), tmp_path / "plan")
    layers = PictureLayers.model_validate_json((tmp_path / "plan" / LAYERS).read_text())
    assert layers.text_size_px is None
    assert layers.background_size_px == (4700, 4700)


def test_a_page_that_is_a_photograph_stays_whole(tmp_path: Path) -> None:
    coarse = np.random.default_rng(3).integers(0, 255, (220, 155, 3), dtype=np.uint8)
    photo = np.asarray(cv2.resize(coarse, (2480, 3508), interpolation=cv2.INTER_CUBIC), np.uint8)
    render([a_page(tmp_path, 1, (), photo, 300)], tmp_path / "copy.pdf")
    assert images(tmp_path / "copy.pdf") == {False: (2480, 3508)}


def test_a_copy_with_a_page_too_few_does_not_count(tmp_path: Path) -> None:
    pages = [a_page(tmp_path, 1), a_page(tmp_path, 2)]
    render(pages[:1], tmp_path / "copy.pdf")
    with pytest.raises(ScanRejected, match="1 pages of 2"):
        prove(pages, tmp_path / "copy.pdf")


def test_a_copy_that_lacks_a_word_does_not_count(tmp_path: Path) -> None:
    lacking = text_page()
    lacking[440:490, 100:250] = 255
    render([a_page(tmp_path, 1, pixels=lacking)], tmp_path / "copy.pdf")
    with pytest.raises(ScanRejected, match="differs from page 2"):
        prove([a_page(tmp_path, 2)], tmp_path / "copy.pdf")


def test_a_copy_of_another_size_does_not_count(tmp_path: Path) -> None:
    render([a_page(tmp_path, 1, dpi=200)], tmp_path / "copy.pdf")
    with pytest.raises(ScanRejected, match="differs from page 2"):
        prove([a_page(tmp_path, 2)], tmp_path / "copy.pdf")


def test_what_is_no_pdf_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "copy.pdf").write_bytes(b"%PDF-1.7 and no more")
    with pytest.raises(ScanRejected, match="cannot be drawn"):
        prove([a_page(tmp_path, 1)], tmp_path / "copy.pdf")


def test_a_page_that_layers_would_show_wrongly_is_kept_in_one_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = text_page()
    nothing = np.full_like(page, 255)
    monkeypatch.setattr(pictures, "separate", lambda *_: Layers(nothing, None, (0, 0, 0)))
    write_picture(as_drawn(RawPage(page, DPI, dpi_known=True)), tmp_path / "page")
    kept = cv2.imread(str(tmp_path / "page" / pictures.BACKGROUND))
    assert kept is not None
    assert np.abs(kept.astype(int) - page).mean() < 5
