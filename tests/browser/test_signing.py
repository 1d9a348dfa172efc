"""Signing with a token at the counter, in a real browser: the office's page, and the window of `hoso signer`."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Page, expect

from pipeline.archive import Handing
from pipeline.comparing import Comparing
from pipeline.incoming import IncomingFile
from pipeline.settings import Settings
from pipeline.wiring import open_archive
from schemas.people import Actor
from tests.browser.accessible import assert_calm
from tests.browser.conftest import Counter, address_of, serving
from tests.services.authority import Authority, Stamping, pdfsig, stamping, trust_database
from tests.services.processes import answers, free_port, running, wait_until
from tests.services.token import PIN, WRONG_PIN, SoftToken, soft_token
from tests.specimens.making import make_specimens
from tests.system.hoso_up import hoso
from tests.unit.dossier_office import a_dossier

pytestmark = pytest.mark.timeout(300)
CODE, LATER = "H29.12.34-261120-0011", "H29.12.34-261120-0012"
SLOW_MS = 60_000
"""Several browsers and readers may share the machine."""


class Office(NamedTuple):
    """The office's pages, its time stamps, and the ids of the papers of each dossier."""

    counter: Counter
    stamps: Stamping
    authority: Authority
    papers: dict[str, list[str]]


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def office(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        stamps = stack.enter_context(stamping(authority))
        settings = Settings(
            home=folder / "home",
            web_url=address_of(listener),
            signing="token",
            signer_port=free_port(),
            timestamp_url=stamps.url,
            trusted_roots=authority.trust(folder / "roots"),
        )
        papers = _confirmed_papers(settings, folder)
        counter = stack.enter_context(serving(settings, listener))
        yield Office(counter, stamps, authority, papers)


@pytest.fixture(scope="module")
def counter(office: Office) -> Counter:
    return office.counter


@pytest.fixture(scope="module")
def token(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftToken]:
    with soft_token(tmp_path_factory.mktemp("machine") / "token", authority.issue(), authority.root.der) as one:
        yield one


@pytest.fixture
def signer(office: Office, token: SoftToken, tmp_path: Path) -> Iterator[None]:
    """`hoso signer` as it runs on the counter's machine."""
    settings, log = office.counter.settings, tmp_path / "signer.log"
    said = {"HOSO_HOME": str(tmp_path), "HOSO_WEB_URL": settings.web_url, **token.environment}
    said["HOSO_SIGNER_PORT"] = str(settings.signer_port)
    told = [f"{name}={value}" for name, value in said.items()]
    with running(["env", *told, *hoso("signer")], log) as process:
        wait_until(lambda: answers(settings.signer_port), process, log)
        yield


def _confirmed_papers(settings: Settings, folder: Path) -> dict[str, list[str]]:
    """Two papers in one dossier and one in another, read and confirmed."""
    types = ("marriage_certificate", "birth_notice", "residence_confirmation")
    scans = [folder / one.file for one in make_specimens(folder, 7, len(types), types, ("clean",))]
    actor, papers = Actor(office_id=settings.office_id, actor_id="officer"), dict[str, list[str]]()
    with open_archive(settings) as archive:
        for scan, code in zip(scans, (CODE, CODE, LATER), strict=True):
            archive.dossiers.open(a_dossier(code=code, actor=actor, procedure="birth_registration"))
            with scan.open("rb") as data:
                submission = archive.receive([IncomingFile(scan.name, data)], Handing(actor=actor, dossier_code=code))
            ((paper, _),) = archive.process(submission.submission_id) or ()
            papers.setdefault(code, []).append(paper.document_id)
        for code in papers:
            done, _ = Comparing(archive).confirm_all(actor, code)
            assert [one.document_id for one in done] == papers[code]
    return papers


def open_window(page: Page, code: str) -> Page:
    """The signer's window, opened from the office's page."""
    page.goto(urljoin(page.url, f"/dossiers/{code}/sign"))
    with page.context.expect_page() as opening:
        page.keyboard.press("Enter")
    return opening.value


def test_a_dossier_is_signed_with_one_pin_after_a_wrong_one(
    page: Page, office: Office, signer: None, tmp_path: Path
) -> None:
    stamped = office.stamps.stamped
    window = open_window(page, CODE)
    expect(window.locator("#what")).to_have_text(f"Ký 2 giấy tờ của hồ sơ {CODE}", timeout=SLOW_MS)
    assert_calm(window)
    window.keyboard.type(WRONG_PIN)
    window.keyboard.press("Enter")
    expect(window.get_by_role("alert")).to_contain_text("Mã PIN không đúng")
    expect(window.locator("#pin")).to_have_value("")
    window.locator("#pin").fill(PIN)
    window.keyboard.press("Enter")
    expect(page).to_have_url(f"{office.counter.url}/dossiers/{CODE}", timeout=SLOW_MS)
    expect(page.get_by_text("đã ký số")).to_have_count(2)
    if not window.is_closed():
        window.wait_for_event("close")
    assert office.stamps.stamped == stamped + 2
    trusted = trust_database(tmp_path / "nss", office.authority)
    for document_id in office.papers[CODE]:
        answer = page.request.get(f"{office.counter.url}/papers/{document_id}/signed?for=dossier")
        (tmp_path / "signed.pdf").write_bytes(answer.body())
        told = pdfsig(tmp_path / "signed.pdf", trusted)
        assert "Signature is Valid" in told
        assert "Certificate is Trusted" in told


def test_where_the_signer_does_not_run_the_page_says_so(page: Page, office: Office) -> None:
    open_window(page, LATER)
    expect(page.get_by_role("alert")).to_contain_text("hoso signer", timeout=SLOW_MS)
    expect(page.locator("#sign-now")).to_be_enabled()


def test_whoever_closes_the_window_without_a_pin_may_press_again(page: Page, office: Office, signer: None) -> None:
    window = open_window(page, LATER)
    expect(window.locator("#pin-form")).to_be_visible(timeout=SLOW_MS)
    window.close()
    expect(page.get_by_role("alert")).to_contain_text("đã đóng trước khi ký xong", timeout=SLOW_MS)
    expect(page.locator("#sign-now")).to_be_enabled()


def test_a_page_of_somebody_else_gets_nothing_from_the_signer(stranger: Page, office: Office, signer: None) -> None:
    """It may open the window; the window does not speak to it, and its answers cannot be read."""
    port = office.counter.settings.signer_port
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    stranger.route(f"{address}/**", lambda route: route.fulfill(body="<p>another site</p>", content_type="text/html"))
    stranger.goto(f"{address}/")
    stranger.evaluate("window.heard = []; addEventListener('message', (event) => window.heard.push(event.data))")
    with stranger.context.expect_page() as opening:
        stranger.evaluate(f"void (window.theirs = window.open('http://127.0.0.1:{port}/'))")
    window = opening.value
    window.wait_for_load_state("networkidle")
    stranger.evaluate("theirs.postMessage({hoso: 'sign', code: 'x', digests: ['ab'.repeat(32)]}, '*')")
    asked = f"fetch('http://127.0.0.1:{port}/certificates', {{method: 'POST', body: '{{}}'}})"
    assert stranger.evaluate(f"{asked}.then(() => 'read', () => 'refused')") == "refused"
    expect(window.locator("#pin-form")).to_be_hidden()
    assert stranger.evaluate("window.heard") == []


def test_the_page_that_signs_is_calm(page: Page, office: Office) -> None:
    page.goto(f"{office.counter.url}/dossiers/{LATER}/sign")
    assert_calm(page)
