"""The promises of Work and Calls, on both databases."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from pipeline.adapters.database.desk_tables import answer_times
from pipeline.adapters.database.engine import Database
from pipeline.errors import NotFound
from schemas.dossiers import Dossier, Party
from schemas.people import Actor
from schemas.review import Question
from schemas.work import Call, DossierNeeds, Proposal
from tests.contract.examples import ACTOR, HUONG_NUMBER, NEIGHBOUR, START, file, hold, minutes, receive

OFFICE, OTHERS = ACTOR.office_id, NEIGHBOUR.office_id
CODE, OTHER_CODE = "H29.12.34-260302-0001", "H29.12.34-260302-0002"
TODAY = date(2026, 3, 2)
SOON = TODAY + timedelta(days=3)
OPEN = DossierNeeds(open=True, owes=False, uncompared=False)


def open_dossier(database: Database, code: str = CODE, actor: Actor = ACTOR, **said: Any) -> Dossier:
    values: dict[str, Any] = {"owner": Party(number=HUONG_NUMBER), "received_at": START, "source": "opened"}
    dossier = Dossier(code=code, actor=actor, **values | said)
    database.dossiers.put(dossier, lambda _: (dossier, ()))
    return dossier


def codes(dossiers: tuple[Dossier, ...]) -> list[str]:
    return [dossier.code for dossier in dossiers]


# -- submissions ------------------------------------------------------------------------------------------------------


def get_stuck(database: Database, reason: str = "store_away", **changes: Any) -> str:
    submission = receive(database, **changes)
    database.leases.fail(hold(database, submission), reason, None)
    return submission.submission_id


def test_what_is_stuck_is_told_with_its_reason_the_longest_first(database: Database) -> None:
    first, second = get_stuck(database), get_stuck(database, "internal")
    receive(database)
    get_stuck(database, actor=NEIGHBOUR)
    found = database.work.stuck(OFFICE, 9)
    assert [(one.submission_id, one.reason, one.files) for one in found] == [
        (first, "store_away", 1),
        (second, "internal", 1),
    ]
    assert len(database.work.stuck(OFFICE, 1)) == 1


def test_what_waits_is_received_or_being_read_the_longest_first(database: Database) -> None:
    being_read, young, old = (receive(database, state_since=minutes(minute)) for minute in (0, 2, 1))
    lease = hold(database, being_read)
    database.leases.renew(lease, 60, 4, 12)
    get_stuck(database)
    receive(database, actor=NEIGHBOUR)
    found = database.work.waiting(OFFICE, 9)
    assert [(one.submission_id, one.state) for one in found] == [
        (old.submission_id, "received"),
        (young.submission_id, "received"),
        (being_read.submission_id, "working"),
    ]
    assert (found[2].pages_done, found[2].pages_total) == (4, 12)


def test_a_stuck_submission_that_is_tried_again_waits_for_whoever_reads(database: Database) -> None:
    stuck = get_stuck(database)
    assert stuck not in database.leases.waiting(9)
    assert database.work.retry(OFFICE, stuck)
    assert database.leases.waiting(9) == (stuck,)
    assert database.submissions.get(OFFICE, stuck).attempts == 0
    assert database.work.stuck(OFFICE, 9) == ()


def test_only_what_is_stuck_is_tried_again(database: Database) -> None:
    submission = receive(database)
    lease = hold(database, submission)
    assert not database.work.retry(OFFICE, submission.submission_id)
    database.leases.renew(lease, 60, 1, 1)


def test_another_offices_submission_is_not_tried_again(database: Database) -> None:
    stuck = get_stuck(database)
    with pytest.raises(NotFound):
        database.work.retry(OTHERS, stuck)
    assert len(database.work.stuck(OFFICE, 9)) == 1


# -- dossiers ---------------------------------------------------------------------------------------------------------


def test_open_dossiers_are_due_by_their_day(database: Database) -> None:
    for number, days in enumerate((1, -2, 0, 9)):
        open_dossier(database, f"{CODE[:-1]}{number}", due_on=TODAY + timedelta(days=days))
    open_dossier(database, OTHER_CODE.replace("0002", "0009"))
    open_dossier(database, actor=NEIGHBOUR, due_on=TODAY)
    assert codes(database.work.due(OFFICE, SOON, 9)) == [f"{CODE[:-1]}{number}" for number in (1, 2, 0)]
    counts = database.work.counts(OFFICE, TODAY, SOON)
    assert (counts.overdue, counts.due_today, counts.due_soon) == (1, 1, 1)


def test_a_dossier_with_its_result_is_due_no_more_and_owes_nothing(database: Database) -> None:
    open_dossier(database, due_on=TODAY)
    database.work.mark(OFFICE, CODE, DossierNeeds(open=False, owes=True, uncompared=True))
    work = database.work
    assert work.due(OFFICE, SOON, 9) + work.owing(OFFICE, 9) + work.uncompared(OFFICE, 9) == ()
    assert work.open_of(OFFICE, [HUONG_NUMBER]) == ()
    work.mark(OFFICE, CODE, OPEN)
    assert codes(work.due(OFFICE, SOON, 9)) == [CODE]


def test_a_changed_day_counts(database: Database) -> None:
    open_dossier(database, due_on=TODAY)
    open_dossier(database, due_on=TODAY + timedelta(days=30))
    assert database.work.due(OFFICE, SOON, 9) == ()


def test_what_owes_or_waits_to_be_compared_is_listed_the_longest_first(database: Database) -> None:
    for code in (OTHER_CODE, CODE):
        open_dossier(database, code)
        database.work.mark(OFFICE, code, OPEN.model_copy(update={"owes": True, "uncompared": True}))
    database.work.mark(OFFICE, OTHER_CODE, OPEN.model_copy(update={"owes": True}))
    assert codes(database.work.owing(OFFICE, 9)) == [OTHER_CODE, CODE]
    assert codes(database.work.uncompared(OFFICE, 9)) == [CODE]
    counts = database.work.counts(OFFICE, TODAY, SOON)
    assert (counts.owing, counts.uncompared) == (2, 1)
    assert database.work.owing(OTHERS, 9) == ()


@pytest.mark.parametrize("number", [HUONG_NUMBER, "001 190 012 345"])
def test_open_dossiers_are_found_by_owner_and_by_who_handed_them_in(database: Database, number: str) -> None:
    open_dossier(database, received_at=minutes(1))
    open_dossier(database, OTHER_CODE, owner=Party(name="Con"), submitted_by=Party(number=HUONG_NUMBER))
    open_dossier(database, CODE.replace("0001", "0003"), owner=Party(number="079090000001"))
    open_dossier(database, actor=NEIGHBOUR)
    assert codes(database.work.open_of(OFFICE, [number])) == [OTHER_CODE, CODE]
    assert database.work.open_of(OFFICE, []) == ()


# -- proposals --------------------------------------------------------------------------------------------------------


def a_proposal(database: Database, code: str = CODE, document_id: str | None = None) -> Proposal:
    if document_id is None:
        document_id = file(database, "text").document_id
    return Proposal(document_id=document_id, dossier_code=code, component="form", actor=ACTOR, proposed_at=minutes(1))


def test_a_proposal_is_listed_until_it_is_answered(database: Database) -> None:
    open_dossier(database)
    proposal = a_proposal(database)
    assert database.work.propose(proposal)
    assert database.work.proposals(OFFICE, 9) == (proposal,)
    assert database.work.proposals(OTHERS, 9) == ()
    assert database.work.counts(OFFICE, TODAY, SOON).proposals == 1
    database.work.answer(OFFICE, proposal.document_id, CODE)
    assert database.work.proposals(OFFICE, 9) == ()


def test_what_was_answered_is_not_proposed_again(database: Database) -> None:
    open_dossier(database)
    proposal = a_proposal(database)
    database.work.propose(proposal)
    database.work.answer(OFFICE, proposal.document_id, CODE)
    database.work.withdraw(OFFICE, proposal.document_id)
    assert not database.work.propose(proposal)
    assert database.work.proposals(OFFICE, 9) == ()


def test_what_nobody_answered_is_withdrawn_with_all_its_dossiers(database: Database) -> None:
    for code in (CODE, OTHER_CODE):
        open_dossier(database, code)
    proposal = a_proposal(database)
    other = a_proposal(database, OTHER_CODE, proposal.document_id)
    stays = a_proposal(database)
    for one in (proposal, other, stays):
        database.work.propose(one)
    database.work.withdraw(OFFICE, proposal.document_id)
    assert database.work.proposals(OFFICE, 9) == (stays,)
    assert database.work.propose(proposal)


# -- questions and calls ----------------------------------------------------------------------------------------------


def test_questions_are_counted_with_the_oldest(database: Database) -> None:
    question = Question(kind="type", reason="type_doubtful", harm=0.5, doubt=0.5)
    for minute in (5, 3):
        file(database, "x", questions=(question,), state="needs_review", filed_at=minutes(minute))
    file(database, "x", questions=(question,), state="needs_review", filed_at=minutes(1), actor=NEIGHBOUR)
    counts = database.work.counts(OFFICE, TODAY, SOON)
    assert (counts.questions, counts.oldest_question_at) == (2, minutes(3))
    assert database.work.counts("nobody", TODAY, SOON).oldest_question_at is None


def a_call(number: int, code: str = CODE, **changes: Any) -> Call:
    values: dict[str, Any] = {"outcome": "no_answer", "actor": ACTOR, "called_at": minutes(number)}
    return Call(call_id=f"{code}{number}", dossier_code=code, **values | changes)


def test_calls_come_back_newest_first(database: Database) -> None:
    first, second = a_call(1), a_call(2, outcome="will_bring", brings_on=SOON)
    for call in (second, first, a_call(3, OTHER_CODE), a_call(4, CODE + "x", actor=NEIGHBOUR)):
        database.calls.note(call)
    assert database.calls.of_dossier(OFFICE, CODE) == (second, first)
    assert database.calls.of_dossier(OTHERS, CODE) == ()


def test_the_last_call_about_each_dossier_is_told(database: Database) -> None:
    for call in (a_call(2), a_call(1), a_call(3, OTHER_CODE)):
        database.calls.note(call)
    newest = {CODE: a_call(2), OTHER_CODE: a_call(3, OTHER_CODE)}
    assert database.calls.last(OFFICE, [*newest, "none"]) == newest


# -- days -------------------------------------------------------------------------------------------------------------


def test_what_waits_at_the_end_of_a_day_came_by_then_and_was_not_read_by_then(
    database: Database, database_url: str
) -> None:
    days = [START + timedelta(days=number) for number in range(3)]
    first = receive(database, received_at=days[0])
    receive(database, received_at=days[1])
    read = receive(database, received_at=days[0])
    for submission, moment in ((first, days[1]), (read, days[0])):
        database.leases.finish(hold(database, submission))
        set_since(database_url, submission.submission_id, moment)
    found = database.work.days(OFFICE, days[0].date(), days[2].date())
    assert [(one.day, one.waiting) for one in found] == [(days[0].date(), 1), (days[1].date(), 1), (days[2].date(), 1)]
    (later,) = database.work.days(OFFICE, days[2].date(), days[2].date())
    assert later.waiting == 1
    assert database.work.days(OTHERS, days[0].date(), days[0].date())[0].waiting == 0


def test_answers_have_the_median_of_the_times_that_are_known(database: Database, database_url: str) -> None:
    for minute, seconds in ((1, 4.0), (2, 10.0), (3, 6.0), (2 * 24 * 60, 30.0)):
        note_answer(database_url, minutes(minute), seconds)
    first, second = START.date(), (START + timedelta(days=1)).date()
    found = database.work.days(OFFICE, first, second)
    assert [(one.answers, one.answer_s) for one in found] == [(3, 6.0), (0, None)]
    assert database.work.answer_s(OFFICE, first, second + timedelta(days=1)) == 8.0
    assert database.work.answer_s(OTHERS, first, second) is None


def note_answer(url: str, moment: datetime, seconds: float) -> None:
    """An answer of the review desk, given then; the desk's port writes the present only."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    told = {"office_id": OFFICE, "answered_at": moment, "seconds": seconds}
    row = {column.name: told.get(column.name, moment.isoformat()) for column in answer_times.columns}
    with engine.begin() as connection:
        connection.execute(answer_times.insert().values(row))
    engine.dispose()


def set_since(url: str, submission_id: str, moment: datetime) -> None:
    """As if its work had ended then; the ports write the present only."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    written = moment if url.startswith("postgresql") else moment.replace(tzinfo=None).isoformat(sep=" ")
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE submissions SET state_since = :at WHERE submission_id = :id"),
            {"at": written, "id": submission_id},
        )
    engine.dispose()
