"""The review desk by the JSON API: the queue, an item with its picture, answers, decisions, confirming."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from starlette.testclient import TestClient

from pipeline.settings import Settings
from schemas.people import Actor
from tests.signing_in import signed_in_client
from tests.unit.desk import open_desk
from tests.unit.plain_papers import BIRTH
from tests.unit.plain_parsers import PlainParsers, scan

OFFICE = "office-1"
DOSSIER = "H26.29-250701-0001"
UNNUMBERED = BIRTH.replace("Số: 150/2020\n", "")
UNDATED = BIRTH.replace("Ngày, tháng, năm đăng ký: 19/11/2020\n", "")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """The API of an office with two papers on file that each ask something."""
    with open_desk(tmp_path, PlainParsers()) as desk:
        for paper in (UNNUMBERED, UNDATED):
            desk.file(scan(paper), actor=Actor(office_id=OFFICE, actor_id="lan"), dossier_code=DOSSIER)
    with signed_in_client(Settings(home=tmp_path, office_id=OFFICE)) as client:
        client.app.state.archive.parsers = PlainParsers()  # type: ignore[attr-defined]
        yield client


def items(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/review", params=query).json()["items"]
    return found


def about(client: TestClient, part: str) -> dict[str, Any]:
    return next(item for item in items(client) if item["question"]["part"] == part)


def test_an_item_tells_what_is_asked_and_why(client: TestClient) -> None:
    asked = about(client, "field.document_number")["question"]
    assert asked["asks"] == "Trên giấy ghi gì ở mục “Số”?"
    assert asked["reason"]["text"] == "Thiếu thông tin bắt buộc"


def test_the_queue_is_given_page_by_page(client: TestClient) -> None:
    first = client.get("/api/v1/review", params={"limit": 1}).json()
    second = client.get("/api/v1/review", params={"limit": 1, "after": first["next"]}).json()
    assert [*first["items"], *second["items"]] == items(client)[:2]
    assert first["items"] != second["items"]


def test_a_place_of_nobodys_making_is_refused(client: TestClient) -> None:
    answer = client.get("/api/v1/review", params={"after": "nonsense"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_answer")


def test_the_picture_of_an_item_is_a_jpeg(client: TestClient) -> None:
    item = about(client, "field.document_number")
    crop = client.get(f"/api/v1/review/{item['item_id']}/crop")
    assert (crop.status_code, crop.headers["content-type"]) == (200, "image/jpeg")
    assert crop.content.startswith(b"part of copy of")


def test_an_answer_settles_the_paper_and_leaves_the_queue(client: TestClient) -> None:
    item = about(client, "field.document_number")
    paper = client.post(f"/api/v1/review/{item['item_id']}", json={"value": "150/2020"}).json()
    assert paper["fields"]["document_number"]["evidence"] == "officer"
    assert item["item_id"] not in [one["item_id"] for one in items(client)]
    again = client.post(f"/api/v1/review/{item['item_id']}", json={"value": "151/2020"})
    assert (again.status_code, again.json()["code"]) == (404, "no_such_question")


def test_a_decision_may_be_sent_unasked(client: TestClient) -> None:
    document_id = about(client, "field.document_number")["document_id"]
    said = {"kind": "invalidate", "subject_id": document_id, "state": "cancelled", "since": "2025-01-02"}
    assert client.post("/api/v1/decisions", json=said).status_code == 204
    assert client.get(f"/api/v1/papers/{document_id}").json()["invalid_state"] == "cancelled"


@pytest.mark.parametrize("said", [{}, {"kind": "reuse", "subject_id": "x"}, {"kind": "set_type", "subject_id": "x"}])
def test_what_is_no_decision_about_papers_is_refused(client: TestClient, said: dict[str, str]) -> None:
    answer = client.post("/api/v1/decisions", json=said)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_answer")


def test_who_decides_is_not_for_the_sender_to_say(client: TestClient) -> None:
    document_id = about(client, "field.document_number")["document_id"]
    elsewhere = {"office_id": "office-2", "actor_id": "x"}
    said = {"kind": "set_field", "subject_id": document_id, "name": "document_number", "value": "1/2020"}
    assert client.post("/api/v1/decisions", json={**said, "actor": elsewhere}).status_code == 204
    assert client.get(f"/api/v1/papers/{document_id}").json()["fields"]["document_number"]["value"] == "1/2020"


def confirmed(client: TestClient, **said: object) -> Response:
    """The answer to a confirmation of a paper whose one page was looked at, or as `said` has it."""
    path = f"/api/v1/papers/{about(client, 'field.document_number')['document_id']}"
    looked_at = {"sha256": client.get(f"{path}/pdf").headers["etag"].strip('"'), "pages": [1]}
    answer: Response = client.post(f"{path}/confirmation", json=looked_at | said)
    return answer


def test_a_paper_is_confirmed_as_the_kind_of_copy_that_was_shown(client: TestClient) -> None:
    assert confirmed(client, copy_kind="certified_copy").json()["copy_kind"] == "certified_copy"


def test_a_paper_whose_pages_were_not_all_looked_at_is_not_confirmed(client: TestClient) -> None:
    answer = confirmed(client, pages=[])
    assert (answer.status_code, answer.json()["code"]) == (422, "not_looked_at")
    assert confirmed(client).json()["confirmed_at"]


def test_another_copy_than_the_one_that_was_looked_at_is_not_confirmed(client: TestClient) -> None:
    answer = confirmed(client, sha256="0" * 64)
    assert (answer.status_code, answer.json()["code"]) == (422, "paper_changed")
