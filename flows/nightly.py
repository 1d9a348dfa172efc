"""What is done once a night, as Prefect flows on a schedule: the log of the day is closed, marks, and figures."""

from datetime import UTC, datetime

import anyio
from prefect import flow

from pipeline.adapters.flow_server import CLOSE_LOG, KEEP_FIGURES, MARK_PAPERS
from pipeline.audit.closing import Closing, each_office
from pipeline.catalogue import load_catalogue
from pipeline.figures import keep_days
from pipeline.local_time import local_day
from pipeline.marking import mark_office
from pipeline.offices import known_offices, logged_offices
from pipeline.settings import load_settings
from pipeline.turns import turn
from pipeline.wiring import open_audit_copy, open_store, open_tables


@flow(name=MARK_PAPERS)
async def mark_papers() -> None:
    """Mark the papers of every office whose validity or keeping is over, or nearly so.

    Raises:
        ServiceUnavailable: database_away; the next night does it.

    """
    await anyio.to_thread.run_sync(_mark_papers)


@flow(name=KEEP_FIGURES)
async def keep_figures() -> None:
    """Keep the figures of the days that are over, as they stand now, in the store.

    Raises:
        ServiceUnavailable: store or database is away; the next night does it.

    """
    await anyio.to_thread.run_sync(_keep_figures)


@flow(name=CLOSE_LOG)
async def close_log() -> None:
    """Lay the access log of the days that are over into the store, and into the place elsewhere, if there is one.

    Raises:
        ServiceUnavailable: store, database or the place elsewhere is away, or an office's last day is altered; the
            other offices' days are closed all the same, and the next night goes on.

    """
    await anyio.to_thread.run_sync(_close_log)


def _close_log() -> None:
    settings, today = load_settings(), local_day(datetime.now(UTC))
    store, copy = open_store(settings), open_audit_copy(settings)
    with open_tables(settings) as tables, turn(tables.turns, CLOSE_LOG, settings.lease_s) as mine:

        def close(office_id: str) -> None:
            Closing(office_id, store, tables.audit, tables.access_log, copy).close_days(today)

        each_office(logged_offices(settings, tables) if mine else (), close)


def _mark_papers() -> None:
    settings, today = load_settings(), local_day(datetime.now(UTC))
    catalogue = load_catalogue(settings.catalogue)
    with open_tables(settings) as tables, turn(tables.turns, MARK_PAPERS, settings.lease_s) as mine:
        for office_id in known_offices(settings, tables) if mine else ():
            mark_office(tables, catalogue, office_id, today)


def _keep_figures() -> None:
    settings, today = load_settings(), local_day(datetime.now(UTC))
    store = open_store(settings)
    with open_tables(settings) as tables, turn(tables.turns, KEEP_FIGURES, settings.lease_s) as mine:
        for office_id in known_offices(settings, tables) if mine else ():
            keep_days(store, tables.figures, office_id, today)
