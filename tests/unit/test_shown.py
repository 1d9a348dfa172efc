"""What was shown a moment ago: one look is one entry of the log, and no longer than it lasts."""

from pipeline.access import purposes_of
from pipeline.web.shown import Seen, ShownLately

KEY: Seen = ("session", "review", None, "paper", "look")


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_look_lasts_for_its_time_and_no_longer() -> None:
    clock = Clock()
    lately = ShownLately(lasts_s=60, now_s=clock)
    lately.note([KEY])
    clock.now_s = 59
    assert lately.holds(KEY)
    clock.now_s = 60
    assert not lately.holds(KEY)


def test_a_look_that_is_noted_again_lasts_from_then_on() -> None:
    clock = Clock()
    lately = ShownLately(lasts_s=60, now_s=clock)
    lately.note([KEY])
    clock.now_s = 50
    lately.note([KEY])
    clock.now_s = 100
    assert lately.holds(KEY)


def test_a_look_of_another_session_purpose_paper_or_kind_is_another() -> None:
    lately = ShownLately()
    lately.note([KEY])
    assert not lately.holds(("another", "review", None, "paper", "look"))
    assert not lately.holds(("session", "dossier", None, "paper", "look"))
    assert not lately.holds(("session", "review", "visit", "paper", "look"))
    assert not lately.holds(("session", "review", None, "another", "look"))
    assert not lately.holds(("session", "review", None, "paper", "look_sensitive"))


def test_the_oldest_looks_are_forgotten_first_when_there_are_too_many() -> None:
    lately = ShownLately()
    lately.note(("session", "review", None, str(number), "look") for number in range(20_001))
    assert not lately.holds(("session", "review", None, "0", "look"))
    assert lately.holds(("session", "review", None, "1", "look"))


def test_everybody_may_say_what_is_his_own_work() -> None:
    assert purposes_of({"citizens.open", "dossiers.read"}) == ("citizen_request", "dossier")
    assert purposes_of({"review.answer"}) == ("review",)
    assert purposes_of({"papers.read"}) == ()
