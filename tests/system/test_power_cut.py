"""What is left when the power is cut at any moment of a real run: nothing that anybody was told of is lost."""

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.adapters.database.engine import open_database
from pipeline.settings import Settings
from tests.kill.doings import work_until_the_power_is_cut
from tests.kill.invariants import broken
from tests.kill.kept import read_kept
from tests.kill.papers import write_pile
from tests.kill.power import Call, Disk, doing_command, record
from tests.kill.victims import Victims
from tests.system.hoso_up import environment_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
SEED, CUTS = 20261122, 60
_FOLLOWING = tuple(f"row without object: {folder}/" for folder in ("codes", "dossiers", "register", "submissions"))
_UNSETTLED = ("not drained", "not applied", "stray", "object without row", *_FOLLOWING)
"""What the next start completes or removes; these records are known to be behind their rows."""


class Recorded(NamedTuple):
    """A run in a home: what it did to the disk, in order."""

    home: Path
    calls: Sequence[Call]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    folder = tmp_path_factory.mktemp("power")
    before, home = folder / "before", folder / "home"
    for one in (before, home):
        write_pile(one / "pile")
    # The papers are read for the first time without being watched: the disk is what is watched, and watching is slow.
    assert Victims().run(work_until_the_power_is_cut, before, {"HOSO_PARSERS": "1"}).exit_code == 0
    command = doing_command(work_until_the_power_is_cut.__name__, home)
    return Recorded(home, record(command, environment_of(home, HOSO_PARSERS="1"), home))


def told_until(calls: Sequence[Call]) -> list[str]:
    """What people were told in these calls."""
    writes = (call.data.decode() for call in calls if call.name == "write" and call.paths[0].endswith("/told.txt"))
    return "".join(writes).splitlines()


def of(told: Sequence[str], what: str) -> set[str]:
    return {line.split()[1] for line in told if line.startswith(f"{what} ")}


def lost(home: Path, told: Sequence[str]) -> list[str]:
    """What is missing of what people were told, once the power is back."""
    if not (home / "hoso.db").exists():
        return [f"no database, but told: {line}" for line in told]
    settings = Settings(home=home)
    open_database(settings.database_url).close()  # as the next start does
    with closing(sqlite3.connect(home / "hoso.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    kept = read_kept(settings)
    papers = {paper["document_id"]: paper for paper in kept.papers()}
    received = {row["sha256"] for row in kept.rows["source_files"]}
    compared = {document_id for document_id, paper in papers.items() if paper["confirmed_at"]}
    return [
        *(line for line in broken(kept, expired=True) if not line.startswith(_UNSETTLED)),
        *(f"not received: {one}" for one in of(told, "received") - received),
        *(f"not filed: {one}" for one in of(told, "filed") - papers.keys()),
        *(f"not confirmed: {one}" for one in of(told, "confirmed") - compared),
    ]


def test_a_power_cut_at_any_moment_loses_nothing_that_was_told(recorded: Recorded, tmp_path: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311 (nothing secret)
    cuts = sorted(chance.sample(range(len(recorded.calls)), CUTS))
    disk, done, found = Disk(recorded.home), 0, []
    for number, cut in enumerate(cuts):
        for call in recorded.calls[done:cut]:
            disk.do(call)
        done = cut
        home = tmp_path / str(number)
        home.mkdir()
        disk.after_a_cut(home, chance)
        found += [f"cut {cut}: {line}" for line in lost(home, told_until(recorded.calls[:cut]))]
    assert found == [], f"seed {SEED}"


def test_the_last_word_of_the_run_is_that_all_is_confirmed(recorded: Recorded) -> None:
    told = told_until(recorded.calls)
    assert of(told, "confirmed") == of(told, "filed") != set()
