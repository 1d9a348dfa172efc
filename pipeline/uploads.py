"""Uploads in waiting: bytes that an officer has sent and not handed in yet. They belong to one session and end with it.

    <folder>/<session id>/<upload id>/data          the bytes so far; its size is what was received
    <folder>/<session id>/<upload id>/about.json    what was said of it when it began; it comes last and so makes it
    <folder>/<session id>/<upload id>/pages/        small pictures of its pages
    <folder>/<session id>/handed/<submission id>    the uploads that became it
    <folder>/<session id>/circumstances.json        what the next handing in is about

Files and folders are for our user alone. Ids are hashes or UUIDs, so no id leads out of the folder.
"""

import fcntl
import logging
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.durable import make_folders, sync_folder
from pipeline.errors import NotFound, ScanRejected, ServiceUnavailable
from pipeline.incoming import IncomingFile
from schemas.base import Value
from schemas.dossier import Channel

log = logging.getLogger("hoso")

KEPT = timedelta(hours=24)
"""An upload that was not touched for so long is removed, however long its session lasts."""
_MOST_WAITING = 500
_MOST_LARGEST = 20
"""A session may have so many uploads waiting, and the bytes of so many of the largest (ASVS 4.0.3, 12.1.3)."""
_KEPT_FREE_BYTES = 256 << 20
"""The disk is called full before it is: what was received already still has to be filed."""
_ID = re.compile(r"[0-9a-f-]{32,64}")


class Circumstances(Value):
    """What the papers on an officer's table are about. `handed_in_by` is a personal number, `name` whose it is.

    The name stands here for the officer to compare alone; it goes no further.
    """

    dossier_code: str | None = None
    procedure: str | None = None
    handed_in_by: str | None = None
    name: str | None = None
    channel: Channel = "counter"


class About(Value):
    """What is said of an upload when it begins.

    `name` is as given by the sender and may hold a person's. `mark` is whatever tells the sender's file from others of
    the same name, such as its time of change: with it a page that is opened anew finds what it has to go on with.
    """

    name: str
    size_bytes: int
    mark: str = ""
    made_at: datetime
    from_folder: bool = False
    """It was taken from the office's scan folder, and goes back there unless it is handed in."""


class Upload(Value):
    """An upload as it stands."""

    upload_id: str
    about: About
    received_bytes: int
    touched_at: datetime

    @property
    def is_whole(self) -> bool:
        """Whether every byte is there."""
        return self.received_bytes == self.about.size_bytes

    @property
    def expires_at(self) -> datetime:
        """When it is removed, if nobody touches it."""
        return self.touched_at + KEPT


class WaitingUploads:
    """The uploads of all sessions. What another session has is not there for who asks."""

    def __init__(self, folder: Path, limit_bytes: int, give_back: Callable[[Path, str], None]) -> None:
        """Prepare.

        Args:
            folder: made when it is needed.
            limit_bytes: the largest upload that is taken.
            give_back: takes the bytes, and their name, of what came from the scan folder and was not handed in.
        """
        self._folder = folder
        self._give_back = give_back
        self.limit_bytes = limit_bytes
        self._forget_what_was_handed_in()

    def begin(
        self, session_id: str, name: str, size_bytes: int, mark: str = "", *, from_folder: bool = False
    ) -> Upload:
        """Make room for a file.

        Raises:
            ScanRejected: empty_file, too_large; too_many_uploads, the session has too much waiting already.
            ServiceUnavailable: disk_full.
        """
        if size_bytes <= 0:
            raise ScanRejected("empty_file")
        if size_bytes > self.limit_bytes:
            raise ScanRejected("too_large", f"> {self.limit_bytes >> 20} MB")
        waiting = [one.about.size_bytes for one in self.of_session(session_id)]
        if len(waiting) >= _MOST_WAITING or sum(waiting) + size_bytes > _MOST_LARGEST * self.limit_bytes:
            raise ScanRejected("too_many_uploads")
        upload_id = uuid.uuid4().hex
        now = datetime.now(UTC)
        about = About(name=name, size_bytes=size_bytes, mark=mark, made_at=now, from_folder=from_folder)
        folder = self._of(session_id) / upload_id
        with _disk_errors():
            make_folders(folder)
            if shutil.disk_usage(folder).free < size_bytes + _KEPT_FREE_BYTES:
                shutil.rmtree(folder)
                raise ServiceUnavailable("disk_full")
            _write(folder / "data", b"")
            _write(folder / "about.json", about.model_dump_json().encode())
        return self.get(session_id, upload_id)

    def of_session(self, session_id: str) -> tuple[Upload, ...]:
        """The uploads of a session, in the order in which they began."""
        try:
            names = [path.name for path in self._of(session_id).iterdir() if _ID.fullmatch(path.name)]
        except FileNotFoundError:
            return ()
        found = [upload for name in names if (upload := self._find(session_id, name)) is not None]
        return tuple(sorted(found, key=lambda upload: (upload.about.made_at, upload.upload_id)))

    def get(self, session_id: str, upload_id: str) -> Upload:
        """Raises: NotFound (no_such_upload), for another session's as well."""
        found = self._find(session_id, upload_id)
        if found is None:
            raise NotFound("no_such_upload")
        return found

    def append(self, session_id: str, upload_id: str, offset_bytes: int, data: bytes) -> Upload:
        """Add bytes behind the first `offset_bytes`; they survive a crash of this machine when this returns.

        A connection that was thought dead may wake up: what it sends counts only where nobody has gone on meanwhile.

        Raises:
            NotFound: no_such_upload.
            ScanRejected: (upload_moved) other bytes are there already, or some before are missing; (too_large) it
                becomes larger than was said.
            ServiceUnavailable: disk_full.
        """
        about = self.get(session_id, upload_id).about
        try:
            with _disk_errors(), self.data(session_id, upload_id).open("r+b", buffering=0) as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if file.seek(0, os.SEEK_END) != offset_bytes:
                    raise ScanRejected("upload_moved")
                if offset_bytes + len(data) > about.size_bytes:
                    raise ScanRejected("too_large", f"> {about.size_bytes} B")
                left = memoryview(data)
                while left:
                    left = left[file.write(left) :]
                os.fsync(file.fileno())
        except FileNotFoundError:
            raise NotFound("no_such_upload") from None
        return self.get(session_id, upload_id)

    def data(self, session_id: str, upload_id: str) -> Path:
        """Where the bytes lie."""
        return self._of(session_id) / upload_id / "data"

    def pictures(self, session_id: str, upload_id: str) -> Path:
        """A folder for pictures of its pages, gone with it. Raises: NotFound (no_such_upload)."""
        self.get(session_id, upload_id)
        folder = self._of(session_id) / upload_id / "pages"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def remove(self, session_id: str, upload_id: str) -> None:
        """Put it away: back into the scan folder if it is from there, else for good.

        Raises: NotFound (no_such_upload).
        """
        upload = self.get(session_id, upload_id)
        if upload.about.from_folder and upload.is_whole:  # of half a file the whole one still lies in the folder
            with suppress(FileNotFoundError):  # somebody else puts it back at this moment
                self._give_back(self.data(session_id, upload_id), upload.about.name)
        self._forget(session_id, upload_id)

    # -- handing in ---------------------------------------------------------------------------------------------------

    def circumstances(self, session_id: str) -> Circumstances:
        """What the next handing in is about; nothing was said: the defaults."""
        try:
            return Circumstances.model_validate_json((self._of(session_id) / "circumstances.json").read_bytes())
        except FileNotFoundError:
            return Circumstances()

    def set_circumstances(self, session_id: str, circumstances: Circumstances) -> None:
        """Say what the next handing in is about. Raises: ServiceUnavailable (disk_full)."""
        folder = self._of(session_id)
        with _disk_errors():
            make_folders(folder)
            _write(folder / "circumstances.json", circumstances.model_dump_json().encode())

    def hand_in(
        self, session_id: str, upload_ids: Sequence[str], receive: Callable[[Sequence[IncomingFile]], str]
    ) -> str:
        """Hand uploads in, in this order, as what belongs together; they are no longer waiting then.

        The same uploads handed in again, at the same moment or later in the session, are the same submission.

        Args:
            session_id: whose they are.
            upload_ids: at least one.
            receive: makes the bytes safe elsewhere, and returns the submission's id.

        Raises:
            NotFound: (no_such_upload) one is not there, or has become part of something else.
            ScanRejected: (upload_unfinished) bytes are missing; and what `receive` raises: all keep waiting then.
            ServiceUnavailable: disk_full, and what `receive` raises.
        """
        with self._alone(session_id) as folder:
            handed = _handed(folder)
            became = {handed.get(upload_id) for upload_id in upload_ids}
            (known,) = became if len(became) == 1 else (None,)
            if known is not None:
                return known
            if became != {None}:
                raise NotFound("no_such_upload")
            uploads = [self.get(session_id, upload_id) for upload_id in upload_ids]
            if not all(upload.is_whole for upload in uploads):
                raise ScanRejected("upload_unfinished")
            with ExitStack() as opened:
                streams = [opened.enter_context(self.data(session_id, one).open("rb")) for one in upload_ids]
                names = [upload.about.name for upload in uploads]
                submission_id = receive([IncomingFile(*each) for each in zip(names, streams, strict=True)])
            with suppress(FileNotFoundError):  # the session ended meanwhile; what was received stays received
                # All of them in one file: a crash leaves none of what belongs together to be handed in alone.
                became_it = [*(one for one, it in handed.items() if it == submission_id), *upload_ids]
                _write(folder / "handed" / submission_id, "\n".join(became_it).encode())
            for upload_id in upload_ids:
                self._forget(session_id, upload_id)
            return submission_id

    # -- the end ------------------------------------------------------------------------------------------------------

    def sessions(self) -> tuple[str, ...]:
        """The sessions that have something here."""
        try:
            return tuple(sorted(path.name for path in self._folder.iterdir() if _ID.fullmatch(path.name)))
        except FileNotFoundError:
            return ()

    def wipe(self, session_id: str) -> None:
        """Remove all that a session has here. What it has handed in lies elsewhere."""
        stay = [one for one in self.of_session(session_id) if not self._put_away(session_id, one.upload_id)]
        if not stay:
            shutil.rmtree(self._of(session_id), ignore_errors=True)

    def expire(self, now: datetime) -> None:
        """Remove the uploads that nobody has touched for long."""
        for session_id in self.sessions():
            for upload in self.of_session(session_id):
                if upload.expires_at <= now:
                    self._put_away(session_id, upload.upload_id)

    def _put_away(self, session_id: str, upload_id: str) -> bool:
        """False: the scan folder does not take it back now, so it may not be removed."""
        try:
            self.remove(session_id, upload_id)
        except NotFound:  # the officer himself was quicker
            return True
        except OSError as error:
            log.warning("upload %s stays: the scan folder is away: %s", upload_id, os.strerror(error.errno or 0))
            return False
        return True

    def _forget_what_was_handed_in(self) -> None:
        """Remove uploads that a crash has left although they were handed in."""
        for session_id in self.sessions():
            for upload_id in _handed(self._of(session_id)):
                self._forget(session_id, upload_id)

    def _forget(self, session_id: str, upload_id: str) -> None:
        shutil.rmtree(self._of(session_id) / upload_id, ignore_errors=True)

    def _of(self, session_id: str) -> Path:
        if not _ID.fullmatch(session_id):
            raise NotFound("no_such_upload")
        return self._folder / session_id

    def _find(self, session_id: str, upload_id: str) -> Upload | None:
        if not _ID.fullmatch(upload_id):
            return None
        folder = self._of(session_id) / upload_id
        try:
            about = About.model_validate_json((folder / "about.json").read_bytes())
            status = (folder / "data").stat()
        except FileNotFoundError:
            return None
        touched_at = datetime.fromtimestamp(status.st_mtime, UTC)
        return Upload(upload_id=upload_id, about=about, received_bytes=status.st_size, touched_at=touched_at)

    @contextmanager
    def _alone(self, session_id: str) -> Iterator[Path]:
        """The folder of a session while nobody else hands in there."""
        folder = self._of(session_id)
        with _disk_errors():
            make_folders(folder / "handed")
            descriptor = os.open(folder / "handed", os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield folder
        finally:
            os.close(descriptor)


def _handed(folder: Path) -> dict[str, str]:
    """The submissions that uploads of this session's folder became."""
    try:
        marks = [path for path in (folder / "handed").iterdir() if not path.name.startswith(".")]
    except FileNotFoundError:
        return {}
    return {upload_id: mark.name for mark in marks for upload_id in mark.read_text("ascii").split()}


def _write(file: Path, content: bytes) -> None:
    """Write a file whole or not at all, for our user alone."""
    draft = file.with_name(f".{file.name}-{uuid.uuid4().hex}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(file.parent)


@contextmanager
def _disk_errors() -> Iterator[None]:
    """What the disk refuses becomes our error; a folder that is gone stays what it is."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ServiceUnavailable("disk_full", os.strerror(error.errno or 0)) from None
