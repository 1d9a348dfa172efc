"""The gate in front of the pages: in pairs, without a session and with one; without a permission and with it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pipeline.entrance import Entrance, new_account
from pipeline.errors import Forbidden
from pipeline.passwords import hashed
from pipeline.settings import Settings
from pipeline.web.app import build_app
from pipeline.web.gate import COOKIE
from pipeline.wiring import open_tables
from tests.signing_in import HERE, link_for, signed_in_client

PASSWORD = "đèn dầu trên sông"  # noqa: S105 (of an invented officer)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, office_id="office-1")


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return build_app(settings)


@pytest.fixture
def browser(app: FastAPI) -> Iterator[Callable[[], TestClient]]:
    """Opens browsers that nobody is signed in with."""
    with TestClient(app, base_url=HERE):
        yield lambda: TestClient(app, base_url=HERE, headers={"origin": HERE}, follow_redirects=False)


def add(settings: Settings, login: str, password: str | None) -> None:
    with open_tables(settings) as tables:
        account = new_account(login, "Lan", settings.office_id, ["counter"])
        assert tables.accounts.add(account, hashed(password) if password else None, "tests")


def sign_in(client: TestClient, login: str, password: str) -> int:
    answer = client.post("/sign-in", data={"login": login, "password": password})
    return int(answer.status_code)


def test_a_right_password_opens_a_session(settings: Settings, browser: Callable[[], TestClient]) -> None:
    add(settings, "lan", PASSWORD)
    client = browser()
    assert sign_in(client, " Lan", PASSWORD) == 303
    assert client.get("/search").status_code != 303


@pytest.mark.parametrize(("login", "password"), [("lan", "một câu khác hẳn"), ("huệ", PASSWORD)])
def test_a_wrong_password_or_login_opens_none(
    settings: Settings, browser: Callable[[], TestClient], login: str, password: str
) -> None:
    add(settings, "lan", PASSWORD)
    client = browser()
    assert sign_in(client, login, password) == 403
    assert COOKIE not in client.cookies


def test_an_account_without_a_password_opens_with_no_password(
    settings: Settings, browser: Callable[[], TestClient]
) -> None:
    add(settings, "lan", None)
    assert sign_in(browser(), "lan", "") in (403, 422)


def test_a_disabled_account_is_out_at_once_and_stays_out(settings: Settings, browser: Callable[[], TestClient]) -> None:
    add(settings, "lan", PASSWORD)
    client = browser()
    sign_in(client, "lan", PASSWORD)
    with open_tables(settings) as tables:
        account = tables.accounts.of_office("office-1")[0]
        tables.accounts.change(account.model_copy(update={"disabled_at": account.created_at}))
    assert client.get("/").headers["location"] == "/sign-in"
    assert sign_in(client, "lan", PASSWORD) == 403


def test_a_password_shorter_than_twelve_characters_is_refused() -> None:
    with pytest.raises(Forbidden):
        hashed("mười một ký")


def test_a_link_opens_one_session_and_no_second(settings: Settings, browser: Callable[[], TestClient]) -> None:
    link = link_for(settings)
    assert browser().get("/", params={"token": link}).status_code == 303
    assert browser().get("/", params={"token": link}).status_code == 403


def test_a_made_up_link_opens_nothing(browser: Callable[[], TestClient]) -> None:
    assert browser().get("/", params={"token": "made-up"}).status_code == 403


def test_a_link_leaves_the_address_bar_and_sets_a_cookie_scripts_cannot_read(
    settings: Settings, browser: Callable[[], TestClient]
) -> None:
    answer = browser().get("/", params={"token": link_for(settings)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(COOKIE)
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_secrets_are_not_written_down(settings: Settings) -> None:
    link = link_for(settings)
    assert not any(link.encode() in file.read_bytes() for file in settings.home_path.rglob("*") if file.is_file())


def test_signing_out_ends_the_session(settings: Settings) -> None:
    with signed_in_client(settings) as client:
        stolen = client.cookies[COOKIE]
        client.post("/sign-out")
        client.cookies.set(COOKIE, stolen)
        assert client.get("/").headers["location"] == "/sign-in"


def test_a_session_left_alone_is_over_and_told_whose_it_was(settings: Settings) -> None:
    with open_tables(settings) as tables:
        tables.accounts.add(new_account("lan", "Lan", "office-1", ["counter"]), None, "tests")
        secret = Entrance(tables.accounts, tables.sessions, 900).by_link(
            Entrance(tables.accounts, tables.sessions, 900).issue_link("lan")
        )
        assert secret
        long_after = Entrance(tables.accounts, tables.sessions, -1)
        assert long_after.who(secret, by_person=True) is None
        assert len(long_after.close_idle()) == 1


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/", "/sign-in"),
        ("/receive", "/sign-in?next=%2Freceive"),
        ("/no/such/page?page=2", "/sign-in?next=%2Fno%2Fsuch%2Fpage%3Fpage%3D2"),
    ],
)
def test_without_a_session_pages_lead_to_signing_in_and_back(
    browser: Callable[[], TestClient], path: str, location: str
) -> None:
    assert browser().get(path).headers["location"] == location


def test_without_a_session_a_program_is_refused_with_a_stable_code(browser: Callable[[], TestClient]) -> None:
    answer = browser().get("/api/v1/search")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_signed_in"


@pytest.mark.parametrize("path", ["/health", "/static/counter.css", "/sign-in"])
def test_what_holds_nothing_of_anybody_is_open(browser: Callable[[], TestClient], path: str) -> None:
    assert browser().get(path).status_code == 200


@pytest.mark.parametrize("origin", [None, "null", "http://elsewhere.example", "http://127.0.0.1:9999"])
def test_a_change_from_another_page_is_refused(settings: Settings, origin: str | None) -> None:
    with signed_in_client(settings) as client:
        client.headers.pop("origin")
        answer = client.post("/sign-out", headers={"origin": origin} if origin else {})
    assert answer.status_code == 403
    assert "foreign_page" in answer.text


def test_every_answer_forbids_foreign_and_inline_script(settings: Settings, browser: Callable[[], TestClient]) -> None:
    with signed_in_client(settings) as client:
        answers = [client.get("/receive"), browser().get("/sign-in"), browser().get("/health")]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_two_sign_ins_give_two_long_secrets(settings: Settings, browser: Callable[[], TestClient]) -> None:
    add(settings, "lan", PASSWORD)
    secrets = set()
    for _ in range(2):
        client = browser()
        sign_in(client, "lan", PASSWORD)
        secrets.add(client.cookies[COOKIE])
    assert len(secrets) == 2
    assert all(len(secret) >= 43 for secret in secrets)  # 256 bits in base64


def test_behind_tls_cookie_and_headers_are_for_tls_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, web_url="https://hoso.example")
    app = build_app(settings)
    link = link_for(settings)
    with TestClient(app, base_url="https://hoso.example", follow_redirects=False) as client:
        answer = client.get("/", params={"token": link})
        assert client.get("/me").status_code == 200
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"__Host-{COOKIE}=")
    assert {"Secure", "HttpOnly", "SameSite=strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


def test_signing_out_behind_tls_takes_the_cookie_away(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, web_url="https://hoso.example")
    headers = {"origin": "https://hoso.example"}
    app, link = build_app(settings), link_for(settings)
    with TestClient(app, base_url="https://hoso.example", headers=headers, follow_redirects=False) as client:
        client.get("/", params={"token": link})
        client.post("/sign-out")
        assert len(client.cookies) == 0


def test_an_answer_of_the_api_is_never_shown_as_a_page(settings: Settings) -> None:
    with signed_in_client(settings) as client:
        found, missing, page = (client.get(path) for path in ("/api/v1/submissions", "/api/v1/papers/none", "/search"))
    for answer in (found, missing):
        assert answer.headers["content-disposition"] == 'attachment; filename="api.json"'
    assert "content-disposition" not in page.headers


def test_no_other_site_is_told_that_it_may_read_answers(settings: Settings) -> None:
    with signed_in_client(settings) as client:
        answer = client.get("/api/v1/submissions", headers={"origin": "https://elsewhere.example"})
        asked = client.options("/api/v1/submissions", headers={"access-control-request-method": "POST"})
    for one in (answer, asked):
        assert not [name for name in one.headers if name.startswith("access-control-")]


def test_who_asks_too_fast_is_told_when_to_come_back(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.web.gate._BURST", 5)
    monkeypatch.setattr("pipeline.web.gate._PER_S", 0.001)
    with signed_in_client(settings) as client:
        answers = [client.get("/api/v1/submissions") for _ in range(6)]
        assert client.get("/health").status_code == 200
    late = answers[-1]
    assert (answers[0].status_code, late.status_code, late.json()["code"]) == (200, 429, "too_fast")
    assert int(late.headers["retry-after"]) > 0


def test_a_stranger_who_asks_too_fast_waits_and_who_is_signed_in_does_not(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.web.gate._STRANGERS_BURST", 5)
    monkeypatch.setattr("pipeline.web.gate._STRANGERS_PER_S", 0.001)
    with signed_in_client(settings) as client:
        wrong = {"authorization": "Bearer hoso_made-up"}
        statuses = [client.get("/api/v1/submissions", headers=wrong).status_code for _ in range(7)]
        assert (statuses[0], statuses[-1]) == (401, 429)
        assert client.get("/api/v1/submissions").status_code == 200


def test_a_link_is_not_used_up_by_who_asks_too_fast(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.web.gate._STRANGERS_BURST", 1)
    monkeypatch.setattr("pipeline.web.gate._STRANGERS_PER_S", 0.001)
    link = link_for(settings)
    with TestClient(build_app(settings), base_url=HERE, follow_redirects=False) as client:
        assert client.get("/sign-in").status_code == 200
        assert client.get("/", params={"token": link}).status_code == 429
    with open_tables(settings) as tables:
        assert Entrance(tables.accounts, tables.sessions, 60).by_link(link) is not None


def test_without_the_permission_a_route_is_refused(settings: Settings) -> None:
    with signed_in_client(settings, "auditor", purpose=None) as client:
        answer = client.get("/api/v1/papers/none")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


def test_with_the_permission_it_is_answered(settings: Settings) -> None:
    with signed_in_client(settings, "counter") as client:
        assert client.get("/api/v1/papers/none").json()["code"] == "no_such_paper"


def test_a_route_that_says_nothing_of_who_may_use_it_stops_the_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.web.app.declared", lambda _: None)
    with pytest.raises(TypeError, match="/health"):
        build_app(settings)
