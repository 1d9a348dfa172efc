"""The page of who looked at what, and its CSV."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from starlette.testclient import TestClient

from pipeline.settings import Settings
from pipeline.web.words.access_log import WORDS
from pipeline.wiring import open_tables
from schemas.access import Access, AccessEntry, LogFilter
from schemas.people import Actor
from tests.signing_in import signed_in_client
from tests.unit.desk import open_desk
from tests.unit.plain_papers import BIRTH
from tests.unit.plain_parsers import PlainParsers, scan

NOON = datetime(2026, 3, 21, 5, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def auditor(settings: Settings) -> Iterator[TestClient]:
    with signed_in_client(settings, "auditor", purpose=None, login="auditor") as client:
        yield client


def write(settings: Settings, document_id: str, login: str = "lan", office_id: str = "local", day: int = 0) -> None:
    actor = Actor(office_id=office_id, actor_id=login)
    at = NOON + timedelta(days=day)
    entry = AccessEntry(at=at, actor=actor, access="look", purpose="visit", document_id=document_id)
    with open_tables(settings) as tables:
        tables.access_log.write(entry)


def test_an_entry_tells_who_looked_at_what_when_and_why(settings: Settings, auditor: TestClient) -> None:
    write(settings, "paper-1")
    page = auditor.get("/access-log").text
    for told in ("12:00 · 21/03/2026", "lan", "Xem", "Tiếp công dân làm thủ tục", "paper-1"):
        assert told in page


def test_people_read_what_kind_of_paper_it_was_and_no_id(settings: Settings, auditor: TestClient) -> None:
    with open_desk(settings.home_path, PlainParsers()) as desk:
        paper = desk.file(scan(BIRTH), actor=Actor(office_id="local", actor_id="lan"))
    write(settings, paper.document_id)
    write(settings, "gone")
    page = auditor.get("/access-log").text
    read = re.sub(r"<[^>]+>", " ", page)  # without what links lead to
    assert "Giấy khai sinh" in read
    assert "giấy tờ không còn lưu" in read
    assert paper.document_id not in read
    assert f"/access-log?paper={paper.document_id}" in page


def test_who_was_refused_is_in_the_log_with_the_right_he_lacks(settings: Settings, auditor: TestClient) -> None:
    assert auditor.get("/accounts").status_code == 403
    page = auditor.get("/access-log").text
    assert "Bị từ chối vì không có quyền" in page
    assert "quyền quản lý tài khoản" in page


def test_what_another_office_did_is_not_told(settings: Settings, auditor: TestClient) -> None:
    write(settings, "paper-1", office_id="elsewhere")
    assert "paper-1" not in auditor.get("/access-log").text


def test_only_who_may_see_papers_gets_a_way_to_them(settings: Settings, auditor: TestClient) -> None:
    write(settings, "paper-1")
    assert 'href="/papers/paper-1"' not in auditor.get("/access-log").text
    with signed_in_client(settings, "head", login="head") as head:
        assert 'href="/papers/paper-1"' in head.get("/access-log").text


def test_the_log_is_filtered_by_officer_paper_and_day(settings: Settings, auditor: TestClient) -> None:
    write(settings, "paper-1", login="auditor")
    write(settings, "paper-2", day=1)
    with open_tables(settings) as tables:
        account_id = tables.accounts.of_office("local")[0].account_id
    by_officer, by_paper, by_day, by_empty_form = (
        auditor.get("/access-log", params=query).text
        for query in (
            {"account": account_id},
            {"paper": "paper-1"},
            {"since": "2026-03-21", "until": "2026-03-21"},
            {"account": "", "citizen": "", "paper": "", "since": "", "until": ""},
        )
    )
    for page in (by_officer, by_paper, by_day):
        assert ("paper-1" in page, "paper-2" in page) == (True, False)
    assert "paper-2" in by_empty_form


def test_an_officer_of_another_office_has_done_nothing_here(settings: Settings, auditor: TestClient) -> None:
    write(settings, "paper-1")
    assert "paper-1" not in auditor.get("/access-log", params={"account": "of-elsewhere"}).text


def test_older_entries_are_a_page_further(settings: Settings, auditor: TestClient) -> None:
    for number in range(60):
        write(settings, f"paper-{number}.")
    first = auditor.get("/access-log").text
    assert "paper-59." in first
    assert "paper-5." not in first
    (older,) = re.findall(r'href="(/access-log\?before=\d+)"', first)
    assert "paper-5." in auditor.get(older).text


def test_the_whole_log_is_taken_out_as_csv_and_that_is_in_the_log_too(settings: Settings, auditor: TestClient) -> None:
    for number in range(60):
        write(settings, f"paper-{number}")
    answer = auditor.get("/access-log.csv", params={"paper": "paper-7"})
    assert answer.headers["content-type"].startswith("text/csv")
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head[0] == "Lúc"
    assert [row[7] for row in rows] == ["paper-7"]
    with open_tables(settings) as tables:
        newest = tables.access_log.find("local", LogFilter(actor_id="auditor"), 1)[0].entry
    assert (newest.access, newest.subject_id) == ("export", "access-log")


def test_a_spreadsheet_takes_nothing_in_it_for_a_formula(settings: Settings, auditor: TestClient) -> None:
    with open_tables(settings) as tables:
        account = tables.accounts.of_office("local")[0]
        tables.accounts.change(account.model_copy(update={"name": "=1+1"}))
    assert ",'=1+1," in auditor.get("/access-log.csv").text


def test_whatever_may_be_done_has_words() -> None:
    assert {f"access_{access}" for access in get_args(Access)} <= WORDS.keys()
