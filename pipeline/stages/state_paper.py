"""Values of administrative papers, found by their place: number, date, issuer, subject (NĐ 30/2020, Phụ lục I)."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.stages.evidence import Draft
from pipeline.stages.field_values import iso_date, parse
from pipeline.stages.issuers import put_right
from pipeline.stages.layout import COLUMN_GAP, Token, around, rows_of
from pipeline.stages.signer import find_signer
from pipeline.stages.spellings import Reading, Spellings
from pipeline.stages.state_head import Head, read_head
from pipeline.stages.subjects import find_subject
from pipeline.vietnamese import nfc
from schemas.catalog import DocumentType, FieldRule
from schemas.text import PageText

_PLACED = ("document_number", "issuer", "subject", "signer")
SURE = 0.93
"""Probability of the worst word of an issuer or a subject under which a person is asked.

Of 38 subjects of made-up and real papers above it none was wrong, the surest wrong one stood at 0.88; nor was any of 49
issuers.
"""
_SPECKS = " .,:;|_'\"`“”‘’*~=—–-"
_DIGIT_LIKE = str.maketrans("OoÓóØQDIl|", "0000000111")
_LABEL = re.compile(r"^\W{0,3}(?:S[oôốồổỗộóòõöO0]\W{0,2}[:;.]|No\W{0,2}:)\s*", re.IGNORECASE)
_NOTATION = re.compile(
    r"^\W{0,2}([\dOoÓóØQDIl|](?:[\dOoÓóØQDIl| ]{0,6}[\dOoÓóØQDIl|])?)\s*/\s*"
    r"((?:\d{4}\s*/\s*)?[A-ZĐ][\wĐđ&.]*(?:\s?-\s?[A-ZĐ][\wĐđ&.]*)*)"
)
_SPELT = re.compile(
    r"ng[aàáảãạ]y\s{0,2}(\S{1,5}?)\s{0,2}th[aáàảãạ]ng\s{0,2}(\S{1,4}?)\s{0,2}n[aăâ]m\W{0,3}(\d{4})", re.IGNORECASE
)


def has_place(rule: FieldRule, kind: DocumentType, *, seen: bool) -> bool:
    """Whether this is a value of an administrative paper that is found by its place; `seen`: the paper has its head.

    A number that has a label besides is looked for by it where there is no head.
    """
    if not kind.is_administrative:
        return False
    return (rule.kind in _PLACED and (seen or not rule.labels)) or (rule.kind == "date" and not rule.labels)


def read_state_paper(pages: Sequence[PageText], kind: DocumentType) -> dict[str, Draft] | None:
    """What an administrative paper says of itself, by the name of the field.

    Args:
        pages: the paper's pages in order.
        kind: its type; only rules without labels, and of the kinds that have a place of their own, are read.

    Returns:
        None where the paper has no such head. A value that is there and cannot be read is left out: another one of the
        same form, further down, speaks of another paper.

    """
    first = next((page for page in pages if page.words), None)
    rows = rows_of([first]) if first is not None else []
    head = read_head(rows)
    if head is None:
        return None
    spellings = Spellings(rows_of(pages))
    found: dict[str, Draft | None] = {}
    for rule in kind.fields:
        match rule.kind:
            case "document_number":
                found[rule.name] = _number(rule, head)
            case "date" if not rule.labels:
                found[rule.name] = _date(head)
            case "issuer":
                found[rule.name] = _issuer(put_right(head.issuer, spellings))
            case "subject":
                found[rule.name] = _subject(find_subject(rows, head, kind), spellings)
            case "signer":
                found[rule.name] = find_signer(pages)
    drafts = {name: draft for name, draft in found.items() if draft is not None}
    _compare_years(drafts)
    return drafts


def _number(rule: FieldRule, head: Head) -> Draft | None:
    """The number with its notation. A lone digit asks a person: numbers under ten are written `05` (Phụ lục I)."""
    text = " ".join(token.text for token in head.number)
    bare = _LABEL.sub("", text)
    match = _NOTATION.match(nfc(bare))
    if match is None:
        return None
    digits = match[1].replace(" ", "")
    value = f"{digits.translate(_DIGIT_LIKE)}/{re.sub(r' ', '', match[2]).rstrip('.-&')}"
    fits = rule.pattern is None or re.fullmatch(rule.pattern, value) is not None
    draft = _draft(head.number, value)
    whole = digits.isdigit() and len(digits) > 1 and not match.start(1) and " " not in match[1]
    draft.conflict = not whole or bare == text or not fits
    return draft


def _date(head: Head) -> Draft | None:
    """The date beside the number. A day or month that is not written with its zero asks a person (Phụ lục I)."""
    text = " ".join(token.text for token in head.date)
    match = _SPELT.search(nfc(text))
    if match is None:
        parsed = parse("date", text)
        return _draft(head.date, parsed.value) if parsed else None
    day, month = (part.strip(" .,_…") for part in match.groups()[:2])
    read = [re.sub(r"[^\w]", "", part.translate(_DIGIT_LIKE)) for part in (day, month)]
    value = iso_date(read[0], read[1], match[3]) if all(part.isdecimal() for part in read) else None
    if value is None:
        return None
    draft = _draft(head.date, value)
    padded = len(day) == 2 and (len(month) == 2 or month in "3456789")
    draft.conflict = [day, month] != read or not padded
    return draft


def _subject(words: Sequence[Token], spellings: Spellings) -> Draft | None:
    if not words:
        return None
    readings = spellings.settle([Reading(token, nfc(token.text), token.confidence) for token in words])
    text = nfc(" ".join(reading.text for reading in readings))
    draft = _draft(words, re.sub(r"^[^\w(]*v[eềê]\s?vi[eệêẹ]c\b", "Về việc", text, flags=re.IGNORECASE).strip(_SPECKS))
    draft.confidence = min(reading.confidence for reading in readings)
    draft.conflict = draft.confidence < SURE
    return draft


def _issuer(readings: Sequence[Reading]) -> Draft | None:
    if not readings:
        return None
    draft = _draft([r.token for r in readings], nfc(" ".join(r.text for r in readings)).strip(_SPECKS))
    draft.confidence = min(reading.confidence for reading in readings)
    # A word is missing in a gap.
    tokens = pairwise(reading.token for reading in readings)
    torn = any(after.gap > COLUMN_GAP and after.box.left > before.box.left for before, after in tokens)
    draft.conflict = draft.confidence < SURE or torn
    return draft


def _draft(tokens: Sequence[Token], value: str) -> Draft:
    used = [token for token in tokens if token.letters] or list(tokens)
    return Draft(
        value=value,
        confidence=min(token.confidence for token in used),
        page=used[0].page,
        box=around([token.box for token in used]),
        handwritten=any(token.word.handwritten for token in used if any(c.isdigit() for c in token.text)),
    )


def _compare_years(drafts: dict[str, Draft]) -> None:
    """Legal texts have the year in their number (`45/2025/QĐ-UBND`); the date must say the same."""
    number, issued = drafts.get("document_number"), drafts.get("issue_date")
    year = re.match(r"\d+/(\d{4})/", number.value) if number is not None else None
    if number is None or issued is None or year is None:
        return
    if year[1] != issued.value[:4]:
        number.conflict = issued.conflict = True
