"""Searching as one types, in a real browser, with papers that were really digitised."""

import pytest
from playwright.sync_api import Page, expect

from pipeline.wiring import open_archive, open_tables
from schemas.dossier import Paper
from schemas.people import Actor
from tests.browser.accessible import assert_calm
from tests.browser.conftest import Counter
from tests.browser.filed_papers import draw_pages, take_in
from tests.contract.examples import file, minutes
from tests.signing_in import link_for

pytestmark = pytest.mark.timeout(300)
SLOW_MS = 30_000
"""Several browsers and readers may share the machine."""
_HEAD = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "", "GIẤY KHAI SINH", "Số: 716/2018")
_BIRTH = (*_HEAD, "Họ, chữ đệm, tên: ĐẶNG THỊ HUỆ", "Ngày, tháng, năm sinh: 14/02/1991", "Giới tính: Nữ")
_MANY = 25
_NOTE_WHAT_IS_KEPT = """
const [set, replace] = [Storage.prototype.setItem, History.prototype.replaceState];
Storage.prototype.setItem = function (name, value) { noted(value); return set.call(this, name, value); };
History.prototype.replaceState = function (state, ...more) {
  noted(JSON.stringify(state));
  return replace.call(this, state, ...more);
};
"""


@pytest.fixture(scope="module")
def birth(counter: Counter, tmp_path_factory: pytest.TempPathFactory) -> Paper:
    """A birth certificate that was read, and beside it many cards of which no picture is kept."""
    scan = tmp_path_factory.mktemp("scans") / "giấy.pdf"
    draw_pages(scan, _BIRTH)
    with open_archive(counter.settings) as archive:
        paper = take_in(archive, counter.settings.actor, scan)
    actor = Actor(office_id=counter.settings.office_id, actor_id="lan")
    with open_tables(counter.settings) as tables:
        for number in range(_MANY):
            kept = {"type": "citizen_id_card", "keeping": "fields_only", "filed_at": minutes(number)}
            file(tables, f"Phạm Văn Lúa {number}", actor=actor, **kept)
    return paper


@pytest.fixture
def searching(page: Page, counter: Counter, birth: Paper) -> Page:
    """The page of searching, after the officer has said why."""
    page.goto(f"{counter.url}/search")
    say_why(page, "1")
    expect(page.locator("#q")).to_be_focused()
    return page


def say_why(page: Page, digit: str) -> None:
    """Say it by its key, and wait for the page that comes and its script."""
    with page.expect_navigation():
        page.keyboard.press(digit)


def test_the_purpose_is_asked_first_and_said_by_a_key(page: Page, counter: Counter, birth: Paper) -> None:
    page.goto(f"{counter.url}/search")
    expect(page.get_by_role("heading", name="Vì sao cần tra cứu?")).to_be_visible()
    expect(page.locator("#q")).to_have_count(0)
    assert_calm(page)
    say_why(page, "2")
    expect(page.locator(".why-now")).to_contain_text("Giải quyết hồ sơ")
    page.keyboard.press("F4")
    say_why(page, "1")
    expect(page.locator(".why-now summary")).to_contain_text("Công dân đề nghị tra cứu")


def test_typing_without_marks_finds_the_paper_and_marks_the_words(searching: Page, birth: Paper) -> None:
    searching.keyboard.type("dang thi hue")
    hit = searching.locator(".hit")
    expect(hit).to_have_count(1)
    expect(hit).to_have_attribute("data-id", birth.document_id)
    expect(hit.locator("mark")).to_have_text(["ĐẶNG", "THỊ", "HUỆ"])
    expect(hit.locator(".thumb img")).to_be_visible(timeout=SLOW_MS)
    expect(hit.locator(".thumb .found")).to_have_count(3, timeout=SLOW_MS)
    assert_calm(searching)


def test_typing_with_marks_finds_it_as_well(searching: Page) -> None:
    searching.keyboard.insert_text("Đặng Thị Huệ")
    expect(searching.locator(".hit")).to_have_count(1)


def test_the_arrows_choose_enter_opens_and_coming_back_finds_the_search_as_it_was(
    searching: Page, birth: Paper
) -> None:
    searching.keyboard.type("hue")
    expect(searching.locator(".hit")).to_have_count(1)
    searching.keyboard.press("ArrowDown")
    expect(searching.locator(".hit").first).to_be_focused()
    searching.keyboard.press("ArrowUp")
    expect(searching.locator("#q")).to_be_focused()
    searching.keyboard.press("Enter")
    expect(searching.locator(".hit").first).to_be_focused()
    with searching.expect_navigation(url="**/papers/*"):
        searching.keyboard.press("Enter")
    expect(searching.locator("#paper")).to_have_attribute("data-id", birth.document_id)
    searching.keyboard.press("Escape")
    expect(searching.locator("#q")).to_have_value("hue")
    expect(searching.locator(".hit").first).to_be_focused()
    searching.keyboard.press("Escape")
    expect(searching.locator("#q")).to_have_value("")
    expect(searching.locator(".hit")).to_have_count(0)


def test_filters_are_set_by_the_keyboard_and_narrow_what_is_found(searching: Page) -> None:
    searching.keyboard.press("F2")
    expect(searching.locator("#type")).to_be_focused()
    searching.select_option("#type", "citizen_id_card")
    expect(searching.locator("#count")).to_have_text("20+")
    searching.locator("#q").fill("hue")
    expect(searching.locator("#found")).to_contain_text("Không có giấy tờ nào phù hợp")
    searching.select_option("#type", "")
    expect(searching.locator(".hit")).to_have_count(1)


def test_more_hits_come_by_a_key_and_by_going_on_with_the_arrow(searching: Page) -> None:
    searching.keyboard.type("pham van lua")
    expect(searching.locator(".hit")).to_have_count(20)
    searching.keyboard.press("F3")
    expect(searching.locator(".hit")).to_have_count(_MANY)
    expect(searching.locator(".hit").nth(20)).to_be_focused()
    expect(searching.locator("#more")).to_have_count(0)
    ids = searching.locator(".hit").evaluate_all("all => all.map(one => one.dataset.id)")
    assert len(set(ids)) == _MANY
    searching.keyboard.press("Escape")
    searching.keyboard.type("pham van lua")
    expect(searching.locator(".hit")).to_have_count(20)
    searching.locator(".hit").last.focus()
    searching.keyboard.press("ArrowDown")
    expect(searching.locator(".hit").nth(20)).to_be_focused()


def test_what_is_typed_stands_in_no_address(searching: Page) -> None:
    asked: list[str] = []
    searching.on("request", lambda request: asked.append(request.url))
    searching.keyboard.type("huệ")
    expect(searching.locator(".thumb .found").first).to_be_visible(timeout=SLOW_MS)
    searching.keyboard.press("ArrowDown")
    searching.keyboard.press("Enter")
    expect(searching.locator(".marks .found").first).to_be_visible(timeout=SLOW_MS)
    assert len(asked) > 3
    assert not [address for address in [*asked, searching.url] if "hu" in address.rpartition("/search")[2]]


def test_nothing_that_is_typed_lies_in_the_browsers_own_store(searching: Page) -> None:
    kept: list[str] = []

    def note(state: str) -> None:
        kept.append(state)

    searching.expose_function("noted", note)
    searching.add_init_script(_NOTE_WHAT_IS_KEPT)
    searching.reload()
    expect(searching.locator("#q")).to_be_focused()
    searching.keyboard.type("dang thi hue")
    expect(searching.locator(".hit")).to_have_count(1)
    searching.keyboard.press("ArrowDown")
    searching.keyboard.press("Enter")
    expect(searching.locator(".marks .found").first).to_be_visible(timeout=SLOW_MS)
    searching.reload()
    expect(searching.locator(".marks .found").first).to_be_visible(timeout=SLOW_MS)
    assert len(kept) > 2
    assert [one for one in kept if "hue" in one or "dang" in one] == []


def test_another_officer_at_the_same_browser_finds_nothing_of_the_search(searching: Page, counter: Counter) -> None:
    searching.keyboard.type("dang thi hue")
    expect(searching.locator(".hit")).to_have_count(1)
    searching.get_by_role("button", name="Đăng xuất").click()
    expect(searching).to_have_url(f"{counter.url}/sign-in")
    searching.goto(f"{counter.url}/?token={link_for(counter.settings, 'counter', login='khanh')}")
    searching.goto(f"{counter.url}/search")
    say_why(searching, "1")
    for _ in range(6):
        assert "hue" not in searching.content()
        if searching.evaluate("history.length") < 2:
            break
        searching.go_back()


def test_the_page_breaks_no_rule_of_its_own_policy(searching: Page) -> None:
    complaints: list[str] = []
    searching.on("console", lambda message: complaints.append(message.text))
    searching.on("pageerror", lambda error: complaints.append(str(error)))
    searching.reload()
    searching.keyboard.type("hue")
    expect(searching.locator(".thumb .found").first).to_be_visible(timeout=SLOW_MS)
    assert complaints == []


def test_a_page_without_hits_or_words_is_calm(searching: Page) -> None:
    assert_calm(searching)
    searching.keyboard.type("không có ai như thế")
    expect(searching.locator("#found")).to_contain_text("Không có giấy tờ nào phù hợp")
    assert_calm(searching)
