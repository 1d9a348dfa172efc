"""`hoso marks`: which papers have expired or soon will, and which need be kept no longer."""

from typing import Annotated

import typer

from pipeline.cli.ask import AsJson
from pipeline.cli.lines import as_json_line, write_stdout
from pipeline.settings import load_settings
from pipeline.wiring import open_tables
from schemas.marks import MarkKind


def marks(
    kind: Annotated[MarkKind | None, typer.Option("--list", help="List the papers with this mark.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the earliest day first.")] = 1000,
    as_json: AsJson = False,
) -> None:
    """Count the marks that the last night put on papers, or list one kind: the paper's id, and the day.

    `expired`, `expiring`: the last day of its validity. `keeping_over`: the first day on which it need be kept no
    longer; nothing is removed for that.
    """
    settings = load_settings()
    with open_tables(settings) as tables:
        counts = tables.marks.counts(settings.office_id)
        listed = tables.marks.listed(settings.office_id, kind, limit) if kind else ()
    if kind is None and as_json:
        write_stdout(as_json_line({str(name): count for name, count in counts.items()}))
    elif kind is None:
        for name, count in sorted(counts.items()):
            typer.echo(f"{name}\t{count}")
    for mark in listed:
        write_stdout(as_json_line(mark) if as_json else f"{mark.document_id}\t{mark.day}")
