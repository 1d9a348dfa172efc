"""The promises of Turns: one at a time, and nobody waits for the dead."""

import threading
from concurrent.futures import ThreadPoolExecutor

from pipeline.adapters.database.engine import Database
from pipeline.turns import turn
from tests.contract.examples import Opener

SWEEP, MARKS = "sweep", "marks"


def test_a_turn_that_somebody_has_is_nobody_elses(database: Database) -> None:
    assert database.turns.claim(SWEEP, "first", 60)
    assert not database.turns.claim(SWEEP, "second", 60)


def test_turns_of_other_names_are_free(database: Database) -> None:
    assert database.turns.claim(SWEEP, "first", 60)
    assert database.turns.claim(MARKS, "second", 60)


def test_who_has_a_turn_may_keep_it(database: Database) -> None:
    assert database.turns.claim(SWEEP, "first", 0)
    assert database.turns.claim(SWEEP, "first", 60)
    assert not database.turns.claim(SWEEP, "second", 60)


def test_a_turn_that_has_expired_goes_to_the_next(database: Database) -> None:
    assert database.turns.claim(SWEEP, "dead", 0)
    assert database.turns.claim(SWEEP, "next", 60)
    assert not database.turns.claim(SWEEP, "dead", 60)


def test_a_turn_that_is_given_back_is_free(database: Database) -> None:
    assert database.turns.claim(SWEEP, "first", 60)
    database.turns.give_back(SWEEP, "first")
    assert database.turns.claim(SWEEP, "second", 60)


def test_who_lost_a_turn_gives_nothing_back(database: Database) -> None:
    assert database.turns.claim(SWEEP, "late", 0)
    assert database.turns.claim(SWEEP, "next", 60)
    database.turns.give_back(SWEEP, "late")
    assert not database.turns.claim(SWEEP, "third", 60)


def test_of_several_who_claim_a_turn_at_once_one_gets_it(database: Database, open_another: Opener) -> None:
    claimers = [open_another() for _ in range(4)]
    for number, old in enumerate((None, "dead", None, "dead")):
        name, start = f"{SWEEP}-{number}", threading.Barrier(len(claimers))
        if old:
            assert database.turns.claim(name, old, 0)

        def claim(own: Database, owner: int, name: str, start: threading.Barrier) -> bool:
            start.wait()
            return own.turns.claim(name, str(owner), 60)

        with ThreadPoolExecutor(len(claimers)) as pool:
            claims = [pool.submit(claim, own, owner, name, start) for owner, own in enumerate(claimers)]
        assert sum(future.result() for future in claims) == 1


def test_a_second_run_finds_that_it_is_not_its_turn(database: Database, open_another: Opener) -> None:
    with turn(database.turns, SWEEP, 60) as mine, turn(open_another().turns, SWEEP, 60) as theirs:
        assert (mine, theirs) == (True, False)
    with turn(database.turns, SWEEP, 60) as again:
        assert again


class Counted:
    """Turns that tell when one is kept for the first time, and then for so long that no clock ends it."""

    def __init__(self, database: Database) -> None:
        self._turns, self._claims = database.turns, 0
        self.kept = threading.Event()

    def claim(self, name: str, owner: str, lease_s: float) -> bool:
        self._claims += 1
        mine = self._turns.claim(name, owner, lease_s if self._claims == 1 else 600)
        if self._claims > 1:
            self.kept.set()
        return mine

    def give_back(self, name: str, owner: str) -> None:
        self._turns.give_back(name, owner)


def test_a_turn_is_kept_while_the_work_goes_on(database: Database, open_another: Opener) -> None:
    turns, other = Counted(database), open_another()
    with turn(turns, SWEEP, 0.3) as mine:
        assert mine
        assert turns.kept.wait(60)
        assert not other.turns.claim(SWEEP, "another", 60)
    assert other.turns.claim(SWEEP, "another", 60)
