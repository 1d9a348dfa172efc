"""Citizens of the register as candidates for whose a paper is: what of them agrees with the paper, and what differs."""

from pipeline.stages.same_name import closest
from schemas.people import Citizen, PersonOnPaper
from schemas.review import Candidate, Trait

_SHOWN_DIGITS = 4
"""Of a number, which is enough to compare by eye; whoever looks over a shoulder has no use of them."""


def as_candidate(citizen: Citizen, person: PersonOnPaper) -> Candidate:
    """A citizen who may be the `person` of a paper.

    Args:
        citizen: of the register.
        person: as the paper names its owner; what it does not say neither agrees nor differs.

    """
    compared: dict[Trait, bool | None] = {
        "name": _same_name(citizen, person),
        "birth": _same_birth(citizen, person),
        "number": person.number in citizen.numbers if person.number and citizen.numbers else None,
    }
    shown = (citizen.name, citizen.born, hidden(citizen.numbers[0]) if citizen.numbers else None)
    return Candidate(
        value=citizen.citizen_id,
        source="register",
        label=" · ".join(part for part in shown if part),
        agrees=tuple(trait for trait, same in compared.items() if same is True),
        differs=tuple(trait for trait, same in compared.items() if same is False),
    )


def hidden(number: str) -> str:
    """A number of which the end alone is shown."""
    return "•" * (len(number) - _SHOWN_DIGITS) + number[-_SHOWN_DIGITS:]


def _same_name(citizen: Citizen, person: PersonOnPaper) -> bool | None:
    if not citizen.name or not person.name:
        return None
    return closest(person.name, citizen.names, organisation=citizen.kind == "organisation") == "same"


def _same_birth(citizen: Citizen, person: PersonOnPaper) -> bool | None:
    known, said = citizen.born, person.date_of_birth
    if not known or not said:
        return None
    return known.startswith(said) or said.startswith(known)
