"""What a person's answer makes of a paper. Values only: the store, the register and the clock are the caller's."""

from datetime import date, datetime

from pipeline.errors import ScanRejected
from pipeline.stages.field_values import parse
from pipeline.stages.identify import Identification
from pipeline.stages.questions import CARD, COPY_TROUBLES, CUT, OWNER_REASONS, SCAN_AGAIN, SECRECY, UNCUT
from pipeline.vietnamese import nfc
from schemas.catalog import DocumentType, FieldKind, FieldRule
from schemas.decisions import Accept, Compared, Invalidate, MachineView, SetField
from schemas.dossier import OFF_FILE, Field, Issue, Paper
from schemas.people import PersonOnPaper

_STRICT: tuple[FieldKind, ...] = ("date", "year", "personal_id", "sex", "tax_code", "passport_number", "bhyt_code")
"""Kinds of which only a value in their own form is taken; of others, what the officer typed."""


def checked_value(rule: FieldRule, typed: str) -> str:
    """A value as it is stored: dates ISO 8601, numbers without spaces, text NFC.

    Raises:
        ScanRejected: (bad_answer) it is empty, or no value of the field's kind.
    """
    text = " ".join(nfc(typed).split())
    if rule.kind == "date" and _is_iso_date(text):
        return text
    if rule.kind in _STRICT:
        parsed = parse(rule.kind, text)
        text = parsed.value if parsed is not None and not parsed.repaired else ""
    if not text:
        raise ScanRejected("bad_answer", rule.name)
    return text


def rule_of(kind: DocumentType, name: str) -> FieldRule:
    """The rule of a field of this type. Raises: ScanRejected (bad_answer) when the type has no such field."""
    for rule in kind.fields:
        if rule.name == name:
            return rule
    raise ScanRejected("bad_answer", name)


def owner_fields(kind: DocumentType) -> set[str]:
    """Fields that tell whose a paper of this type is."""
    return {
        name
        for rule in kind.owners
        for name in (rule.personal_id, rule.passport, rule.tax_code, rule.name, rule.date_of_birth, rule.sex)
        if name
    }


def by_officer(paper: Paper, name: str, value: str) -> Field:
    """A field as an officer set it: certain, where it stood before."""
    read = paper.fields.get(name)
    return Field(
        value=value,
        confidence=1.0,
        evidence="officer",
        needs_review=False,
        page=read.page if read else None,
        box=read.box if read else None,
    )


def with_field(paper: Paper, decision: SetField) -> Paper:
    """The paper with a value set, or taken away where the paper says nothing."""
    fields = {name: field for name, field in paper.fields.items() if name != decision.name}
    if decision.value is not None:
        fields[decision.name] = by_officer(paper, decision.name, decision.value)
    return _answered(paper.model_copy(update={"fields": fields}), f"field.{decision.name}")


def with_people(paper: Paper, identification: Identification) -> Paper:
    """The paper with owners and mentions found anew. Owners whom a person named stay."""
    fixed = _fixed_roles(paper)
    kept = tuple(person for person in paper.people if person.role in fixed)
    found = tuple(person for person in identification.people if person.role not in fixed)
    others = tuple(reason for reason in paper.reasons if reason not in OWNER_REASONS)
    return paper.model_copy(
        update={
            "people": (*kept, *found),
            "mentions": identification.mentions,
            "reasons": (*others, *identification.reasons),
        }
    )


def with_owner(paper: Paper, role: str, person: PersonOnPaper | None) -> Paper:
    """The paper with the owner in one role as a person said; None: it is nobody's in this role."""
    others = [owner for owner in paper.people if owner.role != role]
    # Who handed a paper in was only proposed; an owner who is known takes that place.
    others = [owner for owner in others if owner.role != "handed_in_by" or person is None]
    people = tuple(others) if person is None else (person, *others)
    return _answered(paper.model_copy(update={"people": people}), f"owner.{role}")


def accepted(paper: Paper, decision: Accept) -> Paper:
    """The paper with the trouble of a page or copy taken as it is."""
    return _answered(paper, f"page.{decision.code}")


def uncut(paper: Paper) -> Paper:
    """A paper whose original could not be cut; a person is asked unless one has said that it will do."""
    if f"page.{UNCUT}" in paper.answered or UNCUT in paper.reasons or paper.state in OFF_FILE:
        return paper
    issue = Issue(stage="store", code=UNCUT)
    return paper.model_copy(update={"reasons": (*paper.reasons, UNCUT), "issues": (*paper.issues, issue)})


def to_be_scanned_again(paper: Paper) -> Paper:
    """The paper that cannot be read as it was scanned; it waits for a better scan."""
    issue = Issue(stage="review", code=SCAN_AGAIN)
    left = tuple(part for part in paper.answered if part != f"page.{SCAN_AGAIN}")
    reasons = tuple(dict.fromkeys((*paper.reasons, SCAN_AGAIN)))
    return paper.model_copy(update={"reasons": reasons, "issues": (*paper.issues, issue), "answered": left})


def without_card(paper: Paper) -> Paper:
    """The paper of which a person said that no identity card lies on it."""
    return _answered(paper, "card")


def scanned_apart(paper: Paper) -> Paper:
    """What is left of a scan of a card among other things, once both were scanned apart: that it was there."""
    left = {"state": "rejected", "reasons": (CARD,), "keeping": "show_only"}
    return _answered(paper.model_copy(update=_NOTHING | left), "card")


def cleared(paper: Paper) -> Paper:
    """The paper of which a person said that it carries no secrecy mark."""
    reasons = tuple(reason for reason in paper.reasons if reason != SECRECY)
    return _answered(paper.model_copy(update={"reasons": reasons}), "secrecy")


def invalidated(paper: Paper, decision: Invalidate) -> Paper:
    """The paper with its flag set, or taken back."""
    holds = decision.state == "valid"
    flags = {
        "invalid_state": None if holds else decision.state,
        "invalid_from": None if holds else decision.since,
        "superseded_by": None if holds else decision.superseded_by,
    }
    # Once it is settled that the paper holds no longer, no newer one needs to be asked about.
    moot = [asked.part for asked in paper.questions if asked.kind == "newer" and not holds]
    named = [f"newer.{decision.superseded_by}"] if decision.superseded_by else []
    return _answered(paper.model_copy(update=flags), *named, *moot)


def without_copy(paper: Paper) -> Paper:
    """The paper without its searchable copy, and without those of it that were signed."""
    return paper.model_copy(update={"object_key": None, "sha256": None, "size_bytes": None, "signed_copies": ()})


def without_originals(paper: Paper) -> Paper:
    """The paper without the files in which it was handed in."""
    return paper.model_copy(update={"original_keys": (), "original_sha256s": (), "excerpts": ()})


_NOTHING: dict[str, object] = {
    "fields": {}, "people": (), "mentions": (), "repairs": (), "cues": (), "other_types": (), "questions": (),
    "issues": (), "object_key": None, "sha256": None, "size_bytes": None, "original_keys": (), "original_sha256s": (),
    "excerpts": (), "copy_kind": None, "copy_kind_read": None, "confirmed_at": None, "rendition_of": None,
    "signed_copies": (), "signatures": None,
}  # fmt: skip


def wiped(paper: Paper) -> Paper:
    """What is left of a secret paper, or of one cut otherwise that shows pages of it: that it was there."""
    state = "withdrawn" if paper.state == "withdrawn" else "rejected"
    left: dict[str, object] = {"state": state, "reasons": ("secret_paper",), "keeping": "secret_stop"}
    left |= {"type": "secret_paper", "cuts": (), "superseded_by": None, "component": None}
    return _answered(paper.model_copy(update=_NOTHING | left), "secrecy")


def destroyed(paper: Paper, destruction_id: str) -> Paper:
    """What is left of a paper that was destroyed: that it was there, and by which destruction it went."""
    left: dict[str, object] = {"state": "destroyed", "reasons": ("destroyed",), "destruction_id": destruction_id}
    left |= {"answered": (), "cuts": (), "superseded_by": None, "component": None}
    return paper.model_copy(update=_NOTHING | left)


def withdrawn(paper: Paper) -> Paper:
    """A paper whose pages a person cut otherwise: kept, with all that was decided about it, and in no list."""
    return paper.model_copy(update={"state": "withdrawn", "questions": (), "rendition_of": None})


_READ_AGAIN = (
    "type", "type_confidence", "cues", "other_types", "keeping", "fields", "people", "mentions", "issues", "rotations",
    "grades", "repairs", "object_key", "sha256", "size_bytes", "copy_kind_read", "signatures",
)  # fmt: skip


def retyped(before: Paper, read: Paper, kind: DocumentType) -> Paper:
    """A paper as read again under the type that a person gave it, with what people had said of it before."""
    names = {rule.name for rule in kind.fields}
    by_hand = {name: field for name, field in before.fields.items() if field.evidence == "officer" and name in names}
    gone = {part for part in before.answered if part.startswith("field.") and part.removeprefix("field.") not in names}
    absent = {part.removeprefix("field.") for part in before.answered} - by_hand.keys()
    fixed = _fixed_roles(before)
    people = [person for person in before.people if person.role in fixed]
    # Where the whole paper turns out to be a card, nothing of it is pictured any more.
    bounds = [reason for reason in before.reasons if reason == CUT or (reason == CARD and read.keeping == "keep")]
    made = before.model_copy(
        update={name: getattr(read, name) for name in _READ_AGAIN}
        | {
            "fields": {name: field for name, field in read.fields.items() if name not in absent} | by_hand,
            "people": (*people, *(person for person in read.people if person.role not in fixed)),
            "reasons": (*read.reasons, *bounds),
            "copy_kind": before.copy_kind if before.confirmed_at else read.copy_kind,
            "signed_copies": before.signed_copies if read.keeping == "keep" else (),
            "answered": tuple(part for part in before.answered if part not in gone),
        }
    )
    return _answered(made, "type")


def recut(paper: Paper) -> Paper:
    """A paper whose bounds a person has settled; one that had been withdrawn is back."""
    state = "needs_review" if paper.state == "withdrawn" else paper.state
    reasons = tuple(reason for reason in paper.reasons if reason != CUT)
    return _answered(paper.model_copy(update={"state": state, "reasons": reasons}), "cut")


def told_same(paper: Paper, other: str | None) -> Paper:
    """The paper once a person has said whether it is another scan of `other`, or (None) a paper of its own."""
    asked = [question.part for question in paper.questions if question.kind == "same"]
    if other is not None:
        return _answered(paper, f"same.{other}")
    found = [f"same.{paper.rendition_of}"] if paper.rendition_of else []
    return _answered(paper.model_copy(update={"rendition_of": None}), *asked, *found)


def compared(paper: Paper, said: Compared, at: datetime) -> Paper:
    """The paper once an officer has compared its copy; one that somebody compared later than `at` stays as it is.

    Trouble with the copy is asked about like trouble with a page: somebody scans it again, or lets it do.
    """
    if paper.confirmed_at is not None and paper.confirmed_at > at:
        return paper
    reasons = [reason for reason in paper.reasons if reason not in COPY_TROUBLES]
    issues = [issue for issue in paper.issues if issue.code not in COPY_TROUBLES]
    as_read = paper.copy_kind_read.kind if paper.copy_kind_read else None
    if said.trouble is not None:
        reasons.append(said.trouble)
        issues.append(Issue(stage="confirm", code=said.trouble))
    return paper.model_copy(
        update={
            "reasons": tuple(reasons),
            "issues": tuple(issues),
            "copy_kind": said.copy_kind or as_read,
            "confirmed_at": None if said.copy_kind is None else at,
            "answered": tuple(part for part in paper.answered if part != f"page.{said.trouble}"),
        }
    )


def answered_type(paper: Paper) -> Paper:
    """The paper whose type a person found to be what it was taken for."""
    sure = {"type_confidence": 1.0, "cues": tuple(dict.fromkeys((*paper.cues, BY_OFFICER)))}
    return _answered(paper.model_copy(update=sure), "type")


BY_OFFICER = "cán bộ xác định"
"""The cue of a type that a person set."""


def machine_view(paper: Paper, kind: DocumentType, name: str) -> MachineView | None:
    """What a field was before a person spoke; None where a person had spoken already."""
    field = paper.fields.get(name)
    if f"field.{name}" in paper.answered:
        return None
    rule = rule_of(kind, name)
    if field is None:
        return MachineView(kind=rule.kind, value=None, confidence=0.0, asked=rule.required)
    return MachineView(
        kind=rule.kind,
        value=field.value,
        confidence=field.confidence,
        evidence=field.evidence,
        asked=field.needs_review,
    )


def _answered(paper: Paper, *parts: str) -> Paper:
    return paper.model_copy(update={"answered": tuple(dict.fromkeys([*paper.answered, *parts]))})


def _fixed_roles(paper: Paper) -> set[str]:
    return {part.removeprefix("owner.") for part in paper.answered if part.startswith("owner.")}


def _is_iso_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2000-01-31")
