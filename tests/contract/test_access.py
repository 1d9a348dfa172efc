"""Accounts, sessions and the access log, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from pipeline.adapters.database.engine import Database
from pipeline.entrance import new_account
from pipeline.errors import NotFound
from schemas.access import AccessEntry, Account
from schemas.people import Actor
from tests.contract.examples import ACTOR, HUONG_NUMBER, file, huong

OFFICE = ACTOR.office_id
IDLE_S = 900.0
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def lan(database: Database) -> Account:
    account = new_account("lan", "Lan", OFFICE, ["counter", "reviewer"])
    assert database.accounts.add(account, "hash", "tests")
    return account


def entry(**values: object) -> AccessEntry:
    given = {"at": NOW, "actor": Actor(office_id=OFFICE, actor_id="lan"), "access": "look", "purpose": "visit"}
    return AccessEntry.model_validate(given | values)


def test_an_account_comes_back_as_it_was_added(database: Database, lan: Account) -> None:
    assert database.accounts.get(lan.account_id) == lan
    assert database.accounts.by_login("lan") == (lan, "hash")


def test_a_login_is_given_once(database: Database, lan: Account) -> None:
    assert not database.accounts.add(new_account("lan", "Another", "elsewhere", ["counter"]), None, "tests")
    assert database.accounts.by_login("lan") == (lan, "hash")


def test_a_provider_vouches_for_one_account(database: Database, lan: Account) -> None:
    database.accounts.change(lan.model_copy(update={"oidc_subject": "https://id.example lan"}))
    other = new_account("minh", "Minh", OFFICE, ["counter"])
    assert not database.accounts.add(other.model_copy(update={"oidc_subject": "https://id.example lan"}), None, "tests")
    found = database.accounts.by_subject("https://id.example lan")
    assert found is not None
    assert found.login == "lan"


def test_of_several_who_add_one_login_at_once_one_does(open_another: Callable[[], Database]) -> None:
    databases = [open_another() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        added = pool.map(lambda one: one.accounts.add(new_account("lan", "Lan", OFFICE, []), None, "t"), databases)
    assert sorted(added) == [False, False, False, True]


def test_accounts_of_an_office_are_its_own(database: Database, lan: Account) -> None:
    database.accounts.add(new_account("minh", "Minh", "elsewhere", ["counter"]), None, "tests")
    assert database.accounts.of_office(OFFICE) == (lan,)
    assert [one.login for one in database.accounts.of_office(None)] == ["lan", "minh"]


def test_an_account_that_is_not_there_cannot_be_changed(database: Database, lan: Account) -> None:
    with pytest.raises(NotFound):
        database.accounts.change(lan.model_copy(update={"account_id": "none"}))
    with pytest.raises(NotFound):
        database.accounts.get("none")


def test_a_session_is_its_accounts(database: Database, lan: Account) -> None:
    database.sessions.open("secret", lan.account_id)
    session = database.sessions.use("secret", IDLE_S, by_person=True)
    assert session is not None
    assert session.account == lan


def test_a_new_password_ends_the_sessions(database: Database, lan: Account) -> None:
    database.sessions.open("secret", lan.account_id)
    database.accounts.set_password(lan.account_id, "another hash")
    assert database.sessions.use("secret", IDLE_S, by_person=True) is None


def test_a_disabled_account_has_no_session(database: Database, lan: Account) -> None:
    database.sessions.open("secret", lan.account_id)
    database.accounts.change(lan.model_copy(update={"disabled_at": NOW}))
    assert database.sessions.use("secret", IDLE_S, by_person=True) is None


def test_a_closed_session_is_over(database: Database, lan: Account) -> None:
    database.sessions.open("secret", lan.account_id)
    database.sessions.close("secret")
    database.sessions.close("secret")
    assert database.sessions.use("secret", IDLE_S, by_person=True) is None


def test_a_session_left_alone_is_over_and_named_once(database: Database, lan: Account) -> None:
    database.sessions.open("secret", lan.account_id)
    assert database.sessions.use("secret", -1, by_person=True) is None
    assert database.sessions.close_idle(IDLE_S, IDLE_S) == ()
    assert database.sessions.close_idle(-1, IDLE_S) == ("secret",)
    assert database.sessions.close_idle(-1, IDLE_S) == ()


def test_why_an_officer_looks_is_kept_with_the_session(database: Database, lan: Account) -> None:
    database.sessions.open("secret", lan.account_id)
    database.sessions.set_purpose("secret", "visit", "visit-1")
    session = database.sessions.use("secret", IDLE_S, by_person=True)
    assert session is not None
    assert (session.purpose, session.visit_id) == ("visit", "visit-1")


def test_a_link_is_taken_by_one_of_several(open_another: Callable[[], Database], lan: Account) -> None:
    databases = [open_another() for _ in range(4)]
    databases[0].sessions.add_link("link", lan.account_id)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda one: one.sessions.take_link("link", IDLE_S), databases))
    assert sorted(one is None for one in taken) == [False, True, True, True]


def test_an_old_link_opens_nothing(database: Database, lan: Account) -> None:
    database.sessions.add_link("link", lan.account_id)
    assert database.sessions.take_link("link", -1) is None


def test_a_link_is_no_session_and_a_session_no_link(database: Database, lan: Account) -> None:
    database.sessions.add_link("link", lan.account_id)
    database.sessions.open("secret", lan.account_id)
    assert database.sessions.use("link", IDLE_S, by_person=True) is None
    assert database.sessions.take_link("secret", IDLE_S) is None


def test_the_log_is_read_newest_first_and_goes_on_behind_a_place(database: Database) -> None:
    database.access_log.write(*(entry(subject_id=str(number)) for number in range(5)))
    first = database.access_log.of_office(OFFICE, 2)
    rest = database.access_log.of_office(OFFICE, 9, before=first[-1].entry_id)
    assert [one.entry.subject_id for one in (*first, *rest)] == ["4", "3", "2", "1", "0"]


def test_an_entry_comes_back_as_it_was_written(database: Database) -> None:
    written = entry(visit_id="visit-1", citizen_id="citizen-1", document_id="paper-1", subject_id="H26-1")
    database.access_log.write(written)
    assert database.access_log.of_office(OFFICE, 1)[0].entry == written


def test_the_log_of_an_office_is_its_own_and_can_be_one_officers(database: Database) -> None:
    database.access_log.write(entry(), entry(actor=Actor(office_id="elsewhere", actor_id="lan")))
    database.access_log.write(entry(actor=Actor(office_id=OFFICE, actor_id="minh")))
    assert len(database.access_log.of_office(OFFICE, 9)) == 2
    assert len(database.access_log.of_office(OFFICE, 9, actor_id="minh")) == 1


def test_who_looked_at_a_citizens_papers_is_found_by_citizen_and_by_paper(database: Database) -> None:
    paper = file(database, "x", people=(huong(),))
    citizen = database.people.by_number(OFFICE, HUONG_NUMBER)
    assert citizen is not None
    database.access_log.write(entry(document_id=paper.document_id), entry(citizen_id=citizen.citizen_id))
    database.access_log.write(entry(document_id="somebody else's"), entry(citizen_id="somebody else"))
    assert len(database.access_log.of_citizen(OFFICE, citizen.citizen_id, 9)) == 2
    assert database.access_log.of_citizen("elsewhere", citizen.citizen_id, 9) == ()
