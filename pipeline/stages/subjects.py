"""The subject (trích yếu): the lines under the type of a paper, or `V/v …` under the number of a letter."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from rapidfuzz import fuzz

from pipeline.stages.layout import COLUMN_GAP, Row, Token, cells_of, letters, share_of_capitals
from pipeline.stages.state_head import Head
from pipeline.stages.titles import find_title, headings_of, is_heading, own_names, states_matter
from schemas.catalog import DocumentType

_MOST_LINES = 9
_GAP = 1.45
"""Free space to the next line, in ordinary steps from line to line, from which on the subject has ended."""
_ASKEW = 0.03
"""Share of the page's width by which the middle of a subject's line may miss that of the type above it."""
_HARDLY_READ = 0.5
_BODY = ("kinhgui", "cancu", "dieu1", "thuchien")
_SHORTEST = 4
_CAPITALS = 0.8
_TORN = 75.0
"""Likeness, 0..100, of a type's title with a letter or two lost."""


def find_subject(rows: Sequence[Row], head: Head, kind: DocumentType) -> list[Token]:
    """The words of the subject in order; none where it cannot be told from what follows.

    Args:
        rows: the rows of the paper's first page.
        head: its head.
        kind: the type of the paper; of an unknown one the first heading that begins as titles do is the type.

    """
    letter = _matter(rows, head)
    if letter:
        return letter
    title = find_title(kind, headings_of(rows)) if kind.title.printed else None
    if title is not None and title.heading.start >= head.below:
        return _under(rows, title.heading.end, _middle(title.heading.cell.tokens))
    at, cell = _type_line(rows, head, kind)
    return _under(rows, at + 1, _middle(cell.tokens)) if cell is not None else []


def _type_line(rows: Sequence[Row], head: Head, kind: DocumentType) -> tuple[int, Row | None]:
    """The line that names the type where its title was not found: a torn reading of it, or any that begins so."""
    under = range(head.below, min(len(rows), head.below + _MOST_LINES))
    wanted = letters(kind.title.printed)
    if wanted:
        cells = [(i, cell) for i in under for cell in cells_of(rows[i]) if is_heading(cell)]
        best = max(cells, key=lambda one: fuzz.ratio(wanted, one[1].letters), default=None)
        return best if best is not None and fuzz.ratio(wanted, best[1].letters) >= _TORN else (0, None)
    at = next((i for i in own_names(rows) if i in under), 0)
    found = [cell for cell in cells_of(rows[at]) if is_heading(cell)] if at else []
    return at, max(found, key=lambda cell: len(cell.letters), default=None)


def _matter(rows: Sequence[Row], head: Head) -> list[Token]:
    """The lines under the number from `V/v` to the first free space."""
    words: list[Token] = []
    last: Row | None = None
    step = _step(rows)
    for row in rows[head.number_row + 1 : head.number_row + _MOST_LINES]:
        own = tuple(token for token in row.tokens if (token.box.left + token.box.right) / 2 < head.middle_px)
        if not own:
            continue
        if last is None:
            cell = next((cell for cell in cells_of(row) if states_matter(cell)), None)
            if cell is None:
                continue
        elif _top(row) - _top(last) > _GAP * step or own[0].letters.startswith(_BODY):
            break
        words += [token for token in own if token.letters or token.text == "-"]
        last = row
    return words


def _under(rows: Sequence[Row], start: int, middle: float) -> list[Token]:
    """Centred lines from row `start` to the first free space, a line in capitals, or the beginning of the body."""
    step = _step(rows)
    words: list[Token] = []
    last: Row | None = rows[start - 1] if start else None
    for line in _merged(rows[start : start + 2 * _MOST_LINES], step):
        own = _centred(line.tokens, middle, rows)
        if sum(len(token.letters) for token in own) < _SHORTEST:
            continue
        text = "".join(token.letters for token in own)
        if last is not None and _top(line) - _top(last) > (_GAP if words else 2 * _GAP) * step:
            break
        if text.startswith(_BODY) or share_of_capitals(" ".join(token.text for token in own)) >= _CAPITALS:
            break
        words += own
        last = line
    return words


def _merged(rows: Sequence[Row], step: float) -> list[Row]:
    """Rows of which the reader made two, because they touch, as one."""
    lines: list[Row] = []
    for row in rows:
        if lines and abs(_top(row) - _top(lines[-1])) < 0.4 * step and row.page == lines[-1].page:
            tokens = tuple(sorted((*lines[-1].tokens, *row.tokens), key=lambda token: token.box.left))
            lines[-1] = Row(tokens, row.page, lines[-1].place)
        else:
            lines.append(row)
    return lines


def _centred(tokens: Sequence[Token], middle: float, rows: Sequence[Row]) -> list[Token]:
    """The words that stand evenly around the middle: a stamp beside the line is left out.

    A line is only parted where free space or a word that was hardly read stands; one that fits nowhere is kept whole.
    """
    own = [token for token in tokens if token.letters or token.text in ("-", "–", "&")]
    starts = [i for i, token in enumerate(own) if i == 0 or _is_apart(own[i - 1], token)]
    ends = [*starts[1:], len(own)]
    width = max(row.right for row in rows)
    runs = [own[start:end] for start in starts for end in ends if end > start]
    fitting = [run for run in runs if abs(_middle(run) - middle) <= _ASKEW * width]
    return max(fitting, key=lambda run: sum(len(token.letters) for token in run), default=own)


def _is_apart(before: Token, token: Token) -> bool:
    return token.gap > COLUMN_GAP or min(before.confidence, token.confidence) < _HARDLY_READ


def _middle(tokens: Sequence[Token]) -> float:
    return (min(token.box.left for token in tokens) + max(token.box.right for token in tokens)) / 2


def _top(row: Row) -> float:
    """Height of the row's middle in pixels; unlike its edges it does not depend on single letters."""
    return median((token.box.top + token.box.bottom) / 2 for token in row.tokens)


def _step(rows: Sequence[Row]) -> float:
    """The ordinary way from one line of the page to the next, in pixels."""
    tops = [_top(row) for row in rows if len(row.letters) > 20]
    steps = [low - high for high, low in pairwise(tops) if low > high]
    return median(steps) if steps else 60.0
