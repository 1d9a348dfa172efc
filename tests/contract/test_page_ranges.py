"""The promises of PageRanges: each range has one reader at a time, and none is forgotten."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.adapters.database.engine import Database
from pipeline.errors import ServiceUnavailable
from schemas.dossier import PageRange, Submission
from tests.contract.examples import Opener, hold, receive

RANGES = ((1, 20), (21, 40), (41, 45))


def a_cut_submission(database: Database) -> Submission:
    submission = receive(database)
    database.page_ranges.cut(submission, RANGES)
    return submission


def take(database: Database, submission: Submission, lease_s: float = 60) -> PageRange:
    claimed = database.page_ranges.claim(submission.submission_id, "reader", lease_s)
    assert claimed is not None
    return claimed[0]


def pages(held: PageRange) -> tuple[int, int]:
    return held.first, held.last


def test_readers_get_one_range_after_another_with_its_submission(database: Database) -> None:
    submission = a_cut_submission(database)
    claimed = database.page_ranges.claim(submission.submission_id, "reader", 60)
    assert claimed is not None
    assert (pages(claimed[0]), claimed[1]) == ((1, 20), submission)
    assert [pages(take(database, submission)) for _ in range(2)] == [(21, 40), (41, 45)]
    assert database.page_ranges.claim(submission.submission_id, "reader", 60) is None


def test_a_submission_that_was_never_cut_has_nothing_to_claim(database: Database) -> None:
    submission = receive(database)
    assert database.page_ranges.claim(submission.submission_id, "reader", 60) is None
    assert database.page_ranges.pages_left(submission.submission_id) == 0


def test_cutting_again_changes_nothing(database: Database) -> None:
    submission = a_cut_submission(database)
    database.page_ranges.finish(take(database, submission))
    database.page_ranges.cut(submission, ((1, 45),))
    assert pages(take(database, submission)) == (21, 40)


def test_a_range_is_left_until_it_has_been_read(database: Database) -> None:
    submission = a_cut_submission(database)
    held = take(database, submission)
    assert database.page_ranges.pages_left(submission.submission_id) == 45
    database.page_ranges.finish(held)
    assert database.page_ranges.pages_left(submission.submission_id) == 25


def test_what_a_dead_reader_held_is_read_by_another_whose_work_alone_counts(database: Database) -> None:
    submission = a_cut_submission(database)
    dead = take(database, submission, lease_s=0)
    heir = take(database, submission)
    assert pages(heir) == pages(dead)
    assert heir.fence > dead.fence
    late: list[Callable[[], object]] = [
        lambda: database.page_ranges.renew(dead, 60),
        lambda: database.page_ranges.release(dead),
        lambda: database.page_ranges.finish(dead),
    ]
    for write in late:
        with pytest.raises(ServiceUnavailable) as caught:
            write()
        assert caught.value.code == "lease_lost"
    database.page_ranges.finish(heir)


def test_renewing_keeps_a_range(database: Database) -> None:
    submission = a_cut_submission(database)
    held = take(database, submission, lease_s=0)
    database.page_ranges.renew(held, 60)
    assert pages(take(database, submission)) == (21, 40)


def test_a_range_that_is_given_back_is_free_at_once(database: Database) -> None:
    submission = a_cut_submission(database)
    held = take(database, submission)
    database.page_ranges.release(held)
    assert pages(take(database, submission)) == pages(held)


def test_ranges_are_gone_when_the_submission_is_done(database: Database) -> None:
    submission = a_cut_submission(database)
    held = take(database, submission)
    database.leases.finish(hold(database, submission))
    assert database.page_ranges.pages_left(submission.submission_id) == 0
    with pytest.raises(ServiceUnavailable):
        database.page_ranges.finish(held)


def test_of_several_who_claim_at_once_each_gets_another(database: Database, open_another: Opener) -> None:
    submission, readers = a_cut_submission(database), [open_another() for _ in range(4)]
    start = threading.Barrier(len(readers))

    def claim(own: Database) -> object:
        start.wait()
        claimed = own.page_ranges.claim(submission.submission_id, "reader", 60)
        return claimed and pages(claimed[0])

    with ThreadPoolExecutor(len(readers)) as pool:
        claimed = list(pool.map(claim, readers))
    assert sorted(one for one in claimed if one is not None) == list(RANGES)  # type: ignore[type-var]
