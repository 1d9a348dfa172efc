"""Invented citizens and papers by the million: cheap to make, the same for the same seed, and of the forms that filing
writes.

Each type of the catalogue has one template: a whole `Paper`, its summary and its page with marks where values go, cut
at the marks. A paper is the template's pieces with its values between them, which costs a hundredth of building,
dumping and tokenising it. No mark touches a word, so the tokens of the whole are those of the pieces.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from pipeline.adapters.database.indexing import summary
from pipeline.vietnamese import search_tokens
from schemas.catalog import DocumentType
from schemas.dossier import Field, Paper
from schemas.people import Actor, PersonOnPaper
from schemas.text import Box
from tests.specimens.names import choose_people
from tests.specimens.numbers import personal_id
from tests.specimens.places import PLACES, STREETS

ACTOR = Actor(office_id="phuong-a", actor_id="lan")
SUBMISSION_PAPERS = 4
"""Papers handed in together."""
_FIRST_DAY = datetime(2023, 1, 2, 1, tzinfo=UTC)
_YEARS = 3
_WITH_OLD_NUMBER = 0.4
_WITH_TEXT = 0.3
"""Papers whose page text is made; the others have an empty page, as papers have whose text may not be kept."""
_CONFIRMED = 0.8
_BORN = (date(1935, 1, 1), date(2022, 12, 31))
_VALUES = {
    "year": "1987",
    "phone": "0950123456",
    "serial": "AA 01234567",
    "number": "128",
    "sex": "Nữ",
    "qr": "QR",
    "mrz": "MRZ",
    "text": "đất ở tại đô thị, sử dụng ổn định lâu dài",
}


@dataclass(frozen=True)
class MadeCitizen:
    """One citizen of the register."""

    citizen_id: str
    personal_id: str
    name: str
    born: date
    old_number: str | None


@dataclass(frozen=True)
class MadePaper:
    """One paper with all that is written of it. `owners`: citizen and role."""

    document_id: str
    submission_id: str
    type: str
    filed_at: datetime
    record: str
    text: str
    summary_keys: "Keys"
    text_keys: "Keys"
    owners: tuple[tuple[MadeCitizen, str], ...]


@dataclass(frozen=True)
class Keys:
    """Search tokens of a text, with marks and without; none of a text that is not kept."""

    exact: list[str]
    folded: list[str]


class _Cut:
    """A text with marks, cut at them: pieces at even places, marks at odd ones."""

    def __init__(self, text: str) -> None:
        self._parts = re.split("(‹[^›]+›)", text)

    def text(self, values: dict[str, str]) -> str:
        """The text with values for marks."""
        return "".join([values[part] if at % 2 else part for at, part in enumerate(self._parts)])

    def keys(self, values: dict[str, str]) -> Keys:
        """The tokens of `text(values)`."""
        keys = Keys([], [])
        for at, part in enumerate(self._parts):
            exact, folded = _keys(values[part] if at % 2 else part)
            keys.exact.extend(exact)
            keys.folded.extend(folded)
        return keys


@lru_cache(maxsize=1 << 18)
def _keys(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    tokens = search_tokens(text)
    return tuple(token.exact for token in tokens), tuple(token.folded for token in tokens)


@dataclass(frozen=True)
class _Template:
    type: str
    record: _Cut
    summary: _Cut
    text: _Cut
    roles: tuple[str, ...]


def make_citizens(count: int, seed: int) -> list[MadeCitizen]:
    """So many citizens with different numbers; names and birth dates repeat as they do in a register."""
    rng, made = Random(seed), dict[str, MadeCitizen]()  # noqa: S311 (nothing secret is made)
    while len(made) < count:
        serial = len(made)
        sex = rng.choice(("Nam", "Nữ"))
        people = choose_people(rng)
        name = people.name(rng, "Nam" if sex == "Nam" else "Nữ", people.family(rng))
        born = _BORN[0] + timedelta(days=rng.randrange((_BORN[1] - _BORN[0]).days))
        number = personal_id(rng.choice(PLACES).code, sex == "Nam", born, rng.randrange(10_000))
        old = f"99{serial:07d}" if rng.random() < _WITH_OLD_NUMBER else None
        made.setdefault(number, MadeCitizen(_random_id(rng), number, name, born, old))
    return list(made.values())


def make_papers(
    citizens: Sequence[MadeCitizen], types: Sequence[DocumentType], count: int, seed: int
) -> Iterator[MadePaper]:
    """So many papers in the order of their filing, spread over the citizens and over three years."""
    rng, templates = Random(seed), [_template(kind) for kind in types if kind.owners]  # noqa: S311
    step = timedelta(days=365 * _YEARS) / count
    submission_id = ""
    for number in range(count):
        if number % SUBMISSION_PAPERS == 0:
            submission_id = _random_id(rng)
        template = rng.choice(templates)
        *owners, another = rng.sample(citizens, len(template.roles) + 1)
        filed_at = _FIRST_DAY + number * step
        values = _values(rng, submission_id, filed_at, owners) | {"‹other name›": another.name}
        has_text = rng.random() < _WITH_TEXT
        yield MadePaper(
            document_id=values["‹document›"],
            submission_id=submission_id,
            type=template.type,
            filed_at=filed_at,
            record=template.record.text(values),
            text=template.text.text(values) if has_text else "",
            summary_keys=template.summary.keys(values),
            text_keys=template.text.keys(values) if has_text else Keys([], []),
            owners=tuple(zip(owners, template.roles, strict=True)),
        )


def _random_id(rng: Random) -> str:
    return f"{rng.getrandbits(128):032x}"


def _values(rng: Random, submission_id: str, filed_at: datetime, owners: Sequence[MadeCitizen]) -> dict[str, str]:
    issued = (filed_at - timedelta(days=rng.randrange(400))).date()
    moment = filed_at.isoformat().replace("+00:00", "Z")
    place = rng.choice(PLACES)
    values = {
        "‹document›": _random_id(rng),
        "‹submission›": submission_id,
        "‹filed›": moment,
        "‹copy kind›": '"original"' if (confirmed := rng.random() < _CONFIRMED) else "null",
        "‹confirmed›": f'"{moment}"' if confirmed else "null",
        "‹issued›": issued.isoformat(),
        "‹number›": f"{rng.randrange(1, 900)}/{issued.year}",
        "‹dossier›": f"H29.{rng.randrange(1, 60)}.1-{filed_at:%y%m%d}-{rng.randrange(10_000):04d}",
        "‹office›": f"Ủy ban nhân dân {place.new_commune}",
        "‹home›": f"{rng.randrange(1, 400)} {rng.choice(STREETS)}, {place.full(issued)}",
    }
    for at, owner in enumerate(owners):
        values |= {f"‹name{at}›": owner.name, f"‹id{at}›": owner.personal_id, f"‹born{at}›": owner.born.isoformat()}
    return values


def _template(kind: DocumentType) -> _Template:
    marks = _marks_of_owners(kind)
    said = {rule.name: marks.get(rule.name) or _mark(rule.kind) for rule in kind.fields if not rule.witness}
    people = tuple(
        PersonOnPaper(personal_id=f"‹id{at}›", name=f"‹name{at}›", role=owner.role, link="filed")
        for at, owner in enumerate(kind.owners)
    )
    paper = _paper(kind, said, people)
    lines = [kind.issuer or "‹office›", kind.title.printed, "Mã hồ sơ: ‹dossier›, ngày ‹issued›", "Nơi cư trú: ‹home›"]
    lines += [f"{(rule.labels or (rule.name,))[0]}: {said[rule.name]}" for rule in kind.fields if rule.name in said]
    lines += kind.cues.phrases
    record = paper.model_dump_json().replace('"copy_kind":null', '"copy_kind":‹copy kind›')
    record = record.replace('"confirmed_at":null', '"confirmed_at":‹confirmed›')
    record = record.replace(_FIRST_DAY.isoformat().replace("+00:00", "Z"), "‹filed›")
    roles = tuple(owner.role for owner in kind.owners)
    return _Template(kind.id, _Cut(record), _Cut(summary(paper)), _Cut("\n".join(lines)), roles)


def _marks_of_owners(kind: DocumentType) -> dict[str, str]:
    """Field name -> mark, of the fields that name an owner."""
    marks: dict[str | None, str] = {}
    for at, owner in enumerate(kind.owners):
        marks |= {owner.name: f"‹name{at}›", owner.personal_id: f"‹id{at}›", owner.date_of_birth: f"‹born{at}›"}
    return {name: mark for name, mark in marks.items() if name is not None}


def _mark(kind: str) -> str:
    marks = {"name": "‹other name›", "organisation": "‹office›", "date": "‹issued›", "dossier_code": "‹dossier›"}
    return marks.get(kind) or _VALUES.get(kind) or "‹number›"


def _paper(kind: DocumentType, said: dict[str, str], people: tuple[PersonOnPaper, ...]) -> Paper:
    box = Box(left=412, top=1180, right=1052, bottom=1228)
    common: dict[str, Any] = {"confidence": 0.987, "evidence": "two_places", "needs_review": False}
    return Paper(
        document_id="‹document›",
        submission_id="‹submission›",
        actor=ACTOR,
        content_sha256="‹submission›" * 2,
        pipeline_version="1",
        type=kind.id,
        type_confidence=0.998,
        cues=("title", kind.title.printed),
        state="filed",
        keeping=kind.keeping.rule,
        fields={name: Field(value=value, page=1, box=box, **common) for name, value in said.items()},
        people=people,
        source_pages=(1,),
        pages_by_file=((1,),),
        rotations=(0,),
        object_key="archive/phuong-a/‹submission›‹submission›/1.v1.pdf",
        sha256="‹document›‹document›",
        size_bytes=61_440,
        dossier_code="‹dossier›",
        filed_at=_FIRST_DAY,
    )
