"""Text that a page carries itself: kept where it is what the page shows. Read with the real engine and poppler."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
import zxingcpp

from pipeline.adapters.tesseract import read_words
from pipeline.pages import Pixels
from pipeline.settings import Limits
from pipeline.stages.born_digital import drawn_text, own_text
from pipeline.stages.lone_page import write_lone_page
from pipeline.stages.open import open_page
from schemas.text import PageText, Word
from tests.digital import A4_POINTS, LEADING, LEFT, SIZE, TOP, Print, Sign, picture, plain, write_digital
from tests.sheets import TEXT, sealed, text_page
from tests.unit.test_legacy_letters import MARKED, TCVN3, VNI, VNI_CAPITALS

TITLES = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "ĐỘC LẬP - TỰ DO - HẠNH PHÚC", "ỦY BAN NHÂN DÂN XÃ THỬ NGHIỆM")


def read(grey: Pixels, dpi: int) -> tuple[Word, ...]:
    return read_words(grey, dpi, timeout_s=60)


def text_of(pdf: Path, number: int = 1) -> PageText | None:
    lone = pdf.with_suffix(".lone.pdf")
    assert write_lone_page(pdf, number, lone)
    page = open_page(pdf, "application/pdf", number, Limits(reading_dpi=200))
    return own_text(drawn_text(lone, page, 60), page, number, read)


def told_as(letters: str, codes: list[str]) -> Callable[[str], list[Sign]]:
    """A spelling in an old encoding: a letter's first code draws it, further codes draw nothing more."""
    spelt = dict(zip(letters, codes, strict=True))

    def spell(text: str) -> list[Sign]:
        return [
            Sign(letter if first else "", code)
            for letter in text
            for first, code in zip((True, False), spelt.get(letter, letter), strict=False)
        ]

    return spell


def test_the_text_of_a_word_export_is_kept_letter_by_letter(tmp_path: Path) -> None:
    text = text_of(write_digital(tmp_path / "a.pdf"))
    assert text is not None
    assert [line.text for line in text.lines] == list(TEXT)


def test_exact_text_is_sure(tmp_path: Path) -> None:
    text = text_of(write_digital(tmp_path / "a.pdf"))
    assert text is not None
    assert {word.confidence for word in text.words} == {1.0}


def test_words_lie_where_the_page_shows_them(tmp_path: Path) -> None:
    text = text_of(write_digital(tmp_path / "a.pdf"))
    assert text is not None
    scale = 200 / 72
    for number, line in enumerate(text.lines):
        baseline = (A4_POINTS[1] - TOP + number * LEADING) * scale
        assert line.box.left == pytest.approx(LEFT * scale, abs=3)
        assert line.box.top < baseline - 0.6 * SIZE * scale < baseline < line.box.bottom


def test_words_that_reach_over_the_edge_end_at_it(tmp_path: Path) -> None:
    text = text_of(write_digital(tmp_path / "a.pdf", Print(TEXT[:3], top=2 * LEADING + 1)))
    assert text is not None
    assert [line.text for line in text.lines] == list(TEXT[:3])
    assert text.lines[-1].box.bottom == text.height_px


def test_a_turned_page_has_its_words_where_it_shows_them(tmp_path: Path) -> None:
    with pikepdf.open(write_digital(tmp_path / "a.pdf", Print(top=540))) as pdf:
        pdf.pages[0].contents_add(f"0 1 -1 0 {A4_POINTS[0]} 0 cm".encode("ascii"), prepend=True)
        pdf.pages[0].Rotate = 90
        pdf.save(tmp_path / "turned.pdf")
    text = text_of(tmp_path / "turned.pdf")
    assert text is not None
    assert text.width_px > text.height_px
    assert text.lines[-1].text == TEXT[-1]
    assert text.lines[-1].box.left == pytest.approx(LEFT * 200 / 72, abs=3)


def test_the_right_page_of_several_is_taken(tmp_path: Path) -> None:
    with pikepdf.open(write_digital(tmp_path / "a.pdf")) as pdf:
        with pikepdf.open(write_digital(tmp_path / "b.pdf", Print(TITLES))) as other:
            pdf.pages.extend(other.pages)
        pdf.save(tmp_path / "both.pdf")
    text = text_of(tmp_path / "both.pdf", 2)
    assert text is not None
    assert text.lines[0].text == TITLES[0]
    assert text.number == 2


def test_codes_are_read_beside_the_text(tmp_path: Path) -> None:
    code = np.asarray(zxingcpp.create_barcode("716/2018", zxingcpp.BarcodeFormat.QRCode).to_image(scale=6))
    with pikepdf.open(write_digital(tmp_path / "a.pdf")) as pdf:
        page = pdf.pages[0]
        page.Resources.XObject = pikepdf.Dictionary(Code=picture(pdf, np.dstack([code] * 3)))
        page.contents_add(b"q 90 0 0 90 400 100 cm /Code Do Q")
        pdf.save(tmp_path / "coded.pdf")
    text = text_of(tmp_path / "coded.pdf")
    assert text is not None
    assert [found.text for found in text.codes] == ["716/2018"]


def test_a_page_with_a_seal_and_a_logo_is_still_its_text(tmp_path: Path) -> None:
    stamp = sealed(np.full_like(text_page(), 255), (0, 0))[:214, :214]
    with pikepdf.open(write_digital(tmp_path / "a.pdf")) as pdf:
        page = pdf.pages[0]
        page.Resources.XObject = pikepdf.Dictionary(Seal=picture(pdf, stamp))
        page.contents_add(b"q 102 0 0 102 380 300 cm /Seal Do Q")
        pdf.save(tmp_path / "sealed.pdf")
    text = text_of(tmp_path / "sealed.pdf")
    assert text is not None
    assert [line.text for line in text.lines] == list(TEXT)


def test_a_scan_with_a_foreign_layer_is_read_from_its_picture(tmp_path: Path) -> None:
    layer = Print(invisible=True)
    assert text_of(write_digital(tmp_path / "a.pdf", layer, text_page())) is None


def test_a_scan_with_a_signature_caption_is_read_from_its_picture(tmp_path: Path) -> None:
    caption = Print(("Ký bởi: Ủy ban nhân dân phường Thử Nghiệm", "Thời gian ký: 07/02/2025 07:56:24"), top=60)
    assert text_of(write_digital(tmp_path / "a.pdf", caption, text_page())) is None


def test_half_a_page_that_was_pasted_in_as_a_scan_is_read_from_its_picture(tmp_path: Path) -> None:
    with pikepdf.open(write_digital(tmp_path / "a.pdf", Print(TEXT[:4]))) as pdf:
        page = pdf.pages[0]
        page.Resources.XObject = pikepdf.Dictionary(Scan=picture(pdf, text_page()))
        page.contents_add(b"q 500 0 0 600 50 50 cm /Scan Do Q")
        pdf.save(tmp_path / "pasted.pdf")
    assert text_of(tmp_path / "pasted.pdf") is None


def test_text_in_codes_that_nobody_knows_is_read_from_the_picture(tmp_path: Path) -> None:
    shifted = Print(spelling=lambda text: [Sign(c, c if c == " " else chr(ord(c) + 3)) for c in text])
    assert text_of(write_digital(tmp_path / "a.pdf", shifted)) is None


def test_text_in_private_characters_is_read_from_the_picture(tmp_path: Path) -> None:
    private = Print(spelling=lambda text: [Sign(c, chr(0xE000 + ord(c) % 256)) for c in text])
    assert text_of(write_digital(tmp_path / "a.pdf", private)) is None


def test_words_that_do_not_show_are_left_out(tmp_path: Path) -> None:
    with pikepdf.open(write_digital(tmp_path / "a.pdf")) as pdf:
        pdf.pages[0].contents_add(b"1 g 0 300 595 280 re f")
        pdf.save(tmp_path / "covered.pdf")
    text = text_of(tmp_path / "covered.pdf")
    assert text is not None
    assert [line.text for line in text.lines] == list(TEXT[:8])


def test_a_page_without_text_has_none(tmp_path: Path) -> None:
    assert text_of(write_digital(tmp_path / "a.pdf", Print(()), text_page())) is None


@pytest.mark.parametrize("font_name", ["ABCDEF+.VnTime", "ABCDEF+TimesNewRoman"])
def test_tcvn3_is_told_by_the_fonts_name_and_by_the_text(tmp_path: Path, font_name: str) -> None:
    lines = tuple(line for line in TEXT if not line.isupper() and not line.startswith("Ủ"))
    old = Print(lines, told_as(MARKED + "Đ", [*TCVN3, "§"]), font_name)
    text = text_of(write_digital(tmp_path / "a.pdf", old))
    assert text is not None
    assert [line.text for line in text.lines] == list(lines)


def test_tcvn3_capitals_are_told_by_the_fonts_name(tmp_path: Path) -> None:
    codes = dict(zip(MARKED.upper(), TCVN3, strict=True))
    small = Print(TITLES, lambda text: [Sign(c, codes.get(c, c.lower())) for c in text], "ABCDEF+.VnTimeH")
    text = text_of(write_digital(tmp_path / "a.pdf", small))
    assert text is not None
    assert [line.text for line in text.lines] == list(TITLES)


@pytest.mark.parametrize("font_name", ["ABCDEF+VNI-Times", "ABCDEF+TimesNewRoman"])
def test_vni_is_told_by_the_fonts_name_and_by_the_text(tmp_path: Path, font_name: str) -> None:
    old = Print(TEXT, told_as(MARKED + MARKED.upper(), [*VNI.split(), *VNI_CAPITALS.split()]), font_name)
    text = text_of(write_digital(tmp_path / "a.pdf", old))
    assert text is not None
    assert [line.text for line in text.lines] == list(TEXT)


def test_two_fonts_of_different_encodings_on_one_page_are_both_told(tmp_path: Path) -> None:
    old = Print(TITLES, told_as(MARKED + MARKED.upper(), [*VNI.split(), *VNI_CAPITALS.split()]), "ABCDEF+VNI-Times")
    with pikepdf.open(write_digital(tmp_path / "a.pdf", old)) as pdf:
        with pikepdf.open(write_digital(tmp_path / "b.pdf", Print(TEXT, plain, top=500))) as other:
            pdf.pages[0].add_underlay(other.pages[0], pikepdf.Rectangle(0, 0, *A4_POINTS))
        pdf.save(tmp_path / "both.pdf")
    text = text_of(tmp_path / "both.pdf")
    assert text is not None
    assert sorted(line.text for line in text.lines) == sorted((*TITLES, *TEXT))


def test_filled_fields_and_captions_belong_to_the_text(tmp_path: Path) -> None:
    with pikepdf.open(write_digital(tmp_path / "a.pdf")) as pdf:
        with pikepdf.open(write_digital(tmp_path / "b.pdf", Print(("Ký bởi: Nguyễn Văn Thử",), top=60))) as other:
            shown = pdf.copy_foreign(other.pages[0].as_form_xobject())
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Sig,
                T="Signature",
                F=132,
                Rect=[0, 0, *A4_POINTS],
                AP=pikepdf.Dictionary(N=shown),
            )
        )
        pdf.pages[0].Annots = pikepdf.Array([field])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[field])
        pdf.save(tmp_path / "captioned.pdf")
    text = text_of(tmp_path / "captioned.pdf")
    assert text is not None
    assert text.lines[-1].text == "Ký bởi: Nguyễn Văn Thử"


def test_a_damaged_file_has_no_lone_page(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 and no more")
    assert not write_lone_page(tmp_path / "a.pdf", 1, tmp_path / "lone.pdf")


def test_a_lone_page_has_nothing_that_acts(tmp_path: Path) -> None:
    with pikepdf.open(write_digital(tmp_path / "a.pdf")) as pdf:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.Root.OpenAction = script
        pdf.pages[0].AA = pikepdf.Dictionary(O=script)
        pdf.pages[0].Annots = pikepdf.Array(
            [pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[0, 0, 50, 50], A=script)]
        )
        pdf.attachments["a.txt"] = b"a file inside"
        pdf.save(tmp_path / "acting.pdf")
    assert write_lone_page(tmp_path / "acting.pdf", 1, tmp_path / "lone.pdf")
    with pikepdf.open(tmp_path / "lone.pdf") as lone:
        told = " ".join(repr(found) for found in lone.objects)
        assert not any(key in told for key in ("JavaScript", "/AA", "EmbeddedFile", "/OpenAction", "/Annot"))
