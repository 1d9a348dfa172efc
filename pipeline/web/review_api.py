"""The JSON API of the review desk: open questions with their pictures, answers, and confirming."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse
from pydantic import JsonValue

from pipeline.comparing import Comparing, Looked
from pipeline.errors import ScanRejected
from pipeline.review import Review
from pipeline.review_desk import ReviewDesk
from pipeline.web.api import archive_of, send_file, viewer_of
from pipeline.web.entity_tags import IfMatch, unless_changed
from pipeline.web.signed_in import actor_of, needs, signed_in, trace
from pipeline.web.views import PaperView, QuestionView, Viewer
from schemas.base import Value
from schemas.dossier import CopyKind
from schemas.review import QueuePlace, ReviewItem

router = APIRouter(prefix="/api/v1")


class ItemView(Value):
    """One open question of the queue."""

    item_id: str
    document_id: str
    type: str
    title: str
    asked_at: datetime
    urgency: int
    question: QuestionView


class QueueView(Value):
    """Open questions, most urgent first; `next` goes on behind them, null at the end."""

    items: tuple[ItemView, ...]
    next: str | None


class Answer(Value):
    """An answer by one value, as `Review.answer` takes it; `name` of an owner who is new to the register."""

    value: str | None
    name: str | None = None


class Confirmation(Value):
    """What the officer compared with what: as in the comparison of a dossier.

    `pages` are those of the copy that were on the screen, from 1. `sha256` is the copy's, as the ETag of its PDF tells
    it; null where no picture is kept. `copy_kind` null: the kind that was read from it, else the original.
    """

    sha256: str | None = None
    pages: tuple[int, ...] = ()
    copy_kind: CopyKind | None = None


def review_of(request: Request) -> Review:
    """The review desk of this process."""
    return Review(archive_of(request))


@router.get("/review", dependencies=[needs("review.answer")])
def show_queue(
    request: Request,
    after: Annotated[str | None, Query(max_length=300)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> QueueView:
    """The office's open questions; `after` is the `next` of the page before."""
    office_id = actor_of(request).office_id
    behind = _place(after) if after else None
    items = archive_of(request).tables.papers.queue(office_id, limit + 1, behind)
    trace(request, "look", document_ids=sorted({item.document_id for item in items[:limit]}), purpose="review")
    viewer = viewer_of(request)
    shown = tuple(_shown(viewer, item) for item in items[:limit])
    return QueueView(items=shown, next=_cursor(items[limit - 1].place) if len(items) > limit else None)


@router.get("/review/{item_id}", dependencies=[needs("review.answer")])
def show_item(request: Request, item_id: str) -> ItemView:
    """One open question with the citizens of the register who may be meant."""
    item = review_of(request).item(actor_of(request).office_id, item_id)
    trace(request, "look", document_ids=[item.document_id], purpose="review")
    return _shown(viewer_of(request), item)


@router.get("/review/{item_id}/crop", dependencies=[needs("review.answer")], response_class=FileResponse)
def fetch_crop(request: Request, item_id: str) -> FileResponse:
    """The place on the page that a question is about, as JPEG."""
    office_id, review = actor_of(request).office_id, review_of(request)

    trace(request, "look", document_ids=[review.item(office_id, item_id).document_id], purpose="review")

    def write(target: Path) -> None:
        review.crop(office_id, item_id, target)

    return send_file(write, "image/jpeg")


@router.post("/review/{item_id}", dependencies=[needs("review.answer")])
def answer_item(request: Request, item_id: str, answer: Answer, if_match: IfMatch = None) -> PaperView:
    """Answer an open question; the paper as it stands then."""
    archive, office_id = archive_of(request), actor_of(request).office_id
    item = review_of(request).item(office_id, item_id)
    unless_changed(if_match, _shown(viewer_of(request), item))
    trace(request, "change", document_ids=[item.document_id], purpose="review")
    ReviewDesk(archive, signed_in(request)).answer(item_id, answer.value, answer.name)
    return viewer_of(request).paper(archive.tables.papers.get(office_id, item.document_id))


@router.post("/decisions", dependencies=[needs("review.answer")], status_code=204)
def decide(request: Request, said: dict[str, JsonValue]) -> None:
    """Decide about a paper or submission, asked or not: `kind`, `subject_id` and what was decided."""
    review = review_of(request)
    decision = review.read(actor_of(request), dict(said))
    trace(request, "change", subject_id=decision.subject_id, purpose="review")
    review.decide(decision)


@router.post("/papers/{document_id}/confirmation", dependencies=[needs("papers.confirm")])
def confirm_paper(request: Request, document_id: str, said: Confirmation, if_match: IfMatch = None) -> PaperView:
    """Record that the officer compared the copy with what was shown, having looked at all its pages."""
    archive, actor = archive_of(request), actor_of(request)
    seen = archive.tables.papers.get(actor.office_id, document_id)
    unless_changed(if_match, viewer_of(request).paper(seen))
    trace(request, "change", document_ids=[document_id], purpose="dossier")
    looked = Looked(document_id=document_id, **said.model_dump())
    return viewer_of(request).paper(Comparing(archive).confirm(actor, looked))


def _cursor(place: QueuePlace) -> str:
    return urlsafe_b64encode(place.model_dump_json().encode()).decode()


def _place(cursor: str) -> QueuePlace:
    try:
        return QueuePlace.model_validate_json(urlsafe_b64decode(cursor))
    except ValueError:
        raise ScanRejected("bad_answer", "after") from None


def _shown(viewer: Viewer, item: ReviewItem) -> ItemView:
    return ItemView(
        item_id=item.item_id,
        document_id=item.document_id,
        type=item.type,
        title=viewer.title(item.type),
        asked_at=item.asked_at,
        urgency=item.question.urgency,
        question=viewer.question(item.question, item.type),
    )
