"""Days of the access log that nobody closes: told by `hoso doctor`, by the metrics and on the work list."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from flows import nightly
from pipeline import keys
from pipeline.adapters.database.engine import Database
from pipeline.adapters.folder_store import FolderStore
from pipeline.audit.closing import not_closed_since
from pipeline.cli import app
from pipeline.errors import ServiceUnavailable
from pipeline.local_time import local_day
from pipeline.settings import Limits, Settings
from pipeline.web.wording import LANGUAGE_COOKIE
from pipeline.wiring import open_tables
from schemas.access import AccessEntry
from schemas.people import Actor
from tests.signing_in import signed_in_client
from tests.unit.test_api_programs import bearer

OFFICE = "phuong-a"
NOW = datetime.now(UTC)
TODAY = local_day(NOW)
OLD = TODAY - timedelta(days=3)
"""The youngest day that is late."""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("HOSO_HOME", str(tmp_path))
    monkeypatch.setenv("HOSO_OFFICE_ID", OFFICE)
    return Settings(home=tmp_path, office_id=OFFICE, limits=Limits(parsers=1))


@pytest.fixture
def tables(settings: Settings) -> Iterator[Database]:
    with open_tables(settings) as opened:
        yield opened


def head(settings: Settings) -> AbstractContextManager[TestClient]:
    """The browser of the office's head; to be opened behind what the log is to begin with."""
    return signed_in_client(settings, "head", login="hoa")


def metrics(client: TestClient, settings: Settings) -> str:
    return str(client.get("/metrics", headers=bearer(settings, "metrics.read")).text)


def note(tables: Database, days_ago: int, office_id: str = OFFICE) -> None:
    actor = Actor(office_id=office_id, actor_id="lan")
    at = NOW - timedelta(days=days_ago)
    tables.access_log.write(AccessEntry(at=at, actor=actor, access="look", document_id="d"))


def doctor_says() -> str:
    lines = CliRunner().invoke(app, ["doctor"], catch_exceptions=False).stdout.splitlines()
    return next(line for line in lines if "access log" in line)


@pytest.mark.parametrize(("days_ago", "late"), [(0, None), (2, None), (3, OLD)])
def test_a_day_is_late_when_it_is_more_than_two_days_ago(tables: Database, days_ago: int, late: date | None) -> None:
    note(tables, days_ago)
    assert not_closed_since(tables.audit, OFFICE, TODAY) == late


def test_days_behind_an_altered_one_are_told_by_doctor_metrics_and_the_work_list(
    tables: Database, settings: Settings, tmp_path: Path
) -> None:
    note(tables, 4)
    day = TODAY - timedelta(days=4)
    FolderStore(tmp_path / "store").put(keys.audit_day(OFFICE, day), BytesIO(b"{}"), "application/json")
    with pytest.raises(ServiceUnavailable):
        nightly._close_log()
    assert doctor_says().startswith("DOUBT")
    assert f"{OFFICE} since {day}" in doctor_says()
    with head(settings) as client:
        assert "hoso_access_log_unclosed_days 4.0" in metrics(client, settings)
        assert client.get("/api/v1/work").json()["log_unclosed_since"] == str(day)
        shown = client.get("/work").text
        assert 'id="unclosed"' in shown
        assert f"chưa được khóa sổ từ ngày {day:%d/%m/%Y}" in shown
        client.cookies.set(LANGUAGE_COOKIE, "en")
        assert f"has not been closed since {day:%d/%m/%Y}" in client.get("/work").text


def test_once_the_night_has_closed_them_nobody_is_told_of_days(tables: Database, settings: Settings) -> None:
    note(tables, 4)
    nightly._close_log()
    assert doctor_says().split(maxsplit=1)[0] == "ok"
    with head(settings) as client:
        assert "hoso_access_log_unclosed_days 0.0" in metrics(client, settings)
        assert client.get("/api/v1/work").json()["log_unclosed_since"] is None
        assert 'id="unclosed"' not in client.get("/work").text


def test_an_office_is_not_told_of_anothers_days(tables: Database, settings: Settings) -> None:
    note(tables, 4, "phuong-b")
    assert f"phuong-b since {TODAY - timedelta(days=4)}" in doctor_says()
    with head(settings) as client:
        assert client.get("/api/v1/work").json()["log_unclosed_since"] is None
