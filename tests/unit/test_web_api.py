"""The JSON API over a real folder store and SQLite."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from starlette.testclient import TestClient

from pipeline.settings import Limits, Settings
from tests.signing_in import signed_in_client


@contextmanager
def counter_of(home: Path, office_id: str) -> Iterator[TestClient]:
    """The API as an open session of an office sees it."""
    settings = Settings(home=home, office_id=office_id, limits=Limits(max_file_mb=1, parsers=1))
    with signed_in_client(settings, login=f"officer-of-{office_id}") as client:
        yield client


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with counter_of(tmp_path, "office-1") as open_session:
        yield open_session


def scan() -> bytes:
    data = io.BytesIO()
    Image.new("L", (827, 1169), 255).save(data, "PNG")
    return data.getvalue()


def refusal(client: TestClient, content: bytes) -> tuple[int, str]:
    answer = client.post("/api/v1/submissions", files=[("files", ("scan.pdf", content))])
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_an_upload_is_answered_with_its_id_while_it_is_read(client: TestClient) -> None:
    answer = client.post("/api/v1/submissions", files=[("files", ("scan.png", scan()))])
    assert answer.status_code == 202
    seen = client.get(f"/api/v1/submissions/{answer.json()['submission_id']}")
    assert seen.json()["files"] == ["scan.png"]


def test_files_of_one_upload_are_one_submission(client: TestClient) -> None:
    files = [("files", ("front.png", scan())), ("files", ("back.png", scan() + b"\0"))]
    assert client.post("/api/v1/submissions", files=files).json()["files"] == ["front.png", "back.png"]


def test_what_is_no_scan_is_refused_by_its_content(client: TestClient) -> None:
    assert refusal(client, b"a letter") == (422, "not_a_scan")


def test_an_empty_file_is_refused(client: TestClient) -> None:
    assert refusal(client, b"") == (422, "empty_file")


def test_more_than_the_limit_is_refused(client: TestClient) -> None:
    assert refusal(client, b"%PDF" + bytes(1 << 20)) == (422, "too_large")


def test_a_request_that_is_no_upload_is_refused(client: TestClient) -> None:
    assert client.post("/api/v1/submissions", json={"files": []}).json()["code"] == "bad_request"
    assert client.post("/api/v1/submissions", files=[("other", ("a.png", scan()))]).json()["code"] == "no_files"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/v1/submissions/none", "no_such_submission"),
        ("/api/v1/papers/none", "no_such_paper"),
        ("/api/v1/papers/none/pdf", "no_such_paper"),
        ("/api/v1/papers/none/originals/1", "no_such_paper"),
        ("/api/v1/nothing", "no_such_page"),
    ],
)
def test_what_is_not_there_is_a_404_with_its_code(client: TestClient, path: str, code: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, code)


def test_a_search_of_another_form_is_refused(client: TestClient) -> None:
    for body in ({"words": "x" * 201}, {"limit": 0}, {"state": "lost"}, {"offices": ["office-2"]}):
        assert client.post("/api/v1/search", json=body).status_code == 422
    assert client.post("/api/v1/search", json={"words": "x", "after": "?"}).json()["code"] == "bad_cursor"


def test_a_search_is_answered_from_its_body_only(client: TestClient) -> None:
    assert client.post("/api/v1/search", json={"type": "giay_khai_sinh"}).json() == {"hits": [], "next": None}
    assert client.get("/api/v1/search", params={"q": "hường"}).json()["code"] == "no_such_method"


def test_another_office_sees_nothing_of_a_submission(tmp_path: Path) -> None:
    with counter_of(tmp_path, "office-1") as one:
        submission_id = one.post("/api/v1/submissions", files=[("files", ("a.png", scan()))]).json()["submission_id"]
        assert one.get(f"/api/v1/submissions/{submission_id}").status_code == 200
    with counter_of(tmp_path, "office-2") as other:
        assert other.get(f"/api/v1/submissions/{submission_id}").status_code == 404
        assert submission_id not in other.get("/").text


def test_a_name_that_leads_here_from_outside_is_refused(tmp_path: Path) -> None:
    with counter_of(tmp_path, "office-1") as client:
        assert client.get("/health", headers={"host": "evil.example"}).status_code == 400


def test_every_path_of_the_description_that_is_not_open_needs_a_session(tmp_path: Path) -> None:
    with counter_of(tmp_path, "office-1") as client:
        described = client.get("/api/v1/openapi.json").json()["paths"]
        client.cookies.clear()
        assert "/api/v1/search" in described
        for path, methods in described.items():
            for method in (method for method, operation in methods.items() if operation["security"]):
                assert client.request(method, path).status_code == 401, path
