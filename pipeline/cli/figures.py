"""`hoso figures`: how much an office digitises, uses again, and does without asking."""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipeline.cli.lines import write_stdout
from pipeline.figures import KeptFigures, as_csv
from pipeline.figures import figures as figures_of
from pipeline.figures_chart import chart
from pipeline.local_time import local_day
from pipeline.settings import load_settings
from pipeline.wiring import open_store, open_tables
from schemas.figures import By, Figures, FigureTable

_DAYS = 30
_console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 160)
_COLUMNS = (
    "dossiers", "digitised", "score", "used again", "score",
    "papers", "not asked", "values seen", "changed", "sheets spared",
)  # fmt: skip


def figures(
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day; default: 30 days.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; default: today.")] = None,
    by: Annotated[By, typer.Option(help="What makes a row.")] = "day",
    office: Annotated[list[str] | None, typer.Option(help="Offices of this database; default: yours.")] = None,
    kept: Annotated[bool, typer.Option("--kept", help="As they stood when each day was over, not as now.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout.")] = False,
    csv: Annotated[Path | None, typer.Option(help="Write the table here as CSV.")] = None,
    picture: Annotated[Path | None, typer.Option("--chart", help="Draw the shares here as SVG.")] = None,
) -> None:
    """Show the figures of an office: digitisation and reuse as QĐ 766/QĐ-TTg defines them, and what it cost people."""
    settings = load_settings()
    last = until.date() if until else local_day(datetime.now(UTC))
    first = since.date() if since else last - timedelta(days=_DAYS - 1)
    offices = office or [settings.office_id]
    if kept:
        table = figures_of(KeptFigures(open_store(settings)), offices, first, last, by)
    else:
        with open_tables(settings) as tables:
            table = figures_of(tables.figures, offices, first, last, by)
    if csv is not None:
        csv.write_text(as_csv(table), encoding="utf-8")
    if picture is not None:
        picture.write_text(chart(table), encoding="utf-8")
    if as_json:
        write_stdout(table.model_dump_json())
    else:
        _print(table, first, last)


def _print(table: FigureTable, first: date, last: date) -> None:
    shown = Table(table.by, title=f"{first} to {last}", title_justify="left", box=None, pad_edge=False)
    for column in _COLUMNS:
        shown.add_column(column, justify="right")
    for row in (*table.rows, table.total):
        shown.add_row(row.key or "?", *_cells(row))
    _console.print(shown)


def _cells(row: Figures) -> tuple[str, ...]:
    return (
        str(row.dossiers),
        _percent(row.digitisation_rate),
        _percent(row.digitisation_score),
        _percent(row.reuse_rate),
        _percent(row.reuse_score),
        str(row.papers),
        _percent(row.automation_rate),
        str(row.values_looked_at),
        _percent(row.field_error),
        str(row.sheets_spared),
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"
