"""Who signed: the name under the post at the bottom right (NĐ 30/2020, Phụ lục I, ô 7a to 7c)."""

import re
from collections.abc import Iterator, Sequence

from pipeline.stages.evidence import Draft
from pipeline.stages.field_values import parse
from pipeline.stages.layout import Row, Token, around, cells_of, rows_of, share_of_capitals
from pipeline.stages.person_names import FAMILY_BEGINNINGS, likelihood
from pipeline.vietnamese import fold
from schemas.text import PageText

_POST = re.compile(
    r"\W{0,3}(?:(?:tm|kt|tl|tuq|q)\s?\.|(?:pho |quyen )?(?:chu tich|giam doc|tong giam doc|bo truong|thu truong|"
    r"thu tuong|cuc truong|vu truong|chi cuc truong|truong ban|truong phong|truong cong an|vien truong|hieu truong|"
    r"chanh van phong|chanh an|chanh thanh tra|tong cuc truong|tong thanh tra|chu nhiem|tong kiem toan)\b)"
)
_SURE = 0.9
"""Probability of its worst word under which a common name asks a person: of 43 above it none was wrong."""
_LEFT = 0.42
"""Share of the page's width right of which the post stands; the line above the body that names the same post is
centred and begins further left."""
_RECEIVERS = "oinhan"
_HIDDEN = 0.72
"""Where the middle of the signature stands, as a share of the page's width, when its post cannot be read."""
_BELOW = 0.32
"""Share of the page's height within which the name follows the post: stamp and signature take 0.1 to 0.2."""
_ASIDE = 0.16
_CAPITALS = 0.75
"""Share of the page's width by which the middle of the name may miss that of the post."""


def find_signer(pages: Sequence[PageText]) -> Draft | None:
    """The name under the first signature of the paper; it asks a person unless it is a likely name, read surely.

    A later one is that of an appendix or of another paper. Where a stamp hides the post, the name that stands right of
    the list `Nơi nhận` is shown as doubtful.
    """
    rows = rows_of(pages)
    sizes = {page.number: (page.width_px, page.height_px) for page in pages}
    for i, row in enumerate(rows):
        width, height = sizes[row.page]
        post = next((cell for cell in _right_cells(row, _LEFT * width) if _is_post(cell)), None)
        if post is not None:
            names = list(_names(rows, i + 1, (_middle(post), width), post.tokens[0].box.bottom + _BELOW * height))
        elif _RECEIVERS in row.letters[: len(_RECEIVERS) + 3]:
            names = list(_names(rows, i, (_HIDDEN * width, width), row.tokens[0].box.bottom + _BELOW * height))
            for name in names:
                name.conflict = True
        else:
            continue
        if names:
            return names[0]
    return None


def _is_post(cell: Row) -> bool:
    return _POST.match(fold(cell.text)) is not None and share_of_capitals(cell.text) >= _CAPITALS


def _names(rows: Sequence[Row], start: int, place: tuple[float, float], end: float) -> Iterator[Draft]:
    """Names under the post, from above; on the next page only where this one ends with the post.

    `place`: the middle of the post and the width of the page, in pixels; `end`: where to stop.
    """
    (middle, width), page = place, rows[start - 1].page
    for row in rows[start:]:
        if row.page > page + 1 or (row.page == page and row.tokens[0].box.top > end):
            return
        if row.page > page and (row.place > _BELOW or rows[start - 1].place < 1 - _BELOW):
            return
        for cell in _right_cells(row, _LEFT * width):
            if abs(_middle(cell) - middle) > _ASIDE * width or share_of_capitals(cell.text) >= _CAPITALS:
                continue
            draft = _name(cell)
            if draft is not None:
                yield draft


def _name(cell: Row) -> Draft | None:
    parsed = parse("name", cell.text)
    words = [token for token in cell.tokens if token.letters]
    if parsed is None or len(parsed.value.split()) < len(words) - 1 or len(words) > 6:
        return None
    likely = likelihood(parsed.value)
    sure = min(token.confidence for token in words)
    if likely == "unlikely" and fold(parsed.value.split()[0]) not in FAMILY_BEGINNINGS:
        return None
    return Draft(
        value=parsed.value,
        confidence=sure,
        page=cell.page,
        box=around([token.box for token in words]),
        conflict=likely != "common" or sure < _SURE or len(parsed.value.split()) < len(words),
        handwritten=any(token.word.handwritten for token in words),
    )


def _right_cells(row: Row, left: float) -> list[Row]:
    """The cells that stand right of `left`, and the right part of one that a column's end has glued to it."""
    made = []
    for cell in cells_of(row):
        tokens: tuple[Token, ...] = tuple(token for token in cell.tokens if token.box.left >= left)
        if tokens and tokens[0] is cell.tokens[0]:
            made.append(cell)
    return made


def _middle(cell: Row) -> float:
    return (cell.tokens[0].box.left + cell.right) / 2
