"""Step 6: pages become papers."""

from collections.abc import Mapping, Sequence

from pipeline.stages.classify import Classification, classify
from schemas.base import Value
from schemas.catalog import DocumentType
from schemas.text import PageText


class Piece(Value):
    """The pages of one paper in order, blank backs included, and what paper it is."""

    pages: tuple[PageText, ...]
    classification: Classification


def assemble(
    pages: Sequence[PageText], types: Mapping[str, DocumentType], cuts: Sequence[int] | None = None
) -> tuple[Piece, ...]:
    """The papers of a submission: all pages are one paper, unless a person has cut them.

    Args:
        pages: every page of the submission in order; at least one.
        types: the catalogue's types by id.
        cuts: the pages, counted from 1, on which papers begin.

    Returns:
        Pieces that together hold every page exactly once, in order.

    """
    starts = sorted({1, *(cuts or ())})
    ends = [*starts[1:], len(pages) + 1]
    parts = [tuple(pages[start - 1 : end - 1]) for start, end in zip(starts, ends, strict=True)]
    return tuple(Piece(pages=part, classification=classify(part, types)) for part in parts)
