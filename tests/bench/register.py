"""`make bench-register`: papers of invented people against a register of 100,000: whose they become, and how quickly.

Readings carry the errors that recognition makes: a digit or a letter misread, marks lost, the tone elsewhere. A misread
value is doubted nine times in ten; that is worse than recognition does, which is measured apart.
"""

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Literal

from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, select, text

from pipeline.adapters.database.engine import Database, open_database
from pipeline.adapters.database.tables import paper_people
from pipeline.catalogue import load_catalogue
from pipeline.stages.identify import Identification, identify
from pipeline.vietnamese import fold, nfc, place_tone
from schemas.catalog import DocumentType, PersonRule
from schemas.dossier import Evidence, Field
from tests.bench.register_people import ACTOR, OFFICE, Made, fill, make_people
from tests.contract.examples import a_paper, hold, receive
from tests.services.postgresql import running_postgresql

_SEED = 4
_TOGETHER = 20
_DOUBTED = 0.9
_MISREAD = {"o": "a", "a": "o", "n": "u", "u": "n", "i": "l", "e": "c", "h": "b", "t": "r", "g": "q", "m": "n"}
Shows = Literal["number", "old_number", "passport", "nothing"]


@dataclass(frozen=True)
class Reading:
    """What was read of a paper, whose it really is, and what makes it hard."""

    whose: Made
    shows: Shows
    fields: dict[str, Field]
    flaws: tuple[str, ...]


@dataclass
class Outcome:
    """What became of the papers. `wrong` and `twins` are documents and people that should not be."""

    filed: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    wrong: list[Reading] = field(default_factory=list)
    twins: list[Made] = field(default_factory=list)
    misnumbered: int = 0
    took_ms: list[float] = field(default_factory=list)

    @property
    def share_filed(self) -> float:
        """Of all papers, 0..1."""
        return self.filed.total() / max(1, self.filed.total() + self.asked.total())


def main() -> None:
    """Fill a register, try it, print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.register", description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=_SEED)
    options = parser.parse_args()
    people = make_people(options.people, options.seed)
    for name, server in (("SQLite", _sqlite), ("PostgreSQL", running_postgresql)):
        with server() as url:
            start = time.monotonic()
            fill_register(url, people)
            filled_s, start = time.monotonic() - start, time.monotonic()
            outcome = try_register(url, people, options.papers, options.seed)
            _show(name, outcome, len(people))
            Console().print(f"filled in {filled_s:.0f} s, tried in {time.monotonic() - start:.0f} s")


@contextmanager
def _sqlite() -> Iterator[str]:
    with TemporaryDirectory(prefix="hoso-bench-register-") as folder:
        yield f"sqlite:///{Path(folder) / 'hoso.db'}"


def fill_register(url: str, people: list[Made]) -> None:
    """Make the database's tables and put everybody on its register whom the office knows."""
    open_database(url).close()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        fill(connection, people)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()


def try_register(url: str, people: Sequence[Made], papers: int, seed: int) -> Outcome:
    """Identify and file papers, twenty at a time as if they came in one pile, and compare with the truth."""
    rng = Random(seed)  # noqa: S311 no secret, only the same choice each time
    kind = _kind()
    outcome, read = Outcome(), dict[str, Reading]()
    database = open_database(url)
    for _ in range(papers // _TOGETHER):
        # Strangers come again more often than chance would have it: their second paper is what makes twins.
        readings = [_reading(rng, rng.choice(people[: len(people) // 50] if rng.random() < 0.3 else people))
                    for _ in range(_TOGETHER)]  # fmt: skip
        found = [_identified(reading, kind, database, outcome) for reading in readings]
        read |= zip(_file(database, kind, found), readings, strict=True)
    database.close()
    _compare(url, people, read, outcome)
    return outcome


def _identified(reading: Reading, kind: DocumentType, database: Database, outcome: Outcome) -> Identification:
    start = time.perf_counter()
    found = identify(kind, reading.fields, database.people, OFFICE)
    outcome.took_ms.append((time.perf_counter() - start) * 1000)
    outcome.reasons.update(found.reasons)
    return found


def _kind() -> DocumentType:
    """A type whose one owner may show numbers of every kind."""
    rule = PersonRule(
        role="owner",
        name="full_name",
        personal_id="personal_id",
        passport="passport",
        tax_code="tax_code",
        date_of_birth="date_of_birth",
        sex="sex",
    )
    return load_catalogue().types["residence_confirmation"].model_copy(update={"owners": (rule,), "mentions": ()})


def _file(database: Database, kind: DocumentType, found: Sequence[Identification]) -> list[str]:
    """File the papers as they are found, and return their ids."""
    submission = receive(database, actor=ACTOR)
    papers = [
        a_paper(submission, type=kind.id, people=one.people, reasons=one.reasons, source_pages=(number,))
        for number, one in enumerate(found, 1)
    ]
    database.leases.file(hold(database, submission), tuple((paper, ("",)) for paper in papers))
    return [paper.document_id for paper in papers]


def _compare(url: str, people: Sequence[Made], read: dict[str, Reading], outcome: Outcome) -> None:
    """Each entry must belong to one person, and each person have one entry."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        rows = connection.execute(select(paper_people.c.document_id, paper_people.c.citizen_id)).all()
    engine.dispose()
    holder = {one.citizen_id: one.key for one in people if one.on_register}
    entries: dict[int, set[str]] = defaultdict(set)
    for document_id, citizen_id in rows:
        reading = read[document_id]
        label = f"{'organisation' if reading.whose.organisation else 'person'}, {reading.shows.replace('_', ' ')}"
        (outcome.filed if citizen_id else outcome.asked)[label] += 1
        if citizen_id is None:
            continue
        if holder.setdefault(citizen_id, reading.whose.key) != reading.whose.key:
            outcome.wrong.append(reading)
        entries[reading.whose.key] |= {citizen_id} | (
            {reading.whose.citizen_id} if reading.whose.on_register else set()
        )
        outcome.misnumbered += "digit" in reading.flaws and not reading.whose.on_register
    by_key = {reading.whose.key: reading.whose for reading in read.values()}
    outcome.twins = [by_key[key] for key, ids in entries.items() if len(ids) > 1]


# -- what is read ------------------------------------------------------------------------------------------------------


def _reading(rng: Random, whose: Made) -> Reading:
    flaws: list[str] = []
    shows = _shows(rng, whose)
    fields = {"full_name": _name(rng, whose, flaws)}
    number = {"number": whose.number, "old_number": whose.old_number, "passport": whose.passport}.get(shows)
    if number:
        key = "tax_code" if whose.organisation else "passport" if shows == "passport" else "personal_id"
        fields[key] = _number(rng, number, key, flaws)
    if whose.born is not None and rng.random() < 0.8:
        fields["date_of_birth"] = _birth(rng, whose, flaws)
        fields["sex"] = _field(whose.sex or "", "ocr")
    return Reading(whose, shows, fields, tuple(flaws))


def _shows(rng: Random, whose: Made) -> Shows:
    """Which number the paper bears."""
    if whose.organisation:
        return "number"
    chance = rng.random()
    if chance < 0.65:
        return "number" if whose.number else "passport" if whose.passport else "nothing"
    if chance < 0.78 and whose.old_number:
        return "old_number"
    return "nothing"


def _field(value: str, evidence: Evidence, *, confidence: float = 0.99, needs_review: bool = False) -> Field:
    return Field(value=value, confidence=confidence, evidence=evidence, needs_review=needs_review)


def _number(rng: Random, number: str, key: str, flaws: list[str]) -> Field:
    if rng.random() < 0.08:
        at = rng.choice([place for place, sign in enumerate(number) if sign.isdigit()])
        wrong = number[:at] + rng.choice([d for d in "0123456789" if d != number[at]]) + number[at + 1 :]
        flaws.append("digit")
        # A tax code's check digit notices one wrong digit; a personal number has none.
        return _field(wrong, "ocr", needs_review=key == "tax_code" or rng.random() < _DOUBTED)
    return _field(number, rng.choice(("qr", "two_places", "check", "ocr")), needs_review=rng.random() < 0.05)


def _name(rng: Random, whose: Made, flaws: list[str]) -> Field:
    name = whose.name
    if whose.earlier_name and rng.random() < 0.3:
        name = whose.earlier_name
        flaws.append("earlier name")
    chance = rng.random()
    if chance < 0.1:
        name = name.upper()
    elif chance < 0.15:
        name = " ".join(place_tone(nfc(word).lower()) for word in name.split())
    elif chance < 0.2:
        name = fold(name).upper()
        flaws.append("no marks")
    elif chance < 0.27:
        words = name.split()
        at = rng.randrange(len(words))
        words[at] = fold(words[at]).capitalize()
        misread = " ".join(words)
        flaws += ["marks"] if misread != name else []
        return _field(misread, "ocr", needs_review=misread != name and rng.random() < _DOUBTED)
    elif chance < 0.32:
        places = [place for place, sign in enumerate(name) if sign in _MISREAD]
        if places:
            at = rng.choice(places)
            flaws.append("letter")
            misread = name[:at] + _MISREAD[name[at]] + name[at + 1 :]
            return _field(misread, "ocr", needs_review=rng.random() < _DOUBTED)
    return _field(name, "ocr", needs_review=rng.random() < 0.05)


def _birth(rng: Random, whose: Made, flaws: list[str]) -> Field:
    assert whose.born is not None
    if (whose.year_only and rng.random() < 0.7) or rng.random() < 0.1:
        return _field(str(whose.born.year), "ocr")
    if rng.random() < 0.03:
        flaws.append("birth")
        wrong = whose.born.replace(day=whose.born.day % 28 + 1)
        return _field(wrong.isoformat(), "ocr", needs_review=rng.random() < _DOUBTED)
    return _field(whose.born.isoformat(), "ocr")


def _show(name: str, outcome: Outcome, people: int) -> None:
    table = Table("Paper shows", "Papers", "Filed", title=f"{name}: a register of {people:,}", box=None)
    for label in sorted({*outcome.filed, *outcome.asked}):
        filed, asked = outcome.filed[label], outcome.asked[label]
        table.add_row(label, f"{filed + asked:,}", f"{filed / (filed + asked):.1%}")
    console = Console()
    console.print(table)
    total = outcome.filed.total() + outcome.asked.total()
    p95 = quantiles(outcome.took_ms, n=20)[-1]
    console.print(
        f"{total:,} papers: wrong owner {len(outcome.wrong)}, twins made {len(outcome.twins)},"
        f" filed {outcome.share_filed:.1%}, the rest asks; newcomers under a misread number {outcome.misnumbered};"
        f" p95 {p95:.1f} ms to identify"
    )
    console.print("why: " + ", ".join(f"{reason} {count:,}" for reason, count in outcome.reasons.most_common()))


if __name__ == "__main__":
    main()
