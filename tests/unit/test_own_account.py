"""One's own account: choosing a password, one's sessions, and how long they last."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pipeline.entrance import new_account
from pipeline.passwords import hashed
from pipeline.settings import Settings
from pipeline.web.app import build_app
from pipeline.web.gate import BACKGROUND, COOKIE
from pipeline.wiring import open_tables
from schemas.access import LogFilter
from tests.signing_in import HERE, link_for, signed_in_client

PASSWORD, OTHER = "đèn dầu trên sông", "bốn mùa hoa gạo đỏ"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, office_id="office-1")


@pytest.fixture
def browser(settings: Settings) -> Iterator[Callable[[], TestClient]]:
    app: FastAPI = build_app(settings)
    with TestClient(app, base_url=HERE):
        yield lambda: TestClient(app, base_url=HERE, headers={"origin": HERE}, follow_redirects=False)


def add(settings: Settings, login: str = "lan", *, must_change: bool = False) -> None:
    with open_tables(settings) as tables:
        account = new_account(login, "Lan", settings.office_id, ["counter"], must_change=must_change)
        assert tables.accounts.add(account, hashed(PASSWORD), "tests")


def sign_in(client: TestClient, password: str = PASSWORD, back: str = "/") -> TestClient:
    answer = client.post("/sign-in", data={"login": "lan", "password": password, "next": back})
    assert answer.status_code == 303, answer.text
    return client


def change(client: TestClient, new: str = OTHER, again: str = OTHER, old: str = PASSWORD) -> int:
    return int(client.post("/me/password", data={"new": new, "again": again, "old": old}).status_code)


Browser = Callable[[], TestClient]


def test_signing_in_leads_back_to_the_page_one_was_at(settings: Settings, browser: Browser) -> None:
    add(settings)
    for back, location in (("/search", "/search"), ("//elsewhere.example", "/")):
        answer = browser().post("/sign-in", data={"login": "lan", "password": PASSWORD, "next": back})
        assert answer.headers["location"] == location


def test_signing_in_gives_a_new_secret_and_ends_the_session_before(settings: Settings, browser: Browser) -> None:
    add(settings)
    client = sign_in(browser())
    planted = client.cookies[COOKIE]
    sign_in(client)
    assert client.cookies[COOKIE] != planted
    victim = browser()
    victim.cookies.set(COOKIE, planted)
    assert victim.get("/me").headers["location"].startswith("/sign-in")


def test_a_secret_that_somebody_made_up_is_not_taken_over(settings: Settings, browser: Browser) -> None:
    add(settings)
    client = browser()
    client.cookies.set(COOKIE, "made-up")
    answer = client.post("/sign-in", data={"login": "lan", "password": PASSWORD})
    assert answer.headers["set-cookie"].startswith(f"{COOKIE}=")
    assert "made-up" not in answer.headers["set-cookie"]


def test_behind_https_the_cookie_travels_encrypted_only(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, web_url="https://quay.example")
    with TestClient(build_app(settings), base_url="https://quay.example", follow_redirects=False) as client:
        answer = client.get("/", params={"token": link_for(settings)})
    assert "secure" in answer.headers["set-cookie"].lower()


def test_signing_in_and_out_and_wrong_passwords_are_in_the_log(settings: Settings, browser: Browser) -> None:
    add(settings)
    client = browser()
    client.post("/sign-in", data={"login": "lan", "password": "một câu khác hẳn"})
    sign_in(client).post("/sign-out")
    with open_tables(settings) as tables:
        entries = tables.access_log.find("office-1", LogFilter(actor_id="lan"), 9)
    assert [one.entry.access for one in entries] == ["sign_out", "sign_in", "sign_in_refused"]


def test_the_password_is_changed_and_every_other_session_ends(settings: Settings, browser: Browser) -> None:
    add(settings)
    here, elsewhere = sign_in(browser()), sign_in(browser())
    before = here.cookies[COOKIE]
    assert change(here) == 303
    assert here.cookies[COOKIE] != before
    assert here.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 303
    sign_in(browser(), OTHER)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"old": "không phải câu này"}, "hiện tại không đúng"),
        ({"again": "một câu khác hẳn"}, "không giống nhau"),
        ({"new": "ngắn", "again": "ngắn"}, "12"),
        ({"new": "matkhau123456", "again": "matkhau123456"}, "dễ đoán"),
    ],
)
def test_what_is_wrong_with_a_new_password_is_told_in_plain_words(
    settings: Settings, browser: Browser, changes: dict[str, str], told: str
) -> None:
    add(settings)
    client = sign_in(browser())
    answer = client.post("/me/password", data={"new": OTHER, "again": OTHER, "old": PASSWORD} | changes)
    assert (answer.status_code, told in answer.text) == (403, True)
    sign_in(browser())


def test_a_password_that_somebody_else_set_must_be_changed_before_anything_else(
    settings: Settings, browser: Browser
) -> None:
    add(settings, must_change=True)
    client = sign_in(browser())
    assert client.get("/receive").headers["location"] == "/me/password"
    assert client.get("/api/v1/papers/x").json()["code"] == "password_first"
    assert client.post("/purpose", data={"purpose": "visit"}).status_code == 403
    assert change(client) == 303
    assert client.get("/receive").status_code == 200


def test_who_came_by_a_link_for_a_forgotten_password_need_not_know_it(settings: Settings, browser: Browser) -> None:
    add(settings, must_change=True)
    client = browser()
    client.get("/", params={"token": link_for(settings, login="lan")})
    assert 'name="old"' not in client.get("/me/password").text
    assert change(client, old="") == 303


def test_who_came_by_a_link_but_has_a_password_must_know_it(settings: Settings, browser: Browser) -> None:
    add(settings)
    client = browser()
    client.get("/", params={"token": link_for(settings, login="lan")})
    assert 'name="old"' in client.get("/me/password").text
    assert change(client, old="") == 403


def test_own_sessions_are_listed_and_one_of_them_is_ended(settings: Settings, browser: Browser) -> None:
    add(settings)
    here, elsewhere = sign_in(browser()), sign_in(browser())
    with open_tables(settings) as tables:
        account = tables.accounts.of_office("office-1")[0]
        newest_first = [one.session_id for one in tables.sessions.of_account(account.office_id, account.account_id)]
    assert all(session in elsewhere.get("/me").text for session in newest_first[1:])
    for session in newest_first:
        here.post("/me/sessions/end", data={"session_id": session})
    assert elsewhere.get("/me").status_code == 303


def test_nobody_ends_anothers_session_there(settings: Settings, browser: Browser) -> None:
    add(settings)
    add(settings, "minh")
    client = sign_in(browser())
    with signed_in_client(settings, login="other") as other, open_tables(settings) as tables:
        account = next(one for one in tables.accounts.of_office("office-1") if one.login == "other")
        session = tables.sessions.of_account(account.office_id, account.account_id)[0].session_id
        client.post("/me/sessions/end", data={"session_id": session})
        assert other.get("/me").status_code == 200


def test_a_page_is_told_how_long_the_session_lasts(settings: Settings, browser: Browser) -> None:
    add(settings)
    told = sign_in(browser()).get("/session", headers={BACKGROUND: "1"}).json()
    assert 890 < told["left_s"] <= 900
    assert told["warn_s"] == 90


def test_a_script_that_asks_after_the_end_is_refused_instead_of_led_to_signing_in(browser: Browser) -> None:
    for headers in ({BACKGROUND: "1"}, {"sec-fetch-dest": "empty"}, {"sec-fetch-dest": "image"}):
        assert browser().get("/session", headers=headers).status_code == 401
    assert browser().get("/me", headers={"sec-fetch-dest": "document"}).status_code == 303
