"""Dossiers by the JSON API, over a real folder store and SQLite."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.unit.test_web_api import counter_of

CODE, NUMBER = "H29.12.34-261120-0001", "079190012345"
BODY = {"code": CODE, "procedure": "1.001612", "owner_number": NUMBER, "owner_name": "Lê Thị Mai"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with counter_of(tmp_path, "office-1") as open_session:
        yield open_session


def posted(client: TestClient, path: str, body: Any) -> Any:
    answer = client.post(f"/api/v1{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_dossier_is_opened_and_shown_with_what_it_asks_for(client: TestClient) -> None:
    assert posted(client, "/dossiers", BODY)["outcome"] == "added"
    view = client.get(f"/api/v1/dossiers/{CODE}").json()
    assert view["dossier"]["procedure"] == "household_business_registration"
    assert [row["id"] for row in view["rows"]] == ["application", "identity", "family_minutes"]


def test_answers_to_conditions_change_what_applies(client: TestClient) -> None:
    posted(client, "/dossiers", BODY)
    view = posted(client, f"/dossiers/{CODE}/checklist", {"by_family": False})
    assert {row["id"]: row["applies"] for row in view["rows"]}["family_minutes"] == "no"


def test_a_list_is_imported_and_its_bad_rows_are_told(client: TestClient) -> None:
    report = posted(client, "/dossiers/import", {"dossiers": [BODY, {"code": "nonsense"}]})
    assert [change["code"] for change in report["dossiers"]] == [CODE]
    assert report["refused"] == [{"row": 2, "code": "bad_dossier_code"}]


@pytest.mark.parametrize("sheet", ["cover-sheet", "missing"])
def test_sheets_are_printed_as_pdf(client: TestClient, sheet: str) -> None:
    posted(client, "/dossiers", BODY)
    answer = client.get(f"/api/v1/dossiers/{CODE}/{sheet}")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_a_newcomer_owes_what_the_procedure_demands(client: TestClient) -> None:
    asked = {"procedure": "birth_registration", "citizen": NUMBER, "day": "2025-10-01"}
    demanded = {row["id"] for row in posted(client, "/checklist", asked)["papers"] if row["demanded"]}
    assert demanded == {"application", "birth_notice", "identity"}


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (f"/dossiers/{CODE}/reuse", {"component": "x", "document_id": "d", "purpose": "p"}, "no_such_dossier"),
        (f"/dossiers/{CODE}/look-ups", {"component": "x", "outcome": "found"}, "no_such_dossier"),
        ("/checklist", {"procedure": "nothing", "citizen": NUMBER}, "no_such_procedure"),
        ("/prefill", {"form": "birth_certificate", "citizen": NUMBER}, "no_such_form"),
        ("/prefill", {"form": "birth_registration_form", "citizen": NUMBER}, "no_such_citizen"),
    ],
)
def test_what_is_not_there_is_a_404_with_its_code(client: TestClient, path: str, body: Any, code: str) -> None:
    answer = client.post(f"/api/v1{path}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert NUMBER not in answer.text


def test_another_office_sees_no_dossier(tmp_path: Path) -> None:
    with counter_of(tmp_path, "office-1") as one:
        posted(one, "/dossiers", BODY)
        assert one.get(f"/api/v1/dossiers/{CODE}").status_code == 200
    with counter_of(tmp_path, "office-2") as other:
        assert other.get(f"/api/v1/dossiers/{CODE}").status_code == 404
