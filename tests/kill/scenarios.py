"""What is tried at kill points, and how many of the points each of it gets."""

from pathlib import Path

from tests.kill import doings
from tests.kill.points import Scenario
from tests.kill.victims import Victims

SHARES = {"ingest": 0.45, "decide": 0.25, "inbox": 0.15, "upload": 0.15}
"""Parts of all points."""
_DOINGS = {
    "ingest": (doings.open_office, doings.ingest),
    "decide": (doings.file_papers, doings.decide),
    "inbox": (doings.open_office, doings.take_inbox),
    "upload": (doings.open_session, doings.upload),
}


def open_scenario(name: str, base: Path, victims: Victims) -> Scenario:
    """A scenario that is ready, with its homes in `base`. Scenarios with the same base share their readings."""
    prepare, doing = _DOINGS[name]
    scenario = Scenario(name, prepare, doing, base, victims)
    scenario.prepare_all()
    return scenario
