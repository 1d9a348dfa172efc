"""The promises of People, and of the register that `finish` keeps."""

import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from pipeline.adapters.database.engine import Database
from schemas.dossier import Paper
from schemas.people import PersonOnPaper
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
    assert database.people.namesakes(OFFICE, "Nguyễn Thị Hường", 9) == ()


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
        assert len(database.people.namesakes(office_id, "Nguyễn Thị Hường", 9)) == count


def test_namesakes_are_found_in_any_case_and_form_and_without_marks(database: Database) -> None:
    for number in (HUONG_NUMBER, "001190099999"):
        file(database, "x", people=(huong(personal_id=number),))
    for name in (unicodedata.normalize("NFD", "NGUYỄN  THỊ HƯỜNG"), "nguyen thi huong", "Nguyễn Thị Hưởng"):
        found = database.people.namesakes(OFFICE, name, 9)
        assert [citizen.personal_id for citizen in found] == [HUONG_NUMBER, "001190099999"]
    assert database.people.namesakes(OFFICE, "Nguyễn Thị Hương Lan", 9) == ()
    assert len(database.people.namesakes(OFFICE, "Nguyễn Thị Hường", 1)) == 1


def test_two_papers_filed_at_once_make_one_citizen(database: Database, open_another: Opener) -> None:
    people = (huong(), huong(personal_id="001190099999"))
    start = threading.Barrier(2)

    def file_papers(own: Database, order: int) -> None:
        submission = receive(own)
        lease = hold(own, submission)
        papers = tuple((a_paper(submission, people=(person,)), ("x",)) for person in people[::order])
        start.wait()
        own.leases.file(lease, papers)

    with ThreadPoolExecutor(2) as pool:
        filed = [pool.submit(file_papers, open_another(), order) for order in (1, -1)]
    for future in filed:
        future.result()
    for person in people:
        assert person.personal_id is not None
        citizen = database.people.by_number(OFFICE, person.personal_id)
        assert citizen is not None
        assert len(database.papers.of_citizen(OFFICE, citizen.citizen_id)) == 2


def test_numbers_of_every_kind_lead_to_their_owner(database: Database) -> None:
    file(database, "x", people=(huong(passport="X0000001", old_number=HUONG_OLD_NUMBER),))
    file(database, "x", people=(huong(personal_id=None, tax_code="0314409058-002", name="CHI NHÁNH HOA SEN"),))
    found = {
        database.people.by_number(OFFICE, number)
        for number in (HUONG_NUMBER, "001 190 012345", "012.345.678", "X0000001", "x 0000001")
    }
    (citizen,) = found
    assert citizen is not None
    assert (citizen.personal_id, set(citizen.aliases)) == (HUONG_NUMBER, {"X0000001", HUONG_OLD_NUMBER})
    branch = database.people.by_number(OFFICE, "0314409058 002")
    assert branch is not None
    assert (branch.kind, branch.tax_code) == ("organisation", "0314409058002")


def test_a_year_of_birth_is_kept_until_a_paper_tells_the_day(database: Database) -> None:
    file(database, "x", people=(huong(date_of_birth="1990"),))
    citizen = database.people.by_number(OFFICE, HUONG_NUMBER)
    assert citizen is not None
    assert (citizen.date_of_birth, citizen.birth_year, citizen.born) == (None, 1990, "1990")
    file(database, "x", people=(huong(date_of_birth="1990-05-17"),))
    citizen = database.people.by_id(OFFICE, citizen.citizen_id)
    assert citizen is not None
    assert (citizen.date_of_birth, citizen.birth_year) == (BORN, None)


def test_a_citizen_is_found_by_id_in_its_own_office_only(database: Database) -> None:
    file(database, "x", people=(huong(),))
    citizen = database.people.by_number(OFFICE, HUONG_NUMBER)
    assert citizen is not None
    assert database.people.by_id(OFFICE, citizen.citizen_id) == citizen
    assert database.people.by_id(NEIGHBOUR.office_id, citizen.citizen_id) is None
    assert database.people.by_id(OFFICE, "nobody") is None


def test_alike_are_those_with_nearly_the_number_or_of_the_name_without_one(database: Database) -> None:
    near = huong(personal_id="001190012346", name="Trần Thị Lan")
    unnumbered = huong(personal_id=None, passport="X0000001", name="Lê Thị Mai", date_of_birth="1958")
    numbered = huong(personal_id="001190099999", name="Lê Thị Mai")
    file(database, "x", people=(near, unnumbered, numbered))

    def alike(name: str, born: str | None) -> list[str]:
        return [citizen.name for citizen in database.people.alike(OFFICE, name, born, HUONG_NUMBER)]

    assert alike("Nguyễn Thị Hường", None) == ["Trần Thị Lan"]
    for born in (None, "1958", "1958-03-04"):
        assert alike("LE THI MAI", born) == ["Trần Thị Lan", "Lê Thị Mai"]
    assert alike("Lê Thị Mai", "1959-03-04") == ["Trần Thị Lan"]
    assert database.people.alike(NEIGHBOUR.office_id, "Lê Thị Mai", None, HUONG_NUMBER) == ()


def of_one_pile(database: Database, *people: PersonOnPaper) -> list[Paper]:
    """Papers of these people, read together, so that none could see who came onto the register by another."""
    submission = receive(database)
    papers = tuple((a_paper(submission, people=(person,)), ("x",)) for person in people)
    database.leases.file(hold(database, submission), papers)
    return [database.papers.get(OFFICE, paper.document_id) for paper, _ in papers]


def test_two_names_under_one_new_number_in_one_pile_are_a_conflict(database: Database) -> None:
    first, second = of_one_pile(database, huong(), huong(name="Phan Văn Tám"))
    assert (first.people[0].link, first.state) == ("filed", "filed")
    assert (second.people[0].link, second.state, second.reasons) == ("proposed", "needs_review", ("owner_conflict",))
    citizen = database.people.by_number(OFFICE, HUONG_NUMBER)
    assert citizen is not None
    assert database.papers.of_citizen(OFFICE, citizen.citizen_id) == (first,)


def test_one_name_under_two_new_numbers_a_digit_apart_in_one_pile_makes_no_twin(database: Database) -> None:
    first, second = of_one_pile(database, huong(), huong(personal_id="001190012346"))
    assert [first.people[0].link, second.people[0].link] == ["filed", "proposed"]
    assert second.reasons == ("owner_alike",)
    assert database.people.by_number(OFFICE, "001190012346") is None


def test_an_owner_whom_a_person_named_is_linked_whatever_number_the_paper_shows(database: Database) -> None:
    file(database, "x", people=(huong(),))
    citizen = database.people.by_number(OFFICE, HUONG_NUMBER)
    assert citizen is not None
    paper = file(database, "x", people=(huong(personal_id="001190099999", citizen_id=citizen.citizen_id),))
    assert paper in database.papers.of_citizen(OFFICE, citizen.citizen_id)
    assert database.people.by_number(OFFICE, "001190099999") is None
