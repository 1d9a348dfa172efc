"""The page of a paper: its pages as pictures, the words on them, the original beside the copy, printing, its history.

Where a page leads here within some work it says so (`for`), and that is the purpose; else it is what the officer said.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from pipeline.errors import ScanRejected
from pipeline.local_time import local_day
from pipeline.viewing import PageViews, words_found
from pipeline.web.api import PDF_POLICY, archive_of, send_file, send_original, send_signed, viewer_of
from pipeline.web.opened import Opened
from pipeline.web.paper_page import PaperPages
from pipeline.web.search_pages import sayable
from pipeline.web.shown import remember
from pipeline.web.signed_in import needs, signed_in, trace
from pipeline.web.templating import render
from pipeline.web.visiting import held_visit, visit_desk
from pipeline.web.wording import language_of
from schemas.access import Purpose
from schemas.viewing import PageWords, PictureWidth, PlacedWord

router = APIRouter(prefix="/papers/{document_id}", include_in_schema=False)
_MAY_READ = [needs("papers.read")]
AnOpened = Annotated[Opened, Depends()]
_WIDTHS: dict[str, PictureWidth] = {"row": 320, "page": 1000, "large": 2000}
Size = Literal["row", "page", "large"]


@router.get("", dependencies=_MAY_READ)
def paper_page(request: Request, opened: AnOpened, page: Annotated[int, Query(ge=1)] = 1) -> Response:
    """One paper; `page` is shown first. What is missing before it may be seen is asked for."""
    if opened.why is None:
        return render(request, "purpose.html", purposes=sayable(request), back=opened.paper.document_id)
    if opened.must_ask:
        return _ask_again(request, opened)
    opened.show()
    archive, paper = archive_of(request), opened.paper
    language = language_of(request, request.app.state.settings.language)
    names = {one.login: one.name for one in archive.tables.accounts.of_office(opened.office_id)}
    told = PaperPages(viewer_of(request), archive.catalogue, language, names).page(
        paper,
        archive.tables.papers.history(opened.office_id, paper.document_id),
        archive.tables.dossiers.confirmer(opened.office_id, paper.document_id),
        local_day(datetime.now(UTC)),
    )
    return render(
        request,
        "viewer.html",
        told=told,
        first=min(page, told.pages),
        purpose=opened.purpose,
        signs=request.app.state.settings.signs,
    )


@router.post("/sensitive", dependencies=_MAY_READ)
def ask_sensitive(
    request: Request,
    opened: AnOpened,
    said: Annotated[Purpose | None, Form()] = None,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """See a health or judicial paper: in a visit for a reason in words, which the visit keeps; else for a purpose."""
    visit_id, sensitive, why = signed_in(request).visit_id, opened.sensitive, opened.why
    if visit_id is not None and sensitive is not None:
        try:
            visit_desk(request).ask_sensitive(held_visit(request, visit_id), sensitive.kind, reason)
        except ScanRejected as error:
            return _ask_again(request, opened, error)
    elif said in sayable(request):
        why = said
    else:
        return _ask_again(request, opened)
    trace(request, "look_sensitive", document_ids=[opened.paper.document_id], purpose=why)
    remember(request, "look_sensitive", [opened.paper.document_id], why)
    query = "" if why == signed_in(request).purpose else f"?for={why}"
    return RedirectResponse(f"/papers/{opened.paper.document_id}{query}", status_code=303)


@router.get("/pages/{page}/words", dependencies=_MAY_READ)
def page_words(request: Request, opened: AnOpened, page: int) -> PageWords:
    """The words of a page and where they stand."""
    opened.show()
    return _views(request).words(opened.office_id, opened.paper.document_id, page)


@router.post("/pages/{page}/marks", dependencies=_MAY_READ)
def page_marks(
    request: Request, opened: AnOpened, page: int, q: Annotated[str, Form(max_length=300)]
) -> tuple[PlacedWord, ...]:
    """Those words of a page that a search for `q` finds. Sent as a form: what is searched for stands in no URL."""
    opened.show(small=True)
    words = _views(request).words(opened.office_id, opened.paper.document_id, page)
    return tuple(words.words[place] for place in words_found(words, q))


@router.get("/pages/{page}/{size}", dependencies=_MAY_READ)
def page_picture(request: Request, opened: AnOpened, page: int, size: Size) -> Response:
    """A page of the archive copy, counted from 1, as JPEG."""
    opened.show(small=size == "row")
    picture = _views(request).picture(opened.office_id, opened.paper.document_id, page, _WIDTHS[size])
    return Response(picture, media_type="image/jpeg")


@router.get("/originals/{page}/{size}", dependencies=_MAY_READ)
def original_picture(request: Request, opened: AnOpened, page: int, size: Size) -> Response:
    """The same page as it was handed in, as JPEG."""
    opened.show()
    picture = _views(request).original(opened.office_id, opened.paper.document_id, page, _WIDTHS[size])
    return Response(picture, media_type="image/jpeg")


@router.get("/print", dependencies=_MAY_READ)
def print_copy(request: Request, opened: AnOpened) -> Response:
    """The archive copy as PDF, shown by the browser so that it is printed as it is."""
    return _copy(request, opened, "print", "inline")


@router.get("/pdf", dependencies=_MAY_READ)
def download_copy(request: Request, opened: AnOpened) -> Response:
    """The archive copy as PDF, to be saved."""
    return _copy(request, opened, "download", "attachment")


@router.get("/signed", dependencies=_MAY_READ)
def download_signed(request: Request, opened: AnOpened) -> Response:
    """The signed copy that counts."""
    opened.check()
    return send_signed(request, opened.paper.document_id, opened.purpose)


@router.get("/files/{number}", dependencies=_MAY_READ)
def download_original(request: Request, opened: AnOpened, number: int) -> Response:
    """An original as it was handed in, counted from 1."""
    opened.check()
    return send_original(request, opened.paper.document_id, number, opened.purpose)


def _copy(
    request: Request, opened: Opened, access: Literal["print", "download"], disposition: Literal["inline", "attachment"]
) -> Response:
    document_id = opened.paper.document_id
    opened.check()
    trace(request, access, document_ids=[document_id], purpose=opened.purpose)

    def fetch(target: Path) -> object:
        return archive_of(request).fetch_copy(opened.office_id, document_id, target)

    response = send_file(fetch, "application/pdf")
    response.headers["content-disposition"] = f'{disposition}; filename="{document_id}.pdf"'
    response.headers["content-security-policy"] = PDF_POLICY
    return response


def _ask_again(request: Request, opened: Opened, error: ScanRejected | None = None) -> Response:
    """Asks why a sensitive paper is to be seen, before anything of it is."""
    language = language_of(request, request.app.state.settings.language)
    return render(
        request,
        "ask_again.html",
        status=error.http_status if error else 200,
        document_id=opened.paper.document_id,
        kind=opened.sensitive.kind if opened.sensitive else "",
        purposes=() if signed_in(request).visit_id else sayable(request),
        purpose=opened.purpose,
        told=error.message(language) if error else "",
    )


def _views(request: Request) -> PageViews:
    views: PageViews = request.app.state.page_views
    return views
