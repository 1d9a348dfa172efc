"""The page of searching: first why, then as one types. What is typed stands in bodies only."""

from datetime import date
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Form, Header, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field as Described

from pipeline.access import purposes_of
from pipeline.vietnamese import fold
from pipeline.web.api import archive_of, viewer_of
from pipeline.web.kept_words import KeptWords
from pipeline.web.shown import trace_once
from pipeline.web.signed_in import actor_of, needs, signed_in
from pipeline.web.templating import render
from pipeline.web.views import SearchView
from schemas.access import Purpose
from schemas.base import Value
from schemas.search import SearchQuery

router = APIRouter(include_in_schema=False)
_HITS = 20


class SearchForm(Value):
    """What the page asks for, as it is sent: what was not filled in is empty. `after` goes on behind earlier hits."""

    q: str = Described(default="", max_length=200)
    type: str = ""
    state: Literal["", "filed", "needs_review"] = ""
    procedure: str = ""
    filed_from: date | Literal[""] = ""
    filed_until: date | Literal[""] = ""
    after: str = Described(default="", max_length=400)


@router.get("/search", dependencies=[needs("papers.read")])
def search_page(request: Request) -> Response:
    """Asks why, and then what for."""
    return _page(request, SearchForm(), None)


@router.post("/search", dependencies=[needs("papers.read")])
def search(
    request: Request, form: Annotated[SearchForm, Form()], hoso_part: Annotated[str | None, Header()] = None
) -> Response:
    """The hits: as a part of the page where its script asks for them, else the page with them."""
    asked = SearchQuery(
        offices=(actor_of(request).office_id,),
        words=form.q,
        type=form.type or None,
        state=form.state or None,
        procedure=form.procedure or None,
        filed_from=form.filed_from or None,
        filed_until=form.filed_until or None,
        limit=_HITS,
        after=form.after or None,
    )
    found = archive_of(request).tables.search.search(asked)
    trace_once(request, "search", [hit.document_id for hit in found.hits])
    shown = viewer_of(request).search(found, form.q)
    if not hoso_part:
        return _page(request, form, shown)
    answer = render(request, "hits.html", found=shown)
    said = form.model_dump_json(exclude={"after"})
    answer.headers["hoso-kept"] = _kept_words(request).seal(signed_in(request).session_id, said)
    return answer


@router.post("/search/kept", dependencies=[needs("papers.read")])
def open_kept(request: Request, kept: Annotated[str, Form(max_length=4000)]) -> SearchForm:
    """What this session searched for, of what its browser kept; nothing of what another did."""
    said = _kept_words(request).open(signed_in(request).session_id, kept)
    return SearchForm.model_validate_json(said) if said else SearchForm()


@router.post("/purpose", dependencies=[needs("papers.read")])
def say_purpose(
    request: Request, purpose: Annotated[Purpose, Form()], back: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """Say why papers are looked at from now on; a visit that was open ends.

    `back` is the paper that was asked for; without one the way leads to the search.
    """
    signed = signed_in(request)
    if purpose in sayable(request):
        archive_of(request).tables.sessions.set_purpose(signed.session_id, purpose, None)
    return RedirectResponse(f"/papers/{quote(back, safe='')}" if back else "/search", status_code=303)


def sayable(request: Request) -> tuple[Purpose, ...]:
    """What who asks may say to look for."""
    return purposes_of(signed_in(request).permissions)


def _kept_words(request: Request) -> KeptWords:
    words: KeptWords = request.app.state.kept_words
    return words


def _page(request: Request, form: SearchForm, found: SearchView | None) -> Response:
    purpose, catalogue, viewer = signed_in(request).purpose, archive_of(request).catalogue, viewer_of(request)
    if purpose is None:
        return render(request, "purpose.html", purposes=sayable(request), back="")
    types = [(kind, viewer.title(kind)) for kind in catalogue.types]
    procedures = [(one.id, one.title) for one in catalogue.procedures.values()]
    return render(
        request,
        "search.html",
        form=form,
        found=found,
        purpose=purpose,
        purposes=() if signed_in(request).visit_id else sayable(request),
        types=sorted(types, key=lambda one: fold(one[1])),
        procedures=sorted(procedures, key=lambda one: fold(one[1])),
    )
