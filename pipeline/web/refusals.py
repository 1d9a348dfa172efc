"""Refusals in plain words: a page for people, `application/problem+json` (RFC 9457) for programs."""

from collections.abc import Mapping

from starlette.requests import HTTPConnection
from starlette.responses import Response

from pipeline.errors import HosoError
from pipeline.web.templating import render
from pipeline.web.wording import language_of, sentence
from schemas.base import Value

PROBLEM = "application/problem+json"
PROGRAM_PATHS = ("/api/", "/metrics", "/ready")
"""What programs ask for; everything else is for people."""
REFUSALS = {
    "bad_token": 401,
    "not_signed_in": 401,
    "bad_link": 403,
    "password_first": 403,
    "code_first": 403,
    "show_again": 403,
    "foreign_page": 403,
    "no_such_page": 404,
    "no_such_method": 405,
    "being_answered": 409,
    "shown_once": 409,
    "changed_meanwhile": 412,
    "bad_media_type": 415,
    "bad_key": 422,
    "bad_request": 422,
    "key_used": 422,
    "too_fast": 429,
    "no_files": 422,
    "other_tus_version": 412,
    "other_content_type": 415,
    "internal": 500,
    "not_ready": 503,
}
"""The web's own refusals by code, with their statuses."""
_ERROR_STATUS = {"disk_full": 507, "item_claimed": 409, "upload_moved": 409, "upload_unfinished": 409}
"""Where HTTP has a word of its own for what an error of ours says."""


class Problem(Value):
    """Why something was refused. `code` is stable; `title` and `detail` are sentences in the asker's language.

    `detail` adds ids, sizes or limits to the title; `instance` is the path that was asked for.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str


class Refused(Exception):
    """The web's own refusal of a request, by its code; our other errors are in `pipeline/errors.py`."""

    def __init__(self, code: str) -> None:
        """Args: code: a key of the web's refusals."""
        self.code = code
        super().__init__(code)


def refuse(code: str, request: HTTPConnection, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal of the web's own, by its code."""
    text = sentence(code, language_of(request))
    return _answer(request, code, REFUSALS[code], (text, text), headers or {})


def refuse_error(error: HosoError, request: HTTPConnection, status: int | None = None) -> Response:
    """One of hoso's errors as an answer; `status` where a protocol asks for another than usual."""
    language = language_of(request)
    status = status or _ERROR_STATUS.get(error.code, error.http_status)
    return _answer(request, error.code, status, (sentence(error.code, language), error.message(language)), {})


def _answer(
    request: HTTPConnection, code: str, status: int, texts: tuple[str, str], headers: Mapping[str, str]
) -> Response:
    path, (title, detail) = request.scope["path"], texts
    if not path.startswith(PROGRAM_PATHS) and PROBLEM not in request.headers.get("accept", ""):
        page = render(request, "refusal.html", status=status, text=detail, code=code)
        page.headers.update(headers)
        return page
    told = Problem(type=f"urn:hoso:{code}", title=title, status=status, code=code, detail=detail, instance=path)
    # RFC 9110, 11.6.1: a 401 says how one may be known.
    asks = {"www-authenticate": "Bearer"} if status == 401 else {}
    return Response(told.model_dump_json(), status, headers={**asks, **headers}, media_type=PROBLEM)
