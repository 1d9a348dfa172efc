"""What the tests of the receiving page share: what is handed over, and where it is seen on the page."""

import os
import time
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Counter
from tests.system.scans import draw_birth_certificate

READ_MS = 120_000
"""A page is read in a second or two on an idle machine; the first one also starts the parsers."""
LOOK_MS = 30_000
DOSSIER = "H29.12.34-260620-0007"
CARD = "001189000664||HỒ THỊ MAI|05061989|Nữ|Số 2, Phường Tân Định|20012022"
READ = """(text) => {
  const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
  for (const key of [...text, "Enter"]) press(key);
}"""
"""A reader that types what it reads."""


def waiting(page: Page, file: Path) -> Locator:
    """The card of a file that waits."""
    return page.locator(f'.file[data-name="{file.name}"]')


def put(page: Page, *files: Path) -> None:
    """Choose files, and wait until each was looked at."""
    page.set_input_files("#files", files)
    for file in files:
        expect(waiting(page, file)).to_have_attribute("data-state", "looked", timeout=LOOK_MS)


def received(page: Page, file: Path) -> Locator:
    """The card of what was handed in."""
    return page.locator(".submission", has_text=file.name)


def scanned(counter: Counter, name: str, citizen: str) -> Path:
    """A file that a scanner has written a minute ago."""
    inbox = counter.settings.inbox_path
    inbox.mkdir(parents=True, exist_ok=True)
    file = draw_birth_certificate(inbox / name, citizen)
    a_minute_ago = time.time() - 60
    os.utime(file, (a_minute_ago, a_minute_ago))
    return file
