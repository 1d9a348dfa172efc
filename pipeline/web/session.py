"""Who may open the counter page until there is sign-in: whoever holds a one-time link made on this machine.

Links and sessions are empty files named by the hash of their secret, in a folder only the owner of the home can read.
So a link can be made by any command of the same user, a session outlives a restart of the web process, and taking a
link is one unlink, which succeeds once.
"""

import hashlib
import os
import secrets
import time
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.web.refusals import refuse
from schemas.people import Actor

COOKIE = "hoso_session"
_LINK_S = 24 * 3600.0
_IDLE_S = 12 * 3600.0
"""A session nobody used for a working day is over."""
_OPEN_PATHS = ("/health", "/static/")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


class Sessions:
    """One-time links and the sessions they open."""

    def __init__(self, folder: Path) -> None:
        """Args: folder: made, private, when it is not there."""
        self._folder = folder / "sessions"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def issue_link(self) -> str:
        """The secret of a new link; it is good once, for a day."""
        for old in self._folder.iterdir():
            if not self._is_fresh(old):
                old.unlink(missing_ok=True)
        return self._make("link")

    def redeem(self, token: str) -> str | None:
        """The secret of a new session for a link's; None when the link was used, is too old or was never made."""
        link = self._file("link", token)
        fresh = self._is_fresh(link)
        try:
            link.unlink()
        except FileNotFoundError:
            return None
        return self._make("session") if fresh else None

    def is_open(self, session: str) -> bool:
        """Whether the session may go on; looking at it counts as use."""
        file = self._file("session", session)
        if not self._is_fresh(file):
            return False
        os.utime(file)
        return True

    def _make(self, kind: str) -> str:
        secret = secrets.token_urlsafe(32)
        self._file(kind, secret).touch(mode=0o600)
        return secret

    def _file(self, kind: str, secret: str) -> Path:
        return self._folder / f"{kind}-{hashlib.sha256(secret.encode()).hexdigest()}"

    @staticmethod
    def _is_fresh(file: Path) -> bool:
        limit_s = _LINK_S if file.name.startswith("link") else _IDLE_S
        try:
            return time.time() - file.stat().st_mtime < limit_s
        except FileNotFoundError:
            return False


class Gate:
    """Lets a request through only with a session, and changes only from our own pages; sets the security headers.

    Health and the page's own style and script are open: they hold nothing of anybody.
    """

    def __init__(self, app: ASGIApp, sessions: Sessions, actor: Actor) -> None:
        """Args: actor: whose name and office every session has until there is sign-in."""
        self._app = app
        self._sessions = sessions
        self._actor = actor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on one request."""
        if scope["type"] != "http":  # Start and stop of the process; websockets are not used.
            await self._app(scope, receive, send)
            return
        await self._admit(scope)(scope, receive, _with_headers(send))

    def _admit(self, scope: Scope) -> ASGIApp:
        request = HTTPConnection(scope)
        path, token = scope["path"], request.query_params.get("token")
        if path == "/" and token:
            return self._enter(token, request)
        if path.startswith(_OPEN_PATHS):
            return self._app
        if not self._sessions.is_open(request.cookies.get(COOKIE, "")):
            return refuse("no_session", request)
        if scope["method"] not in _SAFE_METHODS and not _from_our_page(request.headers):
            return refuse("foreign_page", request)
        scope.setdefault("state", {})["actor"] = self._actor
        return self._app

    def _enter(self, token: str, request: HTTPConnection) -> ASGIApp:
        session = self._sessions.redeem(token)
        if session is None:
            return refuse("no_session", request)
        # Redirected at once, so that the secret stays neither in the address bar nor in the history.
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(COOKIE, session, httponly=True, samesite="strict", path="/")
        return response


def _from_our_page(headers: Headers) -> bool:
    """Browsers name the page that sends a change; without a name it is not believed."""
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == headers.get("host")


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
