"""One owner of a paper against the register: who it is, how sure that is, and what the register bears out.

A wrong owner is worse than a question. A number decides only together with a name, and a name only together with a
whole birth date, and where the name is so rare that hardly anybody outside the register shares both.
"""

from typing import Literal, NamedTuple

from pipeline.stages.evidence import NUMBER_ALONE
from pipeline.stages.identifiers import read_personal_number
from pipeline.stages.same_name import closest
from pipeline.table_ports import People
from schemas.base import Value
from schemas.dossier import Field
from schemas.people import Citizen

NAMESAKES = 5
"""From more than this many of one name on the register, name and birth date do not tell whom a paper means.

Somebody who is not on it has the birth date of one of n namesakes with a chance of about n in 25,000 (the days of 70
years), and with these few that is 1 in 5,000. Of 22,800 made-up strangers to registers of 100,000 none shared name and
birth date with just one of so few by chance; without the limit 30 did.
"""
_TWICE = ("qr", "mrz", "two_places")
_CERTAIN = (*_TWICE, "check")
_WHOLE_DATE = len("2000-01-31")


class Said(NamedTuple):
    """What a paper says of one owner; `old_number` is a CMND number that the paper proves to be the owner's."""

    number: Field | None
    name: Field | None
    born: Field | None
    sex: Field | None
    old_number: str | None
    organisation: bool


class Judgement(Value):
    """Whether the paper is filed for the owner or asks, and why; `known`: whom the register has for it."""

    link: Literal["filed", "proposed"]
    reason: str | None = None
    known: Citizen | None = None
    borne_out: bool = False
    """Whether the register has this very number under this very name."""


def judge(said: Said, people: People, office_id: str) -> Judgement:
    """Who an owner is.

    Args:
        said: number, name or both are there.
        people: the register.
        office_id: whose register.

    Returns:
        `filed`, or `proposed` with owner_doubtful (something is missing or not surely read), owner_conflict (the
        register has the number under another name or birth date), name_differs (other marks or one other letter, on a
        paper that shows the number only once) or owner_alike (the owner would be new, and may be somebody known).

    """
    if said.number is None:
        return _by_name(said, people, office_id)
    known = people.by_number(office_id, said.number.value)
    if known is not None:
        return _known(said, said.number, known, people, office_id)
    return _newcomer(said, said.number, people, office_id)


def may_be_same(name: str, other: Citizen, *, organisation: bool, certain: bool) -> bool:
    """Whether a newcomer may be somebody on the register, of those that `People.alike` gives.

    Args:
        name: the newcomer's.
        other: who has no personal number, or one that differs from the newcomer's in one digit.
        organisation: whether the newcomer is one.
        certain: whether no digit of the newcomer's number can be wrong; then of those with a number only one of the
            very same name makes one doubt the register's. Twins have numbers and names that hardly differ.

    """
    if organisation != (other.kind == "organisation"):
        return False
    like = closest(name, other.names, organisation=organisation)
    unnumbered = other.personal_id is None and other.tax_code is None
    return like == "same" or (like != "different" and (unnumbered or not certain))


def _known(said: Said, number: Field, known: Citizen, people: People, office_id: str) -> Judgement:
    """The number is on the register: is it under this name?"""
    if said.name is None or said.organisation != (known.kind == "organisation"):
        return Judgement(link="proposed", reason="owner_doubtful", known=known)
    like = closest(said.name.value, known.names, organisation=said.organisation)
    if like == "different" or not _same_birth(said, known):
        return Judgement(link="proposed", reason="owner_conflict", known=known)
    by_hand = any(field.needs_review and field.handwritten for field in (number, said.name))
    if by_hand or (like != "same" and number.needs_review):
        return Judgement(link="proposed", reason="owner_doubtful", known=known)
    shown_twice = number.evidence in _TWICE or said.organisation
    if like == "same" or shown_twice or (like == "unmarked" and not _has_twin(said, number, people, office_id)):
        return Judgement(link="filed", known=known, borne_out=like == "same")
    return Judgement(link="proposed", reason="name_differs", known=known)


def _has_twin(said: Said, number: Field, people: People, office_id: str) -> bool:
    """Whether somebody with nearly this number has nearly this name, so that one misread digit gives the other."""
    name, born = said.name.value if said.name else "", said.born.value if said.born else None
    return any(closest(name, one.names) != "different" for one in people.alike(office_id, name, born, number.value))


def _newcomer(said: Said, number: Field, people: People, office_id: str) -> Judgement:
    """Nobody has the number yet: an entry is made only when number and name are sure, and nobody is like it."""
    if number.needs_review or said.name is None or said.name.needs_review or not _may_enter(said, number):
        return Judgement(link="proposed", reason="owner_doubtful")
    former = people.by_number(office_id, said.old_number) if said.old_number else None
    if former is not None:
        same = closest(said.name.value, former.names) in ("same", "unmarked") and _same_birth(said, former)
        if same and former.personal_id is None:
            return Judgement(link="filed", known=former)
        return Judgement(link="proposed", reason="owner_conflict", known=former)
    born, certain = said.born.value if said.born else None, number.evidence in _TWICE
    for other in people.alike(office_id, said.name.value, born, number.value):
        if may_be_same(said.name.value, other, organisation=said.organisation, certain=certain):
            return Judgement(link="proposed", reason="owner_alike", known=other)
    return Judgement(link="filed")


def _may_enter(said: Said, number: Field) -> bool:
    """Whether a number of this kind, read like this, may name a new entry.

    A CMND number may not: it names nobody since 2025. A passport number has no form of its own, so only its
    machine-readable zone or a second place proves it.
    """
    sure = number.evidence in _CERTAIN or number.confidence >= NUMBER_ALONE
    if said.organisation:
        return sure
    if number.value.isdigit():
        return sure and read_personal_number(number.value) is not None
    return number.evidence in _TWICE


def _by_name(said: Said, people: People, office_id: str) -> Judgement:
    """The only one of this name and birth date, both read without doubt, on a register with few of the name."""
    doubtful = Judgement(link="proposed", reason="owner_doubtful")
    name, born = said.name, said.born
    if said.organisation or name is None or born is None or name.needs_review or born.needs_review:
        return doubtful
    if not _tells_day(born.value):
        return doubtful
    namesakes = people.namesakes(office_id, name.value, NAMESAKES + 1)
    if len(namesakes) > NAMESAKES:
        return doubtful
    possible = [one for one in namesakes if _same_birth(said, one)]
    if len(possible) != 1:
        return doubtful
    (only,) = possible
    exact = closest(name.value, only.names) == "same" and only.born == born.value and _same_sex(said, only)
    return Judgement(link="filed", known=only) if exact else doubtful.model_copy(update={"known": only})


def _tells_day(born: str) -> bool:
    """Whether this is a birth date that tells one from another.

    The first of January also stands for everybody whose day of birth nobody knew when the paper was made.
    """
    return len(born) == _WHOLE_DATE and not born.endswith("-01-01")


def _same_birth(said: Said, known: Citizen) -> bool:
    """Whether birth date or year of paper and register agree, as far as both tell."""
    if said.born is None or known.born is None:
        return True
    return known.born.startswith(said.born.value) or said.born.value.startswith(known.born)


def _same_sex(said: Said, known: Citizen) -> bool:
    """Whether the sex on the paper is the one that the register's personal number tells, as far as both tell."""
    number = read_personal_number(known.personal_id or "")
    return said.sex is None or number is None or said.sex.value == number.sex
