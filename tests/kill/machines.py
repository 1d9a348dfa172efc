"""The same with whole services: workers, web, Prefect, PostgreSQL, S3 and all at once are killed under load.

python -m tests.kill.machines [--workers N] [--others N] [--seed N]
"""

import argparse
import hashlib
import random
import statistics
import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row
from rich.console import Console
from rich.table import Table

from pipeline.settings import Settings
from tests.kill.invariants import broken
from tests.kill.kept import read_kept
from tests.kill.papers import write_papers
from tests.topology import Topology, running_topology
from tests.unit.plain_papers import BIRTH, CHILD, CHILD_NUMBER

LEASE_S = 3.0
OTHERS = ("web", "prefect", "postgres", "s3", "all")
"""What else is killed, beside workers; `all` is everything at the same moment."""
_LONGEST_S = 240.0
_POLL_S = 0.05
_SYLLABLES = ("AN", "BÌNH", "CHI", "DUNG", "GIANG", "HÀ", "KHANH", "LAN", "MINH", "NGA", "OANH", "PHÚC", "QUÂN", "SƠN")
_console = Console(highlight=False, width=110)


@dataclass
class Machines:
    """A running topology, an office that hands papers in, and what it was told."""

    topology: Topology
    client: httpx.Client
    database: str
    folder: Path
    chance: random.Random
    told: dict[str, str] = field(default_factory=dict)
    """Personal number on the paper -> submission that somebody was told of."""
    originals: set[str] = field(default_factory=set)
    made: int = 0

    def new_paper(self) -> tuple[str, Path]:
        """A birth certificate of a child who is on no other paper, and its personal number."""
        self.made += 1
        number = f"079320{self.made:06d}"
        name = f"TÔN THẤT {self.chance.choice(_SYLLABLES)} {self.chance.choice(_SYLLABLES)}"
        text = BIRTH.replace(CHILD, name).replace(CHILD_NUMBER, number).replace("150/2020", f"{self.made}/2020")
        return number, write_papers(self.folder / f"{number}.pdf", text)

    def hand_in(self, number: str, file: Path) -> str:
        """Upload a paper, again and again until somebody says that it is safe; its submission."""
        last = time.monotonic() + _LONGEST_S
        while True:
            try:
                with file.open("rb") as stream:
                    answer = self.client.post(
                        "/api/v1/submissions", files={"files": (file.name, stream, "application/pdf")}
                    )
                if answer.status_code == httpx.codes.ACCEPTED:
                    break
            except httpx.TransportError:
                pass
            assert time.monotonic() < last, f"not received within {_LONGEST_S} s"
            time.sleep(_POLL_S)
        self.told[number] = str(answer.json()["submission_id"])
        self.originals.add(hashlib.sha256(file.read_bytes()).hexdigest())
        return self.told[number]

    def row(self, submission_id: str) -> dict[str, Any] | None:
        """The submission as the database knows it; None while that is away, or knows it not."""
        try:
            with psycopg.connect(self.database, row_factory=dict_row, connect_timeout=5) as connection:
                query = "SELECT state, reason, attempts, fence, lease_owner FROM submissions WHERE submission_id = %s"
                return connection.execute(query, (submission_id,)).fetchone()
        except psycopg.OperationalError:
            return None

    def until(self, submission_id: str, *states: str) -> dict[str, Any]:
        """Wait until a submission is in one of these states."""
        last = time.monotonic() + _LONGEST_S
        while (row := self.row(submission_id)) is None or row["state"] not in states:
            assert time.monotonic() < last, f"{row} is not {states} within {_LONGEST_S} s"
            time.sleep(_POLL_S)
        return row

    def lost(self) -> list[str]:
        """What does not hold of all that was told so far, once sweeps had their time."""
        last = time.monotonic() + _LONGEST_S
        while (found := self._not_yet()) and time.monotonic() < last:
            time.sleep(_POLL_S)
        return found

    def _not_yet(self) -> list[str]:
        environment = self.topology.environment("web")
        secrets = self.topology.folder / "web" / "secrets"
        settings = Settings(
            store=environment["HOSO_STORE"],
            database=self.database,
            s3_access_key=(secrets / "hoso_s3_access_key").read_text(),
            s3_secret_key=(secrets / "hoso_s3_secret_key").read_text(),
        )
        kept = read_kept(settings)
        filed = Counter(
            (paper["submission_id"], paper["fields"]["personal_id"]["value"])
            for paper in kept.papers()
            if paper["type"] == "birth_certificate"
        )
        wanted = Counter({(submission_id, number): 1 for number, submission_id in self.told.items()})
        wrong = [f"not filed once: {one}" for one in (wanted - filed) + (filed - wanted)]
        return broken(kept, self.originals) + wrong


@contextmanager
def running_machines(folder: Path, seed: int) -> Iterator[Machines]:
    """All services, and an office that may hand papers in."""
    with running_topology(folder, {"HOSO_LEASE_S": str(LEASE_S)}) as topology:
        topology.hoso("account", "add", "intake", "--role", "service", "--no-password")
        secret = topology.hoso("token", "add", "intake", "--scope", "papers.receive", "--scope", "papers.read")
        database = (topology.folder / "web" / "secrets" / "hoso_database").read_text().strip()
        papers = folder / "papers"
        papers.mkdir()
        chance = random.Random(seed)  # noqa: S311 (nothing secret)
        with topology.client() as client:
            client.headers["authorization"] = f"Bearer {secret}"
            yield Machines(topology, client, database, papers, chance)


def kill_worker(machines: Machines) -> float | None:
    """Kill the worker that reads a paper, at a random moment of its work; the seconds until another one took it up.

    None: it was done before.
    """
    submission_id = machines.hand_in(*machines.new_paper())
    held = machines.until(submission_id, "working", "done")
    time.sleep(machines.chance.uniform(0, 2.5))
    row = machines.row(submission_id)
    if row is None or row["state"] != "working":
        machines.until(submission_id, "done")
        return None
    holder = _holder(machines.topology, str(held["lease_owner"]))
    killed = time.monotonic()
    machines.topology.parts[holder].kill()
    while True:
        row = machines.row(submission_id)
        if row is not None and (row["fence"] != held["fence"] or row["state"] == "done"):
            break
        assert time.monotonic() < killed + _LONGEST_S, "nobody took it up"
        time.sleep(_POLL_S)
    took_s = time.monotonic() - killed
    machines.until(submission_id, "done")
    return took_s if row["fence"] != held["fence"] else None


def kill_other(machines: Machines, name: str) -> None:
    """Kill a service, or all of them, at a random moment while papers are handed in and read."""
    papers = [machines.new_paper() for _ in range(2)]
    first = machines.hand_in(*papers[0])
    handing_in = threading.Thread(target=machines.hand_in, args=papers[1])
    time.sleep(machines.chance.uniform(0, 3.0))
    handing_in.start()
    time.sleep(machines.chance.uniform(0, 0.3))
    parts = machines.topology.parts
    for one in parts if name == "all" else [name]:
        parts[one].kill()
    handing_in.join(_LONGEST_S)
    for submission_id in (first, machines.told[papers[1][0]]):
        machines.until(submission_id, "done")


def _holder(topology: Topology, lease_owner: str) -> str:
    """The worker one of whose processes holds a lease: owners are named `machine:process:thread`."""
    process = int(lease_owner.split(":")[1])
    for name, part in topology.parts.items():
        if name.startswith("worker") and process in part.pids():
            return name
    return "worker-1"


def _tell_taken_up(taken_s: Sequence[float]) -> None:
    if taken_s:
        middle, worst = statistics.median(taken_s), max(taken_s)
        _console.print(f"a dead worker's paper was taken up after {middle:.1f} s (median), {worst:.1f} s (worst)")


def main() -> int:
    """Kill, and look at everything after each kind; 1 when anything was lost."""
    parser = argparse.ArgumentParser(prog="tests.kill.machines")
    parser.add_argument("--workers", type=int, default=60)
    parser.add_argument("--others", type=int, default=10)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    asked = parser.parse_args()
    table, taken_s, failed = Table("Killed", "Points", "Minutes", "Nothing lost", box=None), list[float](), False
    with tempfile.TemporaryDirectory(prefix="hoso-machines-") as name:
        Path(name).chmod(0o755)
        with running_machines(Path(name), asked.seed) as machines:
            for kind, count in (("worker", asked.workers), *((other, asked.others) for other in OTHERS)):
                began = time.monotonic()
                for _ in range(count):
                    if kind == "worker":
                        took_s = kill_worker(machines)
                        taken_s += [took_s] if took_s is not None else []
                    else:
                        kill_other(machines, kind)
                lost = machines.lost()
                failed = failed or bool(lost)
                minutes = (time.monotonic() - began) / 60
                table.add_row(kind, str(count), f"{minutes:.1f}", "yes" if not lost else "; ".join(lost)[:2000])
                _console.print(f"{kind}: {count} points in {minutes:.1f} minutes, {len(lost)} losses")
    _console.print(table)
    _tell_taken_up(taken_s)
    return 1 if failed else 0


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    raise SystemExit(main())
