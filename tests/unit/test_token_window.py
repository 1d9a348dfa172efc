"""The counter's own signer answers its own window alone, and its window the office's page alone."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pipeline.errors import Forbidden
from pipeline.settings import Settings
from pipeline.signing_ports import Chain
from pipeline.web.token_window import WINDOW, build_window

HERE, OFFICE = "http://127.0.0.1:47115", "https://hoso.phuong.example"
DIGESTS = ["ab" * 32, "cd" * 32]


class Key:
    """A key that notes what it is asked, and takes one PIN."""

    asks_pin = True

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, ...]] = []

    def chain(self) -> Chain:
        return (b"certificate", b"root")

    def sign(self, digests: Sequence[bytes], pin: str) -> tuple[bytes, ...]:
        if pin != "1234":
            raise Forbidden("wrong_pin")
        self.asked.append(tuple(digests))
        return tuple(b"signature of " + one for one in digests)


@pytest.fixture
def key() -> Key:
    return Key()


@pytest.fixture
def client(key: Key, tmp_path: Path) -> Iterator[TestClient]:
    window = build_window(key, Settings(home=tmp_path, web_url=OFFICE))
    with TestClient(window, base_url=HERE) as client:
        yield client


def secret_of(client: TestClient) -> str:
    page = str(client.get("/").text)
    return page.partition('data-secret="')[2].partition('"')[0]


def ours(client: TestClient) -> dict[str, str]:
    """What a window sends that this process has shown."""
    return {"origin": HERE, WINDOW: secret_of(client)}


def asked(client: TestClient, headers: dict[str, str], **said: Any) -> Any:
    return client.post("/signatures", json={"digests": DIGESTS, "pin": "1234"} | said, headers=headers)


def test_its_window_gets_certificates_and_signatures(client: TestClient, key: Key) -> None:
    told = client.post("/certificates", json={}, headers=ours(client)).json()
    assert told == {"certificates": [b"certificate".hex(), b"root".hex()]}
    signatures = asked(client, ours(client)).json()["signatures"]
    assert signatures == [(b"signature of " + bytes.fromhex(one)).hex() for one in DIGESTS]
    assert len(key.asked) == 1


def test_its_window_speaks_to_the_offices_page_alone(client: TestClient) -> None:
    page = client.get("/")
    assert f'data-office="{OFFICE}"' in page.text
    assert page.headers["x-frame-options"] == "DENY"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    # Else the browser would part it from the page that has opened it.
    assert "cross-origin-opener-policy" not in page.headers


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": OFFICE},
        {"origin": "https://other.example"},
        {"origin": HERE},
        {"origin": HERE, WINDOW: "guessed"},
        {"origin": "null"},
    ],
)
def test_no_other_page_may_ask(client: TestClient, key: Key, headers: dict[str, str]) -> None:
    for path in ("/certificates", "/signatures"):
        answer = client.post(path, json={"digests": DIGESTS, "pin": "1234"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")
    assert key.asked == []


def test_the_office_itself_may_not_ask_past_the_window(client: TestClient, key: Key) -> None:
    assert asked(client, {"origin": OFFICE, WINDOW: secret_of(client)}).status_code == 403
    assert key.asked == []


def test_a_name_of_an_outsider_that_leads_here_gets_nothing(client: TestClient) -> None:
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_a_wrong_pin_is_told_and_signs_nothing(client: TestClient, key: Key) -> None:
    answer = asked(client, ours(client), pin="0000")
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_pin")
    assert "PIN" in answer.json()["title"]
    assert key.asked == []


_NO_LISTS: list[dict[str, Any]] = [
    {"digests": []},
    {"digests": ["ab"]},
    {"digests": ["zz" * 32]},
    {"digests": ["ab" * 32] * 201},
    {"pin": ""},
]


@pytest.mark.parametrize("said", _NO_LISTS)
def test_what_is_no_list_of_hashes_is_not_signed(client: TestClient, key: Key, said: dict[str, Any]) -> None:
    assert asked(client, ours(client), **said).status_code == 422
    assert key.asked == []


def test_each_process_has_a_secret_of_its_own(client: TestClient, key: Key, tmp_path: Path) -> None:
    with TestClient(build_window(key, Settings(home=tmp_path, web_url=OFFICE)), base_url=HERE) as other:
        assert secret_of(client) != secret_of(other)
        assert asked(other, ours(client)).status_code == 403


def test_of_a_stranger_nothing_is_read(client: TestClient) -> None:
    answer = client.post("/signatures", content=b"anything", headers={"origin": "https://other.example"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")
