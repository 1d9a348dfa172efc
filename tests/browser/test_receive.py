"""Receiving papers at the counter, in a real browser with the real pipeline behind it."""

import base64
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.accessible import assert_calm
from tests.browser.conftest import ARGUMENTS, CHROMIUM, Counter
from tests.signing_in import link_for
from tests.specimens.layout import Case
from tests.specimens.making import Scan, make_one
from tests.specimens.numbers import qr_code
from tests.specimens.people import make_family
from tests.system.scans import draw_birth_certificate

pytestmark = pytest.mark.timeout(300)
READ_MS = 120_000
"""A page is read in a second or two on an idle machine; the first one also starts the parsers."""
LOOK_MS = 30_000
DOSSIER = "H29.12.34-260620-0007"
CARD = "001189000664||HỒ THỊ MAI|05061989|Nữ|Số 2, Phường Tân Định|20012022"

_DROP = """async ([data, name]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name));
  document.querySelector("#receive").dispatchEvent(new DragEvent("drop", {dataTransfer: carried, bubbles: true}));
}"""
_PASTE = """async ([data, name]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name));
  document.dispatchEvent(new ClipboardEvent("paste", {clipboardData: carried, bubbles: true}));
}"""

_READ = """(text) => {
  const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
  for (const key of [...text, "Enter"]) press(key);
}"""


@pytest.fixture
def page(page: Page, counter: Counter) -> Page:
    """The receiving page of an officer who has just signed in."""
    page.goto(f"{counter.url}/receive")
    return page


def hand_over(page: Page, way: str, file: Path) -> None:
    page.evaluate(way, [base64.b64encode(file.read_bytes()).decode(), file.name])


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


def large(file: Path, name: str) -> Path:
    """A birth certificate whose file has some megabytes, so that it is sent in pieces."""
    drawn = draw_birth_certificate(file.with_suffix(".png"), name)
    with Image.open(drawn) as picture:
        picture.save(file, dpi=(200, 200))
    return file


def colleague(chromium: Browser, counter: Counter) -> Page:
    """Another officer at a machine of her own."""
    page = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN").new_page()
    page.goto(f"{counter.url}/?token={link_for(counter.settings, 'counter', login='hue')}")
    page.goto(f"{counter.url}/receive")
    return page


# --- handing in ------------------------------------------------------------------------------------------------------


def test_a_dropped_scan_is_judged_handed_in_by_a_key_and_followed_until_filed(page: Page, tmp_path: Path) -> None:
    file = draw_birth_certificate(tmp_path / "quét.pdf", "Lê Văn Thả", pages=4)
    hand_over(page, _DROP, file)
    expect(waiting(page, file)).to_contain_text("4 trang", timeout=LOOK_MS)
    expect(waiting(page, file)).to_contain_text("Đạt", timeout=LOOK_MS)
    expect(waiting(page, file).locator("img")).to_have_count(4)
    page.keyboard.press("Enter")
    card = received(page, file)
    expect(card).to_contain_text("/4 trang", timeout=READ_MS)
    expect(card.get_by_role("heading", level=4)).to_contain_text("khai sinh", ignore_case=True, timeout=READ_MS)
    expect(card.locator("progress")).to_have_count(0)
    expect(page.locator(".file")).to_have_count(0)


def test_a_pasted_picture_waits_on_the_table(page: Page, tmp_path: Path) -> None:
    file = draw_birth_certificate(tmp_path / "dán.png", "Lê Thị Dán")
    hand_over(page, _PASTE, file)
    expect(waiting(page, file)).to_be_visible()


def test_many_files_are_a_submission_each(page: Page, tmp_path: Path) -> None:
    files = [draw_birth_certificate(tmp_path / f"tệp {n}.png", f"Lê Thị Tệp {n}") for n in range(4)]
    put(page, *files)
    page.get_by_role("button", name="Nhận 4 tệp").click()
    for file in files:
        expect(page.locator(".submission h3", has_text=file.name)).to_have_text(file.name)


def test_files_that_belong_together_are_one_submission(page: Page, tmp_path: Path) -> None:
    files = [draw_birth_certificate(tmp_path / name, f"Lê Thị {name}") for name in ("trước.png", "sau.png")]
    put(page, *files)
    page.keyboard.press("b")
    expect(page.get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.locator(".submission h3", has_text="trước.png")).to_have_text("trước.png, sau.png")


def test_pressing_twice_hands_in_once(page: Page, tmp_path: Path) -> None:
    file = draw_birth_certificate(tmp_path / "hai lần.png", "Lê Thị Vội")
    put(page, file)
    page.get_by_role("button", name="Nhận").dblclick()
    page.keyboard.press("Enter")
    expect(received(page, file)).to_have_count(1)
    page.reload()
    expect(received(page, file)).to_have_count(1)


def test_a_file_is_put_away_by_a_key_and_is_not_handed_in(page: Page, tmp_path: Path) -> None:
    unwanted, wanted = (draw_birth_certificate(tmp_path / name, name) for name in ("bỏ.png", "giữ.png"))
    put(page, unwanted, wanted)
    waiting(page, unwanted).focus()
    page.keyboard.press("Delete")
    expect(waiting(page, unwanted)).to_have_count(0)
    expect(waiting(page, wanted)).to_be_focused()


def test_what_is_no_scan_says_so_and_holds_up_nothing(page: Page, tmp_path: Path) -> None:
    notes = tmp_path / "ghi chú.txt"
    notes.write_text("no scan")
    file = draw_birth_certificate(tmp_path / "kèm.png", "Lê Thị Kèm")
    page.set_input_files("#files", [notes, file])
    expect(waiting(page, notes)).to_contain_text("không phải bản quét", timeout=LOOK_MS)
    expect(waiting(page, file)).to_contain_text("Đạt", timeout=LOOK_MS)
    page.keyboard.press("Enter")
    expect(received(page, file)).to_be_visible()
    expect(waiting(page, notes)).to_be_visible()


# --- verdicts --------------------------------------------------------------------------------------------------------


def test_blank_and_blurred_pages_are_told_with_what_to_do(page: Page, tmp_path: Path) -> None:
    blank, blurred = tmp_path / "trắng.png", tmp_path / "mờ.png"
    Image.new("L", (1654, 2339), 255).save(blank, dpi=(200, 200))
    with Image.open(draw_birth_certificate(tmp_path / "rõ.png", "Lê Thị Rõ")) as clear:
        clear.filter(ImageFilter.GaussianBlur(3.5)).save(blurred, dpi=(200, 200))
    put(page, blank, blurred)
    expect(waiting(page, blank)).to_contain_text("Trang trắng")
    expect(waiting(page, blurred)).to_contain_text("Mờ")
    expect(waiting(page, blurred)).to_contain_text("quét lại")


def test_a_paper_of_another_procedure_is_told_once_the_procedure_is_chosen(page: Page, tmp_path: Path) -> None:
    family = make_family(Random(3), 4712)  # noqa: S311 (chance that can be repeated)
    case = Case(Random(3), family, family.father, family.mother, date(2025, 11, 20))  # noqa: S311
    file = tmp_path / make_one(tmp_path, "khai-sinh", "birth_certificate", case, Scan("clean")).file
    put(page, file)
    expect(waiting(page, file)).to_contain_text("Giấy khai sinh")
    expect(waiting(page, file)).to_contain_text("Đạt")
    page.get_by_label("Thủ tục").select_option("land_change")
    expect(waiting(page, file)).to_contain_text("hông có trong thành phần hồ sơ", timeout=LOOK_MS)


def test_a_dossiers_page_leads_here_with_its_code(page: Page, counter: Counter) -> None:
    page.goto(f"{counter.url}/receive?dossier={DOSSIER}")
    expect(page.locator("#about strong")).to_have_text(DOSSIER)


# --- a connection that breaks ----------------------------------------------------------------------------------------


def pieces_after_the_first(page: Page) -> Callable[[Route], None]:
    """Lets one piece of an upload pass and cuts the connection at all that follow."""
    passed: list[str] = []

    def cut(route: Route) -> None:
        if route.request.method != "PATCH" or not passed:
            passed.extend([route.request.url] if route.request.method == "PATCH" else [])
            route.continue_()
        else:
            route.abort()

    return cut


def offsets(page: Page) -> list[str]:
    """Where the pieces begin that the page sends from now on."""
    seen: list[str] = []

    def note(route: Route) -> None:
        if route.request.method == "PATCH":
            seen.append(route.request.headers["upload-offset"])
        route.continue_()

    page.route("**/api/v1/uploads/*", note)
    return seen


def test_a_cut_connection_is_resumed_by_itself_behind_what_was_acknowledged(page: Page, tmp_path: Path) -> None:
    file = large(tmp_path / "dài.tif", "Lê Thị Đứt")
    page.route("**/api/v1/uploads/*", pieces_after_the_first(page))
    page.set_input_files("#files", file)
    expect(page.get_by_role("status").filter(has_text="Mất kết nối")).to_be_visible()
    page.unroute("**/api/v1/uploads/*")
    begun_at = offsets(page)
    expect(waiting(page, file)).to_have_attribute("data-state", "looked", timeout=LOOK_MS)
    expect(page.get_by_role("status").filter(has_text="Mất kết nối")).to_have_count(0)
    assert begun_at[0] == str(1 << 20)


def test_without_a_network_a_file_waits_and_goes_when_there_is_one(page: Page, tmp_path: Path) -> None:
    file = draw_birth_certificate(tmp_path / "mất mạng.png", "Lê Thị Mạng")
    page.context.set_offline(True)
    page.set_input_files("#files", file)
    expect(page.get_by_role("status").filter(has_text="Mất kết nối")).to_be_visible()
    page.context.set_offline(False)
    expect(waiting(page, file)).to_have_attribute("data-state", "looked", timeout=LOOK_MS)


def test_a_page_that_was_closed_half_way_goes_on_with_the_same_file(
    page: Page, counter: Counter, tmp_path: Path
) -> None:
    half, whole = large(tmp_path / "dở.tif", "Lê Thị Dở"), draw_birth_certificate(tmp_path / "xong.png", "Lê Thị Xong")
    put(page, whole)
    page.route("**/api/v1/uploads/*", pieces_after_the_first(page))
    page.set_input_files("#files", half)
    expect(page.get_by_role("status").filter(has_text="Mất kết nối")).to_be_visible()
    again = page.context.new_page()
    page.close()
    again.goto(f"{counter.url}/receive")
    expect(waiting(again, whole)).to_be_visible()
    expect(waiting(again, half)).to_contain_text("Chọn lại đúng tệp này")
    begun_at = offsets(again)
    again.set_input_files("#files", half)
    expect(waiting(again, half)).to_have_attribute("data-state", "looked", timeout=LOOK_MS)
    expect(waiting(again, half)).to_have_count(1)
    assert begun_at[0] == str(1 << 20)


# --- codes and cameras -----------------------------------------------------------------------------------------------


def test_a_reader_that_types_names_the_dossier_wherever_the_focus_is(page: Page) -> None:
    page.keyboard.type(f"hoso:cover:1:{DOSSIER}")
    page.keyboard.press("Enter")
    expect(page.locator("#about")).to_contain_text(DOSSIER)


def test_of_a_card_whose_marks_get_lost_on_the_way_the_number_is_taken(page: Page) -> None:
    page.keyboard.type(CARD)  # no keys make its marks
    page.keyboard.press("Enter")
    expect(page.locator("#about strong")).to_have_text("001189000664")


def test_a_card_before_the_reader_says_who_hands_in_and_that_it_proves_nothing(page: Page) -> None:
    page.evaluate(_READ, CARD)
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
    page.evaluate(_READ, CARD)
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


def scanned(counter: Counter, name: str, citizen: str) -> Path:
    """A file that a scanner has written a minute ago."""
    inbox = counter.settings.inbox_path
    inbox.mkdir(parents=True, exist_ok=True)
    file = draw_birth_certificate(inbox / name, citizen)
    a_minute_ago = time.time() - 60
    os.utime(file, (a_minute_ago, a_minute_ago))
    return file


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
    page.goto(counter.link())
    page.goto(f"{counter.url}/receive")
    expect(page.locator("#folder")).to_contain_text("SCAN_3.png")
    expect(page.locator(".file")).to_have_count(0)
    scan.unlink()


# --- calm ------------------------------------------------------------------------------------------------------------


def test_the_page_is_calm_in_every_state(page: Page, counter: Counter, tmp_path: Path) -> None:
    assert_calm(page)
    scan = scanned(counter, "SCAN_4.png", "Lê Thị Yên")
    stack = draw_birth_certificate(tmp_path / "nhiều trang.pdf", "Lê Thị Xấp", pages=12)
    put(page, stack, draw_birth_certificate(tmp_path / "một trang.png", "Lê Thị Một"))
    page.evaluate(_READ, CARD)
    expect(page.locator("#about")).to_contain_text("HỒ THỊ MAI")
    assert_calm(page)
    page.keyboard.press("Enter")
    expect(page.locator("#submissions [data-live]")).to_have_count(0, timeout=READ_MS)
    assert_calm(page)
    scan.unlink()


def test_the_page_breaks_no_rule_of_its_own_policy(stranger: Page, counter: Counter) -> None:
    complaints: list[str] = []
    stranger.on("console", lambda message: complaints.append(message.text))
    stranger.on("pageerror", lambda error: complaints.append(str(error)))
    stranger.goto(counter.link())
    stranger.goto(f"{counter.url}/receive")
    expect(stranger.get_by_role("heading", name="Tiếp nhận giấy tờ")).to_be_visible()
    assert complaints == []
