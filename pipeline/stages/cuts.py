"""Where one paper ends and the next begins: every piece of evidence has a weight and a name that people understand.

The weights are log-odds: they add up, and the sum gives the probability that a paper begins. They were set by reason
and compared with a logistic regression over stacks of specimens and of real papers with lines missing at random; only
their rough size matters.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from pipeline.stages.layout import letters
from pipeline.stages.page_marks import PageMarks
from schemas.dossier import Cut

_USUAL = -2.5
"""Of a page that shows nothing at all: it goes on."""
_DOUBTFUL = (0.12, 0.88)
"""Between these probabilities a person is asked; log-odds of two."""
_TABLE_ALIKE = 80.0
_TABLE_LETTERS = 12
_TITLE_LETTERS = 9
"""As many letters of a title tell `quyết định` from `nghị quyết`; what follows may be misread."""
_CERTAIN = 9.0


class _Evidence(NamedTuple):
    cue: str
    weight: float


def judge_cut(paper: Sequence[PageMarks], page: PageMarks, *, new_file: bool) -> Cut:
    """Whether a new paper begins on `page`.

    Args:
        paper: the written pages of the paper before it, at least one.
        page: the page in question.
        new_file: whether it begins another file than the page before.

    """
    found = list(_evidence(paper, page, new_file))
    odds = _USUAL + sum(one.weight for one in found)
    confidence = 1 / (1 + math.exp(-odds))
    return Cut(
        page=page.page.number,
        confidence=round(confidence, 3),
        doubtful=_DOUBTFUL[0] < confidence < _DOUBTFUL[1],
        speaks_for=tuple(one.cue for one in found if one.weight > 0),
        speaks_against=tuple(one.cue for one in found if one.weight < 0),
    )


def _evidence(paper: Sequence[PageMarks], page: PageMarks, new_file: bool) -> Iterator[_Evidence]:
    before = paper[-1]
    if before.sheet is not None or page.sheet is not None:
        yield _Evidence("mã QR của tờ bìa hoso", 2 * _CERTAIN)
        return
    if new_file:
        yield _Evidence("bắt đầu tệp khác", 2.5)
    if before.card is not None or page.card is not None:
        yield from _of_cards(paper, page)
        if page.card is not None:
            return
    yield from _of_beginning(paper, page)
    if before.ends_paper:
        yield _Evidence("trang trước có chữ ký hoặc nơi nhận", 2.5)
    yield from _of_going_on(paper, page)


def _of_beginning(paper: Sequence[PageMarks], page: PageMarks) -> Iterator[_Evidence]:
    if page.headers:
        yield _Evidence("quốc hiệu, tiêu ngữ ở đầu trang", 4.0 if page.headers == 2 else 3.0)
    attached = _attached(paper, page)
    if attached is not None:
        yield attached
    elif page.heading is not None:
        yield _Evidence(f"tiêu đề {page.heading.text}", 1.0 if page.heading.type is None else 2.5)
    if page.has_number_line:
        yield _Evidence("dòng “Số:” ở đầu trang", 2.0)
    if page.has_form_code:
        yield _Evidence("số hiệu mẫu ở đầu trang", 1.5)


def _attached(paper: Sequence[PageMarks], page: PageMarks) -> _Evidence | None:
    """Whether the page says of itself that it comes with another paper."""
    if page.issued_with is not None:
        title = paper[0].heading
        if title is not None and page.issued_with.startswith(letters(title.text)[:_TITLE_LETTERS]):
            return _Evidence(f"ban hành kèm theo {title.text}", -8.0)
        return _Evidence("ban hành kèm theo văn bản khác", -5.0)
    return _Evidence(page.belongs_to_another, -7.0) if page.belongs_to_another is not None else None


def _of_going_on(paper: Sequence[PageMarks], page: PageMarks) -> Iterator[_Evidence]:
    before = paper[-1]
    if page.number is not None and page.number > 1:
        follows = page.number == (before.number or len(paper)) + 1
        yield _Evidence(f"số trang {page.number}", -3.5 if follows else -2.0)
    if page.starts_within_sentence:
        yield _Evidence("câu văn nối từ trang trước", -4.0 if before.ends_within_sentence else -2.0)
    if _follows(before.points.articles, page.points.articles):
        yield _Evidence(f"Điều {page.points.articles[0]} nối tiếp", -2.5)
    elif _follows(before.points.items, page.points.items):
        yield _Evidence(f"mục {page.points.items[0]} nối tiếp", -1.0)
    if page.begins_with_item:
        yield _Evidence("mục liệt kê ở đầu trang", -2.0)
    if not page.headers and _same_table(before, page):
        yield _Evidence("bảng nối từ trang trước", -1.5)


def _follows(before: Sequence[int], after: Sequence[int]) -> bool:
    return bool(before) and bool(after) and after[0] > 1 and after[0] in (before[-1], before[-1] + 1)


def _same_table(before: PageMarks, page: PageMarks) -> bool:
    heads = before.table_head, page.table_head
    return min(map(len, heads)) >= _TABLE_LETTERS and fuzz.ratio(*heads) >= _TABLE_ALIKE


def _of_cards(paper: Sequence[PageMarks], page: PageMarks) -> Iterator[_Evidence]:
    """A card begins and ends a paper, but for its other side, if that is not known to be another person's."""
    cards = [one.card for one in paper if one.card is not None]
    if page.card is None:
        yield _Evidence("trang trước là thẻ căn cước hoặc hộ chiếu", 3.0)
        return
    sides = frozenset(side for card in cards for side in card.sides)
    numbers = frozenset(number for card in cards for number in card.numbers)
    if len(cards) < len(paper) or sides & page.card.sides or "passport" in sides | page.card.sides:
        yield _Evidence("một thẻ căn cước hoặc hộ chiếu bắt đầu", _CERTAIN)
    elif numbers and page.card.numbers and not numbers & page.card.numbers:
        yield _Evidence("thẻ của người khác", _CERTAIN)
    else:
        same = bool(numbers & page.card.numbers)
        yield _Evidence("mặt kia của cùng một thẻ" if same else "mặt kia của thẻ", -_CERTAIN if same else -3.0)
