"""Known values for a form, so that a citizen does not write again what the office has on file.

Only what is certain and still holds is offered; where two sources disagree, both are shown and none is chosen.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime

from pipeline.validity import validity
from pipeline.vietnamese import nfc
from schemas.catalog import DocumentType, FieldRule, PersonRule
from schemas.dossier import Paper
from schemas.people import Citizen
from schemas.prefill import KnownValue, PrefillField

ConfirmedBy = Callable[[str], str | None]
"""Who confirmed a paper, by its document id."""
_PARTS = ("name", "personal_id", "date_of_birth", "sex")
"""What names a person, in a type's rules (`PersonRule`)."""


def prefill(
    form: DocumentType,
    types: Mapping[str, DocumentType],
    citizen: Citizen,
    papers: Sequence[Paper],
    day: date,
    confirmed_by: ConfirmedBy,
) -> tuple[PrefillField, ...]:
    """The fields of a form with what is known of them on `day`, in the form's order.

    Args:
        form: a type that applicants fill in; its first owner is who fills it in.
        types: the catalogue's types by id.
        citizen: who fills it in.
        papers: what is on file with a filed link to the citizen.
        day: papers that do not hold on it give nothing.
        confirmed_by: asked only for papers that were confirmed.

    """
    sound = [paper for paper in papers if _is_sound(paper, types[paper.type], day)]
    filler = form.owners[0] if form.owners else None
    answers = []
    for rule in form.fields:
        if rule.kind in ("qr", "mrz") or rule.witness:
            continue
        known = [*_of_person(rule, filler, types, citizen, sound), *_by_name(rule, sound)]
        told = tuple(_with_confirmer(value, confirmed_by) for value in sorted(known, key=_best_first))
        values = {nfc(value.value).casefold() for value in told}
        answers.append(
            PrefillField(
                name=rule.name,
                label=rule.names[0].rstrip(":") if rule.names else rule.name,
                kind=rule.kind,
                value=told[0].value if len(values) == 1 else None,
                conflict=len(values) > 1,
                known=told,
            )
        )
    return tuple(answers)


def _is_sound(paper: Paper, kind: DocumentType, day: date) -> bool:
    is_itself = paper.state == "filed" and paper.rendition_of is None
    return is_itself and validity(kind, paper, day).state == "valid"


def _best_first(known: KnownValue) -> tuple[bool, float]:
    """The register, then what was compared with its original last, then the rest."""
    compared: datetime | None = known.confirmed_at
    return known.source != "register", -compared.timestamp() if compared else 0.0


def _with_confirmer(known: KnownValue, confirmed_by: ConfirmedBy) -> KnownValue:
    if known.document_id is None or known.confirmed_at is None:
        return known
    return known.model_copy(update={"confirmed_by": confirmed_by(known.document_id)})


def _of_person(
    rule: FieldRule,
    filler: PersonRule | None,
    types: Mapping[str, DocumentType],
    citizen: Citizen,
    papers: Sequence[Paper],
) -> Iterator[KnownValue]:
    """What names the person who fills in the form: from the register, and from papers on which the citizen is owner."""
    for part in _PARTS:
        if filler is None or getattr(filler, part) != rule.name:
            continue
        in_register = {"name": citizen.name, "personal_id": citizen.personal_id, "date_of_birth": citizen.date_of_birth}
        if in_register.get(part):
            yield KnownValue(value=str(in_register[part]), source="register")
        for paper in papers:
            for person in types[paper.type].owners:
                if person.role in _roles(paper, citizen):
                    yield from _certain(paper, getattr(person, part))


def _roles(paper: Paper, citizen: Citizen) -> set[str]:
    return {person.role for person in paper.people if citizen.owns_as(person)}


def _by_name(rule: FieldRule, papers: Sequence[Paper]) -> Iterator[KnownValue]:
    for source in rule.known_from:
        type_id, _, name = source.partition(".")
        for paper in papers:
            if paper.type == type_id:
                yield from _certain(paper, name)


def _certain(paper: Paper, name: str | None) -> Iterator[KnownValue]:
    field = paper.fields.get(name) if name is not None else None
    if field is not None and not field.needs_review:
        yield KnownValue(
            value=field.value,
            source="paper",
            document_id=paper.document_id,
            document_type=paper.type,
            field=name,
            confirmed_at=paper.confirmed_at,
        )
