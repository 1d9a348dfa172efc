"""The promises of Submissions."""

import pytest

from pipeline.adapters.database.engine import Database
from pipeline.errors import NotFound
from schemas.dossier import SourceFile
from schemas.paging import TimePlace
from tests.contract.examples import ACTOR, NEIGHBOUR, a_submission, hold, minutes, receive

OFFICE = ACTOR.office_id


def test_a_received_submission_is_given_back_as_it_was(database: Database) -> None:
    sources = tuple(
        SourceFile(path=f"Đỗ {n}.jpg", key=f"intake/x/{n}", sha256=str(n), size_bytes=5 << 30, media_type="image/jpeg")
        for n in range(12)
    )
    whole = {"channel": "post", "handed_in_by": "001190012345", "dossier_code": "H57-1", "procedure": "birth"}
    submission = receive(database, sources=sources, **whole)
    assert database.submissions.get(OFFICE, submission.submission_id) == submission


def test_a_submission_begins_as_received_whatever_it_says(database: Database) -> None:
    submission = receive(database, state="done")
    assert database.submissions.get(OFFICE, submission.submission_id).state == "received"


def test_an_unknown_submission_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound) as caught:
        database.submissions.get(OFFICE, "none")
    assert caught.value.code == "no_such_submission"


def test_another_offices_submission_is_not_found(database: Database) -> None:
    submission = receive(database, actor=NEIGHBOUR)
    assert database.submissions.get(NEIGHBOUR.office_id, submission.submission_id) == submission
    with pytest.raises(NotFound):
        database.submissions.get(OFFICE, submission.submission_id)


def test_recent_submissions_are_the_offices_newest_first(database: Database) -> None:
    old, new, middle = (receive(database, received_at=minutes(at)) for at in (1, 3, 2))
    receive(database, actor=NEIGHBOUR, received_at=minutes(9))
    assert database.submissions.recent(OFFICE, 2) == (new, middle)
    assert database.submissions.recent(OFFICE, 9) == (new, middle, old)


def test_recent_submissions_of_one_officer_are_his_alone(database: Database) -> None:
    mine = receive(database, received_at=minutes(1))
    receive(database, actor=mine.actor.model_copy(update={"actor_id": "colleague"}), received_at=minutes(2))
    assert database.submissions.recent(OFFICE, 9, mine.actor.actor_id) == (mine,)


def test_content_is_found_by_its_hash_newest_first(database: Database) -> None:
    receive(database, content_sha256="same", received_at=minutes(1))
    newer = receive(database, content_sha256="same", received_at=minutes(2))
    receive(database, content_sha256="other", received_at=minutes(3))
    assert database.submissions.find_content(OFFICE, "same") == newer
    assert database.submissions.find_content(OFFICE, "unknown") is None


def test_the_newest_are_given_page_by_page(database: Database) -> None:
    made = [receive(database, received_at=minutes(minute // 2)) for minute in range(3)]
    first = database.submissions.recent(OFFICE, 2)
    rest = database.submissions.recent(OFFICE, 2, after=TimePlace(at=first[-1].received_at, id=first[-1].submission_id))
    newest_first = sorted(made, key=lambda one: (one.received_at, one.submission_id), reverse=True)
    assert [one.submission_id for one in (*first, *rest)] == [one.submission_id for one in newest_first]


def test_another_offices_content_is_not_found(database: Database) -> None:
    receive(database, content_sha256="same", actor=NEIGHBOUR)
    assert database.submissions.find_content(OFFICE, "same") is None
    assert database.submissions.find_content(NEIGHBOUR.office_id, "same") is not None


def test_refused_content_may_be_handed_in_again(database: Database) -> None:
    refused = receive(database, content_sha256="same")
    database.leases.finish(hold(database, refused), "damaged")
    assert database.submissions.find_content(OFFICE, "same") is None


def test_content_that_is_done_is_known(database: Database) -> None:
    submission = receive(database, content_sha256="same")
    database.leases.finish(hold(database, submission))
    found = database.submissions.find_content(OFFICE, "same")
    assert found is not None
    assert found.state == "done"


def test_content_that_is_stuck_is_known(database: Database) -> None:
    database.leases.fail(hold(database, receive(database, content_sha256="same")), "store_away", None)
    found = database.submissions.find_content(OFFICE, "same")
    assert found is not None
    assert found.state == "stuck"


def test_times_come_back_as_the_same_instants(database: Database) -> None:
    moment = minutes(5).replace(microsecond=123456)
    submission = a_submission(received_at=moment)
    database.submissions.receive(submission)
    assert database.submissions.get(OFFICE, submission.submission_id).received_at == moment
