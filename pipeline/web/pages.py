"""Where an account begins, and the language of its pages."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

from pipeline.web.signed_in import needs, signed_in
from pipeline.web.wording import LANGUAGE_COOKIE
from schemas.access import Permission

router = APIRouter(include_in_schema=False)
HOMES: tuple[tuple[str, Permission], ...] = (
    ("/visit", "citizens.open"),
    ("/receive", "papers.receive"),
    ("/review", "review.answer"),
    ("/search", "papers.read"),
    ("/figures", "figures.read"),
    ("/access-log", "log.read"),
    ("/accounts", "accounts.manage"),
)
"""Where each kind of account begins; the first that it may open."""
_YEAR_S = 365 * 24 * 3600


@router.get("/", dependencies=[needs(None)])
def home(request: Request) -> RedirectResponse:
    """The first page that this account has."""
    signed = signed_in(request)
    return RedirectResponse(next((page for page, permission in HOMES if signed.may(permission)), "/no-page"), 303)


@router.post("/language", dependencies=[needs(None)])
def choose_language(language: Annotated[str, Form(pattern="^(vi|en)$")]) -> RedirectResponse:
    """Remember the language of this browser."""
    response = RedirectResponse("/", status_code=303)
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR_S, httponly=True, samesite="strict")
    return response
