"""Refusals in plain words: a page for people, `application/problem+json` (RFC 9457) for programs."""

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from pipeline.errors import HosoError
from pipeline.web.templating import render
from pipeline.web.wording import language_of, sentence

_STATUS = {
    "not_signed_in": 401,
    "bad_link": 403,
    "foreign_page": 403,
    "no_such_page": 404,
    "bad_request": 422,
    "no_files": 422,
    "internal": 500,
}


def refuse(code: str, request: HTTPConnection) -> Response:
    """A refusal of the web's own, by its code."""
    return _answer(code, _STATUS[code], sentence(code, language_of(request)), request)


def refuse_error(error: HosoError, request: HTTPConnection) -> Response:
    """One of hoso's errors as an answer."""
    return _answer(error.code, error.http_status, error.message(language_of(request)), request)


def _answer(code: str, status: int, text: str, request: HTTPConnection) -> Response:
    if request.scope["path"].startswith("/api/"):
        body = {"type": "about:blank", "title": text, "status": status, "code": code}
        return JSONResponse(body, status_code=status, media_type="application/problem+json")
    return render(request, "refusal.html", status=status, text=text, code=code)
