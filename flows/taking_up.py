"""Has lost work taken up: what waits and has no run to come gets one, and runs that died are told so.

Beside each worker, not in a run of its own: a run takes seconds to start, and a worker whose runs all died must not
wait for one. Of several workers one looks at a time.
"""

import logging
import threading
from typing import get_args

from pipeline.adapters.flow_server import FlowServer, find_flow_server
from pipeline.archive import Archive
from pipeline.errors import ServiceUnavailable
from pipeline.settings import Settings
from pipeline.turns import turn
from pipeline.wiring import open_archive
from schemas.dossier import Lane

_LOG = logging.getLogger("hoso")
_TURN = "taking-up"
_EVERY_S = 10.0
_AT_ONCE = 200
"""Submissions looked at in one round; the next round takes the next ones."""


class TakingUp(threading.Thread):
    """Looks every ten seconds, from its start until `stop` is set; a service that is away is waited for."""

    def __init__(self, settings: Settings, stop: threading.Event) -> None:
        super().__init__(name="taking-up", daemon=True)
        self._settings, self._stop_asked = settings, stop

    def run(self) -> None:
        """See `TakingUp`."""
        while not self._stop_asked.is_set():
            try:
                with open_archive(self._settings) as archive:
                    self._look(archive)
            except ServiceUnavailable as error:
                _LOG.warning("lost work not taken up: %s", error.code)
            self._stop_asked.wait(_EVERY_S)

    def _look(self, archive: Archive) -> None:
        while not self._stop_asked.wait(_EVERY_S):
            server = find_flow_server(self._settings.home_path)
            if server is None:
                continue
            with server, turn(archive.tables.turns, _TURN, self._settings.lease_s) as mine:
                if mine:
                    server.crash_dead(archive.tables.leases.held)
                    take_up_again(archive, server)


def take_up_again(archive: Archive, server: FlowServer) -> int:
    """Ask for a run of each submission that waits and has none to come; the number asked for."""
    waiting = {lane: archive.waiting(_AT_ONCE, lane) for lane in get_args(Lane)}
    return sum(server.submit_lost(one, lane) for lane, submissions in waiting.items() for one in submissions)
