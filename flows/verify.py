"""Looks at the next part of the office's objects and rows each night, as a Prefect flow on a schedule."""

from datetime import UTC, datetime

import anyio
from prefect import flow

from pipeline.findings import is_serious
from pipeline.integrity.verify import Verifying
from pipeline.offices import known_offices
from pipeline.settings import load_settings
from pipeline.turns import turn
from pipeline.wiring import open_archive

VERIFY = "verify-sample"
_OBJECTS_A_NIGHT = 20_000
"""1.4 million objects are looked at in ten weeks."""


@flow(name=VERIFY)
async def verify_sample() -> int:
    """Check about 20,000 objects of each office, going on where the last night ended; return how many findings need
    somebody. A run that meets another one at work ends at once.

    Raises:
        ServiceUnavailable: store or database is away; the next night goes on from where it was.

    """
    return await anyio.to_thread.run_sync(_verify)


def _verify() -> int:
    settings = load_settings()
    serious = 0
    with open_archive(settings) as archive, turn(archive.tables.turns, VERIFY, settings.lease_s) as mine:
        for office_id in known_offices(settings, archive.tables) if mine else ():
            report = Verifying(archive, office_id, datetime.now(UTC)).sample(_OBJECTS_A_NIGHT, lambda *_: None)
            serious += sum(is_serious(finding) for finding in report.findings)
    return serious
