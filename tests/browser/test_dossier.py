"""Dossiers at the counter, in a real browser: opening, comparing by keys alone, and the citizen's slip."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from pipeline.archive import Handing
from pipeline.incoming import IncomingFile
from pipeline.wiring import open_archive
from schemas.dossier import Paper
from schemas.people import Actor
from tests.browser.accessible import assert_calm
from tests.browser.conftest import Counter
from tests.specimens.making import make_specimens
from tests.unit.dossier_office import a_dossier

pytestmark = pytest.mark.timeout(300)
CODE, THREE_PAGES, NEW = "H29.12.34-261120-0001", "H29.12.34-261120-0002", "H29.12.34-261120-0003"
TYPES = ("marriage_certificate", "birth_notice", "residence_confirmation")
SLOW_MS = 30_000
"""Several browsers and readers may share the machine."""
_COUNT_KEYS = "window.keys = 0; document.addEventListener('keydown', () => { window.keys += 1 }, true)"


class Brought(NamedTuple):
    """A dossier with three papers, and one with a paper of three pages; all read and nothing compared yet."""

    papers: tuple[Paper, ...]
    long: Paper


@pytest.fixture(scope="module")
def brought(counter: Counter, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Brought]:
    folder = tmp_path_factory.mktemp("scans")
    types = (*TYPES, "land_transfer_contract")
    *scans, long = [folder / one.file for one in make_specimens(folder, 5, len(types), types, ("clean",))]
    actor = Actor(office_id=counter.settings.office_id, actor_id="officer")
    with open_archive(counter.settings) as archive:

        def file(scan: Path, code: str) -> Paper:
            with scan.open("rb") as data:
                handing = Handing(actor=actor, dossier_code=code)
                submission = archive.receive([IncomingFile(scan.name, data)], handing)
            ((paper, _),) = archive.process(submission.submission_id) or ()
            return paper

        for code in (CODE, THREE_PAGES):
            archive.dossiers.open(a_dossier(code=code, actor=actor, procedure="birth_registration"))
        yield Brought(tuple(file(scan, CODE) for scan in scans), file(long, THREE_PAGES))


def looked_at(page: Page, pages: str = "1 / 1") -> None:
    """Wait until the page on the screen counts as looked at."""
    expect(page.locator("#seen-told")).to_have_text(f"Đã xem {pages} trang", timeout=SLOW_MS)


def numbers(brought: Brought) -> list[str]:
    return [paper.fields["document_number"].value for paper in brought.papers]


def slip(page: Page, counter: Counter, tmp_path: Path) -> str:
    """The words of the slip that the key opens."""
    with page.context.expect_page() as opening:
        page.keyboard.press("p")
    opening.value.close()
    answer = page.request.post(f"{counter.url}/dossiers/{CODE}/slip", headers={"origin": counter.url})
    assert answer.headers["content-type"] == "application/pdf"
    (tmp_path / "slip.pdf").write_bytes(answer.body())
    told = subprocess.run(["pdftotext", "-layout", tmp_path / "slip.pdf", "-"], capture_output=True, check=True)
    return " ".join(told.stdout.decode().split())


def test_a_dossier_is_opened_by_the_code_that_a_reader_types(page: Page, counter: Counter, brought: Brought) -> None:
    page.goto(f"{counter.url}/dossiers")
    page.keyboard.type(f"hoso:cover:1:{CODE}")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{counter.url}/dossiers/{CODE}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Đăng ký khai sinh")


def test_an_unknown_code_leads_to_opening_a_new_dossier(page: Page, counter: Counter) -> None:
    page.goto(f"{counter.url}/dossiers")
    page.keyboard.type(NEW)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Chưa có hồ sơ mang mã này")
    page.get_by_label("Thủ tục").select_option("birth_registration")
    page.get_by_label("Họ tên chủ hồ sơ").fill("Trần Văn Mới")
    assert_calm(page)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{counter.url}/dossiers/{NEW}", timeout=SLOW_MS)
    expect(page.locator(".facts")).to_contain_text("Trần Văn Mới")


def test_an_answer_to_a_condition_changes_what_is_asked_for(page: Page, counter: Counter, brought: Brought) -> None:
    page.goto(f"{counter.url}/dossiers/{CODE}")
    row = page.locator(".row", has_text="Văn bản ủy quyền")
    expect(row).to_contain_text("Tùy trường hợp")
    page.get_by_label("được ủy quyền").select_option("Không")
    expect(row).to_contain_text("Không áp dụng")


def test_a_paper_is_not_ticked_before_its_last_page_was_seen(page: Page, counter: Counter, brought: Brought) -> None:
    page.goto(f"{counter.url}/dossiers/{THREE_PAGES}/compare")
    for seen in (1, 2):
        looked_at(page, f"{seen} / 3")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("Hãy xem hết các trang trước khi xác nhận.")
        expect(page.locator("[data-page-told]")).to_have_text(f"Trang {seen + 1}/3")
        expect(page.locator("#marked")).to_contain_text("0 / 1")
    looked_at(page, "3 / 3")
    page.keyboard.press("Enter")
    expect(page.locator("#marked")).to_contain_text("1 / 1")


def test_a_key_that_is_held_down_ticks_one_paper(page: Page, counter: Counter, brought: Brought) -> None:
    page.goto(f"{counter.url}/dossiers/{CODE}/compare")
    looked_at(page)
    page.keyboard.down("Enter")
    looked_at(page)
    page.keyboard.down("Enter")
    expect(page.locator("#marked")).to_contain_text("1 / 3")
    page.keyboard.up("Enter")


def test_the_pages_of_dossiers_are_calm(page: Page, counter: Counter, brought: Brought) -> None:
    for path in ("/dossiers", f"/dossiers/{CODE}", f"/dossiers/{CODE}/compare"):
        page.goto(counter.url + path)
        assert_calm(page)
    looked_at(page)
    page.keyboard.press("x")
    assert_calm(page)


def test_three_papers_are_compared_by_a_key_each_and_the_slip_tells_of_them(
    page: Page, counter: Counter, brought: Brought, tmp_path: Path
) -> None:
    page.goto(f"{counter.url}/dossiers/{CODE}")
    page.keyboard.press("c")
    expect(page).to_have_url(f"{counter.url}/dossiers/{CODE}/compare")
    page.evaluate(_COUNT_KEYS)
    for key in ("Enter", "3", "x"):
        looked_at(page)
        page.keyboard.press(key)
    assert page.evaluate("window.keys") == len(brought.papers)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{counter.url}/dossiers/{CODE}", timeout=SLOW_MS)
    expect(page.get_by_role("status")).to_contain_text("2 giấy tờ xác nhận, 1 không xác nhận")
    lying = page.locator("section", has=page.get_by_role("heading", name="Giấy tờ trong hồ sơ")).locator(".row")
    expect(lying.nth(0)).to_contain_text("bản chính")
    expect(lying.nth(1)).to_contain_text("bản sao chứng thực")
    expect(lying.nth(2)).to_contain_text("Không xác nhận")
    assert_calm(page)

    text, (first, second, refused) = slip(page, counter, tmp_path), numbers(brought)
    for line in (CODE, f"số {first}", f"số {second}", "Bản sao chứng thực, đã đối chiếu ngày", "Mã số hóa:"):
        assert line in text
    assert "Nghị định 356/2025/NĐ-CP, Điều 5" in text
    assert f"số {refused}" not in text


def test_a_comparison_is_undone_by_a_key(page: Page, counter: Counter, brought: Brought) -> None:
    page.goto(f"{counter.url}/dossiers/{THREE_PAGES}/compare")
    for seen in (1, 2, 3):
        looked_at(page, f"{seen} / 3")
        page.keyboard.press("ArrowRight")
    page.keyboard.press("4")
    page.keyboard.press("Control+Enter")
    row = page.locator(".row", has_text="Hợp đồng")
    expect(row).to_contain_text("Đã đối chiếu", timeout=SLOW_MS)
    page.wait_for_load_state("load")  # before it a key leads nowhere
    page.keyboard.press("z")
    expect(row).to_contain_text("Cần người xem", timeout=SLOW_MS)
    expect(page.get_by_role("status")).to_have_count(0)
