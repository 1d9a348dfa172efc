"""hoso is killed at some of its steps, started again, and has lost nothing. `make bench-kill` tries hundreds of them.

The points are chosen anew from the seed that a failing test names: the same seed chooses the same steps.
"""

from pathlib import Path

import pytest

from tests.kill.points import attempt_all, points_of
from tests.kill.scenarios import open_scenario
from tests.kill.victims import Victims

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
SEED = 20261122
POINTS = {"ingest": 11, "decide": 6, "inbox": 4, "upload": 4}


@pytest.fixture(scope="module")
def victims() -> Victims:
    return Victims()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kill")


@pytest.mark.parametrize("name", POINTS)
def test_nothing_is_lost_by_being_killed(name: str, victims: Victims, base: Path) -> None:
    scenario = open_scenario(name, base, victims)
    points = points_of(scenario.steps, scenario.took_s, POINTS[name], SEED)
    tried = attempt_all(scenario, points, side_by_side=2)
    assert [(one.point, one.lost) for one in tried if one.lost] == [], f"seed {SEED}"
    assert sum(one.killed for one in tried) >= len(points) // 2
