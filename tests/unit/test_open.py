from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdf
import pytest
from PIL import Image

from pipeline.errors import ScanRejected
from pipeline.settings import Limits
from pipeline.stages.open import count_pages, open_page
from pipeline.stages.whole_scan import whole_scan
from tests.sheets import DPI, text_page

LIMITS = Limits()


def picture(path: Path, size: tuple[int, int] = (200, 300), mode: str = "RGB", **options: Any) -> Path:
    Image.new(mode, size, "white" if mode != "I;16" else 65535).save(path, **options)
    return path


def pdf_of(path: Path, pages: int = 1, dpi: int = DPI) -> Path:
    page = Image.fromarray(text_page()[:, :, ::-1])
    page.save(path, resolution=dpi, save_all=True, append_images=[page] * (pages - 1))
    return path


def code_of(error: pytest.ExceptionInfo[ScanRejected]) -> str:
    return error.value.code


def test_the_pages_of_a_pdf_are_counted(tmp_path: Path) -> None:
    assert count_pages(pdf_of(tmp_path / "a.pdf", pages=3), "application/pdf", LIMITS) == 3


def test_the_pages_of_a_fax_are_counted(tmp_path: Path) -> None:
    pages = [Image.new("1", (400, 600), 1) for _ in range(2)]
    pages[0].save(tmp_path / "fax.tif", save_all=True, append_images=pages[1:], compression="group4")
    assert count_pages(tmp_path / "fax.tif", "image/tiff", LIMITS) == 2


def test_a_scanned_page_keeps_its_own_resolution(tmp_path: Path) -> None:
    page = open_page(pdf_of(tmp_path / "a.pdf"), "application/pdf", 1, LIMITS)
    assert page.dpi == DPI
    assert page.pixels.shape == text_page().shape


def test_a_page_that_is_one_jpeg_is_decoded_as_it_is(tmp_path: Path) -> None:
    direct = open_page(pdf_of(tmp_path / "a.pdf"), "application/pdf", 1, LIMITS)
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        (inside,) = pdf.pages[0].get_images().values()
        (tmp_path / "a.jpg").write_bytes(inside.read_raw_bytes())
    assert np.array_equal(direct.pixels, open_page(tmp_path / "a.jpg", "image/jpeg", 1, LIMITS).pixels)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("/Rotate", b"90"),
        ("/CropBox", b"[0 0 300 400]"),
        ("/Annots", b"[<< /Type /Annot >>]"),
        ("/UserUnit", b"2"),
    ],
)
def test_a_page_that_is_more_than_its_jpeg_is_drawn(tmp_path: Path, key: str, value: bytes) -> None:
    with pikepdf.open(pdf_of(tmp_path / "a.pdf")) as pdf:
        assert whole_scan(pypdf.PdfReader(tmp_path / "a.pdf").pages[0], 10**9) is not None
        pdf.pages[0].obj[key] = pikepdf.Object.parse(value)
        pdf.save(tmp_path / "b.pdf")
    assert whole_scan(pypdf.PdfReader(tmp_path / "b.pdf").pages[0], 10**9) is None


def test_a_page_with_text_over_its_jpeg_is_drawn(tmp_path: Path) -> None:
    with pikepdf.open(pdf_of(tmp_path / "a.pdf")) as pdf:
        pdf.pages[0].contents_add(b"0 0 200 200 re f")
        pdf.save(tmp_path / "b.pdf")
    assert whole_scan(pypdf.PdfReader(tmp_path / "b.pdf").pages[0], 10**9) is None


def test_a_broken_jpeg_in_a_pdf_does_not_lose_the_page(tmp_path: Path) -> None:
    with pikepdf.open(pdf_of(tmp_path / "a.pdf")) as pdf:
        (picture,) = pdf.pages[0].get_images().values()
        picture.write(picture.read_raw_bytes()[:-3000], filter=pikepdf.Name.DCTDecode)
        pdf.save(tmp_path / "b.pdf")
    assert open_page(tmp_path / "b.pdf", "application/pdf", 1, LIMITS).pixels.shape == text_page().shape


def test_a_finer_scan_than_needed_is_brought_to_reading_resolution(tmp_path: Path) -> None:
    path = picture(tmp_path / "fine.png", size=(2000, 3000), dpi=(600, 600))
    page = open_page(path, "image/png", 1, LIMITS)
    assert page.dpi == LIMITS.reading_dpi
    assert page.pixels.shape == (1500, 1000, 3)


def test_a_photo_that_names_no_resolution_is_taken_for_a_sheet_of_a4(tmp_path: Path) -> None:
    page = open_page(picture(tmp_path / "photo.jpg", size=(1654, 2339)), "image/jpeg", 1, LIMITS)
    assert page.dpi == 200
    assert not page.dpi_known


def test_a_photo_stands_as_its_camera_held_it(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = picture(tmp_path / "photo.jpg", size=(300, 200), exif=exif)
    assert open_page(path, "image/jpeg", 1, LIMITS).pixels.shape == (300, 200, 3)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK", "I;16", "LA"])
def test_white_paper_is_white_in_every_kind_of_pixel(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "white.tif"
    picture(path, mode=mode)
    if mode == "CMYK":
        Image.new("CMYK", (20, 30), (0, 0, 0, 0)).save(path)
    assert np.asarray(open_page(path, "image/tiff", 1, LIMITS).pixels).min() > 250


def test_what_is_transparent_is_paper(tmp_path: Path) -> None:
    Image.new("RGBA", (20, 30), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert open_page(tmp_path / "clear.png", "image/png", 1, LIMITS).pixels.min() == 255


def test_a_page_is_drawn_though_its_encryption_is_one_that_nobody_knows(tmp_path: Path) -> None:
    """Found by `make fuzz`: of what poppler takes for not encrypted at all, pypdf says that it is not implemented."""
    scan = pdf_of(tmp_path / "a.pdf")
    before, trailer, after = scan.read_bytes().rpartition(b"trailer\n<<")
    unknown = b" /Encrypt << /Filter /Standard /V 0 /R 2 /O (a) /U (b) /P -4 >> "
    scan.write_bytes(before + trailer + unknown + after)
    assert count_pages(scan, "application/pdf", LIMITS) == 1
    page = open_page(scan, "application/pdf", 1, LIMITS)
    assert page.pixels.mean() < 254, "nothing was drawn"


def test_a_pdf_with_a_password_is_refused_as_such(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=pdf_of(tmp_path / "a.pdf"))
    writer.encrypt("a password", algorithm="AES-256")
    writer.write(tmp_path / "locked.pdf")
    with pytest.raises(ScanRejected) as error:
        count_pages(tmp_path / "locked.pdf", "application/pdf", LIMITS)
    assert code_of(error) == "encrypted"


def test_a_pdf_that_only_forbids_printing_is_read(tmp_path: Path) -> None:
    with pikepdf.open(pdf_of(tmp_path / "a.pdf")) as pdf:
        pdf.save(tmp_path / "owned.pdf", encryption=pikepdf.Encryption(owner="owner", user=""))
    assert count_pages(tmp_path / "owned.pdf", "application/pdf", LIMITS) == 1
    assert open_page(tmp_path / "owned.pdf", "application/pdf", 1, LIMITS).pixels.min() < 50


@pytest.mark.parametrize("kept_bytes", [20, 400])
def test_a_cut_off_picture_is_refused_as_damaged(tmp_path: Path, kept_bytes: int) -> None:
    whole = picture(tmp_path / "whole.png", size=(400, 400)).read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[:kept_bytes])
    with pytest.raises(ScanRejected) as error:
        open_page(tmp_path / "cut.png", "image/png", count_pages(tmp_path / "cut.png", "image/png", LIMITS), LIMITS)
    assert code_of(error) == "damaged"


def test_a_page_of_too_many_pixels_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = picture(tmp_path / "bomb.png", size=(2000, 1000), mode="1")
    with pytest.raises(ScanRejected) as error:
        count_pages(path, "image/png", Limits(max_page_megapixels=1))
    assert code_of(error) == "page_too_large"


def test_a_pdf_page_of_enormous_size_is_drawn_coarser(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(7200, 7200))
        pdf.save(tmp_path / "poster.pdf")
    page = open_page(tmp_path / "poster.pdf", "application/pdf", 1, Limits(max_page_megapixels=60))
    assert page.pixels.shape[0] * page.pixels.shape[1] <= 60_000_000


def test_a_pdf_page_too_large_to_be_drawn_at_all_is_refused(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(14_400, 14_400))
        pdf.save(tmp_path / "field.pdf")
    with pytest.raises(ScanRejected) as error:
        open_page(tmp_path / "field.pdf", "application/pdf", 1, Limits(max_page_megapixels=1))
    assert code_of(error) == "page_too_large"


def test_a_page_larger_than_a3_is_read_coarser_but_not_under_200_dpi(tmp_path: Path) -> None:
    page = open_page(picture(tmp_path / "plan.png", (7000, 7000), "L", dpi=(300, 300)), "image/png", 1, LIMITS)
    assert page.dpi == 200
    assert page.pixels.shape == (4667, 4667, 3)


def test_a_large_scan_in_a_pdf_is_read_coarser_too(tmp_path: Path) -> None:
    Image.new("L", (7000, 7000), "white").save(tmp_path / "plan.pdf", resolution=300)
    assert open_page(tmp_path / "plan.pdf", "application/pdf", 1, LIMITS).dpi == 200


def test_a_page_made_smaller_in_strips_shows_no_seams(tmp_path: Path) -> None:
    down = np.linspace(0, 255, 3200).astype(np.uint8)
    Image.fromarray(np.tile(down[:, None], (1, 100))).save(tmp_path / "shade.png", dpi=(600, 600))
    shade = open_page(tmp_path / "shade.png", "image/png", 1, LIMITS).pixels[:, 25, 0].astype(int)
    assert len(shade) == 1600
    assert set(np.diff(shade)) <= {0, 1}


def test_a_jpeg_of_nearly_twice_the_reading_resolution_is_halved_as_it_is_decoded(tmp_path: Path) -> None:
    path = picture(tmp_path / "fine.jpg", size=(2005, 3001), dpi=(598, 598))
    page = open_page(path, "image/jpeg", 1, LIMITS)
    assert page.pixels.shape == (1501, 1003, 3)
    assert page.dpi == 299


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScanRejected) as error:
        count_pages(pdf_of(tmp_path / "a.pdf", pages=3), "application/pdf", Limits(max_pages=2))
    assert code_of(error) == "too_many_pages"
