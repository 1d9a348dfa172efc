"""The promises of Claims and Answers, and of Papers on what a decision changed."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import create_engine, update

from pipeline.adapters.database.desk_tables import answer_times, claims, earlier_papers
from pipeline.adapters.database.engine import Database
from pipeline.errors import Forbidden, NotFound
from pipeline.local_time import local_day
from pipeline.table_ports import PaperChange
from schemas.decisions import Accept, TakeBack
from schemas.dossier import Paper
from schemas.review import Answered, AnswerFigures, Claim, Claimant, Question
from tests.contract.examples import ACTOR, HUONG_NUMBER, NEIGHBOUR, Opener, file, huong, minutes

OFFICE = ACTOR.office_id
LAN = Claimant(office_id=OFFICE, actor_id="lan", session_id="session of lan")
MINH = Claimant(office_id=OFFICE, actor_id="minh", session_id="session of minh")
STRANGER = Claimant(office_id=NEIGHBOUR.office_id, actor_id="x", session_id="session elsewhere")
FIRST, SECOND = (Claim(subject_id=one, item_id=f"{one}.type") for one in ("first", "second"))
LATER = FIRST.model_copy(update={"item_id": "first.field.issue_date"})


def let_pass(database_url: str, seconds_of: Any) -> None:
    """Have the claims be as old as `seconds_of` says, by their columns."""
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(update(claims).values(**seconds_of))
    engine.dispose()


def test_a_question_is_held_for_one_officer(database: Database) -> None:
    assert database.claims.take(LAN, [FIRST], 60) == FIRST
    assert database.claims.take(MINH, [FIRST], 60) is None
    with pytest.raises(Forbidden) as caught:
        database.claims.held_s(MINH, FIRST)
    assert caught.value.code == "item_claimed"


def test_the_next_free_one_is_held_instead(database: Database) -> None:
    database.claims.take(LAN, [FIRST], 60)
    assert database.claims.take(MINH, [FIRST, SECOND], 60) == SECOND


def test_another_question_of_the_same_subject_is_nobody_elses_either(database: Database) -> None:
    database.claims.take(LAN, [FIRST], 60)
    assert database.claims.take(MINH, [LATER], 60) is None


def test_another_office_has_questions_of_its_own(database: Database) -> None:
    database.claims.take(LAN, [FIRST], 60)
    assert database.claims.take(STRANGER, [FIRST], 60) == FIRST


def test_a_session_holds_one_subject_at_a_time(database: Database) -> None:
    database.claims.take(LAN, [FIRST], 60)
    database.claims.take(LAN, [SECOND], 60)
    assert database.claims.take(MINH, [FIRST], 60) == FIRST


def test_who_finds_nothing_free_holds_nothing(database: Database) -> None:
    database.claims.take(LAN, [FIRST], 60)
    database.claims.take(MINH, [SECOND], 60)
    assert database.claims.take(MINH, [FIRST], 60) is None
    assert database.claims.take(LAN, [SECOND], 60) == SECOND


def test_a_claim_that_is_over_is_anybodys(database: Database) -> None:
    database.claims.take(LAN, [FIRST], 0)
    assert database.claims.held_s(LAN, FIRST) is None
    assert database.claims.take(MINH, [FIRST], 60) == FIRST


def test_a_renewed_claim_goes_on(database: Database, database_url: str) -> None:
    database.claims.take(LAN, [FIRST], 60)
    assert database.claims.renew(LAN, "first", 3600)
    assert database.claims.take(MINH, [FIRST], 60) is None


def test_a_claim_that_is_over_or_anothers_cannot_be_renewed(database: Database) -> None:
    database.claims.take(LAN, [FIRST], 0)
    assert not database.claims.renew(LAN, "first", 60)
    database.claims.take(MINH, [FIRST], 60)
    assert not database.claims.renew(LAN, "first", 60)
    assert database.claims.take(LAN, [FIRST], 60) is None


def test_what_a_session_lets_go_of_is_free(database: Database) -> None:
    database.claims.take(LAN, [FIRST], 60)
    database.claims.release(LAN.session_id)
    assert database.claims.take(MINH, [FIRST], 60) == FIRST


def test_a_closed_page_lets_go_of_nothing_that_another_page_shows(database: Database) -> None:
    old, new = (LAN.model_copy(update={"page_id": page}) for page in ("old", "new"))
    database.claims.take(old, [FIRST], 60)
    database.claims.take(new, [FIRST], 60)
    database.claims.release(LAN.session_id, "old")
    assert database.claims.take(MINH, [FIRST], 60) is None
    database.claims.release(LAN.session_id, "new")
    assert database.claims.take(MINH, [FIRST], 60) == FIRST


def test_a_question_is_held_since_it_was_shown_first(database: Database, database_url: str) -> None:
    database.claims.take(LAN, [FIRST], 60)
    let_pass(database_url, {"claimed_at": minutes(0)})
    database.claims.take(LAN, [FIRST], 60)
    long_since = database.claims.held_s(LAN, FIRST)
    assert long_since is not None
    assert long_since > (datetime.now(UTC) - minutes(1)).total_seconds()


def test_the_next_question_of_a_subject_is_held_from_now_on(database: Database, database_url: str) -> None:
    database.claims.take(LAN, [FIRST], 60)
    let_pass(database_url, {"claimed_at": minutes(0)})
    database.claims.take(LAN, [LATER], 60)
    assert database.claims.held_s(LAN, FIRST) is None
    assert (database.claims.held_s(LAN, LATER) or 0) < (datetime.now(UTC) - minutes(1)).total_seconds()


def test_of_several_who_take_at_once_each_gets_another(database: Database, open_another: Opener) -> None:
    officers = [open_another() for _ in range(4)]
    wanted = [Claim(subject_id=f"s{number}", item_id=f"s{number}.type") for number in range(4)]
    for round_ in range(5):
        start = threading.Barrier(len(officers))

        def take(own: Database, session_id: str, start: threading.Barrier) -> Claim | None:
            start.wait()
            return own.claims.take(LAN.model_copy(update={"session_id": session_id}), wanted, 60)

        with ThreadPoolExecutor(len(officers)) as pool:
            names = [f"{round_}/{number}" for number in range(len(officers))]
            taken = [pool.submit(take, own, name, start) for own, name in zip(officers, names, strict=True)]
        assert {one.result() for one in taken} == set(wanted)
        for name in names:
            database.claims.release(name)


# Answers


def an_answer(by: Claimant = LAN, seconds: float | None = 4.0) -> Answered:
    return Answered(by=by, decision_id=uuid.uuid4().hex, item_id="first.type", kind="set_type", seconds=seconds)


def test_the_last_answer_of_a_session_is_the_newest_that_stands(database: Database) -> None:
    first, second = an_answer(), an_answer()
    for one in (first, second, an_answer(MINH)):
        database.answers.note(one)
    assert database.answers.last(LAN.session_id) == second
    database.answers.remove(OFFICE, second.decision_id)
    assert database.answers.last(LAN.session_id) == first
    assert database.answers.last("nobody's") is None


def test_another_office_removes_no_answer(database: Database) -> None:
    one = an_answer()
    database.answers.note(one)
    database.answers.remove(NEIGHBOUR.office_id, one.decision_id)
    assert database.answers.last(LAN.session_id) == one


def test_the_median_counts_the_answers_whose_time_is_known(database: Database) -> None:
    for seconds in (3.0, None, 5.0, 60.0):
        database.answers.note(an_answer(seconds=seconds))
    assert database.answers.of_session(LAN.session_id) == AnswerFigures(answers=4, timed=3, median_s=5.0)
    assert database.answers.of_session(MINH.session_id) == AnswerFigures(answers=0, timed=0, median_s=None)


def test_answers_are_counted_by_officer_and_day_at_the_counters(database: Database, database_url: str) -> None:
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    # 23:30 and 00:30 in Vietnam, which the clock of a server may take for one day.
    for moment in (datetime(2026, 3, 2, 16, 30, tzinfo=UTC), datetime(2026, 3, 2, 17, 30, tzinfo=UTC)):
        one = an_answer()
        database.answers.note(one)
        with engine.begin() as connection:
            this = answer_times.c.decision_id == one.decision_id
            connection.execute(update(answer_times).where(this).values(answered_at=moment))
    engine.dispose()
    database.answers.note(an_answer(STRANGER))
    days = database.answers.by_day(OFFICE, date(2026, 3, 2), date(2026, 3, 3))
    assert [(one.day.day, one.actor_id, one.answers, one.median_s) for one in days] == [
        (2, "lan", 1, 4.0),
        (3, "lan", 1, 4.0),
    ]
    assert len(database.answers.by_day(OFFICE, date(2026, 3, 3), date(2026, 3, 3))) == 1
    today = local_day(datetime.now(UTC))
    assert database.answers.by_day(OFFICE, today, today) == ()


# Papers as they were


def accept(paper: Paper) -> Accept:
    return Accept(
        decision_id=uuid.uuid4().hex,
        subject_id=paper.document_id,
        actor=paper.actor,
        decided_at=minutes(90),
        code="page_lost",
    )


def change(database: Database, paper: Paper, texts: tuple[str, ...] | None = None, **values: Any) -> Accept:
    decision = accept(paper)
    after = paper.model_copy(update=values)
    assert database.papers.change(decision, (PaperChange(before=paper, after=after, texts=texts),))
    return decision


def test_a_changed_paper_is_remembered_as_it_was(database: Database) -> None:
    paper = file(database, "trước")
    decision = change(database, paper, ("sau",), reasons=("x",))
    (earlier,) = database.papers.earlier(OFFICE, decision.decision_id)
    assert (earlier.was, earlier.texts) == (paper, ("trước",))
    assert earlier.became == earlier.now == database.papers.get(OFFICE, paper.document_id)
    assert database.papers.earlier(NEIGHBOUR.office_id, decision.decision_id) == ()


def test_a_later_change_shows_in_what_the_paper_is_now(database: Database) -> None:
    paper = file(database, "x")
    decision = change(database, paper, reasons=("first",))
    change(database, database.papers.get(OFFICE, paper.document_id), reasons=("second",))
    (earlier,) = database.papers.earlier(OFFICE, decision.decision_id)
    assert (earlier.became.reasons, earlier.now.reasons) == (("first",), ("second",))


def test_nothing_is_remembered_of_a_paper_that_was_rejected(database: Database) -> None:
    paper = file(database, "mật")
    first = change(database, paper, reasons=("first",))
    second = change(database, database.papers.get(OFFICE, paper.document_id), state="rejected", texts=("",))
    assert database.papers.earlier(OFFICE, first.decision_id) == ()
    assert database.papers.earlier(OFFICE, second.decision_id) == ()


def test_words_that_may_not_be_kept_are_not_remembered_either(database: Database) -> None:
    paper = file(database, "trước")
    first = change(database, paper, ("sau",))
    now = database.papers.get(OFFICE, paper.document_id)
    second = change(database, now, ("",), keeping="fields_only")
    for decision in (first, second):
        (earlier,) = database.papers.earlier(OFFICE, decision.decision_id)
        assert earlier.texts is None


def test_after_a_day_a_paper_is_not_remembered_any_more(database: Database, database_url: str) -> None:
    paper = file(database, "x")
    decision = change(database, paper, reasons=("first",))
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(update(earlier_papers).values(changed_at=minutes(0)))
    engine.dispose()
    change(database, database.papers.get(OFFICE, paper.document_id), reasons=("second",))
    assert database.papers.earlier(OFFICE, decision.decision_id) == ()


def test_taking_back_ends_it_and_clears_the_register(database: Database) -> None:
    paper = file(database, "x")
    decision = change(database, paper, people=(huong(),))
    assert database.people.by_number(OFFICE, HUONG_NUMBER) is not None
    now = database.papers.get(OFFICE, paper.document_id)
    undo = TakeBack(
        decision_id=uuid.uuid4().hex,
        subject_id=paper.document_id,
        actor=ACTOR,
        decided_at=minutes(91),
        undone=decision.decision_id,
    )
    assert database.papers.change(undo, (PaperChange(before=now, after=paper),))
    assert database.papers.earlier(OFFICE, decision.decision_id) == ()
    assert database.papers.earlier(OFFICE, undo.decision_id) == ()
    assert database.people.by_number(OFFICE, HUONG_NUMBER) is None


def test_a_decision_is_found_by_its_id_in_its_office(database: Database) -> None:
    paper = file(database, "x")
    decision = change(database, paper)
    assert database.papers.decision(OFFICE, decision.decision_id) == decision
    with pytest.raises(NotFound):
        database.papers.decision(NEIGHBOUR.office_id, decision.decision_id)


def test_open_questions_are_counted_by_office(database: Database) -> None:
    asked = Question(kind="type", reason="type_doubtful", harm=0.5, doubt=0.5)
    for actor in (ACTOR, ACTOR, NEIGHBOUR):
        file(database, "x", questions=(asked,), actor=actor)
    assert database.papers.waiting(OFFICE) == 2
