"""Entity tags (RFC 9110, 8.8.3): what was fetched before is not sent again, what changed meanwhile is not changed."""

import hashlib
import json
from typing import Annotated

from fastapi import Header
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.web.refusals import Refused
from schemas.base import Value

IfMatch = Annotated[
    str | None,
    Header(
        description="The ETag under which it was fetched: if it is another by now, nothing is changed (412).",
        max_length=200,
    ),
]


class EntityTags:
    """Gives each JSON answer to a GET of the API its tag, and answers 304 to who has it already."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Tagging(Headers(scope=scope).get("if-none-match", ""), send))


class _Tagging:
    """Holds an answer back until its tag is known."""

    def __init__(self, known: str, send: Send) -> None:
        self._known, self._send = known, send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_taggable(message):
            self._start = message
            return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        tag = tag_of(self._body)
        headers, body = MutableHeaders(raw=list(start["headers"])), self._body
        headers["etag"] = tag
        if matches(self._known, tag):
            start, body = {**start, "status": 304}, b""
            for name in ("content-length", "content-type"):
                del headers[name]
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})


def _is_taggable(start: Message) -> bool:
    media_type = Headers(raw=start["headers"]).get("content-type", "")
    return bool(start["status"] == 200 and media_type == "application/json")


def tag_of(body: bytes) -> str:
    """The strong tag of a JSON text: of what it says, however it is written."""
    said = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"))
    return f'"{hashlib.sha256(said.encode()).hexdigest()}"'


def matches(known: str, tag: str) -> bool:
    """Whether a header `If-Match` or `If-None-Match` names the tag. `W/` of proxies that compress is passed over."""
    named = [one.strip().removeprefix("W/") for one in known.split(",")]
    return tag in named or "*" in named


def unless_changed(known: str | None, now: Value) -> None:
    """Compare what is there `now`, as a GET shows it, with what the asker has seen, if he says by `known` what it was.

    Of two who send in the same moment both may pass; what they change then says itself what became of the second.

    Raises: Refused (changed_meanwhile).
    """
    if known is not None and not matches(known, tag_of(now.model_dump_json(by_alias=True).encode())):
        raise Refused("changed_meanwhile")
