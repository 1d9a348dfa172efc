"""The OpenID provider tells us that somebody has signed out there (Back-Channel Logout 1.0)."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from pydantic import SecretStr
from starlette.testclient import TestClient

from pipeline.entrance import Entrance, new_account
from pipeline.settings import Settings
from pipeline.web.app import build_app
from pipeline.web.gate import COOKIE
from schemas.access import LogFilter, Way
from tests.signing_in import HERE

PATH = "/sign-in/provider/sign-out"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Provider:
    """A provider's address, and the key it signs with."""

    def __init__(self, issuer: str, key: ECKey) -> None:
        self.issuer, self.key = issuer, key

    def says(self, **changes: Any) -> str:
        """A logout token; a claim that is None is left out."""
        said = {
            "iss": self.issuer,
            "sub": "7",
            "aud": "hoso",
            "iat": int(time.time()),
            "jti": "1",
            "events": {EVENT: {}},
        } | changes
        claims = {name: value for name, value in said.items() if value is not None}
        return jwt.encode({"alg": "ES256", "typ": "logout+jwt", "kid": self.key.kid}, claims, self.key)


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    key = ECKey.generate_key("P-256", {"kid": "1"}, auto_kid=False)
    told: dict[str, Any] = {}

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(told[self.path]).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        issuer = f"http://127.0.0.1:{server.server_port}"
        endpoints = ("authorization_endpoint", "token_endpoint")
        told["/.well-known/openid-configuration"] = {
            "issuer": issuer,
            "jwks_uri": f"{issuer}/keys",
            **{name: f"{issuer}/{name}" for name in endpoints},
        }
        told["/keys"] = KeySet([key]).as_dict(private=False)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Provider(issuer, key)
        server.shutdown()
        thread.join()


@pytest.fixture
def client(tmp_path: Path, provider: Provider) -> Iterator[TestClient]:
    """Without an origin: the provider itself sends, and no page."""
    secret = SecretStr("of the client")
    settings = Settings(home=tmp_path, oidc_issuer=provider.issuer, oidc_client_id="hoso", oidc_client_secret=secret)
    with TestClient(build_app(settings), base_url=HERE, follow_redirects=False) as one:
        yield one


def signed_in_by(client: TestClient, provider: Provider, way: Way) -> str:
    """The secret of a session of the account that the provider vouches for."""
    tables = client.app.state.archive.tables  # type: ignore[attr-defined]
    entrance: Entrance = client.app.state.entrance  # type: ignore[attr-defined]
    account = new_account("dung", "Dũng", "local", ["counter"]).model_copy(
        update={"oidc_subject": f"{provider.issuer} 7"}
    )
    tables.accounts.add(account, None, "tests")
    return entrance.enter(tables.accounts.by_login("dung")[0], way)


def is_in(client: TestClient, session: str) -> bool:
    return int(client.get("/me", headers={"cookie": f"{COOKIE}={session}"}).status_code) == 200


def test_who_signs_out_at_the_provider_is_out_here_and_it_is_logged(client: TestClient, provider: Provider) -> None:
    session = signed_in_by(client, provider, "provider")
    assert is_in(client, session)
    answer = client.post(PATH, data={"logout_token": provider.says()})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert not is_in(client, session)
    log = client.app.state.archive.tables.access_log  # type: ignore[attr-defined]
    assert log.find("local", LogFilter(actor_id="dung"), 1)[0].entry.access == "sign_out"


def test_a_session_that_was_opened_by_password_goes_on(client: TestClient, provider: Provider) -> None:
    session = signed_in_by(client, provider, "password")
    client.post(PATH, data={"logout_token": provider.says()})
    assert is_in(client, session)


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"iat": 1_600_000_000},
        {"iat": None},
        {"events": None},
        {"events": {"http://schemas.openid.net/event/other": {}}},
        {"nonce": "n"},
        {"sub": None, "sid": "s"},
    ],
)
def test_a_message_of_something_else_ends_nothing(
    client: TestClient, provider: Provider, wrong: dict[str, object]
) -> None:
    session = signed_in_by(client, provider, "provider")
    assert client.post(PATH, data={"logout_token": provider.says(**wrong)}).status_code == 400
    assert is_in(client, session)


def test_a_message_that_another_signed_ends_nothing(client: TestClient, provider: Provider) -> None:
    session = signed_in_by(client, provider, "provider")
    stranger = Provider(provider.issuer, ECKey.generate_key("P-256", {"kid": "1"}, auto_kid=False))
    for forged in (stranger.says(), "no.token.atall", ""):
        assert client.post(PATH, data={"logout_token": forged}).status_code in (400, 422)
    assert is_in(client, session)


def test_nobody_known_here_is_no_fault_of_the_provider(client: TestClient, provider: Provider) -> None:
    assert client.post(PATH, data={"logout_token": provider.says(sub="8")}).status_code == 200
