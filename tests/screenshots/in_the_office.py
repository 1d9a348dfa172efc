"""The way to the pages behind the counter: searching, reviewing, what waits, figures, who looked, accounts."""

from playwright.sync_api import Page, expect

from tests.screenshots.scene import SLOW_MS, Scene


def say_why(page: Page, scene: Scene) -> None:
    """The visit is over: what is looked for now needs a reason of its own."""
    page.keyboard.press("F8")
    page.wait_for_url("**/visit")
    page.goto(f"{scene.url}/search")
    expect(page.locator(".purposes")).to_be_visible()


def search(page: Page, scene: Scene) -> None:
    page.keyboard.press("1")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("quyen su dung dat")
    expect(page.locator(".hit mark").first).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".hit .thumb img").first).to_be_visible(timeout=SLOW_MS)
    page.wait_for_load_state("networkidle")


def open_paper(page: Page, scene: Scene) -> None:
    page.locator(".hit", has_text="Hợp đồng").first.click()
    page.wait_for_url("**/papers/*")
    expect(page.locator("[data-sheet=copy] img").first).to_be_visible(timeout=SLOW_MS)
    page.wait_for_load_state("networkidle")


def lay_original_beside(page: Page, scene: Scene) -> None:
    page.keyboard.press("o")
    expect(page.locator("[data-sheet=original] img").first).to_be_visible(timeout=SLOW_MS)


def review(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/review")
    expect(page.locator("#asks")).to_be_visible()
    page.wait_for_load_state("networkidle")


def put_off(page: Page, scene: Scene) -> None:
    """To the next question, which has answers to choose from."""
    first = page.locator("#asks").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#asks")).not_to_have_text(first)
    page.wait_for_load_state("networkidle")


def move_cuts(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/review/cuts/{scene.stack_id}")
    expect(page.locator("#strip img").first).to_be_visible()
    page.wait_for_load_state("networkidle")


def ask_what_waits(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/work")
    expect(page.locator("#counts")).to_be_visible()


def call(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/dossiers/{scene.dossier_code}/call")


def read_figures(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/figures")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def read_access_log(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/access-log")


def list_destructions(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/destructions")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def open_destruction(page: Page, scene: Scene) -> None:
    page.locator("td a[href^='/destructions/']").first.click()
    page.wait_for_url("**/destructions/*")


def list_accounts(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/accounts")


def open_account(page: Page, scene: Scene) -> None:
    page.get_by_role("link", name="Nguyễn Thị Lan").first.click()
    page.wait_for_url("**/accounts/*")


def open_own_account(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/me")


def set_up_codes(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/me/code")
    expect(page.locator("svg.qr")).to_be_visible()


def change_password(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/me/password")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
