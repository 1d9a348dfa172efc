"""What is open about a paper, as questions to a person: one a doubt, ordered by expected harm.

What decides over other answers is asked first and alone: where the paper begins, whether it is secret, whether a card
lies on it, what it is.
"""

from collections.abc import Iterator
from typing import get_args

from pipeline.stages.classify import OTHER
from schemas.catalog import DocumentType, FieldRule
from schemas.decisions import CopyTrouble
from schemas.dossier import OFF_FILE, Field, Paper
from schemas.people import PersonOnPaper
from schemas.review import Candidate, Question, QuestionKind

OWNER_REASONS = (
    "owner_unknown",
    "owner_doubtful",
    "owner_conflict",
    "owner_alike",
    "name_differs",
    "person_mismatch",
)
FIELD_REASONS = ("field_missing", "field_doubtful", "handwritten", "handwriting")
TYPE_REASONS = ("type_unknown", "type_doubtful")
CUT, SECRECY = "cut_doubtful", "secrecy_doubtful"
CARD, UNCUT = "card_among_others", "original_uncut"
SAME, NEWER = "same_paper", "newer_paper"
SCAN_AGAIN = "scan_again"
"""A person found that it cannot be read: nothing else is asked until it was scanned again, or will do after all."""

COPY_TROUBLES: tuple[CopyTrouble, ...] = get_args(CopyTrouble)
NO_CARD, SCANNED_APART = "no_card", "scanned_apart"
"""The answers to a card among other things; none of them lets its picture be kept (NĐ 356/2025/NĐ-CP, Điều 4)."""

HARM = {"owner": 1.0, "cut": 0.95, "card": 0.9, "secrecy": 0.9, "type": 0.8, "page": 0.4, "newer": 0.35, "same": 0.3}
"""What a wrong answer may do, 0..1: a paper given to the wrong person is the worst, since it tells their affairs and
lets them act on it; a wrong cut mixes two people's papers; a paper of a wrong type is kept or wiped against the law."""
_HARM_WAITING = 0.01
_HARM_KEY_FIELD, _HARM_NAME, _HARM_REQUIRED, _HARM_OPTIONAL = 0.6, 0.5, 0.45, 0.2
_KEY_KINDS = ("document_number", "date", "personal_id", "serial", "dossier_code", "tax_code")
_DOUBT = {"owner_unknown": 1.0, "owner_conflict": 0.9, "person_mismatch": 0.7, "owner_doubtful": 0.5}
_DOUBT |= {"owner_alike": 0.8, "name_differs": 0.3}
_LEAST_DOUBT = 0.02
_SAYS_THE_SAME_KIND = ("print", "mrz", "second_place", "words")
"""Conflicts whose value may be the field's; a birth year alone is no personal number."""


def questions_of(paper: Paper, kind: DocumentType) -> tuple[Question, ...]:
    """The open questions of a paper, most urgent first.

    Args:
        paper: with its reasons, fields and people; what a person has answered (`answered`) is not asked again. Its
            questions about other papers (`same`, `newer`) stay.
        kind: its type.

    """
    if paper.state in OFF_FILE:
        return ()
    asked = [*_bounds(paper), *_type(paper)]
    if SCAN_AGAIN in paper.reasons:
        asked = [_scan_question(paper)]
    elif not asked:
        asked = [*_owners(paper, kind), *_fields(paper, kind), *_pages(paper)]
    asked += [question for question in paper.questions if question.kind in ("same", "newer")]
    still = (question for question in asked if question.part not in paper.answered)
    return tuple(sorted(still, key=lambda question: (-question.urgency, question.part)))


def copy_trouble(paper: Paper) -> CopyTrouble | None:
    """Why an officer who compared the paper's copy did not confirm it; None: nobody refused it, or it is settled."""
    return next((one for one in COPY_TROUBLES if one in paper.reasons), None)


def other_paper_question(kind: QuestionKind, reason: str, document_id: str, doubt: float) -> Question:
    """A question about another paper: whether it is the same one (`same`), or has taken this one's place (`newer`)."""
    candidate = Candidate(value=document_id, source="paper")
    return Question(kind=kind, name=document_id, reason=reason, candidates=(candidate,), harm=HARM[kind], doubt=doubt)


def _bounds(paper: Paper) -> Iterator[Question]:
    first = min(paper.source_pages, default=None)
    if CUT in paper.reasons:
        yield _cut_question(paper, first)
    if CARD in paper.reasons:
        choices = tuple(Candidate(value=value, source="choice") for value in (SCANNED_APART, NO_CARD))
        yield Question(kind="card", reason=CARD, page=first, candidates=choices, harm=HARM["card"], doubt=0.9)
    if SECRECY in paper.reasons:
        yield Question(kind="secrecy", reason=SECRECY, page=first, harm=HARM["secrecy"], doubt=0.5)


def _cut_question(paper: Paper, first: int | None) -> Question:
    """About the most doubtful place, with what speaks for and against a beginning there."""
    doubted = [(1 - abs(2 * cut.confidence - 1), cut.page, cut) for cut in paper.cuts if cut.doubtful]
    if not doubted:
        return Question(kind="cut", reason=CUT, page=first, harm=HARM["cut"], doubt=0.5)
    doubt, page, cut = max(doubted, key=lambda one: one[:2])
    return Question(
        kind="cut",
        reason=CUT,
        page=page,
        speaks_for=cut.speaks_for,
        speaks_against=cut.speaks_against,
        harm=HARM["cut"],
        doubt=max(_LEAST_DOUBT, doubt),
    )


def _type(paper: Paper) -> Iterator[Question]:
    reason = next((reason for reason in paper.reasons if reason in TYPE_REASONS), None)
    if reason is None:
        return
    known = paper.type != OTHER
    found = Candidate(value=paper.type, source="catalogue", confidence=paper.type_confidence)
    others = (Candidate(value=one.type, source="catalogue", confidence=one.confidence) for one in paper.other_types)
    yield Question(
        kind="type",
        reason=reason,
        page=min(paper.source_pages, default=None),
        candidates=(*([found] if known else []), *others),
        harm=HARM["type"],
        doubt=_doubt(paper.type_confidence) if known else 1.0,
    )


def owner_question(person: PersonOnPaper, reason: str, page: int | None) -> Question:
    """Whose the paper is in a role, where the register says otherwise than when the paper was read."""
    doubt = _DOUBT[reason]
    return Question(
        kind="owner",
        name=person.role,
        reason=reason,
        page=page,
        candidates=_as_read(person),
        harm=HARM["owner"],
        doubt=doubt,
    )


def _as_read(person: PersonOnPaper | None) -> tuple[Candidate, ...]:
    """The owner as the paper gives it, where it gives a number."""
    if person is None or person.number is None:
        return ()
    return (Candidate(value=person.number, source="ocr", label=person.name),)


def _owners(paper: Paper, kind: DocumentType) -> Iterator[Question]:
    """One for every role without a certain owner; shown where the paper names the person."""
    reasons = [reason for reason in paper.reasons if reason in OWNER_REASONS]
    if not reasons:
        return
    reason = max(reasons, key=lambda reason: _DOUBT[reason])
    open_roles = [person.role for person in paper.people if person.link == "proposed"]
    named = {person.role for person in paper.people}
    open_roles += [rule.role for rule in kind.owners if rule.role not in named]
    rules = {rule.role: rule for rule in kind.owners}
    proposed = {person.role: person for person in paper.people}
    for role in dict.fromkeys(open_roles or ["owner"]):
        rule, person = rules.get(role), proposed.get(role)
        read = [paper.fields.get(name) for name in (rule.personal_id, rule.name) if name] if rule else []
        place = next((field for field in read if field is not None), None)
        yield Question(
            kind="owner",
            name=role,
            reason=reason,
            page=place.page if place else min(paper.source_pages, default=None),
            box=place.box if place else None,
            candidates=_as_read(person),
            harm=HARM["owner"],
            doubt=_DOUBT[reason],
        )


def _fields(paper: Paper, kind: DocumentType) -> Iterator[Question]:
    for rule in kind.fields:
        field = paper.fields.get(rule.name)
        if field is not None and field.needs_review:
            yield _field_question(rule, field, _field_reason(paper, field), _doubt(field.confidence))
        elif field is None and rule.required and not rule.witness:
            yield _field_question(rule, None, "field_missing", 1.0)


def _field_reason(paper: Paper, field: Field) -> str:
    if field.handwritten:
        return "handwritten"
    return "handwriting" if "handwriting" in paper.reasons else "field_doubtful"


def _field_question(rule: FieldRule, field: Field | None, reason: str, doubt: float) -> Question:
    if not rule.required:
        harm = _HARM_OPTIONAL
    elif rule.kind in _KEY_KINDS:
        harm = _HARM_KEY_FIELD
    else:
        harm = _HARM_NAME if rule.kind == "name" else _HARM_REQUIRED
    candidates: tuple[Candidate, ...] = ()
    if field is not None:
        read = Candidate(value=field.value, source=field.evidence, confidence=field.confidence)
        # What else the place may say, and what other places on the paper say: a person chooses, nothing is averaged.
        against = [
            Candidate(value=one.value, source="mrz" if one.code == "mrz" else "ocr", label=one.code)
            for one in field.conflicts
            if one.code in _SAYS_THE_SAME_KIND
        ]
        again = [Candidate(value=value, source="ocr") for value in field.candidates]
        first: dict[str, Candidate] = {}
        for one in (read, *against, *again):
            first.setdefault(one.value, one)
        candidates = tuple(first.values())
    return Question(
        kind="field",
        name=rule.name,
        reason=reason,
        page=field.page if field else None,
        box=field.box if field else None,
        candidates=candidates,
        harm=harm,
        doubt=doubt,
    )


def _scan_question(paper: Paper) -> Question:
    """Asked last of all: until the new scan is there nobody can say more."""
    first = min(paper.source_pages, default=None)
    return Question(kind="page", name=SCAN_AGAIN, reason=SCAN_AGAIN, page=first, harm=_HARM_WAITING, doubt=0.9)


def _pages(paper: Paper) -> Iterator[Question]:
    """Trouble of a page or of the copy: the paper is scanned again, or will do as it is."""
    told = {issue.code: issue.page for issue in reversed(paper.issues)}
    known = (*OWNER_REASONS, *FIELD_REASONS, *TYPE_REASONS, CUT, SECRECY, CARD)
    for code in paper.reasons:
        if code not in known:
            page = told.get(code) or min(paper.source_pages, default=None)
            yield Question(kind="page", name=code, reason=code, page=page, harm=HARM["page"], doubt=0.9)


def _doubt(confidence: float) -> float:
    return max(_LEAST_DOUBT, 1 - confidence)
