"""The gate in front of every page: who is signed in, changes only from our own pages, and the security headers."""

from datetime import UTC, datetime
from math import ceil
from urllib.parse import urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline import tokens
from pipeline.access import AT_CENTRE
from pipeline.entrance import Entrance, must_set_up
from pipeline.stages.field_values import find_dossier_code
from pipeline.web.pace import Pace
from pipeline.web.refusals import PROGRAM_PATHS, refuse
from pipeline.web.return_to import safe_path
from schemas.access import Access, AccessEntry, Account, SignedIn

COOKIE = "hoso_session"
_HOST_COOKIE = f"__Host-{COOKIE}"
"""Behind TLS: a browser takes a cookie of this name from the very host alone, and sends it over TLS alone."""
BACKGROUND = "hoso-background"
"""Header of what a page asks by itself: it keeps no session open on a machine that was left alone."""
ON_BEHALF = "hoso-on-behalf"
"""Header by which a program names the dossier that it asks for; it stands in the access log."""
_OPEN_TO_READ = ("/api/v1/downloads/", "/api/v1/openapi.json", "/health", "/ready", "/static/")
"""Nothing is changed there, so it does not matter whose page asks."""
_OPEN_PATHS = (*_OPEN_TO_READ, "/sign-in")
PROVIDER_SIGN_OUT_PATH = "/sign-in/provider/sign-out"
"""No page sends it but the OpenID provider itself, which signs what it says."""
_UNCOUNTED_PATHS = ("/health", "/ready", "/static/")
PASSWORD_PATH = "/me/password"  # noqa: S105 (a page)
CODE_SET_UP_PATH = "/me/code"
_FIRST = {PASSWORD_PATH: "password_first", CODE_SET_UP_PATH: "code_first"}
"""Pages to be done with before any other, and how scripts are told."""
_PATHS_BEFORE_ALL = ("/session", "/sign-out", "/language")
CODE_PATH = "/sign-in/code"
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_BURST, _PER_S = 1000, 50.0
"""What an account may ask of this process at once, and then a second (ASVS 4.0.3, 11.1.4): pages of a thick paper are
fetched in one go, and no program takes the process from others."""
_STRANGERS_BURST, _STRANGERS_PER_S = 300, 10.0
"""The same for an address that is nobody yet. A whole office may share one, and signs in at eight."""
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
_OVER_TLS = {"strict-transport-security": "max-age=31536000; includeSubDomains"}
_OF_PROGRAMS = {"content-disposition": 'attachment; filename="api.json"'}
"""A browser that is led to an answer of the API shows nothing of it as a page (ASVS 4.0.3, 14.4.2)."""
_JSON = ("application/json", "application/problem+json")


class Gate:
    """Lets a request through only for somebody who is signed in; what he may do is each route's own question.

    Health, signing in and the pages' style and scripts are open: they hold nothing of anybody.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._known, self._strangers = Pace(_BURST, _PER_S), Pace(_STRANGERS_BURST, _STRANGERS_PER_S)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on one request."""
        if scope["type"] != "http":  # Start and stop of the process; websockets are not used.
            await self._app(scope, receive, send)
            return
        passed = await run_in_threadpool(self._admit, scope)
        await (passed or self._app)(scope, receive, _with_headers(send, scope))

    def _admit(self, scope: Scope) -> ASGIApp | None:
        """The refusal, or None: the request goes on."""
        request = HTTPConnection(scope)
        if scope["path"].startswith(_UNCOUNTED_PATHS):
            return None
        link = request.query_params.get("token") if scope["path"] == "/" else None
        if link:  # it opens once: whoever is too fast for the answer must not have used it up
            return _too_fast(self._strangers, address_of(request), request) or _enter_by_link(request, link)
        refused = self._asked(request)
        signed: SignedIn | None = getattr(request.state, "signed", None)
        pace, key = (self._known, signed.account.account_id) if signed else (self._strangers, address_of(request))
        return _too_fast(pace, key, request) or refused

    @staticmethod
    def _asked(request: HTTPConnection) -> ASGIApp | None:
        """Whether who asks is let in, whatever his pace."""
        path = request.scope["path"]
        foreign = request.scope["method"] not in _SAFE_METHODS and not _from_our_page(request.headers)
        if path.startswith(_OPEN_PATHS):
            may_be = path.startswith(_OPEN_TO_READ) or path == PROVIDER_SIGN_OUT_PATH
            return refuse("foreign_page", request) if foreign and not may_be else None
        if "authorization" in request.headers and path.startswith(PROGRAM_PATHS):
            return _admit_program(request)
        return _admit_person(request, foreign=foreign)


def entrance_of(request: HTTPConnection) -> Entrance:
    """Where people of this process sign in."""
    entrance: Entrance = request.app.state.entrance
    return entrance


def who_sends(request: HTTPConnection) -> SignedIn | None:
    """Who is signed in on this browser."""
    session = secret_of(request)
    by_person = BACKGROUND not in request.headers
    return entrance_of(request).who(session, by_person=by_person) if session else None


def with_session(response: Response, request: HTTPConnection, session: str) -> Response:
    """The response that gives a browser its session; scripts cannot read it, other sites' pages do not send it."""
    secure = _is_over_tls(request)
    response.set_cookie(cookie_of(request), session, httponly=True, samesite="strict", path="/", secure=secure)
    return response


def cookie_of(request: HTTPConnection) -> str:
    """What the cookie of a session is called here."""
    return _HOST_COOKIE if _is_over_tls(request) else COOKIE


def secret_of(request: HTTPConnection) -> str:
    """The secret of the session that a browser shows; "" where it shows none."""
    return request.cookies.get(cookie_of(request), "")


def let_in(response: Response, request: HTTPConnection, session: str) -> Response:
    """The response that signs a browser in: an earlier session of it ends, and a whole one is logged."""
    entrance = entrance_of(request)
    entrance.leave(secret_of(request))
    signed = entrance.who(session, by_person=True)
    if signed is not None:
        note(request, signed.account, "sign_in")
    return with_session(response, request, session)


def page_after(request: HTTPConnection, session: str, wanted: str) -> str:
    """Where to go on with a new session: to the page that was wanted, by way of a second factor if there is one."""
    if entrance_of(request).half(session) is None:
        return wanted
    return CODE_PATH + ("" if wanted == "/" else "?" + urlencode({"next": wanted}))


def note(request: HTTPConnection, by: Account, access: Access, subject_id: str | None = None) -> None:
    """Write to the access log what an account did that concerns no paper."""
    entry = AccessEntry(at=datetime.now(UTC), actor=by.actor, access=access, subject_id=subject_id)
    request.app.state.archive.tables.access_log.write(entry)


def address_of(request: HTTPConnection) -> str:
    """The network address that a request comes from; behind a proxy, the one that the proxy tells."""
    return request.client.host if request.client else ""


def _too_fast(pace: Pace, sender: str, request: HTTPConnection) -> ASGIApp | None:
    wait_s = pace.wait_s(sender)
    return refuse("too_fast", request, {"retry-after": str(ceil(wait_s))}) if wait_s else None


def _enter_by_link(request: HTTPConnection, link: str) -> ASGIApp:
    session = entrance_of(request).by_link(link, address_of(request))
    if session is None:
        return refuse("bad_link", request)
    # Redirected at once, so that the secret stays neither in the address bar nor in the history.
    return let_in(RedirectResponse(page_after(request, session, "/"), status_code=303), request, session)


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
    first = _first_of(signed)
    return _to_first(request, first) if first and request.scope["path"] not in (first, *_PATHS_BEFORE_ALL) else None


def _first_of(signed: SignedIn) -> str | None:
    """The page that somebody has to be done with before any other, if any."""
    if signed.account.must_change:
        return PASSWORD_PATH
    return CODE_SET_UP_PATH if must_set_up(signed) else None


def _to_sign_in(request: HTTPConnection) -> ASGIApp:
    if not _asks_for_page(request):
        return refuse("not_signed_in", request)
    query = request.scope["query_string"].decode("latin-1")
    wanted = safe_path(request.scope["path"] + (f"?{query}" if query else ""))
    back = "" if wanted == "/" else "?" + urlencode({"next": wanted})
    return RedirectResponse(f"/sign-in{back}", status_code=303)


def _to_first(request: HTTPConnection, page: str) -> ASGIApp:
    return RedirectResponse(page, 303) if _asks_for_page(request) else refuse(_FIRST[page], request)


def _asks_for_page(request: HTTPConnection) -> bool:
    """Whether a person is to be led on; what a script asks for would put the other page into its own."""
    of_script = BACKGROUND in request.headers or request.headers.get("sec-fetch-dest", "document") != "document"
    reads = request.scope["method"] in _SAFE_METHODS
    return reads and not of_script and not request.scope["path"].startswith(PROGRAM_PATHS)


def _from_our_page(headers: Headers) -> bool:
    """Browsers name the page that sends a change; without a name it is not believed."""
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == headers.get("host")


def _is_over_tls(request: HTTPConnection) -> bool:
    return bool(request.app.state.settings.web_url.startswith("https://"))


def _with_headers(send: Send, scope: Scope) -> Send:
    always = _HEADERS | (_OVER_TLS if _is_over_tls(HTTPConnection(scope)) else {})

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            told = headers.get("content-type", "").partition(";")[0] in _JSON
            for name, value in (always | (_OF_PROGRAMS if told else {})).items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
