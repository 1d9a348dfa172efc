"""Refusals in plain words: a page for people, `application/problem+json` (RFC 9457) for programs."""

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from pipeline.errors import HosoError
from pipeline.web.templating import render
from pipeline.web.wording import language_of, sentence

_PROBLEM = "application/problem+json"
_STATUS = {
    "not_signed_in": 401,
    "bad_link": 403,
    "password_first": 403,
    "foreign_page": 403,
    "no_such_page": 404,
    "bad_request": 422,
    "no_files": 422,
    "other_tus_version": 412,
    "other_content_type": 415,
    "internal": 500,
}
_ERROR_STATUS = {"disk_full": 507, "upload_moved": 409, "upload_unfinished": 409}
"""Where HTTP has a word of its own for what an error of ours says."""


def refuse(code: str, request: HTTPConnection) -> Response:
    """A refusal of the web's own, by its code."""
    return _answer(code, _STATUS[code], sentence(code, language_of(request)), request)


def refuse_error(error: HosoError, request: HTTPConnection, status: int | None = None) -> Response:
    """One of hoso's errors as an answer; `status` where a protocol asks for another than usual."""
    status = status or _ERROR_STATUS.get(error.code, error.http_status)
    return _answer(error.code, status, error.message(language_of(request)), request)


def _answer(code: str, status: int, text: str, request: HTTPConnection) -> Response:
    if request.scope["path"].startswith("/api/") or _PROBLEM in request.headers.get("accept", ""):
        body = {"type": "about:blank", "title": text, "status": status, "code": code}
        return JSONResponse(body, status_code=status, media_type=_PROBLEM)
    return render(request, "refusal.html", status=status, text=text, code=code)
