"""The promises of Visits, and what sessions do to the visits they hold, on both databases."""

from datetime import timedelta
from typing import Any

import pytest

from pipeline.adapters.database.engine import Database
from pipeline.entrance import new_account
from pipeline.errors import NotFound
from schemas.access import Account
from schemas.dossiers import Party
from schemas.visits import CitizenVisit, Showing
from tests.contract.examples import ACTOR, HUONG_NUMBER, NEIGHBOUR, START

OFFICE = ACTOR.office_id
SESSION, IDLE_S = "session-1", 900.0


@pytest.fixture
def lan(database: Database) -> Account:
    account = new_account("lan", "Lan", OFFICE, ["counter"])
    database.accounts.add(account, None, "tests")
    database.sessions.open(SESSION, account.account_id, "link", "")
    return account


def a_visit(visit_id: str = "v1", **changes: Any) -> CitizenVisit:
    values: dict[str, Any] = {
        "visit_id": visit_id,
        "actor": ACTOR,
        "procedure": "temporary_residence",
        "reason": "hand_in",
        "citizen": Party(number=HUONG_NUMBER, name="Nguyễn Thị Hường"),
        "found_by": "number",
        "showing": Showing(presence="in_person"),
        "opened_at": START,
    }
    return CitizenVisit(**values | changes)


def is_open(database: Database, visit_id: str) -> bool:
    return database.visits.get(OFFICE, visit_id).closed_at is None


def test_a_visit_comes_back_as_it_was_opened(database: Database, lan: Account) -> None:
    assert database.visits.open(a_visit(), SESSION)
    assert database.visits.get(OFFICE, "v1") == a_visit()


def test_the_session_that_opens_a_visit_looks_for_its_sake(database: Database, lan: Account) -> None:
    database.visits.open(a_visit(), SESSION)
    session = database.sessions.use(SESSION, IDLE_S, 43200, by_person=True)
    assert session is not None
    assert (session.purpose, session.visit_id) == ("visit", "v1")


def test_without_a_session_no_visit_is_opened(database: Database, lan: Account) -> None:
    assert not database.visits.open(a_visit(), "nobody's")
    with pytest.raises(NotFound):
        database.visits.get(OFFICE, "v1")


def test_a_visit_is_not_another_offices(database: Database, lan: Account) -> None:
    database.visits.open(a_visit(), SESSION)
    with pytest.raises(NotFound):
        database.visits.get(NEIGHBOUR.office_id, "v1")
    with pytest.raises(NotFound):
        database.visits.change(a_visit(actor=NEIGHBOUR))


def test_what_becomes_known_during_a_visit_is_kept(database: Database, lan: Account) -> None:
    database.visits.open(a_visit(), SESSION)
    database.visits.change(a_visit(conditions={"by_family": True}))
    assert database.visits.get(OFFICE, "v1").conditions == {"by_family": True}


def test_a_second_visit_closes_the_first(database: Database, lan: Account) -> None:
    database.visits.open(a_visit(), SESSION)
    database.visits.open(a_visit("v2"), SESSION)
    assert (is_open(database, "v1"), is_open(database, "v2")) == (False, True)


def test_visits_of_other_sessions_stay_open(database: Database, lan: Account) -> None:
    database.sessions.open("session-2", lan.account_id, "link", "")
    database.visits.open(a_visit(), SESSION)
    database.visits.open(a_visit("v2"), "session-2")
    database.sessions.close("session-2")
    assert (is_open(database, "v1"), is_open(database, "v2")) == (True, False)


def test_looking_for_another_reason_closes_the_visit(database: Database, lan: Account) -> None:
    database.visits.open(a_visit(), SESSION)
    database.sessions.set_purpose(SESSION, "visit", "v1")
    assert is_open(database, "v1")
    database.sessions.set_purpose(SESSION, None, None)
    assert not is_open(database, "v1")


def test_signing_out_closes_the_visit(database: Database, lan: Account) -> None:
    database.visits.open(a_visit(), SESSION)
    database.sessions.close(SESSION)
    assert not is_open(database, "v1")


def test_a_session_left_alone_takes_its_visit_along(database: Database, lan: Account) -> None:
    database.visits.open(a_visit(), SESSION)
    database.sessions.close_idle(-1, 43200, -1)
    assert not is_open(database, "v1")


def test_disabling_an_account_closes_its_visits(database: Database, lan: Account) -> None:
    database.visits.open(a_visit(), SESSION)
    database.accounts.change(lan.model_copy(update={"disabled_at": START}))
    assert not is_open(database, "v1")


def test_a_closed_visit_keeps_the_time_at_which_it_was_closed(database: Database, lan: Account) -> None:
    database.visits.open(a_visit(), SESSION)
    database.visits.open(a_visit("v2"), SESSION)
    closed = database.visits.get(OFFICE, "v1").closed_at
    database.sessions.close(SESSION)
    assert database.visits.get(OFFICE, "v1").closed_at == closed


def test_procedures_are_counted_from_the_day_that_is_asked_for(database: Database, lan: Account) -> None:
    opened = [("old", "land_change", START - timedelta(days=1))] * 3
    opened += [
        ("a", "birth_registration", START),
        ("b", "temporary_residence", START),
        ("c", "birth_registration", START),
    ]
    for number, (visit_id, procedure, moment) in enumerate(opened):
        database.visits.open(a_visit(f"{visit_id}{number}", procedure=procedure, opened_at=moment), SESSION)
    assert database.visits.most_used(OFFICE, START) == ("birth_registration", "temporary_residence")
    assert database.visits.most_used(NEIGHBOUR.office_id, START) == ()
