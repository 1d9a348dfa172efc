"""Hands over to the centre what this counter's machine has received, as a Prefect flow on a schedule."""

import logging

import anyio
from prefect import flow

from pipeline.adapters.flow_server import SYNC
from pipeline.errors import ServiceUnavailable
from pipeline.settings import load_settings
from pipeline.wiring import open_sync

_LOG = logging.getLogger("hoso")


@flow(name=SYNC)
async def sync() -> None:
    """Hand over what waits; nothing happens on a machine without a centre, or while another run is at work.

    That the centre is away is no failure: it is what this machine is for, and the pages tell it.

    Raises:
        Misconfigured: the centre refuses this machine's token, or there is none at its address.

    """
    await anyio.to_thread.run_sync(hand_over)


def hand_over() -> None:
    """What the flow does."""
    settings = load_settings()
    if settings.reads_here:
        return
    with open_sync(settings) as syncing:
        try:
            for _ in syncing.run(lambda _: None, again=False):
                pass
        except ServiceUnavailable as error:
            _LOG.warning("what waits is handed over later: %s %s", error.code, error.detail)
