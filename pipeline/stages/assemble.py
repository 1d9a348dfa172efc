"""Step 6: pages become papers."""

from collections.abc import Collection, Mapping, Sequence

from pipeline.stages.classify import OTHER, Classification, classify
from pipeline.stages.cuts import judge_cut
from pipeline.stages.page_marks import PageMarks, mark_pages
from pipeline.stages.sheet_codes import SheetCode
from schemas.base import Value
from schemas.catalog import DocumentType
from schemas.dossier import Cut
from schemas.text import PageText

COVER_SHEET = "cover_sheet"
_MOST_CARD_WORDS = 220
"""Both sides of a card have at most some 140 words; a page with more holds something else beside it."""


class Piece(Value):
    """The pages of one paper in order, blank backs included, and what paper it is.

    `cuts`: how its beginning was found, and every doubtful place where it might begin, end or be cut. `sheet`: the code
    of our own sheet that it is. `card_among_others`: an identity card lies on a page with something else.
    """

    pages: tuple[PageText, ...]
    classification: Classification
    cuts: tuple[Cut, ...] = ()
    sheet: SheetCode | None = None
    card_among_others: bool = False


def assemble(
    pages: Sequence[PageText],
    types: Mapping[str, DocumentType],
    cuts: Collection[int] | None = None,
    file_starts: Collection[int] = (),
) -> tuple[Piece, ...]:
    """The papers of a submission.

    A blank page belongs to the paper before it, as the back of its last sheet; blank pages at the front belong to the
    first paper.

    Args:
        pages: every page of the submission in order; at least one.
        types: the catalogue's types by id.
        cuts: numbers of the pages on which papers begin, where a person has said so; None: they are to be found.
        file_starts: numbers of the pages with which a file begins.

    Returns:
        Pieces that together hold every page exactly once, in order.

    """
    marks = mark_pages(pages, types)
    found = _find_cuts(pages, marks, file_starts) if cuts is None else ()
    first = pages[0].number
    starts = cuts if cuts is not None else [cut.page for cut in found if cut.confidence >= 0.5]
    begin = sorted({first, *(start for start in starts if start > first)})
    pieces = []
    for start, end in zip(begin, [*begin[1:], first + len(pages)], strict=True):
        here = slice(start - first, end - first)
        own = [cut for cut in found if cut.page == start or (cut.doubtful and start < cut.page <= end)]
        pieces.append(_piece(pages[here], marks[here], own, types))
    return tuple(piece for piece in pieces if piece.pages)


def _find_cuts(pages: Sequence[PageText], marks: Sequence[PageMarks | None], file_starts: Collection[int]) -> list[Cut]:
    """One judgement for each written page but the first, in order."""
    found: list[Cut] = []
    paper: list[PageMarks] = []
    new_file = False
    for page, seen in zip(pages, marks, strict=True):
        new_file = new_file or page.number in file_starts
        if seen is None:
            continue
        if paper:
            found.append(judge_cut(paper, seen, new_file=new_file))
            if found[-1].confidence >= 0.5:
                paper = []
        paper.append(seen)
        new_file = False
    return found


def _piece(
    pages: Sequence[PageText], marks: Sequence[PageMarks | None], cuts: Sequence[Cut], types: Mapping[str, DocumentType]
) -> Piece:
    written = [seen for seen in marks if seen is not None]
    sheet = next((seen.sheet for seen in written if seen.sheet is not None), None)
    if sheet is not None and COVER_SHEET in types:
        classification = Classification(type=COVER_SHEET, confidence=1.0, cues=("mã QR của tờ bìa hoso",))
    else:
        classification = _less_than_clear(classify(pages, types), types, any(cut.doubtful for cut in cuts))
    return Piece(
        pages=tuple(pages),
        classification=classification,
        cuts=tuple(cuts),
        sheet=sheet,
        card_among_others=any(_lies_among_others(seen, types, classification) for seen in written),
    )


def _less_than_clear(found: Classification, types: Mapping[str, DocumentType], doubtful: bool) -> Classification:
    """A secrecy mark wipes the scan only where it stands on what surely is the first page of its paper."""
    if doubtful and types[found.type].keeping.rule == "secret_stop":
        return Classification(type=OTHER, confidence=0.0, cues=found.cues, secrecy_doubtful=True)
    return found


def _lies_among_others(seen: PageMarks, types: Mapping[str, DocumentType], paper: Classification) -> bool:
    """Whether the page shows a card and something whose picture would be kept."""
    if seen.card is None:
        return False
    named = {paper.type, *(heading.type for heading in seen.headings if heading.type is not None)}
    pictured = any(types[name].keeping.rule == "keep" for name in named)
    return pictured or len(seen.page.words) > _MOST_CARD_WORDS
