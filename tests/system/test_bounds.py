"""What a worker may cost: the `hoso` process and its parsers together, two of them reading side by side."""

import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.heavy_scans import A4_600_DPI, MEGAPIXELS_50, heavy_page, save_pdf
from tests.memory import MemoryWatch
from tests.sheets import save, text_page
from tests.system.command import ingest
from tests.system.hoso_up import environment_of, hoso

pytestmark = pytest.mark.slow

_MOST_MB = 700
_A4_200_DPI = (2339, 1654)
_PAGE_MB = 2339 * 1654 * 3 / 1e6


class Cost(NamedTuple):
    """How an ingest ended, and the most memory that it and its parsers had at one time (PSS)."""

    code: int
    peak_mb: float


def watched_ingest(home: Path, scan: Path) -> Cost:
    command = hoso("ingest", "--json", "--inline", str(scan))
    process = subprocess.Popen(command, env=environment_of(home, HOSO_PARSERS="2"), stdout=subprocess.DEVNULL)
    with MemoryWatch(process.pid) as watch:
        code = process.wait()
    return Cost(code, watch.peak_mb)


@pytest.mark.parametrize("dpi", [600, 300])
def test_fine_colour_pages_and_an_odd_one_of_50_megapixels_stay_within_bounds(tmp_path: Path, dpi: int) -> None:
    fine = heavy_page(A4_600_DPI, 600)
    scan = save_pdf([fine, fine, heavy_page(MEGAPIXELS_50, dpi), fine], tmp_path / "scan.pdf")

    cost = watched_ingest(tmp_path / "home", scan)

    assert cost.code == 0
    assert cost.peak_mb < _MOST_MB


def test_memory_does_not_grow_with_the_number_of_pages(tmp_path: Path) -> None:
    page = heavy_page(_A4_200_DPI, 200)
    few = watched_ingest(tmp_path / "few", save_pdf([page] * 6, tmp_path / "few.pdf"))
    many = watched_ingest(tmp_path / "many", save_pdf([page] * 24, tmp_path / "many.pdf"))

    assert (few.code, many.code) == (0, 0)
    assert many.peak_mb < _MOST_MB
    # Were each page kept, even once and without its reading copy, there would be 18 more of them.
    assert many.peak_mb - few.peak_mb < 18 * _PAGE_MB / 2


def test_a_page_that_takes_too_much_memory_is_an_issue_of_that_page_only(tmp_path: Path) -> None:
    pages = [save(text_page(), tmp_path / "1.png"), save(text_page((), size=(12000, 12000)), tmp_path / "2.png")]
    pages.append(save(text_page(), tmp_path / "3.png"))

    limits = {"HOSO_PARSER_MEMORY_MB": "700", "HOSO_MAX_PAGE_MEGAPIXELS": "200"}
    told = ingest(tmp_path / "home", "--together", "--text", *pages, **limits)

    texts = {
        page: text for line in told.lines for page, text in zip(line["source_pages"], line["page_texts"], strict=True)
    }
    assert {page for page, text in texts.items() if "Hạnh" in text} == {1, 3}
    assert [line["reasons"].count("page_lost") for line in told.lines if 2 in line["source_pages"]] == [1]
