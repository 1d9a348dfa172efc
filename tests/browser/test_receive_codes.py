"""Codes, cameras and the scan folder on the receiving page, in a real browser with the real pipeline behind it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ARGUMENTS, CHROMIUM, Counter
from tests.browser.receiving import CARD, DOSSIER, LOOK_MS, READ, put, received, scanned, waiting
from tests.signing_in import link_for
from tests.specimens.numbers import qr_code
from tests.system.scans import draw_birth_certificate

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def page(page: Page, counter: Counter) -> Page:
    """The receiving page of an officer who has just signed in."""
    page.goto(f"{counter.url}/receive")
    return page


def colleague(chromium: Browser, counter: Counter) -> Page:
    """Another officer at a machine of her own."""
    page = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN").new_page()
    page.goto(f"{counter.url}/?token={link_for(counter.settings, 'counter', login='hue')}")
    page.goto(f"{counter.url}/receive")
    return page


# --- codes and cameras -----------------------------------------------------------------------------------------------


def test_a_reader_that_types_names_the_dossier_wherever_the_focus_is(page: Page) -> None:
    page.evaluate(READ, f"hoso:cover:1:{DOSSIER}")
    expect(page.locator("#about")).to_contain_text(DOSSIER)


def test_of_a_card_whose_marks_get_lost_on_the_way_the_number_is_taken(page: Page) -> None:
    page.evaluate(READ, "".join(letter for letter in CARD if letter.isascii()))  # no keys make its marks
    expect(page.locator("#about strong")).to_have_text("001189000664")


def test_a_card_before_the_reader_says_who_hands_in_and_that_it_proves_nothing(page: Page) -> None:
    page.evaluate(READ, CARD)
    expect(page.locator("#about")).to_contain_text("HỒ THỊ MAI")
    expect(page.locator("#about")).to_contain_text("không thay việc đối chiếu")
    page.get_by_role("button", name="Bỏ người nộp").click()
    expect(page.locator("#about")).not_to_contain_text("HỒ THỊ MAI")


def test_a_code_may_be_typed_and_nonsense_is_refused(page: Page) -> None:
    page.get_by_label("Mã hồ sơ hoặc số định danh").fill("vô nghĩa")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("không phải mã hồ sơ")
    page.get_by_label("Mã hồ sơ hoặc số định danh").fill(DOSSIER.lower())
    page.keyboard.press("Enter")
    expect(page.locator("#about strong")).to_have_text(DOSSIER)
    expect(page.get_by_role("alert")).to_be_empty()


def test_what_was_read_stands_in_no_address(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(READ, CARD)
    expect(page.locator("#about")).to_contain_text("HỒ THỊ MAI")
    assert asked
    assert not any("001189000664" in address for address in asked)


def film(picture: Image.Image, file: Path) -> Path:
    """A film that shows a picture, as Chromium's fake camera plays it."""
    luma, blue, red = (np.asarray(plane) for plane in picture.convert("YCbCr").split())
    frame = luma.tobytes() + blue[::2, ::2].tobytes() + red[::2, ::2].tobytes()
    head = f"YUV4MPEG2 W{picture.width} H{picture.height} F10:1 Ip A1:1 C420jpeg\n"
    file.write_bytes(head.encode() + (b"FRAME\n" + frame) * 2)
    return file


@pytest.fixture
def before_a_camera(chromium: Browser, counter: Counter, tmp_path: Path) -> Iterator[Callable[[Image.Image], Page]]:
    """Opens the page in a browser whose camera sees a picture."""
    with ExitStack() as opened:

        def show(picture: Image.Image) -> Page:
            camera = f"--use-file-for-fake-video-capture={film(picture, tmp_path / 'film.y4m')}"
            args = [*ARGUMENTS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", camera]
            browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=args)
            opened.callback(browser.close)
            page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="vi-VN")
            page.goto(counter.link())
            page.goto(f"{counter.url}/receive")
            return page

        yield show


def test_papers_before_the_camera_are_photographed_by_a_key(
    before_a_camera: Callable[[Image.Image], Page], tmp_path: Path
) -> None:
    with Image.open(draw_birth_certificate(tmp_path / "a.png", "Lê Thị Ảnh")) as paper:
        page = before_a_camera(paper.convert("RGB").resize((1240, 1754)))
    page.keyboard.press("c")
    expect(page.get_by_role("button", name="Chụp Enter")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Đã chụp 1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Đã chụp 2")
    page.keyboard.press("Escape")
    expect(page.locator(".file[data-state=looked]")).to_have_count(2, timeout=LOOK_MS)
    expect(page.locator(".file").first).to_contain_text("Ảnh chụp 1.jpg")


def test_a_code_before_the_camera_is_found_without_a_key(before_a_camera: Callable[[Image.Image], Page]) -> None:
    code = Image.fromarray(qr_code(f"hoso:cover:1:{DOSSIER}", 8))
    sight = Image.new("RGB", (1280, 960), "white")
    sight.paste(code, (400, 300))
    page = before_a_camera(sight)
    page.keyboard.press("q")
    expect(page.locator("#about")).to_contain_text(DOSSIER, timeout=LOOK_MS)
    expect(page.get_by_role("dialog")).to_have_count(0)


# --- the scan folder -------------------------------------------------------------------------------------------------


def test_what_lies_in_the_scan_folder_is_taken_by_a_key(page: Page, counter: Counter) -> None:
    file = scanned(counter, "SCAN_0001.png", "Lê Thị Quét")
    expect(page.locator("#folder")).to_contain_text("SCAN_0001.png")
    expect(page.locator("#folder img")).to_be_visible(timeout=LOOK_MS)
    page.keyboard.press("l")
    expect(waiting(page, file)).to_have_attribute("data-state", "looked", timeout=LOOK_MS)
    expect(page.locator("#folder")).to_contain_text("Chưa có bản quét mới")
    page.keyboard.press("Enter")
    expect(received(page, file)).to_be_visible()


def test_of_two_officers_who_take_a_scan_one_gets_it(page: Page, chromium: Browser, counter: Counter) -> None:
    file = scanned(counter, "SCAN_0002.png", "Lê Thị Tranh")
    other = colleague(chromium, counter)
    for one in (page, other):
        expect(one.locator("#folder")).to_contain_text("SCAN_0002.png")
    other.route("**/receive/table", lambda route: route.abort())  # she presses before her page knows
    page.get_by_role("button", name="Lấy SCAN_0002.png").click()
    expect(waiting(page, file)).to_be_visible()
    other.get_by_role("button", name="Lấy SCAN_0002.png").click()
    expect(other.get_by_role("alert")).to_contain_text("người khác đã lấy")
    expect(waiting(other, file)).to_have_count(0)
    other.context.close()


def test_signing_out_wipes_the_table_and_gives_scans_back(page: Page, counter: Counter, tmp_path: Path) -> None:
    own, scan = (
        draw_birth_certificate(tmp_path / "riêng.png", "Lê Thị Riêng"),
        scanned(counter, "SCAN_3.png", "Lê Thị Trả"),
    )
    put(page, own)
    page.get_by_role("button", name="Lấy SCAN_3.png").click()
    expect(waiting(page, scan)).to_be_visible()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/sign-in**")
    page.goto(counter.link())
    page.goto(f"{counter.url}/receive")
    expect(page.locator("#folder")).to_contain_text("SCAN_3.png")
    expect(page.locator(".file")).to_have_count(0)
    scan.unlink()
