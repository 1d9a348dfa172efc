"""What crashes, races and services that go away do to filing: it happens once, or again, and never by half."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import NotFound, ScanRejected, ServiceUnavailable
from schemas.dossier import Submission
from tests.unit.desk import Desk, open_desk
from tests.unit.plain_papers import BIRTH, CARD
from tests.unit.plain_parsers import PlainParsers, scan

SCAN = scan(BIRTH)


def papers_of(desk: Desk, submission: Submission) -> int:
    return len(desk.tables.papers.of_content("phuong-a", submission.content_sha256))


def break_filing(desk: Desk, patch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise ServiceUnavailable("database_away")

    patch.setattr(desk.tables.leases, "file", away)


def test_objects_are_there_before_the_row(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = desk.receive(SCAN)
    break_filing(desk, monkeypatch)
    with pytest.raises(ServiceUnavailable):
        desk.archive.process(submission.submission_id)
    assert papers_of(desk, submission) == 0
    assert sorted(key.rpartition(".")[2] for key in desk.keys("archive/") if "original" not in key) == ["json", "pdf"]
    assert len(desk.keys(f"intake/phuong-a/{submission.submission_id}/")) == 1, "the original is still in intake"


def test_running_again_after_the_database_was_away_files_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = desk.receive(SCAN)
    with monkeypatch.context() as patch:
        break_filing(desk, patch)
        with pytest.raises(ServiceUnavailable):
            desk.archive.process(submission.submission_id)
    left = set(desk.keys("archive/"))
    desk.end_lease(submission)
    desk.archive.process(submission.submission_id)
    assert papers_of(desk, submission) == 1
    assert set(desk.keys("archive/")) == left
    assert desk.keys("intake/") == []


def test_a_lease_lost_half_way_writes_no_row(desk: Desk, parsers: PlainParsers) -> None:
    submission = desk.receive(SCAN)

    def another_takes_it(_: int) -> None:
        desk.end_lease(submission)
        assert desk.tables.leases.claim(submission.submission_id, "another", 60) is not None

    parsers.before_reading = another_takes_it
    with pytest.raises(ServiceUnavailable) as error:
        desk.archive.process(submission.submission_id)
    assert error.value.code == "lease_lost"
    assert papers_of(desk, submission) == 0
    assert desk.seen(submission).state == "working", "it is the other one's"
    assert desk.bytes_of(submission.sources[0].key) == SCAN


@pytest.mark.parametrize(
    ("fault", "code"),
    [(RuntimeError("a word that was read"), "internal"), (ServiceUnavailable("store_away"), "store_away")],
)
def test_trouble_of_ours_leaves_a_submission_to_be_tried_again(
    desk: Desk, parsers: PlainParsers, fault: Exception, code: str
) -> None:
    submission = desk.receive(SCAN)

    def trouble(_: int) -> None:
        raise fault

    parsers.before_reading = trouble
    with pytest.raises(type(fault)):
        desk.archive.process(submission.submission_id)
    assert (desk.seen(submission).state, desk.seen(submission).reason) == ("retrying", code)
    assert desk.bytes_of(submission.sources[0].key) == SCAN
    parsers.before_reading = lambda _: None
    desk.archive.process(submission.submission_id)
    assert (desk.seen(submission).state, desk.seen(submission).reason) == ("done", None)
    assert papers_of(desk, submission) == 1


def test_a_page_that_kills_its_parser_refuses_the_file_and_keeps_it(desk: Desk, parsers: PlainParsers) -> None:
    submission = desk.receive(SCAN)

    def dies(_: int) -> None:
        raise ScanRejected("unreadable")

    parsers.before_reading = dies
    assert desk.archive.process(submission.submission_id) == ()
    assert desk.seen(submission).reason == "unreadable"
    assert desk.bytes_of(submission.sources[0].key) == SCAN


def test_of_two_workers_on_one_submission_one_files_it(tmp_path: Path) -> None:
    both, meeting = [PlainParsers(), PlainParsers()], threading.Barrier(2)
    with open_desk(tmp_path, both[0]) as one, open_desk(tmp_path, both[1]) as other:
        submission = one.receive(SCAN)

        def work(desk: Desk) -> object:
            meeting.wait()
            return desk.archive.process(submission.submission_id)

        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(work, (one, other)))
        assert sum(answer is not None for answer in answers) == 1
        assert sorted(parsers.calls.count("render") for parsers in both) == [0, 1]
        assert papers_of(one, submission) == 1


def test_two_submissions_of_one_content_file_it_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two counters that hand in the same file at the same moment both find nothing on file."""
    with monkeypatch.context() as patch:
        patch.setattr(desk.tables.submissions, "find_content", lambda *_: None)
        first, second = desk.receive(SCAN), desk.receive(SCAN)
    assert first.submission_id != second.submission_id
    for submission in (first, second):
        desk.archive.process(submission.submission_id)
    assert papers_of(desk, first) == 1
    assert desk.keys("intake/") == []


def test_a_lease_is_renewed_while_the_work_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsers, renewed = PlainParsers(), threading.Event()
    with open_desk(tmp_path, parsers, lease_s=0.3) as desk:
        submission = desk.receive(SCAN)
        renew = desk.tables.leases.renew

        def watched(*arguments: Any) -> None:
            renew(*arguments)
            renewed.set()

        monkeypatch.setattr(desk.tables.leases, "renew", watched)
        parsers.before_reading = lambda _: None if renewed.wait(30) else pytest.fail("never renewed")
        desk.archive.process(submission.submission_id)
        assert papers_of(desk, submission) == 1


def test_a_lease_that_cannot_be_renewed_does_not_end_the_work(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database may come back before the work is done; `finish` decides."""
    tried = threading.Event()

    def away(*_: object) -> None:
        tried.set()
        raise ServiceUnavailable("database_away")

    parsers = PlainParsers()
    parsers.before_reading = lambda _: None if tried.wait(30) else pytest.fail("never tried")
    with open_desk(desk.folder, parsers, lease_s=0.3) as short:
        monkeypatch.setattr(short.tables.leases, "renew", away)
        submission = short.receive(SCAN)
        short.archive.process(submission.submission_id)
        assert short.seen(submission).state == "done"


def test_an_original_that_was_altered_is_not_read(desk: Desk, parsers: PlainParsers) -> None:
    submission = desk.receive(SCAN)
    (desk.folder / "store" / submission.sources[0].key).write_bytes(scan(CARD))
    with pytest.raises(ServiceUnavailable) as error:
        desk.archive.process(submission.submission_id)
    assert error.value.code == "object_altered"
    assert parsers.calls == []


def test_an_original_that_has_gone_leaves_the_submission_stuck(desk: Desk) -> None:
    submission = desk.receive(SCAN)
    desk.store.delete(submission.sources[0].key)
    with pytest.raises(NotFound):
        desk.archive.process(submission.submission_id)
    assert (desk.seen(submission).state, desk.seen(submission).reason) == ("stuck", "no_such_object")
