"""The command line. Terminal texts are English, for operators; what staff read in JSON follows `HOSO_LANGUAGE`.

Exit codes: 0 done, 2 usage, 65 some files refused, 66 not found, 70 our bug, 75 a service is away, 77 not permitted,
78 misconfigured.
"""

import logging
import sys
from importlib import import_module

import typer
from rich.console import Console
from typer._click.core import Command, Context  # Typer carries its own click, which has no public name
from typer.core import TyperGroup

from pipeline.cli.faults import describe
from pipeline.errors import HosoError

_OUR_BUG = 70

_COMMANDS = {
    "ingest": "ingest:ingest",
    "search": "ask:search",
    "citizen": "ask:citizen",
    "show": "ask:show",
    "checklist": "ask:checklist",
    "confirm": "ask:confirm",
    "figures": "figures:figures",
    "marks": "marks:marks",
    "destroy": "destroy:app",
    "hold": "hold:app",
    "request": "request:app",
    "export": "export:app",
    "backlog": "backlog:backlog",
    "prefill": "dossier:prefill",
    "dossier": "dossier:dossier",
    "review": "review:app",
    "register": "register:app",
    "account": "account:app",
    "token": "token:app",
    "hook": "hook:app",
    "audit": "audit:app",
    "verify": "verify:verify",
    "rebuild": "rebuild:rebuild_database",
    "sync": "sync:sync",
    "backup": "backup:backup",
    "restore": "restore:restore",
    "doctor": "doctor:doctor",
    "up": "up:up",
    "web": "web:web",
    "link": "web:link",
    "signer": "signer:signer",
}
"""Where each command is: module and name in it."""


class OnDemand(TyperGroup):
    """Imports a command when it is asked for: reading a folder needs no web pages, which cost 70 MB and a second."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """See click."""
        return list(_COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002 (click's signature)
        """See click."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(f"pipeline.cli.{module}"), name)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            alone.command(cmd_name)(found)
            found = alone
        command = typer.main.get_command(found)
        command.name = cmd_name
        return command


app = typer.Typer(
    name="hoso",
    cls=OnDemand,
    help="Read the papers citizens hand in, file them, and tell which need never be brought again.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _hoso() -> None:
    """A group even before any of its commands is imported."""


def main() -> None:
    """Run a command; errors become one sentence and an exit code, our own faults a code to report."""
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
    try:
        app()
    except HosoError as error:
        Console(stderr=True).print(f"hoso: {error.message('en')} [{error.code}]", style="red", markup=False)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        Console(stderr=True).print(
            f"hoso: a fault of hoso itself ({describe(error)}). Originals are kept. [internal]",
            style="red",
            markup=False,
        )
        sys.exit(_OUR_BUG)
