"""Values that stand a second time on the paper, in a code or in print: the same value twice is hardly a misreading."""

import re
from collections.abc import Iterator, Mapping, Sequence

from pipeline.stages.evidence import CODE_CONFIDENCE, REVIEW_BELOW, Draft
from pipeline.stages.identifiers import read_personal_number
from pipeline.stages.layout import COLUMN_GAP, Row, Token, around
from pipeline.vietnamese import fold, nfc, place_tone
from schemas.catalog import DocumentType
from schemas.text import PageText

_SPECKS = ".,;:|_`'\"“”‘’()[]{}*~=—–-"
_READABLE = 0.5
"""A second place that is more likely wrong than right says nothing, for or against."""


def compare_places(
    document_type: DocumentType, pages: Sequence[PageText], rows: Sequence[Row], drafts: Mapping[str, Draft]
) -> None:
    """Compares names, personal numbers and dossier codes with what else the paper says, and notes what agrees."""
    payloads = [code.text for page in pages for code in page.codes]
    for rule in document_type.fields:
        draft = drafts.get(rule.name)
        if draft is None or draft.evidence in ("qr", "mrz"):
            continue
        if rule.kind == "name":
            _compare_name(draft, rows)
        elif rule.kind in ("personal_id", "dossier_code"):
            _compare_codes(draft, payloads)
        if rule.kind == "personal_id":
            _compare_number(draft, rows)


def _compare_codes(draft: Draft, payloads: Sequence[str]) -> None:
    """The code of a receipt holds the dossier code and its owner's number (TT 01/2023/TT-VPCP, Art 26)."""
    if any(draft.value in re.split(r"[|;,\s]+", payload) for payload in payloads):
        draft.agree("qr", CODE_CONFIDENCE, certain=True)


def _compare_number(draft: Draft, rows: Sequence[Row]) -> None:
    for token in _elsewhere(draft, rows):
        other = token.text.strip(_SPECKS)
        if len(other) != len(draft.value) or not other.isdigit() or token.confidence < _READABLE:
            continue
        differing = sum(a != b for a, b in zip(draft.value, other, strict=True))
        if differing == 0 and read_personal_number(other) is not None:
            draft.agree("two_places", max(draft.confidence, token.confidence), certain=True)
        elif differing == 1:  # one number misread rather than two people; relatives' numbers have nothing in common
            draft.contradict("second_place", other, token.page, token.box)


def _elsewhere(draft: Draft, rows: Sequence[Row]) -> Iterator[Token]:
    return (token for row in rows for token in row.tokens if not _is_own(draft, token))


def _compare_name(draft: Draft, rows: Sequence[Row]) -> None:
    """A mention with other marks, or with one more word, makes the name a question; an equal one confirms it."""
    name = [_letters(word) for word in draft.value.split()]
    for row in rows:
        words = [_letters(token.text.strip(_SPECKS)) for token in row.tokens]
        for start in range(len(words) - len(name) + 1):
            end = start + len(name)
            found, sure = words[start:end], min(token.confidence for token in row.tokens[start:end])
            if [fold(word) for word in found] != [fold(word) for word in name] or sure < _READABLE:
                continue
            if any(_is_own(draft, token) for token in row.tokens[start:end]):
                continue
            if found != name or _goes_on(row.tokens, end):
                longer = row.tokens[start : end + 1] if found == name else row.tokens[start:end]
                other = " ".join(token.text.strip(_SPECKS) for token in longer)
                draft.contradict("second_place", other, row.page, around([token.box for token in longer]))
            elif sure >= REVIEW_BELOW or draft.confidence >= REVIEW_BELOW:
                draft.agree("two_places", max(draft.confidence, sure), certain=True)


def _letters(word: str) -> str:
    return place_tone(nfc(word).lower())


def _goes_on(tokens: Sequence[Token], end: int) -> bool:
    """Whether one more word of a name follows in the same cell."""
    if end >= len(tokens) or tokens[end].gap > COLUMN_GAP or tokens[end - 1].text[-1:] in ",;.:)":
        return False
    following = tokens[end].text
    return following.isalpha() and following[0].isupper() and tokens[end].confidence >= _READABLE


def _is_own(draft: Draft, token: Token) -> bool:
    """Whether the word is part of the value itself."""
    box = draft.box
    if box is None or draft.page != token.page:
        return False
    across = min(box.right, token.box.right) > max(box.left, token.box.left)
    return across and min(box.bottom, token.box.bottom) > max(box.top, token.box.top)
