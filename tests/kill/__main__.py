"""`make bench-kill`: kill hoso at hundreds of points and print what was tried and what survived.

python -m tests.kill [--points N] [--seed N] [--side-by-side N]
"""

import argparse
import shutil
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.kill.points import Tried, attempt_all, points_of
from tests.kill.scenarios import SHARES, open_scenario
from tests.kill.victims import Victims

_console = Console(highlight=False, width=110)


def main() -> int:
    """Try all points; 1 when anything was lost."""
    parser = argparse.ArgumentParser(prog="tests.kill")
    parser.add_argument("--points", type=int, default=400)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--side-by-side", type=int, default=2)
    asked = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="hoso-kill-"))
    _console.print(f"{asked.points} points, seed {asked.seed}, homes of points with losses stay in {base}")
    victims, tried = Victims(), list[Tried]()
    for name, share in SHARES.items():
        began = time.monotonic()
        scenario = open_scenario(name, base, victims)
        points = points_of(scenario.steps, scenario.took_s, round(asked.points * share), asked.seed)
        tried += attempt_all(scenario, points, asked.side_by_side)
        minutes = (time.monotonic() - began) / 60
        _console.print(f"{name}: {len(scenario.steps)} steps, {len(points)} points, {minutes:.1f} minutes")
    _show(tried)
    lost = [one for one in tried if one.lost]
    if not lost:
        shutil.rmtree(base)
    return 1 if lost else 0


def _show(tried: Sequence[Tried]) -> None:
    table = Table("Doing", "Killed at", "Points", "Killed", "Its successor too", "Nothing lost", box=None)
    counts = Counter((one.scenario, one.point.kind) for one in tried)
    for (scenario, kind), count in sorted(counts.items()):
        these = [one for one in tried if (one.scenario, one.point.kind) == (scenario, kind)]
        killed, twice = sum(one.killed for one in these), sum(one.point.again is not None for one in these)
        table.add_row(scenario, kind, str(count), str(killed), str(twice), str(sum(not one.lost for one in these)))
    kept = sum(not one.lost for one in tried)
    table.add_row("all", "", str(len(tried)), str(sum(one.killed for one in tried)), "", str(kept))
    _console.print(table)
    for one in tried:
        for line in one.lost:
            _console.print(f"{one.scenario} {one.point}: {line}", style="red", markup=False)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    raise SystemExit(main())
