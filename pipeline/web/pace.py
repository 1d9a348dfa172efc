"""How fast one sender may ask: so much at once, and then so much a second."""

import threading
import time
from collections.abc import Callable

_MOST_SENDERS = 20_000


class Pace:
    """A bucket for each sender, which each request takes from. One for a process; threads may share it.

    Several processes each have their own: together they let that many times as much through.
    """

    def __init__(self, burst: int, per_s: float, now_s: Callable[[], float] = time.monotonic) -> None:
        """Args: burst: so many at once; per_s: so many a second afterwards; now_s: a clock that never goes back."""
        self._burst, self._per_s, self._now_s = float(burst), per_s, now_s
        self._left: dict[str, tuple[float, float]] = {}
        """What is left to a sender, and since when."""
        self._lock = threading.Lock()

    def wait_s(self, sender: str) -> float:
        """Count a request: 0, or after how many seconds the sender may ask again; this one is then not counted."""
        with self._lock:
            now_s = self._now_s()
            left, since_s = self._left.pop(sender, (self._burst, now_s))
            left = min(self._burst, left + (now_s - since_s) * self._per_s)
            wait_s = max(0.0, (1.0 - left) / self._per_s)
            self._left[sender] = (
                left if wait_s else left - 1.0,
                now_s,
            )  # behind all others, so the first is the oldest
            while len(self._left) > _MOST_SENDERS:
                del self._left[next(iter(self._left))]
        return wait_s
