"""A remote signing service: a real HTTP server that speaks the Cloud Signature Consortium's API, with one key."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from tests.services.authority import Issued, serving_http

TOKEN, CREDENTIAL, PIN, WRONG_PIN = "token-of-the-office", "officer-7", "2468", "8642"
_MOST_WRONG = 3


@dataclass
class RemoteService:
    """What the service has; `wrong` counts wrong PINs, `allowed` is what each leave to sign is good for."""

    url: str
    issued: Issued
    others: tuple[bytes, ...] = ()
    away: bool = False
    wrong: int = 0
    allowed: dict[str, list[str]] = field(default_factory=dict)

    def answer(self, path: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if asked.get("credentialID") != CREDENTIAL:
            return 400, {"error": "invalid_request"}
        if path.endswith("credentials/info"):
            chain = [base64.b64encode(one).decode() for one in (self.issued.der, *self.others)]
            return 200, {"cert": {"certificates": chain}, "multisign": 100}
        if path.endswith("credentials/authorize"):
            return self._authorize(asked)
        hashes = self.allowed.pop(asked["SAD"], None)
        if hashes is None or hashes != asked["hash"]:
            return 400, {"error": "invalid_request"}
        return 200, {"signatures": [base64.b64encode(self._signature(one)).decode() for one in hashes]}

    def _authorize(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.wrong >= _MOST_WRONG:
            return 400, {"error": "locked_pin"}
        if asked["PIN"] != PIN:
            self.wrong += 1
            return 400, {"error": "invalid_pin"}
        leave = f"leave-{len(self.allowed)}"
        self.allowed[leave] = asked["hash"]
        return 200, {"SAD": leave}

    def _signature(self, told: str) -> bytes:
        digest, key = base64.b64decode(told), self.issued.key
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(digest, padding.PKCS1v15(), Prehashed(SHA256()))
        return key.sign(digest, ec.ECDSA(Prehashed(SHA256())))


@contextmanager
def signing_service(issued: Issued, *others: bytes) -> Iterator[RemoteService]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, told = service.answer(self.path, asked)
            if service.away:
                status, told = 503, {}
            elif self.headers["authorization"] != f"Bearer {TOKEN}":
                status, told = 401, {"error": "invalid_token"}
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with serving_http(Handler) as url:
        service = RemoteService(f"{url}/csc/v1", issued, others)
        yield service
