"""The window of `hoso signer` at the counter: hashes come in from the office's page, signatures go back to it.

It answers this machine alone, and its window speaks to one page alone: that of the office. The key stays on the token,
and the PIN goes no further than this process.
"""

import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pipeline.errors import Forbidden, HosoError, ScanRejected
from pipeline.settings import Settings
from pipeline.signing_ports import Signer
from pipeline.web.templating import TEMPLATES
from pipeline.web.wording import Language, sentence, words

WINDOW = "hoso-window"
"""Header with the secret of a window that this process has shown; other sites' pages can neither read nor send it."""
_MOST_PAPERS = 200
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class _Wanted(BaseModel):
    """What is to be signed: SHA-256 in hexadecimal."""

    digests: tuple[str, ...] = Field(min_length=1, max_length=_MOST_PAPERS)
    pin: SecretStr = Field(min_length=1, max_length=100)


def build_window(signer: Signer, settings: Settings) -> Starlette:
    """The application; `settings` name the office's page, this machine's port and the language."""
    secret = secrets.token_urlsafe(32)
    language: Language = "en" if settings.language == "en" else "vi"
    office = _origin(settings.web_url)

    def show(_: Request) -> Response:
        told = {"words": words(language), "language": language, "office": office, "secret": secret}
        return HTMLResponse(TEMPLATES.get_template("token_window.html").render(**told), headers=_HEADERS)

    async def certificates(request: Request) -> Response:
        def chain() -> dict[str, object]:
            return {"certificates": [one.hex() for one in signer.chain()]}

        try:
            _check_window(request, secret)
        except HosoError as error:
            return _refused(error, language)
        return await _answer(language, chain)

    async def sign(request: Request) -> Response:
        try:
            _check_window(request, secret)  # before anything of a stranger's is read
            wanted = _Wanted.model_validate_json(await request.body())
            digests = [bytes.fromhex(one) for one in wanted.digests]
        except HosoError as error:
            return _refused(error, language)
        except (ValidationError, ValueError):
            return _refused(ScanRejected("bad_answer"), language)

        def signatures() -> dict[str, object]:
            if any(len(one) != 32 for one in digests):
                raise ScanRejected("bad_answer")
            made = signer.sign(digests, wanted.pin.get_secret_value())
            return {"signatures": [one.hex() for one in made]}

        return await _answer(language, signatures)

    return Starlette(
        routes=[
            Route("/", show),
            Route("/certificates", certificates, methods=["POST"]),
            Route("/signatures", sign, methods=["POST"]),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        # A name of an outsider that leads to this machine must not make the window part of his site.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )


async def _answer(language: Language, ask: Callable[[], dict[str, object]]) -> Response:
    try:
        return JSONResponse(await run_in_threadpool(ask), headers=_HEADERS)
    except HosoError as error:
        return _refused(error, language)


def _check_window(request: Request, secret: str) -> None:
    """Only a window that this process has shown may ask. Raises: Forbidden (not_permitted)."""
    ours = request.headers.get("origin") == f"{request.url.scheme}://{request.headers.get('host', '')}"
    known = secrets.compare_digest(request.headers.get(WINDOW, "").encode(), secret.encode())
    if not (ours and known):
        raise Forbidden("not_permitted")


def _refused(error: HosoError, language: Language) -> Response:
    told = {"code": error.code, "title": sentence(error.code, language)}
    return JSONResponse(told, error.http_status, headers=_HEADERS)


def _origin(url: str) -> str:
    """The origin of an address, as browsers name the pages of it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
