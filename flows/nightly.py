"""What is done once a night, as Prefect flows on a schedule: marks on papers, and the day's figures."""

from datetime import UTC, datetime

import anyio
from prefect import flow

from pipeline.adapters.flow_server import KEEP_FIGURES, MARK_PAPERS
from pipeline.catalogue import load_catalogue
from pipeline.figures import keep_days
from pipeline.local_time import local_day
from pipeline.marking import mark_office
from pipeline.offices import known_offices
from pipeline.settings import load_settings
from pipeline.turns import turn
from pipeline.wiring import open_store, open_tables


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
