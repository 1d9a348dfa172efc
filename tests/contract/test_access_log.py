"""The promises of AccessLog."""

from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.adapters.database.engine import Database
from schemas.access import Access, AccessEntry, LogFilter
from schemas.audit import DayOfLooks
from schemas.people import Actor
from tests.contract.examples import ACTOR, HUONG_NUMBER, NEIGHBOUR, file, huong

OFFICE = ACTOR.office_id
NOON = datetime(2026, 3, 21, 5, tzinfo=UTC)
ALL = LogFilter()
DAY = date(2026, 3, 21)


def look(database: Database, document_id: str | None = "d", actor: Actor = ACTOR, **changes: object) -> None:
    entry = AccessEntry(at=NOON, actor=actor, access="look", purpose="visit", document_id=document_id)
    database.access_log.write(entry.model_copy(update=changes))


def papers_seen(database: Database, wanted: LogFilter, **where: int) -> list[str | None]:
    return [one.entry.document_id for one in database.access_log.find(OFFICE, wanted, where.pop("limit", 9), **where)]


def test_an_entry_comes_back_whole(database: Database) -> None:
    entry = AccessEntry(
        at=NOON,
        actor=ACTOR,
        access="reuse",
        purpose="dossier",
        visit_id="v",
        citizen_id="c",
        document_id="d",
        subject_id="H29",
    )
    database.access_log.write(entry)
    assert [one.entry for one in database.access_log.find(OFFICE, ALL, 9)] == [entry]


def test_the_log_is_read_newest_first_and_page_by_page(database: Database) -> None:
    for document_id in "abc":
        look(database, document_id)
    first = database.access_log.find(OFFICE, ALL, 2)
    assert [one.entry.document_id for one in first] == ["c", "b"]
    assert papers_seen(database, ALL, before=first[-1].number) == ["a"]


def test_another_office_reads_nothing_of_it(database: Database) -> None:
    look(database, actor=NEIGHBOUR)
    assert papers_seen(database, ALL) == []


@pytest.mark.parametrize(
    "wanted",
    [
        LogFilter(actor_id=ACTOR.actor_id),
        LogFilter(document_id="wanted"),
        LogFilter(since=NOON + timedelta(hours=1)),
        LogFilter(since=NOON + timedelta(hours=1), until=NOON + timedelta(hours=3)),
        LogFilter(actor_id=ACTOR.actor_id, document_id="wanted"),
    ],
)
def test_a_filter_leaves_what_it_names(database: Database, wanted: LogFilter) -> None:
    look(database, "other", ACTOR.model_copy(update={"actor_id": "hoa"}))
    look(database, "wanted", at=NOON + timedelta(hours=2))
    assert papers_seen(database, wanted) == ["wanted"]


def test_the_end_of_a_time_is_excluded(database: Database) -> None:
    look(database)
    assert papers_seen(database, LogFilter(until=NOON)) == []


def test_what_concerned_a_citizen_is_found_by_him_and_by_his_papers(database: Database) -> None:
    paper = file(database, "x", people=(huong(),))
    citizen = database.people.by_number(OFFICE, HUONG_NUMBER)
    assert citizen is not None
    look(database, paper.document_id)
    look(database, "of another")
    database.access_log.write(
        AccessEntry(at=NOON, actor=ACTOR, access="open_citizen", purpose="visit", citizen_id=citizen.citizen_id)
    )
    found = database.access_log.of_citizen(OFFICE, citizen.citizen_id, 9)
    assert [one.entry.access for one in found] == ["open_citizen", "look"]
    assert database.access_log.find(OFFICE, LogFilter(citizen_id=citizen.citizen_id), 9) == found


def day_of_looks(**values: object) -> DayOfLooks:
    return DayOfLooks.model_validate({"login": ACTOR.actor_id, "day": DAY, "looks": 1, "at_night": 0} | values)


def test_the_people_that_an_account_saw_on_a_day_are_counted_once_each(database: Database) -> None:
    paper = file(database, "x", people=(huong(),))
    citizen = database.people.by_number(OFFICE, HUONG_NUMBER)
    assert citizen is not None
    look(database, paper.document_id)
    look(database, paper.document_id, access="download")
    look(database, document_id=None, citizen_id=citizen.citizen_id, access="open_citizen")
    look(database, "of nobody that is known", access="search")
    look(database, paper.document_id, ACTOR.model_copy(update={"actor_id": "hoa"}))
    assert database.access_log.days(OFFICE, DAY) == (
        day_of_looks(login="hoa", people=1),
        day_of_looks(people=2, looks=4),
    )


def test_days_are_those_at_the_counters_and_nights_are_told(database: Database) -> None:
    midnight = datetime(2026, 3, 20, 17, tzinfo=UTC)
    for hours in (-1, 0, 6, 19, 20):
        look(database, at=midnight + timedelta(hours=hours))
    assert database.access_log.days(OFFICE, DAY - timedelta(days=1)) == (
        day_of_looks(day=DAY - timedelta(days=1), people=1, at_night=1),
        day_of_looks(people=1, looks=4, at_night=2),
    )


def test_earlier_days_and_other_offices_are_not_counted(database: Database) -> None:
    look(database, at=NOON - timedelta(days=1))
    look(database, actor=NEIGHBOUR)
    assert database.access_log.days(OFFICE, DAY) == ()
    look(database)
    assert database.access_log.days(OFFICE, DAY) == (day_of_looks(people=1),)


@pytest.mark.parametrize("access", ["receive", "change", "refused", "decide"])
def test_what_shows_no_paper_is_no_look(database: Database, access: Access) -> None:
    look(database, access=access)
    look(database, document_id=None, access="export", subject_id="access-log")
    assert database.access_log.days(OFFICE, DAY) == ()
