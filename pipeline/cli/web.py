"""`hoso web` and `hoso link`: the counter page, and the way to it."""

from typing import Annotated

import typer
import uvicorn

from pipeline.adapters.running import find_running
from pipeline.adapters.supervisor import free_port
from pipeline.cli.noting import note
from pipeline.entrance import Entrance
from pipeline.settings import Settings, load_settings
from pipeline.web.app import build_app
from pipeline.wiring import open_tables

_PORT = 8460
_Login = Annotated[str, typer.Argument(help="Whom the link signs in; see hoso account.")]


def web(login: _Login = "") -> None:
    """Serve the counter page on this machine, unless `hoso up` does; with a login, print a one-time link to it."""
    settings = load_settings()
    running = find_running(settings.home_path)
    address = _address(settings) if running else f"http://127.0.0.1:{free_port(_PORT)}"
    typer.echo(_link(settings, address, login) if login else address)
    if running is None:
        # No access log: it would double our own.
        port = int(address.rpartition(":")[2])
        uvicorn.run(build_app(settings), host="127.0.0.1", port=port, access_log=False, log_level="warning")


def link(login: _Login) -> None:
    """Print a one-time link that signs an account in to the counter page of this home."""
    settings = load_settings()
    typer.echo(_link(settings, _address(settings), login))


def _address(settings: Settings) -> str:
    running = find_running(settings.home_path)
    return settings.web_url or (running.web_url if running else f"http://127.0.0.1:{_PORT}")


def _link(settings: Settings, address: str, login: str) -> str:
    with open_tables(settings) as tables:
        secret = Entrance(tables.accounts, tables.sessions, settings.idle_minutes * 60).issue_link(login)
        found = tables.accounts.by_login(login)
        note(settings.actor, tables, "account", subject_id=found[0].account_id if found else None)
    return f"{address}/?token={secret}"
