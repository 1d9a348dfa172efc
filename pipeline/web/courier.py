"""Tells webhooks what became of papers, by one thread of the web process. The sweep does the same without it."""

import logging
import threading
from collections.abc import Collection

from pipeline.adapters.hook_sender import deliver_due
from pipeline.errors import HosoError
from pipeline.program_ports import Hooks

_LOG = logging.getLogger(__name__)
_LOOK_EVERY_S = 2.0
_AT_ONCE = 50


class Courier:
    """Looks into the outbox every few seconds from `start` to `close`."""

    def __init__(self, hooks: Hooks, hosts: Collection[str] = ()) -> None:
        """Args: hosts: the only ones that are told; empty: any."""
        self._hooks, self._hosts, self._closed = hooks, hosts, threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """Let the delivery at hand end, and stop."""
        self._closed.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closed.wait(_LOOK_EVERY_S):
            try:
                deliver_due(self._hooks, _AT_ONCE, self._hosts)
            except HosoError as error:  # The database is away; what is due stays due.
                _LOG.warning("webhooks wait: %s", error)
