"""Signing in and out, in a real browser."""

from playwright.sync_api import Page, expect

from pipeline.entrance import new_account
from pipeline.passwords import hashed
from pipeline.wiring import open_tables
from tests.browser.accessible import assert_calm
from tests.browser.conftest import Counter

PASSWORD = "con đò qua sông"  # noqa: S105 (of an invented officer)


def test_an_officer_signs_in_by_keyboard_and_out_again(stranger: Page, counter: Counter) -> None:
    with open_tables(counter.settings) as tables:
        account = new_account("minh", "Minh", counter.settings.office_id, ["counter"])
        tables.accounts.add(account, hashed(PASSWORD), "tests")
    stranger.goto(counter.url)
    stranger.keyboard.type("minh")
    stranger.keyboard.press("Tab")
    stranger.keyboard.type(PASSWORD)
    stranger.keyboard.press("Enter")
    expect(stranger).to_have_url(f"{counter.url}/visit")
    expect(stranger.get_by_role("navigation")).not_to_contain_text("Tài khoản")
    stranger.get_by_role("button", name="Đăng xuất").click()
    expect(stranger).to_have_url(f"{counter.url}/sign-in")


def test_the_pages_of_signing_in_are_calm(stranger: Page, counter: Counter) -> None:
    stranger.goto(counter.url)
    assert_calm(stranger)


def test_the_receiving_page_is_calm(page: Page, counter: Counter) -> None:
    page.goto(f"{counter.url}/receive")
    assert_calm(page)
