"""Step 7: a paper's words become fields with evidence.

A value is what stands after its label (labels.py), parsed by its kind (field_values.py); codes outrank print, and what
two values say of each other is weighed in evidence.py.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from rapidfuzz.distance import Levenshtein

from pipeline.stages.code_values import add_codes
from pipeline.stages.evidence import Draft, settle_evidence, settle_looked_at, to_field, worth_another_look
from pipeline.stages.field_values import date_in_words, parse
from pipeline.stages.identifiers import read_personal_number
from pipeline.stages.labels import Area, Mark, Marks
from pipeline.stages.layout import Row, Token, around, cells_of, rows_of
from pipeline.stages.second_places import compare_places
from pipeline.stages.state_paper import has_place, read_state_paper
from pipeline.vietnamese import flat, fold
from schemas.catalog import DocumentType, FieldRule
from schemas.dossier import Field
from schemas.text import Box, PageText

_IN_WORDS = ("ghi bằng chữ", "bằng chữ", "viết bằng chữ")
_PLACE_DATE = re.compile(r"(?:^|,)\W*ngay \W{0,2}\d{1,2}\W{1,3}thang \W{0,2}\d{1,2}\W{1,3}nam \d{3} ?\d\W*$")
_CLEAR = 0.95
_GUESSED = 0.5
"""Confidence of a value that was put together from two lines."""
_ALIKE = 0.7
"""From here on two readings that are not equal are taken for one value misread, not for two people."""


LookAgain = Callable[[int, Sequence[Box]], Sequence[Sequence[str]]]
"""Page (number in the submission) and boxes on it in, what stands in each box at each later look out."""


def extract(pages: Sequence[PageText], document_type: DocumentType, look_again: LookAgain) -> dict[str, Field]:
    """The fields of a paper of this type that could be read, by name.

    Args:
        pages: the paper's pages in order.
        document_type: tells which fields there are and where they stand.
        look_again: reads doubted values anew; it may read nothing.

    Returns:
        Only fields with a value of their kind; a missing one is absent, and so is an address that nobody needs and
        that is not certain: nobody should be asked about the marks of a street for its sake.

    """
    drafts = read_drafts(pages, document_type)
    look_at_doubted(document_type, drafts, look_again)
    shown = [rule for rule in document_type.fields if not rule.witness and rule.name in drafts]
    fields = {rule.name: to_field(rule, drafts[rule.name]) for rule in shown}
    spare = {rule.name for rule in shown if rule.kind == "address" and not rule.required}
    return {name: field for name, field in fields.items() if not (name in spare and field.needs_review)}


def look_at_doubted(document_type: DocumentType, drafts: Mapping[str, Draft], look_again: LookAgain) -> None:
    """Reads the doubted values again, page by page, and weighs them anew."""
    by_page: dict[int, list[tuple[FieldRule, Draft, Box]]] = {}
    for rule, draft in worth_another_look(document_type, drafts):
        if draft.page is not None and draft.box is not None:
            by_page.setdefault(draft.page, []).append((rule, draft, draft.box))
    for page, doubted in by_page.items():
        looks = look_again(page, [box for _, _, box in doubted])
        for (rule, draft, _), texts in zip(doubted, looks, strict=True):
            take_looks(rule, draft, texts)
            settle_looked_at(document_type, rule, draft)


def take_looks(rule: FieldRule, draft: Draft, texts: Sequence[str]) -> None:
    """Notes the values that were read at later looks, each None where the text is none of the field's kind."""
    parsed = (parse(rule.kind, text) for text in texts)
    draft.again = tuple(None if one is None else one.value for one in parsed)


def read_drafts(pages: Sequence[PageText], document_type: DocumentType) -> dict[str, Draft]:
    """The values of the same with all that speaks for and against them, those of witnesses too, by name."""
    rows = rows_of(pages)
    rules = document_type.fields
    labels = [label for rule in rules for label in (*rule.labels, *rule.section, *rule.until, *rule.again)]
    marks = Marks(rows, [*labels, *document_type.stops, *_IN_WORDS])
    placed = read_state_paper(pages, document_type) if document_type.is_administrative else None
    others = [rule for rule in rules if not has_place(rule, document_type, seen=placed is not None)]
    drafts = {rule.name: draft for rule in others if (draft := _read(rule, marks)) is not None} | (placed or {})
    _add_lone_number(rules, rows, drafts)
    add_codes(pages, rows, document_type, drafts)
    compare_places(document_type, pages, rows, drafts)
    settle_evidence(document_type, pages, drafts)
    return drafts


def _read(rule: FieldRule, marks: Marks) -> Draft | None:
    """The value in its own place, compared with a second place where the rule names one."""
    if not rule.labels:
        return _by_form(rule, marks.rows)
    area = _area(rule, marks)
    if area is None:
        return None
    draft = _first(rule, marks.of(rule.labels, area), marks, area)
    whole = Area(0, len(marks.rows))
    again = [mark for mark in marks.of(rule.again, whole) if draft is None or mark.row not in draft.rows]
    seconds = [second for mark in again if (second := _after_label(rule, mark, marks, whole)) is not None]
    if draft is not None:
        for second in seconds:
            _compare(draft, second)
        return draft
    for second in seconds:
        second.conflict = True  # away from its own place the value may be somebody else's
    return seconds[0] if seconds else None


def _first(rule: FieldRule, places: list[Mark], marks: Marks, area: Area) -> Draft | None:
    """The first label whose value can be read; clearly read labels go before misread ones."""
    unreadable: set[int] = set()
    for mark in sorted(places, key=lambda mark: mark.alike < _CLEAR):
        draft = _after_label(rule, mark, marks, area)
        if draft is not None:
            # Where the first place is unreadable, the next one may speak of somebody else.
            draft.conflict = draft.conflict or bool(unreadable - draft.rows)
            return draft
        unreadable.add(mark.row)
    return None


def _compare(draft: Draft, second: Draft) -> None:
    if second.value.casefold() == draft.value.casefold():
        draft.agree("two_places", max(draft.confidence, second.confidence), certain=True)
    elif not draft.value.endswith(f" {second.value}"):  # a name's beginning may look like the end of a label
        alike = Levenshtein.normalized_similarity(fold(draft.value), fold(second.value))
        if alike >= _ALIKE:
            draft.contradict("second_place", second.value, second.page, second.box)


def _area(rule: FieldRule, marks: Marks) -> Area | None:
    """The rows, and the column where two stand side by side, in which the rule's labels count."""
    whole = Area(0, len(marks.rows))
    if not rule.section:
        return whole
    heads = marks.of(rule.section, whole)
    if not heads:
        return None
    head, left, right, last = heads[0], whole.left, whole.right, whole.last
    own = marks.rows[head.row].tokens[head.start].box
    for end in marks.of(rule.until, Area(head.row, whole.last)):
        token = marks.rows[end.row].tokens[end.start]
        if end.row > head.row:
            last = end.row
            break
        if token.box.left > own.left:
            right = min(right, token.box.left - own.height / 2)
        else:
            left = max(left, own.left - own.height)
    return Area(head.row, last, left, right)


def _after_label(rule: FieldRule, mark: Mark, marks: Marks, area: Area) -> Draft | None:
    draft = _draft(rule, marks.after(mark, area), mark.row)
    if rule.kind == "name" and draft is not None:
        draft = _with_next_line(rule, draft, mark, marks)
    if rule.kind == "date":
        near = Area(mark.row, min(mark.row + 2, area.last), area.left, area.right)
        for words in marks.of(_IN_WORDS, near)[:1]:
            spelt = date_in_words(" ".join(token.text for token in marks.after(words, area)))
            if draft is not None and spelt == draft.value:
                draft.agree("check", draft.confidence, certain=True)
            elif draft is not None and spelt is not None:
                row = marks.rows[words.row]
                draft.contradict("words", spelt, row.page, around([token.box for token in row.tokens[words.start :]]))
    return draft


def _with_next_line(rule: FieldRule, draft: Draft, mark: Mark, marks: Marks) -> Draft:
    """The name with its last word from the next line of a narrow column; a guess until the paper says it again."""
    row = marks.rows[mark.row]
    below = marks.rows[mark.row + 1] if mark.row + 1 < len(marks.rows) else None
    label = row.tokens[mark.start].box
    used = [token for token in row.tokens[mark.end :] if draft.box and _stands_in(token.box, draft.box)]
    if below is None or below.page != row.page or not used:
        return draft
    for cell in cells_of(below):
        words = [token.text for token in cell.tokens]
        beneath = abs(cell.tokens[0].box.left - label.left) < label.height
        if beneath and len(words) <= 2 and all(word.isalpha() and word[0].isupper() for word in words):
            longer = _draft(rule, [*used, *cell.tokens], mark.row)
            if longer is not None and longer.value != draft.value:
                longer.confidence, longer.guessed = min(longer.confidence, _GUESSED), True
                return longer
    return draft


def _stands_in(word: Box, value: Box) -> bool:
    return word.left >= value.left and word.right <= value.right


def _draft(rule: FieldRule, tokens: Sequence[Token], row: int) -> Draft | None:
    """The tokens' value, with the worst confidence of the words it stands on."""
    text = " ".join(token.text for token in tokens)
    parsed = parse(rule.kind, text)
    if parsed is None:
        return None
    used, position = [], 0
    for token in tokens:
        if position < parsed.end and position + len(token.text) > parsed.start:
            used.append(token)
        position += len(token.text) + 1
    first = [token for token in used if token.page == used[0].page]
    fits = rule.pattern is None or re.fullmatch(rule.pattern, parsed.value) is not None
    return Draft(
        value=parsed.value,
        confidence=min(token.confidence for token in used),
        page=used[0].page,
        box=around([token.box for token in first]),
        rows={row},
        conflict=parsed.repaired or not fits,
        handwritten=2 * sum(token.word.handwritten for token in used) > len(used),
    )


# Values without a label


def _by_form(rule: FieldRule, rows: Sequence[Row]) -> Draft | None:
    if rule.kind == "date":
        return _place_date(rule, rows)
    if rule.kind == "serial":
        cells = ((cell, i) for i, row in enumerate(rows) for cell in cells_of(row))
        drafts = (_draft(rule, cell.tokens, i) for cell, i in cells if len(cell.letters) <= 12)
        return next((draft for draft in drafts if draft), None)
    if rule.kind == "organisation":
        return _organisation(rule, rows)
    return None


def _place_date(rule: FieldRule, rows: Sequence[Row]) -> Draft | None:
    """The line of place and date; it may break before the year."""
    for i, row in enumerate(rows):
        for cell in reversed(cells_of(row)):
            tokens = cell.tokens
            if fold(cell.text).rstrip().endswith(" nam") and i + 1 < len(rows):
                tokens += rows[i + 1].tokens[:1]
            text = flat(" ".join(token.text for token in tokens))
            match = _PLACE_DATE.search(text)
            if match and match.start() <= 60 and (draft := _draft(rule, tokens, i)):
                return draft
    return None


def _organisation(rule: FieldRule, rows: Sequence[Row]) -> Draft | None:
    """The name in capitals at the top left, which may run over two lines, compared with its mention in the text."""
    head = [i for i, row in enumerate(rows) if row.place < 0.25]
    first: Draft | None = None
    for i in head:
        cell = cells_of(rows[i])[0]
        below = (part for row in rows[i + 1 : i + 4] for part in cells_of(row))
        lower = next((part for part in below if _is_under(part, cell)), None)
        first = _draft(rule, (*cell.tokens, *lower.tokens) if lower else cell.tokens, i)
        if first is not None:
            break
    body = [token for row in rows[head[-1] + 1 if head else 0 :] for token in row.tokens]
    second = _draft(rule, body, len(rows))
    if first is None:
        return second
    if second is not None and fold(second.value).startswith(fold(first.value) + " "):
        second.contradict("second_place", first.value, first.page, first.box)  # one of the two was cut short
        return second
    if second is not None:
        _compare(first, second)
    return first


def _is_under(below: Row, cell: Row) -> bool:
    """Whether the lower cell continues the upper one: in capitals, within its width."""
    left, right = cell.tokens[0].box.left, cell.right
    inside = left <= below.tokens[0].box.left and below.right <= right
    return inside and below.text.upper() == below.text and ":" not in below.text


def _add_lone_number(rules: Sequence[FieldRule], rows: Sequence[Row], drafts: dict[str, Draft]) -> None:
    """Where the label of the paper's only personal number is unreadable, the only such number is shown as doubtful."""
    wanted = [rule for rule in rules if rule.kind == "personal_id" and not rule.witness]
    if len(wanted) != 1 or wanted[0].name in drafts:
        return
    found = [
        draft
        for i, row in enumerate(rows)
        for token in row.tokens
        if (draft := _draft(wanted[0], [token], i)) is not None and read_personal_number(draft.value)
    ]
    if len({draft.value for draft in found}) == 1:
        found[0].conflict = True
        drafts[wanted[0].name] = found[0]
