"""The way to the pages behind the counter: who looked, accounts, one's own account."""

from playwright.sync_api import Page, expect

from tests.screenshots.scene import Scene


def read_access_log(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/access-log")


def list_accounts(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/accounts")


def open_account(page: Page, scene: Scene) -> None:
    page.get_by_role("link", name="Nguyễn Thị Lan").first.click()
    page.wait_for_url("**/accounts/*")


def open_own_account(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/me")


def change_password(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/me/password")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
