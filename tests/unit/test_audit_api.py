"""`GET /api/v1/citizens/{citizen_id}/accesses`: who looked at a citizen's papers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipeline.settings import Settings
from pipeline.wiring import open_tables
from schemas.access import LogFilter
from schemas.dossier import Paper
from tests.signing_in import signed_in_client
from tests.unit.desk import ACTOR, open_desk
from tests.unit.plain_papers import BIRTH, CHILD_NUMBER
from tests.unit.plain_parsers import PlainParsers, scan


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, office_id=ACTOR.office_id, office_name="UBND phường A")


@pytest.fixture
def paper(settings: Settings, tmp_path: Path) -> Paper:
    with open_desk(tmp_path, PlainParsers()) as desk:
        return desk.file(scan(BIRTH))


@pytest.fixture
def address(settings: Settings, paper: Paper) -> str:
    with open_tables(settings) as tables:
        child = tables.people.by_number(ACTOR.office_id, CHILD_NUMBER)
    assert child
    return f"/api/v1/citizens/{child.citizen_id}/accesses"


@pytest.fixture
def head(settings: Settings, paper: Paper) -> Iterator[TestClient]:
    with signed_in_client(settings, "head", purpose="supervision", login="head") as client:
        assert client.get(f"/api/v1/papers/{paper.document_id}").status_code == 200
        yield client


def test_a_look_is_told_with_officer_office_purpose_and_paper(head: TestClient, paper: Paper, address: str) -> None:
    look = head.get(address).json()["entries"][-1]
    assert (look["officer"], look["office"], look["purpose"]) == ("Head", "UBND phường A", "supervision")
    assert (look["document_id"], look["paper"]) == (paper.document_id, "GIẤY KHAI SINH")


def test_that_it_was_asked_stands_in_the_log(head: TestClient, settings: Settings, address: str) -> None:
    head.get(address)
    with open_tables(settings) as tables:
        newest = tables.access_log.find(ACTOR.office_id, LogFilter(), 1)[0].entry
    assert (newest.access, newest.purpose, newest.citizen_id) == ("look", "audit", address.split("/")[4])


def test_an_auditor_is_not_told_what_papers_there_are(settings: Settings, head: TestClient, address: str) -> None:
    with signed_in_client(settings, "auditor", purpose=None, login="auditor") as auditor:
        entries = auditor.get(address).json()["entries"]
    assert entries
    assert {one["paper"] for one in entries} == {None}


def test_the_list_goes_on_page_by_page(head: TestClient, address: str) -> None:
    for _ in range(3):
        head.get(address)
    first = head.get(address, params={"limit": 2}).json()
    second = head.get(address, params={"limit": 2, "after": first["next"]}).json()
    numbers = [one["number"] for one in (*first["entries"], *second["entries"])]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 4


def test_somebody_unknown_is_not_there(head: TestClient) -> None:
    assert head.get("/api/v1/citizens/nobody/accesses").status_code == 404
