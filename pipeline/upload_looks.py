"""Quick looks at uploads in waiting: begun when the last byte is there, kept in memory and gone with the upload."""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal

from pipeline import media
from pipeline.errors import HosoError, ScanRejected
from pipeline.pages import ScanFile
from pipeline.ports import Parsers
from pipeline.quick_look import QuickLook, look_at_file, with_missing_backs
from pipeline.uploads import Upload, WaitingUploads
from schemas.base import Value
from schemas.catalog import Catalogue

log = logging.getLogger("hoso")

_AT_ONCE = 2
"""Files that are looked at side by side; pages of one file are, too."""


class Seen(Value):
    """What a quick look has told of an upload so far: `pages` in their order, `reason` why nothing can be seen."""

    state: Literal["sending", "looking", "looked", "refused"]
    pages: tuple[QuickLook, ...] = ()
    reason: str | None = None


class UploadLooks:
    """Looks at every upload once for each procedure that it is said to be for."""

    def __init__(self, uploads: WaitingUploads, parsers: Parsers, catalogue: Catalogue) -> None:
        """Args: whose files are looked at, and with what."""
        self._uploads, self._parsers, self._catalogue = uploads, parsers, catalogue
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="looking")
        self._begun: dict[str, dict[tuple[str, str | None], _Look]] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Let what is under way end; nothing more is begun."""
        self._threads.shutdown(cancel_futures=True)

    def begin(self, session_id: str, upload: Upload, procedure: str | None) -> None:
        """Have an upload looked at, unless it is or was, or bytes are missing."""
        if not upload.is_whole:
            return
        with self._lock:
            begun = self._begun.setdefault(session_id, {})
            if (upload.upload_id, procedure) not in begun:
                look = begun[upload.upload_id, procedure] = _Look()
                look.future = self._threads.submit(self._look, look, session_id, upload.upload_id, procedure)

    def of_table(self, session_id: str, uploads: Sequence[Upload], procedure: str | None) -> dict[str, Seen]:
        """What is seen of all uploads of a session by their ids; those that nobody has looked at yet are begun.

        A missing back is told once every file was looked at: the next one may show it.
        """
        for upload in uploads:
            self.begin(session_id, upload, procedure)
        with self._lock:
            begun = self._begun.get(session_id, {})
            ids = {upload.upload_id for upload in uploads}
            for gone in [key for key in begun if key[0] not in ids]:
                del begun[gone]
            seen = {upload.upload_id: _seen(begun, upload, procedure) for upload in uploads}
        if all(one.state in ("looked", "refused") for one in seen.values()):
            return _with_missing_backs(seen)
        return seen

    def forget(self, session_id: str) -> None:
        """Nothing that was seen in a session is kept after it."""
        with self._lock:
            self._begun.pop(session_id, None)

    def _look(self, look: "_Look", session_id: str, upload_id: str, procedure: str | None) -> None:
        data = self._uploads.data(session_id, upload_id)
        try:
            with data.open("rb") as file:
                kind = media.scan_type(file.read(media.HEAD_BYTES))
            pictures = self._uploads.pictures(session_id, upload_id)
        except FileNotFoundError:  # put away before its turn came
            raise ScanRejected("unreadable") from None
        for page in look_at_file(ScanFile(data, kind), procedure, self._parsers, self._catalogue, pictures):
            look.pages.append(page)


class _Look:
    """One look under way or done."""

    def __init__(self) -> None:
        self.pages: list[QuickLook] = []
        self.future: Future[None] | None = None

    def seen(self) -> Seen:
        if self.future is None or not self.future.done():
            return Seen(state="looking", pages=tuple(self.pages))
        error = None if self.future.cancelled() else self.future.exception()
        if error is None:
            return Seen(state="looked", pages=tuple(self.pages))
        if not isinstance(error, HosoError):
            log.error("a quick look failed", exc_info=error)
        return Seen(state="refused", reason=error.code if isinstance(error, HosoError) else "internal")


def _seen(begun: dict[tuple[str, str | None], _Look], upload: Upload, procedure: str | None) -> Seen:
    if not upload.is_whole:
        return Seen(state="sending")
    seen = begun[upload.upload_id, procedure].seen()
    if seen.state != "looking" or seen.pages:
        return seen
    # While its pages are judged for another procedure, what was seen of them before stays in sight.
    before = [look.seen().pages for (upload_id, _), look in begun.items() if upload_id == upload.upload_id]
    return seen.model_copy(update={"pages": max(before, key=len)})


def _with_missing_backs(seen: dict[str, Seen]) -> dict[str, Seen]:
    judged = iter(with_missing_backs([page for one in seen.values() for page in one.pages]))
    return {
        upload_id: one.model_copy(update={"pages": tuple(next(judged) for _ in one.pages)})
        for upload_id, one in seen.items()
    }
