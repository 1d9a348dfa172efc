"""The head of an administrative paper: who issued it, under which number, where and when (NĐ 30/2020, Phụ lục I).

The state's name stands at the top right, the issuer in capitals at the top left, the number under the issuer, place and
date under the state's motto. Where state and number are not both seen there is no such head.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from rapidfuzz import fuzz

from pipeline.stages.layout import COLUMN_GAP, STATE_LINES, Row, Token
from pipeline.vietnamese import fold

_TOP = 0.35
_STATE_ALIKE = 80.0
_NUMBER_ROWS = 7
"""The number stands within so many rows under the state's name: issuers have up to four lines."""
_NUMBER = re.compile(r"/\s?(?:\d{4}\s?/\s?)?[A-ZĐ][\wĐđ]{0,5}\s?-\s?[A-ZĐ]")
_ABOVE = 0.8
"""Line heights by which the first line of the issuer may stand above the state's name; captions of signatures stand
higher."""


@dataclass(frozen=True)
class Head:
    """Words of the head by their part; `below`: the first row under it, on which the type or the body begins.

    `middle_px` is where the state's name begins: the left column ends before it.
    """

    issuer: tuple[Token, ...]
    number: tuple[Token, ...]
    date: tuple[Token, ...]
    number_row: int
    below: int
    middle_px: float


def read_head(rows: Sequence[Row]) -> Head | None:
    """The head of the paper whose rows these are, or None where it is not clearly there."""
    state = next((found for i in range(len(rows)) if (found := _state(rows, i)) is not None), None)
    if state is None:
        return None
    first, middle = state
    page = rows[first].page
    near = range(first, min(len(rows), first + _NUMBER_ROWS))
    at = next((i for i in near if rows[i].page == page and is_number_line(_left(rows[i], middle))), None)
    if at is None:
        return None
    date_row = next((i for i in (at, at + 1, at - 1) if _tells_day(rows, i, middle)), None)
    return Head(
        issuer=_issuer(rows, first, at, middle),
        number=_left(rows[at], middle),
        date=() if date_row is None else _right(rows[date_row], middle),
        number_row=at,
        below=max(at, date_row or 0) + 1,
        middle_px=middle,
    )


def is_number_line(tokens: Sequence[Token]) -> bool:
    """Whether the words begin with `Số:`, or hold a number with its notation."""
    text = " ".join(token.text for token in tokens)
    return bool(tokens) and (re.match(r"\W{0,3}so\W{0,2}:", fold(text)) is not None or bool(_NUMBER.search(text)))


def _state(rows: Sequence[Row], at: int) -> tuple[int, float] | None:
    """The row of the state's name and where the name begins, in pixels."""
    row = rows[at]
    if row.place > _TOP or row.page != rows[0].page:
        return None
    for line, above in ((STATE_LINES[0], 0), (STATE_LINES[1], 1)):
        found = fuzz.partial_ratio_alignment(line, row.letters, score_cutoff=_STATE_ALIKE)
        if found is not None and len(row.letters) >= 0.7 * len(line):
            return max(0, at - above), _beginning(row, line, found.dest_start).box.left
    return None


def _beginning(row: Row, line: str, letter: int) -> Token:
    """The word with which the line begins, near the row's given letter: its first word, or one after a wide gap."""
    ends = [sum(len(token.letters) for token in row.tokens[: i + 1]) for i in range(len(row.tokens))]
    at = next((i for i, end in enumerate(ends) if end > letter), len(ends) - 1)
    near = row.tokens[max(0, at - 2) : at + 3]
    named = [a for a, b in pairwise((*near, near[-1])) if len(a.letters) > 2 and line.startswith(a.letters + b.letters)]
    apart = [token for token in near if token.gap > COLUMN_GAP]
    return (named or apart or [row.tokens[at]])[0]


def _left(row: Row, middle: float) -> tuple[Token, ...]:
    return tuple(token for token in row.tokens if (token.box.left + token.box.right) / 2 < middle)


def _right(row: Row, middle: float) -> tuple[Token, ...]:
    return tuple(token for token in row.tokens if (token.box.left + token.box.right) / 2 >= middle)


def _tells_day(rows: Sequence[Row], at: int, middle: float) -> bool:
    if not 0 <= at < len(rows):
        return False
    said = "".join(token.letters for token in _right(rows[at], middle))
    return ("ngay" in said) + ("thang" in said) + ("nam" in said) >= 2


def _issuer(rows: Sequence[Row], first: int, number: int, middle: float) -> tuple[Token, ...]:
    """The words in capitals at the left, from the state's name down to the number."""
    state = _right(rows[first], middle) or rows[first].tokens
    height = median(token.box.height for token in state)
    top = median(token.box.top for token in state) - _ABOVE * height
    words: list[Token] = []
    for row in rows[max(0, first - 2) : number]:
        own = [t for t in _left(row, middle) if t.letters and t.box.top >= top and t.box.right <= middle]
        if all(_is_capital(token) for token in own) and any(c.isalpha() for token in own for c in token.text):
            words += own
    return tuple(words)


def _is_capital(token: Token) -> bool:
    signs = [c for c in token.text if c.isalpha()]
    return all(c.isupper() for c in signs) if len(signs) < 4 else sum(c.isupper() for c in signs) >= len(signs) - 1
