"""Keeps a lease alive while the work goes on, and says when work that failed is tried again."""

import hashlib
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.errors import ServiceUnavailable
from pipeline.table_ports import Leases
from schemas.dossier import Lease

_LOG = logging.getLogger("hoso")
_SHOW_S = 0.5
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 30.0, 900.0
_SPREAD = 0.2


def retry_after_s(submission_id: str, attempts: int) -> float:
    """How long to wait, in seconds, after `attempts` failures: twice as long each time, up to a quarter of an hour.

    Each submission differs by up to a fifth, always the same way, so that what failed together does not come back at
    the same moment.
    """
    pause_s = min(_FIRST_PAUSE_S * 2.0 ** (attempts - 1), _LONGEST_PAUSE_S)
    place = hashlib.sha256(f"{submission_id}/{attempts}".encode()).digest()[0] / 255
    return pause_s * (1 - _SPREAD * place)


class Renewal(threading.Thread):
    """Renews a lease three times in its term, and shows progress (`pages_done`, `pages_total`) within half a second."""

    def __init__(self, leases: Leases, lease: Lease, lease_s: float) -> None:
        """Args: lease_s: the term, in seconds."""
        super().__init__(name=f"lease-{lease.submission_id}", daemon=True)
        self.pages_done, self.pages_total = 0, 0
        self._leases, self._lease, self._lease_s = leases, lease, lease_s
        self._stopped = threading.Event()

    def run(self) -> None:
        """Renew until stopped. A lease that is lost is told by `Leases.finish`, which then writes nothing."""
        shown, due = -1, 0.0
        while not self._stopped.wait(min(_SHOW_S, self._lease_s / 3)):
            now, pages_done = time.monotonic(), self.pages_done
            if pages_done == shown and now < due:
                continue
            shown, due = pages_done, now + self._lease_s / 3
            try:
                self._leases.renew(self._lease, self._lease_s, pages_done, self.pages_total or None)
            except ServiceUnavailable as error:
                _LOG.warning("lease of %s not renewed: %s", self._lease.submission_id, error.code)

    def stop(self) -> None:
        """Stop renewing; returns when the last renewal is over."""
        self._stopped.set()
        self.join()


@contextmanager
def renewed(leases: Leases, lease: Lease, lease_s: float) -> Iterator[Renewal]:
    """Hold a lease alive inside the context."""
    renewal = Renewal(leases, lease, lease_s)
    renewal.start()
    try:
        yield renewal
    finally:
        renewal.stop()
