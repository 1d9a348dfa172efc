"""The promises of Accounts, Newcomers, Sessions and Tries."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, update

from pipeline.adapters.database.access_tables import sessions
from pipeline.adapters.database.engine import Database
from pipeline.entrance import new_account
from pipeline.errors import NotFound
from schemas.access import Account
from tests.contract.examples import Opener

IDLE_S, LONGEST_S = 900.0, 43200.0


def add(database: Database, login: str = "lan", **changes: object) -> Account:
    account = new_account(login, "Lan", "phuong-a", ["counter"]).model_copy(update=changes)
    assert database.accounts.add(account, "hash", "tests")
    return account


def secret_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def opened(database: Database, account: Account, name: str = "s") -> str:
    database.sessions.open(secret_of(name), account.account_id, "password", "10.0.0.7")
    return secret_of(name)


def is_open(database: Database, session: str) -> bool:
    return database.sessions.use(session, IDLE_S, LONGEST_S, by_person=False) is not None


def test_an_account_comes_back_as_it_was_added(database: Database) -> None:
    account = add(database, oidc_subject="https://id.example 7", must_change=True)
    assert database.accounts.get("phuong-a", account.account_id) == account
    assert database.accounts.by_login("lan") == (account, "hash")
    assert database.accounts.by_subject("https://id.example 7") == account


def test_a_login_is_taken_once_in_the_whole_installation(database: Database) -> None:
    add(database)
    other = new_account("lan", "Another", "phuong-b", ["counter"])
    assert not database.accounts.add(other, None, "tests")


def test_an_identity_is_bound_to_one_account(database: Database) -> None:
    add(database, oidc_subject="https://id.example 7")
    second = add(database, "minh")
    assert not database.accounts.change(second.model_copy(update={"oidc_subject": "https://id.example 7"}))
    assert database.accounts.get("phuong-a", second.account_id).oidc_subject is None


def test_of_two_who_add_the_same_login_at_once_one_does(open_another: Opener) -> None:
    start = threading.Barrier(2)

    def add_one(database: Database) -> bool:
        account = new_account("lan", "Lan", "phuong-a", ["counter"])
        start.wait()
        return database.accounts.add(account, None, "tests")

    databases = [open_another(), open_another()]
    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(add_one, databases)) == [False, True]


def test_changing_an_account_that_is_not_there_is_told(database: Database) -> None:
    with pytest.raises(NotFound):
        database.accounts.change(new_account("none", "None", "phuong-a", ["counter"]))


def test_disabling_an_account_ends_its_sessions(database: Database) -> None:
    account = add(database)
    session = opened(database, account)
    database.accounts.change(account.model_copy(update={"disabled_at": account.created_at}))
    database.accounts.change(account)
    assert not is_open(database, session)


def test_a_new_password_ends_sessions_and_links(database: Database) -> None:
    account = add(database)
    session = opened(database, account)
    database.sessions.add_link(secret_of("link"), account.account_id)
    database.accounts.set_password("phuong-a", account.account_id, None, must_change=True)
    assert not is_open(database, session)
    assert database.sessions.take_link(secret_of("link"), 60) is None
    assert database.accounts.by_login("lan") == (account.model_copy(update={"must_change": True}), None)


def test_an_account_is_found_in_its_office_only(database: Database) -> None:
    account = add(database)
    assert database.accounts.of_office("phuong-a") == (account,)
    assert database.accounts.of_office("phuong-b") == ()
    assert database.accounts.of_office(None) == (account,)


def test_another_office_neither_sees_nor_changes_an_account(database: Database) -> None:
    account = add(database)
    session = opened(database, account)
    with pytest.raises(NotFound):
        database.accounts.get("phuong-b", account.account_id)
    with pytest.raises(NotFound):
        database.accounts.change(
            account.model_copy(update={"office_id": "phuong-b", "disabled_at": account.created_at})
        )
    with pytest.raises(NotFound):
        database.accounts.set_password("phuong-b", account.account_id, None, must_change=True)
    assert database.sessions.of_account("phuong-b", account.account_id) == ()
    assert database.accounts.by_login("lan") == (account, "hash")
    assert is_open(database, session)


def test_a_session_tells_whose_it_is_and_how_it_was_opened(database: Database) -> None:
    account = add(database)
    session = database.sessions.use(opened(database, account), IDLE_S, LONGEST_S, by_person=True)
    assert session is not None
    assert (session.account, session.way, session.address) == (account, "password", "10.0.0.7")


def test_a_session_is_over_when_it_was_left_alone_or_opened_too_long_ago(database: Database) -> None:
    session = opened(database, add(database))
    assert database.sessions.use(session, -1, LONGEST_S, by_person=True) is None
    assert database.sessions.use(session, IDLE_S, -1, by_person=True) is None
    assert database.sessions.use(session, IDLE_S, LONGEST_S, by_person=True) is not None


@pytest.mark.parametrize(("idle_s", "longest_s"), [(-1.0, LONGEST_S), (IDLE_S, -1.0)])
def test_sessions_that_are_over_are_removed_and_told(database: Database, idle_s: float, longest_s: float) -> None:
    account = add(database)
    session = opened(database, account)
    database.sessions.add_link(secret_of("link"), account.account_id)
    assert database.sessions.close_idle(IDLE_S, LONGEST_S, 60) == ()
    assert database.sessions.close_idle(idle_s, longest_s, 60) == (session,)
    assert database.sessions.take_link(secret_of("link"), 60) == account


@pytest.mark.parametrize("by_person", [True, False])
def test_only_use_by_a_person_keeps_a_session_open(database: Database, database_url: str, by_person: bool) -> None:
    session = opened(database, add(database))
    five_minutes_ago = datetime.now(UTC) - timedelta(minutes=5)
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(update(sessions).values(used_at=five_minutes_ago))
    engine.dispose()
    database.sessions.use(session, IDLE_S, LONGEST_S, by_person=by_person)
    assert (database.sessions.use(session, 200, LONGEST_S, by_person=False) is not None) == by_person


def test_a_closed_session_is_over_and_may_be_closed_again(database: Database) -> None:
    session = opened(database, add(database))
    database.sessions.close(session)
    database.sessions.close(session)
    assert not is_open(database, session)


def test_why_an_officer_looks_is_kept_with_the_session(database: Database) -> None:
    session = opened(database, add(database))
    database.sessions.set_purpose(session, "visit", "visit-1")
    found = database.sessions.use(session, IDLE_S, LONGEST_S, by_person=True)
    assert found is not None
    assert (found.purpose, found.visit_id) == ("visit", "visit-1")


def test_the_sessions_of_an_account_are_listed_without_its_links(database: Database) -> None:
    account, other = add(database), add(database, "minh")
    mine = opened(database, account)
    opened(database, other, "of another")
    database.sessions.add_link(secret_of("link"), account.account_id)
    assert [one.session_id for one in database.sessions.of_account("phuong-a", account.account_id)] == [mine]


def test_a_link_is_taken_by_one_of_several(open_another: Opener) -> None:
    databases = [open_another() for _ in range(4)]
    databases[0].sessions.add_link(secret_of("link"), add(databases[0]).account_id)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda one: one.sessions.take_link(secret_of("link"), 60), databases))
    assert sorted(one is None for one in taken) == [False, True, True, True]


def test_a_link_is_no_session_and_a_session_no_link(database: Database) -> None:
    account = add(database)
    database.sessions.add_link(secret_of("link"), account.account_id)
    assert not is_open(database, secret_of("link"))
    assert database.sessions.take_link(opened(database, account), 60) is None


def test_a_link_that_is_too_old_opens_nothing(database: Database) -> None:
    database.sessions.add_link(secret_of("link"), add(database).account_id)
    assert database.sessions.take_link(secret_of("link"), -1) is None


def test_half_a_session_is_none_and_tells_whose_it_is_for_a_while(database: Database) -> None:
    account = add(database)
    database.sessions.open(secret_of("half"), account.account_id, "link", "10.0.0.7", half=True)
    whole = opened(database, account)
    assert not is_open(database, secret_of("half"))
    assert database.sessions.half(secret_of("half"), 60) == (account, "link")
    assert database.sessions.half(secret_of("half"), -1) is None
    assert database.sessions.half(whole, 60) is None
    assert [one.session_id for one in database.sessions.of_account("phuong-a", account.account_id)] == [whole]


def test_half_a_session_ends_with_the_account_and_when_it_is_left_alone(database: Database) -> None:
    account = add(database)
    for name in ("one", "two"):
        database.sessions.open(secret_of(name), account.account_id, "password", "", half=True)
    database.sessions.close_idle(-1, LONGEST_S, 60)
    assert database.sessions.half(secret_of("one"), 60) is None
    database.sessions.open(secret_of("three"), account.account_id, "password", "", half=True)
    database.accounts.change(account.model_copy(update={"disabled_at": account.created_at}))
    assert database.sessions.half(secret_of("three"), 60) is None


def test_a_session_tells_when_its_person_has_shown_again_that_it_is_he(database: Database) -> None:
    session = opened(database, add(database))
    before = database.sessions.use(session, IDLE_S, LONGEST_S, by_person=False)
    database.sessions.prove(session)
    after = database.sessions.use(session, IDLE_S, LONGEST_S, by_person=False)
    assert before
    assert after
    assert before.proven_at == before.made_at
    assert after.proven_at is not None
    assert after.proven_at > before.made_at


def test_a_second_factor_is_given_and_taken_off_and_ends_sessions(database: Database) -> None:
    account = add(database)
    session = opened(database, account)
    assert database.accounts.factor("phuong-a", account.account_id) is None
    database.accounts.set_factor("phuong-a", account.account_id, "salt", 7)
    assert database.accounts.factor("phuong-a", account.account_id) == "salt"
    assert database.accounts.factor("phuong-b", account.account_id) is None
    assert database.accounts.get("phuong-a", account.account_id).has_factor
    assert not is_open(database, session)
    with pytest.raises(NotFound):
        database.accounts.set_factor("phuong-b", account.account_id, None, None)
    database.accounts.set_factor("phuong-a", account.account_id, None, None)
    assert database.accounts.get("phuong-a", account.account_id) == account


def test_a_step_is_taken_once_and_none_before_it(database: Database) -> None:
    account = add(database)
    assert not database.accounts.take_step("phuong-a", account.account_id, 8)
    database.accounts.set_factor("phuong-a", account.account_id, "salt", 7)
    taken = [database.accounts.take_step("phuong-a", account.account_id, step) for step in (7, 9, 9, 8, 10)]
    assert taken == [False, True, False, False, True]
    assert not database.accounts.take_step("phuong-b", account.account_id, 11)


def test_of_several_who_take_a_step_at_once_one_does(open_another: Opener) -> None:
    databases = [open_another() for _ in range(4)]
    account = add(databases[0])
    databases[0].accounts.set_factor("phuong-a", account.account_id, "salt", 7)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda one: one.accounts.take_step("phuong-a", account.account_id, 8), databases))
    assert sorted(taken) == [False, False, False, True]


def wait_after_two(wrong: int) -> float:
    return 600.0 if wrong >= 2 else 0.0


def test_tries_beyond_the_free_ones_must_wait_and_are_not_counted(database: Database) -> None:
    waits = [database.tries.begin("lan", wait_after_two) for _ in range(4)]
    assert waits[:2] == [0, 0]
    assert all(590 < wait <= 600 for wait in waits[2:])


def test_tries_for_one_are_not_counted_for_another(database: Database) -> None:
    for _ in range(3):
        database.tries.begin("lan", wait_after_two)
    assert database.tries.begin("minh", wait_after_two) == 0


def test_a_right_try_is_taken_back_and_never_more_than_were_made(database: Database) -> None:
    for _ in range(3):
        assert database.tries.begin("lan", wait_after_two) == 0
        database.tries.take_back("lan", 5)
    database.tries.begin("lan", wait_after_two)
    database.tries.begin("lan", wait_after_two)
    assert database.tries.begin("lan", wait_after_two) > 0


def test_what_is_forgotten_counts_from_none(database: Database) -> None:
    for key in ("lan", "minh"):
        for _ in range(3):
            database.tries.begin(key, wait_after_two)
    database.tries.forget("lan")
    assert database.tries.begin("lan", wait_after_two) == 0
    assert database.tries.begin("minh", wait_after_two) > 0
    database.tries.forget_old(60)
    assert database.tries.begin("minh", wait_after_two) > 0
    database.tries.forget_old(-1)
    assert database.tries.begin("minh", wait_after_two) == 0


def test_of_tries_at_once_no_more_than_the_free_ones_are_let_through(open_another: Opener) -> None:
    databases = [open_another() for _ in range(6)]
    start = threading.Barrier(len(databases))

    def try_once(database: Database) -> float:
        start.wait()
        return database.tries.begin("lan", wait_after_two)

    with ThreadPoolExecutor(len(databases)) as all_at_once:
        waits = list(all_at_once.map(try_once, databases))
    assert sorted(wait > 0 for wait in waits) == [False, False, True, True, True, True]


def test_newcomers_wait_newest_first_and_once_each(database: Database) -> None:
    for subject in ("https://id.example 1", "https://id.example 2", "https://id.example 1"):
        database.newcomers.add(subject, "Dũng")
    assert [one.oidc_subject[-1] for one in database.newcomers.waiting()] == ["1", "2"]
    database.newcomers.remove("https://id.example 1")
    assert [one.oidc_subject[-1] for one in database.newcomers.waiting()] == ["2"]


def test_of_too_many_newcomers_the_oldest_are_forgotten(database: Database) -> None:
    for number in range(102):
        database.newcomers.add(f"https://id.example {number}", "")
    waiting = [int(one.oidc_subject.rpartition(" ")[2]) for one in database.newcomers.waiting()]
    assert (len(waiting), min(waiting)) == (100, 2)
