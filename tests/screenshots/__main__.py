"""Prepare the office, serve it, and take every picture of the registry; prints where they are."""

import os
import shutil
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from pipeline.settings import Settings
from pipeline.web.wording import LANGUAGE_COOKIE
from tests.browser.accessible import DESK, PHONE
from tests.browser.conftest import ARGUMENTS, CHROMIUM, serving
from tests.screenshots.office import ENVIRONMENT, a_copy_of, lay_on_the_glass, stack_in
from tests.screenshots.registry import ENGLISH, SHOTS
from tests.screenshots.scene import Scene, Shot
from tests.signing_in import link_for

_IN_FOLDER = ("residence", "decision")
"""Of the scans, what lies in the scan folder from the beginning."""

_HEIGHT = "document.documentElement.scrollHeight"
_PICTURES_ARE_THERE = """() =>
  [...document.querySelectorAll("[data-picture]")].every((place) => place.querySelector("img")) &&
  [...document.images].every((image) => image.complete || image.getClientRects().length === 0 ||
    image.getBoundingClientRect().top > innerHeight)"""


def main() -> None:
    """Take all pictures into the folder beside the home of `HOSO_HOME`."""
    home = Path(os.environ["HOSO_HOME"])
    os.environ.update(ENVIRONMENT)
    from tests import demo  # noqa: PLC0415 it reads the environment

    prepared = demo.digitise_papers()
    demo.bring_stack(prepared)
    to_scan = lay_on_the_glass(home / "glass", prepared)
    with a_copy_of(home) as settings, socket.create_server(("127.0.0.1", 0)) as listener:
        settings.inbox_path.mkdir(exist_ok=True)
        for name in _IN_FOLDER:
            shutil.copy(to_scan[name], settings.inbox_path)
        with serving(settings, listener) as counter, _chromium() as browser:
            scene = Scene(counter.url, prepared.landowner, demo.DOSSIER, stack_in(settings), to_scan)
            for login, shots in groupby(SHOTS, lambda shot: shot.login):
                for picture in _take(browser, scene, settings, login, tuple(shots), home.parent):
                    sys.stdout.write(f"{picture}\n")
                    sys.stdout.flush()


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def _take(
    browser: Browser, scene: Scene, settings: Settings, login: str | None, shots: Sequence[Shot], folder: Path
) -> Iterator[Path]:
    """The pictures of what one officer sees, one state after the other."""
    context = browser.new_context(viewport=DESK, locale="vi-VN")
    page = context.new_page()
    if login is not None:
        page.goto(f"{scene.url}/?token={link_for(settings, login=login)}")
    for shot in shots:
        shot.reach(page, scene)
        yield from _both_sizes(page, folder, shot.name)
        if shot.name in ENGLISH:
            context.add_cookies([{"name": LANGUAGE_COOKIE, "value": "en", "url": scene.url}])
            page.reload()
            page.wait_for_load_state("networkidle")
            yield from _both_sizes(page, folder, f"{shot.name}-en")
            context.clear_cookies(name=LANGUAGE_COOKIE)
            page.reload()
    context.close()


def _both_sizes(page: Page, folder: Path, name: str) -> Iterator[Path]:
    for size in (PHONE, DESK):
        width, height = size["width"], size["height"]
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("scrollTo(0, 0)")
        # As high as the page, so that what sticks to an edge of the screen is not caught in the middle of the picture;
        # unless the page grows with the screen.
        whole = page.evaluate(_HEIGHT)
        page.set_viewport_size({"width": width, "height": max(height, whole)})
        if page.evaluate(_HEIGHT) > max(height, whole):
            page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(_PICTURES_ARE_THERE)
        picture = folder / f"{name}-{width}x{height}.png"
        page.screenshot(path=picture, full_page=True, animations="disabled")
        yield picture
    page.set_viewport_size({"width": DESK["width"], "height": DESK["height"]})


if __name__ == "__main__":
    main()
