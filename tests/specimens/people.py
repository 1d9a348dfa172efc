"""Families of invented citizens who fit together: one home, names handed down, dates in their order."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tests.specimens.names import People, Sex, choose_people
from tests.specimens.numbers import old_card_number, personal_id, phone_number
from tests.specimens.places import PLACES, STREETS, Home, Place

LATEST = date(2026, 6, 30)
"""No specimen is dated later, whatever the day on which it is made: the same seed gives the same bytes."""


@dataclass(frozen=True)
class Person:
    """One invented citizen. `card_issued` None: too young for a card."""

    name: str
    sex: Sex
    born: date
    birthplace: Place
    personal_id: str
    old_number: str | None
    ethnic_group: str
    home: Home
    phone: str
    card_issued: date | None

    @property
    def male(self) -> bool:
        """Whether the sex is `Nam`."""
        return self.sex == "Nam"

    @property
    def card_expires(self) -> date | None:
        """Cards end at the ages of 25, 40 and 60; renewed within two years before, they skip one (Luật Căn cước 2023,
        Art 21). None: without term, or no card.
        """
        if self.card_issued is None:
            return None
        for age in (25, 40, 60):
            birthday = self.birthday(age)
            if self.card_issued + timedelta(days=730) <= birthday:
                return birthday
        return None

    def birthday(self, age: int) -> date:
        """The day on which the person reaches `age`."""
        return self.born.replace(year=self.born.year + age)

    def cited_number(self, on: date) -> str:
        """The number a paper of that day cites: before 2016 there were old card numbers only."""
        return self.old_number if self.old_number and on < date(2016, 1, 1) else self.personal_id


@dataclass(frozen=True)
class Family:
    """A couple with their children, eldest first, and the day they married."""

    father: Person
    mother: Person
    children: tuple[Person, ...]
    married: date

    @property
    def home(self) -> Home:
        """Where they all live."""
        return self.father.home


def day_between(rng: Random, first: date, last: date) -> date:
    """A day from `first` to `last`, both included; never 29 February, so that birthdays exist in every year."""
    day = first + timedelta(days=rng.randrange(max(1, (last - first).days + 1)))
    return day if (day.month, day.day) != (2, 29) else date(day.year, 2, 28)


def make_family(rng: Random, serial: int) -> Family:
    """A family whose personal numbers end in `99` and the four digits of `serial`, `serial` + 1, ..."""
    house = f"{rng.randrange(1, 400)}{rng.choice(('', '', 'A', 'B', '/7'))} {rng.choice(STREETS)}"
    home = Home(house, rng.choice(PLACES))
    married = day_between(rng, date(2016, 6, 1), date(2023, 12, 31))
    his, hers = _line(rng), _line(rng)
    father = _adult(rng, his, "Nam", _Life(home, _years_before(rng, married, (23, 36)), serial))
    mother = _adult(rng, hers, "Nữ", _Life(home, _years_before(rng, married, (20, 32)), serial + 1))
    line = hers if hers.people.mother_line else his
    children: list[Person] = []
    earliest = married + timedelta(days=300)
    while earliest < LATEST - timedelta(days=240) and len(children) < rng.randint(1, 3):
        born = day_between(rng, earliest, min(LATEST - timedelta(days=200), earliest + timedelta(days=900)))
        life = _Life(home, born, serial + 2 + len(children))
        child = _child(rng, line, life)
        while child.name in {relative.name for relative in (father, mother, *children)}:
            child = _child(rng, line, life)
        children.append(child)
        earliest = born + timedelta(days=500)
    return Family(father, mother, tuple(children), married)


@dataclass(frozen=True)
class _Line:
    """What is handed down: a people and one of its family names."""

    people: People
    family: str


@dataclass(frozen=True)
class _Life:
    """Where and when somebody lives, and the serial of the personal number."""

    home: Home
    born: date
    serial: int


def _line(rng: Random) -> _Line:
    people = choose_people(rng)
    return _Line(people, people.family(rng))


def _years_before(rng: Random, day: date, ages: tuple[int, int]) -> date:
    return day_between(rng, date(day.year - ages[1], 1, 1), date(day.year - ages[0], 12, 31))


def _adult(rng: Random, line: _Line, sex: Sex, life: _Life) -> Person:
    birthplace = life.home.place if rng.random() < 0.6 else rng.choice(PLACES)
    has_old = life.born.year <= 2000 and rng.random() < 0.8
    return Person(
        name=line.people.name(rng, sex, line.family),
        sex=sex,
        born=life.born,
        birthplace=birthplace,
        personal_id=personal_id(birthplace.code, sex == "Nam", life.born, life.serial),
        old_number=old_card_number(life.serial, rng) if has_old else None,
        ethnic_group=line.people.ethnic_group,
        home=life.home,
        phone=phone_number(rng),
        card_issued=day_between(rng, date(2021, 3, 1), LATEST),
    )


def _child(rng: Random, line: _Line, life: _Life) -> Person:
    sex: Sex = rng.choice(("Nam", "Nữ"))
    return Person(
        name=line.people.name(rng, sex, line.family),
        sex=sex,
        born=life.born,
        birthplace=life.home.place,
        personal_id=personal_id(life.home.place.code, sex == "Nam", life.born, life.serial),
        old_number=None,
        ethnic_group=line.people.ethnic_group,
        home=life.home,
        phone="",
        card_issued=None,
    )
