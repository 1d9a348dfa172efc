"""The promises of AuditTrail: one chain an office, whoever writes at once, on both databases."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from pipeline.adapters.database.engine import Database
from pipeline.adapters.database.migrations import configuration
from pipeline.audit.closing import NOBODY
from pipeline.chain import START, chained, hash_of, head_of, line_of
from schemas.access import AccessEntry, LogFilter, LoggedAccess
from schemas.audit import Head
from schemas.people import Actor
from tests.contract.examples import ACTOR, NEIGHBOUR, Opener, minutes
from tests.contract.examples import START as MORNING

OFFICE = ACTOR.office_id
MONDAY = date(2026, 3, 2)


def look(document_id: str = "d", actor: Actor = ACTOR, minute: int = 0) -> AccessEntry:
    return AccessEntry(at=minutes(minute), actor=actor, access="look", purpose="visit", document_id=document_id)


def is_chained(entries: tuple[LoggedAccess, ...]) -> bool:
    """Whether numbers count from 1 and each entry holds the hash of the one before."""
    numbers = [one.number for one in entries] == list(range(1, len(entries) + 1))
    befores = [START, *(hash_of(line_of(one)) for one in entries[:-1])]
    return numbers and [one.previous for one in entries] == befores


def test_entries_of_an_office_are_numbered_and_hold_each_other(database: Database) -> None:
    database.access_log.write(look("a"), look("b"))
    database.access_log.write(look("c"))
    entries = database.audit.read(OFFICE, 0, 9)
    assert [one.entry.document_id for one in entries] == ["a", "b", "c"]
    assert is_chained(entries)
    assert database.audit.head(OFFICE) == head_of(entries[-1])


def test_an_entry_comes_back_from_the_database_as_it_was_hashed(database: Database) -> None:
    entry = look().model_copy(update={"at": MORNING + timedelta(microseconds=1), "subject_id": "Đơn của bà Hường"})
    database.access_log.write(entry)
    (logged,) = database.audit.read(OFFICE, 0, 9)
    assert logged.entry == entry
    assert hash_of(line_of(logged)) == database.audit.head(OFFICE).sha256


def test_each_office_has_a_chain_of_its_own(database: Database) -> None:
    database.access_log.write(look("a"), look("x", NEIGHBOUR), look("b"))
    assert is_chained(database.audit.read(OFFICE, 0, 9))
    assert [one.number for one in database.audit.read(NEIGHBOUR.office_id, 0, 9)] == [1]
    assert database.audit.offices() == (OFFICE, NEIGHBOUR.office_id)


def test_an_office_without_entries_has_no_head(database: Database) -> None:
    assert database.audit.head(OFFICE) == Head(office_id=OFFICE, number=0, sha256=START)


def test_threads_that_write_at_once_make_one_chain(open_another: Opener) -> None:
    databases, begin = [open_another() for _ in range(4)], threading.Barrier(4)

    def write(database: Database) -> None:
        begin.wait()
        for _ in range(10):
            database.access_log.write(look("x", NEIGHBOUR), look(), look())

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, databases))
    entries = databases[0].audit.read(OFFICE, 0, 100)
    assert len(entries) == 80
    assert is_chained(entries)
    assert is_chained(databases[0].audit.read(NEIGHBOUR.office_id, 0, 100))


_WRITER = """
import sys
from pipeline.adapters.database.engine import open_database
from tests.contract.test_audit_trail import look
database = open_database(sys.argv[1])
sys.stdin.readline()
for _ in range(10):
    database.access_log.write(look())
"""


def test_processes_that_write_at_once_make_one_chain(database: Database, database_url: str) -> None:
    command_line = [sys.executable, "-c", _WRITER, database_url]
    writers = [subprocess.Popen(command_line, stdin=subprocess.PIPE, text=True) for _ in range(3)]
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.close()
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    entries = database.audit.read(OFFICE, 0, 100)
    assert len(entries) == 30
    assert is_chained(entries)


def test_what_fails_leaves_no_gap(database: Database) -> None:
    database.access_log.write(look("a"))
    spoilt = look("b").model_copy(update={"document_id": object()})
    with pytest.raises(TypeError):
        database.access_log.write(look("b"), spoilt)
    database.access_log.write(look("c"))
    assert [one.entry.document_id for one in database.audit.read(OFFICE, 0, 9)] == ["a", "c"]


def closed(said: str, actor: Actor = ACTOR) -> AccessEntry:
    """That a day was closed, as the night writes it, the day after START's."""
    by = Actor(office_id=actor.office_id, actor_id=NOBODY)
    return AccessEntry(at=MORNING + timedelta(days=1), actor=by, access="close_day", subject_id=said)


def test_without_a_closed_day_the_oldest_open_one_is_that_of_the_first_entry(database: Database) -> None:
    assert database.audit.oldest_open_day(OFFICE) is None
    database.access_log.write(look(), look(minute=3 * 24 * 60))
    assert database.audit.oldest_open_day(OFFICE) == MONDAY


def test_the_oldest_open_day_goes_on_behind_the_last_that_was_closed(database: Database) -> None:
    database.access_log.write(look(), closed("2026-03-02"), closed("2026-03-03"), look(minute=9 * 24 * 60))
    assert database.audit.oldest_open_day(OFFICE) == MONDAY + timedelta(days=2)


def test_the_closed_days_of_one_office_are_not_anothers(database: Database) -> None:
    database.access_log.write(look(), look("x", NEIGHBOUR), closed("2026-03-02", NEIGHBOUR))
    assert database.audit.oldest_open_day(OFFICE) == MONDAY
    assert database.load.measure().log_unclosed_since == MONDAY


@pytest.mark.parametrize("said", ["", "Tuesday", "9999-12-31"])
def test_an_entry_that_was_spoilt_closes_what_lies_before_it(database: Database, said: str) -> None:
    database.access_log.write(look(), closed(said))
    assert database.audit.oldest_open_day(OFFICE) == MONDAY + timedelta(days=1)


def test_the_last_entry_before_a_moment_is_found(database: Database) -> None:
    database.access_log.write(*(look(minute=minute) for minute in (0, 1, 5, 2)))
    assert database.audit.last_before(OFFICE, 0, minutes(2)) == 2
    assert database.audit.last_before(OFFICE, 2, minutes(2)) == 2
    assert database.audit.last_before(OFFICE, 2, minutes(3)) == 4


def test_the_first_entry_since_a_moment_is_found_whatever_was_noted_late_behind_it(database: Database) -> None:
    assert database.audit.before_first(OFFICE, minutes(2)) == 0
    database.access_log.write(*(look(minute=minute) for minute in (0, 1, 5, 6, 2)))
    assert database.audit.before_first(OFFICE, minutes(0)) == 0
    assert database.audit.before_first(OFFICE, minutes(3)) == 2
    assert database.audit.before_first(OFFICE, minutes(7)) == 5


def test_entries_that_are_there_are_not_taken_in_again(database: Database) -> None:
    database.access_log.write(look("a"), look("b"))
    kept = database.audit.read(OFFICE, 0, 9)
    later = tuple(chained(head_of(kept[-1]), [look("c")]))
    assert database.audit.take_in(OFFICE, (*kept, *later)) == 1
    assert database.audit.read(OFFICE, 0, 9) == (*kept, *later)
    database.access_log.write(look("d"))
    assert is_chained(database.audit.read(OFFICE, 0, 9))


def test_a_chain_goes_on_behind_a_head_that_was_lost(database: Database) -> None:
    database.access_log.write(look("a"))
    lost = Head(office_id=OFFICE, number=7, sha256="f" * 64)
    assert database.audit.go_on(lost, look("b"))
    (logged,) = database.audit.read(OFFICE, 1, 9)
    assert (logged.number, logged.previous) == (8, "f" * 64)
    assert not database.audit.go_on(lost, look("c"))


def test_entries_of_before_the_chain_are_in_it(database_url: str, open_another: Opener) -> None:
    path = database_url.removeprefix("sqlite:///")
    if path != database_url:
        Path(path).parent.mkdir()
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        command.upgrade(configuration(connection), "0007")
        said = text(
            "INSERT INTO access_log (office_id, actor_id, at, access, document_id)"
            " VALUES (:office_id, 'lan', '2026-03-02 07:30:00.000000', 'look', :document_id)"
        )
        for office_id, document_id in ((OFFICE, "a"), (NEIGHBOUR.office_id, "x"), (OFFICE, "b")):
            connection.execute(said, {"office_id": office_id, "document_id": document_id})
    engine.dispose()
    database = open_another()
    database.access_log.write(look("c"))
    entries = database.audit.read(OFFICE, 0, 9)
    assert [one.entry.document_id for one in entries] == ["a", "b", "c"]
    assert is_chained(entries)
    assert is_chained(database.audit.read(NEIGHBOUR.office_id, 0, 9))
    assert [one.entry.document_id for one in database.access_log.find(OFFICE, LogFilter(), 9)] == ["c", "b", "a"]
