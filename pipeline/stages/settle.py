"""Whether a paper is filed or waits for a person, and why."""

from collections.abc import Mapping

from pipeline.stages.classify import OTHER, TYPE_CERTAIN, Classification
from pipeline.stages.identify import Identification
from schemas.base import Value
from schemas.catalog import DocumentType
from schemas.dossier import Field, PaperState


class Settled(Value):
    """State of a paper and the stable codes of its open questions.

    Reasons: secrecy_doubtful, type_unknown, type_doubtful, field_missing, field_doubtful, handwritten (a value was seen
    to be), handwriting (the form is usually filled in by hand), those of `Identification`, and secret_paper for a paper
    that may not be kept at all.
    """

    state: PaperState
    reasons: tuple[str, ...] = ()


def settle(
    classification: Classification,
    document_type: DocumentType,
    fields: Mapping[str, Field],
    identification: Identification,
) -> Settled:
    """`filed` only when type and owners are certain, every required field is there and none is in doubt."""
    if document_type.keeping.rule == "secret_stop":
        return Settled(state="rejected", reasons=("secret_paper",))
    reasons = []
    if classification.secrecy_doubtful:
        reasons.append("secrecy_doubtful")
    if classification.type == OTHER:
        reasons.append("type_unknown")
    elif classification.confidence < TYPE_CERTAIN:
        reasons.append("type_doubtful")
    if any(rule.required and rule.name not in fields for rule in document_type.fields):
        reasons.append("field_missing")
    doubtful = [field for field in fields.values() if field.needs_review]
    if doubtful:
        reasons.append("field_doubtful")
    if any(field.handwritten for field in doubtful):
        reasons.append("handwritten")
    elif document_type.filled_by == "applicant" and any(field.evidence in ("ocr", "check") for field in doubtful):
        reasons.append("handwriting")
    reasons += identification.reasons
    sure = all(person.link == "filed" for person in identification.people)
    return Settled(state="filed" if sure and not reasons else "needs_review", reasons=tuple(reasons))
