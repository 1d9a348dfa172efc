"""Signing in by a real OpenID provider."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from pipeline.entrance import new_account
from pipeline.settings import Settings
from pipeline.web.app import build_app
from pipeline.web.gate import COOKIE
from pipeline.wiring import open_tables
from schemas.access import LogFilter
from tests.services.openid import PROVIDER_PASSWORD, Provider, running_openid_provider
from tests.services.processes import free_port
from tests.signing_in import HERE

START, RETURN = "/sign-in/provider", "/sign-in/provider/return"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running_openid_provider(HERE) as one:
        yield one


@pytest.fixture
def settings(tmp_path: Path, provider: Provider) -> Settings:
    return settings_of(tmp_path, provider.issuer, provider)


def settings_of(home: Path, issuer: str, provider: Provider) -> Settings:
    secret = SecretStr(provider.client_secret)
    return Settings(home=home, oidc_issuer=issuer, oidc_client_id=provider.client_id, oidc_client_secret=secret)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(build_app(settings), base_url=HERE, headers={"origin": HERE}, follow_redirects=False) as one:
        yield one


def answer_of_provider(address: str, login: str = "dung") -> str:
    """What the provider sends the browser back with, once this person has signed in there."""
    with httpx.Client(follow_redirects=True, trust_env=False) as browser:
        page = browser.get(address)
        hidden = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert hidden, "the provider must ask who it is"
        said = {"username": login, "password": PROVIDER_PASSWORD, "csrfmiddlewaretoken": hidden[0]}
        browser.follow_redirects = False
        answer = browser.post(page.url, data=said)
        while not answer.headers["location"].startswith(HERE):
            answer = browser.get(page.url.join(answer.headers["location"]))
        return str(answer.headers["location"]).removeprefix(HERE)


def subject_of(settings: Settings, client: TestClient, login: str = "dung") -> str:
    """The identity that is told to administrators when somebody unknown has come."""
    client.get(answer_of_provider(client.get(START).headers["location"], login))
    with open_tables(settings) as tables:
        return tables.newcomers.waiting()[0].oidc_subject


def bind(settings: Settings, subject: str) -> None:
    with open_tables(settings) as tables:
        account = new_account("dung", "Dũng", settings.office_id, ["counter"])
        assert tables.accounts.add(account.model_copy(update={"oidc_subject": subject}), None, "tests")


def test_a_person_without_account_is_refused_and_waits_for_an_administrator(
    settings: Settings, client: TestClient
) -> None:
    answer = client.get(answer_of_provider(client.get(START).headers["location"]))
    assert answer.status_code == 403
    assert "người quản trị" in answer.text
    assert COOKIE not in client.cookies
    with open_tables(settings) as tables:
        (waiting,) = tables.newcomers.waiting()
    assert waiting.name == "Dũng Phạm Văn"
    assert waiting.oidc_subject.startswith(f"{settings.oidc_issuer} ")


def test_the_account_that_is_bound_to_a_person_is_let_in_where_he_wanted_to_go(
    settings: Settings, client: TestClient
) -> None:
    bind(settings, subject_of(settings, client))
    start = client.get(START, params={"next": "/search"})
    page = client.get(answer_of_provider(start.headers["location"]))
    assert page.status_code == 200
    assert 'content="0; url=/search"' in page.text
    assert client.get("/search").status_code == 200
    with open_tables(settings) as tables:
        (entry,) = tables.access_log.find(settings.office_id, LogFilter(actor_id="dung"), 9)
    assert entry.entry.access == "sign_in"


def test_a_disabled_account_is_not_let_in(settings: Settings, client: TestClient) -> None:
    bind(settings, subject_of(settings, client))
    with open_tables(settings) as tables:
        account = tables.accounts.of_office(None)[0]
        tables.accounts.change(account.model_copy(update={"disabled_at": account.created_at}))
    assert client.get(answer_of_provider(client.get(START).headers["location"])).status_code == 403
    assert COOKIE not in client.cookies


def test_the_question_binds_code_nonce_and_browser_and_asks_who_it_is_each_time(client: TestClient) -> None:
    first, second = (parse_qs(urlsplit(client.get(START).headers["location"]).query) for _ in range(2))
    assert first["code_challenge_method"] == ["S256"]
    assert first["prompt"] == ["login"]
    assert first["redirect_uri"] == [f"{HERE}{RETURN}"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) == 43
        assert first[name] != second[name]


def test_an_answer_that_another_browser_asked_for_is_refused(settings: Settings, client: TestClient) -> None:
    bind(settings, subject_of(settings, client))
    of_attacker = answer_of_provider(client.get(START).headers["location"])
    client.get(START)  # The victim's browser has asked as well, and is then led to the attacker's answer.
    assert client.get(of_attacker).status_code == 403
    client.cookies.clear()
    assert client.get(of_attacker).status_code == 403


def test_an_answer_is_taken_once(settings: Settings, client: TestClient) -> None:
    bind(settings, subject_of(settings, client))
    start = client.get(START)
    kept = client.cookies["hoso_sign_in"]
    answer = answer_of_provider(start.headers["location"])
    assert client.get(answer).status_code == 200
    client.cookies.clear()
    client.cookies.set("hoso_sign_in", kept, path=START)
    assert client.get(answer).status_code == 403


def test_an_answer_in_the_name_of_another_issuer_is_refused(settings: Settings, client: TestClient) -> None:
    bind(settings, subject_of(settings, client))
    answer = answer_of_provider(client.get(START).headers["location"])
    assert "iss=" in answer
    assert client.get(re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Felsewhere.example", answer)).status_code == 403


def test_signing_out_leads_to_the_providers_own_sign_out_without_naming_the_person(
    settings: Settings, client: TestClient
) -> None:
    bind(settings, subject_of(settings, client))
    client.get(answer_of_provider(client.get(START).headers["location"]))
    page = client.post("/sign-out")
    (address,) = re.findall(r'content="0; url=([^"]+)"', page.text)
    address = address.replace("&amp;", "&")
    assert urlsplit(address).path.startswith("/o/logout")
    assert "token" not in address
    assert httpx.get(address, trust_env=False).status_code < 400
    assert client.get("/").headers["location"] == "/sign-in"


def test_while_the_provider_is_away_its_button_says_so_and_the_password_page_stays(
    tmp_path: Path, provider: Provider
) -> None:
    settings = settings_of(tmp_path, f"http://127.0.0.1:{free_port()}/o", provider)
    with TestClient(build_app(settings), base_url=HERE, follow_redirects=False) as client:
        answer = client.get(START)
        assert (answer.status_code, "bằng mật khẩu" in answer.text) == (503, True)
        assert 'name="password"' in client.get("/sign-in").text


def test_without_a_provider_there_is_no_button_and_no_way(tmp_path: Path) -> None:
    with TestClient(build_app(Settings(home=tmp_path)), base_url=HERE, follow_redirects=False) as client:
        assert START not in client.get("/sign-in").text
        assert client.get(START).status_code == 404
