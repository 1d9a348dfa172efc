"""An invented register: people of the same name, twins, old numbers, year-only births, changed names, organisations."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, insert

from pipeline.adapters.database.tables import citizen_numbers, citizens, earlier_names
from pipeline.stages.field_values import tax_code_holds
from pipeline.stages.same_name import folded_name
from pipeline.vietnamese import fold
from schemas.people import Actor
from tests.specimens.names import Sex, choose_people
from tests.specimens.numbers import personal_id

OFFICE = "phuong-a"
ACTOR = Actor(office_id=OFFICE, actor_id="lan")
_HOME, _ELSEWHERE = ("079",), ("001", "038", "040", "048", "080", "092")
_FIRST_DAY, _DAYS = date(1935, 1, 1), 32_000
_NO_ONES = "99"
_SEXES: tuple[Sex, ...] = ("Nam", "Nữ")
_BATCH = 20_000


@dataclass(frozen=True)
class Made:
    """Somebody invented. `number` is a personal number or a tax code; `on_register`: the office knows this one."""

    key: int
    organisation: bool
    name: str
    earlier_name: str | None
    born: date | None
    year_only: bool
    sex: Sex | None
    number: str | None
    old_number: str | None
    passport: str | None
    on_register: bool = True

    @property
    def citizen_id(self) -> str:
        """The register's id, for those who are on it from the beginning."""
        return f"c{self.key:07d}"

    @property
    def known_birth(self) -> str | None:
        """As the register has it."""
        if self.born is None:
            return None
        return str(self.born.year) if self.year_only else self.born.isoformat()


class _Numbers:
    """Gives numbers that nobody else in this world has."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def personal(self, born: date, sex: str) -> str:
        """A free personal number."""
        province = self._rng.choice(_HOME if self._rng.random() < 0.6 else _ELSEWHERE)
        return self._free(lambda: personal_id(province, sex == "Nam", born, self._rng.randrange(10_000)))

    def next_to(self, number: str) -> str | None:
        """A number that differs in its last digit, as twins get them; None if all are given."""
        others = [number[:-1] + digit for digit in "0123456789"]
        free = [other for other in others if other not in self._given]
        return self._free(lambda: self._rng.choice(free)) if free else None

    def old(self) -> str:
        """A free CMND number, of a province that never was."""
        return self._free(lambda: _NO_ONES + f"{self._rng.randrange(10_000_000):07d}")

    def passport(self) -> str:
        """A free passport number."""
        return self._free(lambda: f"X{self._rng.randrange(10_000_000):07d}")

    def tax_code(self) -> str:
        """A free tax code whose check digit holds."""
        return self._free(lambda: _with_check_digit(_NO_ONES + f"{self._rng.randrange(10_000_000):07d}"))

    def _free(self, make: Any) -> str:
        while (number := make()) in self._given:
            pass
        self._given.add(number)
        return str(number)


def _with_check_digit(nine: str) -> str:
    return next((nine + digit for digit in "0123456789" if tax_code_holds(nine + digit)), nine[:8] + "00")


def make_people(count: int, seed: int) -> list[Made]:
    """`count` people and organisations, one in twelve of them unknown to the office."""
    rng = Random(seed)  # noqa: S311 no secret, only the same choice each time
    numbers = _Numbers(rng)
    made: list[Made] = []
    while len(made) < count:
        kind = rng.random()
        if kind < 0.01:
            made.append(_organisation(len(made), rng, numbers))
            continue
        person = _person(len(made), rng, numbers)
        made.append(person)
        if kind < 0.03:
            made += _twin(person, rng, numbers)
        elif kind < 0.032:
            made.append(_namesake(person, rng, numbers))
    return [replace(one, on_register=rng.random() >= 1 / 12) for one in made]


def _organisation(key: int, rng: Random, numbers: _Numbers) -> Made:
    people = choose_people(rng)
    name = f"CÔNG TY TNHH {people.name(rng, 'Nữ', people.family(rng))} {rng.choice('ABCDEGHKLMNPQRSTVXY')}".upper()
    return Made(key, True, name, None, None, False, None, numbers.tax_code(), None, None)


def _person(key: int, rng: Random, numbers: _Numbers) -> Made:
    people, sex = choose_people(rng), rng.choice(_SEXES)
    family = people.family(rng)
    name = people.name(rng, sex, family)
    born = _FIRST_DAY + timedelta(days=rng.randrange(_DAYS))
    year_only = born.year < 1975 and rng.random() < 0.15
    if year_only or rng.random() < 0.01:
        born = date(born.year, 1, 1)
    has = rng.random()
    foreigner, without = has < 0.01, 0.01 <= has < 0.03
    return Made(
        key=key,
        organisation=False,
        name=name,
        earlier_name=people.name(rng, sex, family) if rng.random() < 0.02 else None,
        born=born,
        year_only=year_only,
        sex=sex,
        number=None if foreigner or without else numbers.personal(born, sex),
        old_number=numbers.old() if born.year < 2000 and not foreigner and rng.random() < 0.6 else None,
        passport=numbers.passport() if foreigner or rng.random() < 0.1 else None,
    )


def _twin(person: Made, rng: Random, numbers: _Numbers) -> list[Made]:
    """A twin: born the same day, a number that differs in one digit, a name in its last word or its marks."""
    number = numbers.next_to(person.number) if person.number else None
    if number is None:
        return []
    *rest, given = person.name.split()
    bare = fold(given).capitalize()
    other = bare if bare != given and rng.random() < 0.5 else rng.choice(("Khang", "Vinh", "Thu", "Xuân"))
    name = " ".join((*rest, other))
    if folded_name(name) == folded_name(person.name) and name == person.name:
        return []
    old = numbers.old() if person.old_number else None
    return [
        replace(person, key=person.key + 1, name=name, number=number, old_number=old, passport=None, earlier_name=None)
    ]


def _namesake(person: Made, rng: Random, numbers: _Numbers) -> Made:
    """Somebody else of the same name and birth date."""
    sex = person.sex or "Nam"
    number = numbers.personal(person.born or _FIRST_DAY, sex) if person.number else None
    old = numbers.old() if rng.random() < 0.5 else None
    return replace(person, key=person.key + 1, number=number, old_number=old, passport=None, earlier_name=None)


def fill(connection: Connection, people: list[Made]) -> None:
    """Write the register, past the ports: a row for each who is on it."""
    known = [one for one in people if one.on_register]
    written_by = ACTOR.model_dump()
    entries = [
        written_by
        | {
            "citizen_id": one.citizen_id,
            "kind": "organisation" if one.organisation else "person",
            "name": one.name,
            "folded_name": folded_name(one.name),
            "born": one.known_birth,
        }
        for one in known
    ]
    numbers = [
        written_by | {"number": number, "citizen_id": one.citizen_id}
        for one in known
        for number in (one.number, one.old_number, one.passport)
        if number
    ]
    former = [
        written_by
        | {"citizen_id": one.citizen_id, "name": one.earlier_name, "folded_name": folded_name(one.earlier_name)}
        for one in known
        if one.earlier_name and one.earlier_name != one.name
    ]
    for table, rows in ((citizens, entries), (citizen_numbers, numbers), (earlier_names, former)):
        for start in range(0, len(rows), _BATCH):
            connection.execute(insert(table), rows[start : start + _BATCH])
