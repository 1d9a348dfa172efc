"""What a search asks for, and what it gives back."""

from datetime import date, datetime

from pydantic import Field as Described

from schemas.base import Value
from schemas.dossier import PaperState


class SearchQuery(Value):
    """Papers of these offices that hold all `words` and meet every filter that is given.

    `offices` are those that whoever asks may see; none sees nothing. Without words every paper that meets the filters
    is found, the newest first; without words and filters nothing is. `procedure` is an id of the catalogue: that of the
    paper's dossier, else the one it was handed in for. Both days are included, as days at the counters. Withdrawn and
    rejected papers are never found.
    """

    offices: tuple[str, ...]
    words: str = ""
    type: str | None = None
    state: PaperState | None = None
    procedure: str | None = None
    filed_from: date | None = None
    filed_until: date | None = None
    limit: int = Described(default=20, ge=1, le=100)
    after: str | None = None
    """`SearchPage.next` of the same question: what follows there."""

    @property
    def has_filter(self) -> bool:
        """Whether anything but words narrows the search."""
        wanted = (self.type, self.state, self.procedure, self.filed_from, self.filed_until)
        return any(one is not None for one in wanted)


class Hit(Value):
    """One paper that matches.

    `page` counts the paper's own pages from 1; None: only what is known of the paper matches, or no words were asked
    for. `passage` is the text around the first match; `exact` tells that the marks matched too, not only the letters.
    """

    office_id: str
    document_id: str
    type: str
    state: PaperState
    filed_at: datetime
    names: tuple[str, ...]
    page: int | None
    passage: str
    exact: bool


class SearchPage(Value):
    """Hits, best first. `next` goes on behind them; None: there are no more. It holds ids and times only."""

    hits: tuple[Hit, ...]
    next: str | None = None
