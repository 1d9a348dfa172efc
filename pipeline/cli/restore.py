"""`hoso restore`: an office brought back from its backup, whole or single objects of it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.adapters.database.engine import open_rows
from pipeline.cli.ask import AsJson
from pipeline.cli.brought_back import continue_logs
from pipeline.cli.lines import as_json_line, write_stdout
from pipeline.cli.telling import in_mb, told
from pipeline.errors import NotFound
from pipeline.restore import Restore
from pipeline.settings import Settings, load_settings
from pipeline.wiring import open_backup, open_store, open_tables

_console = Console(highlight=False, markup=False)


def restore(
    source: Annotated[str, typer.Argument(help="Where `hoso backup` wrote to.", show_default=False)],
    at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="The newest snapshot until then (UTC)."),
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Bring back this object alone, by its key.")] = None,
    store_only: Annotated[
        bool, typer.Option("--store-only", help="Bring back lost objects; the database is whole.")
    ] = False,
    database_only: Annotated[
        bool, typer.Option("--database-only", help="Fill an empty database; the store is whole.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fill an empty store and an empty database, of any kind, from a backup; run it again if it was interrupted.

    Everybody signs in anew afterwards. Run `hoso verify` then: objects that are newer than the rows get theirs.
    """
    if sum([bool(only), store_only, database_only]) > 1:
        raise typer.BadParameter("say one of --only, --store-only and --database-only")
    settings = load_settings()
    if not source.startswith("s3:") and not Path(source).expanduser().is_dir():
        raise NotFound("no_such_path")
    lying = Restore(open_backup(settings, source), open_store(settings))
    until = at.replace(tzinfo=UTC) if at else None
    if only:
        lying.only(only, until)
        return
    with open_rows(settings.database_url) as rows, told("{} of {} objects restored") as on_progress:
        if store_only:
            done = lying.lost_store(until, on_progress)
        elif database_only:
            done = lying.lost_database(rows, until)
        else:
            done = lying.everything(rows, until, on_progress)
    if not store_only:
        _go_on(settings, done.snapshot_id)
    if as_json:
        write_stdout(as_json_line(done))
        return
    _console.print(
        f"{done.snapshot_id}: {done.objects:,} objects, {in_mb(done.object_bytes)}, and {done.rows:,} rows are back;"
        f" {done.present:,} objects were there, {done.expired:,} of intake had expired",
        soft_wrap=True,
    )


def _go_on(settings: Settings, snapshot_id: str) -> None:
    with open_tables(settings) as tables:
        taken, lost = continue_logs(settings, open_store(settings), tables, "restore", snapshot_id)
    if taken or lost:
        Console(stderr=True, highlight=False).print(
            f"access log: {taken:,} entries came out of closed days, {lost:,} are lost and named as such"
        )
