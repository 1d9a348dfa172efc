"""`hoso register` and `hoso citizen`: ids go in, a trace comes out, and everything can be taken back."""

from pathlib import Path

import pytest

from pipeline.adapters.database.engine import open_database
from schemas.people import Actor, Citizen, Mention
from tests.contract.examples import HUONG_NUMBER, file, huong
from tests.system.command import run

LAN_NUMBER = "079192054321"
ACTOR = Actor(office_id="local", actor_id="local")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where Hường and Lan have a paper each, and Lan's names Hường as her mother."""
    database = open_database(f"sqlite:///{tmp_path / 'home' / 'hoso.db'}")
    file(database, "x", actor=ACTOR, people=(huong(date_of_birth="1958", role="subject"),))
    mother = Mention(personal_id=HUONG_NUMBER, name="Nguyễn Thị Hường", role="mother")
    lan = huong(personal_id=LAN_NUMBER, name="Trần Thị Lan")
    file(database, "x", actor=ACTOR, people=(lan,), mentions=(mother,))
    database.close()
    return tmp_path / "home"


def citizen(home: Path, number: str) -> Citizen:
    told = run(home, "citizen", "--json", number)
    return Citizen.model_validate(told.value["citizen"])


def test_a_citizen_is_shown_with_birth_roles_and_mentions(home: Path) -> None:
    told = run(home, "citizen", HUONG_NUMBER)
    assert told.code == 0
    assert f"Nguyễn Thị Hường, {HUONG_NUMBER}, born 1958" in told.out
    assert "subject" in told.out
    assert "mentioned as mother" in told.out


def test_a_merge_is_shown_and_undone_by_the_id_it_tells(home: Path) -> None:
    stays, merged = (citizen(home, number).citizen_id for number in (LAN_NUMBER, HUONG_NUMBER))
    told = run(home, "register", "merge", stays, merged)
    assert told.code == 0
    assert len(run(home, "citizen", "--json", merged).value["papers"]) == 2
    shown = run(home, "citizen", HUONG_NUMBER).out
    assert f"also known by {HUONG_NUMBER}" in shown
    assert "also called Nguyễn Thị Hường" in shown
    decision = told.out.split()[-1]
    assert decision in run(home, "register", "history", stays).out
    assert run(home, "register", "undo", decision).code == 0
    assert citizen(home, HUONG_NUMBER).citizen_id == merged
    again = run(home, "register", "undo", decision)
    assert (again.code, "[cannot_undo]" in again.errors) == (65, True)


def test_an_unknown_citizen_is_not_found(home: Path) -> None:
    told = run(home, "register", "merge", citizen(home, LAN_NUMBER).citizen_id, "nobody")
    assert (told.code, "[no_such_citizen]" in told.errors) == (66, True)
