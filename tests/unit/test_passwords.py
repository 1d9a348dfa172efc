"""Which passwords are too easy, and the waits after wrong ones."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.adapters.database.engine import Database, open_database
from pipeline.entrance import Entrance, new_account
from pipeline.errors import Forbidden
from pipeline.password_door import PasswordDoor
from pipeline.passwords import hashed, is_easy, matches

PASSWORD = "đèn dầu trên sông"  # noqa: S105 (of an invented officer)
HERE, ELSEWHERE = "10.0.0.7", "10.0.0.8"


@pytest.mark.parametrize(
    "password",
    [
        "matkhau123456",
        "Mật khẩu 2026!",
        "p@ssw0rd1234!",
        "123456789012",
        "qwertyuiop12",
        "aaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "administrator1",
        "motcua@2026!!",
        "anhyeuem123456",
        "1qaz2wsx3edc",
        "nguyen.thi.lan",
        "Lan Nguyễn 1990",
    ],
)
def test_what_everybody_would_try_is_too_easy(password: str) -> None:
    assert is_easy(password, "lan.nguyen", "Nguyễn Thị Lan")
    with pytest.raises(Forbidden) as refused:
        hashed(password, "lan.nguyen", "Nguyễn Thị Lan")
    assert refused.value.code == "easy_password"


@pytest.mark.parametrize(
    "password", [PASSWORD, "con đò qua sông", "bốn mùa hoa gạo đỏ", "Xk4#pt9!vLq2mZ", "correct horse battery staple"]
)
def test_a_sentence_of_ones_own_will_do(password: str) -> None:
    assert not is_easy(password, "lan.nguyen", "Nguyễn Thị Lan")
    assert matches(password, hashed(password))


def test_a_password_is_the_same_however_its_letters_are_written() -> None:
    assert matches(unicodedata.normalize("NFD", PASSWORD), hashed(PASSWORD))


def test_nothing_matches_where_there_is_no_hash() -> None:
    assert not matches(PASSWORD, None)


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[Database]:
    database = open_database(f"sqlite:///{tmp_path / 'hoso.db'}")
    database.accounts.add(new_account("lan", "Lan", "office-1", ["counter"]), hashed(PASSWORD), "tests")
    yield database
    database.close()


@pytest.fixture
def door(tables: Database) -> PasswordDoor:
    return PasswordDoor(tables.accounts, tables.tries, Entrance(tables.accounts, tables.sessions, 900))


def try_wrong(door: PasswordDoor, times: int, login: str = "lan", address: str = HERE) -> None:
    for _ in range(times):
        assert door.enter(login, "một câu khác hẳn", address) is None


def must_wait(door: PasswordDoor, login: str = "lan", address: str = HERE) -> bool:
    try:
        door.enter(login, PASSWORD, address)
    except Forbidden as refused:
        return refused.code == "too_many_tries"
    return False


@pytest.mark.parametrize("login", ["lan", "no-such-login"])
def test_after_five_wrong_tries_even_the_right_password_waits_whether_the_login_exists_or_not(
    door: PasswordDoor, login: str
) -> None:
    try_wrong(door, 5, login)
    assert must_wait(door, login)


def test_four_wrong_tries_shut_nobody_out_and_a_right_one_forgets_them(door: PasswordDoor) -> None:
    for _ in range(2):
        try_wrong(door, 4)
        assert door.enter("lan", PASSWORD, HERE)


def test_a_login_waits_wherever_it_is_tried_from(door: PasswordDoor) -> None:
    try_wrong(door, 5, address=ELSEWHERE)
    assert must_wait(door)


def test_an_address_that_tries_many_logins_waits_and_others_do_not(door: PasswordDoor) -> None:
    for number in range(30):
        try_wrong(door, 1, f"officer-{number}", ELSEWHERE)
    assert must_wait(door, address=ELSEWHERE)
    assert not must_wait(door, address=HERE)


def test_the_wait_grows_and_has_an_end(door: PasswordDoor, tables: Database) -> None:
    waits: list[float] = []

    class Recorded:
        """Lets every try through and notes what the next one would have waited."""

        def begin(self, key: str, wait_s: object) -> float:
            assert callable(wait_s)
            if key.startswith("login"):
                waits[:] = [wait_s(wrong) for wrong in range(40)]
            return 0.0

        def take_back(self, key: str, tries: int) -> None: ...
        def forget(self, key: str) -> None: ...
        def forget_old(self, older_s: float) -> None: ...

    PasswordDoor(tables.accounts, Recorded(), Entrance(tables.accounts, tables.sessions, 900)).enter("lan", "x", HERE)
    assert waits[:5] == [0] * 5
    assert waits[5:] == sorted(waits[5:])
    assert (waits[5], waits[-1]) == (15, 900)


@pytest.mark.parametrize(
    ("new", "old", "code"),
    [
        ("bốn mùa hoa gạo đỏ", "không phải câu này", "wrong_password"),
        (PASSWORD, PASSWORD, "same_password"),
        ("ngắn quá", PASSWORD, "weak_password"),
        ("lan lan lan 2026", PASSWORD, "easy_password"),
    ],
)
def test_a_password_is_not_changed_to_or_from_anything(
    door: PasswordDoor, tables: Database, new: str, old: str, code: str
) -> None:
    account = tables.accounts.of_office(None)[0]
    with pytest.raises(Forbidden) as refused:
        door.change(account, new, old)
    assert refused.value.code == code
    assert door.enter("lan", PASSWORD, HERE)


def test_the_present_password_cannot_be_guessed_at_the_page_that_changes_it(
    door: PasswordDoor, tables: Database
) -> None:
    account = tables.accounts.of_office(None)[0]
    codes = []
    for _ in range(6):
        with pytest.raises(Forbidden) as refused:
            door.change(account, "bốn mùa hoa gạo đỏ", "không phải câu này")
        codes.append(refused.value.code)
    assert codes == ["wrong_password"] * 5 + ["too_many_tries"]
