"""Hostile files cost themselves alone: read or refused; their copies do nothing, and their originals are marked."""

import resource
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pikepdf
import pytest

from pipeline.adapters.parser_pool import ParserPool
from pipeline.errors import ScanRejected
from pipeline.pages import ScanFile
from pipeline.settings import Limits
from pipeline.stages.active_content import OTHER_FORMAT, UNKNOWN, find_active
from tests import hostile_files
from tests.digital import write_digital
from tests.hostile_files import ACTING, DECODERS, TWO_KINDS, acting, save
from tests.services.verapdf import failed_rules
from tests.sheets import TEXT, text_page
from tests.unit.desk import Desk, open_desk
from tests.unit.plain_parsers import ACTS, PlainParsers, scan

_PDF = "application/pdf"
_LIMITS = Limits(parsers=1, page_timeout_s=60, parser_memory_mb=1024)


@cache
def plain_scan() -> bytes:
    return hostile_files.scan_pdf(text_page(TEXT[:3], size=(420, 620)))


@pytest.fixture(scope="module")
def pool() -> Iterator[ParserPool]:
    with ParserPool(_LIMITS) as parsers:
        yield parsers


def digital(folder: Path) -> bytes:
    return write_digital(folder / "digital.pdf").read_bytes()


# -- what acts is found -----------------------------------------------------------------------------------------------


def test_a_plain_scan_holds_nothing_that_acts(tmp_path: Path) -> None:
    assert find_active(save(plain_scan(), tmp_path / "a.pdf")) == ()


def test_a_paper_that_no_scanner_made_holds_nothing_that_acts(tmp_path: Path) -> None:
    assert find_active(save(digital(tmp_path), tmp_path / "a.pdf")) == ()


@pytest.mark.parametrize("action", [False, True])
def test_to_open_at_a_page_is_nothing_that_acts(tmp_path: Path, action: bool) -> None:
    with pikepdf.open(save(plain_scan(), tmp_path / "a.pdf")) as pdf:
        place = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.Fit])
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=place) if action else place
        pdf.save(tmp_path / "b.pdf")
    assert find_active(tmp_path / "b.pdf") == ()


@pytest.mark.parametrize("kind", ACTING)
def test_what_acts_is_found(tmp_path: Path, kind: str) -> None:
    assert kind in find_active(save(acting(plain_scan(), kind), tmp_path / "a.pdf"))


@pytest.mark.parametrize("kind", TWO_KINDS)
def test_a_file_that_is_also_of_another_kind_is_found(tmp_path: Path, kind: str) -> None:
    assert OTHER_FORMAT in find_active(save(TWO_KINDS[kind](plain_scan()), tmp_path / "a.pdf"))


def test_a_name_that_is_spelt_in_figures_is_found(tmp_path: Path) -> None:
    """ISO 32000-1, 7.3.5: `/J#61vaScript` is the name `/JavaScript`."""
    data = acting(plain_scan(), "program").replace(b"/Launch", b"/L#61unch")
    assert "program" in find_active(save(data, tmp_path / "a.pdf"))


def test_what_cannot_be_looked_through_may_hold_anything(tmp_path: Path) -> None:
    assert find_active(save(b"%PDF-1.7 and nothing else", tmp_path / "a.pdf")) == (UNKNOWN,)


# -- and does not come into the copy ----------------------------------------------------------------------------------


def copy_of(data: bytes, pool: ParserPool, folder: Path) -> Path:
    source = ScanFile(save(data, folder / "source.pdf"), _PDF)
    page = pool.read_page(source, 1, 1, folder / "page")
    pool.render([page], folder / "copy.pdf")
    return folder / "copy.pdf"


@pytest.mark.parametrize("kind", ACTING)
def test_nothing_that_acts_comes_into_the_copy_of_a_scan(pool: ParserPool, tmp_path: Path, kind: str) -> None:
    assert find_active(copy_of(acting(plain_scan(), kind), pool, tmp_path)) == ()


@pytest.mark.parametrize("kind", ACTING)
def test_nothing_that_acts_comes_into_the_copy_of_a_paper_that_keeps_its_own_page(
    pool: ParserPool, tmp_path: Path, kind: str
) -> None:
    copy = copy_of(acting(digital(tmp_path), kind), pool, tmp_path)
    assert find_active(copy) == ()
    assert failed_rules(copy) == []


@pytest.mark.parametrize("kind", ["zip", "web page"])
def test_the_copy_of_a_file_of_two_kinds_is_of_one(pool: ParserPool, tmp_path: Path, kind: str) -> None:
    assert find_active(copy_of(TWO_KINDS[kind](plain_scan()), pool, tmp_path)) == ()


# -- bombs, giants, circles -------------------------------------------------------------------------------------------


def outcome(data: bytes, kind: str, pool: ParserPool, folder: Path) -> str:
    """Why a file is refused; "" where it is read."""
    source = ScanFile(save(data, folder / "hostile"), kind)
    try:
        pool.count_pages(source)
        pool.read_page(source, 1, 1, folder / "page")
    except ScanRejected as error:
        return error.code
    return ""


def is_well(pool: ParserPool, folder: Path) -> bool:
    return pool.count_pages(ScanFile(save(plain_scan(), folder / "plain.pdf"), _PDF)) == 1


def test_a_picture_of_ten_billion_pixels_is_refused_by_its_header(pool: ParserPool, tmp_path: Path) -> None:
    assert outcome(hostile_files.giant_png(), "image/png", pool, tmp_path) == "page_too_large"


@pytest.mark.parametrize("decoder", DECODERS)
def test_a_page_that_claims_ten_billion_pixels_costs_itself_alone(
    pool: ParserPool, tmp_path: Path, decoder: str
) -> None:
    assert outcome(hostile_files.giant_in_pdf(decoder), _PDF, pool, tmp_path) in {"", "damaged", "unreadable"}
    assert is_well(pool, tmp_path)


HARMFUL = {
    "bomb": hostile_files.bomb_pdf,
    "circle of pages": hostile_files.circular_pages,
    "deep arrays": hostile_files.deep_pdf,
}


@pytest.mark.parametrize("make", HARMFUL.values(), ids=HARMFUL.keys())
def test_a_bomb_or_a_circle_costs_itself_alone(pool: ParserPool, tmp_path: Path, make: Callable[[], bytes]) -> None:
    assert outcome(make(), _PDF, pool, tmp_path) in {"", "damaged", "unreadable", "no_pages", "too_many_pages"}
    assert is_well(pool, tmp_path)


def test_no_parser_ever_took_more_memory_than_it_may(pool: ParserPool, tmp_path: Path) -> None:
    outcome(hostile_files.bomb_pdf(), _PDF, pool, tmp_path)
    peak_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert peak_kb <= _LIMITS.parser_memory_mb << 10


# -- the mark ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path, PlainParsers()) as opened:
        yield opened


def test_a_paper_whose_original_acts_is_marked(desk: Desk) -> None:
    paper = desk.file(scan(f"GIẤY XÁC NHẬN\n{ACTS}"))
    assert [issue.code for issue in paper.issues] == ["active_content"]


def test_the_mark_asks_nobody(desk: Desk) -> None:
    paper = desk.file(scan(f"GIẤY XÁC NHẬN\n{ACTS}"))
    assert "active_content" not in paper.reasons


def test_a_paper_whose_original_does_nothing_is_not_marked(desk: Desk) -> None:
    assert desk.file(scan("GIẤY XÁC NHẬN")).issues == ()


def test_only_the_papers_of_the_file_that_acts_are_marked(desk: Desk) -> None:
    submission = desk.receive(scan(f"GIẤY XÁC NHẬN\n{ACTS}"), scan("QUYẾT ĐỊNH\nVề việc khác"))
    desk.archive.process(submission.submission_id)
    papers = desk.tables.papers.of_content(submission.actor.office_id, submission.content_sha256)
    assert {paper.source_pages: len(paper.issues) for paper in papers} == {(1,): 1, (2,): 0}


def test_a_parser_that_cannot_tell_is_no_comfort(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(_: ScanFile) -> bool:
        raise ScanRejected("unreadable")

    monkeypatch.setattr(desk.archive.parsers, "holds_active_content", die)
    assert [issue.code for issue in desk.file(scan("GIẤY XÁC NHẬN")).issues] == ["active_content"]
