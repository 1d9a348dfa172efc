"""Takes uploaded files off the wire, within limits."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from pipeline.errors import ScanRejected
from pipeline.incoming import IncomingFile

_MAX_FILES = 200


class BadUpload(Exception):
    """The request is no upload of files; `code` is a refusal of the web."""

    def __init__(self, code: str) -> None:
        """Args: code: a key of the web's refusals."""
        self.code = code
        super().__init__(code)


@asynccontextmanager
async def incoming_files(request: Request, limit_bytes: int) -> AsyncIterator[list[IncomingFile]]:
    """The files of the form's part `files`, in order, on unnamed temporary disk space until the context ends.

    Raises:
        ScanRejected: `too_large`, the request went over `limit_bytes`; the rest of it is not read.
        BadUpload: it is no multipart form, was cut off, or holds no files.

    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise BadUpload("bad_request")
    parser = MultiPartParser(request.headers, _limited(request, limit_bytes), max_files=_MAX_FILES, max_fields=20)
    try:
        form = await parser.parse()
    except (MultiPartException, ClientDisconnect) as error:
        raise BadUpload("bad_request") from error
    try:
        parts = [part for part in form.getlist("files") if isinstance(part, UploadFile)]
        if not parts:
            raise BadUpload("no_files")
        yield [IncomingFile(part.filename or "", part.file) for part in parts]
    finally:
        await form.close()


async def _limited(request: Request, limit_bytes: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit_bytes:
            raise ScanRejected("too_large", f"limit {limit_bytes >> 20} MB")
        yield chunk
