"""What staff do at the counter, in a real browser."""

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Counter
from tests.system.scans import draw_birth_certificate

pytestmark = pytest.mark.timeout(300)
READ_MS = 90_000
"""A page is read in a second or two on an idle machine; the first one also starts the parsers."""

_DROP = """async ([data, name]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name));
  document.querySelector("#receive").dispatchEvent(new DragEvent("drop", {dataTransfer: carried, bubbles: true}));
}"""
_PASTE = """async ([data, name]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name));
  document.dispatchEvent(new ClipboardEvent("paste", {clipboardData: carried, bubbles: true}));
}"""


def hand_over(page: Page, way: str, file: Path) -> None:
    page.evaluate(way, [base64.b64encode(file.read_bytes()).decode(), file.name])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_birth_certificate(tmp_path_factory.mktemp("scans") / "giấy.pdf", "Đặng Thị Huệ", pages=2)


@pytest.fixture
def filed(page: Page, certificate: Path) -> Page:
    """The page after the certificate was chosen and read; the second time it is known already."""
    # The card of an earlier time may stand there already: what is waited for is the answer about this upload.
    with page.expect_response(lambda answer: "/submissions/" in answer.url, timeout=READ_MS):
        page.set_input_files("#files", certificate)
    cards = page.locator(".submission", has_text=certificate.name)
    expect(cards).to_have_count(1)
    expect(page.locator("#submissions [data-live]")).to_have_count(0, timeout=READ_MS)
    expect(cards.locator(".paper")).to_be_visible()
    return page


def test_a_dropped_scan_is_followed_until_its_paper_is_shown(page: Page, tmp_path: Path) -> None:
    file = draw_birth_certificate(tmp_path / "quét.pdf", "Lê Văn Thả", pages=4)
    hand_over(page, _DROP, file)
    card = page.locator(".submission", has_text="quét.pdf")
    expect(card).to_contain_text("/4 trang", timeout=READ_MS)
    expect(card.locator("progress")).to_be_visible()
    expect(card.get_by_role("heading", level=4)).to_contain_text("khai sinh", ignore_case=True, timeout=READ_MS)
    expect(card.locator("progress")).to_have_count(0)


def test_a_pasted_picture_is_received(page: Page, tmp_path: Path) -> None:
    hand_over(page, _PASTE, draw_birth_certificate(tmp_path / "dán.png", "Lê Thị Dán"))
    card = page.locator(".submission", has_text="dán.png")
    expect(card.locator(".paper")).to_have_count(1, timeout=READ_MS)


def test_several_files_at_once_are_a_submission_each(page: Page, tmp_path: Path) -> None:
    names = ["một.png", "hai.png"]
    page.set_input_files("#files", [draw_birth_certificate(tmp_path / name, f"Lê Thị {name}") for name in names])
    for name in names:
        expect(page.locator(".submission h3", has_text=name)).to_have_text(name)


def test_files_that_belong_together_are_one_submission(page: Page, tmp_path: Path) -> None:
    page.get_by_role("checkbox").check()
    names = ["trước.png", "sau.png"]
    page.set_input_files("#files", [draw_birth_certificate(tmp_path / name, f"Lê Thị {name}") for name in names])
    expect(page.locator(".submission h3", has_text="trước.png")).to_have_text("trước.png, sau.png")


def test_what_is_no_scan_is_refused_in_plain_vietnamese(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "ghi chú.txt"
    file.write_text("no scan")
    page.set_input_files("#files", file)
    card = page.locator(".submission", has_text="ghi chú.txt")
    expect(card).to_contain_text("không phải bản quét")


def test_the_same_scan_twice_is_shown_once(filed: Page, certificate: Path) -> None:
    filed.set_input_files("#files", certificate)
    expect(filed.locator(".submission", has_text="Đang gửi")).to_have_count(0)
    expect(filed.locator(".submission h3", has_text=certificate.name)).to_have_count(1)


def test_fields_are_shown_with_how_sure_they_are(filed: Page, certificate: Path) -> None:
    paper = filed.locator(".submission", has_text=certificate.name).locator(".paper")
    if not paper.locator("table").is_visible():
        paper.locator("summary").click()
    row = paper.locator("tr", has_text="716/2018")
    expect(row.locator(".confidence")).to_contain_text("%")
    expect(paper.locator("tr", has_text="14/02/1991")).to_be_visible()


def test_typing_without_marks_finds_the_paper_and_marks_the_words(filed: Page) -> None:
    filed.keyboard.press("/")
    filed.keyboard.type("dang thi hue")
    hit = filed.locator("#found .hit").first
    expect(hit).to_be_visible()
    expect(hit.locator("mark").first).to_have_text("ĐẶNG")


def test_enter_and_arrows_walk_through_the_hits(filed: Page) -> None:
    filed.keyboard.press("/")
    filed.keyboard.type("khai sinh")
    filed.keyboard.press("Enter")
    expect(filed.locator("#found .hit").first).to_be_focused()
    filed.keyboard.press("ArrowUp")
    expect(filed.locator("#q")).to_be_focused()
    filed.keyboard.press("Escape")
    expect(filed.locator("#desk")).to_be_visible()


def test_what_is_typed_into_the_search_stands_in_no_address(filed: Page) -> None:
    asked: list[str] = []
    filed.on("request", lambda request: asked.append(request.url))
    filed.keyboard.press("/")
    filed.keyboard.type("hue")
    expect(filed.locator("#found")).to_be_visible()
    assert asked
    assert not any("hue" in address for address in [*asked, filed.url])


def test_the_pdf_opens_in_the_browser(filed: Page, certificate: Path) -> None:
    link = filed.locator(".submission", has_text=certificate.name).get_by_role("link", name="Mở PDF")
    with filed.context.expect_page() as opening:
        link.click()
    assert opening.value.url.endswith("/pdf")
    answer = filed.request.get(opening.value.url)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.body().startswith(b"%PDF")


def test_the_original_comes_back_byte_for_byte(filed: Page, certificate: Path) -> None:
    card = filed.locator(".submission", has_text=certificate.name)
    with filed.expect_download() as download:
        card.get_by_role("link", name="Bản gốc").click()
    assert Path(download.value.path()).read_bytes() == certificate.read_bytes()


def test_what_was_received_is_still_there_after_a_reload(filed: Page, certificate: Path) -> None:
    filed.reload()
    expect(filed.locator(".submission h3", has_text=certificate.name)).to_be_visible()
    expect(filed.locator(".submission", has_text=certificate.name).locator(".paper")).to_be_visible()


def test_the_page_speaks_english_when_asked_and_stays_so(page: Page) -> None:
    expect(page.get_by_role("heading", name="Nhận giấy tờ")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Receive papers")).to_be_visible()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_without_the_link_the_page_is_refused(stranger: Page, counter: Counter) -> None:
    answer = stranger.goto(counter.url)
    assert answer is not None
    assert answer.status == 403
    expect(stranger.get_by_role("main")).to_contain_text("đường dẫn dùng một lần")


def test_a_paper_is_refused_to_who_has_no_session(stranger: Page, counter: Counter) -> None:
    answer = stranger.goto(f"{counter.url}/api/v1/papers/some-paper")
    assert answer is not None
    assert answer.status == 403


@pytest.mark.parametrize("width", [1366, 390])
def test_nothing_is_wider_than_the_screen(filed: Page, width: int) -> None:
    filed.set_viewport_size({"width": width, "height": 800})
    assert filed.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_breaks_no_rule_of_its_own_policy(stranger: Page, counter: Counter) -> None:
    complaints: list[str] = []
    stranger.on("console", lambda message: complaints.append(message.text))
    stranger.on("pageerror", lambda error: complaints.append(str(error)))
    stranger.goto(counter.link())
    stranger.keyboard.press("/")
    stranger.keyboard.type("a")
    expect(stranger.locator("#found")).to_be_visible()
    assert complaints == []
