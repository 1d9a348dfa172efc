"""A citizen at the counter, in a real browser, with papers that were really digitised."""

from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from pipeline.archive import Archive, Handing
from pipeline.incoming import IncomingFile
from pipeline.wiring import open_archive
from schemas.dossier import Paper
from schemas.people import Actor
from tests.browser.accessible import assert_calm
from tests.browser.conftest import Counter
from tests.specimens.fonts import font
from tests.specimens.layout import Case
from tests.specimens.making import Scan, make_one
from tests.specimens.people import Person, make_family

pytestmark = pytest.mark.timeout(300)
CODE = "H29.12.34-260302-0001"
PROCEDURE = "Đăng ký biến động quyền sử dụng đất"


class Owner(NamedTuple):
    """A landowner whose papers are on file; the certificate was compared with its original."""

    person: Person
    certificate: Paper
    health: Paper

    @property
    def card(self) -> str:
        """What a reader types of the QR code on his card."""
        born = self.person.born.strftime("%d%m%Y")
        return f"{self.person.personal_id}||{self.person.name}|{born}|{self.person.sex}|Hà Nội|01012022"


@pytest.fixture(scope="module")
def owner(counter: Counter, tmp_path_factory: pytest.TempPathFactory) -> Owner:
    folder = tmp_path_factory.mktemp("scans")
    family = make_family(Random(11), 4711)  # noqa: S311 (chance that can be repeated)
    person = family.father
    for kind in ("land_use_certificate", "construction_permit"):
        case = Case(Random(kind), family, person, family.mother, date(2025, 11, 20))  # noqa: S311
        make_one(folder, kind, kind, case, Scan("clean"))
    draw_health_certificate(folder / "z-health.png", person)
    with open_archive(counter.settings) as archive:
        papers = [take_in(archive, counter.settings.actor, file) for file in sorted(folder.iterdir())]
        by_type = {paper.type: paper for paper in papers}
        certificate = archive.confirm(counter.settings.actor, by_type["land_use_certificate"].document_id, "original")
    return Owner(person, certificate, by_type["health_certificate"])


def take_in(archive: Archive, actor: Actor, file: Path) -> Paper:
    with file.open("rb") as data:
        submission = archive.receive([IncomingFile(file.name, data)], Handing(actor=actor))
    papers = archive.process(submission.submission_id)
    assert papers
    return papers[0][0]


def draw_health_certificate(file: Path, person: Person) -> None:
    lines = (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "",
        "GIẤY KHÁM SỨC KHỎE",
        f"Họ và tên: {person.name.upper()}",
        f"Số CCCD: {person.personal_id}",
        "Tiền sử bệnh: không",
        "Phân loại sức khỏe: loại II",
        "Kết luận: đủ sức khỏe lái xe",
    )
    page = Image.new("L", (1654, 2339), 255)
    pen, face = ImageDraw.Draw(page), font("Serif", 44)
    for number, line in enumerate(lines):
        pen.text((150, 150 + 90 * number), line, font=face, fill=0)
    page.save(file, dpi=(200, 200))


def open_visit(page: Page, owner: Owner, letters: str = "bien dong") -> None:
    """By the keys of the keyboard alone: eight letters, a card under the reader, two keys more."""
    page.goto(page.url.split("/?")[0].rstrip("/").removesuffix("/visit") + "/visit")
    page.keyboard.type(letters)
    page.keyboard.press("Enter")
    page.keyboard.type(owner.card)
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text(owner.person.name)
    expect(page.locator("#presence input").first).to_be_focused()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]").first).to_be_visible()
    expect(page.locator(":focus")).to_be_visible()  # the page's script has run to its end


@pytest.fixture
def visit(page: Page, owner: Owner) -> Page:
    """The page of an open visit."""
    open_visit(page, owner)
    return page


def test_a_citizen_is_opened_by_the_keyboard_alone(visit: Page, owner: Owner) -> None:
    expect(visit.locator("#visit-head")).to_contain_text(owner.person.personal_id)
    expect(visit.locator("#visit-head")).to_contain_text("Công dân có mặt, đã đối chiếu thẻ căn cước")
    expect(visit.locator("#row-certificate .state")).to_have_text("Đã có, còn giá trị")
    assert owner.person.name not in visit.url


def test_what_a_reader_types_into_the_procedure_finds_the_citizen(page: Page, owner: Owner) -> None:
    expect(page.locator("#filter")).to_be_focused()
    page.keyboard.type(owner.card)
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_contain_text(owner.person.name)
    expect(page.locator("#filter")).to_have_value("")


def test_the_form_opens_nothing_before_presence_is_recorded(page: Page, owner: Owner) -> None:
    page.locator("#procedures label").first.click()
    page.fill("#said", owner.person.personal_id)
    page.get_by_role("button", name="Mở lượt tiếp").click()
    expect(page.locator("h1")).to_have_text("Tiếp công dân")
    assert not page.locator("#presence input:checked").count()


def test_questions_are_answered_by_keys_one_after_the_other(visit: Page) -> None:
    expect(visit.locator("#summary")).to_contain_text("còn 3 câu hỏi")
    for key, left in (("c", 2), ("k", 1), ("k", 0)):
        visit.keyboard.press(key)
        expect(visit.locator("[data-question].open")).to_have_count(left)
    expect(visit.locator("#summary")).not_to_contain_text("câu hỏi")
    expect(visit.locator("#question-by_contract [aria-pressed=true]")).to_contain_text("Có")


def test_a_held_paper_is_put_into_the_dossier_in_two_keystrokes(page: Page, owner: Owner) -> None:
    open_visit(page, owner, "tam tru")
    page.keyboard.press("m")
    page.keyboard.type(CODE)
    page.keyboard.press("Enter")
    expect(page.locator("#visit-head .dossier a")).to_have_text(CODE)
    page.keyboard.press("2")
    expect(page.locator(f'[data-document="{owner.certificate.document_id}"]')).to_have_class("shown")
    page.keyboard.press("g")
    expect(page.locator("#row-dwelling .state")).to_have_text("Đã vào hồ sơ")
    expect(page.locator("#row-dwelling")).to_be_focused()


def test_a_sheet_that_is_handed_over_itself_is_not_offered_for_use(visit: Page) -> None:
    expect(visit.locator("#row-certificate")).to_contain_text("Đã có, còn giá trị")
    expect(visit.locator("#row-certificate button")).to_have_count(0)


def test_without_a_dossier_its_code_is_asked_for_on_the_way(page: Page, owner: Owner) -> None:
    open_visit(page, owner, "tam tru")
    page.keyboard.press("2")
    page.keyboard.press("g")
    expect(page.locator("#ask-code")).to_be_visible()
    page.keyboard.type("nonsense")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Mã hồ sơ không đúng dạng")
    page.keyboard.press("g")
    page.keyboard.press("Escape")
    expect(page.locator("#ask-code")).to_be_hidden()


def test_health_papers_stay_shut_until_a_reason_is_given(visit: Page, owner: Owner) -> None:
    assert owner.health.document_id not in visit.content()
    visit.locator("summary").focus()
    visit.keyboard.press("Enter")
    visit.locator("#why-health").fill("Đổi giấy phép lái xe")
    visit.keyboard.press("Enter")
    expect(visit.locator("#sensitive-health .lines")).to_contain_text("Giấy khám sức khỏe")
    visit.reload()
    assert owner.health.document_id not in visit.content()


def test_other_papers_are_unfolded_by_a_key(visit: Page) -> None:
    expect(visit.locator("body")).not_to_contain_text("Giấy phép xây dựng")
    visit.keyboard.press("o")
    expect(visit.locator("#others")).to_contain_text("Giấy phép xây dựng")


def test_known_values_are_copied_by_a_key(visit: Page, owner: Owner) -> None:
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.keyboard.press("b")
    first = visit.locator("[data-copy]").first
    expect(first).to_be_focused()
    visit.keyboard.press("Enter")
    expect(visit.locator("[data-copy]").nth(1)).to_be_focused()
    assert visit.evaluate("navigator.clipboard.readText()") == first.get_attribute("data-copy") == owner.person.name


def test_the_open_visit_goes_along_and_is_ended_by_a_key(visit: Page, owner: Owner) -> None:
    address = visit.url
    visit.keyboard.press("n")
    visit.wait_for_url("**/receive")
    expect(visit.locator(".visit-strip")).to_contain_text(owner.person.name)
    visit.keyboard.press("F9")
    visit.wait_for_url(address)
    expect(visit.locator("h1")).to_contain_text(PROCEDURE)
    visit.keyboard.press("F8")
    expect(visit.locator("#filter")).to_be_focused()
    expect(visit.locator(".visit-strip")).to_have_count(0)
    visit.goto(address)
    expect(visit.locator("body")).to_contain_text("Lượt tiếp công dân này đã kết thúc")
    expect(visit.locator("body")).not_to_contain_text(owner.person.name)


def test_who_looked_is_turned_to_the_citizen_and_printed(visit: Page, owner: Owner) -> None:
    visit.add_init_script("window.print = () => { document.body.dataset.printed = 'yes'; }")
    visit.keyboard.press("x")
    visit.wait_for_url("**/who-looked")
    expect(visit.locator("h1")).to_have_text("Ai đã xem giấy tờ của tôi")
    expect(visit.locator("tbody")).to_contain_text("Officer")
    expect(visit.locator("tbody")).to_contain_text(f"Tiếp công dân làm thủ tục: {PROCEDURE}")
    assert_calm(visit)
    with visit.expect_response("**/printed"):
        visit.keyboard.press("p")
    expect(visit.locator("body")).to_have_attribute("data-printed", "yes")


def test_opening_a_visit_is_calm(page: Page, owner: Owner) -> None:
    assert_calm(page)
    page.fill("#said", owner.person.name)
    page.press("#said", "Enter")
    expect(page.locator("#found [name=citizen_id]")).to_be_visible()
    page.locator("[value=authority]").check()
    assert_calm(page)


def test_a_visit_is_calm_folded_and_unfolded(visit: Page) -> None:
    assert_calm(visit)
    for key, what in (("o", "#others .lines"), ("b", ".known-values")):
        visit.keyboard.press(key)
        expect(visit.locator(what)).to_be_visible()
    visit.locator("summary").click()
    assert_calm(visit)
