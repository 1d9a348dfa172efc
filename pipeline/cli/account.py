"""`hoso account`: who can sign in to the counter page."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, cast, get_args

import typer

from pipeline.adapters.database.engine import Database
from pipeline.cli.web import link
from pipeline.entrance import new_account
from pipeline.errors import NotFound, ScanRejected
from pipeline.passwords import hashed
from pipeline.settings import Settings, load_settings
from pipeline.wiring import open_tables
from schemas.access import AccessEntry, Account, Role

app = typer.Typer(name="account", help="Who can sign in to the counter page.", no_args_is_help=True)
app.command()(link)
_Login = Annotated[str, typer.Argument(help="Unique in this installation; small letters.")]
_Roles = Annotated[list[str], typer.Option("--role", help=f"{', '.join(get_args(Role))}; several add up.")]


@app.command()
def add(
    login: _Login,
    role: _Roles,
    name: Annotated[str, typer.Option(help="What colleagues see.")] = "",
    office: Annotated[str, typer.Option(help="Default: this installation's office.")] = "",
    password: Annotated[
        bool, typer.Option(help="Ask for a first password; without one only links and OpenID Connect.")
    ] = True,
) -> None:
    """Add an account; the first administrator is made this way. Its person changes the password on the first day."""
    settings, roles = load_settings(), _known(role)
    secret = hashed(_asked_password(), login, name) if password else None
    account = new_account(login, name or login, office or settings.office_id, roles, must_change=password)
    with open_tables(settings) as tables:
        if not tables.accounts.add(account, secret, settings.actor_id):
            raise ScanRejected("login_taken", account.login)
        _note(tables, settings, account)
    typer.echo(account.login)


@app.command("list")
def list_accounts(
    office: Annotated[str, typer.Option(help="Only this office's.")] = "",
) -> None:
    """List accounts: login, office, roles, and whether they are disabled."""
    with open_tables(load_settings()) as tables:
        for account in tables.accounts.of_office(office or None):
            state = "disabled" if account.disabled_at else "active"
            typer.echo(f"{account.login}\t{account.office_id}\t{','.join(account.roles)}\t{state}")


@app.command()
def roles(login: _Login, role: _Roles) -> None:
    """Give an account other roles, in place of all it has."""
    with _changing(login) as (tables, account):
        tables.accounts.change(account.model_copy(update={"roles": tuple(_known(role))}))


@app.command()
def disable(login: _Login, undo: Annotated[bool, typer.Option("--undo", help="Let it sign in again.")] = False) -> None:
    """Lock an account out; its sessions end at once."""
    with _changing(login) as (tables, account):
        disabled_at = None if undo else datetime.now(UTC)
        tables.accounts.change(account.model_copy(update={"disabled_at": disabled_at}))


@app.command()
def password(login: _Login) -> None:
    """Set a password, which its person has to change on signing in; the account's sessions end."""
    with _changing(login) as (tables, account):
        secret = hashed(_asked_password(), account.login, account.name)
        tables.accounts.set_password(account.office_id, account.account_id, secret, must_change=True)


@app.command("code-off")
def take_code_off(login: _Login) -> None:
    """Take the second factor off, for a lost telephone; the account's sessions end."""
    with _changing(login) as (tables, account):
        tables.accounts.set_factor(account.office_id, account.account_id, None, None)


@contextmanager
def _changing(login: str) -> Iterator[tuple[Database, Account]]:
    settings = load_settings()
    with open_tables(settings) as tables:
        found = tables.accounts.by_login(login.strip().lower())
        if found is None:
            raise NotFound("no_such_account", login)
        yield tables, found[0]
        _note(tables, settings, found[0])


def _note(tables: Database, settings: Settings, account: Account) -> None:
    """In the log of the account's office, in the name of whoever the settings say works here."""
    actor = settings.actor.model_copy(update={"office_id": account.office_id})
    entry = AccessEntry(at=datetime.now(UTC), actor=actor, access="account", subject_id=account.account_id)
    tables.access_log.write(entry)


def _asked_password() -> str:
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _known(roles: list[str]) -> list[Role]:
    unknown = ", ".join(set(roles) - set(get_args(Role)))
    if unknown:
        raise typer.BadParameter(unknown, param_hint="--role")
    return cast("list[Role]", roles)
