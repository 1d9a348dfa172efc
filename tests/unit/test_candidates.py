"""Citizens of the register beside the owner that a paper names: what agrees, what differs, what is shown."""

from datetime import date
from typing import Any

from pipeline.stages.candidates import as_candidate, hidden
from schemas.people import Citizen, PersonOnPaper

NUMBER = "001190012345"


def citizen(**said: Any) -> Citizen:
    known = {"citizen_id": "c", "personal_id": NUMBER, "name": "Nguyễn Thị Hường", "date_of_birth": date(1990, 5, 2)}
    return Citizen(**known | said)


def person(**said: Any) -> PersonOnPaper:
    read = {"personal_id": NUMBER, "name": "NGUYỄN THỊ HƯỜNG", "date_of_birth": "1990-05-02"}
    return PersonOnPaper(**read | {"role": "owner", "link": "proposed"} | said)


def test_what_is_the_same_speaks_for_a_citizen() -> None:
    assert as_candidate(citizen(), person()).agrees == ("name", "birth", "number")


def test_what_differs_speaks_against_a_citizen() -> None:
    other = person(personal_id="001190012346", name="Trần Văn Khải", date_of_birth="1991-05-02")
    assert as_candidate(citizen(), other).differs == ("name", "birth", "number")


def test_what_the_paper_does_not_say_speaks_neither_way() -> None:
    shown = as_candidate(citizen(), person(personal_id=None, date_of_birth=None))
    assert (shown.agrees, shown.differs) == (("name",), ())


def test_a_birth_year_agrees_with_a_birth_date_of_that_year() -> None:
    assert "birth" in as_candidate(citizen(date_of_birth=None, birth_year=1990), person()).agrees


def test_of_a_number_only_its_end_is_shown() -> None:
    assert hidden(NUMBER) == "••••••••2345"
    assert NUMBER not in (as_candidate(citizen(), person()).label or "")
