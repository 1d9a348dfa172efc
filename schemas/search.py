"""What a search gives back."""

from schemas.base import Value
from schemas.dossier import PaperState


class Hit(Value):
    """One paper that matches.

    `passage` is the text around the first match; `exact` tells that the marks matched too, not only the letters.
    """

    document_id: str
    type: str
    state: PaperState
    names: tuple[str, ...]
    page: int | None
    passage: str
    exact: bool


class SearchPage(Value):
    """Hits, best first; `more` tells that there are further ones."""

    hits: tuple[Hit, ...]
    more: bool
