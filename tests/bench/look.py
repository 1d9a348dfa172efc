"""`make bench-look`: how long a counter waits for a quick look's verdict, and how often that is right.

A wait is counted from the moment a file is there to the verdict of each of its pages, so it includes counting its pages
and what other pages of the same file do to it. Right verdicts are counted on specimens of invented people: as they are,
spoilt in ways that counters know, without the backs of cards, and handed in for procedures that do not take them.
"""

import argparse
import resource
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from pipeline.adapters.parser_pool import ParserPool
from pipeline.catalogue import load_catalogue
from pipeline.media import HEAD_BYTES, media_type
from pipeline.page_quality import LookVerdict
from pipeline.pages import ScanFile
from pipeline.quick_look import QuickLook, look_at_file, with_missing_backs
from pipeline.settings import Limits
from tests.bench.look_spoilt import CARD, Case, cases_of
from tests.specimens import LEVELS, make_specimens

_SEED = 3
_CARDS = 4
_EACH = 4
"""Of so many specimens one is read in full, to compare with."""
_AIM_S = 2.0
_CATALOGUE = load_catalogue()


@dataclass
class Waits:
    """Seconds that pages of one kind took, and the processor seconds of all of them together."""

    seconds: list[float] = field(default_factory=list)
    cpu_s: float = 0.0


@dataclass
class Verdicts:
    """What was said of pages that deserve `wanted`."""

    wanted: LookVerdict
    said: Counter[LookVerdict] = field(default_factory=Counter)


def main() -> None:
    """Make specimens, look at them, read them, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.look", description=__doc__)
    parser.add_argument("--papers", type=int, default=16, help="papers a capture level; 16 are one of each type")
    papers = parser.parse_args().papers
    with TemporaryDirectory(prefix="hoso-look-") as name:
        folder = Path(name)
        specimens = []
        for level in LEVELS:
            made = make_specimens(folder / level, _SEED, papers, levels=(level,))
            made += make_specimens(folder / level, _SEED + 1, _CARDS, (CARD,), levels=(level,))
            specimens += [(folder / level / one.file, one) for one in made]
        cases = [case for file, one in specimens for case in cases_of(file, one, _CATALOGUE)]
        looks, busy_looks, readings = Waits(), Waits(), Waits()
        _show_verdicts(_look(cases, looks, folder))
        some = [_scan(file) for file, _ in specimens[::_EACH]]
        _look_while_reading(some, busy_looks, folder)
        _read(some, readings, folder)
    _show_waits({"quick look": looks, "quick look, while pages are read": busy_looks, "full reading": readings})


def _scan(file: Path) -> ScanFile:
    with file.open("rb") as data:
        told = media_type(data.read(HEAD_BYTES))
    if told is None:
        raise ValueError(file.name)
    return ScanFile(file, told)


def _look(cases: Iterable[Case], waits: Waits, folder: Path) -> dict[str, Verdicts]:
    verdicts: dict[str, Verdicts] = {}
    before_s = _children_cpu_s()
    with ParserPool(Limits()) as pool:
        for case in cases:
            looks = list(_timed_looks(pool, _scan(case.file), case.procedure, waits, folder))
            told = verdicts.setdefault(case.kind, Verdicts(case.wanted))
            told.said.update(look.verdict for look in with_missing_backs(looks)[: case.pages])
    waits.cpu_s = _children_cpu_s() - before_s
    return verdicts


def _timed_looks(
    pool: ParserPool, scan: ScanFile, procedure: str | None, waits: Waits, folder: Path
) -> Iterator[QuickLook]:
    start_s = time.monotonic()
    for look in look_at_file(scan, procedure, pool, _CATALOGUE, folder):
        waits.seconds.append(time.monotonic() - start_s)
        yield look


def _look_while_reading(files: Sequence[ScanFile], waits: Waits, folder: Path) -> None:
    """Take looks while every parser that reads has pages to read."""
    before_s = _children_cpu_s()
    with ParserPool(Limits()) as pool, ThreadPoolExecutor(pool.side_by_side) as threads:
        reading = [
            threads.submit(pool.read_page, file, 1, 1, folder / f"busy-{number}")
            for number, file in enumerate([*files, *files])
        ]
        for file in files:
            list(_timed_looks(pool, file, None, waits, folder))
            if reading[-1].done():
                break
        for waiting in reading:
            waiting.cancel()
    waits.cpu_s = _children_cpu_s() - before_s


def _read(files: Sequence[ScanFile], waits: Waits, folder: Path) -> None:
    before_s = _children_cpu_s()
    with ParserPool(Limits()) as pool:
        for number, file in enumerate(files):
            start_s = time.monotonic()
            for page in range(1, pool.count_pages(file) + 1):
                pool.read_page(file, page, page, folder / f"read-{number}-{page}")
                waits.seconds.append(time.monotonic() - start_s)
    waits.cpu_s = _children_cpu_s() - before_s


def _children_cpu_s() -> float:
    """Processor time of the parsers that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _show_waits(waits: dict[str, Waits]) -> None:
    table = Table("seconds a page", title=f"Waiting for a page; aim: p95 under {_AIM_S} s", title_justify="left")
    for column in ("pages", "p50", "p95", "longest", "CPU"):
        table.add_column(column, justify="right")
    for kind, one in waits.items():
        cuts = quantiles(one.seconds, n=20)
        alone = "" if "while" in kind else f"{one.cpu_s / len(one.seconds):.2f}"
        told = (f"{value:.2f}" for value in (cuts[9], cuts[18], max(one.seconds)))
        table.add_row(kind, str(len(one.seconds)), *told, alone)
    Console(highlight=False).print(table)


def _show_verdicts(verdicts: dict[str, Verdicts]) -> None:
    table = Table("pages", "deserve", title="What quick looks say", title_justify="left")
    for column in ("pages", "right", "otherwise"):
        table.add_column(column, justify="right" if column != "otherwise" else "left")
    for kind, one in verdicts.items():
        others = ", ".join(f"{verdict} {count}" for verdict, count in one.said.most_common() if verdict != one.wanted)
        table.add_row(kind, one.wanted, str(one.said.total()), str(one.said[one.wanted]), others)
    Console(highlight=False).print(table)


if __name__ == "__main__":
    main()
