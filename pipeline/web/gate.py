"""The gate in front of every page: who is signed in, changes only from our own pages, and the security headers."""

from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.entrance import Entrance
from pipeline.web.refusals import refuse
from schemas.access import SignedIn

COOKIE = "hoso_session"
BACKGROUND = "hoso-background"
"""Header of what a page asks by itself: it keeps no session open on a machine that was left alone."""
_OPEN_PATHS = ("/health", "/static/", "/sign-in")
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "media-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(), microphone=()",
    "cache-control": "no-store",
}


class Gate:
    """Lets a request through only for somebody who is signed in; what he may do is each route's own question.

    Health, signing in and the pages' style and scripts are open: they hold nothing of anybody.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on one request."""
        if scope["type"] != "http":  # Start and stop of the process; websockets are not used.
            await self._app(scope, receive, send)
            return
        passed = await run_in_threadpool(self._admit, scope)
        await (passed or self._app)(scope, receive, _with_headers(send))

    def _admit(self, scope: Scope) -> ASGIApp | None:
        """The refusal, or None: the request goes on."""
        request = HTTPConnection(scope)
        path, link = scope["path"], request.query_params.get("token")
        if path == "/" and link:
            return _enter_by_link(request, link)
        foreign = scope["method"] not in _SAFE_METHODS and not _from_our_page(request.headers)
        if path.startswith(_OPEN_PATHS):
            return refuse("foreign_page", request) if foreign else None
        signed = who_sends(request)
        if signed is None:
            return _to_sign_in(request)
        if foreign:
            return refuse("foreign_page", request)
        scope.setdefault("state", {})["signed"] = signed
        return None


def entrance_of(request: HTTPConnection) -> Entrance:
    """Where people of this process sign in."""
    entrance: Entrance = request.app.state.entrance
    return entrance


def who_sends(request: HTTPConnection) -> SignedIn | None:
    """Who is signed in on this browser."""
    session = request.cookies.get(COOKIE, "")
    by_person = BACKGROUND not in request.headers
    return entrance_of(request).who(session, by_person=by_person) if session else None


def with_session(response: Response, request: HTTPConnection, session: str) -> Response:
    """The response that gives a browser its session; scripts cannot read it, other sites' pages do not send it."""
    secure = request.app.state.settings.web_url.startswith("https://")
    response.set_cookie(COOKIE, session, httponly=True, samesite="strict", path="/", secure=secure)
    return response


def _enter_by_link(request: HTTPConnection, link: str) -> ASGIApp:
    session = entrance_of(request).by_link(link)
    if session is None:
        return refuse("bad_link", request)
    # Redirected at once, so that the secret stays neither in the address bar nor in the history.
    return with_session(RedirectResponse("/", status_code=303), request, session)


def _to_sign_in(request: HTTPConnection) -> ASGIApp:
    if request.scope["path"].startswith("/api/") or request.scope["method"] not in _SAFE_METHODS:
        return refuse("not_signed_in", request)
    return RedirectResponse("/sign-in", status_code=303)


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
