"""`make bench-load`: an office of 100 officers at work for five minutes, on one machine that also reads their papers.

Each officer is signed in, searches every ten seconds, opens what was found every other time, and hands in a dossier of
six pages every quarter of an hour, which his page follows until it is read. The office has 200,000 papers on file.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from secrets import randbelow
from statistics import quantiles
from tempfile import TemporaryDirectory

import httpx
import psycopg
from rich.console import Console
from rich.table import Table

from pipeline.adapters.database.engine import open_database
from pipeline.catalogue import load_catalogue
from pipeline.settings import Settings
from pipeline.vietnamese import fold
from tests.bench.search_filling import fill
from tests.bench.search_papers import ACTOR, MadeCitizen, make_citizens, make_papers
from tests.services.postgresql import running_postgresql
from tests.signing_in import link_for
from tests.specimens import make_specimens
from tests.system.hoso_up import hoso_up

_OFFICERS = 100
_SEARCH_EVERY_S = 10.0
_DOSSIER_EVERY_S = 900.0
_PAGES = 6
_POLL_S = 2.0
_CITIZENS, _PAPERS = 20_000, 200_000
_AIMS_MS = {"search": 200, "page": 500}
_SEED = 7
_SEEDS = 10_000
"""Of the papers that are brought: more runs than a filled office will see."""
_CLOSE_S = 60.0
_IDLE_S = 3.0
"""Connections are given up after this: the server closes them after five seconds, at times with a request under way."""


@dataclass
class Office:
    """What the officers do, and what became of it. Times are in milliseconds, as the officer waits for them."""

    url: str
    citizens: Sequence[MadeCitizen]
    ends_at: float
    took_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    read: int = 0
    handed_in: int = 0

    @property
    def is_over(self) -> bool:
        """Whether the five minutes are over."""
        return time.monotonic() >= self.ends_at

    async def ask(self, what: str, client: httpx.AsyncClient, method: str, path: str, **sent: object) -> httpx.Response:
        """Send a request and note how long it took, or that it failed."""
        start = time.monotonic()
        answer = await client.request(method, path, **sent)  # type: ignore[arg-type]
        self.took_ms[what].append((time.monotonic() - start) * 1000)
        if answer.status_code >= 400:
            self.errors[f"{what}: {answer.status_code}"] += 1
        return answer


def main() -> None:
    """Fill what is not filled yet, let the office work, print the table. Exit code 1 where anything failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.load", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--folder", type=Path, default=Path(".hoso/bench-load"), help="where the filled office stays")
    options = parser.parse_args()
    folder, seconds = options.folder.absolute(), options.minutes * 60
    citizens = make_citizens(_CITIZENS, _SEED)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="scans-", dir=folder) as scans, running_postgresql(folder / "postgresql") as url:
        brought = _dossiers(Path(scans), round(_OFFICERS * seconds / _DOSSIER_EVERY_S) + 1)
        _fill(url, folder / "filled", citizens)
        _forget_changes(url)
        settings = Settings(home=folder / "home", office_id=ACTOR.office_id, database=url)
        links = [link_for(settings, "counter", "reviewer", login=f"officer-{n}") for n in range(_OFFICERS)]
        more = {"HOSO_DATABASE": url, "HOSO_OFFICE_ID": ACTOR.office_id}
        with hoso_up(settings.home_path, **more) as up:
            office = Office(up.running.web_url, citizens, time.monotonic() + seconds)
            asyncio.run(_work(office, links, brought))
    _show(office, seconds)
    sys.exit(1 if office.errors else 0)


def _dossiers(folder: Path, count: int) -> list[list[Path]]:
    """Six papers of a page each for every dossier; new ones in each run, since what is on file is not read again."""
    made = make_specimens(folder, randbelow(_SEEDS), count * _PAGES)
    files = [folder / one.file for one in made]
    return [files[first : first + _PAGES] for first in range(0, len(files), _PAGES)]


def _fill(url: str, done: Path, citizens: Sequence[MadeCitizen]) -> None:
    if done.exists():
        return
    open_database(url).close()
    fill(url, citizens, make_papers(citizens, tuple(load_catalogue().types.values()), _PAPERS, _SEED))
    done.touch()


def _forget_changes(url: str) -> None:
    """Made rows have no objects, and an upgrade notes them all as changed: sweeps would record them for an hour."""
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM changed_rows")


async def _work(office: Office, links: Sequence[str], brought: Sequence[Sequence[Path]]) -> None:
    async with asyncio.TaskGroup() as group:
        for number, link in enumerate(links):
            group.create_task(_officer(office, number, link, iter(brought[number:])))


async def _officer(office: Office, number: int, link: str, dossiers: Iterator[Sequence[Path]]) -> None:
    """One officer: begins within the first ten seconds, and hands in his first dossier at his place in the quarter."""
    rng = Random(number)  # noqa: S311 (no secret)
    hands_in_at = time.monotonic() + number * _DOSSIER_EVERY_S / _OFFICERS
    async with _signed_in(office, link) as client, asyncio.TaskGroup() as group:
        await asyncio.sleep(rng.uniform(0, _SEARCH_EVERY_S))
        while not office.is_over:
            if time.monotonic() >= hands_in_at:
                hands_in_at += _DOSSIER_EVERY_S
                group.create_task(_hand_in(office, client, next(dossiers)))
            start = time.monotonic()
            await _search(office, client, rng)
            await asyncio.sleep(max(0.0, start + _SEARCH_EVERY_S - time.monotonic()))


@asynccontextmanager
async def _signed_in(office: Office, link: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"origin": office.url}
    limits = httpx.Limits(keepalive_expiry=_IDLE_S)
    async with httpx.AsyncClient(
        base_url=office.url, headers=headers, timeout=_CLOSE_S, limits=limits, trust_env=False
    ) as client:
        await office.ask("sign in", client, "GET", "/", params={"token": link})
        await office.ask("sign in", client, "POST", "/purpose", data={"purpose": "citizen_request"})
        yield client


async def _search(office: Office, client: httpx.AsyncClient, rng: Random) -> None:
    citizen = rng.choice(office.citizens)
    words = rng.choice([citizen.personal_id, citizen.name, fold(citizen.name)])
    found = (await office.ask("search", client, "POST", "/api/v1/search", json={"words": words})).json()["hits"]
    if found and rng.random() < 0.5:
        await office.ask("page", client, "GET", f"/papers/{rng.choice(found)['document_id']}")


async def _hand_in(office: Office, client: httpx.AsyncClient, papers: Sequence[Path]) -> None:
    """Hand six papers in and follow them, as the page does, until they are read or the time is over."""
    files = [("files", (paper.name, paper.read_bytes())) for paper in papers]
    answer = await office.ask("hand in", client, "POST", "/api/v1/submissions", files=files)
    if answer.is_error:
        return
    office.handed_in += 1
    path = f"/api/v1/submissions/{answer.json()['submission_id']}"
    while not office.is_over:
        await asyncio.sleep(_POLL_S)
        part = await office.ask("progress", client, "GET", path, headers={"hoso-background": "1"})
        if not part.is_error and not part.json()["live"]:
            office.read += 1
            return


def _show(office: Office, seconds: float) -> None:
    title = f"{_OFFICERS} officers, {seconds:.0f} s"
    table = Table("", "requests", "p50 ms", "p95 ms", "max ms", "aim p95 ms", title=title)
    for what, took in office.took_ms.items():
        cuts = quantiles(took, n=20) if len(took) > 1 else [took[0]] * 19
        aim = str(_AIMS_MS.get(what, ""))
        table.add_row(what, str(len(took)), f"{cuts[9]:.0f}", f"{cuts[18]:.0f}", f"{max(took):.0f}", aim)
    console = Console()
    console.print(table)
    console.print(f"dossiers of {_PAGES} pages handed in {office.handed_in}, read to the end {office.read}")
    console.print(f"errors: {dict(office.errors) or 'none'}")


if __name__ == "__main__":
    main()
