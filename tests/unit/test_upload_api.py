"""Resumable uploads as a client of the tus protocol sees them, over a real disk and SQLite."""

import base64
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pipeline.settings import Limits, Settings
from pipeline.uploads import WaitingUploads
from pipeline.web.app import build_app
from pipeline.web.receiving import Closing
from schemas.access import LogFilter, Role
from tests.signing_in import HERE, link_for
from tests.system.scans import draw_birth_certificate

TUS = {"tus-resumable": "1.0.0"}
PIECE = TUS | {"content-type": "application/offset+octet-stream"}
SCAN = b"%PDF-1.7 no more than its first line"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, office_id="office-1", limits=Limits(max_file_mb=1, parsers=1))


@pytest.fixture
def app(settings: Settings) -> Iterator[FastAPI]:
    app = build_app(settings)
    with TestClient(app, base_url=HERE):
        yield app


def browser(app: FastAPI, settings: Settings, login: str = "lan", *roles: Role) -> TestClient:
    client = TestClient(app, base_url=HERE, headers={"origin": HERE}, follow_redirects=False)
    client.get("/", params={"token": link_for(settings, *(roles or ("counter",)), login=login)})
    return client


@pytest.fixture
def client(app: FastAPI, settings: Settings) -> TestClient:
    return browser(app, settings)


def begin(client: TestClient, size_bytes: int, name: str = "giấy.pdf") -> str:
    metadata = f"filename {base64.b64encode(name.encode()).decode()}"
    answer = client.post(
        "/api/v1/uploads", headers=TUS | {"upload-length": str(size_bytes), "upload-metadata": metadata}
    )
    assert answer.status_code == 201
    return str(answer.headers["location"])


def put(client: TestClient, content: bytes = SCAN, name: str = "giấy.pdf") -> str:
    """The address of a whole upload."""
    address = begin(client, len(content), name)
    assert client.patch(address, headers=PIECE | {"upload-offset": "0"}, content=content).status_code == 204
    return address


def waiting(client: TestClient) -> list[str]:
    return [one["name"] for one in client.get("/api/v1/uploads").json()]


def id_of(address: str) -> str:
    return address.rpartition("/")[2]


def test_the_server_says_what_it_can_do(client: TestClient) -> None:
    answer = client.options("/api/v1/uploads")
    assert answer.status_code == 204
    assert answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-extension"].split(",") == ["creation", "termination", "expiration"]
    assert answer.headers["tus-max-size"] == str(1 << 20)


def test_an_upload_goes_on_where_it_was_cut(client: TestClient) -> None:
    address = begin(client, len(SCAN))
    assert client.patch(address, headers=PIECE | {"upload-offset": "0"}, content=SCAN[:10]).status_code == 204
    head = client.head(address, headers=TUS)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("10", str(len(SCAN)))
    assert head.headers["cache-control"] == "no-store"
    rest = client.patch(address, headers=PIECE | {"upload-offset": "10"}, content=SCAN[10:])
    assert rest.headers["upload-offset"] == str(len(SCAN))
    assert "upload-expires" in rest.headers


def test_a_piece_at_the_wrong_place_is_a_conflict(client: TestClient) -> None:
    address = begin(client, len(SCAN))
    answer = client.patch(address, headers=PIECE | {"upload-offset": "5"}, content=b"x")
    assert (answer.status_code, answer.json()["code"]) == (409, "upload_moved")
    assert answer.headers["tus-resumable"] == "1.0.0"


def test_a_file_beyond_the_limit_is_refused_at_once(client: TestClient) -> None:
    answer = client.post("/api/v1/uploads", headers=TUS | {"upload-length": str((1 << 20) + 1)})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_full_disk_is_told_in_a_plain_sentence(client: TestClient, app: FastAPI) -> None:
    address = begin(client, len(SCAN))
    (session_id,) = app.state.receiving.uploads.sessions()
    data = app.state.receiving.uploads.data(session_id, id_of(address))
    data.unlink()
    data.symlink_to("/dev/full")
    answer = client.patch(address, headers=PIECE | {"upload-offset": "0"}, content=SCAN)
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
    assert "hết chỗ" in answer.json()["title"]


@pytest.mark.parametrize("version", [{}, {"tus-resumable": "0.2.2"}])
def test_another_version_of_the_protocol_is_refused(client: TestClient, version: dict[str, str]) -> None:
    answer = client.post("/api/v1/uploads", headers=version | {"upload-length": "5"})
    assert (answer.status_code, answer.headers["tus-version"]) == (412, "1.0.0")


def test_another_type_of_content_is_refused(client: TestClient) -> None:
    address = begin(client, len(SCAN))
    answer = client.patch(address, headers=TUS | {"upload-offset": "0", "content-type": "text/plain"}, content=SCAN)
    assert answer.status_code == 415


@pytest.mark.parametrize("metadata", ["filename ###", "filename /w=="])
def test_metadata_that_says_nothing_is_refused(client: TestClient, metadata: str) -> None:
    answer = client.post("/api/v1/uploads", headers=TUS | {"upload-length": "5", "upload-metadata": metadata})
    assert answer.json()["code"] == "bad_request"


def test_no_name_stands_in_an_address(client: TestClient) -> None:
    assert "Mai" not in begin(client, 5, "Hồ Thị Mai.pdf")


def test_an_upload_that_is_put_away_is_gone(client: TestClient) -> None:
    address = put(client)
    assert client.delete(address, headers=TUS).status_code == 204
    assert client.head(address, headers=TUS).status_code == 404
    assert waiting(client) == []


def test_an_upload_is_its_own_sessions(client: TestClient) -> None:
    address = put(client)
    assert waiting(client) == ["giấy.pdf"]
    assert client.get(address).json()["name"] == "giấy.pdf"


def test_an_upload_is_nobody_elses(app: FastAPI, settings: Settings, client: TestClient) -> None:
    address = put(client)
    colleague = browser(app, settings, "huệ")
    assert waiting(colleague) == []
    tries = [
        colleague.get(address),
        colleague.head(address, headers=TUS),
        colleague.patch(address, headers=PIECE | {"upload-offset": "0"}, content=b"x"),
        colleague.delete(address, headers=TUS),
        colleague.get(f"{address}/thumbnails/1"),
        colleague.post("/api/v1/submissions", json={"uploads": [id_of(address)]}),
    ]
    assert [one.status_code for one in tries] == [404] * len(tries)
    assert client.head(address, headers=TUS).status_code == 200


def test_who_may_not_receive_may_not_upload(app: FastAPI, settings: Settings) -> None:
    reviewer = browser(app, settings, "duyên", "reviewer")
    answer = reviewer.post("/api/v1/uploads", headers=TUS | {"upload-length": "5"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


def test_uploads_are_handed_in_as_one_submission(client: TestClient) -> None:
    uploads = [id_of(put(client, SCAN + name.encode(), name)) for name in ("trước.pdf", "sau.pdf")]
    answer = client.post("/api/v1/submissions", json={"uploads": uploads, "procedure": "birth_registration"})
    assert answer.status_code == 202
    assert answer.json()["files"] == ["trước.pdf", "sau.pdf"]
    assert waiting(client) == []


def test_two_presses_at_one_moment_are_one_submission(app: FastAPI, settings: Settings, client: TestClient) -> None:
    body = {"uploads": [id_of(put(client))]}
    twin = TestClient(app, base_url=HERE, headers={"origin": HERE}, cookies=dict(client.cookies))
    both_are_here = threading.Barrier(2)

    def press(one: TestClient) -> tuple[int, str]:
        both_are_here.wait()
        answer = one.post("/api/v1/submissions", json=body)
        return answer.status_code, answer.json()["submission_id"]

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(press, (client, twin))
    assert first == second
    assert first[0] == 202
    assert len(app.state.archive.tables.submissions.recent("office-1", 9)) == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"uploads": []}, 422, "bad_request"),
        ({"uploads": ["a" * 32]}, 404, "no_such_upload"),
        ({"uploads": ["../../x"]}, 404, "no_such_upload"),
        ({"uploads": ["a" * 32], "procedure": "none"}, 404, "no_such_procedure"),
        ({"uploads": ["a" * 32], "handed_in_by": "Hồ Thị Mai"}, 422, "bad_request"),
    ],
)
def test_what_cannot_be_handed_in_is_refused(
    client: TestClient, body: dict[str, object], status: int, code: str
) -> None:
    answer = client.post("/api/v1/submissions", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_handing_in_is_written_to_the_access_log(app: FastAPI, client: TestClient) -> None:
    submission_id = client.post("/api/v1/submissions", json={"uploads": [id_of(put(client))]}).json()["submission_id"]
    log = app.state.archive.tables.access_log.find("office-1", LogFilter(), 9)
    (entry,) = [one.entry for one in log if one.entry.access == "receive"]
    assert (entry.access, entry.subject_id, entry.purpose) == ("receive", submission_id, "dossier")


def test_signing_out_wipes_what_waits_and_leaves_what_was_handed_in(app: FastAPI, client: TestClient) -> None:
    handed_in = client.post("/api/v1/submissions", json={"uploads": [id_of(put(client))]}).json()["submission_id"]
    put(client, SCAN + b"2")
    client.post("/sign-out")
    assert app.state.receiving.uploads.sessions() == ()
    submission = app.state.archive.tables.submissions.get("office-1", handed_in)
    assert [one.key for one in app.state.archive.store.find(submission.sources[0].key)]


def test_a_session_that_was_left_alone_is_wiped(app: FastAPI, settings: Settings, client: TestClient) -> None:
    put(client)
    others = browser(app, settings, "huệ")
    put(others)
    (mine,) = set(app.state.receiving.uploads.sessions()) - {_session(app, others)}
    app.state.archive.tables.sessions.close(mine)
    closing = Closing(app.state.entrance, app.state.receiving)
    closing.close_idle()
    closing.close()
    assert app.state.receiving.uploads.sessions() == (_session(app, others),)


def _session(app: FastAPI, client: TestClient) -> str:
    uploads: WaitingUploads = app.state.receiving.uploads
    upload_id = client.get("/api/v1/uploads").json()[0]["upload_id"]
    return next(
        str(one) for one in uploads.sessions() if upload_id in {each.upload_id for each in uploads.of_session(one)}
    )


def test_a_picture_of_a_page_is_shown_to_whose_it_is(client: TestClient, tmp_path: Path) -> None:
    file = draw_birth_certificate(tmp_path / "a.png", "Hồ Thị Mai")
    address = put(client, file.read_bytes(), "a.png")
    page = looked(client, address)["pages"][0]
    assert (page["verdict"], page["text"], page["type"]) == ("good", "đạt", "birth_certificate")
    picture = client.get(page["thumbnail"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")


def looked(client: TestClient, address: str) -> dict[str, list[dict[str, str]]]:
    """What is told of an upload when its look is over; the test's own time limit ends the wait."""
    told = client.get(address).json()
    while told["state"] == "looking":
        told = client.get(address).json()
    assert isinstance(told, dict)
    return told


def test_the_text_of_a_reader_is_made_sense_of(client: TestClient) -> None:
    answer = client.post("/api/v1/codes", json={"text": "hoso:cover:1:H29.12.34-260620-0007"})
    assert [one["says"]["dossier_code"] for one in answer.json()["codes"]] == ["H29.12.34-260620-0007"]


def test_a_code_that_is_none_of_ours_says_nothing(client: TestClient) -> None:
    assert client.post("/api/v1/codes", json={"text": "https://example.org"}).json() == {"codes": []}


@pytest.mark.parametrize("content", [b"no picture", b""])
def test_a_picture_for_codes_must_be_one(client: TestClient, content: bytes) -> None:
    answer = client.post("/api/v1/codes", content=content, headers={"content-type": "image/jpeg"})
    assert (answer.status_code, answer.json()["code"]) == (422, "not_a_scan")
