"""`hoso rebuild`: the database anew from the store alone."""

import time
from typing import Annotated

import typer
from rich.console import Console

from pipeline.cli.brought_back import continue_logs
from pipeline.cli.lines import write_stdout
from pipeline.rebuild import RebuildReport, rebuild
from pipeline.settings import load_settings
from pipeline.wiring import open_store, open_tables

_LEFT_OUT = 65
_SHOWN_EVERY_S = 5.0


def rebuild_database(
    replace: Annotated[bool, typer.Option("--replace", help="Remove the rows that are there first.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout.")] = False,
) -> None:
    """Make the database anew from the store. Nothing else may run meanwhile; interrupted, it is simply run again.

    Papers, their texts and search, the register, dossiers, codes, questions, submissions and decisions come back. Not
    in the store, and kept by a backup alone: accounts, sessions, tokens, webhooks, visits and calls, the times of
    answers, and of the log of who looked at what the days that were not closed yet; and answers given before can no
    longer be taken back.

    Exit code 65: some objects are altered or no records; they are named.
    """
    settings = load_settings()
    console = Console(stderr=as_json, highlight=False, markup=False)
    if replace and not yes:
        typer.confirm(f"Remove all papers from {_named(settings.database_url)} and make them anew?", abort=True)
    shown = time.monotonic()

    def on_rebuilt(kind: str, done: int) -> None:
        nonlocal shown
        if time.monotonic() - shown > _SHOWN_EVERY_S:
            shown = time.monotonic()
            console.print(f"{kind}: {done}")

    with open_tables(settings) as tables:
        store = open_store(settings)
        report = rebuild(store, tables.records, tables.restoring, on_rebuilt, replace=replace)
        continue_logs(settings, store, tables, "rebuild", None)
    if as_json:
        write_stdout(report.model_dump_json())
    else:
        _print(console, report)
    if report.left_out:
        raise typer.Exit(_LEFT_OUT)


def _named(url: str) -> str:
    """The database without who signs in to it."""
    return url.rpartition("@")[2] or url


def _print(console: Console, report: RebuildReport) -> None:
    for name, count in report.model_dump(exclude={"left_out"}).items():
        console.print(f"{name:<12} {count}")
    for key in report.left_out:
        console.print(f"left out: {key}", soft_wrap=True)
    console.print(
        "Not in the store and so not made anew: accounts, sessions, tokens, webhooks, visits, calls, and the access"
        " log of days that were not closed."
        " A backup keeps them.",
        soft_wrap=True,
    )
