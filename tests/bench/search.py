"""`make bench-search`: how long a counter waits for an answer, with 100,000 citizens and 1,000,000 papers."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any

from rich.console import Console
from rich.table import Table

from pipeline.adapters.database.engine import Database
from pipeline.catalogue import load_catalogue
from pipeline.once_only import checklist
from pipeline.vietnamese import fold
from schemas.catalog import Catalogue
from schemas.once_only import Visit
from schemas.search import SearchQuery
from tests.bench.filled import DATABASES, SEED, Size, filled
from tests.bench.search_papers import ACTOR, MadeCitizen, make_citizens

_AIM_MS = 50
_HITS = 20
_OFFICE = ACTOR.office_id
Question = Callable[[Database, Random], object]


def main() -> None:
    """Fill what is not filled yet, ask, print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.search", description=__doc__)
    parser.add_argument("--citizens", type=int, default=100_000)
    parser.add_argument("--papers", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=200, help="how often each question is asked")
    parser.add_argument("--folder", type=Path, default=Path(".hoso/bench-search"), help="where filled databases stay")
    options = parser.parse_args()
    size = Size(options.citizens, options.papers)
    citizens, catalogue = make_citizens(size.citizens, SEED), load_catalogue()
    questions = all_questions(citizens, catalogue)
    took: dict[str, dict[str, list[float]]] = {}
    for name in DATABASES:
        with filled(name, options.folder.absolute(), size, citizens, catalogue) as database:
            took[name] = {said: asked_ms(database, question, options.times) for said, question in questions.items()}
    _show(took, size, options.times)


def all_questions(citizens: Sequence[MadeCitizen], catalogue: Catalogue) -> dict[str, Question]:
    """What staff ask. Every question is asked of other citizens and words each time."""
    procedures = tuple(catalogue.procedures.values())
    with_old_number = [citizen for citizen in citizens if citizen.old_number]
    types = [kind.id for kind in catalogue.types.values() if kind.owners]
    titles = [kind.title.printed for kind in catalogue.types.values() if kind.owners]
    phrases = [phrase for kind in catalogue.types.values() if kind.owners for phrase in kind.cues.phrases]

    def papers_of(database: Database, rng: Random) -> object:
        person = database.people.by_number(_OFFICE, rng.choice(citizens).personal_id)
        assert person is not None
        return person, database.papers.of_citizen(_OFFICE, person.citizen_id)

    def owed(database: Database, rng: Random) -> object:
        person = database.people.by_number(_OFFICE, rng.choice(citizens).personal_id)
        assert person is not None
        papers = database.papers.of_citizen(_OFFICE, person.citizen_id)
        return checklist(rng.choice(procedures), catalogue, person, papers, Visit(day=date(2026, 6, 1)))

    def searching(words: Callable[[Random], str], **filters: Any) -> Question:
        def ask(database: Database, rng: Random) -> object:
            return database.search.search(SearchQuery(offices=(_OFFICE,), words=words(rng), limit=_HITS, **filters))

        return ask

    def paging(words: Callable[[Random], str]) -> Question:
        def ask(database: Database, rng: Random) -> object:
            query = SearchQuery(offices=(_OFFICE,), words=words(rng), limit=_HITS)
            first = database.search.search(query)
            return (
                first if first.next is None else database.search.search(query.model_copy(update={"after": first.next}))
            )

        return ask

    return {
        "checklist of a procedure": owed,
        "citizen page": papers_of,
        "search: personal number": searching(lambda rng: rng.choice(citizens).personal_id),
        "search: old number": searching(lambda rng: rng.choice(with_old_number).old_number or ""),
        "search: number of a paper": searching(lambda rng: f"{rng.randrange(1, 900)}/{rng.randrange(2023, 2026)}"),
        "search: name with marks": searching(lambda rng: rng.choice(citizens).name),
        "search: name without marks": searching(lambda rng: fold(rng.choice(citizens).name)),
        "search: name being typed": searching(lambda rng: _begun(rng, rng.choice(citizens).name)),
        "search: family and given name": searching(lambda rng: _outer(rng.choice(citizens).name)),
        "search: title of a paper": searching(lambda rng: rng.choice(titles)),
        "search: words of a page": searching(lambda rng: rng.choice(phrases)),
        "search: name and words": searching(lambda rng: f"{rng.choice(citizens).name} {rng.choice(phrases)}"),
        "search: name, two pages": paging(lambda rng: rng.choice(citizens).name),
        "search: family and given name, one type": searching(
            lambda rng: _outer(rng.choice(citizens).name), type=types[0]
        ),
        "search: words of a page, a month": searching(
            lambda rng: rng.choice(phrases), filed_from=date(2024, 5, 1), filed_until=date(2024, 5, 31)
        ),
        "search: a type": searching(lambda _: "", type=types[0]),
        "search: a type, one day": searching(
            lambda _: "", type=types[0], filed_from=date(2024, 5, 6), filed_until=date(2024, 5, 6)
        ),
        "search: a state that none has": searching(lambda _: "", state="needs_review"),
    }


def _begun(rng: Random, name: str) -> str:
    """The name as far as it is typed: two letters at least."""
    typed = name if rng.random() < 0.5 else fold(name)
    return typed[: rng.randrange(2, len(typed) + 1)].rstrip()


def _outer(name: str) -> str:
    first, *_, last = name.split()
    return f"{first} {last} "


def asked_ms(database: Database, question: Question, times: int) -> list[float]:
    """Milliseconds of each asking, after a few that warm the caches a service in use has warm."""
    rng, took = Random(SEED), []  # noqa: S311 (the same questions each time)
    for _ in range(max(3, times // 10)):
        question(database, rng)
    for _ in range(times):
        start = time.perf_counter()
        question(database, rng)
        took.append(1000 * (time.perf_counter() - start))
    return took


def _show(took: dict[str, dict[str, list[float]]], size: Size, times: int) -> None:
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    title = f"{size.citizens:,} citizens, {size.papers:,} papers; ms of {times} askings each; aim: p95 {_AIM_MS} ms"
    table = Table("question", title=title, title_justify="left")
    for name in took:
        for column in (f"{name} p50", "p95", "most", ""):
            table.add_column(column, justify="right")
    for question in next(iter(took.values())):
        cells = []
        for answers in took.values():
            half, late = quantile(answers[question], 50), quantile(answers[question], 95)
            met = "" if late <= _AIM_MS else "over"
            cells += [f"{half:.1f}", f"{late:.1f}", f"{max(answers[question]):.1f}", met]
        table.add_row(question, *cells)
    console.print(table)


def quantile(values: Sequence[float], percent: int) -> float:
    """The value that `percent` of all stay below."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


if __name__ == "__main__":
    main()
