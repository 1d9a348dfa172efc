"""`hoso account`: who can sign in to the counter page."""

from typing import Annotated, cast, get_args

import typer

from pipeline.entrance import hashed, new_account
from pipeline.errors import ScanRejected
from pipeline.settings import load_settings
from pipeline.wiring import open_tables
from schemas.access import Role

app = typer.Typer(name="account", help="Who can sign in to the counter page.", no_args_is_help=True)


@app.command()
def add(
    login: Annotated[str, typer.Argument(help="Unique in this installation; small letters.")],
    role: Annotated[list[str], typer.Option(help=f"{', '.join(get_args(Role))}; several add up.")],
    name: Annotated[str, typer.Option(help="What colleagues see.")] = "",
    office: Annotated[str, typer.Option(help="Default: this installation's office.")] = "",
    password: Annotated[
        bool, typer.Option(help="Ask for a password; without one only links and OpenID Connect.")
    ] = True,
) -> None:
    """Add an account; the first administrator is made this way."""
    unknown = ", ".join(set(role) - set(get_args(Role)))
    if unknown:
        raise typer.BadParameter(unknown, param_hint="--role")
    settings = load_settings()
    secret = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if password else None
    account = new_account(login, name or login, office or settings.office_id, cast("list[Role]", role))
    with open_tables(settings) as tables:
        if not tables.accounts.add(account, hashed(secret) if secret else None, settings.actor_id):
            raise ScanRejected("login_taken", account.login)
    typer.echo(account.login)
