"""The way to the pages of the counter: visits, receiving, dossiers."""

from playwright.sync_api import Page, expect

from tests.screenshots.office import PASSWORD, WITH_CODES
from tests.screenshots.scene import SLOW_MS, Scene

_PROCEDURE = "bien dong"


def sign_in(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/sign-in")


def enter_code(page: Page, scene: Scene) -> None:
    """As a head does, whose telephone shows codes."""
    page.fill("#login", WITH_CODES)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code*")


def begin_visit(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/visit")
    expect(page.locator("#filter")).to_be_focused()


def find_citizen(page: Page, scene: Scene) -> None:
    """Somebody comes with the citizen's authority, so that the form is at its longest."""
    page.fill("#filter", _PROCEDURE)
    page.fill("#said", scene.landowner.name)
    page.press("#said", "Enter")
    expect(page.locator("#found [name=citizen_id]").first).to_be_visible()
    page.locator("#found [name=citizen_id]").first.check()
    page.locator("[value=authority]").check()


def open_visit(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/visit")
    expect(page.locator("#filter")).to_be_focused()
    page.keyboard.type(_PROCEDURE)
    page.keyboard.press("Enter")
    page.keyboard.type(scene.card)
    page.keyboard.press("Enter")
    expect(page.locator("#presence input").first).to_be_focused()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("[data-question].open").first).to_be_focused()


def answer_and_unfold(page: Page, scene: Scene) -> None:
    for answer, left in (("c", 2), ("k", 1), ("k", 0)):
        page.keyboard.press(answer)
        expect(page.locator("[data-question].open")).to_have_count(left)
    for key, unfolded in (("o", "#others .lines"), ("b", ".known-values")):
        page.keyboard.press(key)
        expect(page.locator(unfolded)).to_be_visible()


def turn_to_citizen(page: Page, scene: Scene) -> None:
    page.keyboard.press("x")
    page.wait_for_url("**/who-looked")


def begin_receiving(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/receive")
    expect(page.locator("#folder")).to_be_visible()


def look_at_uploads(page: Page, scene: Scene) -> None:
    """From the visit; four files on the table, two of them no good, and two more in the scan folder."""
    page.locator("#visit-back").click()
    page.locator("[data-key=n]").click()
    page.wait_for_url("**/receive")
    waiting = [scene.to_scan[name] for name in ("contract", "permit", "blurred", "blank")]
    page.set_input_files("#files", waiting)
    expect(page.locator(".file")).to_have_count(len(waiting), timeout=SLOW_MS)
    expect(page.locator("#sending")).to_be_hidden(timeout=SLOW_MS)
    expect(page.locator("[data-state=sending], [data-state=looking]")).to_have_count(0, timeout=SLOW_MS)
    expect(page.locator("[data-take]:not(:disabled)").first).to_be_visible(timeout=SLOW_MS)


def hand_in(page: Page, scene: Scene) -> None:
    """What is no good is laid aside; the rest is followed until it is filed."""
    for tone in ("blurred", "blank"):
        page.locator(f'.file[data-name="{scene.to_scan[tone].name}"] .remove').click()
        expect(page.locator(f'.file[data-name="{scene.to_scan[tone].name}"]')).to_have_count(0)
    page.locator("#hand-in-now").click()
    expect(page.locator(".submission")).to_have_count(2, timeout=SLOW_MS)
    expect(page.locator(".submission[data-live]")).to_have_count(0, timeout=SLOW_MS)


def find_dossier(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/dossiers")


def open_new_dossier(page: Page, scene: Scene) -> None:
    page.fill("#code", "H29.12.34-261120-0077")
    page.press("#code", "Enter")
    expect(page.locator("#new-code")).to_be_visible()


def open_dossier(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/dossiers/{scene.dossier_code}")


def compare(page: Page, scene: Scene) -> None:
    page.goto(f"{scene.url}/dossiers/{scene.dossier_code}/compare")
    look_at_all_pages(page)


def compare_next(page: Page, scene: Scene) -> None:
    page.keyboard.press("Enter")
    expect(page.locator("#marked")).to_contain_text("1 /")
    look_at_all_pages(page)


def record(page: Page, scene: Scene) -> None:
    page.keyboard.press("x")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/dossiers/{scene.dossier_code}/sign")


def sign(page: Page, scene: Scene) -> None:
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/dossiers/{scene.dossier_code}")


def look_at_all_pages(page: Page) -> None:
    paper = page.locator(".pick[aria-current=true]")
    expect(paper).to_be_visible()
    for _ in range(int(paper.get_attribute("data-pages") or "0") - 1):
        expect(page.locator("[data-sheet=copy] img")).to_be_visible(timeout=SLOW_MS)
        page.wait_for_function("n => document.getElementById('seen-told').textContent.includes(n)", arg="1")
        page.keyboard.press("ArrowRight")
    expect(paper).to_have_attribute("data-seen", "", timeout=SLOW_MS)
