"""How fast one sender may ask."""

from pipeline.web.pace import Pace


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.at_s = 0.0

    def __call__(self) -> float:
        return self.at_s


def test_a_burst_passes_and_what_follows_has_to_wait() -> None:
    pace = Pace(3, 2.0, Clock())
    assert [pace.wait_s("lan") for _ in range(5)] == [0, 0, 0, 0.5, 0.5]


def test_who_waits_as_long_as_told_is_let_in_again() -> None:
    clock = Clock()
    pace = Pace(1, 2.0, clock)
    pace.wait_s("lan")
    clock.at_s += pace.wait_s("lan")
    assert pace.wait_s("lan") == 0


def test_a_long_rest_gives_no_more_than_the_burst() -> None:
    clock = Clock()
    pace = Pace(2, 1.0, clock)
    pace.wait_s("lan")
    clock.at_s += 3600
    assert [pace.wait_s("lan") > 0 for _ in range(3)] == [False, False, True]


def test_a_sender_is_not_held_up_by_another() -> None:
    pace = Pace(1, 1.0, Clock())
    pace.wait_s("lan")
    assert pace.wait_s("lan") > 0
    assert pace.wait_s("minh") == 0
