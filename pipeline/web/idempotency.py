"""Idempotency keys: a request that was sent twice is done once (draft-ietf-httpapi-idempotency-key-header-07).

A key is its sender's own and holds for 24 hours. The answer is kept, never what was sent: that is compared by a hash
which is taken while it passes, so uploads are not held up.
"""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Literal

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.program_ports import KEEP_ANSWERS_S, AnsweredRequest, AnsweredRequests
from pipeline.web.refusals import refuse
from pipeline.web.signed_in import actor_of
from schemas.people import Actor

HEADER = "idempotency-key"
KEY_FORM = "[!-~]{1,200}"
"""Visible ASCII, as a UUID in quotes or without."""
_ABANDONED_S = 15 * 60.0
"""Longer than the largest upload takes; whoever has not answered by then has died over it."""
_KEPT_TYPES = ("application/json", "application/problem+json")
_BOUNDARY = re.compile(r"boundary=(?:\"([^\"]+)\"|([^;\s]+))", re.IGNORECASE)


class Idempotency:
    """Stands before every POST of the API; the gate has let its sender in already."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request: anew, or as it was answered before."""
        asked = scope["type"] == "http" and scope["method"] == "POST" and scope["path"].startswith("/api/")
        key = Headers(scope=scope).get(HEADER) if asked else None
        if key is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        if not re.fullmatch(KEY_FORM, key):
            await refuse("bad_key", request)(scope, receive, send)
            return
        kept: AnsweredRequests = request.app.state.archive.tables.answered
        actor = actor_of(request)
        begun = await run_in_threadpool(kept.begin, actor, key, KEEP_ANSWERS_S, _ABANDONED_S)
        if begun is None:
            await self._answer(_Keeping(kept, actor, key), request, send)
        else:
            await (await _answered(begun, request))(scope, receive, send)

    async def _answer(self, keeping: "_Keeping", request: Request, send: Send) -> None:
        """Have the request answered, and keep the answer if there is one to be kept."""
        asked = _Asked(request)
        told = _Told(asked, send)
        try:
            await self._app(request.scope, asked.receive, told.send)
        finally:
            answer = told.answer()
            if answer is None:
                await run_in_threadpool(keeping.kept.forget, keeping.actor, keeping.key)
            else:
                await run_in_threadpool(keeping.kept.finish, keeping.actor, keeping.key, answer)


@dataclass(frozen=True)
class _Keeping:
    """Where an answer is kept, and under which key."""

    kept: AnsweredRequests
    actor: Actor
    key: str


class _Asked:
    """What was asked, hashed while it is read: method, address, and body without the boundary of its parts.

    A browser or program that sends an upload again writes another boundary.
    """

    def __init__(self, request: Request) -> None:
        self.scope, self.whole, self._read_bytes = request.scope, False, 0
        self._most_bytes = request.app.state.settings.limits.max_file_mb << 20
        self._receive = request.receive
        found = _BOUNDARY.search(request.headers.get("content-type", ""))
        self._boundary = (found[1] or found[2]).encode("latin-1") if found else b""
        self._hash = hashlib.sha256()
        self._hash.update(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
        self._rest = b""

    async def receive(self) -> Message:
        """The next message for the application."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._take(message.get("body", b""))
            self.whole = not message.get("more_body", False)
        return message

    async def finish(self) -> None:
        """Read what is left, unless it is more than any file may have or is cut off."""
        while not self.whole and self._read_bytes <= self._most_bytes:
            if (await self.receive())["type"] != "http.request":
                return

    def sha256(self) -> str:
        """The hash of the whole request."""
        self._hash.update(self._rest)
        self._rest = b""
        return self._hash.hexdigest()

    def _take(self, chunk: bytes) -> None:
        self._read_bytes += len(chunk)
        if not self._boundary:
            self._hash.update(chunk)
            return
        *parts, last = (self._rest + chunk).split(self._boundary)
        for part in parts:
            self._hash.update(part)
            self._hash.update(b"\0")
        # The beginning of a boundary may end the chunk.
        done = max(0, len(last) - len(self._boundary) + 1)
        self._hash.update(last[:done])
        self._rest = last[done:]


@dataclass
class _Told:
    """What was answered, copied while it is sent."""

    asked: _Asked
    out: Send
    status: int = 0
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    whole: bool = False

    async def send(self, message: Message) -> None:
        """Pass a message of the application on."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], Headers(raw=message["headers"])
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            self.whole = not message.get("more_body", False)
            if self.whole:  # Behind the end of an answer the server gives nothing more of its request.
                await self.asked.finish()
        await self.out(message)

    def answer(self) -> AnsweredRequest | None:
        """The answer as it is kept; None where the request was cut off, or may go better the next time."""
        media_type = self.headers.get("content-type", "").partition(";")[0] or None
        textual = media_type in _KEPT_TYPES or not self.body
        asked = self.asked
        if not (asked.whole and self.whole and textual and self.status < 500):
            return None
        if asked.scope.get("state", {}).get("told_once"):
            # The answer holds a secret; a second one would be made if the key were forgotten.
            return AnsweredRequest(request_sha256=asked.sha256(), status=409, media_type=None, body="")
        body = self.body.decode()
        return AnsweredRequest(request_sha256=asked.sha256(), status=self.status, media_type=media_type, body=body)


def tell_once(request: Request) -> None:
    """The answer to this request holds a secret: it is not kept for who sends the request again."""
    request.state.told_once = True


async def _answered(begun: AnsweredRequest | Literal["busy"], request: Request) -> Response:
    """What is told to who sends a key again."""
    if begun == "busy":
        return refuse("being_answered", request, {"retry-after": "1"})
    asked = _Asked(request)
    await asked.finish()
    if not asked.whole or asked.sha256() != begun.request_sha256:
        return refuse("key_used", request)
    if begun.status == 409 and not begun.body:
        return refuse("shown_once", request)
    return Response(begun.body or None, begun.status, {"idempotency-replayed": "true"}, begun.media_type)
