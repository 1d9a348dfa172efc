"""Where it is told that somebody looked at papers of unusually many people: page, metric and terminal."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.entrance import new_account
from pipeline.local_time import VIETNAM, local_day
from pipeline.settings import Settings
from pipeline.tokens import issue
from pipeline.wiring import open_tables
from schemas.access import AccessEntry, LogFilter
from schemas.people import Actor
from tests.signing_in import signed_in_client

TODAY = local_day(datetime.now(UTC))
CURIOUS = new_account("lan", "Trần Thị Lan", "local", ("counter",))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def auditor(settings: Settings) -> Iterator[TestClient]:
    with signed_in_client(settings, "auditor", purpose=None, login="auditor") as client:
        yield client


def look(settings: Settings, people: int, days_ago: int = 0, office_id: str = "local", hour: int = 12) -> None:
    """Lan opens so many citizens' pages, at one hour of the day."""
    at = datetime.combine(TODAY - timedelta(days=days_ago), time(hour), VIETNAM)
    entry = AccessEntry(at=at, actor=Actor(office_id=office_id, actor_id="lan"), access="open_citizen", purpose="visit")
    with open_tables(settings) as tables:
        tables.accounts.add(CURIOUS, None, "tests")
        tables.access_log.write(*(entry.model_copy(update={"citizen_id": f"c{n}"}) for n in range(people)))


def look_unusually(settings: Settings, **more: Any) -> None:
    look(settings, 10, days_ago=3)
    look(settings, 10, days_ago=2)
    look(settings, 50, **more)


def measured(client: TestClient, settings: Settings) -> list[str]:
    with open_tables(settings) as tables:
        account = new_account("monitoring", "Monitoring", "local", ("service",))
        tables.accounts.add(account, None, "tests")
        _, secret = issue(tables.tokens, settings.actor, account, "monitoring", ("metrics.read",), 1)
    told: str = client.get("/metrics", headers={"authorization": f"Bearer {secret}"}).text
    return told.splitlines()


# -- the page ----------------------------------------------------------------------------------------------------------


def test_the_log_begins_with_who_looked_at_unusually_many_and_leads_to_it(
    settings: Settings, auditor: TestClient
) -> None:
    look_unusually(settings, days_ago=1, hour=22)
    page = auditor.get("/access-log").text
    day = TODAY - timedelta(days=1)
    for told in ("Trần Thị Lan", f"{day:%d/%m/%Y}", "50 người", "thường 10", "50 lượt ngoài giờ"):
        assert told in page
    (found,) = re.findall(r'href="(/access-log\?account=[^"]+)"', page)
    query = f"account={CURIOUS.account_id}&amp;since={day}&amp;until={day}"
    assert found == f"/access-log?{query}"
    rows = auditor.get(found.replace("&amp;", "&")).text
    assert rows.count("<tr>") - 1 == 50


def test_who_reads_english_is_told_in_english(settings: Settings, auditor: TestClient) -> None:
    look_unusually(settings)
    auditor.post("/language", data={"language": "en"})
    page = auditor.get("/access-log").text
    assert "papers of 50 people, usually 10" in page


def test_where_nothing_is_unusual_the_page_says_so_and_shows_the_looks_of_each_day(
    settings: Settings, auditor: TestClient
) -> None:
    look(settings, 7)
    page = auditor.get("/access-log").text
    assert "không ai xem giấy tờ của nhiều người bất thường" in page
    assert f"{TODAY:%d/%m/%Y}: 7</title>" in page


def test_what_another_office_saw_is_neither_told_nor_usual(settings: Settings, auditor: TestClient) -> None:
    look_unusually(settings, office_id="elsewhere")
    assert "50 người" not in auditor.get("/access-log").text


def test_who_filters_the_log_is_not_told_again(settings: Settings, auditor: TestClient) -> None:
    look_unusually(settings)
    assert "50 người" not in auditor.get("/access-log", params={"paper": "paper-1"}).text


def test_an_officer_is_not_told_who_was_curious(settings: Settings) -> None:
    look_unusually(settings)
    with signed_in_client(settings, "counter", login="hoa") as counter:
        answer = counter.get("/access-log")
    assert answer.status_code == 403
    assert "50 người" not in answer.text


# -- the metric --------------------------------------------------------------------------------------------------------


def test_the_metric_counts_the_unusual_days_since_yesterday_without_a_name(
    settings: Settings, auditor: TestClient
) -> None:
    look_unusually(settings, days_ago=1)
    lines = measured(auditor, settings)
    assert "hoso_unusual_account_days 1.0" in lines
    assert "lan" not in "\n".join(line for line in lines if "unusual" in line).split()


def test_a_day_before_yesterday_is_counted_no_more(settings: Settings, auditor: TestClient) -> None:
    look_unusually(settings, days_ago=4)
    assert "hoso_unusual_account_days 0.0" in measured(auditor, settings)


# -- a terminal --------------------------------------------------------------------------------------------------------


def test_the_command_tells_logins_and_that_it_was_asked_stands_in_the_log(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSO_HOME", str(settings.home_path))
    said = CliRunner().invoke(app, ["audit", "unusual"], catch_exceptions=False).stdout
    assert said == "Nobody saw papers of unusually many people in the last 30 days.\n"
    look_unusually(settings)
    said = CliRunner().invoke(app, ["audit", "unusual"], catch_exceptions=False).stdout
    assert said == f"{TODAY}  lan  50 people, usually 10, 50 looks, 0 at night\n"
    told = json.loads(CliRunner().invoke(app, ["audit", "unusual", "--json"], catch_exceptions=False).stdout)
    assert (told["login"], told["people"], told["usual"]) == ("lan", 50, 10.0)
    with open_tables(settings) as tables:
        newest = tables.access_log.find("local", LogFilter(), 1)[0].entry
    assert (newest.access, newest.purpose, newest.subject_id) == ("look", "audit", "access-log")
