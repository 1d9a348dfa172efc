"""`hoso sync`: hand over to the centre what this machine has received."""

from typing import Annotated

import typer
from rich import progress as bar
from rich.console import Console

from pipeline.cli.lines import as_json_line, write_stdout
from pipeline.settings import load_settings
from pipeline.wiring import open_sync
from schemas.delivery import Handover

_SOME_REFUSED = 65


def sync(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a submission on stdout.")] = False,
) -> None:
    """Hand over all that waits, also what the centre has refused before; a cut upload goes on where it was."""
    settings = load_settings()
    console = Console(stderr=as_json, highlight=False)
    refused = False
    with open_sync(settings) as syncing, _bar(console) as shown:
        task = shown.add_task("handing over", total=syncing.waiting_bytes(again=True))
        for handover in syncing.run(lambda sent_bytes: shown.advance(task, sent_bytes), again=True):
            refused = refused or handover.state == "refused"
            _tell(console, handover, as_json=as_json)
    if refused:
        raise typer.Exit(_SOME_REFUSED)


def _bar(console: Console) -> bar.Progress:
    return bar.Progress(
        bar.SpinnerColumn(),
        bar.TextColumn("{task.description}"),
        bar.BarColumn(),
        bar.DownloadColumn(),
        bar.TransferSpeedColumn(),
        bar.TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )


def _tell(console: Console, handover: Handover, *, as_json: bool) -> None:
    if as_json:
        write_stdout(as_json_line(handover))
    elif handover.state == "delivered":
        told = f"[green]delivered[/] {handover.submission_id} as {handover.centre_submission_id}"
        console.print(told, soft_wrap=True)
    else:
        told = f"[red]refused[/]   {handover.submission_id} [dim]{handover.code}: {handover.message}[/]"
        console.print(told, soft_wrap=True)
