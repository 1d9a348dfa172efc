"""The dossiers of the demo: a family whose papers are on file, and a landowner who still owes some."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from random import Random

from tests.specimens.layout import Case
from tests.specimens.making import Scan, Specimen, make_one, write_truth
from tests.specimens.people import LATEST, Family, Person, make_family


@dataclass(frozen=True)
class Demo:
    """What the demo made.

    Of a transfer of land the landowner's certificate and card are there, contract and application are missing; the
    father of the family, who buys it, has the contract among the papers `brought` later. For registering the second
    child's birth the form and the hospital's notice are there.
    """

    specimens: tuple[Specimen, ...]
    brought: tuple[Specimen, ...]
    family: Family
    landowner: Person


@dataclass(frozen=True)
class _Line:
    """One line of the plan: a paper of `person`, issued on a day, scanned in a way; `other` deals with them."""

    type_id: str
    family: Family
    person: Person
    day: date
    scan: Scan
    other: Person | None = None


def make_demo(folder: Path, seed: int = 2029) -> Demo:
    """Write eleven scans into `folder`/scans, two that are brought later into `folder`/brought, and their truth into
    `folder`/truth.

    Among them are a photo of a card, a page laid sideways, one upside down, a worn one, a fax, and a form filled in
    with the pen. The files are numbered in the order of the counter and named by type, never by person.

    Raises:
        Misconfigured: the fonts are not installed.

    """
    family = _family(seed, 9000, children=2)
    landowners = _family(seed, 9010, children=0)
    plan = list(_plan(family, landowners))
    specimens = _make(folder, "scans", plan, seed, first=1)
    brought = _make(folder, "brought", _later(family, landowners), seed, first=len(plan) + 1)
    return Demo(specimens, brought, family, landowners.father)


def _make(folder: Path, name: str, lines: Iterable[_Line], seed: int, first: int) -> tuple[Specimen, ...]:
    """The papers of the lines in `folder`/`name`, numbered from `first`, and what they say in `folder`/truth."""
    scans, truth = folder / name, folder / "truth"
    for place in (scans, truth):
        place.mkdir(parents=True, exist_ok=True)
    specimens = []
    for number, line in enumerate(lines, start=first):
        rng = Random(f"demo/{seed}/{number}")  # noqa: S311 chance that can be repeated is the point
        case = Case(rng, line.family, line.person, line.other or line.family.mother, line.day)
        specimens.append(make_one(scans, f"{number:02d}-{line.type_id}", line.type_id, case, line.scan))
        write_truth(truth, specimens[-1])
    return tuple(specimens)


def _family(seed: int, serial: int, children: int) -> Family:
    """The first family with enough children whose father held an old card, which his new card's code names."""
    # S311: chance that can be repeated is the point.
    families = (make_family(Random(f"demo/{seed}/{serial}/{attempt}"), serial) for attempt in count())  # noqa: S311
    return next(f for f in families if f.father.old_number and len(f.children) >= children)


def _plan(family: Family, landowners: Family) -> Iterator[_Line]:
    elder, younger = family.children[:2]
    father, mother, owner = family.father, family.mother, landowners.father

    def days_after_birth(child: Person, days: int) -> date:
        return date.fromordinal(child.born.toordinal() + days)

    yield _Line("birth_certificate", family, elder, days_after_birth(elder, 12), Scan("office"))
    yield _Line("marriage_certificate", family, mother, family.married, Scan("worn"))
    yield _card(family, father, Scan("office"))
    yield _card(family, mother, Scan("phone", suffix=".jpg"))
    yield _Line("residence_confirmation", family, father, date(2026, 3, 16), Scan("office", rotate=90))
    yield _Line("birth_notice", family, younger, days_after_birth(younger, 2), Scan("clean", suffix=".jpg"))
    yield _Line("birth_registration_form", family, younger, days_after_birth(younger, 20), Scan("office"))
    yield _Line("land_use_certificate", landowners, owner, date(2018, 5, 8), Scan("office", suffix=".tif"))
    yield _card(landowners, owner, Scan("office"))
    yield _Line("receipt_slip", landowners, owner, date(2026, 6, 2), Scan("fax", suffix=".tif"))
    yield _Line("construction_permit", landowners, owner, date(2025, 11, 20), Scan("office", rotate=180))


def _later(family: Family, landowners: Family) -> Iterator[_Line]:
    """What the father of the family brings when he has bought the landowner's land: the contract, and a paper of
    another matter.
    """
    buyer = family.father
    yield _Line("land_transfer_contract", family, buyer, date(2026, 6, 20), Scan("office"), landowners.father)
    yield _Line("residence_confirmation", family, buyer, date(2026, 6, 12), Scan("office"))


def _card(family: Family, person: Person, scan: Scan) -> _Line:
    return _Line("citizen_id_card", family, person, person.card_issued or LATEST, scan)
