"""Points at which a victim is killed, and what is looked at afterwards."""

import random
import shutil
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pipeline.settings import Settings
from tests.kill import doings
from tests.kill.invariants import answers, broken, differences
from tests.kill.kept import read_kept
from tests.kill.victims import Doing, Fate, Victims

SETTINGS = {"HOSO_LEASE_S": "30", "HOSO_PARSERS": "1"}


class Point(NamedTuple):
    """Where a victim dies: at a step, or after a time; `again` is the step at which its successor dies too."""

    at: int | None = None
    after_s: float | None = None
    again: int | None = None
    kind: str = "by the clock"


@dataclass(frozen=True)
class Tried:
    """What became of one point."""

    scenario: str
    point: Point
    killed: bool
    lost: tuple[str, ...]


@dataclass
class Scenario:
    """Something that victims do, tried at one point after the other against a run that nobody disturbed."""

    name: str
    prepare: Doing
    doing: Doing
    base: Path
    victims: Victims
    steps: Sequence[str] = ()
    took_s: float = 0.0
    expected: dict[str, list[str]] = field(default_factory=dict)

    def prepare_all(self) -> None:
        """Make the home that every point begins with, and let one victim live. Raises: AssertionError."""
        home = self._home("start")
        _fine(self.run(self.prepare, home), self.prepare)
        first = self._home("undisturbed", copied=True)
        _fine(self.run(self.doing, first), self.doing)  # readings are remembered now
        shutil.rmtree(first)
        calm = self._home("undisturbed", copied=True)
        fate = _fine(self.run(self.doing, calm), self.doing)
        self.steps, self.took_s = fate.kinds, fate.took_s
        _fine(self.run(doings.recover, calm), doings.recover)
        _fine(self.run(doings.sweep_much_later, calm), doings.sweep_much_later)
        kept = read_kept(Settings(home=calm))
        assert not broken(kept, expired=True), broken(kept, expired=True)
        self.expected = answers(kept)

    def run(self, doing: Doing, home: Path, point: Point | None = None) -> Fate:
        """One process."""
        at, after_s = (point.at, point.after_s) if point else (None, None)
        return self.victims.run(doing, home, SETTINGS, at, after_s)

    def attempt(self, number: int, point: Point) -> Tried:
        """Kill at one point, recover, do the same again as people would, and look at all that is kept."""
        home = self._home(f"point-{number}", copied=True)
        settings = Settings(home=home)
        killed = self.run(self.doing, home, point).was_killed
        acknowledged = {row["sha256"] for row in read_kept(settings).rows.get("source_files", ())}
        lost = []
        if point.again is not None:
            self.run(doings.recover, home, Point(at=point.again))
        lost += _failed(self.run(doings.recover, home), "recovery")
        lost += [f"after recovery: {one}" for one in broken(read_kept(settings), acknowledged & self._kept_originals())]
        lost += _failed(self.run(self.doing, home), "doing it again")
        lost += _failed(self.run(doings.recover, home), "recovery")
        lost += _failed(self.run(doings.sweep_much_later, home), "the later sweep")
        kept = read_kept(settings)
        lost += [f"at the end: {one}" for one in broken(kept, expired=True)]
        lost += [f"otherwise than undisturbed: {one}" for one in differences(self.expected, answers(kept))]
        lost += [f"left behind: {path.name}" for path in (home / "tmp").glob("hoso-*")]
        if not lost:
            shutil.rmtree(home)
        return Tried(self.name, point, killed, tuple(lost))

    def _kept_originals(self) -> set[str]:
        return {name.rpartition("/")[2] for name in self.expected["objects"] if "/original/" in name}

    def _home(self, name: str, *, copied: bool = False) -> Path:
        home = self.base / f"{self.name}-{name}"
        if copied:
            shutil.copytree(self.base / f"{self.name}-start", home)
        else:
            home.mkdir()
        return home


def points_of(steps: Sequence[str], took_s: float, count: int, seed: int) -> list[Point]:
    """So many points over a run of these steps: each kind of step at least once, then evenly, a tenth by the clock.

    Every fifth of them kills the successor as well.
    """
    chance = random.Random(seed)  # noqa: S311 (nothing secret)
    by_kind: dict[str, list[int]] = defaultdict(list)
    for number, kind in enumerate(steps, 1):
        by_kind[kind].append(number)
    chosen = {chance.choice(numbers) for numbers in by_kind.values()}
    timed = max(1, count // 10)
    even = [1 + round(place * (len(steps) - 1) / max(1, count - 1)) for place in range(count)]
    chance.shuffle(even)
    for number in even:
        if len(chosen) >= count - timed:
            break
        chosen.add(number)
    at_steps = sorted(chance.sample(sorted(chosen), min(len(chosen), count - timed)))
    points = [Point(at=number, kind=steps[number - 1]) for number in at_steps]
    points += [Point(after_s=chance.uniform(0, took_s)) for _ in range(timed)]
    return [
        point._replace(again=chance.randrange(1, 60)) if place % 5 == 4 else point for place, point in enumerate(points)
    ]


def attempt_all(scenario: Scenario, points: Sequence[Point], side_by_side: int) -> list[Tried]:
    """Try these points, some at the same time."""
    with ThreadPoolExecutor(side_by_side) as threads:
        return list(threads.map(lambda one: scenario.attempt(*one), enumerate(points)))


def _fine(fate: Fate, doing: Doing) -> Fate:
    assert fate.exit_code == 0, f"{doing.__name__} ended with {fate.exit_code}: {fate.said[-2000:]}"
    return fate


def _failed(fate: Fate, what: str) -> list[str]:
    return [f"{what} ended with {fate.exit_code}: {fate.said[-1500:]}"] if fate.exit_code else []
