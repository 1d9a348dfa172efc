"""Who is meant by what a reader read or an officer typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.seeking import MOST_NAMESAKES, Seeker, Sought
from schemas.dossiers import Party
from tests.contract.examples import HUONG_NUMBER, HUONG_OLD_NUMBER, NEIGHBOUR, file, huong
from tests.unit.dossier_office import CATALOGUE, CODE, OFFICE, Office, open_office

CARD = f"{HUONG_NUMBER}|{HUONG_OLD_NUMBER}|Nguyễn Thị Hường|17051990|Nữ|12 Phố Huế, Hà Nội|01012022"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(tmp_path) as one:
        yield one


def seek(office: Office, said: str, office_id: str = OFFICE) -> Sought:
    return Seeker(office.tables.people, office.tables.dossiers, CATALOGUE).seek(office_id, said)


def found(sought: Sought) -> list[str | None]:
    return [citizen.personal_id for citizen in sought.known]


@pytest.mark.parametrize(
    ("said", "found_by"),
    [
        (CARD, "qr"),
        (CARD.replace("Nguyễn", "Nguyên4"), "qr"),
        (f"{HUONG_NUMBER}|" + "typed by a reader into Telex", "qr"),
        (" 001 190.012.345 ", "number"),
        ("nguyen thi huong", "name"),
        ("Nguyễn Thị Hường", "name"),
    ],
)
def test_a_card_a_number_and_a_name_lead_to_the_same_citizen(office: Office, said: str, found_by: str) -> None:
    file(office.tables, "x", people=(huong(),))
    sought = seek(office, said)
    assert (sought.found_by, found(sought)) == (found_by, [HUONG_NUMBER])


def test_a_card_leads_to_who_is_known_by_the_old_number_on_it(office: Office) -> None:
    file(office.tables, "x", people=(huong(personal_id=HUONG_OLD_NUMBER),))
    assert [citizen.name for citizen in seek(office, CARD).known] == ["Nguyễn Thị Hường"]


def test_a_card_of_somebody_new_tells_number_and_name(office: Office) -> None:
    sought = seek(office, CARD)
    assert (sought.known, sought.number, sought.name) == ((), HUONG_NUMBER, "Nguyễn Thị Hường")


def test_a_receipt_leads_to_the_owner_of_its_dossier(office: Office) -> None:
    file(office.tables, "x", people=(huong(),))
    office.open()
    sought = seek(office, f"hoso:cover:1:{CODE}")
    assert (sought.found_by, found(sought)) == ("receipt", [HUONG_NUMBER])
    assert (sought.dossier_code, sought.procedure) == (CODE, "temporary_residence")


def test_a_receipt_of_an_unknown_dossier_tells_what_its_code_says(office: Office) -> None:
    sought = seek(office, f"{CODE}|1.004194|{HUONG_NUMBER}")
    assert (sought.known, sought.number, sought.procedure) == ((), HUONG_NUMBER, "temporary_residence")


def test_a_dossier_whose_owner_has_no_number_names_nobody(office: Office) -> None:
    office.open(owner=Party(name="Nguyễn Thị Hường"))
    assert (seek(office, CODE).known, seek(office, CODE).number) == ((), None)


def test_of_many_namesakes_few_are_shown(office: Office) -> None:
    for number in range(MOST_NAMESAKES + 2):  # in many digits apart, or they would be asked about as misread
        file(office.tables, "x", people=(huong(personal_id=f"0011900{number}{number}{number}{number}{number}"),))
    assert len(seek(office, "nguyen thi huong").known) == MOST_NAMESAKES


@pytest.mark.parametrize("said", [CARD, HUONG_NUMBER, "nguyen thi huong", CODE])
def test_another_office_finds_nobody(office: Office, said: str) -> None:
    file(office.tables, "x", people=(huong(),))
    office.open()
    assert seek(office, said, NEIGHBOUR.office_id).known == ()
