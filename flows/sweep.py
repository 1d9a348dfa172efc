"""Puts right what time and crashes leave behind, as a Prefect flow on a schedule."""

from datetime import UTC, datetime
from functools import partial

import anyio
from prefect import flow

from pipeline.adapters.flow_server import SWEEP
from pipeline.adapters.hook_sender import deliver_due
from pipeline.archive import Archive
from pipeline.audit.closing import Closing, each_office
from pipeline.audit_ports import AuditCopy
from pipeline.destroying import DESTROYING, carry_out_all
from pipeline.offices import known_offices, logged_offices
from pipeline.program_ports import KEEP_ANSWERS_S
from pipeline.recording import catch_up
from pipeline.resume import resume
from pipeline.settings import Settings, load_settings
from pipeline.turns import turn
from pipeline.wiring import open_archive, open_audit_copy

_AT_ONCE = 200
_RECORDS_AT_ONCE = 2000
"""After an upgrade all records are written anew; the next sweep goes on, and nobody's papers wait for it meanwhile."""
"""Webhooks told in one sweep; the next sweep tells the next ones."""


@flow(name=SWEEP)
async def sweep() -> None:
    """Empty the intake area, write what was decided, destroy what two people approved, keep how far the log has come.

    Records that are behind their rows are written, what webhooks are still to be told is delivered, and answers that
    nobody may ask for again are removed. A run that meets another one at work ends at once.

    Raises:
        ServiceUnavailable: store or database is away; the next sweep does the rest.

    """
    await anyio.to_thread.run_sync(_sweep)


def _sweep() -> None:
    settings = load_settings()
    with open_archive(settings) as archive, turn(archive.tables.turns, SWEEP, settings.lease_s) as mine:
        if mine:
            _put_right(archive, settings)


def _put_right(archive: Archive, settings: Settings) -> None:
    now, offices = datetime.now(UTC), known_offices(settings, archive.tables)
    for office_id in offices:
        resume(archive, office_id, now)
        catch_up(archive.store, archive.tables.records, office_id, _RECORDS_AT_ONCE)
        archive.intake.expire(office_id, now)
        with turn(archive.tables.turns, DESTROYING, settings.lease_s) as mine:
            if mine:
                carry_out_all(archive, settings.office_called, office_id)
    archive.tables.answered.expire(KEEP_ANSWERS_S)
    deliver_due(archive.tables.hooks, _AT_ONCE, settings.known_hook_hosts)
    # Last, since the place elsewhere may be away.
    logged = logged_offices(settings, archive.tables)
    each_office(logged, partial(_keep_head, archive, open_audit_copy(settings)))


def _keep_head(archive: Archive, copy: AuditCopy | None, office_id: str) -> None:
    Closing(office_id, archive.store, archive.tables.audit, archive.tables.access_log, copy).keep_head()
