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


def assemble(pages: Sequence[PageText], types: Mapping[str, DocumentType]) -> tuple[Piece, ...]:
    """The papers of a submission: all pages are one paper.

    Args:
        pages: every page of the submission in order; at least one.
        types: the catalogue's types by id.

    Returns:
        Pieces that together hold every page exactly once, in order.

    """
    return (Piece(pages=tuple(pages), classification=classify(pages, types)),)
