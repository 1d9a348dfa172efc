"""A part of the topology behaves as a container with `restart: unless-stopped` does."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.topology.part import Part, Start, Tender

_TWO = ["sh", "-c", "setsid sleep 600 & exec sleep 600"]
_GIVE_UP_S = 30


def eventually(holds: Callable[[], bool]) -> bool:
    last = time.monotonic() + _GIVE_UP_S
    while not holds():
        if time.monotonic() > last:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def part(tmp_path: Path) -> Iterator[Part]:
    """A part of two processes in sessions of their own."""
    made = Part("two", Start([_TWO], os.environ, lambda: True, grace_s=5), tmp_path)
    tender = Tender({"two": made})
    tender.start()
    made.want()
    try:
        assert eventually(lambda: len(made.pids()) == 2)
        yield made
    finally:
        made.stop()
        tender.close()


def test_a_part_that_dies_is_started_again(part: Part) -> None:
    first = part.pid
    os.kill(first, 9)
    assert eventually(lambda: part.is_well() and part.pid != first)


def test_killing_a_part_takes_all_it_started(part: Part) -> None:
    before = part.pids()
    part.kill()
    assert eventually(lambda: len(part.pids()) == 2)
    assert not before & part.pids()


def test_what_a_dead_process_left_behind_ends_with_its_container(part: Part) -> None:
    before = part.pids()
    os.kill(part.pid, 9)
    assert eventually(lambda: len(part.pids()) == 2 and not before & part.pids())


def test_a_stopped_part_stays_down_until_it_is_wanted(part: Part) -> None:
    part.stop()
    assert part.pids() == set()
    part.want()
    assert eventually(lambda: len(part.pids()) == 2)
