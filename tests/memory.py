"""Memory of running programs, as the kernel tells it in /proc."""

import re
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

_INTERVAL_S = 0.05
"""The heaviest moments of a page last a tenth of a second and more; a look takes a millisecond a process."""


def descendants(pid: int) -> list[int]:
    """The processes that a process started, and theirs, as far as they still run."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found.extend(map(int, (task / "children").read_text().split()))
    except OSError:  # it has ended since it was listed
        return found
    return found + [further for child in found for further in descendants(child)]


def proportional_mb(pid: int) -> float:
    """Memory of a process (PSS): what it alone has, and its part of what it shares; 0 when it has ended."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return int(found[1]) * 1024 / 1e6 if found else 0.0


class MemoryWatch:
    """Looks again and again, during a block, at how much memory a process and its descendants have together.

    `peak_mb` is the most that was seen: the sum of their proportional set sizes, so nothing that they share counts
    twice. `samples_mb` are all the sums in order.
    """

    def __init__(self, pid: int, *, itself: bool = True) -> None:
        """Args: pid: the process; itself: whether its own memory counts."""
        self._own = (pid,) if itself else ()
        self.samples_mb: list[float] = []
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    @property
    def peak_mb(self) -> float:
        return max(self.samples_mb, default=0.0)

    def _watch(self) -> None:
        while not self._over.wait(_INTERVAL_S):
            self.samples_mb.append(sum(map(proportional_mb, (*self._own, *descendants(self._pid)))))
