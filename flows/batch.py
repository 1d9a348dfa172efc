"""Takes what scanners wrote to the inbox folder, as a Prefect flow on a schedule."""

import time
from functools import partial
from pathlib import Path

import anyio
from prefect import flow

from pipeline.adapters.flow_server import RECEIVE_FOLDER, find_flow_server
from pipeline.adapters.hot_folder import HotFolder
from pipeline.archive import Archive, Handing
from pipeline.errors import ScanRejected
from pipeline.incoming import IncomingFile
from pipeline.settings import Settings, load_settings
from pipeline.wiring import open_archive

_LOOK_AGAIN_S = 5.0
"""A file that did not change for this long is complete."""


@flow(name=RECEIVE_FOLDER)
async def receive_folder() -> None:
    """Receive each settled file of the inbox as a submission and ask for its digitising.

    What somebody at a counter sees and may want to take is left for a while. A run that meets another one at work ends
    at once. What is no scan is refused and told in a note beside the file.

    Raises:
        ServiceUnavailable: store, database or flow server is away; files not yet received stay where they are.

    """
    await anyio.to_thread.run_sync(_receive_folder, load_settings())


def _receive_folder(settings: Settings) -> None:
    folder = HotFolder(settings.inbox_path)
    with folder.only_me() as mine:
        left = folder.left_to_officers()
        files = [file for file in folder.settled(partial(time.sleep, _LOOK_AGAIN_S)) if not left(file)] if mine else []
        if not files:
            return
        server = find_flow_server(settings.home_path) if settings.reads_here else None
        with open_archive(settings) as archive:
            for file in files:
                submission_id = receive_file(archive, Handing(actor=settings.actor), folder, file)
                if submission_id and server:
                    server.submit(submission_id)


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
