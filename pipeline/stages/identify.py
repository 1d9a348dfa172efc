"""Step 8: fields tell whose paper it is, or that a person must say so; never a guess."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from pipeline.ports import People
from pipeline.stages.classify import OTHER
from pipeline.stages.evidence import NUMBER_ALONE
from pipeline.stages.identifiers import read_card_qr, read_personal_number
from pipeline.vietnamese import fold
from schemas.base import Value
from schemas.catalog import DocumentType, PersonRule
from schemas.dossier import Field
from schemas.people import Citizen, Mention, PersonOnPaper

_CERTAIN = ("qr", "mrz", "check", "two_places")


class Identification(Value):
    """Owners and other people of a paper, and why a person must look; no reasons: every owner is sure.

    Reasons: owner_unknown, owner_doubtful, owner_conflict, person_mismatch.
    """

    people: tuple[PersonOnPaper, ...] = ()
    mentions: tuple[Mention, ...] = ()
    reasons: tuple[str, ...] = ()


class _Owner(Value):
    person: PersonOnPaper
    reason: str | None


def identify(
    document_type: DocumentType,
    fields: Mapping[str, Field],
    people: People,
    office_id: str,
    handed_in_by: str | None = None,
) -> Identification:
    """Whose paper this is.

    An owner is `filed` only when the personal number is certain or read very surely (NUMBER_ALONE), when the
    office's register knows the number under the same name, or when name and birth date fit exactly one citizen of
    the register. A register that says otherwise makes it a question (owner_conflict).

    Args:
        document_type: tells which fields name the owners.
        fields: the paper's fields by name.
        people: the register of citizens.
        office_id: whose register.
        handed_in_by: personal number of who handed the paper in. It never decides: a paper that names other numbers
            only is a mismatch, one that names nobody is proposed.

    """
    owners = [owner for rule in document_type.owners if (owner := _owner(rule, fields, people, office_id)) is not None]
    reasons = [owner.reason for owner in owners if owner.reason]
    persons = [_with_old_number(owner.person, document_type, fields) for owner in owners]
    if _same_number_twice(persons):
        persons, reasons = _proposed(persons), [*reasons, "owner_conflict"]
    if len(persons) < len(document_type.owners):
        reasons.append("owner_unknown")
    if not persons and (document_type.owners or document_type.id == OTHER):
        persons, reasons = _handed_in(handed_in_by), ["owner_unknown"]
    elif handed_in_by is not None and _is_elses(persons, handed_in_by, people, office_id):
        persons, reasons = _proposed(persons), [*reasons, "person_mismatch"]
    return Identification(
        people=tuple(persons), mentions=_mentions(document_type, fields), reasons=tuple(dict.fromkeys(reasons))
    )


def _owner(rule: PersonRule, fields: Mapping[str, Field], people: People, office_id: str) -> _Owner | None:
    """The owner this rule finds, with why it is only proposed; None when the paper names nobody here."""
    number, name = fields.get(rule.personal_id or ""), fields.get(rule.name or "")
    born = fields.get(rule.date_of_birth or "")
    if number is None and name is None:
        return None
    known = people.by_number(office_id, number.value) if number else _by_name(name, born, people, office_id)
    personal_id = number.value if number and len(number.value) == 12 else None
    link, reason = _judged(number, name, born, known)
    if known is not None and link == "filed":
        personal_id = known.personal_id
    person = PersonOnPaper(
        personal_id=personal_id,
        name=name.value if name else None,
        role=rule.role,
        link="filed" if link == "filed" else "proposed",
        date_of_birth=born.value if born and _full_date(born) else None,
    )
    return _Owner(person=person, reason=reason)


def _judged(
    number: Field | None, name: Field | None, born: Field | None, known: Citizen | None
) -> tuple[str, str | None]:
    """Link and reason for an owner, given what the register knows under the number (or under name and birth date)."""
    if number is None:
        return ("filed", None) if known else ("proposed", "owner_doubtful")
    if known is not None and name is not None and not _agrees(known, name, born):
        return "proposed", "owner_conflict"
    if number.needs_review or name is None:
        return "proposed", "owner_doubtful"
    if known is not None:
        return "filed", None
    # A new citizen is entered under the name as read: it must be as sure as the number.
    surely_read = number.evidence in _CERTAIN or number.confidence >= NUMBER_ALONE
    certain = surely_read and read_personal_number(number.value) is not None and not name.needs_review
    return ("filed", None) if certain else ("proposed", "owner_doubtful")


def _agrees(known: Citizen, name: Field, born: Field | None) -> bool:
    """Whether the register's person may be the one on the paper: the name without marks, and the birth date."""
    if fold(known.name).split() != fold(name.value).split():
        return False
    return born is None or known.date_of_birth is None or known.date_of_birth.isoformat().startswith(born.value)


def _by_name(name: Field | None, born: Field | None, people: People, office_id: str) -> Citizen | None:
    """The only citizen of this name and birth date, both read without doubt."""
    if name is None or born is None or name.needs_review or born.needs_review or not _full_date(born):
        return None
    found = people.by_name_and_birth(office_id, name.value, date.fromisoformat(born.value))
    return found[0] if len(found) == 1 else None


def _full_date(field: Field) -> bool:
    return len(field.value) == len("2000-01-31")


def _with_old_number(person: PersonOnPaper, document_type: DocumentType, fields: Mapping[str, Field]) -> PersonOnPaper:
    """The person with the old number that the card's QR code proves to be theirs."""
    code = next((fields[rule.name] for rule in document_type.fields if rule.kind == "qr" and rule.name in fields), None)
    card = read_card_qr(code.value) if code else None
    if card is None or card.personal_id != person.personal_id:
        return person
    return person.model_copy(update={"old_number": card.old_number})


def _same_number_twice(persons: list[PersonOnPaper]) -> bool:
    counts = Counter(person.personal_id for person in persons if person.personal_id)
    return any(count > 1 for count in counts.values())


def _proposed(persons: list[PersonOnPaper]) -> list[PersonOnPaper]:
    return [person.model_copy(update={"link": "proposed"}) for person in persons]


def _handed_in(number: str | None) -> list[PersonOnPaper]:
    if number is None:
        return []
    return [PersonOnPaper(personal_id=number, name=None, role="handed_in_by", link="proposed")]


def _is_elses(persons: list[PersonOnPaper], handed_in_by: str, people: People, office_id: str) -> bool:
    """Whether the paper's owners have numbers and the one who handed it in is none of them."""
    numbers = {person.personal_id for person in persons if person.personal_id}
    if not numbers or handed_in_by in numbers:
        return False
    known = people.by_number(office_id, handed_in_by)
    return known is None or known.personal_id not in numbers


def _mentions(document_type: DocumentType, fields: Mapping[str, Field]) -> tuple[Mention, ...]:
    made = []
    for rule in document_type.mentions:
        number, name = fields.get(rule.personal_id or ""), fields.get(rule.name or "")
        if number or name:
            made.append(
                Mention(personal_id=number.value if number else None, name=name.value if name else None, role=rule.role)
            )
    return tuple(made)
