"""`make bench-morning`: the morning peak of a District-1-size centre, simulated with service times measured here.

A quarter of a day's dossiers come in the hour after eight. Each is looked at page by page while the citizen waits, and
then read by the next free worker. A worker has two cores and reads one dossier at a time; that is kinder to nobody than
the real one, which reads two side by side on the same cores.
"""

import argparse
import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from statistics import mean, quantiles

from rich.console import Console
from rich.table import Table

from tests.bench.service_times import ServiceTimes, measure

_HOURS = ((7.5, 8, 0.08), (8, 9, 0.25), (9, 10, 0.18), (10, 11.5, 0.14), (13, 14, 0.1), (14, 15, 0.1), (15, 17, 0.15))
"""From, until, and the share of a day's dossiers that come then: opening hours, and a peak of a quarter in an hour."""
_PEAK = (8.0, 9.0)
_WORKER_CORES = 2
_SEED = 5


@dataclass(frozen=True)
class Dossier:
    """What one citizen hands in, and the processor seconds of each look and of all reading. `at_s`: the time of day."""

    at_s: float
    looks_s: tuple[float, ...]
    read_s: float


@dataclass(frozen=True)
class Morning:
    """What came of a day: seconds that people waited for a page's verdict and for a dossier to be filed."""

    workers: int
    verdicts_s: tuple[float, ...]
    filed_s: tuple[float, ...]
    most_waiting: int
    busy_in_peak: float


def main() -> None:
    """Measure service times, let the day pass with more and more workers, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.morning", description=__doc__)
    parser.add_argument("--dossiers", type=int, default=2_500, help="a day")
    parser.add_argument("--pages", type=float, default=8, help="of a dossier, in the mean")
    parser.add_argument("--looking-cores", type=int, default=2, help="cores that give verdicts, beside the workers")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 3, 4, 6])
    parser.add_argument("--papers", type=int, default=24, help="specimens that service times are measured on")
    options = parser.parse_args()
    times = measure(options.papers)
    dossiers = day(options.dossiers, options.pages, times)
    days = [pass_day(dossiers, workers, options.looking_cores) for workers in options.workers]
    _show(days, times, f"{options.dossiers:,} dossiers of {options.pages:g} pages, {options.looking_cores} cores look")


def day(dossiers: int, pages: float, times: ServiceTimes) -> list[Dossier]:
    """The dossiers of a day in the order of their coming; 3 to about 3 * `pages` pages each."""
    rng = Random(_SEED)  # noqa: S311 (the same day each time)
    return sorted(
        (
            _dossier(at_s, max(3, round(rng.gammavariate(4, pages / 4))), times, rng)
            for at_s in _arrivals(dossiers, rng)
        ),
        key=lambda one: one.at_s,
    )


def _arrivals(dossiers: int, rng: Random) -> Iterator[float]:
    for begins, ends, share in _HOURS:
        yield from sorted(3600 * rng.uniform(begins, ends) for _ in range(round(dossiers * share)))


def _dossier(at_s: float, pages: int, times: ServiceTimes, rng: Random) -> Dossier:
    return Dossier(at_s, tuple(rng.choices(times.looks_s, k=pages)), times.start_s + pages * times.read_s)


def pass_day(dossiers: Sequence[Dossier], workers: int, looking_cores: int) -> Morning:
    """Let a day pass: first come, first served."""
    looking, reading = [0.0] * looking_cores, [0.0] * workers
    verdicts_s, filed_s, busy_s = [], [], 0.0
    ends: list[float] = []
    most_waiting = 0
    for dossier in dossiers:
        for look_s in dossier.looks_s:
            shown = max(heapq.heappop(looking), dossier.at_s) + look_s
            heapq.heappush(looking, shown)
            verdicts_s.append(shown - dossier.at_s)
        begins = max(heapq.heappop(reading), dossier.at_s)
        filed = begins + dossier.read_s / _WORKER_CORES
        heapq.heappush(reading, filed)
        filed_s.append(filed - dossier.at_s)
        busy_s += max(0.0, min(filed, 3600 * _PEAK[1]) - max(begins, 3600 * _PEAK[0]))
        ends = [end for end in ends if end > dossier.at_s] + [filed]
        most_waiting = max(most_waiting, len(ends) - workers)
    share = busy_s / (workers * 3600 * (_PEAK[1] - _PEAK[0]))
    return Morning(workers, tuple(verdicts_s), tuple(filed_s), most_waiting, share)


def _show(days: Sequence[Morning], times: ServiceTimes, title: str) -> None:
    console = Console(width=130, highlight=False)
    console.print(
        f"measured, CPU seconds: a look {mean(times.looks_s):.2f}, a page read and filed {times.read_s:.2f}, "
        f"a run before its pages {times.start_s:.2f}"
    )
    table = Table("workers of 2 cores", title=title, title_justify="left")
    for column in ("verdict p50 s", "p95 s", "filed p50 s", "p95 s", "longest s", "most waiting", "busy from 8 to 9"):
        table.add_column(column, justify="right")
    for one in days:
        verdict, filed = quantiles(one.verdicts_s, n=20), quantiles(one.filed_s, n=20)
        waits = (verdict[9], verdict[18], filed[9], filed[18], max(one.filed_s))
        table.add_row(
            str(one.workers), *(f"{wait:,.1f}" for wait in waits), str(one.most_waiting), f"{one.busy_in_peak:.0%}"
        )
    console.print(table)


if __name__ == "__main__":
    main()
