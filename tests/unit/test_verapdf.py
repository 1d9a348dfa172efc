"""The judge is judged first: veraPDF as the tests use it lets a good file pass and finds planted defects."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pikepdf.pdfa
import pytest

from tests.services.verapdf import failed_rules

Defect = Callable[[pikepdf.Pdf], None]


def page_with_a_grey_patch() -> pikepdf.Pdf:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    pdf.pages[0].Contents = pdf.make_stream(b"0.5 g 100 100 50 50 re f")
    return pdf


@pytest.fixture
def good_file(tmp_path: Path) -> Path:
    path = tmp_path / "good.pdf"
    with page_with_a_grey_patch() as pdf:
        pikepdf.pdfa.save(pdf, path, flavour="2b")
    return path


def no_metadata(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Metadata


def no_output_intent(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.OutputIntents


def a_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def a_font_that_is_not_in_the_file(pdf: pikepdf.Pdf) -> None:
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )
    pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    pdf.pages[0].Contents = pdf.make_stream(b"BT /F 12 Tf 100 700 Td (hoso) Tj ET")


def a_print_colour_without_its_profile(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Contents = pdf.make_stream(b"1 0 0 0 k 0 0 100 100 re f")


DEFECTS: list[tuple[Defect, str]] = [
    (no_metadata, "6.6.2.1"),
    (no_output_intent, "6.2.4.3"),
    (a_script, "6.5.1"),
    (a_font_that_is_not_in_the_file, "6.2.11.4.1"),
    (a_print_colour_without_its_profile, "6.2.4.3"),
]


def test_a_good_file_breaks_no_rule(good_file: Path) -> None:
    assert failed_rules(good_file) == []


@pytest.mark.parametrize(("defect", "clause"), DEFECTS, ids=[defect.__name__ for defect, _ in DEFECTS])
def test_a_planted_defect_is_found_under_its_clause(
    good_file: Path, tmp_path: Path, defect: Defect, clause: str
) -> None:
    spoilt = tmp_path / "spoilt.pdf"
    with pikepdf.open(good_file) as pdf:
        defect(pdf)
        pdf.save(spoilt)

    broken = failed_rules(spoilt)

    assert {rule.split("-")[0] for rule in broken} == {clause}, broken


def test_a_file_is_held_to_the_flavour_that_is_asked_for(good_file: Path) -> None:
    assert any(rule.startswith("6.6.4-") for rule in failed_rules(good_file, "3b"))


def test_a_cut_file_is_not_taken_for_a_good_one(good_file: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.pdf"
    shutil.copy(good_file, cut)
    cut.write_bytes(cut.read_bytes()[:200])

    assert failed_rules(cut) != []


def test_a_locked_file_is_not_taken_for_a_good_one(tmp_path: Path) -> None:
    locked = tmp_path / "locked.pdf"
    with page_with_a_grey_patch() as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(user="u", owner="o"))

    assert failed_rules(locked)[0].startswith("unreadable")
