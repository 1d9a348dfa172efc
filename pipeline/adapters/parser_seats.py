"""Who gets the next parser process: a quick look before pages that are read, however many of those are waiting."""

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class ParserSeats(Generic[T]):
    """A seat for each parser, empty until one is started: one more than read pages, so that a look always finds one.

    Everyone comes in turn, but nobody who is not quick while somebody quick is waiting.
    """

    def __init__(self, readers: int) -> None:
        """Args: readers: how many at most are lent for what is not quick."""
        self._most_slow, self._slow = readers, 0
        self._seats = readers + 1
        self._idle: deque[T | None] = deque([None] * self._seats)
        self._waiting: dict[bool, deque[object]] = {True: deque(), False: deque()}
        self._changed = threading.Condition()

    @property
    def waiting(self) -> int:
        """How many are waiting for a seat."""
        return sum(map(len, self._waiting.values()))

    def take(self, *, quick: bool) -> T | None:
        """Wait for a seat and take what sits there; None: nobody does."""
        turn, queue = object(), self._waiting[quick]
        with self._changed:
            queue.append(turn)
            try:
                self._changed.wait_for(lambda: queue[0] is turn and self._is_free(quick))
            finally:
                queue.remove(turn)
                self._changed.notify_all()
            self._slow += not quick
            return self._idle.pop()

    def give_back(self, parser: T | None, *, quick: bool) -> None:
        """Give a seat back. Args: parser: None where it is no longer there; quick: as it was taken."""
        with self._changed:
            self._slow -= not quick
            if parser is None:
                self._idle.appendleft(None)
            else:
                self._idle.append(parser)  # the one that was started is the next to be taken
            self._changed.notify_all()

    def close(self) -> list[T]:
        """Wait until all are back; those that were started."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._idle) == self._seats)
            started = [parser for parser in self._idle if parser is not None]
            self._idle = deque([None] * self._seats)
            return started

    def _is_free(self, quick: bool) -> bool:
        if quick:
            return bool(self._idle)
        return bool(self._idle) and self._slow < self._most_slow and not self._waiting[True]
