"""From a seed to files with their truth: who, which paper, how it was scanned."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

import numpy as np

from tests.specimens import papers_cards, papers_civil, papers_identity, papers_land, papers_office
from tests.specimens.capture import FAX_DPI, LEVELS, Level, capture, turned_away
from tests.specimens.files import save
from tests.specimens.layout import Case, Draft
from tests.specimens.people import LATEST, Family, Person, day_between, make_family
from tests.specimens.places import MERGER
from tests.specimens.sheet import DPI


@dataclass(frozen=True)
class PageTruth:
    """How one page was laid on the glass. `rotate`: degrees clockwise that set it upright."""

    level: Level
    skew: float
    rotate: int


@dataclass(frozen=True)
class Specimen:
    """A paper's file with everything that should be read from it; stored as JSON beside it.

    `personal_ids` and `names` are the owners' as the paper prints them: a paper older than 2016 cites nine-digit
    numbers, and some papers cite none. Dates are ISO 8601, text is NFC. `era` tells the form of addresses: `2021` four
    levels, `2025` three.
    """

    id: str
    file: str
    type: str
    fields: dict[str, str]
    personal_ids: tuple[str, ...]
    names: tuple[str, ...]
    pages: tuple[PageTruth, ...]
    page_count: int
    font: str
    era: str
    hand: str | None
    text: tuple[str, ...]


@dataclass(frozen=True)
class Paper:
    """A type of paper: how it is drawn, whether it is a child's, and when it may be issued."""

    draw: Callable[[Case], Draft]
    of_child: bool
    issued: Callable[[Random, Family, Person], date]


def _lately(rng: Random, family: Family, person: Person) -> date:
    return day_between(rng, date(2021, 3, 1) if rng.random() < 0.5 else MERGER, LATEST)


def _for_household(rng: Random, family: Family, person: Person) -> date:
    return day_between(rng, max(date(2021, 3, 1), family.married), LATEST)


def _after_birth(rng: Random, family: Family, person: Person) -> date:
    return person.born + timedelta(days=rng.randint(3, 55))


def _at_birth(rng: Random, family: Family, person: Person) -> date:
    return person.born + timedelta(days=rng.randint(0, 2))


def _at_wedding(rng: Random, family: Family, person: Person) -> date:
    return family.married


def _on_card(rng: Random, family: Family, person: Person) -> date:
    return person.card_issued or LATEST


def _of_land(rng: Random, family: Family, person: Person) -> date:
    """Some certificates are from before 2016, and cite nine-digit numbers where the owner had one."""
    if person.old_number and rng.random() < 0.2:
        return day_between(rng, max(date(2011, 1, 1), person.birthday(18)), date(2015, 12, 31))
    return day_between(rng, date(2016, 6, 1), LATEST)


PAPERS: dict[str, Paper] = {
    "birth_certificate": Paper(papers_civil.birth_certificate, True, _after_birth),
    "birth_notice": Paper(papers_civil.birth_notice, True, _at_birth),
    "birth_registration_form": Paper(papers_civil.birth_registration_form, True, _after_birth),
    "marriage_certificate": Paper(papers_civil.marriage_certificate, False, _at_wedding),
    "marital_status_confirmation": Paper(papers_civil.marital_status_confirmation, False, _lately),
    "citizen_id_card": Paper(papers_identity.citizen_id_card, False, _on_card),
    "residence_confirmation": Paper(papers_identity.residence_confirmation, False, _for_household),
    "land_use_certificate": Paper(papers_land.land_use_certificate, False, _of_land),
    "land_transfer_contract": Paper(papers_land.land_transfer_contract, False, _lately),
    "construction_permit": Paper(papers_land.construction_permit, False, _lately),
    "receipt_slip": Paper(papers_office.receipt_slip, False, _lately),
    "decision": Paper(papers_office.decision, False, _lately),
    "passport": Paper(papers_cards.passport, False, _lately),
    "health_insurance_card": Paper(papers_cards.health_insurance_card, False, _lately),
    "official_letter": Paper(papers_office.official_letter, False, _lately),
    "notice": Paper(papers_office.notice, False, _lately),
}

TYPES = tuple(PAPERS)

_FORMATS: dict[Level, tuple[str, ...]] = {
    "clean": (".pdf", ".png", ".jpg", ".tif"),
    "office": (".pdf", ".pdf", ".jpg", ".tif"),
    "worn": (".pdf", ".jpg"),
    "phone": (".jpg",),
    "fax": (".tif",),
}

_USUAL: dict[Level, int] = {"clean": 4, "office": 8, "worn": 4, "phone": 2, "fax": 1}
"""How often each level comes, as at a counter with a scanner."""


@dataclass(frozen=True)
class Scan:
    """How a paper is to be scanned: every page at this level, the first one laid so that it needs `rotate` degrees
    clockwise to stand upright, into a file of this suffix.
    """

    level: Level
    rotate: int = 0
    suffix: str = ".pdf"


def make_specimens(
    folder: Path, seed: int, count: int, types: Sequence[str] = TYPES, levels: Sequence[Level] = LEVELS
) -> list[Specimen]:
    """Write `count` papers with their truth into `folder`, the types in turn, each of a family of its own.

    The same seed gives the same bytes; a paper does not depend on how many others are made, nor of which types.

    Raises:
        Misconfigured: the fonts are not installed.

    """
    folder.mkdir(parents=True, exist_ok=True)
    specimens = []
    for i in range(count):
        type_id, number = types[i % len(types)], i // len(types)
        rng = Random(f"{seed}/{type_id}/{number}")  # noqa: S311 chance that can be repeated is the point
        serial = _serial(type_id, number) + 5 * seed
        scan = _usual_scan(rng, levels)
        specimen_id = f"{type_id}-{seed}-{number:02d}"
        specimens.append(make_one(folder, specimen_id, type_id, _case(rng, type_id, serial), scan))
        write_truth(folder, specimens[-1])
    return specimens


def _serial(type_id: str, number: int) -> int:
    """Where the numbers of a paper's people begin: the types count by the dozen, so that a further one moves nobody."""
    dozen, place = divmod(TYPES.index(type_id), 12)
    return 12 * (12 * number + place) + 5000 * dozen


def _case(rng: Random, type_id: str, serial: int) -> Case:
    paper = PAPERS[type_id]
    family, other = make_family(rng, serial), make_family(rng, serial + 6)
    person = rng.choice(family.children) if paper.of_child else rng.choice((family.father, family.mother))
    day = paper.issued(rng, family, person)
    return Case(rng, family, person, rng.choice((other.father, other.mother)), day)


def _usual_scan(rng: Random, levels: Sequence[Level]) -> Scan:
    level = rng.choices(levels, [_USUAL[name] for name in levels])[0]
    rotate = rng.choices((0, 90, 180, 270), (16, 1, 2, 1))[0]
    return Scan(level, rotate, rng.choice(_FORMATS[level]))


def make_one(folder: Path, specimen_id: str, type_id: str, case: Case, scan: Scan) -> Specimen:
    """Draw, scan and write one paper; its truth is returned and not written."""
    rng = case.rng
    drawn = PAPERS[type_id].draw(case)
    noise = np.random.default_rng(rng.randrange(2**32))
    pages, truths = [], []
    for i, page in enumerate(drawn.pages):
        pixels, skew = capture(page, scan.level, noise)
        rotate = scan.rotate if i == 0 else rng.choices((0, 180), (9, 1))[0] if scan.rotate else 0
        pages.append(turned_away(pixels, rotate))
        truths.append(PageTruth(scan.level, skew, rotate))
    suffix = scan.suffix if len(pages) == 1 or scan.suffix in (".pdf", ".tif") else ".pdf"
    dpi = {"fax": FAX_DPI, "phone": 72}.get(scan.level, DPI)
    specimen = Specimen(
        id=specimen_id,
        file=specimen_id + suffix,
        type=type_id,
        fields=drawn.fields,
        personal_ids=tuple(number for number, _ in drawn.owners if number),
        names=tuple(name for _, name in drawn.owners),
        pages=tuple(truths),
        page_count=len(pages),
        font=drawn.face,
        era="2021" if case.day < MERGER else "2025",
        hand=drawn.hand,
        text=drawn.text,
    )
    save(pages, folder / specimen.file, dpi)
    return specimen


def write_truth(folder: Path, specimen: Specimen) -> None:
    """Write what should be read as JSON, named as the specimen."""
    truth = json.dumps(asdict(specimen), ensure_ascii=False, indent=1)
    (folder / f"{specimen.id}.json").write_text(truth + "\n", encoding="utf-8")
