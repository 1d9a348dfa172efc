"""The review desk: one question at a time, with its picture; answered by keys, put off, undone."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from pipeline.errors import Forbidden, NotFound, ScanRejected, ServiceUnavailable
from pipeline.review import Review
from pipeline.review_desk import ReviewDesk
from pipeline.viewing import PageViews
from pipeline.web.api import archive_of, send_file, viewer_of
from pipeline.web.question_view import Asking
from pipeline.web.review_cuts import ids_in_stack
from pipeline.web.shown import trace_once
from pipeline.web.signed_in import actor_of, needs, signed_in, trace
from pipeline.web.templating import render
from pipeline.web.wording import language_of, pick
from pipeline.web.words.review import WORDS
from schemas.dossier import Paper
from schemas.review import ReviewItem
from schemas.viewing import PictureWidth

router = APIRouter(prefix="/review", include_in_schema=False)
_PERMITTED = [needs("review.answer")]
_GONE = ("no_such_question", "no_such_paper", "item_claimed", "paper_changed")
"""The question is not this officer's any more: the next one is shown, with the reason."""
_MOST_PUT_OFF = 100
_WIDTHS: dict[str, PictureWidth] = {"row": 320, "page": 1000, "large": 2000}

_Id = Annotated[str, Form(max_length=200)]
_PutOff = Annotated[str, Form(max_length=20_000)]


class Page:
    """One page of the desk that is being made."""

    def __init__(self, request: Request, put_off: str = "") -> None:
        """Args: put_off: ids of the items that the officer leaves for later, with spaces between."""
        self.request, self.page_id = request, uuid.uuid4().hex
        self.put_off = put_off.split()[-_MOST_PUT_OFF:]
        self.desk = ReviewDesk(archive_of(request), signed_in(request), self.page_id)

    def next(self, paper: str | None = None, notice: str = "") -> Response:
        """The next question; `paper` is the one that was shown."""
        item = self.desk.next(self.put_off, paper)
        return self.show(item, notice) if item is not None else self._nothing(notice)

    def show(self, item: ReviewItem, notice: str = "", problem: str = "", said: str = "") -> Response:
        """A question that this officer holds; `problem` is why the answer `said` to it was not taken."""
        archive, office_id = archive_of(self.request), actor_of(self.request).office_id
        paper = archive.tables.papers.get(office_id, item.document_id)
        other = self._other(item)
        looked_at = [one.document_id for one in (paper, other) if one is not None]
        trace_once(self.request, "look", looked_at, "review")
        language = language_of(self.request, self.request.app.state.settings.language)
        asking = Asking(viewer_of(self.request), archive.catalogue.types, language)
        question = asking.show(item, paper, other)
        return self._render(question=question, notice=notice, problem=problem, said=said)

    def say(self, key: str) -> str:
        """A word of this page in its language."""
        return pick(WORDS[key], language_of(self.request, self.request.app.state.settings.language))

    def _other(self, item: ReviewItem) -> Paper | None:
        """The paper that a question compares with."""
        if item.question.kind not in ("same", "newer"):
            return None
        office_id = actor_of(self.request).office_id
        return archive_of(self.request).tables.papers.get(office_id, item.question.name)

    def _nothing(self, notice: str) -> Response:
        return self._render(question=None, notice=notice, problem="", said="")

    def _render(self, **values: object) -> Response:
        waiting = archive_of(self.request).tables.papers.waiting(actor_of(self.request).office_id)
        done = self.desk.done()
        shown = {"page_id": self.page_id, "put_off": self.put_off, "waiting": waiting, "done": done, **values}
        return render(self.request, "review.html", status=200, **shown)


@router.get("", dependencies=_PERMITTED)
def review_page(request: Request) -> Response:
    """The most urgent question that nobody else is at."""
    return Page(request).next()


@router.post("/next", dependencies=_PERMITTED)
def show_next(request: Request, put_off: _PutOff = "", paper: _Id = "", lapsed: bool = Form(default=False)) -> Response:
    """The same, without the questions that were put off, and rather one of the paper that was shown."""
    page = Page(request, put_off)
    return page.next(paper or None, page.say("review_lapsed") if lapsed else "")


class Said:
    """The fields of an answer's form."""

    def __init__(
        self,
        value: Annotated[str, Form(max_length=2000)] = "",
        name: Annotated[str, Form(max_length=300)] = "",
        nothing: bool = Form(default=False),
    ) -> None:
        """Args: nothing: the paper says nothing, is nobody's, is a paper of its own."""
        self.value, self.name = value.strip() or None, name.strip() or None
        self.is_empty = not nothing and self.value is None and self.name is None


@router.post("/answer", dependencies=_PERMITTED)
def answer(request: Request, item_id: _Id, said: Annotated[Said, Depends()], put_off: _PutOff = "") -> Response:
    """Take an answer, and show the next question."""

    def take(desk: ReviewDesk) -> None:
        if said.is_empty:
            raise ScanRejected("bad_answer")
        desk.answer(item_id, said.value, said.name)

    return _answered(Page(request, put_off), item_id, take, said.value or "")


@router.post("/rescan", dependencies=_PERMITTED)
def ask_scan(request: Request, item_id: _Id, put_off: _PutOff = "") -> Response:
    """The paper cannot be read: it is to be scanned again. Show the next question."""
    return _answered(Page(request, put_off), item_id, lambda desk: desk.ask_scan(item_id))


def _answered(page: Page, item_id: str, take: Callable[[ReviewDesk], None], said: str = "") -> Response:
    """Take an answer and show the next question; or the same one again, with what is wrong with the answer."""
    document_id = item_id.partition(".")[0]
    trace(page.request, "change", document_ids=[document_id], purpose="review")
    try:
        take(page.desk)
    except (ScanRejected, NotFound, Forbidden, ServiceUnavailable) as error:
        sentence = error.message(language_of(page.request, page.request.app.state.settings.language))
        if error.code in _GONE:
            return page.next(notice=sentence)
        if isinstance(error, ServiceUnavailable):
            raise
        return page.show(page.desk.hold(item_id), problem=sentence, said=said)
    return page.next(document_id)


@router.post("/undo", dependencies=_PERMITTED)
def undo(request: Request, put_off: _PutOff = "") -> Response:
    """Take the session's last answer back, and show its question again."""
    page = Page(request, put_off)
    last = page.desk.last_answer()
    if last is None:
        return page.next(notice=page.say("review_nothing_to_undo"))
    is_stack, subject_id = last.kind == "set_cuts", last.item_id.partition(".")[0]
    changed = ids_in_stack(request, subject_id) if is_stack else [subject_id]
    trace(request, "change", document_ids=changed, purpose="review")
    try:
        page.desk.take_back(last)
    except (ScanRejected, Forbidden) as error:
        return page.next(notice=error.message(language_of(request, request.app.state.settings.language)))
    if is_stack:
        return RedirectResponse(f"/review/cuts/{subject_id}", status_code=303)
    return page.show(page.desk.hold(last.item_id), page.say("review_undone"))


@router.post("/hold", dependencies=_PERMITTED)
def hold(request: Request, subject_id: _Id) -> Response:
    """Somebody still looks at the page; 409: the question is not held any more."""
    return Response(status_code=204 if Page(request).desk.renew(subject_id) else 409)


@router.post("/leave", dependencies=_PERMITTED)
def leave(request: Request, page_id: _Id) -> Response:
    """The page was closed: others may have its question."""
    ReviewDesk(archive_of(request), signed_in(request), page_id).leave()
    return Response(status_code=204)


@router.get("/items/{item_id}/crop", dependencies=_PERMITTED, response_class=FileResponse)
def fetch_crop(request: Request, item_id: str) -> FileResponse:
    """The place that a question is about, as JPEG."""
    office_id, review = actor_of(request).office_id, Review(archive_of(request))
    trace_once(request, "look", [review.item(office_id, item_id).document_id], "review")

    def write(target: Path) -> None:
        review.crop(office_id, item_id, target)

    return send_file(write, "image/jpeg")


@router.get("/papers/{document_id}/pages/{page}/{size}", dependencies=_PERMITTED)
def fetch_page(request: Request, document_id: str, page: int, size: Literal["row", "page", "large"]) -> Response:
    """A whole page of a paper as JPEG, the copy's or else the original's; `page` counts those of the paper from 1."""
    office_id, views = actor_of(request).office_id, _page_views(request)
    archive_of(request).tables.papers.get(office_id, document_id)
    trace_once(request, "look", [document_id], "review")
    try:
        picture = views.picture(office_id, document_id, page, _WIDTHS[size])
    except NotFound as error:
        if error.code != "no_picture_kept":
            raise
        picture = views.original(office_id, document_id, page, _WIDTHS[size])
    return Response(picture, media_type="image/jpeg")


def _page_views(request: Request) -> PageViews:
    views: PageViews = request.app.state.page_views
    return views
