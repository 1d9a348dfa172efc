"""Finding papers that are on file, in a real browser with papers that were really digitised."""

from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from pipeline.archive import Handing
from pipeline.incoming import IncomingFile
from pipeline.wiring import open_archive
from tests.browser.conftest import Counter
from tests.system.scans import draw_birth_certificate

pytestmark = pytest.mark.timeout(300)


class OnFile(NamedTuple):
    """A paper on file, and the scan that it was read from."""

    document_id: str
    scan: Path


@pytest.fixture(scope="module")
def certificate(counter: Counter, tmp_path_factory: pytest.TempPathFactory) -> OnFile:
    scan = draw_birth_certificate(tmp_path_factory.mktemp("scans") / "giấy.pdf", "Đặng Thị Huệ", pages=2)
    with open_archive(counter.settings) as archive, scan.open("rb") as data:
        handing = Handing(actor=counter.settings.actor)
        papers = archive.process(archive.receive([IncomingFile(scan.name, data)], handing).submission_id)
    assert papers
    return OnFile(papers[0][0].document_id, scan)


@pytest.fixture
def search(page: Page, counter: Counter, certificate: OnFile) -> Page:
    """The search page of an officer who has said why he looks."""
    page.request.post(f"{counter.url}/purpose", form={"purpose": "citizen_request"}, headers={"origin": counter.url})
    page.goto(f"{counter.url}/search")
    return page


@pytest.fixture
def paper(search: Page, counter: Counter, certificate: OnFile) -> Page:
    """The paper's own page."""
    search.goto(f"{counter.url}/papers/{certificate.document_id}")
    return search


def test_fields_are_shown_with_how_sure_they_are(paper: Page) -> None:
    if not paper.locator("table").is_visible():
        paper.locator("summary").click()
    row = paper.locator("tr", has_text="716/2018")
    expect(row.locator(".confidence")).to_contain_text("%")
    expect(paper.locator("tr", has_text="14/02/1991")).to_be_visible()


def test_typing_without_marks_finds_the_paper_and_marks_the_words(search: Page) -> None:
    search.keyboard.press("/")
    search.keyboard.type("dang thi hue")
    hit = search.locator("#found .hit").first
    expect(hit).to_be_visible()
    expect(hit.locator("mark").first).to_have_text("ĐẶNG")


def test_enter_and_arrows_walk_through_the_hits(search: Page) -> None:
    search.keyboard.press("/")
    search.keyboard.type("khai sinh")
    search.keyboard.press("Enter")
    expect(search.locator("#found .hit").first).to_be_focused()
    search.keyboard.press("ArrowUp")
    expect(search.locator("#q")).to_be_focused()
    search.keyboard.press("Escape")
    expect(search.locator("#found")).to_be_hidden()


def test_what_is_typed_into_the_search_stands_in_no_address(search: Page) -> None:
    asked: list[str] = []
    search.on("request", lambda request: asked.append(request.url))
    search.keyboard.press("/")
    search.keyboard.type("hue")
    expect(search.locator("#found")).to_be_visible()
    assert asked
    assert not any("hue" in address for address in [*asked, search.url])


def test_the_pdf_opens_in_the_browser(paper: Page) -> None:
    with paper.context.expect_page() as opening:
        paper.get_by_role("link", name="Mở PDF").click()
    assert opening.value.url.endswith("/pdf")
    answer = paper.request.get(opening.value.url)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.body().startswith(b"%PDF")


def test_the_original_comes_back_byte_for_byte(paper: Page, certificate: OnFile) -> None:
    with paper.expect_download() as download:
        paper.get_by_role("link", name="Bản gốc").click()
    assert Path(download.value.path()).read_bytes() == certificate.scan.read_bytes()


def test_the_page_speaks_english_when_asked_and_stays_so(page: Page, counter: Counter) -> None:
    page.goto(f"{counter.url}/receive")
    expect(page.get_by_role("heading", name="Tiếp nhận giấy tờ")).to_be_visible()
    page.get_by_role("button", name="English").click()
    page.goto(f"{counter.url}/receive")
    expect(page.get_by_role("heading", name="Receive papers")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
