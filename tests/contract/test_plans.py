"""How the databases answer what staff ask: by indexes, whatever the number of papers.

The tables are filled so far, and their statistics made, that a plan for them is a plan for a million papers: reading a
whole table would be the dearer way here too.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, insert, text

from pipeline.adapters.database import search_statements
from pipeline.adapters.database.access_tables import access_log
from pipeline.adapters.database.desk_tables import answer_times, calls
from pipeline.adapters.database.dossier_tables import dossier_components, dossiers, proposals
from pipeline.adapters.database.engine import Database, open_database
from pipeline.adapters.database.tables import decisions, metadata, open_questions
from pipeline.catalogue import load_catalogue
from pipeline.local_time import day_begins
from pipeline.vietnamese import fold
from schemas.search import SearchPage, SearchQuery
from tests.bench.search_filling import fill
from tests.bench.search_papers import ACTOR, MadePaper, make_citizens, make_papers

OFFICE = ACTOR.office_id
CITIZENS = make_citizens(1_000, seed=1)
SOMEBODY = CITIZENS[7]
DAY = date(2024, 5, 6)
_PAPERS = 8_000
Question = Callable[[Database], object]


@pytest.fixture(scope="module", params=["sqlite", "sqlite with statistics", "postgresql"])
def filled_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with papers, dossiers and decisions, filled once for all tests here."""
    if request.param != "postgresql":
        url = f"sqlite:///{tmp_path_factory.mktemp('plans') / 'hoso.db'}"
    else:
        url = request.getfixturevalue("postgresql_server")
    open_database(url).close()
    made = list(make_papers(CITIZENS, tuple(load_catalogue().types.values()), _PAPERS, seed=1))
    fill(url, CITIZENS, iter(made))
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        _add_dossiers(connection, made)
    if request.param != "sqlite":  # it has statistics only where an operator made them
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    engine.dispose()
    return url


@pytest.fixture(autouse=True)
def _in_proportion(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest rows are as small a part of all as they would be of a million."""
    monkeypatch.setattr(search_statements, "NEWEST_ROWS", _PAPERS * search_statements.NEWEST_ROWS // 1_000_000)


def _add_dossiers(connection: Connection, made: list[MadePaper]) -> None:
    """A dossier for each paper, and an answer about it; every second paper is used again."""
    written = [
        ACTOR.model_dump() | {"code": f"H29.1.1-240506-{n:06}", "document_id": paper.document_id, "at": paper.filed_at}
        for n, paper in enumerate(made)
    ]
    own = [
        {name: row[name] for name in ("office_id", "actor_id", "code")} | {"received_at": row["at"]} for row in written
    ]
    waits = [
        {"due_on": row["received_at"].date(), "owner_number": f"{n:012}", "by_number": f"{n:012}"}
        | dict.fromkeys(("open_since", "owes_since", "uncompared_since"), row["received_at"] if n % 50 == 0 else None)
        for n, row in enumerate(own)
    ]
    known = {"procedure": "birth_registration", "record": "{}"}
    connection.execute(insert(dossiers), [row | more | known for row, more in zip(own, waits, strict=True)])
    _add_desk_rows(connection, made)
    _add_looks(connection, made)
    called = [
        row | {"call_id": str(n), "dossier_code": row["code"], "called_at": row["received_at"], "outcome": "reached"}
        for n, row in enumerate(own)
    ]
    connection.execute(
        insert(calls), [{name: row[name] for name in row if name not in ("code", "received_at")} for row in called]
    )
    parts = [
        {name: value for name, value in row.items() if name != "at"} | {"attached_at": row["at"]} for row in written
    ]
    connection.execute(
        insert(dossier_components),
        [row | {"component": "form", "digitised": True, "reused": n % 2} for n, row in enumerate(parts)],
    )
    connection.execute(
        insert(decisions),
        [
            ACTOR.model_dump()
            | {
                "decision_id": f"{kind}{n}",
                "subject_id": subject,
                "kind": kind,
                "decided_at": row["at"],
                "record": "{}",
            }
            for n, row in enumerate(written)
            for kind, subject in (("set_field", row["document_id"]), ("look_up", row["code"]), ("confirm", "x"))
        ],
    )


def _add_looks(connection: Connection, made: list[MadePaper]) -> None:
    """A look at each paper, a hundred a day up to the last day."""
    rows = [
        ACTOR.model_dump()
        | {"number": n + 1, "previous": "", "access": "look", "document_id": paper.document_id}
        | {"at": day_begins(DAY) - timedelta(days=(len(made) - n) // 100)}
        for n, paper in enumerate(made)
    ]
    connection.execute(insert(access_log), rows)


def _add_desk_rows(connection: Connection, made: list[MadePaper]) -> None:
    """A proposal, an open question and an answer for each paper; few of the proposals wait."""
    files = "submission_id, 0, office_id, actor_id, 'p', 'k', 's', 1, 'm' FROM submissions"
    connection.execute(text(f"INSERT INTO source_files SELECT {files}"))
    for table, told in (
        (proposals, {"component": "form"}),
        (open_questions, {"part": "type", "rank": -1}),
        (answer_times, {"kind": "type", "seconds": 1.0}),
    ):
        rows = []
        for n, paper in enumerate(made):
            row = ACTOR.model_dump() | told | {"document_id": paper.document_id, "code": f"H29.1.1-240506-{n:06}"}
            row |= {"asked_at": paper.filed_at if table is open_questions or n % 50 == 0 else None}
            row |= dict.fromkeys(("proposed_at", "answered_at"), paper.filed_at)
            rows.append({column.name: row.get(column.name, str(n)) for column in table.columns})
        connection.execute(insert(table), rows)


def plans(url: str, question: Question) -> Iterator[str]:
    """The plan of every query that the question leads to."""
    asked: list[tuple[str, Any]] = []

    def note(connection: object, cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    database = open_database(url)
    event.listen(Engine, "before_cursor_execute", note)
    try:
        question(database)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        database.close()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        explain = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        for statement, parameters in asked:
            steps = connection.exec_driver_sql(f"{explain} {statement}", parameters)
            yield "\n".join([statement, *(str(step[-1]) for step in steps)])
    engine.dispose()


def reads_all(plan: str) -> bool:
    """Whether it reads a whole table, or all rows of the office but in the order of time, which stops when it may."""
    tables = "|".join(metadata.tables.keys() - {"open_questions"})  # it holds nothing but what waits, and is counted
    whole = re.search(rf"^\W*(?:SCAN|(?:Parallel )?Seq Scan on) (?:{tables})\b(?! USING)", plan, re.MULTILINE)
    # These are over what waits alone, or are read in their order until there is enough.
    may = "search_rows_by_time|dossiers_by_time|dossiers_owing|dossiers_uncompared|proposals_open|" + LOG_BY_NUMBER
    office = re.search(rf"USING INDEX (?!{may})\w+ \(office_id=\?\)$", plan, re.MULTILINE)
    cond = rf"using (?!{may})\w+ on .*\n\s*Index Cond: \(office_id = '[^']*'::text\)$"
    return bool(whole or office or re.search(cond, plan, re.MULTILINE))


def find(database: Database, words: str, **filters: Any) -> SearchPage:
    return database.search.search(SearchQuery(**{"offices": (OFFICE,), "words": words} | filters))


def find_second_page(database: Database, words: str, **filters: Any) -> object:
    """A page of one and what follows, which leads to those that match without their marks as well."""
    first = find(database, words, limit=1, **filters)
    return first if first.next is None else find(database, words, after=first.next, limit=5, **filters)


FILTERS: dict[str, dict[str, Any]] = {
    "type": {"type": "giay_khai_sinh"},
    "a type that none has": {"type": "none"},
    "a state that none has": {"state": "needs_review"},
    "the state that all have": {"state": "filed"},
    "a procedure": {"procedure": "birth_registration"},
    "a day": {"filed_from": DAY, "filed_until": DAY},
    "the days since": {"filed_from": DAY},
    "the days until": {"filed_until": DAY},
    "several offices": {"offices": (OFFICE, "phuong-b", "phuong-c"), "type": "giay_khai_sinh"},
}
BY_WORDS = "search_rows_by_time|search_index VIRTUAL TABLE INDEX"
LOG_BY_NUMBER = "access_log_pkey|sqlite_autoindex_access_log_1"
QUESTIONS: dict[str, tuple[Question, tuple[str, ...]]] = {
    "citizen by number": (
        lambda database: database.people.by_number(OFFICE, SOMEBODY.personal_id),
        (),
    ),
    "citizen by id": (
        lambda database: database.people.by_id(OFFICE, SOMEBODY.citizen_id),
        ("citizens_by_merge", "numbers_by_citizen"),
    ),
    "citizens by name": (
        lambda database: database.people.namesakes(OFFICE, SOMEBODY.name, 6),
        ("citizens_by_name",),
    ),
    "papers and mentions of a citizen": (
        lambda database: database.register.links(OFFICE, SOMEBODY.citizen_id),
        ("papers_by_citizen", "papers_by_number"),
    ),
    "papers of a citizen, for page and checklist": (
        lambda database: database.papers.of_citizen(OFFICE, SOMEBODY.citizen_id),
        ("papers_by_citizen",),
    ),
    "what is in a dossier": (
        lambda database: database.dossiers.components(OFFICE, "H29.1.1-240506-000007"),
        (),
    ),
    "the newest dossiers": (
        lambda database: database.dossiers.recent("no office", 20),
        ("dossiers_by_time",),
    ),
    "who confirmed a paper": (
        lambda database: database.dossiers.confirmer(OFFICE, "no paper"),
        ("decisions_by_subject",),
    ),
    "what was looked up for a dossier": (
        lambda database: database.dossiers.look_ups(OFFICE, "no dossier"),
        ("decisions_by_subject",),
    ),
    "what waits": (
        lambda database: database.work.counts(OFFICE, DAY, DAY),
        ("dossiers_by_due", "dossiers_owing", "dossiers_uncompared", "submissions_by_"),
    ),
    "dossiers that are due": (
        lambda database: database.work.due(OFFICE, DAY, 0),
        ("dossiers_by_due",),
    ),
    "dossiers that owe papers": (
        lambda database: database.work.owing(OFFICE, 0),
        ("dossiers_owing",),
    ),
    "dossiers to be compared": (
        lambda database: database.work.uncompared(OFFICE, 0),
        ("dossiers_uncompared",),
    ),
    "open dossiers of a citizen": (
        lambda database: database.work.open_of(OFFICE, ["none", "other"]),
        ("dossiers_by_owner", "dossiers_by_bringer"),
    ),
    "stuck submissions": (
        lambda database: database.work.stuck(OFFICE, 9),
        ("submissions_by_change",),
    ),
    "waiting submissions": (
        lambda database: database.work.waiting(OFFICE, 9),
        ("submissions_(by_change|not_done)",),
    ),
    "proposals for dossiers": (
        lambda database: database.work.proposals(OFFICE, 9),
        ("proposals_open",),
    ),
    "calls about dossiers": (
        lambda database: database.calls.last(OFFICE, ["H29.1.1-240506-000007", "H29.1.1-240506-000008"]),
        ("calls_by_dossier",),
    ),
    "days of work": (
        lambda database: database.work.days(OFFICE, DAY, DAY),
        ("submissions_by_time", "submissions_by_change", "answer_times_by_day"),
    ),
    "looks by account and day": (
        lambda database: database.access_log.days(OFFICE, DAY - timedelta(days=3)),
        (LOG_BY_NUMBER,),
    ),
    "search by number": (
        lambda database: find(database, SOMEBODY.personal_id),
        (BY_WORDS, "papers_by_citizen"),
    ),
    "search by number and type": (
        lambda database: find(database, SOMEBODY.personal_id, type="giay_khai_sinh"),
        (BY_WORDS, "papers_by_citizen"),
    ),
    "search by name": (
        lambda database: find(database, SOMEBODY.name),
        (BY_WORDS,),
    ),
    "search by name without marks": (
        lambda database: find(database, fold(SOMEBODY.name)),
        (BY_WORDS,),
    ),
    "search by a word that many papers hold": (
        lambda database: find(database, "giấy"),
        (BY_WORDS,),
    ),
    "second page of a search": (
        lambda database: find_second_page(database, fold(SOMEBODY.name)),
        (BY_WORDS,),
    ),
    "figures by day": (
        lambda database: database.figures.count(OFFICE, DAY, DAY, "day"),
        ("dossiers_by_time", "papers_by_day", "decisions_by_kind"),
    ),
    "figures of the office": (
        lambda database: database.figures.count(OFFICE, DAY, DAY, "office"),
        ("dossiers_by_time", "papers_by_day", "decisions_by_kind"),
    ),
    "figures by procedure": (
        lambda database: database.figures.count(OFFICE, DAY, DAY, "procedure"),
        ("dossiers_by_time", "papers_by_day", "decisions_by_kind"),
    ),
}


@pytest.mark.parametrize("words", ["", "giấy"])
@pytest.mark.parametrize("chosen", FILTERS)
def test_no_filter_of_a_search_reads_a_whole_table(filled_url: str, chosen: str, words: str) -> None:
    found = list(plans(filled_url, lambda database: find_second_page(database, words, **FILTERS[chosen])))
    assert [plan for plan in found if reads_all(plan)] == []
    assert any(re.search(BY_WORDS, plan) for plan in found)


@pytest.mark.parametrize("asked", QUESTIONS)
def test_no_question_reads_a_whole_table(filled_url: str, asked: str) -> None:
    question, indexes = QUESTIONS[asked]
    found = list(plans(filled_url, question))
    assert [plan for plan in found if reads_all(plan)] == []
    assert [index for index in indexes if not any(re.search(index, plan) for plan in found)] == []


def test_a_rare_name_is_found_by_the_full_text_index(filled_url: str) -> None:
    found = list(plans(filled_url, lambda database: find(database, SOMEBODY.name)))
    indexes = ("search_exact", "search_index VIRTUAL TABLE INDEX")
    assert any(index in plan for plan in found for index in indexes)


def test_the_newest_papers_with_a_common_word_need_no_sorting_of_all(filled_url: str) -> None:
    found = "\n".join(plans(filled_url, lambda database: find(database, "giấy ", limit=1)))
    if filled_url.startswith("sqlite"):
        assert "search_index VIRTUAL TABLE INDEX" in found
        assert "TEMP B-TREE" not in found.partition("FROM search_rows JOIN search_index")[2].partition("SELECT")[0]
    else:
        assert "search_rows_by_time" in found
        assert "search_exact" not in found
