"""The review desk in a real browser, by keys, with papers that the real pipeline was not sure of."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pipeline.archive import Archive, Handing
from pipeline.incoming import IncomingFile
from pipeline.wiring import open_archive
from schemas.dossier import Paper, Submission
from schemas.people import Actor
from tests.browser.accessible import assert_calm
from tests.browser.conftest import Counter
from tests.signing_in import link_for
from tests.specimens.fonts import font
from tests.system.scans import draw_birth_certificate

pytestmark = pytest.mark.timeout(300)
READ_MS = 60_000
"""Under another type, or cut otherwise, a paper is read again."""
NUMBER = "079191000123"
HEAD = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "")
STACK = (
    (*HEAD, "GIẤY KHAI SINH", "Số: 716/2018", "Họ, chữ đệm, tên: LÊ VĂN BÉ", *["Nơi sinh: Quận 1"] * 10),
    ("và các nội dung khác đã được ghi trong sổ đăng ký của", "Ủy ban nhân dân phường Bến Nghé."),
    (*HEAD, "GIẤY CHỨNG NHẬN KẾT HÔN", "Số: 12/2016", "Họ, chữ đệm, tên vợ: ĐẶNG THỊ HUỆ", *["Nơi cư trú: Quận 1"] * 8),
    ("Ghi chú: không có.",),
)


class Office:
    """An office with a queue of its own, its papers on file, and officers who sign in."""

    def __init__(self, name: str, archive: Archive, counter: Counter, browser: Browser) -> None:
        self.id = f"o{hashlib.sha256(name.encode()).hexdigest()[:12]}"
        self._archive, self._counter, self._browser = archive, counter, browser
        self._contexts: list[BrowserContext] = []

    def file(self, scan: Path) -> Submission:
        """Have a scan digitised."""
        actor = Actor(office_id=self.id, actor_id="scanner")
        with scan.open("rb") as data:
            submission = self._archive.receive([IncomingFile(scan.name, data)], Handing(actor=actor))
        self._archive.process(submission.submission_id)
        return submission

    def papers(self, submission: Submission) -> tuple[Paper, ...]:
        """What became of it, as it is on file now."""
        return self._archive.tables.papers.of_content(self.id, submission.content_sha256)

    def officer(self, name: str) -> Page:
        """A browser in which an officer has opened the desk."""
        self._contexts.append(self._browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN"))
        page = self._contexts[-1].new_page()
        settings = self._counter.settings.model_copy(update={"office_id": self.id})
        page.goto(f"{self._counter.url}/?token={link_for(settings, 'reviewer', login=f'{name}-{self.id}')}")
        page.goto(f"{self._counter.url}/review")
        return page

    def close(self) -> None:
        """Close the browsers."""
        for context in self._contexts:
            context.close()


@pytest.fixture(scope="module")
def archive(counter: Counter) -> Iterator[Archive]:
    with open_archive(counter.settings) as opened:
        yield opened


@pytest.fixture
def office(request: pytest.FixtureRequest, archive: Archive, counter: Counter, chromium: Browser) -> Iterator[Office]:
    opened = Office(request.node.name, archive, counter, chromium)
    yield opened
    opened.close()


@pytest.fixture
def stack(tmp_path: Path) -> Callable[[str], Path]:
    """Draws four pages, of which the first two and the last two are a paper each."""

    def draw(note: str) -> Path:
        pages = []
        for lines in (*STACK[:-1], (*STACK[-1], note)):
            page = Image.new("L", (1654, 2339), 255)
            pen = ImageDraw.Draw(page)
            for line, text in enumerate(lines):
                pen.text((150, 150 + 90 * line), text, font=font("Serif", 44), fill=0)
            pages.append(page)
        pages[0].save(tmp_path / "stack.pdf", save_all=True, append_images=pages[1:], resolution=200)
        return tmp_path / "stack.pdf"

    return draw


def shows(page: Page, part: str) -> None:
    expect(page.locator(f"#review[data-item-id$='.{part}']")).to_be_visible()


def test_three_questions_of_different_kinds_are_answered_by_keys_alone(office: Office, tmp_path: Path) -> None:
    submission = office.file(draw_birth_certificate(tmp_path / "scan.png", "Đặng Thị Huệ"))
    page = office.officer("lan")
    shows(page, "type")
    expect(page.locator(".choice.first")).to_contain_text("Giấy khai sinh")
    assert_calm(page)
    page.keyboard.press("Enter")
    shows(page, "field.issue_date")
    page.keyboard.type("05/11/2018")
    page.keyboard.press("Enter")
    shows(page, "owner.child")
    assert_calm(page)
    page.keyboard.press("Tab")
    page.keyboard.type(NUMBER)
    page.keyboard.press("Enter")
    expect(page.locator("#review")).to_contain_text("Không còn câu hỏi nào")
    expect(page.locator("#done")).to_have_text("3")
    assert_calm(page)
    (paper,) = office.papers(submission)
    assert (paper.state, paper.fields["issue_date"].value) == ("filed", "2018-11-05")
    assert [(one.personal_id, one.link) for one in paper.people] == [(NUMBER, "filed")]


def test_a_correction_is_typed_with_its_marks_whatever_writes_them(office: Office, tmp_path: Path) -> None:
    lines = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\nGIẤY KHAI SINH\nTrang này đã mờ."
    scan = Image.new("L", (1654, 2339), 255)
    ImageDraw.Draw(scan).multiline_text((150, 150), lines, font=font("Serif", 44), fill=0, spacing=50)
    scan.save(tmp_path / "scan.png", dpi=(200, 200))
    submission = office.file(tmp_path / "scan.png")
    page = office.officer("lan")
    shows(page, "type")
    page.keyboard.press("Enter")
    shows(page, "owner.child")
    for part in ("owner.child", "field.date_of_birth", "field.document_number", "field.issue_date"):
        shows(page, part)
        page.keyboard.press("ArrowRight")
    shows(page, "field.full_name")
    # An input method composes the word; its digits and Enter are its own as long as it does.
    typing = page.context.new_cdp_session(page)
    typing.send("Input.imeSetComposition", {"text": "Nguyễn Thị Bưở", "selectionStart": 14, "selectionEnd": 14})
    typing.send("Input.insertText", {"text": "Nguyễn Thị Bưởi"})
    expect(page.locator("#value")).to_have_value("Nguyễn Thị Bưởi")
    page.keyboard.press("Enter")
    expect(page.locator("#review")).to_contain_text("Chỉ còn những câu bạn để lại")
    (paper,) = office.papers(submission)
    assert paper.fields["full_name"].value == "Nguyễn Thị Bưởi"


def test_digits_choose_and_wiping_takes_a_second_key(office: Office, tmp_path: Path) -> None:
    scan = Image.open(draw_birth_certificate(tmp_path / "scan.png", "Lê Văn Bé"))
    ImageDraw.Draw(scan).text((150, 40), "MẬT", font=font("Serif", 44), fill=0)
    scan.save(tmp_path / "marked.png", dpi=(200, 200))
    submission = office.file(tmp_path / "marked.png")
    page = office.officer("lan")
    shows(page, "secrecy")
    page.keyboard.press("Enter")
    page.keyboard.press("2")
    expect(page.locator("#grave")).to_be_visible()
    assert_calm(page)
    page.keyboard.press("Escape")
    shows(page, "secrecy")
    page.keyboard.press("1")
    shows(page, "type")
    (paper,) = office.papers(submission)
    assert "secrecy_doubtful" not in paper.reasons


def test_a_kind_of_paper_is_found_by_typing_without_marks(office: Office, tmp_path: Path) -> None:
    submission = office.file(draw_birth_certificate(tmp_path / "scan.png", "Đặng Thị Kha"))
    page = office.officer("lan")
    shows(page, "type")
    page.keyboard.type("chung sinh")
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_have_text("1", timeout=READ_MS)
    (paper,) = office.papers(submission)
    assert paper.type == "birth_notice"


def test_the_last_answer_is_undone_by_a_key(office: Office, tmp_path: Path) -> None:
    submission = office.file(draw_birth_certificate(tmp_path / "scan.png", "Đặng Thị Mơ"))
    (before,) = office.papers(submission)
    page = office.officer("lan")
    shows(page, "type")
    page.keyboard.press("Enter")
    shows(page, "field.issue_date")
    page.locator("#asks").focus()
    page.keyboard.press("Control+z")
    shows(page, "type")
    expect(page.locator("#notice")).to_contain_text("hoàn tác")
    expect(page.locator("#done")).to_have_text("0")
    (after,) = office.papers(submission)
    assert (after.questions, after.fields, after.answered) == (before.questions, before.fields, before.answered)


def test_two_officers_never_see_the_same_question(office: Office, tmp_path: Path) -> None:
    for name in ("Đặng Thị Na", "Đặng Thị Ổi"):
        office.file(draw_birth_certificate(tmp_path / "scan.png", name))
    lan, minh = office.officer("lan"), office.officer("minh")
    seen = {page.locator("#review").get_attribute("data-item-id") for page in (lan, minh)}
    assert len(seen) == 2
    late = office.officer("nga")
    expect(late.locator("#review")).to_contain_text("cán bộ khác")
    for page in (lan, minh):
        page.keyboard.press("Enter")
        shows(page, "field.issue_date")
    papers = {page.locator("#review").get_attribute("data-paper") for page in (lan, minh)}
    assert len(papers) == 2


def test_leaving_the_page_or_signing_out_gives_the_question_to_others(office: Office, tmp_path: Path) -> None:
    office.file(draw_birth_certificate(tmp_path / "scan.png", "Đặng Thị Quế"))
    lan = office.officer("lan")
    shows(lan, "type")
    minh = office.officer("minh")
    expect(minh.locator("#review")).to_contain_text("cán bộ khác")
    lan.get_by_role("link", name="Tra cứu").click()
    lan.wait_for_url("**/search")
    minh.keyboard.press("Enter")
    shows(minh, "type")
    lan.goto(lan.url.replace("/search", "/review"))
    expect(lan.locator("#review")).to_contain_text("cán bộ khác")
    minh.get_by_role("button", name="Đăng xuất").click()
    minh.wait_for_url("**/sign-in")
    lan.keyboard.press("Enter")
    shows(lan, "type")


def test_a_reload_keeps_the_question(office: Office, tmp_path: Path) -> None:
    office.file(draw_birth_certificate(tmp_path / "scan.png", "Đặng Thị Sen"))
    lan = office.officer("lan")
    shows(lan, "type")
    lan.reload()
    minh = office.officer("minh")
    expect(minh.locator("#review")).to_contain_text("cán bộ khác")


def test_cuts_are_set_by_keys_and_undone(office: Office, stack: Callable[[str], Path]) -> None:
    submission = office.file(stack("Một"))
    assert [paper.source_pages for paper in office.papers(submission)] == [(1, 2), (3, 4)]
    page = office.officer("lan")
    page.goto(f"{page.url}/cuts/{submission.submission_id}")
    expect(page.locator("#made li")).to_have_count(2)
    assert_calm(page)
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    expect(page.locator("#made li")).to_have_count(3)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#made li").nth(1)).to_contain_text("trang 2–3")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review", timeout=READ_MS)
    assert [paper.source_pages for paper in office.papers(submission)] == [(1,), (2, 3), (4,)]
    page.locator("#asks").focus()
    page.keyboard.press("Control+z")
    page.wait_for_url("**/review/cuts/*", timeout=READ_MS)
    expect(page.locator("#made li")).to_have_count(2)
    assert [paper.source_pages for paper in office.papers(submission)] == [(1, 2), (3, 4)]


def test_a_cut_is_dragged_to_another_page(office: Office, stack: Callable[[str], Path]) -> None:
    submission = office.file(stack("Hai"))
    page = office.officer("lan")
    page.goto(f"{page.url}/cuts/{submission.submission_id}")
    cut, target = page.locator(".gap:has(:checked)"), page.locator(".gap").last
    start, end = cut.bounding_box(), target.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 20, start["y"] + 120)
    page.mouse.down()
    page.mouse.move(end["x"] + 10, end["y"] + 120, steps=5)
    page.mouse.up()
    expect(page.locator("#made li").first).to_contain_text("trang 1–3")
    page.get_by_role("button", name="Tách như thế này").click()
    page.wait_for_url("**/review", timeout=READ_MS)
    assert [paper.source_pages for paper in office.papers(submission)] == [(1, 2, 3), (4,)]
