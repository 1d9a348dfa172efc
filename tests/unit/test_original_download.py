"""Originals are sent to be saved, never to be shown; one that could act says so in its name and a header."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipeline.settings import Settings
from schemas.dossier import Paper
from schemas.people import Actor
from tests.signing_in import signed_in_client
from tests.unit.desk import open_desk
from tests.unit.plain_papers import BIRTH
from tests.unit.plain_parsers import ACTS, PlainParsers, scan

OFFICE = "office-1"
WARNING = "Tệp gốc chứa nội dung có thể tự chạy"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, office_id=OFFICE)


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with signed_in_client(settings, "counter", purpose="dossier") as officer:
        yield officer


def filed(settings: Settings, text: str) -> Paper:
    with open_desk(settings.home_path, PlainParsers()) as desk:
        return desk.file(scan(text), actor=Actor(office_id=OFFICE, actor_id="lan"))


@pytest.fixture
def plain(settings: Settings) -> Paper:
    return filed(settings, BIRTH)


@pytest.fixture
def acting(settings: Settings) -> Paper:
    return filed(settings, f"{BIRTH}\n{ACTS}")


def test_an_original_is_sent_to_be_saved(client: TestClient, plain: Paper) -> None:
    answer = client.get(f"/api/v1/papers/{plain.document_id}/originals/1")
    assert answer.headers["content-disposition"] == f'attachment; filename="{plain.document_id}-1.pdf"'
    assert answer.headers["content-type"] == "application/pdf"
    assert "hoso-warning" not in answer.headers


@pytest.mark.parametrize("address", ["/api/v1/papers/{}/originals/1", "/papers/{}/files/1"])
def test_an_original_that_could_act_is_sent_with_a_warning(client: TestClient, acting: Paper, address: str) -> None:
    answer = client.get(address.format(acting.document_id))
    name = f"canh-bao-co-noi-dung-tu-chay-{acting.document_id}-1.pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["hoso-warning"] == "active-content"
    assert ACTS.encode() in answer.content


def test_the_page_of_a_paper_warns_of_its_original(client: TestClient, acting: Paper) -> None:
    assert WARNING in client.get(f"/papers/{acting.document_id}").text


def test_the_page_of_a_plain_paper_warns_of_nothing(client: TestClient, plain: Paper) -> None:
    assert WARNING not in client.get(f"/papers/{plain.document_id}").text


def test_a_program_is_told_of_an_original_that_could_act(client: TestClient, acting: Paper, plain: Paper) -> None:
    warnings = [client.get(f"/api/v1/papers/{one.document_id}").json()["originals_warning"] for one in (acting, plain)]
    assert [warning and warning["code"] for warning in warnings] == ["active_content", None]
