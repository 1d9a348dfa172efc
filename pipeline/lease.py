"""Keeps a lease alive while the work goes on, and says when work that failed is tried again."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ServiceUnavailable
from schemas.dossier import Lease, Submission

_LOG = logging.getLogger("hoso")
_SHOW_S = 0.5
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 30.0, 900.0
_SPREAD = 0.2

OnProgress = Callable[[int, int], None]
"""Called with pages done and pages in all."""


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

    def __init__(self, submission_id: str, renew: Callable[[int, int | None], None], lease_s: float) -> None:
        """Renews nothing until it is started.

        Args:
            submission_id: what is worked on.
            renew: renews the lease for another term; is given the pages done and in all.
            lease_s: the term, in seconds.
        """
        super().__init__(name=f"lease-{submission_id}", daemon=True)
        self.pages_done, self.pages_total = 0, 0
        self._submission_id, self._renew, self._lease_s = submission_id, renew, lease_s
        self._stopped, self._lost = threading.Event(), threading.Event()

    def run(self) -> None:
        """Renew until stopped, or until the lease is another's. A database that is away may be back in time."""
        shown, due = -1, 0.0
        while not self._stopped.wait(min(_SHOW_S, self._lease_s / 3)):
            now, pages_done = time.monotonic(), self.pages_done
            if pages_done == shown and now < due:
                continue
            shown, due = pages_done, now + self._lease_s / 3
            try:
                self._renew(pages_done, self.pages_total or None)
            except ServiceUnavailable as error:
                _LOG.warning("lease of %s not renewed: %s", self._submission_id, error.code)
                if error.code == "lease_lost":
                    self._lost.set()
                    return

    def check(self) -> None:
        """Asked between the steps of the work. Raises: ServiceUnavailable (lease_lost): another has taken it over."""
        if self._lost.is_set():
            raise ServiceUnavailable("lease_lost", self._submission_id)

    def stop(self) -> None:
        """Stop renewing; returns when the last renewal is over."""
        self._stopped.set()
        self.join()


@dataclass(frozen=True)
class HeldWork:
    """A submission that this worker holds, its private folder, and what is asked between the steps of the work."""

    lease: Lease
    submission: Submission
    folder: Path
    renewal: Renewal
    stopping: threading.Event
    on_progress: OnProgress | None

    def check(self) -> None:
        """Whether the work may go on.

        Raises:
            ServiceUnavailable: (lease_lost) another has taken it over; (given_back) this process is to stop.
        """
        self.renewal.check()
        if self.stopping.is_set():
            raise ServiceUnavailable("given_back", self.lease.submission_id)

    def go_on(self, done: int, total: int) -> None:
        """Show how many pages are done, and check."""
        self.check()
        self.renewal.pages_done, self.renewal.pages_total = done, total
        if self.on_progress is not None:
            self.on_progress(done, total)


@contextmanager
def renewed(submission_id: str, renew: Callable[[int, int | None], None], lease_s: float) -> Iterator[Renewal]:
    """Hold a lease alive inside the context; the arguments are those of `Renewal`."""
    renewal = Renewal(submission_id, renew, lease_s)
    renewal.start()
    try:
        yield renewal
    finally:
        renewal.stop()
