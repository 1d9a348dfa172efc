"""Steps 2 to 10 for one submission, as a Prefect flow.

Our own table of submissions says how far the work is. A run that dies needs nothing from Prefect: its lease expires and
the sweep asks for another one, so there are no retries here.
"""

import anyio
from prefect import flow

from pipeline.adapters.flow_server import DIGITISE
from pipeline.settings import load_settings
from pipeline.wiring import open_archive


# A synchronous flow would last a second at least: Prefect joins its heartbeat thread, which wakes once a second.
@flow(name=DIGITISE)
async def digitise_submission(submission_id: str) -> None:
    """Digitise one submission; nothing happens when it is done or somebody else works on it.

    Raises:
        NotFound: there is no such submission.
        ServiceUnavailable: store or database is away; the submission is taken up again later.

    """
    await anyio.to_thread.run_sync(_digitise, submission_id)


def _digitise(submission_id: str) -> None:
    with open_archive(load_settings()) as archive:
        archive.process(submission_id)
