"""What webhooks are told, over a real HTTP server and a real database."""

import json
import threading
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from hmac import digest
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.adapters.database.engine import Database, open_database
from pipeline.adapters.hook_sender import RETRY_AFTER_S, check_url, deliver_due, new_secret, signature, try_hook
from pipeline.errors import ScanRejected
from pipeline.settings import Settings
from pipeline.web.courier import Courier
from schemas.dossier import Paper
from schemas.hooks import Delivery, Webhook
from tests.contract.examples import ACTOR, file, huong
from tests.system.hoso_up import wait_until
from tests.unit.dossier_office import CODE

OFFICE = ACTOR.office_id


class Message(NamedTuple):
    """What arrived."""

    headers: dict[str, str]
    body: bytes


class Listener:
    """Another system: it answers with these statuses, one after another, and then with 204."""

    def __init__(self, *statuses: int) -> None:
        self.messages: list[Message] = []
        left, messages = list(statuses), self.messages

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                messages.append(Message({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(left.pop(0) if left else 204)
                self.send_header("location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")  # type: ignore[attr-defined]
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Silent."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hoso"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(Settings(home=tmp_path).database_url)
    yield opened
    opened.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A system that fails twice."""
    made = Listener(503, 500)
    yield made
    made.close()


@pytest.fixture
def secret(database: Database, listener: Listener) -> str:
    made = new_secret()
    database.hooks.add(hook(listener.url), made)
    return made


def hook(url: str) -> Webhook:
    return Webhook(hook_id="hook", office_id=OFFICE, actor_id="admin", url=url, made_at=datetime.now(UTC))


def file_a_paper(database: Database) -> Paper:
    return file(database, "Giấy khai sinh", type="birth_certificate", dossier_code=CODE, people=(huong(),))


def delivery(database: Database) -> Delivery:
    (one,) = database.hooks.deliveries(OFFICE, "hook", 9)
    return one


def make_due(database: Database) -> None:
    """What waits for its next try need not wait any longer."""
    database.hooks.failed(delivery(database).delivery_id, "test", again_in_s=-1)


def test_a_paper_is_told_by_ids_and_nothing_of_its_owner(database: Database, listener: Listener, secret: str) -> None:
    paper = file_a_paper(database)
    deliver_due(database.hooks, 9)
    told = json.loads(listener.messages[0].body)
    assert told | {"at": None, "delivery_id": None} == {
        "event": "paper.filed",
        "delivery_id": None,
        "document_id": paper.document_id,
        "submission_id": paper.submission_id,
        "dossier_code": CODE,
        "type": "birth_certificate",
        "state": "filed",
        "at": None,
    }


def test_a_message_is_signed_as_standard_webhooks_says(database: Database, listener: Listener, secret: str) -> None:
    file_a_paper(database)
    deliver_due(database.hooks, 9)
    headers, body = listener.messages[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    version, _, given = headers["webhook-signature"].partition(",")
    assert version == "v1"
    assert b64decode(given) == digest(b64decode(secret.removeprefix("whsec_")), signed, sha256)


def test_the_example_of_the_standard_is_signed_alike() -> None:
    """From the specification's reference libraries."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_fails_twice_arrives_at_the_third_try_under_the_same_id(
    database: Database, listener: Listener, secret: str
) -> None:
    file_a_paper(database)
    for left in (503, 500, None):
        deliver_due(database.hooks, 9)
        assert delivery(database).last_error == (str(left) if left else None)
        make_due(database)
    assert delivery(database).delivered_at is not None
    assert len({message.headers["webhook-id"] for message in listener.messages}) == 1
    assert len(listener.messages) == 3


def test_what_failed_waits_before_it_is_tried_again(database: Database, listener: Listener, secret: str) -> None:
    file_a_paper(database)
    assert deliver_due(database.hooks, 9) == 1
    assert deliver_due(database.hooks, 9) == 0
    waits = delivery(database).next_at
    assert waits is not None
    assert (waits - datetime.now(UTC)).total_seconds() == pytest.approx(RETRY_AFTER_S[0], abs=4)


def test_after_the_last_try_it_is_given_up_and_stays_to_be_seen(database: Database) -> None:
    database.hooks.add(hook("http://127.0.0.1:9/nobody-listens"), new_secret())
    file_a_paper(database)
    for _ in RETRY_AFTER_S:
        deliver_due(database.hooks, 9)
        make_due(database)
    deliver_due(database.hooks, 9)
    given_up = delivery(database)
    assert (given_up.next_at, given_up.delivered_at, given_up.last_error) == (None, None, "hook_away")
    assert given_up.attempts == 1 + len(RETRY_AFTER_S)


def test_redirects_are_not_followed(database: Database) -> None:
    elsewhere = Listener(302)
    database.hooks.add(hook(elsewhere.url), new_secret())
    file_a_paper(database)
    deliver_due(database.hooks, 9)
    elsewhere.close()
    assert len(elsewhere.messages) == 1
    assert delivery(database).last_error == "302"


def test_a_test_message_arrives_at_once(listener: Listener) -> None:
    secret = new_secret()
    assert [try_hook(listener.url, secret) for _ in range(3)] == ["503", "500", None]
    assert json.loads(listener.messages[0].body) == {"event": "ping"}


def test_the_web_process_delivers_by_itself(database: Database, listener: Listener, secret: str) -> None:
    courier = Courier(database.hooks)
    courier.start()
    try:
        file_a_paper(database)
        wait_until(lambda: bool(listener.messages), 20)
    finally:
        courier.close()


@pytest.mark.parametrize("url", ["https://one-stop.example/x?y=1", "http://127.0.0.1:8080/", "http://[::1]/a"])
def test_an_address_is_https_or_on_this_machine(url: str) -> None:
    assert check_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://one-stop.example/",
        "https://user:secret@one-stop.example/",
        "ftp://x/",
        "https://",
        "//x",
        "https://x/#a",
    ],
)
def test_no_other_address_is_taken(url: str) -> None:
    with pytest.raises(ScanRejected, match="bad_hook_url"):
        check_url(url)


def test_only_hosts_that_are_listed_are_taken_if_any_are() -> None:
    listed = frozenset({"one-stop.example"})
    assert check_url("https://one-stop.example/x", listed)
    for url in ("https://other.example/x", "https://one-stop.example.other.example/", "http://127.0.0.1/"):
        assert check_url(url)
        with pytest.raises(ScanRejected, match="HOSO_HOOK_HOSTS"):
            check_url(url, listed)


def test_what_waits_for_a_host_that_is_not_listed_is_given_up(
    database: Database, listener: Listener, secret: str
) -> None:
    file_a_paper(database)
    assert deliver_due(database.hooks, 9, frozenset({"one-stop.example"})) == 1
    assert (delivery(database).last_error, delivery(database).next_at) == ("host_not_listed", None)
    assert listener.messages == []
    file_a_paper(database)
    assert deliver_due(database.hooks, 9, frozenset({"127.0.0.1"})) == 1
    assert len(listener.messages) == 1
