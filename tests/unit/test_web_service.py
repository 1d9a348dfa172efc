"""Alive, ready, and what Prometheus reads."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipeline.errors import ServiceUnavailable
from pipeline.settings import Limits, Settings
from pipeline.web.app import build_app
from schemas.people import Actor
from tests.signing_in import HERE
from tests.unit.desk import open_desk
from tests.unit.plain_papers import BIRTH, CHILD, CHILD_NUMBER
from tests.unit.plain_parsers import PlainParsers, scan
from tests.unit.test_api_programs import bearer


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, office_id="office-1", limits=Limits(parsers=1))


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """The web process of an office with one paper on file that asks something."""
    with open_desk(settings.home_path, PlainParsers()) as desk:
        unnumbered = BIRTH.replace("Số: 150/2020\n", "")
        desk.file(scan(unnumbered), actor=Actor(office_id="office-1", actor_id="lan"))
    with TestClient(build_app(settings), base_url=HERE) as opened:
        yield opened


def measured(client: TestClient, settings: Settings) -> str:
    answer = client.get("/metrics", headers=bearer(settings, "metrics.read"))
    assert answer.status_code == 200
    return str(answer.text)


def test_it_is_ready_when_database_store_and_parser_answer(client: TestClient) -> None:
    assert client.get("/ready").json() == {"status": "ready"}


@pytest.mark.parametrize("part", ["database", "store"])
def test_it_is_not_ready_while_a_part_is_away_and_says_which(
    client: TestClient, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise ServiceUnavailable(f"{part}_away")

    monkeypatch.setitem(client.app.state.readiness._asks, part, away)  # type: ignore[attr-defined]
    answer = client.get("/ready")
    assert (answer.status_code, answer.json()["code"], answer.headers["hoso-away"]) == (503, "not_ready", part)
    monkeypatch.undo()
    assert client.get("/ready").status_code == 200


def test_metrics_are_for_a_token_with_their_scope_even_on_this_machine(client: TestClient, settings: Settings) -> None:
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers=bearer(settings, "papers.read")).status_code == 403
    assert "hoso_database_up 1.0" in measured(client, settings)


def test_metrics_tell_how_much_waits(client: TestClient, settings: Settings) -> None:
    told = measured(client, settings)
    for line in ('hoso_submissions{state="done"} 1.0', "hoso_open_questions 1.0", "hoso_queue_age_seconds 0.0"):
        assert line in told


def test_requests_are_counted_by_their_routes_template(client: TestClient, settings: Settings) -> None:
    client.get("/api/v1/papers/some-id", headers=bearer(settings, "papers.read"))
    client.request("NONSENSE", "/no/such/page")
    told = measured(client, settings)
    route = r'hoso_request_seconds_count\{method="GET",route="/api/v1/papers/\{document_id\}",status="404"\} 1\.0'
    assert re.search(route, told)
    assert "some-id" not in told
    assert "NONSENSE" not in told


def test_bytes_that_were_received_are_counted(client: TestClient, settings: Settings) -> None:
    client.post("/api/v1/dossiers", headers=bearer(settings), content=b'{"code": "H29"}')
    assert 'hoso_received_bytes_total{route="/api/v1/dossiers"} 15.0' in measured(client, settings)


def test_metrics_hold_nothing_of_a_person_or_an_office(client: TestClient, settings: Settings) -> None:
    told = measured(client, settings)
    for personal in (CHILD, CHILD_NUMBER, "office-1", "lan"):
        assert personal not in told
