"""The language of the pages, in a real browser."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Counter


def test_the_page_speaks_english_when_asked_and_stays_so(page: Page, counter: Counter) -> None:
    page.goto(f"{counter.url}/receive")
    expect(page.get_by_role("heading", name="Tiếp nhận giấy tờ")).to_be_visible()
    page.get_by_role("button", name="English").click()
    page.goto(f"{counter.url}/receive")
    expect(page.get_by_role("heading", name="Receive papers")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
