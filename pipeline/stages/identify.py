"""Step 8: fields tell whose paper it is, or that a person must say so; never a guess."""

from collections import Counter
from collections.abc import Iterator, Mapping

from pipeline.stages.classify import OTHER
from pipeline.stages.evidence import NUMBER_ALONE
from pipeline.stages.identifiers import read_card_qr
from pipeline.stages.owners import Judgement, Said, judge
from pipeline.table_ports import People
from schemas.base import Value
from schemas.catalog import DocumentType, PersonRule
from schemas.dossier import Field
from schemas.people import Mention, PersonOnPaper

_PERSONAL_DIGITS = 12


class Identification(Value):
    """Owners and other people of a paper, and why a person must look; no reasons: every owner is sure.

    Reasons: owner_unknown, owner_doubtful, owner_conflict, owner_alike, name_differs, person_mismatch.
    """

    people: tuple[PersonOnPaper, ...] = ()
    mentions: tuple[Mention, ...] = ()
    reasons: tuple[str, ...] = ()
    borne_out: tuple[str, ...] = ()
    """Fields that the register says too: number and name of one entry. It is a second place for both."""


class _Owner(Value):
    person: PersonOnPaper
    reason: str | None
    borne_out: tuple[str, ...]


def identify(
    document_type: DocumentType,
    fields: Mapping[str, Field],
    people: People,
    office_id: str,
    handed_in_by: str | None = None,
) -> Identification:
    """Whose paper this is; see `owners.judge` for when an owner is `filed`.

    Args:
        document_type: tells which fields name the owners.
        fields: the paper's fields by name.
        people: the register of citizens and organisations.
        office_id: whose register.
        handed_in_by: personal number of who handed the paper in. It never decides: a paper that names other numbers
            only is a mismatch, one that names nobody is proposed.

    """
    expected = [rule for rule in document_type.owners if not _only_mentioned(rule, fields)]
    old_number = _proven_old_number(document_type, fields)
    owners = [owner for rule in expected if (owner := _owner(rule, fields, old_number, people, office_id)) is not None]
    reasons = [owner.reason for owner in owners if owner.reason]
    persons = [owner.person for owner in owners]
    if _same_one_twice(persons):
        persons, reasons = _proposed(persons), [*reasons, "owner_conflict"]
    if len(persons) < len(expected):
        reasons.append("owner_unknown")
    if not persons and (expected or document_type.id == OTHER):
        persons, reasons = _handed_in(handed_in_by), ["owner_unknown"]
    elif handed_in_by is not None and _is_elses(persons, handed_in_by, people, office_id):
        persons, reasons = _proposed(persons), [*reasons, "person_mismatch"]
    return Identification(
        people=tuple(persons),
        mentions=tuple(_mentions(document_type, fields)),
        reasons=tuple(dict.fromkeys(reasons)),
        borne_out=tuple(name for owner in owners for name in owner.borne_out),
    )


def bear_out(fields: Mapping[str, Field], identification: Identification) -> dict[str, Field]:
    """The fields, of which those that the register says too need nobody to look at them.

    Codes stay what they are; the register is a second place for what was read from print.
    """
    proven = {
        name: field.model_copy(
            update={
                "evidence": "two_places",
                "confidence": max(field.confidence, NUMBER_ALONE),
                "needs_review": False,
            }
        )
        for name in identification.borne_out
        if (field := fields[name]).evidence in ("ocr", "check", "two_places")
    }
    return {**fields, **proven}


def _only_mentioned(rule: PersonRule, fields: Mapping[str, Field]) -> bool:
    """An organisation of which a paper gives only the name: many have one name, so it is nobody's owner."""
    return rule.personal_id is None and rule.tax_code is not None and rule.tax_code not in fields


def _owner(
    rule: PersonRule, fields: Mapping[str, Field], old_number: tuple[str, str] | None, people: People, office_id: str
) -> _Owner | None:
    """The owner this rule finds, with why it is only proposed; None when the paper names nobody here."""
    numbers = [name for name in (rule.personal_id, rule.tax_code, rule.passport) if name and name in fields]
    said = Said(
        number=fields[numbers[0]] if numbers else None,
        name=fields.get(rule.name or ""),
        born=fields.get(rule.date_of_birth or ""),
        sex=fields.get(rule.sex or ""),
        old_number=None,
        # Since July 2025 a citizen's personal number is the tax code too: then the owner is the person.
        organisation=numbers[:1] == [rule.tax_code] and len(fields[numbers[0]].value) != _PERSONAL_DIGITS,
    )
    if said.number is None and said.name is None:
        return None
    if old_number is not None and said.number is not None and said.number.value == old_number[0]:
        said = said._replace(old_number=old_number[1])
    judged = judge(said, people, office_id)
    passport = fields.get(rule.passport or "")
    person = _person(rule.role, said, judged, passport)
    names = (*numbers[:1], rule.name)
    return _Owner(
        person=person,
        reason=judged.reason,
        borne_out=tuple(name for name in names if name) if judged.borne_out else (),
    )


def _person(role: str, said: Said, judged: Judgement, passport: Field | None) -> PersonOnPaper:
    """The owner as the paper's record has it: with the register's number when it is filed for somebody known."""
    number = said.number.value if said.number else None
    personal_id = number if number and number.isdigit() and len(number) == _PERSONAL_DIGITS else None
    tax_code = number if said.organisation else None
    known = judged.known if judged.link == "filed" else None
    if known is not None:
        personal_id, tax_code = personal_id or known.personal_id, tax_code or known.tax_code
    passport_number = passport.value if passport and not passport.needs_review else None
    sure_birth = said.born.value if said.born and not said.born.needs_review else None
    return PersonOnPaper(
        personal_id=personal_id,
        tax_code=tax_code,
        passport=passport_number,
        name=said.name.value if said.name else None,
        role=role,
        link=judged.link,
        date_of_birth=sure_birth,
        old_number=said.old_number,
        citizen_id=known.citizen_id if known and not (personal_id or tax_code or passport_number) else None,
    )


def _proven_old_number(document_type: DocumentType, fields: Mapping[str, Field]) -> tuple[str, str] | None:
    """The personal number of a card's QR code with the old number that the code proves to be the same person's."""
    code = next((fields[rule.name] for rule in document_type.fields if rule.kind == "qr" and rule.name in fields), None)
    card = read_card_qr(code.value) if code else None
    return (card.personal_id, card.old_number) if card and card.old_number else None


def _same_one_twice(persons: list[PersonOnPaper]) -> bool:
    counts = Counter(person.number or person.citizen_id for person in persons if person.number or person.citizen_id)
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
    return known is None or not numbers & {*known.numbers}


def _mentions(document_type: DocumentType, fields: Mapping[str, Field]) -> Iterator[Mention]:
    organisations = [rule for rule in document_type.owners if _only_mentioned(rule, fields)]
    for rule in (*document_type.mentions, *organisations):
        number, name = fields.get(rule.personal_id or ""), fields.get(rule.name or "")
        if number or name:
            yield Mention(
                personal_id=number.value if number else None, name=name.value if name else None, role=rule.role
            )
