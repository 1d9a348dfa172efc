"""What the receiving page shows and takes: circumstances, the scan folder, what is handed in, what is written down."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from pipeline.settings import Limits, Settings
from pipeline.web.app import build_app
from schemas.access import AccessEntry, LogFilter
from schemas.dossier import Submission
from tests.signing_in import HERE
from tests.unit.test_upload_api import SCAN, browser, id_of, put, waiting

DOSSIER = "H29.12.34-260620-0007"
NUMBER = "001189000664"
CARD = f"{NUMBER}||HỒ THỊ MAI|05061989|Nữ|Số 2, Phường Tân Định|20012022"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, office_id="office-1", limits=Limits(max_file_mb=1, parsers=1))


@pytest.fixture
def app(settings: Settings) -> Iterator[FastAPI]:
    app = build_app(settings)
    with TestClient(app, base_url=HERE):
        yield app


@pytest.fixture
def client(app: FastAPI, settings: Settings) -> TestClient:
    return browser(app, settings)


def scanned(settings: Settings, name: str = "SCAN_1.pdf", content: bytes = SCAN, age_s: float = 60) -> Path:
    settings.inbox_path.mkdir(parents=True, exist_ok=True)
    file = settings.inbox_path / name
    file.write_bytes(content)
    changed_at = time.time() - age_s
    os.utime(file, (changed_at, changed_at))
    return file


def scan_ids(app: FastAPI) -> list[str]:
    return [one.file_id for one in app.state.receiving.folder.arrived()]


def submissions(app: FastAPI) -> tuple[Submission, ...]:
    found: tuple[Submission, ...] = app.state.archive.tables.submissions.recent("office-1", 9)
    return found


def entries(app: FastAPI) -> list[AccessEntry]:
    """What was done with papers, newest first."""
    found = app.state.archive.tables.access_log.find("office-1", LogFilter(), 99)
    return [one.entry for one in found if one.entry.access != "sign_in"]


def hand_in(client: TestClient, *addresses: str, together: bool = False) -> str:
    body = {"uploads": [id_of(one) for one in addresses]} | ({"together": "true"} if together else {})
    answer = client.post("/receive/hand-in", data=body)
    assert answer.status_code == 200
    return str(answer.text)


def test_what_was_read_travels_with_what_is_handed_in(app: FastAPI, client: TestClient) -> None:
    client.post("/receive/code", data={"text": DOSSIER})
    client.post("/receive/code", data={"text": CARD})
    client.post("/receive/circumstances", data={"procedure": "birth_registration", "channel": "post"})
    hand_in(client, put(client))
    (submission,) = submissions(app)
    assert (submission.dossier_code, submission.handed_in_by) == (DOSSIER, NUMBER)
    assert (submission.procedure, submission.channel) == ("birth_registration", "post")


def test_the_next_papers_are_about_something_else(app: FastAPI, client: TestClient) -> None:
    client.post("/receive/code", data={"text": DOSSIER})
    hand_in(client, put(client))
    hand_in(client, put(client, SCAN + b"2"))
    assert {submission.dossier_code for submission in submissions(app)} == {DOSSIER, None}


def test_a_dossier_on_file_tells_its_procedure(client: TestClient) -> None:
    client.post("/api/v1/dossiers", json={"code": DOSSIER, "procedure": "land_change"})
    shown = client.post("/receive/code", data={"text": DOSSIER.lower()}).text
    assert '<option value="land_change" selected>' in shown


def test_a_code_that_is_none_changes_nothing(client: TestClient) -> None:
    client.post("/receive/code", data={"text": DOSSIER})
    refused = client.post("/receive/code", data={"text": "x"}, headers={"accept": "application/problem+json"})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_code")
    assert DOSSIER in client.get("/receive/table").text


def test_what_was_said_can_be_taken_back(client: TestClient) -> None:
    client.post("/receive/code", data={"text": DOSSIER})
    client.post("/receive/code", data={"text": CARD})
    shown = client.post("/receive/circumstances", data={"forget": "person"}).text
    assert (DOSSIER in shown, NUMBER in shown) == (True, False)
    assert DOSSIER not in client.post("/receive/circumstances", data={"forget": "dossier"}).text


def test_an_open_visit_says_what_the_papers_are_about(app: FastAPI, client: TestClient) -> None:
    client.post("/receive/circumstances", data={"procedure": "birth_registration"})
    form = {"procedure": "temporary_residence", "said": CARD, "presence": "in_person", "reason": "hand_in"}
    assert client.post("/visits", data=form).status_code == 303
    assert '<option value="temporary_residence" selected>' in client.get("/receive/table").text
    hand_in(client, put(client))
    (submission,) = submissions(app)
    assert (submission.procedure, submission.handed_in_by) == ("temporary_residence", NUMBER)
    assert {entry.purpose for entry in entries(app) if entry.access == "receive"} == {"visit"}


def test_files_go_in_each_for_itself_or_together(app: FastAPI, client: TestClient) -> None:
    hand_in(client, put(client, SCAN + b"1"), put(client, SCAN + b"2"))
    assert [len(submission.sources) for submission in submissions(app)] == [1, 1]
    hand_in(client, put(client, SCAN + b"3"), put(client, SCAN + b"4"), together=True)
    assert max(len(submission.sources) for submission in submissions(app)) == 2


def test_what_is_refused_keeps_waiting_beside_what_was_taken(app: FastAPI, client: TestClient) -> None:
    answer = hand_in(client, put(client, b"a letter", "thư.txt"), put(client))
    assert "không phải bản quét" in answer
    assert waiting(client) == ["thư.txt"]
    assert len(submissions(app)) == 1


def test_only_what_one_has_received_oneself_is_shown(app: FastAPI, settings: Settings, client: TestClient) -> None:
    hand_in(client, put(client, name="của lan.pdf"))
    assert "của lan.pdf" in client.get("/receive").text
    assert "của lan.pdf" not in browser(app, settings, "huệ").get("/receive").text


def test_another_offices_submission_is_not_shown(app: FastAPI, settings: Settings, client: TestClient) -> None:
    hand_in(client, put(client))
    (submission,) = submissions(app)
    part = f"/receive/submissions/{submission.submission_id}"
    neighbour = browser(app, settings.model_copy(update={"office_id": "office-2"}), "ngọc")
    assert (client.get(part).status_code, neighbour.get(part).status_code) == (200, 404)


def test_a_scan_is_taken_out_of_the_folder_onto_the_table(app: FastAPI, settings: Settings, client: TestClient) -> None:
    file = scanned(settings)
    (file_id,) = scan_ids(app)
    assert client.post("/receive/folder", data={"file_id": file_id}).status_code == 200
    assert waiting(client) == ["SCAN_1.pdf"]
    assert not file.exists()
    assert [entry.access for entry in entries(app)] == ["receive"]


def test_of_two_officers_who_take_a_scan_one_gets_it(app: FastAPI, settings: Settings, client: TestClient) -> None:
    scanned(settings)
    (file_id,) = scan_ids(app)
    colleague = browser(app, settings, "huệ")
    answers = [one.post("/receive/folder", data={"file_id": file_id}).status_code for one in (client, colleague)]
    assert answers == [200, 404]
    assert (waiting(client), waiting(colleague)) == (["SCAN_1.pdf"], [])


def test_a_scan_that_is_put_away_lies_in_the_folder_again(app: FastAPI, settings: Settings, client: TestClient) -> None:
    file = scanned(settings)
    client.post("/receive/folder", data={"file_id": scan_ids(app)})
    (upload,) = client.get("/api/v1/uploads").json()
    client.delete(f"/api/v1/uploads/{upload['upload_id']}", headers={"tus-resumable": "1.0.0"})
    assert file.read_bytes() == SCAN


def test_a_scan_that_is_too_large_stays_in_the_folder(app: FastAPI, settings: Settings, client: TestClient) -> None:
    file = scanned(settings, content=bytes((1 << 20) + 1))
    assert client.post("/receive/folder", data={"file_id": scan_ids(app)}).status_code == 422
    assert file.exists()
    assert waiting(client) == []


def test_a_scan_that_still_grows_cannot_be_taken_on_the_page(settings: Settings, client: TestClient) -> None:
    scanned(settings, age_s=0)
    assert "đang quét" in client.get("/receive/table").text


def test_the_scan_folder_is_its_own_offices(app: FastAPI, settings: Settings) -> None:
    scanned(settings, "SCAN_9.pdf")
    (file_id,) = scan_ids(app)
    neighbour = browser(app, settings.model_copy(update={"office_id": "office-2"}), "ngọc")
    assert "SCAN_9.pdf" not in neighbour.get("/receive").text
    assert neighbour.post("/receive/folder", data={"file_id": file_id}).status_code == 404
    assert neighbour.get(f"/receive/folder/{file_id}.jpg").status_code == 404


def test_a_scan_folder_that_is_away_is_told_and_holds_up_nothing(settings: Settings, client: TestClient) -> None:
    (settings.inbox_path / ".watched").unlink(missing_ok=True)
    settings.inbox_path.rmdir()
    put(client)
    shown = client.get("/receive")
    assert shown.status_code == 200
    assert "Không đọc được thư mục quét" in shown.text
    assert "giấy.pdf" in shown.text


def test_a_look_at_a_scan_in_the_folder_is_written_down(app: FastAPI, settings: Settings, client: TestClient) -> None:
    scanned(settings)
    (file_id,) = scan_ids(app)
    client.get(f"/receive/folder/{file_id}.jpg")
    assert [(entry.access, entry.subject_id) for entry in entries(app)] == [("look", file_id)]


@pytest.mark.parametrize("path", ["/receive", "/receive/table", "/receive/folder/x.jpg", "/receive/submissions/x"])
def test_who_may_not_receive_sees_none_of_it(app: FastAPI, settings: Settings, path: str) -> None:
    assert browser(app, settings, "duyên", "reviewer").get(path).status_code == 403
