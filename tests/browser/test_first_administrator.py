"""The first sign-in of an administrator, and what asks again later, in a real browser and by keyboard alone."""

from playwright.sync_api import Page, expect

from pipeline.entrance import new_account
from pipeline.passwords import hashed
from pipeline.wiring import open_tables
from tests.browser.accessible import assert_calm
from tests.browser.conftest import Counter
from tests.signing_in import Telephone, let_proofs_grow_old

FIRST, OWN = "con đò qua sông", "bốn mùa hoa gạo đỏ"


def sign_in(page: Page, password: str) -> None:
    expect(page.locator("#login")).to_be_focused()
    page.keyboard.type("quan")
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def choose_password(page: Page) -> None:
    expect(page.locator("#old")).to_be_focused()
    for word in (FIRST, OWN, OWN):
        page.keyboard.type(word)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def show_code(page: Page, field: str, code: str) -> None:
    expect(page.locator(field)).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def test_an_administrator_comes_in_for_the_first_time_and_is_asked_again_later(
    stranger: Page, counter: Counter
) -> None:
    with open_tables(counter.settings) as tables:
        account = new_account("quan", "Phạm Anh Quân", counter.settings.office_id, ["administrator"], must_change=True)
        tables.accounts.add(account, hashed(FIRST), "tests")
    stranger.goto(f"{counter.url}/accounts")
    sign_in(stranger, FIRST)
    expect(stranger).to_have_url(f"{counter.url}/me/password")
    choose_password(stranger)
    expect(stranger).to_have_url(f"{counter.url}/me/code")
    assert_calm(stranger)
    telephone = Telephone(stranger.locator(".letters").inner_text())
    show_code(stranger, "#code", telephone.code())
    expect(stranger).not_to_have_url(f"{counter.url}/me/code")
    stranger.get_by_role("button", name="Đăng xuất").press("Enter")
    stranger.wait_for_url("**/sign-in")
    stranger.goto(f"{counter.url}/accounts")
    sign_in(stranger, OWN)
    expect(stranger).to_have_url(f"{counter.url}/sign-in/code?next=%2Faccounts")
    assert_calm(stranger)
    show_code(stranger, "#code", telephone.code(1))
    expect(stranger).to_have_url(f"{counter.url}/accounts")
    let_proofs_grow_old(counter.settings)
    stranger.get_by_label("Họ và tên").fill("Nguyễn Thị Lan")
    stranger.get_by_label("Tên đăng nhập", exact=True).fill("lan.nguyen")
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Xác nhận lại là bạn")
    assert_calm(stranger)
    show_code(stranger, "#proof", telephone.code())
    expect(stranger.get_by_label("Đường dẫn đăng nhập một lần")).to_be_visible()
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("Nguyễn Thị Lan")
