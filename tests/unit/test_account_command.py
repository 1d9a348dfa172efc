"""`hoso account`: accounts by command."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.cli.account import app
from pipeline.passwords import matches
from pipeline.settings import Settings
from pipeline.wiring import open_tables
from schemas.access import Account, LogFilter

FIRST, SECOND = "đèn dầu trên sông", "bốn mùa hoa gạo đỏ"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSO_HOME", str(tmp_path))


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, [*arguments], input=f"{typed}\n{typed}\n" if typed else None)


def known(home: Path, login: str = "lan") -> tuple[Account, str | None]:
    with open_tables(Settings(home=home)) as tables:
        found = tables.accounts.by_login(login)
    assert found
    return found


def test_the_first_administrator_is_made_by_a_command_and_changes_the_password(tmp_path: Path) -> None:
    assert run("add", "Lan", "--role", "administrator", "--role", "counter", typed=FIRST).exit_code == 0
    account, known_hash = known(tmp_path)
    assert account.roles == ("administrator", "counter")
    assert account.must_change
    assert matches(FIRST, known_hash)


def test_there_is_no_default_password(tmp_path: Path) -> None:
    run("add", "lan", "--role", "counter", "--no-password")
    assert known(tmp_path)[1] is None


def test_a_password_that_is_easy_to_guess_adds_no_account(tmp_path: Path) -> None:
    assert run("add", "lan", "--role", "counter", typed="matkhau123456").exit_code != 0
    with open_tables(Settings(home=tmp_path)) as tables:
        assert tables.accounts.of_office(None) == ()


def test_accounts_are_listed_given_roles_and_locked_out(tmp_path: Path) -> None:
    run("add", "lan", "--role", "counter", "--no-password")
    assert run("list").stdout == "lan\tlocal\tcounter\tactive\n"
    run("roles", "lan", "--role", "head", "--role", "reviewer")
    run("disable", "lan")
    assert run("list").stdout == "lan\tlocal\thead,reviewer\tdisabled\n"
    run("disable", "lan", "--undo")
    assert run("list").stdout.endswith("active\n")
    with open_tables(Settings(home=tmp_path)) as tables:
        entries = tables.access_log.find("local", LogFilter(), 9)
    assert [one.entry.access for one in entries] == ["account"] * 4


def test_a_password_that_an_operator_sets_must_be_changed(tmp_path: Path) -> None:
    run("add", "lan", "--role", "counter", "--no-password")
    assert run("password", "lan", typed=SECOND).exit_code == 0
    account, known_hash = known(tmp_path)
    assert account.must_change
    assert matches(SECOND, known_hash)


def test_a_link_is_printed_for_an_account(tmp_path: Path) -> None:
    run("add", "lan", "--role", "counter", "--no-password")
    assert "/?token=" in run("link", "lan").stdout


@pytest.mark.parametrize("command", [("disable",), ("roles", "--role", "head"), ("link",)])
def test_nothing_is_done_to_an_account_that_is_not_there(command: tuple[str, ...]) -> None:
    assert run(command[0], "nobody", *command[1:]).exit_code != 0


def test_a_role_that_is_none_is_refused() -> None:
    assert run("add", "lan", "--role", "king", "--no-password").exit_code == 2
