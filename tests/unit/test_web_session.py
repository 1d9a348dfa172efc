"""The gate in front of the counter page: in pairs, without a session and with one."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from pipeline.web.session import COOKIE, Gate, Sessions
from schemas.people import Actor

HERE = "http://127.0.0.1:8460"


@pytest.fixture
def sessions(tmp_path: Path) -> Sessions:
    return Sessions(tmp_path)


@pytest.fixture
def visit(sessions: Sessions) -> Callable[[], TestClient]:
    async def answer(request: Request) -> Response:
        actor: Actor | None = getattr(request.state, "actor", None)
        return PlainTextResponse(actor.office_id if actor else "nobody")

    routes = [Route(path, answer, methods=["GET", "POST"]) for path in ("/", "/api/v1/search", "/health", "/static/a")]
    gate = Gate(Starlette(routes=routes), sessions, Actor(office_id="office-1", actor_id="actor-1"))
    return lambda: TestClient(gate, base_url=HERE, follow_redirects=False)


@pytest.fixture
def signed_in(visit: Callable[[], TestClient], sessions: Sessions) -> TestClient:
    client = visit()
    client.get("/", params={"token": sessions.issue_link()})
    return client


def age(folder: Path, kind: str, seconds: float) -> None:
    for file in (folder / "sessions").glob(f"{kind}-*"):
        then = time.time() - seconds
        os.utime(file, (then, then))


def test_a_link_opens_one_session_and_no_second(sessions: Sessions) -> None:
    link = sessions.issue_link()
    assert sessions.redeem(link)
    assert sessions.redeem(link) is None


def test_a_made_up_link_opens_nothing(sessions: Sessions) -> None:
    sessions.issue_link()
    assert sessions.redeem("made-up") is None


def test_a_link_of_two_days_ago_opens_nothing(sessions: Sessions, tmp_path: Path) -> None:
    link = sessions.issue_link()
    age(tmp_path, "link", 48 * 3600)
    assert sessions.redeem(link) is None


def test_a_session_outlives_the_process_that_opened_it(sessions: Sessions, tmp_path: Path) -> None:
    session = sessions.redeem(sessions.issue_link())
    assert session
    assert Sessions(tmp_path).is_open(session)


def test_a_session_left_alone_over_night_is_over(sessions: Sessions, tmp_path: Path) -> None:
    session = sessions.redeem(sessions.issue_link())
    age(tmp_path, "session", 13 * 3600)
    assert session
    assert not sessions.is_open(session)


def test_a_link_is_no_session(sessions: Sessions) -> None:
    assert not sessions.is_open(sessions.issue_link())


def test_secrets_are_not_written_down(sessions: Sessions, tmp_path: Path) -> None:
    link = sessions.issue_link()
    names = [file.name for file in tmp_path.rglob("*")]
    assert not any(link in name for name in names)


@pytest.mark.parametrize("path", ["/", "/api/v1/search", "/no/such/page"])
def test_without_a_session_everything_is_refused(visit: Callable[[], TestClient], path: str) -> None:
    answer = visit().get(path)
    assert answer.status_code == 403
    assert "đường dẫn dùng một lần" in answer.text


@pytest.mark.parametrize("path", ["/", "/api/v1/search"])
def test_with_a_session_it_is_answered_for_its_office(signed_in: TestClient, path: str) -> None:
    answer = signed_in.get(path)
    assert (answer.status_code, answer.text) == (200, "office-1")


@pytest.mark.parametrize("path", ["/health", "/static/a"])
def test_what_holds_nothing_of_anybody_is_open(visit: Callable[[], TestClient], path: str) -> None:
    assert visit().get(path).text == "nobody"


def test_a_program_is_refused_with_a_stable_code(visit: Callable[[], TestClient]) -> None:
    answer = visit().get("/api/v1/search")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "no_session"


def test_the_link_leaves_the_address_bar_and_sets_a_cookie_scripts_cannot_read(
    visit: Callable[[], TestClient], sessions: Sessions
) -> None:
    answer = visit().get("/", params={"token": sessions.issue_link()})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(COOKIE)
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


@pytest.mark.parametrize("origin", [None, "null", "http://elsewhere.example", "http://127.0.0.1:9999"])
def test_a_change_from_another_page_is_refused(signed_in: TestClient, origin: str | None) -> None:
    answer = signed_in.post("/", headers={"origin": origin} if origin else {})
    assert answer.status_code == 403
    assert "foreign_page" in answer.text


def test_a_change_from_our_own_page_is_let_through(signed_in: TestClient) -> None:
    assert signed_in.post("/", headers={"origin": HERE}).text == "office-1"


def test_every_answer_forbids_foreign_and_inline_script(signed_in: TestClient, visit: Callable[[], TestClient]) -> None:
    for answer in (signed_in.get("/"), visit().get("/"), visit().get("/health")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
