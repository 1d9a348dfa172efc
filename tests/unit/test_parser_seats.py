"""Who gets the next parser. The parsers here are names."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from pipeline.adapters.parser_seats import ParserSeats

Seats = ParserSeats[str]


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def ask(seats: Seats, threads: ThreadPoolExecutor, served: list[str], name: str) -> "Future[None]":
    """Have somebody wait for a seat who notes when he is served; a name with `look` is quick."""
    waiting = seats.waiting

    def take() -> None:
        seats.take(quick="look" in name)
        served.append(name)
        seats.give_back(name, quick="look" in name)

    asked = threads.submit(take)
    while seats.waiting == waiting and not asked.done():
        threading.Event().wait(0.001)
    return asked


def test_a_look_is_served_before_the_readings_that_came_earlier(threads: ThreadPoolExecutor) -> None:
    seats, served = Seats(readers=1), list[str]()
    seats.take(quick=False)
    seats.take(quick=True)  # now no seat is left
    asked = [ask(seats, threads, served, name) for name in ("read 1", "read 2", "look 1", "read 3", "look 2")]
    seats.give_back("first", quick=False)
    for one in asked:
        one.result()
    assert served == ["look 1", "look 2", "read 1", "read 2", "read 3"]


def test_readings_never_take_the_seat_that_is_kept_for_looks(threads: ThreadPoolExecutor) -> None:
    seats, served = Seats(readers=2), list[str]()
    for _ in range(2):
        seats.take(quick=False)
    waiting = ask(seats, threads, served, "read 3")
    assert seats.waiting == 1
    ask(seats, threads, served, "look").result()
    assert served == ["look"]
    seats.give_back(None, quick=False)
    waiting.result()


def test_looks_may_take_every_seat() -> None:
    seats = Seats(readers=2)
    assert [seats.take(quick=True) for _ in range(3)] == [None, None, None]


def test_a_parser_that_is_running_is_taken_before_another_is_started() -> None:
    seats = Seats(readers=3)
    first, second = seats.take(quick=False), seats.take(quick=False)
    seats.give_back("running", quick=False)
    seats.give_back(None, quick=False)
    assert (first, second, seats.take(quick=True)) == (None, None, "running")


def test_closing_waits_for_what_is_lent_and_gives_all_parsers(threads: ThreadPoolExecutor) -> None:
    seats = Seats(readers=1)
    seats.take(quick=False)
    seats.take(quick=True)
    seats.give_back("reader", quick=False)
    closing = threads.submit(seats.close)
    assert not closing.done()
    seats.give_back("looker", quick=True)
    assert sorted(closing.result()) == ["looker", "reader"]
