"""The figures and the export as the JSON API gives them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipeline.adapters.database.engine import open_database
from schemas.dossiers import Dossier
from schemas.people import Actor
from tests.contract.examples import START, file
from tests.unit.test_web_api import counter_of

OFFICE = Actor(office_id="office-1", actor_id="lan")
CODE = "H29.12.34-260302-0001"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with counter_of(tmp_path, OFFICE.office_id) as open_session:
        database = open_database(f"sqlite:///{tmp_path / 'hoso.db'}")
        for number, actor in enumerate((OFFICE, Actor(office_id="office-2", actor_id="minh"))):
            code = f"{CODE[:-1]}{number + 1}"
            dossier = Dossier(code=code, actor=actor, source="opened", received_at=START)
            database.dossiers.put(dossier, lambda known: (known, ()))
            file(database, "giấy", actor=actor)
        database.close()
        yield open_session


def test_an_office_sees_its_own_figures(client: TestClient) -> None:
    answer = client.get("/api/v1/figures", params={"since": "2026-03-01", "until": "2026-03-03"}).json()
    assert [row["key"] for row in answer["rows"]] == ["2026-03-02"]
    assert (answer["total"]["dossiers"], answer["total"]["papers"], answer["total"]["automation_rate"]) == (1, 1, 1.0)


@pytest.mark.parametrize(("ending", "media_type"), [("csv", "text/csv"), ("svg", "image/svg+xml")])
def test_figures_come_as_a_table_and_as_a_picture(client: TestClient, ending: str, media_type: str) -> None:
    answer = client.get(f"/api/v1/figures.{ending}", params={"since": "2026-03-01", "until": "2026-03-03"})
    assert answer.headers["content-type"].startswith(media_type)
    assert "2026-03-02" in answer.text


def test_a_dossier_is_exported_by_its_code(client: TestClient) -> None:
    assert client.get(f"/api/v1/export/dossiers/{CODE}").json()["MaHoSo"] == CODE


def test_another_offices_dossier_is_not_exported(client: TestClient) -> None:
    assert client.get(f"/api/v1/export/dossiers/{CODE[:-1]}2").status_code == 404
    answer = client.get("/api/v1/export/dossiers", params={"since": "2026-03-01", "until": "2026-03-03"})
    assert [dossier["MaHoSo"] for dossier in answer.json()["dossiers"]] == [CODE]
