"""`hoso hook`: other systems that are told what becomes of papers."""

import sys
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import typer
from rich.console import Console
from rich.table import Table

from pipeline.adapters.hook_sender import check_url, new_secret, try_hook
from pipeline.cli.noting import note
from pipeline.errors import ServiceUnavailable
from pipeline.settings import load_settings
from pipeline.wiring import open_tables
from schemas.hooks import Delivery, Webhook

app = typer.Typer(name="hook", help="Other systems that are told what becomes of papers.", no_args_is_help=True)
_MOST = 1000
_console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 250)
_Id = Annotated[str, typer.Argument(help="See hoso hook list.")]


@app.command()
def add(url: Annotated[str, typer.Argument(help="https, or http on this machine.")]) -> None:
    """Have an address told of papers that are filed or wait for review; print its id and its secret, told only now."""
    settings = load_settings()
    address = check_url(url, settings.known_hook_hosts)
    hook = Webhook(hook_id=str(uuid4()), **settings.actor.model_dump(), url=address, made_at=datetime.now(UTC))
    secret = new_secret()
    with open_tables(settings) as tables:
        tables.hooks.add(hook, secret)
        note(settings.actor, tables, "hook", subject_id=hook.hook_id)
    typer.echo(f"{hook.hook_id} {secret}")


@app.command(name="list")
def show() -> None:
    """Show the addresses of this office, with how many of the last 1000 messages wait and were given up."""
    settings = load_settings()
    shown = Table(box=None, pad_edge=False)
    for title in ("id", "url", "since", "waiting", "given up"):
        shown.add_column(title, overflow="fold")  # ids are copied from here: none may be cut
    with open_tables(settings) as tables:
        for hook in tables.hooks.of_office(settings.office_id, _MOST):
            told = tables.hooks.deliveries(settings.office_id, hook.hook_id, _MOST)
            waiting = sum(one.next_at is not None for one in told)
            shown.add_row(hook.hook_id, hook.url, f"{hook.made_at:%Y-%m-%d}", str(waiting), str(_given_up(told)))
    _console.print(shown)


@app.command()
def test(hook_id: _Id) -> None:
    """Send an address a signed message now."""
    settings = load_settings()
    with open_tables(settings) as tables:
        hook, secret = tables.hooks.get(settings.office_id, hook_id)
    error = try_hook(check_url(hook.url, settings.known_hook_hosts), secret)
    if error is not None:
        raise ServiceUnavailable("hook_away", error)


@app.command()
def remove(hook_id: _Id) -> None:
    """Tell an address nothing any more."""
    settings = load_settings()
    with open_tables(settings) as tables:
        tables.hooks.remove(settings.office_id, hook_id)
        note(settings.actor, tables, "hook", subject_id=hook_id)


def _given_up(told: tuple[Delivery, ...]) -> int:
    return sum(one.next_at is None and one.delivered_at is None for one in told)
