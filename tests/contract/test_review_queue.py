"""The promises of Papers on open questions and on what decisions change."""

import uuid
from typing import Any

import pytest
from sqlalchemy import create_engine, event, insert, text
from sqlalchemy.engine import Engine

from pipeline.adapters.database.engine import Database
from pipeline.adapters.database.tables import open_questions, papers, submissions
from pipeline.errors import NotFound
from pipeline.table_ports import PaperChange
from schemas.decisions import Accept, SetThreshold
from schemas.dossier import Paper
from schemas.people import Actor
from schemas.review import Question, QueuePlace
from schemas.search import SearchQuery
from tests.contract.examples import (
    ACTOR,
    HUONG_NUMBER,
    NEIGHBOUR,
    Opener,
    a_field,
    a_paper,
    a_submission,
    file,
    hold,
    huong,
    minutes,
    receive,
)

OFFICE = ACTOR.office_id


def asked(name: str = "issue_date", harm: float = 0.5, doubt: float = 0.5) -> Question:
    return Question(kind="field", name=name, reason="field_doubtful", harm=harm, doubt=doubt)


def accept(paper: Paper, actor: Actor = ACTOR) -> Accept:
    """Any decision about a paper."""
    return Accept(
        decision_id=uuid.uuid4().hex,
        subject_id=paper.document_id,
        actor=actor,
        decided_at=minutes(90),
        code="page_lost",
    )


def changed(paper: Paper, texts: tuple[str, ...] | None = None, **values: Any) -> PaperChange:
    return PaperChange(before=paper, after=paper.model_copy(update=values), texts=texts)


def names(database: Database, office_id: str = OFFICE, limit: int = 9) -> list[str]:
    return [item.question.name for item in database.papers.queue(office_id, limit)]


def test_the_greatest_expected_harm_comes_first(database: Database) -> None:
    file(database, "x", questions=(asked("low", doubt=0.1), asked("high", doubt=0.9)))
    file(database, "x", questions=(asked("middle"),))
    assert names(database) == ["high", "middle", "low"]


def test_among_equals_the_oldest_comes_first(database: Database) -> None:
    file(database, "x", questions=(asked("young"),), filed_at=minutes(2))
    file(database, "x", questions=(asked("old"),), filed_at=minutes(1))
    assert names(database) == ["old", "young"]


def test_the_queue_goes_on_behind_a_place(database: Database) -> None:
    questions = tuple(asked(f"f{number}", doubt=number / 10) for number in range(1, 6))
    file(database, "x", questions=questions)
    seen: list[str] = []
    after: QueuePlace | None = None
    while page := database.papers.queue(OFFICE, 2, after):
        seen += [item.question.name for item in page]
        after = page[-1].place
    assert seen == ["f5", "f4", "f3", "f2", "f1"]


def test_another_offices_questions_are_not_in_the_queue(database: Database) -> None:
    file(database, "x", questions=(asked("theirs"),), actor=NEIGHBOUR)
    assert names(database) == []
    assert names(database, NEIGHBOUR.office_id) == ["theirs"]


def test_a_change_takes_the_paper_and_its_questions_along(database: Database) -> None:
    paper = file(database, "x", questions=(asked("gone"),), state="needs_review")
    change = changed(paper, state="filed", questions=(asked("new"),))
    assert database.papers.change(accept(paper), (change,))
    assert database.papers.get(OFFICE, paper.document_id) == change.after
    assert names(database) == ["new"]


def test_a_change_links_the_owners_anew(database: Database) -> None:
    paper = file(database, "x", people=(huong(link="proposed"),))
    assert database.people.by_number(OFFICE, HUONG_NUMBER) is None
    change = changed(paper, people=(huong(),))
    database.papers.change(accept(paper), (change,))
    citizen = database.people.by_number(OFFICE, HUONG_NUMBER)
    assert citizen is not None
    assert database.papers.of_citizen(OFFICE, citizen.citizen_id) == (change.after,)
    back = changed(change.after, people=())
    database.papers.change(accept(paper), (back,))
    assert database.papers.of_citizen(OFFICE, citizen.citizen_id) == ()


def test_a_paper_that_was_changed_meanwhile_is_left_alone(database: Database) -> None:
    paper = file(database, "x")
    first, second = changed(paper, reasons=("first",)), changed(paper, reasons=("second",))
    assert database.papers.change(accept(paper), (first,))
    assert not database.papers.change(accept(paper), (second,))
    assert database.papers.get(OFFICE, paper.document_id) == first.after


def test_a_decision_that_is_written_already_changes_nothing(database: Database) -> None:
    paper = file(database, "x")
    decision = accept(paper)
    change = changed(paper, reasons=("first",))
    assert database.papers.change(decision, (change,))
    assert database.papers.change(decision, (changed(change.after, reasons=("again",)),))
    assert database.papers.get(OFFICE, paper.document_id) == change.after


def test_new_texts_take_the_place_of_the_old_ones_in_search(database: Database) -> None:
    paper = file(database, "trước")
    database.papers.change(accept(paper), (changed(paper, texts=("sau",)),))
    assert database.papers.page_texts(OFFICE, paper.document_id) == ("sau",)
    assert database.search.search(SearchQuery(offices=(OFFICE,), words="trước", limit=9)).hits == ()
    assert len(database.search.search(SearchQuery(offices=(OFFICE,), words="sau", limit=9)).hits) == 1


@pytest.mark.parametrize("state", ["withdrawn", "rejected"])
def test_a_paper_that_is_no_longer_on_file_is_in_no_list(database: Database, state: str) -> None:
    paper = file(database, "chữ", people=(huong(),), dossier_code="D-1")
    citizen = database.people.by_number(OFFICE, HUONG_NUMBER)
    assert citizen is not None
    database.papers.change(accept(paper), (changed(paper, state=state),))
    assert database.papers.of_citizen(OFFICE, citizen.citizen_id) == ()
    assert database.search.search(SearchQuery(offices=(OFFICE,), words="chữ", limit=9)).hits == ()
    assert database.papers.get(OFFICE, paper.document_id).state == state


def test_a_paper_that_comes_back_is_found_again(database: Database) -> None:
    paper = file(database, "chữ")
    away = changed(paper, state="withdrawn")
    database.papers.change(accept(paper), (away,))
    database.papers.change(accept(paper), (changed(away.after, state="filed"),))
    assert len(database.search.search(SearchQuery(offices=(OFFICE,), words="chữ", limit=9)).hits) == 1


def test_a_change_may_add_papers(database: Database) -> None:
    paper = file(database, "x")
    new = paper.model_copy(update={"document_id": "new", "source_pages": (2,)})
    database.papers.change(accept(paper), (PaperChange(before=None, after=new, texts=("mới",)),))
    assert database.papers.get(OFFICE, "new") == new
    assert database.papers.page_texts(OFFICE, "new") == ("mới",)


def test_another_office_cannot_change_a_paper(database: Database) -> None:
    paper = file(database, "x")
    theirs = paper.model_copy(update={"actor": NEIGHBOUR})
    with pytest.raises(NotFound):
        database.papers.change(accept(paper, NEIGHBOUR), (changed(theirs, reasons=("theirs",)),))
    assert database.papers.get(OFFICE, paper.document_id) == paper


def test_scans_of_one_paper_are_found_by_type_number_and_date(database: Database) -> None:
    fields = {"document_number": a_field("150/2020"), "issue_date": a_field("2020-11-19")}
    paper = file(database, "x", fields=fields)
    file(database, "x", fields=fields | {"issue_date": a_field("2021-11-19")})
    file(database, "x", fields=fields, actor=NEIGHBOUR)
    assert database.papers.alike(OFFICE, "other|1502020|2020-11-19") == (paper,)


def test_filing_may_change_papers_on_file(database: Database) -> None:
    paper = file(database, "x")
    submission = receive(database, content_sha256="beef")
    new = a_paper(submission)
    change = changed(paper, rendition_of=new.document_id)
    assert database.leases.file(hold(database, submission), ((new, ("",)),), (change,))
    assert database.papers.get(OFFICE, paper.document_id).rendition_of == new.document_id


def test_filing_waits_where_a_paper_on_file_was_changed_meanwhile(database: Database) -> None:
    paper = file(database, "x")
    database.papers.change(accept(paper), (changed(paper, reasons=("first",)),))
    submission = receive(database, content_sha256="beef")
    lease, new = hold(database, submission), a_paper(submission)
    assert not database.leases.file(lease, ((new, ("",)),), (changed(paper, reasons=("second",)),))
    with pytest.raises(NotFound):
        database.papers.get(OFFICE, new.document_id)
    assert database.leases.file(lease, ((new, ("",)),))


def test_decisions_of_a_kind_come_newest_first(database: Database) -> None:
    for minute, confidence in ((1, 0.9), (2, 0.95)):
        for actor in (ACTOR, NEIGHBOUR):
            decision = SetThreshold(
                decision_id=uuid.uuid4().hex,
                subject_id=actor.office_id,
                actor=actor,
                decided_at=minutes(minute),
                field_kind="date",
                confidence=confidence,
            )
            database.papers.change(decision, ())
    found = database.papers.decided(OFFICE, "set_threshold", 9)
    assert [one.confidence for one in found if isinstance(one, SetThreshold)] == [0.95, 0.9]
    assert database.papers.decided(OFFICE, "set_threshold", 1) == found[:1]


MANY = 100_000


@pytest.mark.slow
def test_the_queue_of_a_hundred_thousand_questions_is_read_by_its_index(
    database_url: str, open_another: Opener
) -> None:
    database = open_another()
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    source = a_submission().model_dump(exclude={"actor", "sources"}) | {"submission_id": "s", "fence": 0}
    paper = a_paper(a_submission(submission_id="s"), questions=(asked(),))
    row = ACTOR.model_dump() | {
        "submission_id": "s", "content_sha256": "c", "first_page": 1, "filed_at": minutes(0),
        "filed_on": minutes(0).date(), "pages": 1, "first_state": "filed",
    }  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(submissions).values(source | ACTOR.model_dump()))
        ids = [f"d{number:06}" for number in range(MANY)]
        record = paper.model_dump_json()
        connection.execute(insert(papers), [row | {"document_id": one, "record": record} for one in ids])
        question = {"part": "field.issue_date", "asked_at": minutes(0)} | ACTOR.model_dump()
        connection.execute(
            insert(open_questions),
            [question | {"document_id": one, "rank": -(number % 997)} for number, one in enumerate(ids)],
        )
        connection.execute(text("ANALYZE"))
    asked_for: list[tuple[str, Any]] = []

    def note(connection: object, cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked_for.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    page = database.papers.queue(OFFICE, 20)
    database.papers.queue(OFFICE, 20, page[-1].place)
    event.remove(Engine, "before_cursor_execute", note)
    statements = [one for one in asked_for if "open_questions" in one[0]]
    assert len(statements) == 2
    with engine.connect() as connection:
        on_postgresql = connection.dialect.name == "postgresql"
        for statement, parameters in statements:
            explain = "EXPLAIN " if on_postgresql else "EXPLAIN QUERY PLAN "
            plan = "\n".join(str(step) for step in connection.exec_driver_sql(explain + statement, parameters))
            assert "questions_by_rank" in plan
            assert "Seq Scan" not in plan if on_postgresql else "SCAN" not in plan
            assert "Sort" not in plan
            assert "TEMP B-TREE" not in plan
    engine.dispose()
