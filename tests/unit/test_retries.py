"""Work that fails, stops or loses its lease: tried again for a while, given back, or left to a person."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.errors import ServiceUnavailable
from pipeline.lease import retry_after_s
from schemas.dossier import PaperRecord
from tests.unit.desk import Desk, open_desk
from tests.unit.plain_papers import BIRTH, LETTER
from tests.unit.plain_parsers import PlainParsers, scan

SCAN = scan(BIRTH)


def fail_once(desk: Desk, parsers: PlainParsers, submission_id: str) -> None:
    def trouble(_: int) -> None:
        raise ServiceUnavailable("store_away")

    parsers.before_reading = trouble
    with pytest.raises(ServiceUnavailable):
        desk.archive.process(submission_id)


def test_each_pause_is_about_twice_the_one_before_up_to_a_quarter_of_an_hour() -> None:
    longest = [max(retry_after_s(str(n), attempts) for n in range(50)) for attempts in (1, 2, 3, 9, 99)]
    assert longest == pytest.approx([30, 60, 120, 900, 900], rel=0.1)
    for attempts in range(1, 9):
        assert retry_after_s("a", attempts) <= 30 * 2 ** (attempts - 1)


def test_what_failed_together_does_not_come_back_together() -> None:
    pauses = {retry_after_s(str(n), 1) for n in range(50)}
    assert len(pauses) > 25
    assert all(24 <= pause_s <= 30 for pause_s in pauses)
    assert retry_after_s("7", 1) == retry_after_s("7", 1)


def test_what_fails_too_often_is_stuck_until_a_person_has_it_tried_again(tmp_path: Path) -> None:
    parsers = PlainParsers()
    with open_desk(tmp_path, parsers, most_attempts=2) as desk:
        submission = desk.receive(SCAN)
        states = []
        for _ in range(2):
            fail_once(desk, parsers, submission.submission_id)
            states.append(desk.seen(submission).state)
        assert states == ["retrying", "stuck"]
        assert desk.archive.waiting(9) == ()
        assert desk.tables.work.retry("phuong-a", submission.submission_id)
        assert desk.archive.waiting(9) == (submission.submission_id,)
        fail_once(desk, parsers, submission.submission_id)
        assert desk.seen(submission).state == "retrying"


def test_what_kills_its_worker_every_time_ends_stuck(tmp_path: Path) -> None:
    with open_desk(tmp_path, PlainParsers(), most_attempts=3) as desk:
        submission, deaths = desk.receive(SCAN), 0
        while desk.archive.waiting(9):
            assert desk.tables.leases.claim(submission.submission_id, "dies", 0)
            deaths += 1
        assert deaths == 3
        assert (desk.seen(submission).state, desk.seen(submission).reason) == ("stuck", "worker_lost")


def test_work_that_is_told_to_stop_is_given_back_at_once(desk: Desk, parsers: PlainParsers) -> None:
    submission, stopping = desk.receive(scan(*(LETTER,) * 9)), threading.Event()
    page_takes_a_while = threading.Event()  # so that reading does not end before it is told

    def stop_at_second(number: int) -> None:
        if number == 2:
            stopping.set()
        if number > 2:
            page_takes_a_while.wait(0.5)

    parsers.before_reading = stop_at_second
    with pytest.raises(ServiceUnavailable) as error:
        desk.archive.process(submission.submission_id, stopping=stopping)
    assert error.value.code == "given_back"
    assert (desk.seen(submission).state, desk.seen(submission).attempts) == ("received", 0)
    assert len([call for call in parsers.calls if call.startswith("read")]) < 9
    assert desk.archive.waiting(9) == (submission.submission_id,)


def test_who_lost_its_lease_reads_no_further(tmp_path: Path) -> None:
    parsers = PlainParsers()
    with open_desk(tmp_path, parsers, lease_s=0.3) as desk:
        submission = desk.receive(scan(*(LETTER,) * 30))

        def another_takes_it(number: int) -> None:
            if number == 2:
                while desk.tables.leases.claim(submission.submission_id, "another", 60) is None:
                    desk.end_lease(submission)
                (renewal,) = (thread for thread in threading.enumerate() if thread.name.startswith("lease-"))
                renewal.join(60)  # it ends once it knows

        parsers.before_reading = another_takes_it
        with pytest.raises(ServiceUnavailable) as error:
            desk.archive.process(submission.submission_id)
        assert error.value.code == "lease_lost"
        assert "read 30" not in parsers.calls
        assert desk.keys("archive/") == []
        assert desk.seen(submission).state == "working", "it is the other one's"


def test_a_late_holder_cannot_alter_what_the_new_one_filed(tmp_path: Path) -> None:
    """The late one is kept before its last object until the new one has filed everything."""
    parsers, filed = PlainParsers(), threading.Event()
    with open_desk(tmp_path, parsers) as late, open_desk(tmp_path, PlainParsers()) as new:
        submission, waiting = late.receive(SCAN), threading.Event()
        store_paper = late.archive.store_paper

        def too_late(*arguments: object, **named: object) -> object:
            waiting.set()
            assert filed.wait(60)
            return store_paper(*arguments, **named)  # type: ignore[arg-type]

        late.archive.store_paper = too_late  # type: ignore[assignment,method-assign]
        with ThreadPoolExecutor(1) as threads:
            working = threads.submit(late.archive.process, submission.submission_id)
            assert waiting.wait(60)
            while new.archive.process(submission.submission_id) is None:
                new.end_lease(submission)
            before = {key: new.bytes_of(key) for key in new.keys("archive/")}
            filed.set()
            with pytest.raises(ServiceUnavailable) as error:
                working.result(60)
        assert error.value.code == "lease_lost"
        assert {key: new.bytes_of(key) for key in new.keys("archive/")} == before
        (paper,) = new.tables.papers.of_content("phuong-a", submission.content_sha256)
        (record,) = (data for key, data in before.items() if key.endswith(".json"))
        assert PaperRecord.model_validate_json(record).paper.filed_at == paper.filed_at
