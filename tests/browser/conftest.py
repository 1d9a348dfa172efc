"""A real Chromium on the real counter page, with the real pipeline behind it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from pipeline.settings import Settings
from pipeline.web.app import build_app
from tests.signing_in import link_for

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Counter(NamedTuple):
    """A counter page that is being served."""

    url: str
    settings: Settings

    def link(self) -> str:
        """An address that signs an officer with every role in, once."""
        return f"{self.url}/?token={link_for(self.settings)}"


@contextmanager
def serving(settings: Settings, listener: socket.socket) -> Iterator[Counter]:
    """Serve the counter page at a port that listens already, until the block ends."""
    server = uvicorn.Server(uvicorn.Config(build_app(settings), log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield Counter(address_of(listener), settings)
    server.should_exit = True
    thread.join()


def address_of(listener: socket.socket) -> str:
    """How a browser of this machine reaches it."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    with socket.create_server(("127.0.0.1", 0)) as listener, serving(settings, listener) as one:
        yield one


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM.exists(), "Chromium is missing: apt-get install --no-install-recommends chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def stranger(chromium: Browser) -> Iterator[Page]:
    """A browser that was never given a link."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
    yield context.new_page()
    context.close()


@pytest.fixture
def page(stranger: Page, counter: Counter) -> Page:
    """The counter page, opened by a one-time link."""
    stranger.goto(counter.link())
    return stranger
