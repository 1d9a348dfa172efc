"""Searching and single papers, and the parts of these pages that their scripts ask for again."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from pipeline.web.api import SearchBody, search, show_paper
from pipeline.web.signed_in import needs, signed_in
from pipeline.web.templating import render
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
_HITS = 20
_YEAR_S = 365 * 24 * 3600


@router.get("/", dependencies=[needs(None)])
def home(request: Request) -> RedirectResponse:
    """The first page that this account has."""
    signed = signed_in(request)
    return RedirectResponse(next((page for page, permission in HOMES if signed.may(permission)), "/no-page"), 303)


@router.get("/search", dependencies=[needs("papers.read")])
def search_page(request: Request) -> HTMLResponse:
    """Searching papers."""
    return render(request, "search.html")


@router.get("/papers/{document_id}", dependencies=[needs("papers.read")])
def paper_page(request: Request, document_id: str) -> HTMLResponse:
    """One paper on a page of its own."""
    return render(request, "document.html", paper=show_paper(request, document_id))


@router.post("/search", dependencies=[needs("papers.read")])
def search_part(request: Request, q: Annotated[str, Form(max_length=200)]) -> HTMLResponse:
    """The hits. Sent as a form, so that what is typed here stands in no URL."""
    return render(request, "hits.html", found=search(request, SearchBody(words=q, limit=_HITS)))


@router.post("/language", dependencies=[needs(None)])
def choose_language(language: Annotated[str, Form(pattern="^(vi|en)$")]) -> RedirectResponse:
    """Remember the language of this browser."""
    response = RedirectResponse("/", status_code=303)
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR_S, httponly=True, samesite="strict")
    return response
