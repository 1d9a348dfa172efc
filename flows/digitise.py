"""Steps 2 to 10 for one submission, and reading a range of its pages, as Prefect flows.

Our own table of submissions says how far the work is. A run that dies needs nothing from Prefect: its lease expires and
the sweep asks for another one, so there are no retries here. A run that is told to stop gives back what it holds.
"""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import anyio
from prefect import flow

from pipeline.adapters.flow_server import DIGITISE, READ_PAGES, find_flow_server
from pipeline.errors import ServiceUnavailable
from pipeline.settings import Settings, load_settings
from pipeline.wiring import open_archive
from schemas.dossier import Lane

_LOG = logging.getLogger("hoso")


# A synchronous flow would last a second at least: Prefect joins its heartbeat thread, which wakes once a second.
@flow(name=DIGITISE)
async def digitise_submission(submission_id: str, lane: Lane = "counter") -> None:
    """Digitise one submission; nothing happens when it is done or somebody else works on it.

    What further runs it needs are asked for in its lane.

    Raises:
        NotFound: there is no such submission.
        ServiceUnavailable: store or database is away; the submission is taken up again later.

    """
    with _told_to_stop() as stopping:
        await anyio.to_thread.run_sync(_digitise, submission_id, lane, stopping)


@flow(name=READ_PAGES)
async def read_pages(submission_id: str) -> None:
    """Read a range of pages of a submission that another run holds; nothing happens where none is left.

    Raises:
        ServiceUnavailable: store or database is away; somebody else reads the pages.

    """
    with _told_to_stop() as stopping:
        await anyio.to_thread.run_sync(_read_pages, submission_id, stopping)


def _digitise(submission_id: str, lane: Lane, stopping: threading.Event) -> None:
    settings = load_settings()

    def ask_readers(readers: int) -> None:
        _ask(settings, submission_id, lane, readers)

    with open_archive(settings) as archive:
        try:
            archive.process(submission_id, stopping=stopping, ask_readers=ask_readers)
        except ServiceUnavailable as error:
            if error.code != "given_back":
                raise
            _ask(settings, submission_id, lane)


def _read_pages(submission_id: str, stopping: threading.Event) -> None:
    with open_archive(load_settings()) as archive:
        try:
            archive.read_range(submission_id, stopping)
        except ServiceUnavailable as error:
            if error.code != "given_back":
                raise


def _ask(settings: Settings, submission_id: str, lane: Lane, readers: int = 0) -> None:
    """Ask for so many readers, or for another run of the submission. Without an answer the sweep sees to it."""
    server = find_flow_server(settings.home_path)
    if server is None:
        return
    with server:
        try:
            if readers:
                server.ask_readers(submission_id, readers, lane)
            else:
                server.submit(submission_id, lane)
        except ServiceUnavailable as error:
            _LOG.warning("nobody was asked for %s: %s", submission_id, error.code)


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """Is set when the process is told to end, which stopping the worker does to its runs.

    Prefect would raise out of the waiting coroutine and end the process while the work still holds its lease.
    """
    stopping = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    try:
        yield stopping
    finally:
        signal.signal(signal.SIGTERM, before)
