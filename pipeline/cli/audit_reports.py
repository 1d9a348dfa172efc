"""`hoso audit citizen`, `unusual` and `incident`: who looked at whose papers, at too many, and what an incident saw."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.audit.export import harmless, new_file
from pipeline.audit.incident import Asked, Incident, IncidentCounts, IncidentRow, Tally
from pipeline.audit.report import About, draft
from pipeline.audit.seen import Seen, printed_title
from pipeline.audit.sentences import is_wrong
from pipeline.audit.unusual import KNOWN_DAYS, looks_lately, unusual_days
from pipeline.audit.verify import verify
from pipeline.catalogue import load_catalogue
from pipeline.cli.ask import AsJson
from pipeline.cli.lines import as_json_line, write_stdout
from pipeline.cli.noting import note
from pipeline.cli.telling import told
from pipeline.errors import NotFound, ScanRejected
from pipeline.local_time import VIETNAM, local_day, local_moment
from pipeline.settings import Settings, load_settings
from pipeline.table_ports import Tables
from pipeline.wiring import open_audit_copy, open_store, open_tables

_MOST = 10_000
_TIME = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]
_console = Console(highlight=False, markup=False)


def citizen(
    citizen_id: Annotated[str, typer.Argument(help="The citizen's id; numbers stand on no command line.")],
    as_json: AsJson = False,
) -> None:
    """Tell who looked at a citizen's papers, when, why and in which office, newest first; that you asked is noted."""
    settings = load_settings()
    with open_tables(settings) as tables:
        if tables.people.by_id(settings.office_id, citizen_id) is None:
            raise NotFound("no_such_citizen", citizen_id)
        note(settings.actor, tables, "look", purpose="audit", citizen_id=citizen_id)
        office, catalogue = settings.office_called(settings.office_id), load_catalogue(settings.catalogue)
        seen = Seen(tables, catalogue, settings.office_id, office, printed_title).of_citizen(citizen_id, _MOST)
    for one in seen:
        why = " · ".join(filter(None, (one.purpose, one.procedure)))
        line = f"{local_moment(one.at)}  {one.office}  {one.officer}  {one.access}  {why}  {one.paper or ''}"
        write_stdout(as_json_line(one) if as_json else line.rstrip())


def incident(
    target: Annotated[Path, typer.Argument(help="A new folder, for your eyes alone.", show_default=False)],
    since: Annotated[datetime, typer.Option(formats=_TIME, help="From when on, at the counters.")],
    until: Annotated[datetime | None, typer.Option(formats=_TIME, help="Until before; default: now.")] = None,
    account: Annotated[list[str] | None, typer.Option(help="Only what this login did; may be repeated.")] = None,
    citizen_id: Annotated[
        list[str] | None, typer.Option("--citizen", help="Only what concerned this citizen, by id; may be repeated.")
    ] = None,
) -> None:
    """Write who saw or took which papers of which citizens, counts by kind of data, and a draft of the report.

    For the reports within 24 hours (QCVN 12:2026/BCA) and 72 hours (Luật 91/2025/QH15, Điều 23). It holds names and
    numbers: only your user can read the files.
    """
    settings = load_settings()
    begin, end = _moment(since), _moment(until) if until else datetime.now(UTC)
    asked = Asked(settings.office_id, begin, end, tuple(account or ()), tuple(citizen_id or ()))
    try:
        target.mkdir(mode=0o700)
    except FileExistsError:
        raise ScanRejected("target_taken") from None
    with open_tables(settings) as tables:
        note(settings.actor, tables, "export", purpose="audit", subject_id="incident")
        counts = _write_rows(Incident(tables, load_catalogue(settings.catalogue), asked), target)
        report = draft(_about(settings, tables, asked), counts)
    with new_file(target / "counts.json") as file:
        json.dump(counts.model_dump(mode="json"), file, ensure_ascii=False, indent=2)
    with new_file(target / "bao-cao.md") as file:
        file.write(report)
    _console.print(f"{target}: {counts.entries:,} entries, {counts.papers:,} papers, {counts.citizens:,} citizens")


def unusual(as_json: AsJson = False) -> None:
    """Tell which accounts saw papers of unusually many people on a day of the last 30; that you asked is noted."""
    settings = load_settings()
    with open_tables(settings) as tables:
        note(settings.actor, tables, "look", purpose="audit", subject_id="access-log")
        days = looks_lately(tables.access_log, settings.office_id, local_day(datetime.now(UTC)))
    found = unusual_days(days)
    if not found and not as_json:
        _console.print(f"Nobody saw papers of unusually many people in the last {KNOWN_DAYS} days.")
    for one in found:
        seen = f"{one.people} people, usually {one.usual:g}, {one.looks} looks, {one.at_night} at night"
        write_stdout(as_json_line(one) if as_json else f"{one.day}  {one.login}  {seen}")


def _write_rows(incident: Incident, target: Path) -> IncidentCounts:
    tally, names = Tally(), list(IncidentRow.model_fields)
    with new_file(target / "accesses.csv") as table, new_file(target / "accesses.jsonl") as lines:
        table.write("\ufeff")  # without it a spreadsheet takes Vietnamese letters for something else
        writer = csv.writer(table)
        writer.writerow(names)
        for row in incident.rows():
            told_of = row.model_dump(mode="json")
            writer.writerow([harmless(str(told_of[name])) for name in names])
            lines.write(json.dumps(told_of, ensure_ascii=False) + "\n")
            tally.add(row)
    return tally.counts()


def _about(settings: Settings, tables: Tables, asked: Asked) -> About:
    with told("{} of {} entries of the log checked") as on_checked:
        state = verify(asked.office_id, open_store(settings), tables.audit, open_audit_copy(settings), on_checked)
    return About(
        office=settings.office_called(asked.office_id),
        contact=settings.office_contact,
        since=asked.since,
        until=asked.until,
        logins=tuple(asked.logins),
        head=f"{state.head.number}, SHA-256 {state.head.sha256}",
        log_is_whole=not any(is_wrong(finding) for finding in state.findings),
    )


def _moment(said: datetime) -> datetime:
    return said.replace(tzinfo=VIETNAM)
