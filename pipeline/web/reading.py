"""Has received submissions read: by a worker where there is a flow server, else by one thread of this process."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

from pipeline.adapters.flow_server import FlowServer, find_flow_server
from pipeline.archive import Archive
from pipeline.errors import HosoError, ServiceUnavailable
from pipeline.settings import Settings

_LOG = logging.getLogger(__name__)
_AT_ONCE = 20


class Reading:
    """Begins the work on what was received. Nothing is queued here: our table of submissions is the queue."""

    def __init__(self, settings: Settings, open_archive: Callable[[Settings], AbstractContextManager[Archive]]) -> None:
        """Args: open_archive: gives the thread an archive of its own."""
        self._settings = settings
        self._open_archive = open_archive
        self._wake, self._closed = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        # A flow server at work may take seconds to answer, and who hands in papers has a citizen before him.
        self._telling = ThreadPoolExecutor(1, thread_name_prefix="telling")

    def begin(self, submission_id: str) -> None:
        """Have a submission read soon. It is safe already: if the flow server does not answer, the sweep sees to it."""
        if not self._settings.reads_here:  # the centre reads it
            return
        server = find_flow_server(self._settings.home_path)
        if server is None:
            self._read_here()
            return
        self._telling.submit(_tell, server, submission_id)

    def close(self) -> None:
        """Have the thread give back the submission it is at, and end it; what was not told yet waits for the sweep."""
        self._closed.set()
        self._telling.shutdown(cancel_futures=True)
        self._wake.set()
        if self._thread:
            self._thread.join()

    def _read_here(self) -> None:
        self._wake.set()
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="reading")
            self._thread.start()

    def _run(self) -> None:
        with self._open_archive(self._settings) as archive:
            while not self._closed.is_set():
                # Also without a call now and then: what another process dropped is waiting once its lease is over.
                self._wake.wait(self._settings.lease_s)
                self._wake.clear()
                self._read_waiting(archive)

    def _read_waiting(self, archive: Archive) -> None:
        """Read one after the other, each the first of those that wait by then: the counter goes before the backlog."""
        tried: set[str] = set()
        while not self._closed.is_set():
            waiting = archive.waiting(_AT_ONCE)
            submission_id = next((one for one in waiting if one not in tried), None)
            if submission_id is None:
                return
            tried.add(submission_id)
            try:
                archive.process(submission_id, stopping=self._closed)
            except HosoError as error:  # The table says what became of it; the others are not to wait.
                _LOG.warning("submission %s: %s", submission_id, error)


def _tell(server: FlowServer, submission_id: str) -> None:
    with server:
        try:
            server.submit(submission_id)
        except ServiceUnavailable as error:
            _LOG.warning("submission %s waits for the sweep: %s", submission_id, error)
