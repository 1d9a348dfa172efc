"""The JSON API, version 1. Errors are `application/problem+json` with our stable codes; paths hold ids only."""

import mimetypes
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from pydantic import Field as Described
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from pipeline.archive import Archive, Handing
from pipeline.digitise import originals_may_act
from pipeline.errors import NotFound
from pipeline.web.days import Day
from pipeline.web.entity_tags import matches
from pipeline.web.handing_in import HandIn, hand_in, hand_in_asked
from pipeline.web.paging import After, Limit, cursor, cut, place_of
from pipeline.web.reading import Reading
from pipeline.web.signed_in import actor_of, needs, signed_in, trace
from pipeline.web.uploads import incoming_files
from pipeline.web.views import PaperView, SearchView, SubmissionList, SubmissionView, Viewer
from pipeline.web.wording import language_of
from schemas.access import Purpose
from schemas.base import Value
from schemas.dossier import PaperState
from schemas.paging import TimePlace
from schemas.search import SearchQuery

router = APIRouter(prefix="/api/v1")
_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": HandIn.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                }
            },
        },
    }
}
# A PDF viewer styles itself; it may do nothing else.
_WARNING = "canh-bao-co-noi-dung-tu-chay"
"""Begins the name of a file that holds active content, where it is saved: "warning: holds what acts by itself"."""
PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"


class SearchBody(Value):
    """What is searched for (see `SearchQuery`); `after` is the `next` of the page before."""

    words: str = Described(default="", max_length=200)
    type: str | None = None
    state: PaperState | None = None
    procedure: str | None = None
    filed_from: Day | None = None
    filed_until: Day | None = None
    limit: int = Described(default=20, ge=1, le=100)
    after: str | None = Described(default=None, max_length=400)


def archive_of(request: Request) -> Archive:
    """The archive of this process."""
    archive: Archive = request.app.state.archive
    return archive


def viewer_of(request: Request) -> Viewer:
    """Shows things in the language of this browser."""
    return Viewer(archive_of(request).catalogue, language_of(request, request.app.state.settings.language))


@router.post("/submissions", dependencies=[needs("papers.receive")], status_code=202, openapi_extra=_UPLOAD)
async def receive(request: Request) -> SubmissionView:
    """Receive what belongs together as one submission: files, or uploads that wait. It is safe when this answers."""
    if request.headers.get("content-type", "").startswith("application/json"):
        submission_id = await run_in_threadpool(hand_in, request, await hand_in_asked(request))
        return await run_in_threadpool(show_submission, request, submission_id)
    settings = request.app.state.settings
    reading: Reading = request.app.state.reading
    async with incoming_files(request, settings.limits.max_file_mb << 20) as files:
        handing = Handing(actor=actor_of(request))
        submission = await run_in_threadpool(archive_of(request).receive, files, handing)
    await run_in_threadpool(trace, request, "receive", subject_id=submission.submission_id, purpose="dossier")
    await run_in_threadpool(reading.begin, submission.submission_id)
    return await run_in_threadpool(show_submission, request, submission.submission_id)


@router.get("/submissions", dependencies=[needs("papers.receive")])
def list_submissions(request: Request, after: After = None, limit: Limit = 20) -> SubmissionList:
    """What the office received, newest first, without the papers in it."""
    office_id, place = actor_of(request).office_id, place_of(after, TimePlace)
    found, last = cut(archive_of(request).tables.submissions.recent(office_id, limit + 1, after=place), limit)
    return SubmissionList(
        submissions=tuple(viewer_of(request).line(one) for one in found),
        next=cursor(TimePlace(at=last.received_at, id=last.submission_id)) if last else None,
    )


@router.get("/submissions/{submission_id}", dependencies=[needs("papers.receive")])
def show_submission(request: Request, submission_id: str) -> SubmissionView:
    """How far a submission is, and the papers found in it.

    Without `papers.read` the papers are left out, and the names of files that others have sent: they may be people's.
    """
    actor, tables = actor_of(request), archive_of(request).tables
    submission = tables.submissions.get(actor.office_id, submission_id)
    if not signed_in(request).may("papers.read"):
        seen = viewer_of(request).submission(submission, ())
        return seen if submission.actor == actor else seen.model_copy(update={"files": ()})
    papers = tables.papers.of_content(actor.office_id, submission.content_sha256)
    if papers:  # While it is being read there are none, so who waits for them leaves one trace.
        trace(request, "look", document_ids=[paper.document_id for paper in papers], purpose="dossier")
    return viewer_of(request).submission(submission, papers)


@router.post("/search", dependencies=[needs("papers.read")])
def search(request: Request, body: SearchBody) -> SearchView:
    """Papers that hold all words, with or without marks, or whose owner has this number, and meet the filters.

    Without words those that meet the filters, the newest first. Asked by a body, so that nothing of it is in addresses.
    """
    query = SearchQuery(offices=(actor_of(request).office_id,), **body.model_dump())
    found = archive_of(request).tables.search.search(query)
    trace(request, "search", document_ids=[hit.document_id for hit in found.hits])
    return viewer_of(request).search(found, body.words)


@router.get("/papers/{document_id}", dependencies=[needs("papers.read")])
def show_paper(request: Request, document_id: str) -> PaperView:
    """One paper with its fields."""
    paper = archive_of(request).tables.papers.get(actor_of(request).office_id, document_id)
    trace(request, "look", document_ids=[document_id])
    return viewer_of(request).paper(paper)


@router.get("/papers/{document_id}/pdf", dependencies=[needs("papers.read")], response_class=FileResponse)
def fetch_pdf(request: Request, document_id: str) -> Response:
    """The searchable copy, compared with its hash."""
    return send_copy(request, document_id)


@router.get(
    "/papers/{document_id}/originals/{number}", dependencies=[needs("papers.read")], response_class=FileResponse
)
def fetch_original(request: Request, document_id: str, number: Annotated[int, InPath(ge=1, le=1000)]) -> Response:
    """An original as handed in, counted from 1; always as a download, since it is not ours and may be hostile.

    Where it holds what could act (scripts, links, attached files), the header `hoso-warning` says `active-content`.
    """
    return send_original(request, document_id, number)


def send_copy(request: Request, document_id: str) -> Response:
    """The searchable copy of a paper, logged as a download. Raises: NotFound (no_such_paper, no_picture_kept)."""
    archive, office_id = archive_of(request), actor_of(request).office_id
    paper = archive.tables.papers.get(office_id, document_id)
    trace(request, "download", document_ids=[document_id])
    headers = {"content-disposition": f'inline; filename="{document_id}.pdf"', "content-security-policy": PDF_POLICY}

    def fetch(target: Path) -> object:
        return archive.fetch_copy(office_id, document_id, target)

    return _send_known(request, fetch, paper.sha256, headers, "application/pdf")


def send_signed(request: Request, document_id: str, purpose: Purpose | None = None) -> Response:
    """The signed copy of a paper, logged as a download. Raises: NotFound (no_such_paper, no_such_object)."""
    archive = archive_of(request)
    signed = archive.tables.papers.get(actor_of(request).office_id, document_id).signed
    if signed is None:
        raise NotFound("no_such_object", document_id)
    trace(request, "download", document_ids=[document_id], purpose=purpose)
    headers = {
        "content-disposition": f'inline; filename="{document_id}.signed.pdf"',
        "content-security-policy": PDF_POLICY,
    }

    def fetch(target: Path) -> object:
        return archive.store.fetch(signed.key, target)

    return _send_known(request, fetch, signed.sha256, headers, "application/pdf")


def send_original(request: Request, document_id: str, number: int, purpose: Purpose | None = None) -> Response:
    """Original `number` of a paper, from 1, logged as a download. Raises: NotFound (no_such_paper, no_such_object)."""
    archive = archive_of(request)
    paper = archive.tables.papers.get(actor_of(request).office_id, document_id)
    if not 1 <= number <= len(paper.original_keys):
        raise NotFound("no_such_object", document_id)
    trace(request, "download", document_ids=[document_id], purpose=purpose)
    submission = archive.tables.submissions.get(paper.actor.office_id, paper.submission_id)
    sha256 = paper.original_sha256s[number - 1]
    media_types = {source.sha256: source.media_type for source in submission.sources}
    media_types |= {excerpt.sha256: excerpt.media_type for excerpt in paper.excerpts}
    media_type = media_types.get(sha256, "application/octet-stream")
    name = f"{document_id}-{number}{mimetypes.guess_extension(media_type) or ''}"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    if originals_may_act(paper):  # no program is to take it for something to be opened at once
        media_type = "application/octet-stream"
        headers = {"content-disposition": f'attachment; filename="{_WARNING}-{name}"', "hoso-warning": "active-content"}

    def fetch(target: Path) -> object:
        return archive.store.fetch(paper.original_keys[number - 1], target)

    return _send_known(request, fetch, sha256, headers, media_type)


def _send_known(
    request: Request, fetch: Callable[[Path], object], sha256: str | None, headers: dict[str, str], media_type: str
) -> Response:
    """A file whose hash is its entity tag: who has it already is not sent it again."""
    if sha256 is None:
        return send_file(fetch, media_type)
    tag = f'"{sha256}"'
    if matches(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers={"etag": tag})
    response = send_file(fetch, media_type)
    response.headers.update({**headers, "etag": tag})
    return response


def send_file(fetch: Callable[[Path], object], media_type: str) -> FileResponse:
    """Fetch into a private folder that is gone once the answer is sent."""
    folder = tempfile.TemporaryDirectory(prefix="hoso-")
    target = Path(folder.name) / "file"
    try:
        fetch(target)
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(target, media_type=media_type, background=BackgroundTask(folder.cleanup))
