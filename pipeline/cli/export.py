"""`hoso export`: dossiers for the one-stop system, as JSON of `schemas/export/dossier_sync.schema.json`; packages."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from pipeline.cli.lines import as_json_line, write_stdout
from pipeline.cli.noting import note
from pipeline.cli.package import package
from pipeline.export import dossier_sync, dossiers_sync
from pipeline.local_time import local_day
from pipeline.settings import Settings, load_settings
from pipeline.table_ports import Tables
from pipeline.wiring import open_archive
from schemas.export import DossierSync

app = typer.Typer(help="Hand dossiers to the one-stop system, as JSON; pack papers to take away.", no_args_is_help=True)
app.command()(package)


@app.command()
def dossier(code: Annotated[str, typer.Argument(help="The dossier's code.")]) -> None:
    """One dossier."""
    settings = load_settings()
    with open_archive(settings) as archive:
        one = dossier_sync(archive.tables, archive.catalogue, settings.office_id, code)
        _write(settings, archive.tables, one)


@app.command()
def dossiers(
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day they were received.")],
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; default: today.")] = None,
) -> None:
    """All dossiers received on some days, one a line."""
    settings = load_settings()
    last = until.date() if until else local_day(datetime.now(UTC))
    with open_archive(settings) as archive:
        for one in dossiers_sync(archive.tables, archive.catalogue, settings.office_id, since.date(), last):
            _write(settings, archive.tables, one)


def _write(settings: Settings, tables: Tables, one: DossierSync) -> None:
    inside = [*(paper.file_id for paper in one.papers), *(result.paper_id for result in one.results)]
    note(settings.actor, tables, "export", purpose="integration", document_ids=inside, subject_id=one.dossier_code)
    write_stdout(as_json_line(one))
