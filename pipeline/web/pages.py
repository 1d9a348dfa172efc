"""The counter page: one page, and the parts of it that the script asks for again."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from pipeline.web.api import actor_of, archive_of, show_paper, show_submission, viewer_of
from pipeline.web.templating import TEMPLATES
from pipeline.web.wording import LANGUAGE_COOKIE, language_of, words

router = APIRouter(include_in_schema=False)
_RECENT = 20
_HITS = 20
_YEAR_S = 365 * 24 * 3600


@router.get("/")
def home(request: Request) -> HTMLResponse:
    """The whole page with the newest submissions."""
    tables, office_id = archive_of(request).tables, actor_of(request).office_id
    recent = tables.submissions.recent(office_id, _RECENT)
    viewer = viewer_of(request)
    shown = [viewer.submission(one, tables.papers.of_content(office_id, one.content_sha256)) for one in recent]
    limit_mb = request.app.state.settings.limits.max_file_mb
    return _render(request, "home.html", submissions=shown, office_id=office_id, limit_mb=limit_mb)


@router.get("/submissions/{submission_id}")
def submission_part(request: Request, submission_id: str) -> HTMLResponse:
    """One submission's card."""
    return _render(request, "submission.html", submission=show_submission(request, submission_id))


@router.get("/papers/{document_id}")
def paper_page(request: Request, document_id: str) -> HTMLResponse:
    """One paper on a page of its own."""
    return _render(request, "document.html", paper=show_paper(request, document_id))


@router.post("/search")
def search_part(request: Request, q: Annotated[str, Form(max_length=200)]) -> HTMLResponse:
    """The hits. Sent as a form, so that what is typed here stands in no URL."""
    found = archive_of(request).tables.search.search(actor_of(request).office_id, q, _HITS)
    return _render(request, "hits.html", found=viewer_of(request).search(found, q))


@router.post("/language")
def choose_language(language: Annotated[str, Form(pattern="^(vi|en)$")]) -> RedirectResponse:
    """Remember the language of this browser."""
    response = RedirectResponse("/", status_code=303)
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR_S, httponly=True, samesite="strict")
    return response


def _render(request: Request, template: str, **values: object) -> HTMLResponse:
    language = language_of(request, request.app.state.settings.language)
    return HTMLResponse(TEMPLATES.get_template(template).render(words=words(language), language=language, **values))
