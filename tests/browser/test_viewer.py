"""The page of a paper in a real browser: its pages, the words on them, the original beside the copy, printing."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Locator, Page, expect

from pipeline.wiring import open_archive, open_tables
from schemas.access import LogFilter
from schemas.dossier import Paper
from tests.browser.accessible import DESK, PHONE, assert_calm
from tests.browser.conftest import Counter
from tests.browser.filed_papers import Place, draw_pages, place_of, take_in
from tests.specimens.making import make_specimens

pytestmark = pytest.mark.timeout(300)
SLOW_MS = 30_000
"""Several browsers and readers may share the machine."""
_HEAD = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "", "GIẤY KHAI SINH", "Số: 716/2018")
_FIRST = (*_HEAD, "Họ, chữ đệm, tên: ĐẶNG THỊ HUỆ", "Ngày, tháng, năm sinh: 14/02/1991", "Giới tính: Nữ")
_SECOND = ("Ghi chú những thay đổi sau này", "Nơi sinh: Phường Tân Định, Quận 1, Thành phố Hồ Chí Minh")
_HEALTH = (*_HEAD[:3], "GIẤY KHÁM SỨC KHỎE", "Họ và tên: LÊ VĂN KHỎE", "Tiền sử bệnh: không", "Kết luận: đủ sức khỏe")
_SIDE = 0.012
"""As far as a word's box may be from the letters drawn, in shares of the page."""


class Shown(NamedTuple):
    """A birth certificate of two pages with its scan, a card, and a health certificate."""

    birth: Paper
    scan: Path
    card: Paper
    health: Paper


@pytest.fixture(scope="module")
def shown(counter: Counter, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    folder = tmp_path_factory.mktemp("scans")
    draw_pages(folder / "giấy.pdf", _FIRST, _SECOND)
    draw_pages(folder / "khám.pdf", _HEALTH)
    (card,) = make_specimens(folder, 3, 1, ("citizen_id_card",), ("clean",))
    files = (folder / "giấy.pdf", folder / card.file, folder / "khám.pdf")
    with open_archive(counter.settings) as archive:
        birth, card_paper, health = (take_in(archive, counter.settings.actor, file) for file in files)
        archive.confirm(counter.settings.actor, birth.document_id, "original")
    return Shown(birth, files[0], card_paper, health)


@pytest.fixture
def officer(page: Page, counter: Counter, shown: Shown) -> Page:
    """Who has said that a citizen asked."""
    page.request.post(f"{counter.url}/purpose", form={"purpose": "citizen_request"}, headers={"origin": counter.url})
    return page


def see(page: Page, counter: Counter, paper: Paper, query: str = "") -> Page:
    page.goto(f"{counter.url}/papers/{paper.document_id}{query}")
    return page


@pytest.fixture
def viewer(officer: Page, counter: Counter, shown: Shown) -> Page:
    """The birth certificate, with its first page on the screen."""
    see(officer, counter, shown.birth)
    drawn(officer, 1)
    return officer


def drawn(page: Page, number: int) -> None:
    """Wait until the picture of a page and its words are there."""
    expect(page.locator(f'[data-sheet="copy"] .leaf[data-page="{number}"] img')).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".letters span").first).to_be_attached(timeout=SLOW_MS)


def place_on_page(page: Page, marks: Locator) -> Place:
    """Where some marks stand together, in shares of the page."""
    leaf = page.locator('[data-sheet="copy"] .leaf').bounding_box()
    boxes = [mark.bounding_box() for mark in marks.all()]
    assert leaf
    found = [box for box in boxes if box]
    assert found
    return Place(
        (min(box["x"] for box in found) - leaf["x"]) / leaf["width"],
        (min(box["y"] for box in found) - leaf["y"]) / leaf["height"],
        (max(box["x"] + box["width"] for box in found) - leaf["x"]) / leaf["width"],
        (max(box["y"] + box["height"] for box in found) - leaf["y"]) / leaf["height"],
    )


def logged(counter: Counter, paper: Paper) -> Iterator[str]:
    """What was done with a paper, newest first."""
    with open_tables(counter.settings) as tables:
        entries = tables.access_log.find(counter.settings.office_id, LogFilter(document_id=paper.document_id), 50)
        yield from (one.entry.access for one in entries)


def width_of(page: Page) -> float:
    box = page.locator('[data-sheet="copy"] .leaf').bounding_box()
    assert box
    return box["width"]


def test_the_words_searched_for_are_marked_where_they_stand_on_the_picture(
    officer: Page, counter: Counter, shown: Shown
) -> None:
    officer.goto(f"{counter.url}/search")
    officer.keyboard.type("dang thi hue")
    officer.keyboard.press("Enter")
    expect(officer.locator(".hit").first).to_be_focused()
    officer.keyboard.press("Enter")
    marks = officer.locator(".marks .found")
    expect(marks).to_have_count(3, timeout=SLOW_MS)
    expect(officer.locator("[data-places]")).to_have_text("Chỗ khớp: 3")
    assert place_on_page(officer, marks) == pytest.approx(place_of(_FIRST, "ĐẶNG THỊ HUỆ"), abs=_SIDE)
    officer.keyboard.press("+")
    assert place_on_page(officer, marks) == pytest.approx(place_of(_FIRST, "ĐẶNG THỊ HUỆ"), abs=_SIDE)


def test_a_field_leads_to_its_place_on_the_picture(viewer: Page) -> None:
    viewer.locator("[data-find]", has_text="14/02/1991").focus()
    viewer.keyboard.press("Enter")
    mark = viewer.locator(".marks .pointed")
    expect(mark.first).to_be_visible(timeout=SLOW_MS)
    assert place_on_page(viewer, mark) == pytest.approx(place_of(_FIRST, "14/02/1991"), abs=_SIDE)
    viewer.keyboard.press("Escape")
    expect(mark).to_have_count(0)


def test_text_is_selected_with_the_mouse_and_gives_the_words(viewer: Page) -> None:
    leaf = viewer.locator('[data-sheet="copy"] .leaf').bounding_box()
    assert leaf
    place = place_of(_FIRST, "ĐẶNG THỊ HUỆ")
    middle = leaf["y"] + (place.top + place.bottom) / 2 * leaf["height"]
    viewer.mouse.move(leaf["x"] + (place.left - 0.002) * leaf["width"], middle)
    viewer.mouse.down()
    viewer.mouse.move(leaf["x"] + (place.right + 0.002) * leaf["width"], middle, steps=6)
    viewer.mouse.up()
    assert " ".join(viewer.evaluate("String(getSelection())").split()) == "ĐẶNG THỊ HUỆ"


def test_all_words_of_a_page_are_there_line_by_line_for_who_listens_to_it(viewer: Page) -> None:
    text = viewer.evaluate(
        "() => { getSelection().selectAllChildren(document.querySelector('.letters')); return String(getSelection()) }"
    )
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines[-3:] == list(_FIRST[-3:])


def test_keys_turn_the_pages_and_the_row_of_pages_follows(viewer: Page, counter: Counter, shown: Shown) -> None:
    viewer.keyboard.press("ArrowRight")
    drawn(viewer, 2)
    expect(viewer.locator("[data-page-told]")).to_have_text("Trang 2/2")
    expect(viewer.locator('[data-go="2"]')).to_have_attribute("aria-current", "page")
    expect(viewer).to_have_url(f"{counter.url}/papers/{shown.birth.document_id}?page=2")
    viewer.reload()
    drawn(viewer, 2)
    viewer.keyboard.press("Home")
    drawn(viewer, 1)
    viewer.locator('[data-go="2"]').click()
    drawn(viewer, 2)


def test_the_next_page_is_fetched_before_it_is_asked_for(officer: Page, counter: Counter, shown: Shown) -> None:
    with officer.expect_response(lambda answer: answer.url.endswith("/pages/2/page"), timeout=SLOW_MS):
        see(officer, counter, shown.birth)
    drawn(officer, 1)
    asked: list[str] = []
    officer.on("request", lambda request: asked.append(request.url.rpartition("/papers/")[2]))
    officer.keyboard.press("PageDown")
    drawn(officer, 2)
    assert not [address for address in asked if address.endswith("/pages/2/page")]


def test_keys_and_the_wheel_enlarge_the_page_and_fit_it_again(viewer: Page) -> None:
    before = width_of(viewer)
    with viewer.expect_response(lambda answer: answer.url.endswith("/pages/1/large"), timeout=SLOW_MS):
        viewer.keyboard.press("+")
        viewer.keyboard.press("+")
    assert width_of(viewer) > before * 1.4
    viewer.keyboard.press("-")
    viewer.keyboard.press("-")
    assert width_of(viewer) == pytest.approx(before, abs=1)
    viewer.keyboard.press("0")
    box, stage = viewer.locator('[data-sheet="copy"] .leaf').bounding_box(), viewer.locator(".stage").bounding_box()
    assert box
    assert stage
    assert box["y"] >= stage["y"]
    assert box["y"] + box["height"] <= stage["y"] + stage["height"]
    viewer.mouse.move(stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
    fitted = width_of(viewer)
    viewer.keyboard.down("Control")
    viewer.mouse.wheel(0, -100)
    viewer.keyboard.up("Control")
    viewer.wait_for_function(
        "width => document.querySelector('.leaf').getBoundingClientRect().width > width * 1.05", arg=fitted
    )


def test_a_key_shows_the_original_beside_the_copy_and_both_move_together(viewer: Page) -> None:
    viewer.keyboard.press("o")
    original = viewer.locator('[data-sheet="original"]')
    expect(original.locator("img")).to_be_visible(timeout=SLOW_MS)
    copy_box, original_box = viewer.locator('[data-sheet="copy"]').bounding_box(), original.bounding_box()
    assert copy_box
    assert original_box
    assert original_box["x"] >= copy_box["x"] + copy_box["width"] - 1
    for _ in range(3):
        viewer.keyboard.press("+")
    viewer.keyboard.press("ArrowDown")
    viewer.wait_for_function("() => document.querySelector('[data-sheet=original]').scrollTop > 0")
    assert_calm(viewer)
    viewer.keyboard.press("o")
    expect(original).to_be_hidden()


def test_printing_opens_the_archive_copy_and_is_logged(viewer: Page, counter: Counter, shown: Shown) -> None:
    with viewer.context.expect_page() as opening:
        viewer.keyboard.press("p")
    assert opening.value.url.endswith("/print")
    answer = viewer.request.get(opening.value.url)
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.body().startswith(b"%PDF")
    assert "print" in list(logged(counter, shown.birth))


def test_the_copy_and_the_original_are_saved_by_a_key_and_a_link(viewer: Page, counter: Counter, shown: Shown) -> None:
    with viewer.expect_download() as copy:
        viewer.keyboard.press("t")
    assert Path(copy.value.path()).read_bytes().startswith(b"%PDF")
    with viewer.expect_download() as original:
        viewer.get_by_role("link", name="Tệp 1").click()
    assert Path(original.value.path()).read_bytes() == shown.scan.read_bytes()
    assert list(logged(counter, shown.birth))[:2] == ["download", "download"]


def test_of_a_card_the_fields_are_shown_and_why_there_is_no_picture(
    officer: Page, counter: Counter, shown: Shown
) -> None:
    see(officer, counter, shown.card)
    expect(officer.get_by_text("chỉ được lưu thông tin, không lưu hình")).to_be_visible()
    number = shown.card.people[0].personal_id
    assert number
    expect(officer.locator(".read")).to_contain_text(number)
    expect(officer.locator(".viewer")).to_have_count(0)
    assert_calm(officer)


def test_a_health_paper_is_shown_once_it_was_asked_for_again(officer: Page, counter: Counter, shown: Shown) -> None:
    see(officer, counter, shown.health)
    expect(officer.get_by_role("heading", name="Giấy tờ về sức khỏe")).to_be_visible()
    assert "KHỎE" not in officer.content()
    assert_calm(officer)
    officer.keyboard.press("1")
    drawn(officer, 1)
    assert next(logged(counter, shown.health)) == "look_sensitive"


def test_without_a_purpose_the_paper_waits_for_it(page: Page, counter: Counter, shown: Shown) -> None:
    see(page, counter, shown.birth)
    expect(page.get_by_role("heading", name="Vì sao cần tra cứu?")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator("#paper")).to_have_attribute("data-id", shown.birth.document_id)


def test_the_page_is_calm_at_both_sizes_and_breaks_no_rule_of_its_own_policy(viewer: Page) -> None:
    complaints: list[str] = []
    viewer.on("console", lambda message: complaints.append(message.text))
    viewer.on("pageerror", lambda error: complaints.append(str(error)))
    viewer.reload()
    drawn(viewer, 1)
    assert_calm(viewer)
    assert complaints == []


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_page_is_as_wide_as_there_is_room(viewer: Page, size: dict[str, int]) -> None:
    viewer.set_viewport_size({"width": size["width"], "height": size["height"]})
    stage = viewer.locator('[data-sheet="copy"]').bounding_box()
    assert stage
    viewer.wait_for_function(
        "room => Math.abs(document.querySelector('.leaf').getBoundingClientRect().width - room) < 2",
        arg=stage["width"] - 32,
    )
