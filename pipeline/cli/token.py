"""`hoso token`: what programs show instead of signing in."""

import sys
from typing import Annotated, cast, get_args

import typer
from rich.console import Console
from rich.table import Table

from pipeline import tokens
from pipeline.cli.noting import note
from pipeline.errors import NotFound
from pipeline.settings import load_settings
from pipeline.wiring import open_tables
from schemas.access import Permission

app = typer.Typer(name="token", help="What programs show instead of signing in.", no_args_is_help=True)
_MOST = 1000
_console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 250)


@app.command()
def add(
    login: Annotated[str, typer.Argument(help="An account with the role service; see hoso account.")],
    scope: Annotated[list[str], typer.Option(help=f"{', '.join(get_args(Permission))}; several add up.")],
    name: Annotated[str, typer.Option(help="What colleagues call the program; default: the login.")] = "",
    days: Annotated[int, typer.Option(min=1, max=tokens.MOST_DAYS, help="How long it holds.")] = tokens.DEFAULT_DAYS,
) -> None:
    """Make a token and print its secret, which is told only now."""
    unknown = ", ".join(set(scope) - set(get_args(Permission)))
    if unknown:
        raise typer.BadParameter(unknown, param_hint="--scope")
    settings = load_settings()
    with open_tables(settings) as tables:
        found = tables.accounts.by_login(login)
        if found is None:
            raise NotFound("no_such_account", login)
        scopes = cast("list[Permission]", scope)
        token, secret = tokens.issue(tables.tokens, settings.actor, found[0], name or login, scopes, days)
        note(settings.actor, tables, "token", subject_id=token.token_id)
    typer.echo(secret)


@app.command(name="list")
def show() -> None:
    """Show the tokens of this office, newest first; never their secrets."""
    settings = load_settings()
    shown = Table(box=None, pad_edge=False)
    for title in ("id", "name", "scopes", "expires", "used", "revoked"):
        shown.add_column(title, overflow="fold")  # ids are copied from here: none may be cut
    with open_tables(settings) as tables:
        for one in tables.tokens.of_office(settings.office_id, _MOST):
            times = [f"{at:%Y-%m-%d %H:%M}" if at else "" for at in (one.expires_at, one.used_at, one.revoked_at)]
            shown.add_row(one.token_id, one.name, " ".join(one.scopes), *times)
    _console.print(shown)


@app.command()
def revoke(token_id: Annotated[str, typer.Argument(help="See hoso token list.")]) -> None:
    """End a token at once."""
    settings = load_settings()
    with open_tables(settings) as tables:
        tables.tokens.revoke(settings.office_id, token_id)
        note(settings.actor, tables, "token", subject_id=token_id)
