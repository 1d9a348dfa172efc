"""The gate in front of every page: who is signed in, changes only from our own pages, and the security headers."""

from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline import tokens
from pipeline.access import AT_CENTRE
from pipeline.entrance import Entrance
from pipeline.stages.field_values import find_dossier_code
from pipeline.web.refusals import PROGRAM_PATHS, refuse
from pipeline.web.return_to import safe_path
from schemas.access import Access, AccessEntry, Account, SignedIn

COOKIE = "hoso_session"
BACKGROUND = "hoso-background"
"""Header of what a page asks by itself: it keeps no session open on a machine that was left alone."""
ON_BEHALF = "hoso-on-behalf"
"""Header by which a program names the dossier that it asks for; it stands in the access log."""
_OPEN_TO_READ = ("/api/v1/downloads/", "/api/v1/openapi.json", "/health", "/ready", "/static/")
"""Nothing is changed there, so it does not matter whose page asks."""
_OPEN_PATHS = (*_OPEN_TO_READ, "/sign-in")
PASSWORD_PATH = "/me/password"  # noqa: S105 (a page)
_PATHS_BEFORE_PASSWORD = (PASSWORD_PATH, "/session", "/sign-out", "/language")
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
            return refuse("foreign_page", request) if foreign and not path.startswith(_OPEN_TO_READ) else None
        if "authorization" in request.headers and path.startswith(PROGRAM_PATHS):
            return _admit_program(request)
        return _admit_person(request, foreign=foreign)


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


def let_in(response: Response, request: HTTPConnection, session: str) -> Response:
    """The response that signs a browser in: an earlier session of it ends, and the log is told."""
    entrance = entrance_of(request)
    entrance.leave(request.cookies.get(COOKIE, ""))
    signed = entrance.who(session, by_person=True)
    if signed is not None:
        note(request, signed.account, "sign_in")
    return with_session(response, request, session)


def note(request: HTTPConnection, by: Account, access: Access, subject_id: str | None = None) -> None:
    """Write to the access log what an account did that concerns no paper."""
    entry = AccessEntry(at=datetime.now(UTC), actor=by.actor, access=access, subject_id=subject_id)
    request.app.state.archive.tables.access_log.write(entry)


def address_of(request: HTTPConnection) -> str:
    """The network address that a request comes from; behind a proxy, the one that the proxy tells."""
    return request.client.host if request.client else ""


def _enter_by_link(request: HTTPConnection, link: str) -> ASGIApp:
    session = entrance_of(request).by_link(link, address_of(request))
    if session is None:
        return refuse("bad_link", request)
    # Redirected at once, so that the secret stays neither in the address bar nor in the history.
    return let_in(RedirectResponse("/", status_code=303), request, session)


def _admit_program(request: HTTPConnection) -> ASGIApp | None:
    """By its token. No browser sends one by itself, so pages of others cannot use it."""
    kind, _, secret = request.headers["authorization"].partition(" ")
    signed = tokens.who(request.app.state.archive.tables.tokens, secret.strip()) if kind.lower() == "bearer" else None
    if signed is None:
        return refuse("bad_token", request)
    on_behalf = request.headers.get(ON_BEHALF)
    if on_behalf is not None and find_dossier_code(on_behalf) != on_behalf:
        return refuse("bad_request", request)
    request.state.signed, request.state.on_behalf = _here(request, signed), on_behalf
    return None


def _here(request: HTTPConnection, signed: SignedIn) -> SignedIn:
    """Who asks, with what may be done on this machine: a counter's machine leaves to its centre what papers are for."""
    if request.app.state.settings.reads_here:
        return signed
    return signed.model_copy(update={"permissions": signed.permissions - AT_CENTRE})


def _admit_person(request: HTTPConnection, *, foreign: bool) -> ASGIApp | None:
    """By the session of a browser. `foreign`: it is a change, and not one of our pages sends it."""
    signed = who_sends(request)
    if signed is None:
        return _to_sign_in(request)
    if foreign:
        return refuse("foreign_page", request)
    request.state.signed = _here(request, signed)
    must_change = signed.way is not None and signed.account.must_change
    return _to_password(request) if must_change and request.scope["path"] not in _PATHS_BEFORE_PASSWORD else None


def _to_sign_in(request: HTTPConnection) -> ASGIApp:
    if not _asks_for_page(request):
        return refuse("not_signed_in", request)
    query = request.scope["query_string"].decode("latin-1")
    wanted = safe_path(request.scope["path"] + (f"?{query}" if query else ""))
    back = "" if wanted == "/" else "?" + urlencode({"next": wanted})
    return RedirectResponse(f"/sign-in{back}", status_code=303)


def _to_password(request: HTTPConnection) -> ASGIApp:
    return RedirectResponse(PASSWORD_PATH, 303) if _asks_for_page(request) else refuse("password_first", request)


def _asks_for_page(request: HTTPConnection) -> bool:
    """Whether a person is to be led on; what a script asks for would put the other page into its own."""
    of_script = BACKGROUND in request.headers or request.headers.get("sec-fetch-dest", "document") != "document"
    reads = request.scope["method"] in _SAFE_METHODS
    return reads and not of_script and not request.scope["path"].startswith(PROGRAM_PATHS)


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
