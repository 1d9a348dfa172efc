"""From a pile of papers on the glass to the citizen's slip: one officer, by keyboard, timed, his key presses counted.

`pytest tests/browser/test_walk_through.py -s` prints how long each part took; how long is no claim of the test.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Counter
from tests.specimens.layout import Case
from tests.specimens.making import Scan, make_one
from tests.specimens.people import Person, make_family

pytestmark = pytest.mark.timeout(300)
CODE = "H29.12.34-261120-0042"
PILE = ("land_use_certificate", "land_transfer_contract", "citizen_id_card")
"""What the buyer of a piece of land brings; the contract has two pages."""
READ_MS = 120_000
MOST_PRESSES = 20
"""Measured: 16. Each further one is a step that somebody has added to every citizen's visit."""


class Officer:
    """Whose hands do all: on the keyboard, where each key is counted, and with the reader of codes, which types."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses, self.letters = page, 0, 0
        self.parts: dict[str, float] = {}

    def press(self, key: str) -> None:
        self.presses += 1
        self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.letters += len(words)
        self.page.keyboard.type(words)

    def read_code(self, text: str) -> None:
        """What a reader of codes does: the letters, and Enter."""
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.parts[name] = time.monotonic() - began


@pytest.fixture(scope="module")
def buyer() -> Person:
    return make_family(Random(23), 6200).father  # noqa: S311 (chance that can be repeated)


@pytest.fixture(scope="module")
def pile(buyer: Person, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """The scans as the scanner names them, in the order of the pile."""
    folder = tmp_path_factory.mktemp("glass")
    buyers, sellers = make_family(Random(23), 6200), make_family(Random(29), 6210)  # noqa: S311
    cases = {
        "land_use_certificate": Case(Random(1), sellers, sellers.father, sellers.mother, date(2018, 5, 8)),  # noqa: S311
        "land_transfer_contract": Case(Random(2), buyers, buyer, sellers.father, date(2026, 6, 20)),  # noqa: S311
        "citizen_id_card": Case(Random(3), buyers, buyer, buyers.mother, buyer.card_issued or date(2022, 1, 1)),  # noqa: S311
    }
    scans = [make_one(folder, f"scan-{n:04d}", kind, cases[kind], Scan("clean")) for n, kind in enumerate(PILE, 1)]
    return tuple(folder / scan.file for scan in scans)


def on_the_card(person: Person) -> str:
    born = person.born.strftime("%d%m%Y")
    return f"{person.personal_id}||{person.name}|{born}|{person.sex}|Hà Nội|01012022"


def scan_into(inbox: Path, pile: tuple[Path, ...]) -> None:
    """As a scanner does over the network: each file grows under another name, then has its own."""
    inbox.mkdir(parents=True, exist_ok=True)
    for file in pile:
        draft = inbox / f".{file.name}"
        shutil.copyfile(file, draft)
        draft.replace(inbox / file.name)


def open_visit(officer: Officer, counter: Counter, buyer: Person) -> None:
    page = officer.page
    page.goto(f"{counter.url}/visit")
    expect(page.locator("#filter")).to_be_focused()
    officer.type("bien dong")
    officer.press("Enter")
    officer.read_code(on_the_card(buyer))
    expect(page.locator("#presence input").first).to_be_focused()
    officer.press("1")
    officer.press("Enter")
    expect(page.locator("#visit-head")).to_contain_text(buyer.name)
    expect(page.locator(":focus")).to_be_visible()  # the page's script has run to its end
    officer.press("m")
    officer.read_code(CODE)
    expect(page.locator("#visit-head .dossier a")).to_have_text(CODE)


def take_to_the_table(officer: Officer) -> None:
    page = officer.page
    officer.press("n")
    page.wait_for_url("**/receive")
    expect(page.locator("#about")).to_contain_text(CODE)
    expect(page.locator("[data-take]:not(:disabled)")).to_have_count(len(PILE), timeout=READ_MS)
    officer.press("l")
    expect(page.locator(".file")).to_have_count(len(PILE))
    expect(page.locator("[data-state=sending], [data-state=looking]")).to_have_count(0, timeout=READ_MS)
    expect(page.locator(".file .state.good")).to_have_count(len(PILE))


def wait_until_filed(page: Page) -> None:
    expect(page.locator(".submission")).to_have_count(len(PILE), timeout=READ_MS)
    expect(page.locator(".submission[data-live]")).to_have_count(0, timeout=READ_MS)
    expect(page.locator(".submission .paper.bad")).to_have_count(0)
    expect(page.locator(".submission .paper")).to_have_count(len(PILE))


def compare_all(officer: Officer) -> None:
    page = officer.page
    officer.press("c")
    page.wait_for_url("**/compare")
    expect(page.locator(".pick")).to_have_count(len(PILE))
    for compared in range(len(PILE)):
        look_at_every_page(officer)
        officer.press("Enter")
        expect(page.locator("#marked")).to_contain_text(f"{compared + 1} / {len(PILE)}")
    officer.press("Enter")
    page.wait_for_url(f"**/dossiers/{CODE}")
    expect(page.get_by_role("status")).to_contain_text(f"{len(PILE)} giấy tờ xác nhận")
    page.wait_for_load_state("load")


def look_at_every_page(officer: Officer) -> None:
    """Of a card no picture is kept: what is looked at are its values."""
    page = officer.page
    paper = page.locator(".pick[aria-current=true]")
    pages = int(paper.get_attribute("data-pages") or "0")
    for seen in range(1, pages):
        expect(page.locator("#seen-told")).to_have_text(f"Đã xem {seen} / {pages} trang", timeout=READ_MS)
        officer.press("ArrowRight")
    expect(paper).to_have_attribute("data-seen", "", timeout=READ_MS)


def print_slip(officer: Officer) -> None:
    page = officer.page
    with (
        page.context.expect_event("response", lambda answer: answer.url.endswith("/slip")) as printed,
        page.context.expect_page() as opening,
    ):
        officer.press("p")
    assert printed.value.status == 200
    assert printed.value.headers["content-type"] == "application/pdf"
    opening.value.close()


def test_a_pile_on_the_glass_becomes_a_compared_dossier_and_a_slip(
    page: Page, counter: Counter, buyer: Person, pile: tuple[Path, ...]
) -> None:
    officer = Officer(page)
    with officer.part("open the visit"):
        open_visit(officer, counter, buyer)
    scan_into(counter.settings.inbox_path, pile)
    with officer.part("scan folder to verdicts"):
        take_to_the_table(officer)
    with officer.part("hand in until filed"):
        officer.press("Enter")
        wait_until_filed(page)
    with officer.part("compare and record"):
        officer.press("F9")
        expect(page.locator(":focus")).to_be_visible()
        officer.press("m")
        page.wait_for_url(f"**/dossiers/{CODE}")
        page.wait_for_load_state("load")
        compare_all(officer)
    with officer.part("print the slip"):
        print_slip(officer)
    told = "".join(f"\n  {seconds:5.1f} s  {name}" for name, seconds in officer.parts.items())
    whole = sum(officer.parts.values())
    print(f"{told}\n  {whole:5.1f} s  in all; {officer.presses} keys, {officer.letters} letters typed")  # noqa: T201
    assert officer.presses <= MOST_PRESSES
