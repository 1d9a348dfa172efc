"""The work list in a real browser: by keys alone, with papers that were really digitised."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Locator, Page, expect

from pipeline.archive import Archive, Handing
from pipeline.incoming import IncomingFile
from pipeline.local_time import local_day
from pipeline.wiring import open_archive, open_tables
from schemas.dossiers import Dossier, Party
from schemas.people import PersonOnPaper
from tests.browser.accessible import assert_calm
from tests.browser.conftest import Counter
from tests.contract.examples import file
from tests.specimens.layout import Case
from tests.specimens.making import Scan, make_one
from tests.specimens.people import Person, make_family
from tests.system.scans import draw_birth_certificate

pytestmark = pytest.mark.timeout(300)
READ_MS = 90_000
CODE, LATER, NEW = "H29.12.34-261120-0001", "H29.12.34-261120-0002", "H29.12.34-261120-0003"
PHONE = "0912345678"
FAMILY = make_family(Random(7), 4711)  # noqa: S311 (chance that can be repeated)
OWNER: Person = FAMILY.father


def receive(archive: Archive, counter: Counter, scan: Path) -> str:
    with scan.open("rb") as data:
        return archive.receive([IncomingFile(scan.name, data)], Handing(actor=counter.settings.actor)).submission_id


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """The owner's land use certificate, as a scan."""
    kind = "land_use_certificate"
    case = Case(Random(kind), FAMILY, OWNER, FAMILY.mother, date(2025, 11, 20))  # noqa: S311
    make_one(tmp_path, kind, kind, case, Scan("clean"))
    return next(tmp_path.iterdir())


@pytest.fixture
def dossiers(counter: Counter) -> None:
    """Two dossiers of the owner: overdue and due soon; what they miss is asked for."""
    now = datetime.now(UTC)
    with open_archive(counter.settings) as archive:
        for code, days in ((CODE, -2), (LATER, 2)):
            dossier = Dossier(
                code=code,
                actor=counter.settings.actor,
                source="opened",
                procedure="land_change",
                owner=Party(number=OWNER.personal_id, name=OWNER.name, phone=PHONE),
                received_at=now - timedelta(days=5),
                due_on=local_day(now) + timedelta(days=days),
            )
            archive.dossiers.open(dossier)


@pytest.fixture
def work(page: Page, counter: Counter, dossiers: None) -> Page:
    page.goto(f"{counter.url}/work")
    return page


def row(page: Page, part: str, name: str) -> Locator:
    """The entry of a dossier or submission in a part of the list."""
    return page.locator(f'[id="{part}-{name}"]')


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_keys_walk_through_the_list_and_enter_opens(work: Page, counter: Counter) -> None:
    expect(row(work, "due", CODE)).to_be_focused()
    work.keyboard.press("j")
    expect(row(work, "due", LATER)).to_be_focused()
    work.keyboard.press("ArrowDown")
    expect(row(work, "owing", CODE)).to_be_focused()
    work.keyboard.press("k")
    expect(row(work, "due", LATER)).to_be_focused()
    work.keyboard.press("Enter")
    expect(work).to_have_url(f"{counter.url}/dossiers/{LATER}")


def test_a_call_is_written_down_by_three_keys(work: Page) -> None:
    entry = row(work, "owing", CODE)
    work.keyboard.press("c")
    expect(entry).to_be_focused()
    work.keyboard.press("c")
    dialog = work.locator("#call")
    expect(dialog.locator(".phone")).to_have_text("0912 345 678")
    work.keyboard.press("2")
    work.keyboard.press("Enter")
    expect(dialog).not_to_be_visible()
    expect(entry.locator(".state")).to_contain_text("Không nghe máy")
    expect(entry).to_be_focused()


def test_typing_a_number_presses_no_keys_and_esc_closes(work: Page) -> None:
    row(work, "owing", LATER).locator("[data-call]").click()
    work.fill("#phone", "")
    work.locator("#phone").press_sequentially("0977 123 412")
    expect(work.locator("#call input[type=radio]:checked")).to_have_count(0)
    work.get_by_role("button", name="Lưu số").click()
    expect(work.locator("#call .phone")).to_have_text("0977 123 412")
    work.keyboard.press("Escape")
    expect(work.locator("#call")).not_to_be_visible()


def test_nothing_of_a_person_stands_in_an_address(work: Page) -> None:
    asked: list[str] = []
    work.on("request", lambda request: asked.append(request.url))
    row(work, "owing", LATER).locator("[data-call]").click()
    work.locator("#phone").press_sequentially("0977 000 111")
    work.get_by_role("button", name="Lưu số").click()
    expect(work.locator("#call .phone")).to_have_text("0977 000 111")
    assert asked
    assert not any("0977" in address or OWNER.personal_id in address for address in asked)


def test_the_missing_paper_finds_its_dossier_and_one_key_puts_it_there(
    work: Page, counter: Counter, certificate: Path
) -> None:
    known = PersonOnPaper(personal_id=OWNER.personal_id, name=OWNER.name, role="owner", link="filed")
    with open_tables(counter.settings) as tables:
        file(tables, "giấy trước đây", actor=counter.settings.actor, people=(known,))
    with open_archive(counter.settings) as archive:
        archive.process(receive(archive, counter, certificate))
    work.reload()
    proposals = work.locator("#proposals .item")
    expect(proposals).to_have_count(2)
    expect(work.locator("#proposals")).to_contain_text("Giấy vừa đến có thể thuộc hồ sơ")
    expect(proposals.first).to_be_focused()
    code = str(proposals.first.locator("[name=code]").get_attribute("value"))
    work.keyboard.press("a")
    expect(proposals).to_have_count(0)
    work.goto(f"{counter.url}/dossiers/{code}")
    expect(work.locator("main")).to_contain_text("Giấy chứng nhận quyền sử dụng đất")


def test_what_is_stuck_is_read_again_by_one_key(work: Page, counter: Counter, tmp_path: Path) -> None:
    with open_archive(counter.settings) as archive:
        stuck = receive(archive, counter, draw_birth_certificate(tmp_path / "giấy.png", "Lê Thị Kẹt"))
        claimed = archive.tables.leases.claim(stuck, "tests", 60)
        assert claimed
        archive.tables.leases.fail(claimed[0], "store_away", None)
    work.reload()
    entry = row(work, "stuck", stuck)
    expect(entry).to_contain_text("Kho lưu trữ đang không liên lạc được")
    work.keyboard.press("r")
    expect(entry).to_be_focused()
    work.keyboard.press("r")
    expect(entry).to_have_count(0)
    with open_archive(counter.settings) as archive:
        seen = archive.tables.submissions
        deadline = datetime.now(UTC) + timedelta(milliseconds=READ_MS)
        while seen.get(counter.settings.office_id, stuck).state != "done" and datetime.now(UTC) < deadline:
            work.wait_for_timeout(200)
        assert seen.get(counter.settings.office_id, stuck).state == "done"


def test_the_list_renews_itself_and_keeps_the_keyboard_where_it_was(
    stranger: Page, counter: Counter, dossiers: None
) -> None:
    stranger.clock.install()
    stranger.goto(counter.link())
    stranger.goto(f"{counter.url}/work")
    stranger.keyboard.press("j")
    stranger.clock.run_for(100)
    place = focused(stranger)
    with open_archive(counter.settings) as archive:
        found = archive.tables.dossiers.get(counter.settings.office_id, CODE)
        archive.dossiers.open(found.model_copy(update={"code": NEW}))
    with stranger.expect_response("**/work/list") as renewed:
        stranger.clock.run_for(31_000)
    assert renewed.value.request.headers["hoso-background"] == "1"
    expect(row(stranger, "due", NEW)).to_be_visible()
    assert focused(stranger) == place


def test_the_list_is_calm(work: Page) -> None:
    assert_calm(work)


def test_calling_is_calm(work: Page, counter: Counter) -> None:
    row(work, "owing", LATER).locator("[data-call]").click()
    expect(work.locator("#call .phone").first).to_be_visible()
    assert_calm(work)
    work.goto(f"{counter.url}/dossiers/{CODE}/call")
    assert_calm(work)
