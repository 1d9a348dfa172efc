"""Titles: how a paper names itself, in capitals, on lines of its own, in the upper part of its first page."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from pipeline.stages.layout import Row, cells_of, cue_letters
from pipeline.vietnamese import fold
from schemas.catalog import DocumentType

OPEN = "…"
"""Ends a title that stands for all that begin so."""

_PLACE = 0.6
_ROWS = 4
_ALIKE = 0.84
_SHORT_ALIKE = 0.88
_SAME_WORD = 60.0
"""Likeness, 0..100, from which on a word is one of the title misread; `LẠI` in a title that has no such word is not."""
_MATTER = re.compile(r"^\W{0,3}V\s?/\s?[vV]\b")
_REMARK = re.compile(r"\(.*?(?:\)|$)")
_WORDS = (
    "giay", "to khai", "don", "phieu", "bien ban", "thong bao", "quyet dinh", "hop dong", "bao cao", "to trinh",
    "chi thi", "ke hoach", "trich luc", "nghi quyet", "cong van", "thong tu", "nghi dinh", "bang", "van ban",
    "xac nhan", "chuong trinh", "huong dan", "danh muc", "phu luc", "cam ket", "so ho khau", "chung chi",
)  # fmt: skip
"""How papers name themselves (NĐ 30/2020/NĐ-CP, Phụ lục III, and counter forms), folded."""
_NO_TITLES = ("donvi", "congvanden", "congvandi")
"""Begin like titles: a line of the issuer, and the stamps of a register."""


@dataclass(frozen=True)
class Heading:
    """Rows or a cell that may be a title: rows `start` to `end` (exclusive), in folded letters and as words."""

    start: int
    end: int
    letters: str
    words: tuple[str, ...]
    cell: Row


@dataclass(frozen=True)
class Title:
    """A title found, as the catalogue prints it. `alike` is 0..1; `exact`: no word stands there that it has not."""

    printed: str
    alike: float
    exact: bool
    heading: Heading

    @property
    def is_open(self) -> bool:
        """Whether only its beginning is known."""
        return self.printed.endswith(OPEN)


def find_title(kind: DocumentType, headings: Sequence[Heading]) -> Title | None:
    """The type's title as the paper's own heading, best reading first; None when it has none.

    Args:
        kind: the type.
        headings: those of the paper's first page.

    """
    found = [
        title
        for printed in (kind.title.printed, *kind.title.variants)
        for heading in headings
        if (title := _match(printed, heading)) is not None
    ]
    return max(found, key=lambda t: (t.exact, not t.is_open, t.alike, len(t.printed), -t.heading.start), default=None)


def own_names(rows: Sequence[Row]) -> list[int]:
    """Rows of headings that begin as titles do: the paper is of a type of its own, whatever phrases it shares."""
    starts = tuple(cue_letters(word) for word in _WORDS)
    named = (
        i
        for i, row in enumerate(rows)
        if row.place < 0.4 and any(_is_title_like(cell, starts) for cell in (row, *cells_of(row)))
    )
    return list(named)


def _is_title_like(row: Row, starts: tuple[str, ...]) -> bool:
    own = row.letters
    return len(own) > 5 and own.startswith(starts) and not own.startswith(_NO_TITLES) and is_heading(row)


def is_heading(row: Row) -> bool:
    """In capitals, but for a bracketed remark, and not the beginning of a list (`QUYẾT ĐỊNH:`)."""
    if row.text.rstrip(" .,_|").endswith(":") or not any(c.isalpha() for c in row.text):
        return False
    signs = [c for c in _REMARK.sub("", row.text) if c.isalpha()]
    return sum(c.isupper() for c in signs) >= 0.7 * len(signs)


def states_matter(row: Row) -> bool:
    """Whether the row or cell is the `V/v …` under the number of an official letter (NĐ 30/2020, Phụ lục I, ô 5b)."""
    return _MATTER.match(row.text) is not None


def _match(printed: str, heading: Heading) -> Title | None:
    wanted = cue_letters(printed)
    open_ended = printed.endswith(OPEN)
    text = heading.letters[: len(wanted)] if open_ended else heading.letters
    limit = 1.0 if open_ended and len(wanted) < 8 else _ALIKE if len(wanted) > 14 else _SHORT_ALIKE
    alike = Levenshtein.normalized_similarity(wanted, text, score_cutoff=limit)
    if not alike:
        return None
    own = fold(printed).replace("/", " ").split()
    foreign = [] if open_ended else [word for word in heading.words if len(word) > 2 and not _is_among(word, own)]
    return Title(printed, alike, not foreign, heading)


def _is_among(word: str, own: Sequence[str]) -> bool:
    """Whether the word is one of the title's, misread, or two of them glued together."""
    return any(fuzz.ratio(word, other) >= _SAME_WORD for other in own) or (len(word) > 5 and word in "".join(own))


def headings_of(rows: Sequence[Row]) -> list[Heading]:
    """Every run of up to four lines, or cells, in capitals in the upper part of a page, and the matter of a letter."""
    return list(_headings(rows))


def _headings(rows: Sequence[Row]) -> Iterator[Heading]:
    upper = [i for i, row in enumerate(rows) if row.place < _PLACE and len(row.letters) > 2]
    for position, i in enumerate(upper):
        yield from (_heading([cell], i, i + 1) for cell in cells_of(rows[i]) if is_heading(cell) or states_matter(cell))
        run: list[Row] = []
        for k in upper[position : position + _ROWS]:
            if not is_heading(rows[k]):
                break
            run.append(rows[k])
            yield _heading(run, i, k + 1)


def _heading(parts: Sequence[Row], start: int, end: int) -> Heading:
    words = tuple(token.letters for part in parts for token in part.tokens if token.letters)
    return Heading(start, end, "".join(words), words, parts[0])
