"""The promises of Leases: one holder, and nothing written by who is no longer it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.adapters.database.engine import Database
from pipeline.errors import NotFound, ServiceUnavailable
from schemas.search import SearchQuery
from tests.contract.examples import ACTOR, NEIGHBOUR, Opener, a_paper, hold, huong, minutes, receive

OFFICE = ACTOR.office_id


def test_received_submissions_of_every_office_wait_oldest_first(database: Database) -> None:
    late = receive(database, received_at=minutes(2))
    early = receive(database, received_at=minutes(1), actor=NEIGHBOUR)
    assert database.leases.waiting(9) == (early.submission_id, late.submission_id)
    assert database.leases.waiting(1) == (early.submission_id,)


def test_the_counter_is_served_before_the_backlog_however_old_that_is(database: Database) -> None:
    backlog = receive(database, received_at=minutes(1), lane="backlog")
    counter = receive(database, received_at=minutes(2))
    assert database.leases.waiting(9) == (counter.submission_id, backlog.submission_id)
    assert database.leases.waiting(1) == (counter.submission_id,)


def test_what_failed_waits_again_only_when_it_is_due(database: Database) -> None:
    due, later = receive(database), receive(database)
    database.leases.fail(hold(database, due), "store_away", 0)
    database.leases.fail(hold(database, later), "store_away", 60)
    assert database.leases.waiting(9) == (due.submission_id,)


def test_a_submission_waits_again_when_its_lease_has_expired(database: Database) -> None:
    held, expired = receive(database), receive(database)
    hold(database, held, lease_s=60)
    hold(database, expired, lease_s=0)
    assert database.leases.waiting(9) == (expired.submission_id,)


def test_finished_and_stuck_submissions_do_not_wait(database: Database) -> None:
    database.leases.finish(hold(database, receive(database)))
    database.leases.fail(hold(database, receive(database)), "store_away", None)
    assert database.leases.waiting(9) == ()


def test_waiting_can_be_asked_for_one_lane(database: Database) -> None:
    counter, backlog = receive(database), receive(database, lane="backlog")
    assert database.leases.waiting(9, "counter") == (counter.submission_id,)
    assert database.leases.waiting(9, "backlog") == (backlog.submission_id,)


def test_held_are_those_that_somebody_works_on(database: Database) -> None:
    held, expired, waiting = receive(database), receive(database), receive(database)
    done, unasked = receive(database), receive(database)
    hold(database, held)
    hold(database, unasked)
    hold(database, expired, lease_s=0)
    database.leases.finish(hold(database, done))
    asked = [one.submission_id for one in (held, expired, waiting, done)]
    assert database.leases.held(asked) == {held.submission_id}
    assert database.leases.held([]) == frozenset()


def test_claiming_makes_a_submission_working_with_a_higher_fence(database: Database) -> None:
    submission = receive(database)
    fences = []
    for attempt in (1, 2):
        claimed = database.leases.claim(submission.submission_id, "worker", lease_s=0)
        assert claimed is not None
        lease, taken = claimed
        fences.append(lease.fence)
        assert (taken.state, taken.attempts, taken.sources) == ("working", attempt, submission.sources)
        assert taken == database.submissions.get(OFFICE, submission.submission_id)
    assert fences[0] < fences[1]


def test_state_since_tells_when_the_state_changed(database: Database) -> None:
    submission = receive(database)
    before = datetime.now(UTC)
    hold(database, submission)
    assert before <= database.submissions.get(OFFICE, submission.submission_id).state_since <= datetime.now(UTC)


def test_a_held_submission_cannot_be_claimed(database: Database) -> None:
    submission = receive(database)
    hold(database, submission)
    assert database.leases.claim(submission.submission_id, "another", lease_s=60) is None


def test_a_stuck_submission_can_be_claimed_and_loses_its_reason(database: Database) -> None:
    submission = receive(database)
    database.leases.fail(hold(database, submission), "internal", None)
    hold(database, submission)
    assert database.submissions.get(OFFICE, submission.submission_id).reason is None


def test_a_done_submission_cannot_be_claimed(database: Database) -> None:
    submission = receive(database)
    database.leases.finish(hold(database, submission))
    assert database.leases.claim(submission.submission_id, "another", lease_s=60) is None


def test_claiming_an_unknown_submission_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound) as caught:
        database.leases.claim("none", "worker", lease_s=60)
    assert caught.value.code == "no_such_submission"


def test_of_several_who_claim_at_once_exactly_one_wins(database: Database, open_another: Opener) -> None:
    claimers = [open_another() for _ in range(4)]
    for _ in range(5):
        submission = receive(database)
        start = threading.Barrier(len(claimers))

        def claim(own: Database, submission_id: str, start: threading.Barrier) -> bool:
            start.wait()
            return own.leases.claim(submission_id, "worker", lease_s=60) is not None

        with ThreadPoolExecutor(len(claimers)) as pool:
            claims = [pool.submit(claim, own, submission.submission_id, start) for own in claimers]
        assert sum(future.result() for future in claims) == 1


def test_renewing_extends_the_lease_and_shows_progress(database: Database) -> None:
    submission = receive(database)
    database.leases.renew(hold(database, submission, lease_s=0), 60, pages_done=2, pages_total=5)
    shown = database.submissions.get(OFFICE, submission.submission_id)
    assert (shown.pages_done, shown.pages_total) == (2, 5)
    assert database.leases.waiting(9) == ()


def test_an_overtaken_holder_can_neither_renew_nor_finish(database: Database) -> None:
    submission = receive(database)
    old = hold(database, submission, lease_s=0)
    hold(database, submission)
    before = database.submissions.get(OFFICE, submission.submission_id)
    papers = ((a_paper(submission, people=(huong(),)), ("text",)),)
    late_writes: list[Callable[[], object]] = [
        lambda: database.leases.renew(old, 60, pages_done=1, pages_total=1),
        lambda: database.leases.file(old, papers),
        lambda: database.leases.finish(old),
    ]
    for late in late_writes:
        with pytest.raises(ServiceUnavailable) as caught:
            late()
        assert caught.value.code == "lease_lost"
    assert database.submissions.get(OFFICE, submission.submission_id) == before
    assert database.papers.of_content(OFFICE, submission.content_sha256) == ()
    assert database.people.by_number(OFFICE, "001190012345") is None
    assert database.search.search(SearchQuery(offices=(OFFICE,), words="text", limit=9)).hits == ()


def test_who_has_filed_the_papers_still_holds_the_submission(database: Database) -> None:
    submission = receive(database)
    lease = hold(database, submission)
    assert database.leases.file(lease, ((a_paper(submission), ("text",)),))
    assert database.papers.of_content(OFFICE, submission.content_sha256) != ()
    assert database.submissions.get(OFFICE, submission.submission_id).state == "working"
    database.leases.renew(lease, 60, pages_done=1, pages_total=1)


def test_a_lease_ends_when_its_work_is_finished(database: Database) -> None:
    lease = hold(database, receive(database))
    database.leases.finish(lease)
    late_writes: list[Callable[[], object]] = [
        lambda: database.leases.finish(lease),
        lambda: database.leases.renew(lease, 60, pages_done=1, pages_total=1),
    ]
    for late in late_writes:
        with pytest.raises(ServiceUnavailable):
            late()


@pytest.mark.parametrize("reason", [None, "damaged"])
def test_finishing_sets_done_with_the_reason_of_a_refusal(database: Database, reason: str | None) -> None:
    submission = receive(database)
    database.leases.finish(hold(database, submission), reason)
    finished = database.submissions.get(OFFICE, submission.submission_id)
    assert (finished.state, finished.reason) == ("done", reason)


def test_failing_for_a_while_tells_when_it_is_tried_again(database: Database) -> None:
    submission = receive(database)
    before = datetime.now(UTC)
    database.leases.fail(hold(database, submission), "store_away", 60)
    failed = database.submissions.get(OFFICE, submission.submission_id)
    assert (failed.state, failed.reason, failed.attempts) == ("retrying", "store_away", 1)
    assert failed.retry_at is not None
    assert before + timedelta(seconds=60) <= failed.retry_at
    assert database.work.waiting(OFFICE, 9)[0].retry_at == failed.retry_at
    hold(database, submission)
    assert database.submissions.get(OFFICE, submission.submission_id).retry_at is None


def test_what_is_given_back_waits_at_once_as_if_nobody_had_held_it(database: Database) -> None:
    submission = receive(database)
    lease = hold(database, submission)
    database.leases.release(lease)
    back = database.submissions.get(OFFICE, submission.submission_id)
    assert (back.state, back.attempts, back.reason) == ("received", 0, None)
    assert database.leases.waiting(9) == (submission.submission_id,)
    with pytest.raises(ServiceUnavailable):
        database.leases.finish(lease)


def test_what_its_workers_died_of_too_often_is_given_up(database: Database) -> None:
    deadly, young, held = receive(database), receive(database), receive(database)
    for _ in range(2):
        hold(database, deadly, lease_s=0)
    hold(database, young, lease_s=0)
    hold(database, held, lease_s=0)
    hold(database, held)
    assert database.leases.give_up(2) == (deadly.submission_id,)
    stuck = database.submissions.get(OFFICE, deadly.submission_id)
    assert (stuck.state, stuck.reason) == ("stuck", "worker_lost")
    assert database.leases.waiting(9) == (young.submission_id,)


def test_every_holder_is_told_when_the_work_was_first_begun(database: Database) -> None:
    submission = receive(database)
    first = hold(database, submission, lease_s=0)
    second = hold(database, submission)
    assert second.begun_at == first.begun_at
    database.leases.fail(second, "internal", None)
    assert database.work.retry(OFFICE, submission.submission_id)
    assert hold(database, submission).begun_at > first.begun_at


def test_failing_sets_stuck_with_the_reason(database: Database) -> None:
    submission = receive(database)
    database.leases.fail(hold(database, submission), "store_away", None)
    failed = database.submissions.get(OFFICE, submission.submission_id)
    assert (failed.state, failed.reason) == ("stuck", "store_away")
