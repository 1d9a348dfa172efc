"""`hoso audit`: the access log as a chain that is checked, closed and taken out, and what it says of an incident."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.adapters.flow_server import CLOSE_LOG
from pipeline.audit.closing import Closing, each_office
from pipeline.audit.days import offices_in
from pipeline.audit.export import export_days
from pipeline.audit.sentences import SENTENCES, is_wrong
from pipeline.audit.verify import verify as verify_log
from pipeline.cli.ask import AsJson
from pipeline.cli.audit_reports import citizen, incident, unusual
from pipeline.cli.brought_back import continue_logs
from pipeline.cli.lines import as_json_line, write_stdout
from pipeline.cli.noting import note
from pipeline.cli.telling import told
from pipeline.errors import ServiceUnavailable
from pipeline.local_time import local_day
from pipeline.offices import logged_offices
from pipeline.settings import load_settings
from pipeline.turns import turn
from pipeline.wiring import open_audit_copy, open_store, open_tables
from schemas.audit import AuditFinding, AuditReport

app = typer.Typer(name="audit", help="Who looked at what, as a chain that shows every change.", no_args_is_help=True)
app.command()(citizen)
app.command()(incident)
app.command()(unusual)
_DAY = ["%Y-%m-%d"]
_CHANGED = 65
_console = Console(highlight=False, markup=False)


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Check the log of every office: nothing was removed, altered, moved or added, and no closed day was replaced.

    Exit code 65: something was, in one of them. What is not closed yet is proved by the head that every sweep keeps.
    With --json a line for each office.
    """
    settings = load_settings()
    store, copy = open_store(settings), open_audit_copy(settings)
    with open_tables(settings) as tables, told("{} of {} entries checked") as on_checked:
        offices = dict.fromkeys((*logged_offices(settings, tables), *sorted(offices_in(store))))
        reports = [verify_log(office_id, store, tables.audit, copy, on_checked) for office_id in offices]
    if as_json:
        for report in reports:
            write_stdout(as_json_line(report))
    else:
        _print(reports)
    if any(is_wrong(finding) for report in reports for finding in report.findings):
        raise typer.Exit(_CHANGED)


@app.command()
def close() -> None:
    """Close the days that are over, of every office; every night does so by itself where `hoso up` or workers run.

    One at a time: two could close a day with different entries.
    """
    settings, today = load_settings(), local_day(datetime.now(UTC))
    store, copy = open_store(settings), open_audit_copy(settings)
    with open_tables(settings) as tables, turn(tables.turns, CLOSE_LOG, settings.lease_s) as mine:
        if not mine:
            raise ServiceUnavailable("closing_running")

        def close_one(office_id: str) -> None:
            closing = Closing(office_id, store, tables.audit, tables.access_log, copy)
            closed = closing.close_days(today)
            closing.keep_head()
            _console.print(f"{office_id}: {closed} days closed")

        each_office(logged_offices(settings, tables), close_one)


@app.command()
def restored() -> None:
    """Have the log go on after the database was brought back by other means than `hoso restore`, before it is used.

    Closed days are taken out of the store again, and what is lost is named as lost.
    """
    settings = load_settings()
    with open_tables(settings) as tables:
        taken, lost = continue_logs(settings, open_store(settings), tables, "restore", None)
    _console.print(f"{taken:,} entries came out of closed days, {lost:,} are lost and named as such")


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="TARGET.jsonl and TARGET.csv are written.", show_default=False)],
    since: Annotated[datetime, typer.Option(formats=_DAY, help="First day.")],
    until: Annotated[datetime | None, typer.Option(formats=_DAY, help="Last day; default: today.")] = None,
) -> None:
    """Take entries out, as lines that prove themselves without hoso (docs/audit.md) and as a table. Ids only."""
    settings = load_settings()
    last = until.date() if until else local_day(datetime.now(UTC))
    with open_tables(settings) as tables:
        note(settings.actor, tables, "export", purpose="audit", subject_id="access-log")
        done = export_days(tables.audit, settings.office_id, since.date(), last, target)
    _console.print(f"{done.entries:,} entries, {done.first} to {done.last}; the last line's SHA-256: {done.sha256}")


def _print(reports: Sequence[AuditReport]) -> None:
    """Offices are named where there are several."""
    widest = max(len(report.head.office_id) for report in reports)
    for report in reports:
        office = f"{report.head.office_id:<{widest}} " if len(reports) > 1 else ""
        for finding in report.findings:
            mark = "WRONG" if is_wrong(finding) else "told"
            _console.print(f"{mark:<6}{office}{finding.kind:<20} {_where(finding)}", soft_wrap=True)
    for kind in sorted({finding.kind for report in reports for finding in report.findings}):
        _console.print(f"{kind}: {SENTENCES[kind][1]}", soft_wrap=True)
    for report in reports:
        office = f"{report.head.office_id}: " if len(reports) > 1 else ""
        closed = f"closed until {report.closed_until}" if report.closed_until else "no day is closed yet"
        head = f"head {report.head.number} {report.head.sha256}"
        _console.print(f"{office}{report.entries:,} entries, {report.days:,} days, {closed}; {head}", soft_wrap=True)


def _where(finding: AuditFinding) -> str:
    day = str(finding.day) if finding.day else ""
    if finding.first is None:
        return day
    numbers = f"{finding.first}" if finding.first == finding.last else f"{finding.first} to {finding.last}"
    return f"entries {numbers}" + (f" of {day}" if day else "")
