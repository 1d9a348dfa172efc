"""The promises of People, and of the register that `finish` keeps."""

import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from pipeline.adapters.database.engine import Database
from tests.contract.examples import (
    ACTOR,
    HUONG_NUMBER,
    HUONG_OLD_NUMBER,
    NEIGHBOUR,
    Opener,
    a_paper,
    file,
    hold,
    huong,
    receive,
)

OFFICE = ACTOR.office_id
BORN = date(1990, 5, 17)


def test_a_certain_owner_enters_the_register_with_a_random_id(database: Database) -> None:
    file(database, "x", people=(huong(date_of_birth="1990-05-17"),))
    citizen = database.people.by_number(OFFICE, HUONG_NUMBER)
    assert citizen is not None
    assert (citizen.name, citizen.date_of_birth, citizen.aliases) == ("Nguyễn Thị Hường", BORN, ())
    assert HUONG_NUMBER not in citizen.citizen_id


def test_a_proposed_owner_does_not_enter_the_register(database: Database) -> None:
    file(database, "x", people=(huong(link="proposed"),))
    assert database.people.by_number(OFFICE, HUONG_NUMBER) is None


def test_an_owner_without_number_does_not_enter_the_register(database: Database) -> None:
    file(database, "x", people=(huong(personal_id=None, date_of_birth="1990-05-17"),))
    assert database.people.by_name_and_birth(OFFICE, "Nguyễn Thị Hường", BORN) == ()


def test_a_known_citizen_is_found_again_not_added(database: Database) -> None:
    file(database, "x", people=(huong(),))
    first = database.people.by_number(OFFICE, HUONG_NUMBER)
    file(database, "x", people=(huong(name="Nguyễn Thị Hưởng"),))
    assert database.people.by_number(OFFICE, HUONG_NUMBER) == first


def test_a_later_paper_adds_the_birth_date_that_was_unknown(database: Database) -> None:
    for born in ("1990", "1990-05-17", "1991-01-01"):
        file(database, "x", people=(huong(date_of_birth=born),))
    citizen = database.people.by_number(OFFICE, HUONG_NUMBER)
    assert citizen is not None
    assert citizen.date_of_birth == BORN


def test_an_old_number_becomes_an_alias_by_which_the_citizen_is_found(database: Database) -> None:
    for _ in range(2):
        file(database, "x", people=(huong(old_number=HUONG_OLD_NUMBER),))
    citizen = database.people.by_number(OFFICE, HUONG_OLD_NUMBER)
    assert citizen is not None
    assert citizen == database.people.by_number(OFFICE, HUONG_NUMBER)
    assert citizen.aliases == (HUONG_OLD_NUMBER,)


def test_an_alias_stays_with_its_first_citizen(database: Database) -> None:
    file(database, "x", people=(huong(old_number=HUONG_OLD_NUMBER),))
    file(database, "x", people=(huong(personal_id="001190099999", old_number=HUONG_OLD_NUMBER),))
    citizen = database.people.by_number(OFFICE, HUONG_OLD_NUMBER)
    assert citizen is not None
    assert citizen.personal_id == HUONG_NUMBER


def test_the_register_is_each_offices_own(database: Database) -> None:
    person = huong(date_of_birth="1990-05-17", old_number=HUONG_OLD_NUMBER)
    file(database, "x", people=(person,), actor=NEIGHBOUR)
    for office_id, count in ((NEIGHBOUR.office_id, 1), (OFFICE, 0)):
        found = [database.people.by_number(office_id, number) for number in (HUONG_NUMBER, HUONG_OLD_NUMBER)]
        assert [citizen is not None for citizen in found] == [count == 1] * 2
        assert len(database.people.by_name_and_birth(office_id, "Nguyễn Thị Hường", BORN)) == count


def test_a_name_is_found_in_any_case_and_form_but_with_its_marks(database: Database) -> None:
    file(database, "x", people=(huong(date_of_birth="1990-05-17"),))
    file(database, "x", people=(huong(personal_id="001190099999", date_of_birth="1990-05-17"),))
    decomposed = unicodedata.normalize("NFD", "NGUYỄN THỊ HƯỜNG")
    found = database.people.by_name_and_birth(OFFICE, decomposed, BORN)
    assert [citizen.personal_id for citizen in found] == [HUONG_NUMBER, "001190099999"]
    assert database.people.by_name_and_birth(OFFICE, "Nguyễn Thị Hưởng", BORN) == ()
    assert database.people.by_name_and_birth(OFFICE, decomposed, date(1990, 5, 18)) == ()


def test_two_papers_filed_at_once_make_one_citizen(database: Database, open_another: Opener) -> None:
    people = (huong(), huong(personal_id="001190099999"))
    start = threading.Barrier(2)

    def file_papers(own: Database, order: int) -> None:
        submission = receive(own)
        lease = hold(own, submission)
        papers = tuple((a_paper(submission, people=(person,)), ("x",)) for person in people[::order])
        start.wait()
        own.leases.finish(lease, papers, None)

    with ThreadPoolExecutor(2) as pool:
        filed = [pool.submit(file_papers, open_another(), order) for order in (1, -1)]
    for future in filed:
        future.result()
    for person in people:
        assert person.personal_id is not None
        citizen = database.people.by_number(OFFICE, person.personal_id)
        assert citizen is not None
        assert len(database.papers.of_citizen(OFFICE, citizen.citizen_id)) == 2
