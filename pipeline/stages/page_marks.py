"""What a page shows of its place in a paper: how first pages begin, how papers end, how pages go on.

Forms and places by NĐ 30/2020/NĐ-CP, Phụ lục I (quốc hiệu and tiêu ngữ at the top, `Số:` under the issuer, page numbers
top centre from page 2, `Nơi nhận` and the signature at the end) and by counter forms.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.stages.card_sides import CardSides, find_card
from pipeline.stages.classify import says
from pipeline.stages.layout import Row, cells_of, letters, rows_of
from pipeline.stages.sheet_codes import SheetCode, read_sheet_code
from pipeline.stages.titles import find_title, headings_of, is_heading, own_names
from pipeline.vietnamese import fold
from schemas.catalog import DocumentType
from schemas.text import PageText

_NATION, _MOTTO = "Cộng hòa xã hội chủ nghĩa", "Độc lập Tự do Hạnh phúc"
_TOP = 0.35
_MARGIN = 0.08
"""Page numbers stand above or below this share of the page's height."""
_CENTRE = (0.38, 0.62)
_FEWEST_LETTERS = 15
"""A page with fewer letters is a blank back: specks and what shines through."""
_BODY_WIDTH = 0.55
"""Rows of running text are at least this wide, in page widths; headings, tables and captions of signatures are not."""
_PAGE_NUMBER = re.compile(r"^\W*(?:trang\s+)?(\d{1,3})(?:\s*/\s*\d{1,3})?\W*$")
_NUMBER_LINE = re.compile(r"^\W*so\s*[:;]")
_FORM_CODE = re.compile(r"^\W*mau\s+(?:so\s*)?[:\d]|^\W*mau\s+[a-z]{1,3}\d")
_ARTICLE = re.compile(r"^\W*dieu\s+(\d{1,3})\b")
_ITEM = re.compile(r"^\W{0,2}(\d{1,2})\s?[.)]\s")
_SIGNER = re.compile(r"^\W*(?:TM|KT|TL|TUQ|Q)\s?\.\s?[A-ZĐÀ-Ỹ]")
_SIGNER_STARTS = ("nguoiyeucau", "nguoikhai", "nguoikekhai", "nguoivietdon", "nguoilamdon", "nguoinop", "nguoiky")
_ENDS = ("ky ghi ro ho ten", "Nơi nhận:", "ký tên, đóng dấu")
_LIST_ITEM = re.compile(r"^[-–—+•]\s*\w|^[a-zđ]\s?\)")
_APPENDIX = "phuluc"
_ISSUED_WITH = "kemtheo"
_LAWS = ("thongtu", "nghidinh")
_TESTIMONY = "loichung"
_DRAFT = "duthao"


@dataclass(frozen=True)
class PageHeading:
    """How a page names itself; `type` is None where no known type has this title."""

    text: str
    type: str | None


@dataclass(frozen=True)
class Points:
    """Numbers of the articles (`Điều 3`) or items (`3.`) that a page begins, in order."""

    articles: tuple[int, ...]
    items: tuple[int, ...]


@dataclass(frozen=True)
class PageMarks:
    """One written page, looked at for its place in a paper.

    `headings`: the titles on it, best reading first. `sheet`: the code of one of our own sheets. `card`: an identity
    card that lies on it.
    """

    page: PageText
    rows: tuple[Row, ...]
    headings: tuple[PageHeading, ...]
    card: CardSides | None
    sheet: SheetCode | None

    @property
    def heading(self) -> PageHeading | None:
        """The title that fits best."""
        return self.headings[0] if self.headings else None

    @cached_property
    def _top_rows(self) -> list[Row]:
        return [row for row in self.rows if row.place < _TOP]

    @cached_property
    def headers(self) -> int:
        """How many of quốc hiệu and tiêu ngữ stand at the top: 0, 1 or 2."""
        text = "".join(row.letters for row in self._top_rows)
        return sum(says(text, line) for line in (_NATION, _MOTTO))

    @cached_property
    def has_number_line(self) -> bool:
        """Whether the line `Số:` stands at the top left or under the title."""
        return any(_NUMBER_LINE.match(fold(cell.text)) for row in self._top_rows for cell in cells_of(row))

    @cached_property
    def has_form_code(self) -> bool:
        """Whether a line such as `Mẫu số 01` or `Mẫu CT01` stands at the top."""
        cells = (cell for row in self._top_rows for cell in cells_of(row))
        return any(_FORM_CODE.match(fold(cell.text)) for cell in cells)

    @cached_property
    def number(self) -> int | None:
        """The page number printed in the middle of the upper or lower margin."""
        width = self.page.width_px
        for row in self.rows:
            if _MARGIN < row.place < 1 - _MARGIN:
                continue
            middle = (row.tokens[0].box.left + row.right) / 2 / width
            match = _PAGE_NUMBER.match(fold(row.text))
            if match and _CENTRE[0] < middle < _CENTRE[1] and int(match[1]) > 0:
                return int(match[1])
        return None

    @cached_property
    def ends_paper(self) -> bool:
        """Whether a signature or `Nơi nhận` stands here, as at the end of a paper."""
        text = "".join(row.letters for row in self.rows)
        if any(says(text, ending) for ending in _ENDS):
            return True
        cells = (cell for row in self.rows[len(self.rows) // 3 :] for cell in cells_of(row))
        return any(_SIGNER.match(cell.text) or cell.letters.startswith(_SIGNER_STARTS) for cell in cells)

    @cached_property
    def issued_with(self) -> str | None:
        """What follows `kèm theo` at the top, letters only: the paper to which this page is an appendix.

        None for forms: they name the circular or decision that introduced them.
        """
        if self.has_form_code:
            return None
        rows = (row.letters for row in self._top_rows)
        named = (letters.partition(_ISSUED_WITH)[2] for letters in rows if _ISSUED_WITH in letters)
        return next((name for name in named if not name.startswith(_LAWS)), None)

    @cached_property
    def belongs_to_another(self) -> str | None:
        """The heading of an appendix, a testimony or a draft; None without one."""
        for row in self._top_rows:
            if row.letters.startswith(_APPENDIX):
                return "phụ lục"
            if row.letters.startswith(_TESTIMONY) and len(row.letters) < 60:
                return "lời chứng"
            if any(cell.letters == _DRAFT for cell in cells_of(row)):
                return "dự thảo"
        return None

    @cached_property
    def begins_with_item(self) -> bool:
        """Whether the page begins with an item of a list: a dash, or `a)`."""
        return bool(self.rows) and _LIST_ITEM.match(self.rows[0].text) is not None

    @cached_property
    def points(self) -> Points:
        """The numbered points of the page."""
        texts = [fold(row.text) for row in self.rows]
        articles = [int(match[1]) for text in texts if (match := _ARTICLE.match(text))]
        items = [int(match[1]) for text in texts if (match := _ITEM.match(text))]
        return Points(tuple(articles), tuple(items))

    @cached_property
    def starts_within_sentence(self) -> bool:
        """Whether running text begins at the top in lower case."""
        first = next((row for row in self.rows if self._is_body(row)), None)
        if first is None or first.place >= _TOP:
            return False
        start = first.text.lstrip(" .,'`|_")
        return start[:1].islower() and start[1:2] not in (")", ".", ",")

    @cached_property
    def ends_within_sentence(self) -> bool:
        """Whether the last row is a full line of running text without an end of a sentence."""
        last = next((row for row in reversed(self.rows) if len(row.tokens) > 1), None)
        return last is not None and self._is_body(last) and last.text.rstrip(" '`|_\"”)")[-1:] not in ".:;!?/"

    @cached_property
    def table_head(self) -> str:
        """The letters of the first rows, where the head of a table that goes on stands again."""
        return "".join(row.letters for row in self.rows[:4])[:80]

    def _is_body(self, row: Row) -> bool:
        return row.right - row.tokens[0].box.left >= _BODY_WIDTH * self.page.width_px


def mark_pages(pages: Sequence[PageText], types: Mapping[str, DocumentType]) -> list[PageMarks | None]:
    """The marks of each page; None for blank ones."""
    return [None if _is_blank(page) else _marks(page, types) for page in pages]


def _is_blank(page: PageText) -> bool:
    return not page.codes and len(letters(page.text)) < _FEWEST_LETTERS and _only_number(page) is None


def _only_number(page: PageText) -> re.Match[str] | None:
    return _PAGE_NUMBER.match(fold(page.text))


def _marks(page: PageText, types: Mapping[str, DocumentType]) -> PageMarks:
    sheets = (read_sheet_code(code.text) for code in page.codes)
    rows = tuple(rows_of([page]))
    return PageMarks(
        page=page,
        rows=rows,
        headings=_headings(rows, types),
        card=find_card(page),
        sheet=next((sheet for sheet in sheets if sheet is not None), None),
    )


def _headings(rows: Sequence[Row], types: Mapping[str, DocumentType]) -> tuple[PageHeading, ...]:
    """The titles that stand where titles stand, best reading first."""
    candidates = [row for row in rows if any(map(is_heading, (row, *cells_of(row))))]  # few of a page's rows
    known = [kind for kind in types.values() if kind.keeping.rule != "secret_stop"]
    runs = headings_of(candidates)
    found = [(title, kind.id) for kind in known if (title := find_title(kind, runs)) is not None]
    if found:
        found.sort(key=lambda one: (not one[0].exact, -one[0].alike, -len(one[0].printed)))
        return tuple(PageHeading(title.printed, type_id) for title, type_id in found)
    return tuple(PageHeading(candidates[i].text, None) for i in own_names(candidates)[:1])
