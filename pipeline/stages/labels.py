"""Where labels stand on the rows of a paper, and the words that follow them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from pipeline.stages.layout import COLUMN_GAP, Row, Token, cue_letters

COMMON_LABELS = (
    "Họ, chữ đệm, tên",
    "Họ và tên",
    "Ngày, tháng, năm sinh",
    "Năm sinh",
    "Sinh ngày",
    "Giới tính",
    "Dân tộc",
    "Quốc tịch",
    "Nơi cư trú",
    "Nơi thường trú",
    "Nơi sinh",
    "Quê quán",
    "Địa chỉ:",
    "Điện thoại",
    "Giấy tờ tùy thân",
    "ghi bằng chữ",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT",
    "Độc lập - Tự do - Hạnh phúc",
)
"""Printed on most forms (TT 04/2024/TT-BTP, NĐ 30/2020/NĐ-CP): whatever is read, they end the value before them."""

_ALIKE = 0.88
"""Share of letters two labels must have in common. Sister labels (`tên người mẹ`, `tên người cha`) stay below."""
_SHORT = 9
_NAME_LETTERS = 3
"""Labels of fewer letters must be read without an error: `Sinh ngày` and `Bình, ngày` are one letter apart."""
_FAR = 3.0
"""Free space, in row heights, after which a value on the same row has ended."""


@dataclass(frozen=True)
class Mark:
    """A label as found: tokens `start` to `end` (exclusive) of row number `row`."""

    label: str
    row: int
    start: int
    end: int
    alike: float


@dataclass(frozen=True)
class Area:
    """A part of a paper: rows `first` to `last` (exclusive), between two edges in pixels."""

    first: int
    last: int
    left: float = float("-inf")
    right: float = float("inf")

    def holds(self, token: Token) -> bool:
        """Whether the middle of the word lies between the edges."""
        return self.left <= (token.box.left + token.box.right) / 2 < self.right


def label_key(label: str) -> str:
    """How a label is known in `Mark.label`. A label with a colon must begin its cell and have its colon."""
    return cue_letters(label) + (":" if label.rstrip().endswith(":") else "")


class Marks:
    """All labels of one paper, found once; they never overlap, and the longest reading of a row wins."""

    def __init__(self, rows: Sequence[Row], labels: Iterable[str]) -> None:
        """Finds every one of `labels`, and the common ones, in `rows`."""
        self.rows = rows
        keys = sorted({label_key(label) for label in (*labels, *COMMON_LABELS)} - {"", ":"})
        self._right_edge = max((row.right for row in rows), default=0.0)
        self._by_row = [_marks_of_row(row, i, keys) for i, row in enumerate(rows)]

    def of(self, labels: Iterable[str], area: Area) -> list[Mark]:
        """Where one of the labels stands in the area, in reading order."""
        keys = {label_key(label) for label in labels}
        return [
            mark
            for marks in self._by_row[area.first : area.last]
            for mark in marks
            if mark.label in keys and area.holds(self.rows[mark.row].tokens[mark.start])
        ]

    def after(self, mark: Mark, area: Area) -> list[Token]:
        """The words from the label to the next one: on its row, and on the next two rows where the text runs on.

        Text runs on from a row without words after the label, and from one that reaches the right edge of the area.
        """
        words, cut = self._rest_of_row(mark, area)
        row, area = mark.row, self._column(mark, area)
        while not cut and row + 1 < area.last and row <= mark.row + 1 and (not words or self._is_full(row, area)):
            row += 1
            following, cut = self._head_of_row(row, area)
            words += following
        return words

    def _column(self, mark: Mark, area: Area) -> Area:
        """Where the text after the label may run on: under its cell, where there is a column to the left of it.

        A wide gap parts the columns on the label's row, or on the next one where the words of the left column are few.
        """
        tokens = self.rows[mark.row].tokens
        gaps = [i for i in range(1, mark.start + 1) if tokens[i].gap > COLUMN_GAP]
        own = tokens[gaps[-1] if gaps else mark.start].box
        below = self.rows[mark.row + 1].tokens[1:] if mark.row + 1 < len(self.rows) else ()
        beneath = any(token.gap > COLUMN_GAP and abs(token.box.left - own.left) < own.height for token in below)
        if mark.start == 0 or not (gaps or beneath):
            return area
        return replace(area, left=max(area.left, own.left - own.height))

    def _is_full(self, row: int, area: Area) -> bool:
        """Whether the row reaches the right edge of the text; one in a column of a few never counts as full."""
        column = area.right < float("inf") or area.left > float("-inf")
        return not column and self.rows[row].right >= 0.92 * self._right_edge

    def _rest_of_row(self, mark: Mark, area: Area) -> tuple[list[Token], bool]:
        limit = min((m.start for m in self._by_row[mark.row] if m.start >= mark.end), default=None)
        tokens = self.rows[mark.row].tokens
        words: list[Token] = []
        for i, token in enumerate(tokens[mark.end :], mark.end):
            if not area.holds(token):
                continue
            if i == limit or (words and token.gap > _FAR):
                return words, True
            words.append(token)
        return words, False

    def _head_of_row(self, row: int, area: Area) -> tuple[list[Token], bool]:
        starts = {mark.start for mark in self._by_row[row]}
        words: list[Token] = []
        for i, token in enumerate(self.rows[row].tokens):
            if not area.holds(token):
                continue
            if i in starts:
                return words, True
            words.append(token)
        return words, False


def _marks_of_row(row: Row, number: int, keys: Sequence[str]) -> list[Mark]:
    found = [mark for key in keys for mark in _places(row, number, key)]
    found.sort(key=lambda mark: (-len(mark.label) * mark.alike**2, mark.start))
    taken: set[int] = set()
    chosen: list[Mark] = []
    for mark in found:
        span = set(range(mark.start, mark.end))
        if not span & taken:
            taken |= span
            chosen.append(mark)
    starts = {mark.start for mark in chosen}
    return sorted((m for m in chosen if not _goes_on(row, m, starts)), key=lambda mark: mark.start)


def _places(row: Row, number: int, key: str) -> list[Mark]:
    """The best window of words for the label at each place of the row."""
    wanted, strict = key.rstrip(":"), key.endswith(":")
    places: list[Mark] = []
    for start, token in enumerate(row.tokens):
        if not token.letters or (strict and not _begins_cell(row, start)):
            continue
        best: Mark | None = None
        text = ""
        for end in range(start, len(row.tokens)):
            text += row.tokens[end].letters
            if len(text) * _ALIKE > len(wanted) + 1:
                break
            alike = _alikeness(wanted, text)
            if alike and (best is None or alike > best.alike) and not _is_name_word(row.tokens[end], wanted):
                best = Mark(key, number, start, end + 1, alike)
        if best and not (strict and not row.tokens[best.end - 1].text.rstrip(" .,;").endswith(":")):
            places.append(best)
    return places


def _is_name_word(last: Token, wanted: str) -> bool:
    """Whether the window's last word is the first one of a name: `của ông Hà` is nearly the label `của ông/bà`."""
    short = len(last.letters) <= _NAME_LETTERS and last.text[:1].isupper()
    return short and not wanted.endswith(last.letters)


def _alikeness(wanted: str, text: str) -> float:
    if len(wanted) < _SHORT:
        return float(wanted == text)
    return Levenshtein.normalized_similarity(wanted, text, score_cutoff=_ALIKE)


def _begins_cell(row: Row, start: int) -> bool:
    """Whether only a list number, specks or a wide gap stand before the word."""
    if row.tokens[start].gap > COLUMN_GAP:
        return True
    return all(_is_numbering(token) for token in row.tokens[:start])


def _is_numbering(token: Token) -> bool:
    bare = token.text.strip("[]().,:;-–—_|'`\"")
    return len(token.letters) <= 1 or bare.replace(".", "").isdigit() or set(bare.lower()) <= set("ivxl")


def _goes_on(row: Row, mark: Mark, starts: set[int]) -> bool:
    """Whether the printed label is longer than the one found: `tên` in `tên người đi khai sinh:`."""
    if row.tokens[mark.end - 1].text.endswith((":", ";")):
        return False
    for i, token in enumerate(row.tokens[mark.end : mark.end + 6], mark.end):
        if i in starts or not token.letters.isalpha() or token.text.endswith((",", ".")) or token.text[0] in "/(":
            return False
        if i == mark.end and not token.text[0].islower():
            return False
        if token.text.endswith(":"):
            return True
    return False
