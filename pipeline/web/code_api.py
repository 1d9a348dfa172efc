"""Codes that a reader or a camera at the counter has seen."""

import tempfile
from pathlib import Path

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from pipeline import media
from pipeline.errors import ScanRejected
from pipeline.pages import ScanFile
from pipeline.scanned_codes import ScannedCode, read_scanned_code
from pipeline.web.api import archive_of
from pipeline.web.signed_in import needs
from pipeline.web.uploads import BadUpload
from schemas.base import Value

router = APIRouter(prefix="/api/v1", tags=["codes"])
_MOST_BYTES = 8 << 20


class CodeText(Value):
    """What a reader has read."""

    text: str


_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": CodeText.model_json_schema()},
            "image/jpeg": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


class FoundCode(Value):
    """A code's text, and what it says. It identifies and proves nothing."""

    text: str
    says: ScannedCode


class FoundCodes(Value):
    """The codes that make sense here; there may be none."""

    codes: tuple[FoundCode, ...]


@router.post("/codes", dependencies=[needs("papers.receive")], openapi_extra=_BODY)
async def read_codes(request: Request) -> FoundCodes:
    """Make sense of a code: its text as JSON, or a picture from a camera."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise ScanRejected("too_large", f"limit {_MOST_BYTES >> 20} MB")
    if request.headers.get("content-type", "").startswith("application/json"):
        try:
            texts: tuple[str, ...] = (CodeText.model_validate_json(bytes(body)).text,)
        except ValidationError:
            raise BadUpload("bad_request") from None
    else:
        texts = await run_in_threadpool(_texts_in_picture, request, bytes(body))
    procedures = archive_of(request).catalogue.procedures.values()
    found = [(text, read_scanned_code(text, procedures)) for text in texts]
    return FoundCodes(codes=tuple(FoundCode(text=text, says=says) for text, says in found if says is not None))


def _texts_in_picture(request: Request, picture: bytes) -> tuple[str, ...]:
    kind = media.scan_type(picture[: media.HEAD_BYTES])
    with tempfile.TemporaryDirectory(prefix="hoso-code-") as folder:
        file = Path(folder) / "picture"
        file.write_bytes(picture)
        return archive_of(request).parsers.read_codes(ScanFile(file, kind))
