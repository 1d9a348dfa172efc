"""What was shown to whom a moment ago: the pages and pictures of one look are one look in the access log."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Literal

from fastapi import Request

from pipeline.errors import Forbidden
from pipeline.web.signed_in import signed_in, trace
from schemas.access import Purpose, SignedIn

Look = Literal["search", "look", "look_sensitive"]
"""How much of a paper was shown: its passage and a small picture, all of it, or all of one that is sensitive."""
_COVERED: dict[Look, tuple[Look, ...]] = {
    "search": ("search", "look", "look_sensitive"),
    "look": ("look", "look_sensitive"),
    "look_sensitive": ("look_sensitive",),
}
"""By which looks each is covered."""
LASTS_S = 300.0
"""Longer than a page is studied, shorter than until the next citizen."""
_MOST = 20_000
Seen = tuple[str, Purpose, str | None, str, Look]
"""By which session, why, in which visit, which paper, and how much of it."""


class ShownLately:
    """Remembers looks for a while. One for a process; threads may share it."""

    def __init__(self, lasts_s: float = LASTS_S, now_s: Callable[[], float] = time.monotonic) -> None:
        """Args: lasts_s: how long a look lasts; now_s: a clock that never goes back."""
        self._lasts_s, self._now_s = lasts_s, now_s
        self._until_s: dict[Seen, float] = {}
        self._lock = threading.Lock()

    def note(self, keys: Iterable[Seen]) -> None:
        """These looks were logged just now."""
        until_s = self._now_s() + self._lasts_s
        with self._lock:
            for key in keys:
                self._until_s.pop(key, None)  # The newest stand last, so the first is the one to go.
                self._until_s[key] = until_s
            while len(self._until_s) > _MOST:
                del self._until_s[next(iter(self._until_s))]

    def holds(self, key: Seen) -> bool:
        """Whether this look was logged and still lasts."""
        with self._lock:
            return self._until_s.get(key, 0.0) > self._now_s()


def was_shown(request: Request, look: Look, document_id: str, purpose: Purpose | None = None) -> bool:
    """Whether a look that covers this one is in the log, for the same purpose and moments ago.

    Raises:
        Forbidden: (purpose_needed) nobody has said why.

    """
    lately = _lately(request)
    return any(lately.holds(key) for key in _keys(request, _COVERED[look], document_id, purpose))


def trace_once(request: Request, look: Look, document_ids: Iterable[str], purpose: Purpose | None = None) -> None:
    """Log that papers are shown, but those whose look goes on. A search that shows none is logged as one.

    Raises:
        Forbidden: (purpose_needed) nobody has said why.

    """
    ids = tuple(document_ids) or ("",)
    fresh = [one for one in ids if not was_shown(request, look, one, purpose)]
    if fresh:
        trace(request, look, document_ids=filter(None, fresh), purpose=purpose)
        remember(request, look, fresh, purpose)


def remember(request: Request, look: Look, document_ids: Iterable[str], purpose: Purpose | None = None) -> None:
    """These papers are in the log already, with this look."""
    _lately(request).note(key for one in document_ids for key in _keys(request, (look,), one, purpose))


def purpose_of(signed: SignedIn, said: Purpose | None) -> Purpose:
    """Why papers are looked at: what the page says that led here, else what the officer said.

    Raises:
        Forbidden: (purpose_needed) nobody has said why.

    """
    why = said or signed.purpose
    if why is None:
        raise Forbidden("purpose_needed")
    return why


def _keys(request: Request, looks: Iterable[Look], document_id: str, purpose: Purpose | None) -> list[Seen]:
    signed = signed_in(request)
    why = purpose_of(signed, purpose)
    return [(signed.session_id, why, signed.visit_id, document_id, look) for look in looks]


def _lately(request: Request) -> ShownLately:
    lately: ShownLately = request.app.state.shown_lately
    return lately
