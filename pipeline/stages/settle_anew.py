"""A paper after a person's answer: which reasons are gone, what is still open, and whether it is filed now."""

from pipeline.stages.classify import Classification
from pipeline.stages.identify import Identification
from pipeline.stages.questions import (
    CARD,
    CUT,
    FIELD_REASONS,
    OWNER_REASONS,
    SECRECY,
    TYPE_REASONS,
    questions_of,
)
from pipeline.stages.settle import settle
from schemas.catalog import DocumentType
from schemas.dossier import OFF_FILE, Paper

_OF_SETTLE = (*TYPE_REASONS, *FIELD_REASONS, SECRECY)


def settle_anew(paper: Paper, kind: DocumentType) -> Paper:
    """State, reasons and questions of a paper as its values and answers stand now.

    Reasons of `settle` are found again; an owner's reason stays while a role is open, any other until its own
    question is answered.
    """
    if paper.state in OFF_FILE:
        return paper.model_copy(update={"questions": ()})
    owner_reasons = _owner_reasons(paper, kind)
    settled = settle(
        Classification(
            type=paper.type,
            confidence=paper.type_confidence,
            cues=paper.cues,
            secrecy_doubtful=SECRECY in paper.reasons and "secrecy" not in paper.answered,
        ),
        _without_absent(kind, paper),
        paper.fields,
        Identification(people=paper.people, mentions=paper.mentions, reasons=owner_reasons),
    )
    typed = "type" in paper.answered
    found = [reason for reason in settled.reasons if not (typed and reason in TYPE_REASONS)]
    others = [reason for reason in paper.reasons if reason not in (*_OF_SETTLE, *OWNER_REASONS)]
    left = [reason for reason in others if _part(reason) not in paper.answered]
    reasons = tuple(dict.fromkeys([*found, *left]))
    sure = all(person.link == "filed" for person in paper.people)
    state = settled.state if settled.state == "rejected" else "filed" if sure and not reasons else "needs_review"
    settled_paper = paper.model_copy(update={"state": state, "reasons": reasons})
    return settled_paper.model_copy(update={"questions": questions_of(settled_paper, kind)})


def _owner_reasons(paper: Paper, kind: DocumentType) -> tuple[str, ...]:
    held = {person.role for person in paper.people if person.link == "filed"}
    answered = {part.partition(".")[2] for part in paper.answered if part.startswith("owner.")}
    roles = {rule.role for rule in kind.owners} | {person.role for person in paper.people}
    asked = roles - held - answered if roles or answered else {"owner"}
    return tuple(reason for reason in paper.reasons if reason in OWNER_REASONS) if asked else ()


def _without_absent(kind: DocumentType, paper: Paper) -> DocumentType:
    """The type without the fields of which a person said that this paper does not carry them."""
    absent = {part.removeprefix("field.") for part in paper.answered} - paper.fields.keys()
    return kind.model_copy(update={"fields": tuple(rule for rule in kind.fields if rule.name not in absent)})


def _part(reason: str) -> str:
    """The question that a reason which is not about type, fields or owners is asked by."""
    return {CUT: "cut", CARD: "card"}.get(reason, f"page.{reason}")
