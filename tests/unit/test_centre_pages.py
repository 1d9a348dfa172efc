"""What the pages of a counter's machine say of its centre, and what may not be done there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipeline.local_time import local_moment
from pipeline.settings import Limits, Settings
from pipeline.web.centre_view import CentreLine, WaitingHere, centre_line
from schemas.delivery import CentreSeen
from schemas.people import Actor
from tests.signing_in import signed_in_client
from tests.unit.desk import open_desk
from tests.unit.plain_parsers import PlainParsers

OFFICE = "quay-3"
NOW = datetime.now(UTC)
EARLIER = NOW - timedelta(hours=2)
NOTHING = WaitingHere(number=0, oldest_at=None, refused=0)
TWO = WaitingHere(number=2, oldest_at=EARLIER, refused=0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, office_id=OFFICE, centre_url="https://centre.example", limits=Limits(parsers=1))


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with signed_in_client(settings, "counter", "reviewer") as client:
        yield client


def line(code: str | None, waiting: WaitingHere, tried_at: datetime = NOW) -> CentreLine:
    return centre_line(CentreSeen(tried_at=tried_at, code=code, since=EARLIER), waiting, NOW, "vi")


def receive(settings: Settings) -> None:
    with open_desk(settings.home_path, PlainParsers(), centre_url=settings.centre_url) as desk:
        desk.receive(b"%PDF-1.7", actor=Actor(office_id=OFFICE, actor_id="officer"))


def test_while_the_centre_is_away_it_says_offline_how_many_wait_and_since_when() -> None:
    told = line("centre_away", TWO)
    assert told.text.startswith("Đang làm việc ngoại tuyến")
    assert "2 lượt nộp chờ gửi về trung tâm" in told.text
    assert local_moment(EARLIER) in told.text


def test_with_nothing_waiting_it_says_that_the_centre_has_everything() -> None:
    told = line(None, NOTHING)
    assert told.tone == "good"
    assert told.text.startswith("Đã gửi hết về trung tâm")


def test_what_waits_is_told_while_the_centre_answers() -> None:
    assert "2 lượt nộp chờ gửi về trung tâm" in line(None, TWO).text


def test_that_nobody_tries_any_more_is_told() -> None:
    told = line(None, TWO, tried_at=EARLIER)
    assert told.tone == "bad"
    assert local_moment(EARLIER) in told.text


def test_a_token_that_the_centre_refuses_is_told_with_what_waits() -> None:
    told = line("centre_refuses_token", TWO)
    assert told.tone == "bad"
    assert "mã truy cập" in told.text
    assert "2 lượt nộp" in told.text


def test_before_the_first_try_it_says_so() -> None:
    assert centre_line(None, NOTHING, NOW, "vi").text.startswith("Chưa có lần gửi nào")


@pytest.mark.parametrize("page", ["/receive", "/work"])
def test_the_desks_say_what_waits_and_that_papers_are_read_elsewhere(
    client: TestClient, settings: Settings, page: str
) -> None:
    receive(settings)
    shown = client.get(page).text
    assert "1 lượt nộp chờ gửi về trung tâm" in shown
    assert "Máy này chỉ nhận giấy tờ" in shown
    assert "Chờ gửi về trung tâm" in shown
    assert "1 lượt nộp" in client.get("/centre").text


def test_what_the_centre_has_not_taken_is_told_with_its_reason(client: TestClient, settings: Settings) -> None:
    receive(settings)
    tables = client.app.state.archive.tables  # type: ignore[attr-defined]
    (waiting,) = tables.work.waiting(OFFICE, 2)
    lease, _ = tables.leases.claim(waiting.submission_id, "test", 30)
    tables.leases.fail(lease, "bad_received_at", None)
    assert "Trung tâm không nhận 1 lượt nộp" in client.get("/receive").text
    shown = client.get("/work").text
    assert "Thời điểm tiếp nhận không hợp lý" in shown
    assert "Gửi lại" in shown


@pytest.mark.parametrize("page", ["/visit", "/review"])
def test_what_would_not_come_to_the_centre_cannot_be_done_here(client: TestClient, page: str) -> None:
    assert client.get(page).status_code == 403
    assert f'href="{page}"' not in client.get("/receive").text


def test_a_counter_begins_at_receiving(client: TestClient) -> None:
    assert client.get("/").headers["location"] == "/receive"


def test_a_machine_that_reads_says_nothing_of_a_centre(tmp_path: Path) -> None:
    with signed_in_client(Settings(home=tmp_path, office_id=OFFICE, limits=Limits(parsers=1)), "counter") as client:
        assert 'id="centre"' not in client.get("/receive").text
        assert client.get("/centre").text.strip() == ""
