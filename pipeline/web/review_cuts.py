"""Cutting a stack: its pages in a row, with a mark where each paper begins."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from pipeline.errors import NotFound
from pipeline.review_desk import ReviewDesk
from pipeline.web.api import archive_of, viewer_of
from pipeline.web.signed_in import actor_of, needs, signed_in, trace
from pipeline.web.templating import render
from schemas.base import Value
from schemas.dossier import Cut, Paper

router = APIRouter(prefix="/review/cuts", include_in_schema=False)


class Leaf(Value):
    """One page of a stack.

    `number` counts the pages of the submission, `at` those of the paper it is in now, both from 1; `begins`: that paper
    begins here, and is called `title`. What speaks for and against is told where a cut is in doubt.
    """

    number: int
    document_id: str
    at: int
    begins: bool
    title: str
    doubtful: bool
    speaks_for: tuple[str, ...]
    speaks_against: tuple[str, ...]


@router.get("/{submission_id}", dependencies=[needs("review.answer")])
def cuts_page(request: Request, submission_id: str) -> Response:
    """The pages of a submission, which nobody else cuts from now on."""
    papers = _papers(request, submission_id)
    page_id = uuid.uuid4().hex
    ReviewDesk(archive_of(request), signed_in(request), page_id).hold_stack(submission_id)
    trace(request, "look", document_ids=ids_in_stack(request, submission_id), purpose="review")
    viewer = viewer_of(request)
    leaves = sorted(
        (leaf for paper in papers for leaf in _leaves(paper, viewer.title(paper.type))), key=lambda leaf: leaf.number
    )
    return render(request, "cuts.html", page_id=page_id, submission_id=submission_id, leaves=leaves)


@router.post("/{submission_id}", dependencies=[needs("review.answer")])
def cut(request: Request, submission_id: str, first_pages: Annotated[list[int], Form()]) -> Response:
    """Cut the submission into papers that begin on these pages, and go on with the next question."""
    trace(request, "change", document_ids=ids_in_stack(request, submission_id), purpose="review")
    ReviewDesk(archive_of(request), signed_in(request)).set_cuts(submission_id, sorted(set(first_pages)))
    return RedirectResponse("/review", status_code=303)


def ids_in_stack(request: Request, submission_id: str) -> list[str]:
    """The papers that a submission is cut into now. Raises: NotFound (no_such_submission)."""
    return [paper.document_id for paper in _papers(request, submission_id)]


def _papers(request: Request, submission_id: str) -> tuple[Paper, ...]:
    office_id, tables = actor_of(request).office_id, archive_of(request).tables
    submission = tables.submissions.get(office_id, submission_id)
    papers = tables.papers.of_content(office_id, submission.content_sha256)
    if not papers:
        raise NotFound("no_such_submission", submission_id)
    return papers


def _leaves(paper: Paper, title: str) -> list[Leaf]:
    doubts: dict[int, Cut] = {cut.page: cut for cut in paper.cuts if cut.doubtful}
    return [
        Leaf(
            number=page,
            document_id=paper.document_id,
            at=at,
            begins=at == 1,
            title=title,
            doubtful=page in doubts,
            speaks_for=doubts[page].speaks_for if page in doubts else (),
            speaks_against=doubts[page].speaks_against if page in doubts else (),
        )
        for at, page in enumerate(paper.source_pages, start=1)
    ]
