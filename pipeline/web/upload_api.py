"""Resumable uploads: tus 1.0.0 with creation, termination and expiration (https://tus.io/protocols/resumable-upload).

Names stand in headers and never in an address; an upload belongs to the session that began it.
"""

import base64
from collections.abc import AsyncIterator, Callable, Coroutine
from email.utils import format_datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import FileResponse
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from pipeline.errors import HosoError, NotFound
from pipeline.uploads import Upload
from pipeline.web.handing_in import circumstances_of
from pipeline.web.receiving import receiving_of
from pipeline.web.refusals import refuse, refuse_error
from pipeline.web.signed_in import needs, signed_in
from pipeline.web.upload_views import UploadView, waiting_views
from pipeline.web.uploads import BadUpload

VERSION = "1.0.0"
_EXTENSIONS = "creation,termination,expiration"
_CONTENT = "application/offset+octet-stream"
_BLOCK_BYTES = 1 << 20
"""So many bytes are made safe at a time."""
_LONGEST_NAME = 200
_STATUS = {"too_large": 413}
_BLOCKS = {"requestBody": {"required": True, "content": {_CONTENT: {"schema": {"type": "string", "format": "binary"}}}}}


class _TusRoute(APIRoute):
    """Every answer names the version, refusals too; a request of another version is refused."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            response = await _answered(handle, request)
            response.headers["tus-resumable"] = VERSION
            return response

        return answer


async def _answered(handle: Callable[[Request], Coroutine[Any, Any, Response]], request: Request) -> Response:
    if request.method not in ("GET", "OPTIONS") and request.headers.get("tus-resumable") != VERSION:
        refused = refuse("other_tus_version", request)
        refused.headers["tus-version"] = VERSION
        return refused
    try:
        return await handle(request)
    except HosoError as error:
        return refuse_error(error, request, _STATUS.get(error.code))
    except BadUpload as error:
        return refuse(error.code, request)


router = APIRouter(
    prefix="/api/v1/uploads", route_class=_TusRoute, tags=["uploads"], dependencies=[needs("papers.receive")]
)


@router.options("", status_code=204)
def describe_uploads(request: Request) -> Response:
    """What this server can do."""
    headers = {
        "tus-version": VERSION,
        "tus-extension": _EXTENSIONS,
        "tus-max-size": str(receiving_of(request).uploads.limit_bytes),
    }
    return Response(status_code=204, headers=headers)


@router.post("", status_code=201)
def begin_upload(
    request: Request,
    upload_length: Annotated[int, Header(ge=0)],
    upload_metadata: Annotated[str, Header(max_length=4000)] = "",
) -> Response:
    """Begin an upload. Metadata: `filename`, and `mark`, which tells the file from others of its name."""
    told = metadata_of(upload_metadata)
    name = told.get("filename", "").replace("\\", "/").rpartition("/")[2][:_LONGEST_NAME]
    upload = receiving_of(request).uploads.begin(
        signed_in(request).session_id, name, upload_length, told.get("mark", "")[:_LONGEST_NAME]
    )
    location = {"location": f"/api/v1/uploads/{upload.upload_id}"}
    return Response(status_code=201, headers=_standing(upload) | location)


@router.get("")
def list_uploads(request: Request) -> tuple[UploadView, ...]:
    """What waits in this session, in the order in which it came."""
    return waiting_views(request)


@router.head("/{upload_id}")
def locate_upload(request: Request, upload_id: str) -> Response:
    """How many bytes were received: where to go on."""
    upload = receiving_of(request).uploads.get(signed_in(request).session_id, upload_id)
    length = {"upload-length": str(upload.about.size_bytes)}
    return Response(status_code=200, headers=_standing(upload) | length)


@router.patch("/{upload_id}", status_code=204, openapi_extra=_BLOCKS)
async def continue_upload(request: Request, upload_id: str, upload_offset: Annotated[int, Header(ge=0)]) -> Response:
    """Add the bytes of the body behind the first `Upload-Offset`. What came before a cut is kept."""
    if request.headers.get("content-type") != _CONTENT:
        raise BadUpload("other_content_type")
    receiving, session_id, offset = receiving_of(request), signed_in(request).session_id, upload_offset
    async for block in _blocks(request):
        upload = await run_in_threadpool(receiving.uploads.append, session_id, upload_id, offset, block)
        offset = upload.received_bytes
    await run_in_threadpool(_look, request, upload)
    return Response(status_code=204, headers=_standing(upload))


@router.delete("/{upload_id}", status_code=204)
def end_upload(request: Request, upload_id: str) -> Response:
    """Put an upload away; what was taken from the scan folder goes back there."""
    receiving_of(request).uploads.remove(signed_in(request).session_id, upload_id)
    return Response(status_code=204)


@router.get("/{upload_id}")
def show_upload(request: Request, upload_id: str) -> UploadView:
    """An upload with the verdicts on its pages, as far as they are known."""
    for view in waiting_views(request):
        if view.upload_id == upload_id:
            return view
    raise NotFound("no_such_upload")


@router.get("/{upload_id}/thumbnails/{page}", response_class=FileResponse)
def show_thumbnail(request: Request, upload_id: str, page: int) -> FileResponse:
    """A small picture of a page (1-based)."""
    picture = receiving_of(request).uploads.pictures(signed_in(request).session_id, upload_id) / f"{page}.jpg"
    if not picture.is_file():
        raise NotFound("no_such_upload")
    return FileResponse(picture, media_type="image/jpeg")


def _look(request: Request, upload: Upload) -> None:
    if signed_in(request).may("papers.deliver"):  # a counter's machine hands over what people there have seen already
        return
    looks = receiving_of(request).looks
    looks.begin(signed_in(request).session_id, upload, circumstances_of(request).procedure)


async def _blocks(request: Request) -> AsyncIterator[bytes]:
    """The body in blocks, at least one; a cut connection ends it early, since what came is worth keeping."""
    waiting = bytearray()
    try:
        async for chunk in request.stream():
            waiting += chunk
            if len(waiting) >= _BLOCK_BYTES:
                yield bytes(waiting)
                waiting.clear()
    except ClientDisconnect:
        pass
    yield bytes(waiting)


def _standing(upload: Upload) -> dict[str, str]:
    return {
        "upload-offset": str(upload.received_bytes),
        "upload-expires": format_datetime(upload.expires_at, usegmt=True),
    }


def metadata_of(header: str) -> dict[str, str]:
    """The pairs `key base64(value)`, with commas between. Raises: BadUpload (bad_request)."""
    told = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            told[key] = base64.b64decode(value, validate=True).decode()
        except ValueError:  # no base64, no ASCII, or no UTF-8 in it
            raise BadUpload("bad_request") from None
    return told
