"""Takes what scanners wrote to the inbox folder, as a Prefect flow on a schedule."""

import logging
import time
from functools import partial
from pathlib import Path

import anyio
from prefect import flow

from pipeline.adapters.flow_server import RECEIVE_FOLDER, find_flow_server
from pipeline.adapters.hot_folder import HotFolder, settled
from pipeline.adapters.inbox import Inbox, open_inbox
from pipeline.archive import Archive, Handing
from pipeline.errors import ScanRejected
from pipeline.incoming import IncomingFile
from pipeline.offices import known_offices
from pipeline.settings import Settings, load_settings
from pipeline.turns import turn
from pipeline.wiring import open_archive

_LOG = logging.getLogger("hoso")
_LOOK_AGAIN_S = 5.0
"""A file that did not change for this long is complete."""


@flow(name=RECEIVE_FOLDER)
async def receive_folder() -> None:
    """Receive each settled file of the inbox and its folders as a submission and ask for its digitising.

    What somebody at a counter sees and may want to take is left for a while. A run that meets another one at work ends
    at once. What is no scan is refused and told in a note beside the file.

    Raises:
        ServiceUnavailable: store, database or flow server is away; files not yet received stay where they are.
        Misconfigured: (inbox_closed) files cannot be moved out of the inbox.

    """
    await anyio.to_thread.run_sync(_receive_folder, load_settings())


def _receive_folder(settings: Settings) -> None:
    with open_archive(settings) as archive, turn(archive.tables.turns, RECEIVE_FOLDER, settings.lease_s) as mine:
        if not mine:
            return
        offices = known_offices(settings, archive.tables)
        inbox = open_inbox(settings.inbox_path, settings.office_id, offices, archive.catalogue)
        if inbox.unknown:
            _LOG.warning("%d folders of the inbox are of no office and no procedure", len(inbox.unknown))
        _receive(archive, settings, inbox)


def _receive(archive: Archive, settings: Settings, inbox: Inbox) -> None:
    server = find_flow_server(settings.home_path) if settings.reads_here else None
    left = inbox.folders[0].files.left_to_officers()
    found = settled([folder.files for folder in inbox.folders], partial(time.sleep, _LOOK_AGAIN_S))
    for folder, files in zip(inbox.folders, found, strict=True):
        actor = settings.actor.model_copy(update={"office_id": folder.office_id})
        handing = Handing(actor=actor, procedure=folder.procedure, lane="backlog")
        for file in files:
            submission_id = None if left(file) else receive_file(archive, handing, folder.files, file)
            if submission_id and server:
                server.submit(submission_id, "backlog")


def receive_file(archive: Archive, handing: Handing, folder: HotFolder, file: Path) -> str | None:
    """Receive one file, and only then move it to `done/`, or to `refused/` with the reason.

    Returns: the submission's id, or None when the file was refused, or an officer has taken it.
    """
    with folder.claimed(file) as stream:
        if stream is None:
            return None
        try:
            submission = archive.receive([IncomingFile(file.name, stream)], handing)
        except ScanRejected as refusal:
            folder.set_aside(file, "refused", f"{refusal.code}\n{refusal.message('vi')}\n{refusal.message('en')}")
            return None
        folder.set_aside(file, "done")
        return submission.submission_id
