"""What the web process holds for receiving: uploads in waiting, looks at them, the scan folder; and their end."""

import logging
import os
import re
import threading
from collections import OrderedDict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import Request

from pipeline import media
from pipeline.adapters.hot_folder import Arrived, HotFolder
from pipeline.adapters.inbox import open_inbox
from pipeline.archive import Archive
from pipeline.entrance import Entrance
from pipeline.errors import HosoError, Misconfigured, NotFound
from pipeline.offices import known_offices
from pipeline.pages import ScanFile
from pipeline.settings import Settings
from pipeline.upload_looks import UploadLooks
from pipeline.uploads import WaitingUploads

_LOG = logging.getLogger(__name__)
_BLOCK_BYTES = 1 << 20
_PERIOD_S = 20.0
_SESSION = re.compile(r"[0-9a-f]{64}")
"""Other ids are those of programs' tokens, which nobody leaves alone: what they send goes by its age."""
_MOST_PICTURES = 100
"""Of files in the scan folder, kept in memory: nothing of them is written before somebody takes them."""


class Receiving:
    """The receiving tables of all sessions."""

    def __init__(self, settings: Settings, archive: Archive) -> None:
        """Args: whose scan folder and limits count, and who looks at pages."""
        self.folder = HotFolder(settings.inbox_path)
        self.office_id = settings.office_id
        limit_bytes = settings.limits.max_file_mb << 20
        self.uploads = WaitingUploads(settings.home_path / "run" / "uploads", limit_bytes, self.folder.give_back)
        self.looks = UploadLooks(self.uploads, archive.parsers, archive.catalogue)
        self._settings, self._archive = settings, archive
        self._parsers = archive.parsers
        self._pictures: OrderedDict[str, bytes] = OrderedDict()

    def wipe(self, session_id: str) -> None:
        """Remove all that a session has waiting: it is over."""
        self.looks.forget(session_id)
        self.uploads.wipe(session_id)

    def scans(self) -> tuple[Arrived, ...] | None:
        """What lies in the scan folder, left to the officers for a while since one sees it; None while it is away."""
        try:
            self.folder.watch()
            return self.folder.arrived()
        except OSError as error:
            _LOG.warning("the scan folder is away: %s", os.strerror(error.errno or 0))
            return None

    def strange_folders(self) -> int:
        """How many folders of the scan folder are of no office and no procedure, so that nothing is taken from them.

        Raises: ServiceUnavailable (database_away).
        """
        offices = known_offices(self._settings, self._archive.tables)
        try:
            inbox = open_inbox(self._settings.inbox_path, self.office_id, offices, self._archive.catalogue)
        except (OSError, Misconfigured):  # the scan folder is away, or closed to us: the schedule's run says so
            return 0
        return len(inbox.unknown)

    def take(self, session_id: str, file_id: str) -> str:
        """Move a file of the scan folder to a session's uploads, and return its id there. One of several gets it.

        Raises:
            NotFound: (no_such_upload) somebody else has taken it, or it has changed.
            ScanRejected: empty_file, too_large.
            ServiceUnavailable: disk_full.
        """
        found = self.folder.find(file_id)
        with self.folder.claimed(found.path) as stream:
            if stream is None:
                raise NotFound("no_such_upload")
            upload = self.uploads.begin(session_id, found.path.name, found.size_bytes, from_folder=True)
            try:
                while block := stream.read(_BLOCK_BYTES):
                    upload = self.uploads.append(session_id, upload.upload_id, upload.received_bytes, block)
            except HosoError:
                self.uploads.remove(session_id, upload.upload_id)
                raise
            found.path.unlink()
        return upload.upload_id

    def picture(self, file_id: str) -> bytes:
        """A small JPEG of the first page of a file in the scan folder.

        Raises:
            NotFound: (no_such_upload) somebody has taken it.
            ScanRejected: nothing of it can be seen.
        """
        if file_id not in self._pictures:
            self._pictures[file_id] = self._draw(self.folder.find(file_id).path)
            while len(self._pictures) > _MOST_PICTURES:
                self._pictures.popitem(last=False)
        return self._pictures[file_id]

    def _draw(self, path: Path) -> bytes:
        try:
            with path.open("rb") as file:
                kind = media.scan_type(file.read(media.HEAD_BYTES))
            with TemporaryDirectory(prefix="hoso-folder-") as folder:
                target = Path(folder) / "1.jpg"
                self._parsers.look(ScanFile(path, kind), 1, target)
                return target.read_bytes()
        except FileNotFoundError:
            raise NotFound("no_such_upload") from None


class Closing:
    """A thread that ends the sessions that were left alone, and wipes what sessions that are over have left."""

    def __init__(self, entrance: Entrance, receiving: Receiving) -> None:
        """Args: whose sessions, and where they leave something. The thread begins at once."""
        self._entrance, self._receiving = entrance, receiving
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="closing")
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        self._thread.join()

    def close_idle(self) -> None:
        """Do it now. Raises: ServiceUnavailable (database_away)."""
        self._entrance.close_idle()
        for session_id in self._receiving.uploads.sessions():
            if _SESSION.fullmatch(session_id) and not self._entrance.goes_on(session_id):
                self._receiving.wipe(session_id)
        self._receiving.uploads.expire(datetime.now(UTC))

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                self.close_idle()
            except HosoError as error:  # the database is away; the next round does it
                _LOG.warning("idle sessions are closed later: %s", error)
            self._closed.wait(_PERIOD_S)


def receiving_of(request: Request) -> Receiving:
    """The receiving tables of this process."""
    receiving: Receiving = request.app.state.receiving
    return receiving
