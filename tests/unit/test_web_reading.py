"""What a web process reads by itself and in which order, and how it has others read."""

import socket
import threading
from contextlib import nullcontext
from typing import Any

import pytest

from pipeline.settings import Settings
from pipeline.web.reading import Reading
from tests.unit.desk import Desk
from tests.unit.plain_papers import BIRTH
from tests.unit.plain_parsers import scan


def test_what_comes_to_the_counter_meanwhile_goes_before_the_backlog(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    waiting = [desk.receive(scan(BIRTH, str(number)), lane="backlog").submission_id for number in range(2)]
    order: list[str] = []
    over, process = threading.Event(), desk.archive.process

    def watched(submission_id: str, **more: Any) -> object:
        if not order:
            waiting.append(desk.receive(scan(BIRTH, "now")).submission_id)
        order.append(submission_id)
        try:
            return process(submission_id, **more)
        finally:
            if len(order) == 3:
                over.set()

    monkeypatch.setattr(desk.archive, "process", watched)
    reading = Reading(Settings(home=desk.folder), lambda _: nullcontext(desk.archive))
    reading.begin(waiting[0])
    try:
        assert over.wait(120)
    finally:
        reading.close()
    first, second, pressing = waiting
    assert order == [first, pressing, second]


def test_who_hands_in_does_not_wait_for_a_flow_server_that_is_busy(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = desk.receive(scan(BIRTH))
    with socket.create_server(("127.0.0.1", 0)) as busy:
        busy.settimeout(60)
        monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{busy.getsockname()[1]}/api")
        reading = Reading(Settings(home=desk.folder), lambda _: nullcontext(desk.archive))
        reading.begin(submission.submission_id)  # comes back before anybody has answered
        asked, _ = busy.accept()
        with asked:
            assert asked.recv(1)
    reading.close()
    assert desk.seen(submission).state == "received", "the sweep will find it"
