"""The figures in a real browser, with a paper that was really digitised."""

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pipeline.archive import Handing
from pipeline.incoming import IncomingFile
from pipeline.wiring import open_archive
from tests.browser.accessible import PHONE, assert_calm
from tests.browser.conftest import Counter
from tests.system.scans import draw_birth_certificate

pytestmark = pytest.mark.timeout(300)
LEGIBLE_PX = 10


@pytest.fixture(scope="module")
def filed(counter: Counter, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    file = draw_birth_certificate(tmp_path_factory.mktemp("scans") / "giấy.png", "Lê Thị Số")
    with open_archive(counter.settings) as archive, file.open("rb") as data:
        handing = Handing(actor=counter.settings.actor, procedure="birth_registration")
        archive.process(archive.receive([IncomingFile(file.name, data)], handing).submission_id)
        yield


@pytest.fixture
def figures(page: Page, counter: Counter, filed: None) -> Page:
    page.goto(f"{counter.url}/figures")
    return page


def test_the_figures_show_what_was_filed(figures: Page) -> None:
    expect(figures.locator(".chart-papers .total")).to_have_text("1")
    expect(figures.get_by_role("img")).to_have_count(6)
    expect(figures.get_by_role("row", name="Đăng ký khai sinh")).to_be_visible()


def test_a_key_chooses_the_period(figures: Page, counter: Counter) -> None:
    figures.keyboard.press("3")
    expect(figures).to_have_url(f"{counter.url}/figures?days=90")
    expect(figures.locator(".periods [aria-current]")).to_contain_text("90 ngày")


def test_a_key_downloads_the_days_as_csv(figures: Page) -> None:
    with figures.expect_download() as download:
        figures.keyboard.press("d")
    rows = list(csv.DictReader(StringIO(Path(download.value.path()).read_text(encoding="utf-8"))))
    assert rows[-1]["day"] == "total"
    assert rows[-1]["papers"] == "1"


def test_the_days_are_a_table_under_a_fold(figures: Page) -> None:
    table = figures.locator(".by-day table")
    expect(table).not_to_be_visible()
    figures.locator(".by-day summary").press("Enter")
    expect(table.locator("tbody tr")).to_have_count(30)
    expect(table.locator("tfoot")).to_contain_text("1")


def test_the_letters_of_the_charts_can_be_read_on_a_phone(figures: Page) -> None:
    figures.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    for text in figures.locator(".day-chart text").all():
        box = text.bounding_box()
        assert box
        assert box["height"] >= LEGIBLE_PX


def test_the_figures_are_calm(figures: Page) -> None:
    assert_calm(figures)
    figures.locator(".by-day summary").click()
    assert_calm(figures)
