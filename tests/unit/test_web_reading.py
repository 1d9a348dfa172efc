"""What a web process without a flow server reads by itself, and in which order."""

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
