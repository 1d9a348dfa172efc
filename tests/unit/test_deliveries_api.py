"""The centre takes over what a counter's machine has received: once, with the counter's time, from its token alone."""

import base64
import hashlib
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline import tokens
from pipeline.entrance import new_account
from pipeline.settings import Limits, Settings
from pipeline.web.app import build_app
from pipeline.wiring import open_tables
from schemas.access import LogFilter, Permission
from schemas.dossier import Submission
from tests.signing_in import HERE

OFFICE, CODE = "trung-tam", "H29.12.34-261120-0001"
SCAN = b"%PDF-1.7 no more than its first line"
RECEIVED = datetime.now(UTC) - timedelta(hours=5)
DELIVER: tuple[Permission, ...] = ("papers.receive", "papers.deliver")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    # What it takes over is not read here, so that no test waits for a reading that it does not ask for.
    return Settings(home=tmp_path, office_id=OFFICE, centre_url="https://above.example", limits=Limits(parsers=1))


@pytest.fixture
def counter(settings: Settings) -> Iterator[TestClient]:
    """The API as the counter's machine sees it."""
    with TestClient(build_app(settings), base_url=HERE, headers=token(settings, *DELIVER)) as client:
        yield client


def token(settings: Settings, *scopes: Permission) -> dict[str, str]:
    with open_tables(settings) as tables:
        tables.accounts.add(new_account("quay-3", "Quầy 3", OFFICE, ("service",)), None, "tests")
        account = tables.accounts.of_office(OFFICE)[0]
        _, secret = tokens.issue(tables.tokens, settings.actor, account, "quay-3", scopes, 90)
    return {"authorization": f"Bearer {secret}"}


def upload(client: TestClient, content: bytes = SCAN, mark: str = "") -> str:
    metadata = f"filename {base64.b64encode(b'a.pdf').decode()},mark {base64.b64encode(mark.encode()).decode()}"
    tus = {"tus-resumable": "1.0.0"}
    length = {"upload-length": str(len(content)), "upload-metadata": metadata}
    address = client.post("/api/v1/uploads", headers=tus | length).headers["location"]
    piece = tus | {"upload-offset": "0", "content-type": "application/offset+octet-stream"}
    assert client.patch(address, headers=piece, content=content).status_code == 204
    return str(address).rpartition("/")[2]


def deliver(client: TestClient, delivery_id: str, *uploads: str, **said: Any) -> Any:
    body = {"uploads": uploads, "received_at": RECEIVED.isoformat(), "received_by": "lan"} | said
    return client.put(f"/api/v1/deliveries/{delivery_id}", json=body)


def received(settings: Settings) -> tuple[Submission, ...]:
    with open_tables(settings) as tables:
        return tables.submissions.recent(OFFICE, 99)


def new_id() -> str:
    return str(uuid.uuid4())


def test_a_delivery_is_received_with_the_counters_time_and_circumstances(
    counter: TestClient, settings: Settings
) -> None:
    answer = deliver(counter, new_id(), upload(counter), channel="post", dossier_code=CODE, handed_in_by="001190012345")
    (submission,) = received(settings)
    assert answer.json()["submission_id"] == submission.submission_id
    assert submission.received_at == RECEIVED
    assert (submission.channel, submission.dossier_code, submission.handed_in_by) == ("post", CODE, "001190012345")


def test_the_receipt_names_the_hash_of_each_original_in_order(counter: TestClient) -> None:
    contents = (SCAN, SCAN + b"\n")
    answer = deliver(counter, new_id(), *(upload(counter, content) for content in contents))
    assert answer.json()["sha256s"] == [hashlib.sha256(content).hexdigest() for content in contents]


def test_a_delivery_that_is_asked_for_again_is_answered_with_its_receipt(
    counter: TestClient, settings: Settings
) -> None:
    delivery_id = new_id()
    first = deliver(counter, delivery_id, upload(counter))
    again = deliver(counter, delivery_id, upload(counter, SCAN + b"another"))
    assert again.json() == first.json() == counter.get(f"/api/v1/deliveries/{delivery_id}").json()
    assert len(received(settings)) == 1


def test_content_that_the_office_has_is_not_received_twice(counter: TestClient, settings: Settings) -> None:
    answers = [deliver(counter, new_id(), upload(counter)).json()["submission_id"] for _ in range(2)]
    assert answers == [received(settings)[0].submission_id] * 2
    assert len(received(settings)) == 1


def test_there_is_no_receipt_of_what_was_not_delivered(counter: TestClient) -> None:
    answer = counter.get(f"/api/v1/deliveries/{new_id()}")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_delivery")


@pytest.mark.parametrize("away", [timedelta(hours=1), -timedelta(days=31)])
def test_a_time_of_receipt_that_cannot_be_is_refused(counter: TestClient, settings: Settings, away: timedelta) -> None:
    said = (datetime.now(UTC) + away).isoformat()
    answer = deliver(counter, new_id(), upload(counter), received_at=said)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_received_at")
    assert received(settings) == ()


def test_a_time_without_its_zone_is_refused(counter: TestClient) -> None:
    answer = deliver(counter, new_id(), upload(counter), received_at="2026-11-20T08:00:00")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")


def test_a_token_without_the_scope_may_hand_in_but_not_deliver(counter: TestClient, settings: Settings) -> None:
    counter.headers.update(token(settings, "papers.receive"))
    waiting = upload(counter)
    answer = deliver(counter, new_id(), waiting)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")
    assert counter.post("/api/v1/submissions", json={"uploads": [waiting]}).status_code == 202


def test_who_hands_in_cannot_say_when_it_was_received(counter: TestClient) -> None:
    body = {"uploads": [upload(counter)], "received_at": RECEIVED.isoformat()}
    assert counter.post("/api/v1/submissions", json=body).status_code == 422


def test_a_delivery_stands_in_the_access_log(counter: TestClient, settings: Settings) -> None:
    submission_id = deliver(counter, new_id(), upload(counter)).json()["submission_id"]
    with open_tables(settings) as tables:
        entry = tables.access_log.find(OFFICE, LogFilter(), 1)[0].entry
    assert (entry.access, entry.actor.actor_id, entry.subject_id) == ("receive", "quay-3", submission_id)
