"""Doing alone what only one may do at a time, whoever else starts it: a schedule, a second flow server, an operator."""

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.errors import ServiceUnavailable
from pipeline.schedule_ports import Turns

_LOG = logging.getLogger("hoso")


@contextmanager
def turn(turns: Turns, name: str, lease_s: float) -> Iterator[bool]:
    """Gives whether the turn `name` is ours; nobody else has it while the context lasts.

    A process that dies loses its turn `lease_s` seconds later. One that is cut off from the database for that long
    loses it too, and may meet another at the same work: all that is done in turns may be done twice.

    Raises:
        ServiceUnavailable: database_away.
    """
    owner = uuid.uuid4().hex
    if not turns.claim(name, owner, lease_s):
        yield False
        return
    over = threading.Event()
    keeping = threading.Thread(target=_keep, args=(turns, name, owner, lease_s, over), name=f"turn-{name}", daemon=True)
    keeping.start()
    try:
        yield True
    finally:
        over.set()
        keeping.join()
        turns.give_back(name, owner)


def _keep(turns: Turns, name: str, owner: str, lease_s: float, over: threading.Event) -> None:
    while not over.wait(lease_s / 3):
        try:
            turns.claim(name, owner, lease_s)
        except ServiceUnavailable as error:
            _LOG.warning("turn %s not kept: %s", name, error.code)
