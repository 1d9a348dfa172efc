"""Receiving papers at the counter, in a real browser with the real pipeline behind it."""

import base64
from datetime import date
from pathlib import Path
from random import Random

import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import Page, Route, expect

from tests.browser.accessible import assert_calm
from tests.browser.conftest import Counter
from tests.browser.receiving import CARD, DOSSIER, LOOK_MS, READ, READ_MS, put, received, scanned, waiting
from tests.specimens.layout import Case
from tests.specimens.making import Scan, make_one
from tests.specimens.people import make_family
from tests.system.scans import draw_birth_certificate

pytestmark = pytest.mark.timeout(300)
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


@pytest.fixture
def page(page: Page, counter: Counter) -> Page:
    """The receiving page of an officer who has just signed in."""
    page.goto(f"{counter.url}/receive")
    return page


def hand_over(page: Page, way: str, file: Path) -> None:
    page.evaluate(way, [base64.b64encode(file.read_bytes()).decode(), file.name])


def large(file: Path, name: str) -> Path:
    """A birth certificate whose file has some megabytes, so that it is sent in pieces."""
    drawn = draw_birth_certificate(file.with_suffix(".png"), name)
    with Image.open(drawn) as picture:
        picture.save(file, dpi=(200, 200))
    return file


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


class Cable:
    """The way of a page's pieces to the server. `offsets` are those that went through, in order."""

    def __init__(self, page: Page, *, breaks_after: int | None = None) -> None:
        self.offsets: list[str] = []
        self.breaks_after = breaks_after
        page.route("**/api/v1/uploads/*", self._pass)

    def _pass(self, route: Route) -> None:
        if route.request.method != "PATCH":
            route.continue_()
        elif self.breaks_after is not None and len(self.offsets) >= self.breaks_after:
            route.abort()
        else:
            self.offsets.append(route.request.headers["upload-offset"])
            route.continue_()


def test_a_cut_connection_is_resumed_by_itself_behind_what_was_acknowledged(page: Page, tmp_path: Path) -> None:
    file = large(tmp_path / "dài.tif", "Lê Thị Đứt")
    cable = Cable(page, breaks_after=1)
    page.set_input_files("#files", file)
    expect(page.get_by_role("status").filter(has_text="Mất kết nối")).to_be_visible()
    cable.breaks_after = None
    expect(waiting(page, file)).to_have_attribute("data-state", "looked", timeout=LOOK_MS)
    expect(page.get_by_role("status").filter(has_text="Mất kết nối")).to_have_count(0)
    assert cable.offsets == [str(piece << 20) for piece in range(len(cable.offsets))]
    assert len(cable.offsets) > 1


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
    Cable(page, breaks_after=1)
    page.set_input_files("#files", half)
    expect(page.get_by_role("status").filter(has_text="Mất kết nối")).to_be_visible()
    again = page.context.new_page()
    page.close()
    again.goto(f"{counter.url}/receive")
    expect(waiting(again, whole)).to_be_visible()
    expect(waiting(again, half)).to_contain_text("Chọn lại đúng tệp này")
    cable = Cable(again)
    again.set_input_files("#files", half)
    expect(waiting(again, half)).to_have_attribute("data-state", "looked", timeout=LOOK_MS)
    expect(waiting(again, half)).to_have_count(1)
    assert cable.offsets[0] == str(1 << 20)


# --- calm ------------------------------------------------------------------------------------------------------------


def test_the_page_is_calm_in_every_state(page: Page, counter: Counter, tmp_path: Path) -> None:
    assert_calm(page)
    scan = scanned(counter, "SCAN_4.png", "Lê Thị Yên")
    stack = draw_birth_certificate(tmp_path / "nhiều trang.pdf", "Lê Thị Xấp", pages=12)
    put(page, stack, draw_birth_certificate(tmp_path / "một trang.png", "Lê Thị Một"))
    page.evaluate(READ, CARD)
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
