"""Keeps a lease alive while the work goes on."""

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
