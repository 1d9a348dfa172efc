"""What every page is held to: no barrier that axe-core calls serious, nothing wider than the screen."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

DESK = ViewportSize(width=1366, height=768)
PHONE = ViewportSize(width=390, height=844)
_SERIOUS = ("serious", "critical")


def barriers(page: Page) -> list[str]:
    """The serious violations that axe-core finds on the page as it stands, each with the first place it is at."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['target']}" for one in found if one["impact"] in _SERIOUS]


def assert_calm(page: Page) -> None:
    """No serious barrier, and no sideways scrolling, on the counter's screen and on a phone's."""
    before = page.viewport_size
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    if before:
        page.set_viewport_size(before)
