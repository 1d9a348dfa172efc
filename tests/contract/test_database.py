"""What holds for the database as a whole: migrations, errors, query plans, starting at once."""

import sqlite3
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, insert, text

from pipeline.adapters.database.engine import Database, open_database
from pipeline.adapters.database.migrations import configuration
from pipeline.adapters.database.search_statements import asked_of, match_query
from pipeline.adapters.database.tables import SCHEMA_VERSION, metadata, papers, search_rows, submissions
from pipeline.errors import HosoError, Misconfigured, ServiceUnavailable
from pipeline.search_words import query_units
from schemas.search import SearchQuery
from tests.contract.examples import ACTOR, HUONG_OLD_NUMBER, Opener, a_paper, a_submission, file, huong, minutes
from tests.services.processes import free_port

OFFICE = ACTOR.office_id


def test_the_migrations_make_the_tables_as_declared(database_url: str, open_another: Opener) -> None:
    open_another()
    with create_engine(database_url.replace("postgresql:", "postgresql+psycopg:")).connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
        only_in_database = {"remove_table", "remove_index"}  # the full-text indexes
        assert [change for change in differences if change[0] not in only_in_database] == []
        assert ScriptDirectory.from_config(configuration(connection)).get_current_head() == SCHEMA_VERSION


_FIRST_REGISTER = """
INSERT INTO submissions (submission_id, office_id, actor_id, content_sha256, channel, received_at, state, state_since,
 pages_done, attempts, fence)
 VALUES ('s', 'phuong-a', 'lan', 'c', 'counter', '2026-03-02', 'done', '2026-03-02', 1, 1, 1);
INSERT INTO papers (office_id, document_id, actor_id, submission_id, content_sha256, first_page, filed_at, record)
 VALUES ('phuong-a', 'd', 'lan', 's', 'c', 1, '2026-03-02', :record);
INSERT INTO citizens (citizen_id, office_id, actor_id, personal_id, name, name_key, date_of_birth)
 VALUES ('huong', 'phuong-a', 'lan', '001190012345', 'Nguyễn Thị Hường', 'nguyễn thị hường', '1990-05-17');
INSERT INTO citizens (citizen_id, office_id, actor_id, personal_id, name, name_key)
 VALUES ('lan', 'phuong-a', 'lan', '079192054321', 'Trần Thị Lan', 'trần thị lan');
INSERT INTO citizen_aliases (office_id, number, actor_id, citizen_id)
 VALUES ('phuong-a', '012345678', 'lan', 'huong');
INSERT INTO paper_people (office_id, document_id, position, actor_id, role, link, citizen_id)
 VALUES ('phuong-a', 'd', 0, 'lan', 'owner', 'filed', 'huong')
"""


def test_people_on_the_first_register_are_on_the_new_one(database_url: str, open_another: Opener) -> None:
    """What the first migration's tables held: numbers, aliases, birth dates and papers' owners."""
    record = a_paper(a_submission(submission_id="s"), document_id="d", people=(huong(),)).model_dump_json()
    path = database_url.removeprefix("sqlite:///")
    if path != database_url:
        Path(path).parent.mkdir()
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        command.upgrade(configuration(connection), "0001")
        for statement in _FIRST_REGISTER.split(";"):
            named = {"record": record} if ":record" in statement else {}
            connection.execute(text(statement), named)
    engine.dispose()
    database = open_another()
    citizen = database.people.by_number(OFFICE, HUONG_OLD_NUMBER)
    assert citizen is not None
    assert (citizen.citizen_id, citizen.personal_id, citizen.name) == ("huong", "001190012345", "Nguyễn Thị Hường")
    assert (citizen.date_of_birth, citizen.aliases) == (date(1990, 5, 17), (HUONG_OLD_NUMBER,))
    assert database.people.namesakes(OFFICE, "nguyen thi huong", 9) == (citizen,)
    lan = database.people.by_number(OFFICE, "079192054321")
    assert lan is not None
    assert (lan.born, lan.aliases) == (None, ())
    assert [paper.document_id for paper in database.papers.of_citizen(OFFICE, "huong")] == ["d"]


def test_every_row_tells_its_office_and_actor_but_those_of_nobody_yet_and_of_the_machine_itself() -> None:
    without = [name for name, table in metadata.tables.items() if not {"office_id", "actor_id"} <= {*table.c.keys()}]
    machine = ["changed_rows", "restoring", "integrity", "integrity_findings", "turns", "audit_heads"]
    assert sorted(without) == sorted(["sign_in_tries", "newcomers", *machine])


def test_what_was_written_is_there_when_opened_again(open_another: Opener) -> None:
    paper = file(open_another(), "text")
    assert open_another().papers.get(OFFICE, paper.document_id) == paper


def test_several_may_open_a_new_database_at_once(database_url: str) -> None:
    start = threading.Barrier(4)

    def open_together() -> Database:
        start.wait()
        return open_database(database_url)

    with ThreadPoolExecutor(4) as pool:
        opened = [pool.submit(open_together) for _ in range(4)]
    for future in opened:
        future.result().close()


def test_a_new_sqlite_file_that_somebody_writes_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "hoso.db"
    writer = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    writer.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(open_database, f"sqlite:///{path}")
        with pytest.raises(TimeoutError):
            opening.result(timeout=0.5)  # it neither opens nor gives up while the other writes
        writer.execute("COMMIT")
        opening.result().close()
    writer.close()


def test_a_database_of_a_newer_hoso_is_left_alone(database_url: str, open_another: Opener) -> None:
    open_another()
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from the future'"))
    engine.dispose()
    with pytest.raises(Misconfigured) as caught:
        open_database(database_url)
    assert caught.value.code == "newer_database"


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite://", "mysql://host/name", "file:/tmp/x"])
def test_a_database_url_of_another_form_is_for_the_operator(url: str) -> None:
    with pytest.raises(Misconfigured):
        open_database(url)


def test_a_postgresql_that_does_not_answer_is_away() -> None:
    with pytest.raises(ServiceUnavailable) as caught:
        open_database(f"postgresql://hoso@127.0.0.1:{free_port()}/hoso")
    assert caught.value.code == "database_away"


def test_a_sqlite_file_that_cannot_be_opened_is_away(tmp_path: Path) -> None:
    (tmp_path / "hoso.db").mkdir()
    with pytest.raises(ServiceUnavailable):
        open_database(f"sqlite:///{tmp_path / 'hoso.db'}")


def test_connections_that_the_server_cut_are_made_anew(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    paper = file(database, "text")
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert database.papers.get(OFFICE, paper.document_id) == paper
    database.close()


def test_a_drivers_error_carries_no_values(open_another: Opener) -> None:
    database = open_another()
    submission = a_submission(handed_in_by="001190012345", submission_id="twice")
    database.submissions.receive(submission)
    with pytest.raises(HosoError) as caught:
        database.submissions.receive(submission)
    assert caught.value.code == "internal"
    shown = "".join(traceback.format_exception(caught.value))
    assert "001190012345" not in shown
    assert "twice" not in shown


def test_a_removed_paper_leaves_the_sqlite_index(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'hoso.db'}")
    file(database, "Hường")
    with create_engine(f"sqlite:///{tmp_path / 'hoso.db'}").begin() as connection:
        connection.execute(text("DELETE FROM search_rows"))
        connection.execute(text("INSERT INTO search_index (search_index) VALUES ('integrity-check')"))
    assert database.search.search(SearchQuery(offices=(OFFICE,), words="Hường", limit=9)).hits == ()
    database.close()


def _fill(connection: Connection, count: int) -> None:
    """`count` papers of one page each, written at once; one of them holds the word `hường`."""
    source = a_submission().model_dump(exclude={"actor", "sources"}) | {"submission_id": "s", "fence": 0}
    connection.execute(insert(submissions).values(source | ACTOR.model_dump()))
    written = [ACTOR.model_dump() | {"document_id": f"d{n}", "filed_at": minutes(n)} for n in range(count)]
    connection.execute(
        insert(papers),
        [row | {"submission_id": "s", "content_sha256": "c", "first_page": 1, "record": "{}"} for row in written],
    )
    words = [[f"từ{number % 97}", f"tên{number}", "phường"] for number in range(count)]
    words[0] = ["hường"]
    connection.execute(
        insert(search_rows),
        [row | {"page": 1, "exact": page, "folded": page} for row, page in zip(written, words, strict=True)],
    )


@pytest.mark.parametrize("exact", [True, False])
def test_search_uses_the_full_text_index(database_url: str, open_another: Opener, exact: bool) -> None:
    open_another()
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        _fill(connection, 12_000)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM"))  # as PostgreSQL does by itself: new rows leave the index's waiting list
        connection.execute(text("ANALYZE"))
        asked = asked_of(SearchQuery(offices=(OFFICE,)), query_units("hường 716/2018"))
        query = match_query(connection, asked, exact=exact, after=None).limit(21)
        statement = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        on_postgresql = connection.dialect.name == "postgresql"
        explain = "EXPLAIN " if on_postgresql else "EXPLAIN QUERY PLAN "
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement.replace("%", "%%")))
    engine.dispose()
    if on_postgresql:
        assert f"Bitmap Index Scan on search_{'exact' if exact else 'folded'}" in plan
        assert "Seq Scan" not in plan
    else:
        assert "search_index VIRTUAL TABLE INDEX" in plan
        assert "SEARCH search_rows USING INTEGER PRIMARY KEY" in plan


def test_no_question_reads_a_whole_table(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'hoso.db'}"
    database = open_database(url)
    paper = file(database, "Hường", people=(huong(old_number=HUONG_OLD_NUMBER),))
    asked: list[tuple[str, object]] = []

    def note(connection: object, cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    database.submissions.get(OFFICE, paper.submission_id)
    database.submissions.find_content(OFFICE, paper.content_sha256)
    database.submissions.recent(OFFICE, 9)
    database.leases.waiting(9)
    database.papers.page_texts(OFFICE, paper.document_id)
    database.papers.of_content(OFFICE, paper.content_sha256)
    citizen = database.people.by_number(OFFICE, HUONG_OLD_NUMBER)
    assert citizen is not None
    database.papers.of_citizen(OFFICE, citizen.citizen_id)
    database.people.by_id(OFFICE, citizen.citizen_id)
    database.people.namesakes(OFFICE, citizen.name, 9)
    for born in (None, "1990", "1990-05-17"):
        database.people.alike(OFFICE, citizen.name, born, HUONG_OLD_NUMBER)
    database.register.history(OFFICE, citizen.citizen_id)
    database.register.links(OFFICE, citizen.citizen_id)
    database.search.search(SearchQuery(offices=(OFFICE,), words=HUONG_OLD_NUMBER, limit=9))
    database.search.search(SearchQuery(offices=(OFFICE,), words="Hường", limit=9))
    event.remove(Engine, "before_cursor_execute", note)
    database.close()

    assert len(asked) > 10
    engine = create_engine(url)
    with engine.connect() as connection:
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
            scanned = {step.split()[1] for *_, step in plan if step.startswith("SCAN")}
            assert not scanned & set(metadata.tables), statement
    engine.dispose()
