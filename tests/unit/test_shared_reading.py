"""Large submissions read by ranges of pages: the same papers, whoever reads, and no page read twice for nothing."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.errors import ServiceUnavailable
from schemas.dossier import Submission
from tests.unit.desk import Desk, open_desk
from tests.unit.plain_papers import BIRTH, LETTER
from tests.unit.plain_parsers import LOST, PlainParsers, scan

ALONE = 4
"""Pages that one worker reads alone in these tests; ranges have two."""
PILE = scan(BIRTH, LETTER, LETTER, BIRTH.replace("150/2020", "151/2020"), LETTER, LETTER, LETTER)


@pytest.fixture
def sharing(tmp_path: Path, parsers: PlainParsers) -> Iterator[Desk]:
    with open_desk(tmp_path / "sharing", parsers, alone_pages=ALONE) as desk:
        yield desk


def pages_read(parsers: PlainParsers) -> list[int]:
    return [int(call.removeprefix("read ")) for call in parsers.calls if call.startswith("read ")]


def kept(desk: Desk, submission: Submission) -> dict[str, bytes]:
    """The copies of papers in the store, by their key without the submission's id."""
    copies = [key for key in desk.keys("archive/") + desk.keys("intake/") if key.endswith(".pdf")]
    return {key.replace(submission.submission_id, ""): desk.bytes_of(key) for key in copies}


def texts_of(desk: Desk, submission: Submission) -> list[tuple[str, ...]]:
    papers = desk.tables.papers.of_content("phuong-a", submission.content_sha256)
    return [desk.tables.papers.page_texts("phuong-a", paper.document_id) for paper in papers]


def break_after(parsers: PlainParsers, pages: int) -> None:
    """Have the store go away, as it were, when so many pages have been read."""

    def away(_: int) -> None:
        if len(pages_read(parsers)) > pages:
            raise ServiceUnavailable("store_away")

    parsers.before_reading = away


def test_reading_by_ranges_files_the_same_to_the_byte(sharing: Desk, tmp_path: Path) -> None:
    with open_desk(tmp_path / "alone", PlainParsers(), alone_pages=100) as alone:
        submissions = [desk.receive(PILE) for desk in (sharing, alone)]
        for desk, submission in zip((sharing, alone), submissions, strict=True):
            desk.archive.process(submission.submission_id)
        assert kept(sharing, submissions[0]) == kept(alone, submissions[1])
        assert len(kept(sharing, submissions[0])) > 1
        assert texts_of(sharing, submissions[0]) == texts_of(alone, submissions[1])


def test_nothing_of_the_pages_is_left_when_all_is_filed(sharing: Desk) -> None:
    submission = sharing.receive(PILE)
    sharing.archive.process(submission.submission_id)
    assert [key for key in sharing.keys("intake/") if "/pages/" in key] == []


def test_pages_that_were_read_before_a_crash_are_not_read_again(sharing: Desk, parsers: PlainParsers) -> None:
    submission = sharing.receive(PILE)
    break_after(parsers, 5)
    with pytest.raises(ServiceUnavailable):
        sharing.archive.process(submission.submission_id)
    assert sharing.seen(submission).state == "retrying"
    kept_pages = {int(key.rpartition("/")[2].partition(".")[0]) for key in sharing.keys("intake/") if "/pages/" in key}
    assert len(kept_pages) >= ALONE
    parsers.calls.clear()
    parsers.before_reading = lambda _: None
    sharing.archive.process(submission.submission_id)
    assert sharing.seen(submission).state == "done"
    assert sorted(pages_read(parsers)) == sorted({*range(1, 8)} - kept_pages)


def test_another_worker_reads_a_part_that_the_holder_does_not(sharing: Desk, tmp_path: Path) -> None:
    """The holder is kept at its first page until the other has read a range."""
    helper_parsers, helped, asked = PlainParsers(), threading.Event(), []
    holder_parsers = sharing.parsers
    assert isinstance(holder_parsers, PlainParsers)
    holder_parsers.before_reading = lambda _: None if helped.wait(60) else pytest.fail("nobody helped")
    submission, begun = sharing.receive(PILE), threading.Event()

    def ask(readers: int) -> None:
        asked.append(readers)
        begun.set()

    with open_desk(sharing.folder, helper_parsers, alone_pages=ALONE) as helper, ThreadPoolExecutor(1) as threads:
        work = threads.submit(sharing.archive.process, submission.submission_id, ask_readers=ask)
        assert begun.wait(60)
        assert helper.archive.read_range(submission.submission_id, threading.Event())
        helped.set()
        assert work.result(60)
    assert asked == [3]
    assert len(pages_read(helper_parsers)) == 2
    assert sorted(pages_read(helper_parsers) + pages_read(holder_parsers)) == list(range(1, 8))


def test_nobody_is_asked_to_help_with_few_pages(sharing: Desk) -> None:
    submission = sharing.receive(scan(*(BIRTH,) * ALONE))
    asked: list[int] = []
    sharing.archive.process(submission.submission_id, ask_readers=asked.append)
    assert asked == []
    assert not sharing.archive.read_range(submission.submission_id, threading.Event())


def test_a_page_that_is_lost_to_a_reader_is_lost_to_its_paper_alone(sharing: Desk) -> None:
    submission = sharing.receive(scan(BIRTH, LETTER, LOST, LETTER, LETTER))
    sharing.archive.process(submission.submission_id)
    papers = sharing.tables.papers.of_content("phuong-a", submission.content_sha256)
    assert [(issue.code, issue.page) for paper in papers for issue in paper.issues] == [("page_lost", 3)]
    assert sum(len(paper.source_pages) for paper in papers) == 5


def test_a_page_whose_object_has_gone_is_read_once_more(sharing: Desk, parsers: PlainParsers) -> None:
    submission = sharing.receive(PILE)
    break_after(parsers, 5)
    with pytest.raises(ServiceUnavailable):
        sharing.archive.process(submission.submission_id)
    first = next(key for key in sharing.keys("intake/") if "/pages/1." in key)
    sharing.store.delete(first)
    parsers.before_reading = lambda _: None
    sharing.archive.process(submission.submission_id)
    assert pages_read(parsers).count(1) == 2
    assert sharing.seen(submission).state == "done"


def test_a_reader_that_is_told_to_stop_gives_its_range_back(sharing: Desk, parsers: PlainParsers) -> None:
    submission, stopping = sharing.receive(PILE), threading.Event()
    sharing.tables.page_ranges.cut(submission, [(1, 7)])
    parsers.before_reading = lambda number: stopping.set() if number == 2 else None
    with pytest.raises(ServiceUnavailable) as error:
        sharing.archive.read_range(submission.submission_id, stopping)
    assert error.value.code == "given_back"
    assert sharing.tables.page_ranges.claim(submission.submission_id, "another", 60) is not None


def test_pages_that_come_too_late_are_swept_away(sharing: Desk) -> None:
    submission = sharing.receive(PILE)
    sharing.archive.process(submission.submission_id)
    late = f"intake/phuong-a/{submission.submission_id}/pages/1.v0"
    with (sharing.folder / "late").open("w+b") as data:
        sharing.store.put(late, data, "application/zip")
    sharing.archive.intake.expire("phuong-a", sharing.seen(submission).state_since)
    assert late not in sharing.keys("intake/")
