"""An answer to an open question, by one value, as the decision that it is."""

import re
from typing import Any

from pipeline.errors import ScanRejected
from pipeline.stages.questions import NO_CARD, SCANNED_APART
from schemas.dossier import Paper
from schemas.review import Question

_CITIZEN_ID = re.compile(r"[0-9a-f]{32}")
_PERSONAL_DIGITS = 12


def as_said(asked: Question, paper: Paper, value: str | None, name: str | None) -> dict[str, Any]:
    """The decision's own words; who and when are added by who keeps it.

    Args:
        asked: the question.
        paper: which it is about.
        value: the answer, as `Review.answer` takes it.
        name: of an owner who is new to the register.

    Raises:
        ScanRejected: (bad_answer) it is no possible answer.
    """
    said = _of_choice(asked, value) if value is not None else None
    match asked.kind, value:
        case "type", str():
            said = {"kind": "set_type", "type": value}
        case "field", _:
            said = {"kind": "set_field", "name": asked.name, "value": value}
        case "owner", _:
            said = {"kind": "set_owner", "role": asked.name, **_whose(value, name)}
        case "cut", str():
            pages = tuple(int(part) for part in value.split(",") if part.strip().isdigit())
            said = {"kind": "set_cuts", "subject_id": paper.submission_id, "first_pages": pages}
        case "same", _ if value in (asked.name, None):
            said = {"kind": "set_same", "same_as": value}
    if said is None:
        raise ScanRejected("bad_answer", asked.kind)
    return {"subject_id": paper.document_id, **said}


def number_kind(value: str) -> str | None:
    """What kind of number names an owner here: `personal_id`, `tax_code` or `passport`; None: it is an entry's id."""
    if _CITIZEN_ID.fullmatch(value):
        return None
    digits = value.replace("-", "")
    if not digits.isdigit():
        return "passport" if value.isalnum() and value[:1].isupper() else None
    return "personal_id" if len(digits) == _PERSONAL_DIGITS else "tax_code"


def _of_choice(asked: Question, value: str) -> dict[str, Any] | None:
    """The answers to questions that have but a few."""
    match asked.kind, value:
        case "secrecy", "yes" | "no":
            return {"kind": "set_secrecy", "secret": value == "yes"}
        case "card", v if v in (SCANNED_APART, NO_CARD):
            return {"kind": "set_card", "card": value == SCANNED_APART}
        case "page", "accept":
            return {"kind": "accept", "code": asked.name}
        case "newer", "superseded" | "valid":
            return {"kind": "invalidate", "state": value, "superseded_by": asked.name}
    return None


def _whose(value: str | None, name: str | None) -> dict[str, str | None]:
    kind = number_kind(value) if value is not None else None
    return {"citizen_id": value} if kind is None else {kind: value, "name": name}
