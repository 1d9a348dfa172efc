"""Accounts, passwords, the provider and the end of a session, in a real browser."""

import re
import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect
from pydantic import SecretStr

from pipeline.entrance import new_account
from pipeline.settings import Settings
from pipeline.wiring import open_tables
from tests.browser.accessible import assert_calm
from tests.browser.conftest import Counter, address_of, serving
from tests.services.openid import PROVIDER_PASSWORD, running_openid_provider

PASSWORD = "bốn mùa hoa gạo đỏ"  # noqa: S105 (of an invented officer)


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """A counter page whose officers may also sign in by a provider."""
    with socket.create_server(("127.0.0.1", 0)) as listener, running_openid_provider(address_of(listener)) as provider:
        settings = Settings(
            home=tmp_path_factory.mktemp("home"),
            oidc_issuer=provider.issuer,
            oidc_client_id=provider.client_id,
            oidc_client_secret=SecretStr(provider.client_secret),
        )
        with serving(settings, listener) as one:
            yield one


def test_a_new_officer_comes_in_by_the_administrators_link_and_chooses_a_password(
    page: Page, stranger: Page, counter: Counter
) -> None:
    page.goto(f"{counter.url}/accounts")
    page.get_by_label("Họ và tên").fill("Nguyễn Thị Lan")
    page.get_by_label("Tên đăng nhập", exact=True).fill("lan.nguyen")
    page.keyboard.press("Enter")
    link = page.get_by_label("Đường dẫn đăng nhập một lần").input_value()
    browser = page.context.browser
    assert browser
    with browser.new_context(locale="vi-VN") as context:
        hers = context.new_page()
        hers.goto(link)
        expect(hers).to_have_url(f"{counter.url}/me/password")
        assert_calm(hers)
        hers.keyboard.type(PASSWORD)  # The first field has the focus.
        hers.keyboard.press("Tab")
        hers.keyboard.type(PASSWORD)
        hers.keyboard.press("Enter")
        expect(hers).not_to_have_url(f"{counter.url}/me/password")
        expect(hers.get_by_role("navigation")).to_contain_text("Tiếp nhận")
        hers.get_by_role("button", name="Đăng xuất").click()
        hers.wait_for_url("**/sign-in**")
        hers.goto(f"{counter.url}/search")
        hers.get_by_label("Tên đăng nhập").fill("lan.nguyen")
        hers.get_by_label("Mật khẩu").fill(PASSWORD)
        hers.keyboard.press("Enter")
        expect(hers).to_have_url(f"{counter.url}/search")


def test_an_officer_signs_in_by_the_provider_and_out_of_both(stranger: Page, counter: Counter) -> None:
    def sign_in_there() -> None:
        stranger.goto(f"{counter.url}/search")
        stranger.get_by_role("link", name="Đăng nhập qua hệ thống định danh").click()
        stranger.locator("[name=username]").fill("dung")
        stranger.locator("[name=password]").fill(PROVIDER_PASSWORD)
        stranger.keyboard.press("Enter")

    sign_in_there()
    expect(stranger.get_by_text("chưa có tài khoản nào ở đây gắn với bạn")).to_be_visible()
    with open_tables(counter.settings) as tables:
        account = new_account("dung", "Phạm Văn Dũng", counter.settings.office_id, ["counter"])
        (waiting,) = tables.newcomers.waiting()
        tables.accounts.add(account.model_copy(update={"oidc_subject": waiting.oidc_subject}), None, "tests")
    sign_in_there()
    expect(stranger).to_have_url(f"{counter.url}/search")
    stranger.get_by_role("button", name="Đăng xuất").click()
    expect(stranger).to_have_url(re.compile(r"/o/logout"))
    stranger.goto(f"{counter.url}/search")
    expect(stranger).to_have_url(re.compile(r"/sign-in\?next="))


def lasts(page: Page, *seconds: int) -> list[bool]:
    """Have the server say that the session lasts so long, each time it is asked, and note which were by a person."""
    by_person: list[bool] = []

    def answer(route: Route) -> None:
        by_person.append("hoso-background" not in route.request.headers)
        left_s = seconds[-1] if by_person[-1] else seconds[0]
        route.fulfill(json={"left_s": left_s, "warn_s": 90})

    page.route("**/session", answer)
    return by_person


def test_who_is_warned_before_the_end_goes_on_with_one_key(page: Page, counter: Counter) -> None:
    by_person = lasts(page, 60, 900)
    page.goto(f"{counter.url}/me")
    expect(page.get_by_role("dialog")).to_contain_text("Phiên làm việc sắp hết")
    assert not any(by_person)
    assert_calm(page)
    with page.expect_request(lambda asked: "hoso-background" not in asked.headers):
        page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_at_the_end_nothing_of_the_page_stays_on_the_screen(page: Page, counter: Counter) -> None:
    lasts(page, 0)
    page.goto(f"{counter.url}/me")
    expect(page).to_have_url(f"{counter.url}/sign-in?next=%2Fme")
    expect(page.get_by_role("table")).to_have_count(0)


@pytest.mark.parametrize("path", ["/accounts", "/me", "/me/password", "/access-log"])
def test_the_pages_of_rights_are_calm(page: Page, counter: Counter, path: str) -> None:
    page.goto(f"{counter.url}{path}")
    assert_calm(page)


def test_an_accounts_page_and_its_link_are_calm(page: Page, counter: Counter) -> None:
    with open_tables(counter.settings) as tables:
        account = new_account("hoa", "Lê Thị Hoa", counter.settings.office_id, ["head"])
        tables.accounts.add(account, None, "tests")
        tables.newcomers.add(f"{counter.settings.oidc_issuer} 99", "")
    page.goto(f"{counter.url}/accounts/{account.account_id}")
    assert_calm(page)
    page.get_by_role("button", name="Xóa mật khẩu và lấy đường dẫn").click()
    expect(page.get_by_role("status")).to_contain_text("Chỉ hiện lần này")
    assert_calm(page)


def test_a_long_wait_after_wrong_passwords_is_told(stranger: Page, counter: Counter) -> None:
    stranger.goto(f"{counter.url}/sign-in")
    for _ in range(6):
        stranger.get_by_label("Tên đăng nhập").fill("khong-co")
        stranger.get_by_label("Mật khẩu").fill("sai mật khẩu rồi")
        stranger.keyboard.press("Enter")
        stranger.wait_for_load_state()
    expect(stranger.get_by_role("alert")).to_contain_text("Hãy chờ rồi thử lại")
    assert_calm(stranger)
