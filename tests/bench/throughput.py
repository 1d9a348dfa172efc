"""`make bench-throughput`: pages a minute through all of docker-compose.yml with one worker and with two.

Dossiers of six pages are handed in at the web while no worker runs; then the workers begin, and the time runs from the
first one's beginning to the last one's filing. A worker is a machine of its own where it matters, so here each has a
core of its own; the last row is one worker with all of this machine's cores. The table tells who took the processor.
"""

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psycopg
from rich.console import Console
from rich.table import Table

from tests.specimens import make_specimens
from tests.topology import Topology, running_topology
from tests.topology.part import Part

PAGES = 6
"""Of a dossier, each a paper of its own."""
_A_DAY = 2_523
"""Dossiers of a day at a centre of District 1's size."""
_SEED = 17
_LONGEST_S = 3600.0
_POLL_S = 0.2
_console = Console(highlight=False, width=120)


@dataclass(frozen=True)
class _Setup:
    """Workers, and which of this machine's cores each may use."""

    name: str
    cores: tuple[set[int], ...]


_CORES = sorted(os.sched_getaffinity(0))
_SETUPS = (
    _Setup("1 worker, 1 core", ({_CORES[0]},)),
    _Setup("2 workers, a core each", ({_CORES[0]}, {_CORES[-1]})),
    _Setup("1 worker, all cores", (set(_CORES),)),
)


@dataclass(frozen=True)
class Passed:
    """Dossiers that went through. `cpu_s`: processor seconds meanwhile, by part of the topology, workers together."""

    name: str
    dossiers: int
    took_s: float
    cpu_s: dict[str, float]

    @property
    def pages_a_minute(self) -> float:
        """How fast they went."""
        return self.dossiers * PAGES / self.took_s * 60

    @property
    def cores_busy(self) -> float:
        """How many cores all parts had at work in the mean."""
        return sum(self.cpu_s.values()) / self.took_s

    @property
    def hours_for_a_day(self) -> float:
        """How long a large centre's day would take at this speed."""
        return _A_DAY * PAGES / self.pages_a_minute / 60


def main() -> None:
    """Let the same dossiers pass with each number of workers; print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.throughput", description=__doc__)
    parser.add_argument("--dossiers", type=int, default=24)
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="hoso-throughput-") as name:
        Path(name).chmod(0o755)
        folder = Path(name)
        made = make_specimens(folder / "papers", _SEED, 2 * asked.dossiers * PAGES)  # some are of two pages
        single = [folder / "papers" / one.file for one in made if one.page_count == 1]
        dossiers = [single[first * PAGES : (first + 1) * PAGES] for first in range(asked.dossiers)]
        passed = []
        for number, setup in enumerate(_SETUPS):
            passed.append(_pass(folder / str(number), setup, dossiers))
            _console.print(f"{setup.name}: {passed[-1].pages_a_minute:.1f} pages a minute")
        _show(passed)


def _pass(folder: Path, setup: _Setup, dossiers: Sequence[Sequence[Path]]) -> Passed:
    parsers = {"HOSO_PARSERS": str(len(setup.cores[0]))}
    with running_topology(folder, parsers, len(setup.cores)) as topology, _office(topology) as office:
        reading = [part for name, part in topology.parts.items() if name.startswith("worker")]
        for worker in reading:
            worker.stop()
        for papers in dossiers:
            _hand_in(office, papers)
        database = (topology.folder / "web" / "secrets" / "hoso_database").read_text().strip()
        for worker, cores in zip(reading, setup.cores, strict=True):
            worker.want()
            _confine(worker, cores)
        _wait_for(database, "state <> 'received'", 1)
        begun, before = time.monotonic(), _cpu_s(topology)
        _wait_for(database, "state = 'done'", len(dossiers))
        took_s, after = time.monotonic() - begun, _cpu_s(topology)
        return Passed(setup.name, len(dossiers), took_s, {part: after[part] - before[part] for part in after})


def _confine(worker: Part, cores: set[int]) -> None:
    """Have a worker that is just being started, and so all that it will start, use these cores only."""
    while not (pids := worker.pids()):
        time.sleep(_POLL_S)
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(ProcessLookupError):
                os.sched_setaffinity(int(task.name), cores)


@contextmanager
def _office(topology: Topology) -> Iterator[httpx.Client]:
    topology.hoso("account", "add", "intake", "--role", "service", "--no-password")
    secret = topology.hoso("token", "add", "intake", "--scope", "papers.receive")
    with topology.client() as client:
        client.headers["authorization"] = f"Bearer {secret}"
        yield client


def _hand_in(office: httpx.Client, papers: Sequence[Path]) -> None:
    files = [("files", (paper.name, paper.read_bytes())) for paper in papers]
    office.post("/api/v1/submissions", files=files).raise_for_status()


def _wait_for(database: str, condition: str, count: int) -> None:
    """Return when so many submissions are so. Raises: TimeoutError."""
    last = time.monotonic() + _LONGEST_S
    with psycopg.connect(database, autocommit=True) as connection:
        while True:
            found = connection.execute(f"SELECT count(*) FROM submissions WHERE {condition}").fetchone()  # noqa: S608
            if found and found[0] >= count:
                return
            if time.monotonic() > last:
                raise TimeoutError(f"not {count} submissions are {condition} after {_LONGEST_S} s")
            time.sleep(_POLL_S)


def _cpu_s(topology: Topology) -> dict[str, float]:
    """Processor seconds of each part since its start, with those of its processes that have ended."""
    found: dict[str, float] = {}
    for name, part in topology.parts.items():
        kind = "workers" if name.startswith("worker") else name
        found[kind] = found.get(kind, 0) + sum(map(_ticks, part.pids())) / os.sysconf("SC_CLK_TCK")
    return found


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):  # it has ended: its parent has its time now
        return 0
    return sum(map(int, fields[11:15]))


def _show(passed: Sequence[Passed]) -> None:
    title = f"dossiers of {PAGES} pages through all services, {os.cpu_count()} cores for everything"
    table = Table(title=title, title_justify="left")
    table.add_column(no_wrap=True)
    parts = sorted(passed[0].cpu_s, key=lambda part: -passed[0].cpu_s[part])
    for column in ("dossiers", "s", "pages a minute", f"hours for {_A_DAY:,}", "cores busy", *parts):
        table.add_column(column, justify="right")
    for one in passed:
        pages = one.dossiers * PAGES
        shares = (f"{one.cpu_s[part] / pages:.2f}" for part in parts)
        table.add_row(
            one.name,
            str(one.dossiers),
            f"{one.took_s:.0f}",
            f"{one.pages_a_minute:.1f}",
            f"{one.hours_for_a_day:.1f}",
            f"{one.cores_busy:.2f}",
            *shares,
        )
    _console.print(table)
    _console.print("under each part's name: its processor seconds a page")


if __name__ == "__main__":
    main()
