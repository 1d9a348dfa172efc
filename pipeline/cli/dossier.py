"""`hoso dossier ...`: dossiers beside the one-stop system, and `hoso prefill`."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from pipeline.adapters.printing import print_sheet
from pipeline.archive import Archive
from pipeline.cli.ask import AsJson, find_citizen, pick_procedure, why
from pipeline.cli.lines import as_json_line, write_stdout
from pipeline.cli.noting import note
from pipeline.dossier_import import COLUMNS, dossier_of, import_dossiers, read_csv
from pipeline.errors import NotFound, ScanRejected
from pipeline.local_time import local_day
from pipeline.prefill import prefill as known_values
from pipeline.settings import Settings, load_settings
from pipeline.sheets import Sheet, cover_sheet, missing_list
from pipeline.wiring import open_archive
from schemas.dossier import Channel, Paper
from schemas.dossiers import DossierView, ReturnBy

dossier = typer.Typer(
    name="dossier",
    help="Dossiers beside the one-stop system: what is in them, what is missing, what need not be brought.",
    no_args_is_help=True,
)
_SOME_REFUSED = 65
_console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 160)

Code = Annotated[str, typer.Argument(help="Code of the dossier (mã hồ sơ).", show_default=False)]
Component = Annotated[str, typer.Argument(help="Which paper of the procedure, by its id in the checklist.")]
Given = Annotated[list[str] | None, typer.Option(help="A condition that holds, by its id.")]
NotGiven = Annotated[list[str] | None, typer.Option(help="A condition that does not hold, by its id.")]
Target = Annotated[Path, typer.Option("--pdf", help="Write the sheet here.")]


@dossier.command("open")
def open_one(
    code: Code,
    procedure: Annotated[str | None, typer.Option(help="The procedure, by its id or code.")] = None,
    owner: Annotated[str | None, typer.Option(help="Personal number or tax code of whose it is.")] = None,
    owner_name: Annotated[str | None, typer.Option(help="His name.")] = None,
    by: Annotated[str | None, typer.Option(help="Number of who hands it in for the owner.")] = None,
    by_name: Annotated[str | None, typer.Option(help="His name.")] = None,
    channel: Annotated[Channel, typer.Option(help="How it was handed in.")] = "counter",
    return_by: Annotated[ReturnBy | None, typer.Option(help="How the result goes back.")] = None,
    due: Annotated[str | None, typer.Option(help="Day on which the result is due, DD/MM/YYYY.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a dossier known, or add to what is known of it."""
    settings = load_settings()
    with open_archive(settings) as archive:
        said = {
            "code": code,
            "procedure": pick_procedure(archive, procedure).id if procedure is not None else None,
            "owner_number": owner,
            "owner_name": owner_name,
            "submitted_by_number": by,
            "submitted_by_name": by_name,
            "channel": channel,
            "return_by": return_by,
            "due_on": due,
        }
        change = archive.dossiers.open(dossier_of(said, archive.catalogue, settings.actor, "opened"))
    if as_json:
        write_stdout(as_json_line(change))
        return
    left = f"; left as they were: {', '.join(change.conflicts)}" if change.conflicts else ""
    _console.print(f"{change.code} {change.outcome}{left}")


@dossier.command("import")
def import_list(
    path: Annotated[Path, typer.Argument(help="CSV with a header, as the one-stop system exports it.")],
    column: Annotated[
        list[str] | None, typer.Option(help=f"HEADER=NAME, where NAME is one of: {', '.join(COLUMNS)}.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take over a list of dossiers; taking it over again changes nothing."""
    settings = load_settings()
    columns = _columns(column or ())
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise NotFound("no_such_path") from None
    except (OSError, UnicodeDecodeError):
        raise ScanRejected("bad_import") from None
    with open_archive(settings) as archive:
        report = import_dossiers(archive.dossiers, archive.catalogue, settings.actor, read_csv(text, columns))
    if as_json:
        write_stdout(as_json_line(report))
    else:
        for change in report.dossiers:
            left = f"; left as they were: {', '.join(change.conflicts)}" if change.conflicts else ""
            _console.print(f"{change.code} {change.outcome}{left}")
        for refused in report.refused:
            _console.print(f"row {refused.row}: {refused.code}")
    if report.refused:
        raise typer.Exit(_SOME_REFUSED)


def _columns(said: Sequence[str]) -> dict[str, str]:
    columns = {}
    for one in said:
        header, _, name = one.rpartition("=")
        if name not in COLUMNS or not header:
            raise typer.BadParameter(f"{one!r} is not HEADER=NAME", param_hint="--column")
        columns[header] = name
    return columns


@dossier.command()
def show(code: Code, given: Given = None, not_given: NotGiven = None, as_json: AsJson = False) -> None:
    """Show a dossier: its papers, its results, and what its procedure still asks for."""
    settings = load_settings()
    with open_archive(settings) as archive:
        view = _view(archive, settings, code, given, not_given)
        note(settings.actor, archive.tables, "look", purpose="dossier", subject_id=code)
        titles = {
            one.document_id: archive.tables.papers.get(settings.office_id, one.document_id).type
            for one in view.components
        }
    if as_json:
        write_stdout(as_json_line(view))
        return
    told = view.dossier
    due = f", due {told.due_on:%d/%m/%Y}" if told.due_on else ""
    _console.print(f"{told.code}  {told.procedure or 'procedure unknown'}  by {told.channel}{due}")
    table = Table("", "Paper", "Why", "Component", box=None, pad_edge=False)
    for row in view.rows:
        status = "-" if row.applies == "no" else f"{row.status}{' *' if row.demanded else ''}"
        table.add_row(status, row.title, why(row), row.id)
    _console.print(table)
    for one in view.components:
        reused = f"reused {one.reused_code or ''}" if one.reused else "brought"
        _console.print(f"{one.document_id}  {titles[one.document_id]}  {one.component}  {one.result_code or reused}")


@dossier.command("cover-sheet")
def print_cover(code: Code, pdf: Target) -> None:
    """Print the sheet that the dossier's papers are scanned behind."""
    settings = load_settings()
    with open_archive(settings) as archive:
        _write(cover_sheet(_view(archive, settings, code, None, None), archive.catalogue), pdf)


@dossier.command("missing")
def print_missing(code: Code, pdf: Target, given: Given = None, not_given: NotGiven = None) -> None:
    """Print the list of exactly what is still missing."""
    settings = load_settings()
    with open_archive(settings) as archive:
        _write(missing_list(_view(archive, settings, code, given, not_given), archive.catalogue), pdf)


@dossier.command()
def reuse(
    code: Code,
    component: Component,
    document: Annotated[str, typer.Argument(help="Document id of the paper on file.")],
    purpose: Annotated[str, typer.Option(help="What it is used for.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Let a paper on file serve the dossier instead of being brought again."""
    settings = load_settings()
    with open_archive(settings) as archive:
        attached = archive.dossiers.reuse(settings.actor, code, component, document, purpose)
    if as_json:
        write_stdout(as_json_line(attached))
    else:
        _console.print(f"{document} serves {code} as {component}. {attached.reused_code or ''}")


@dossier.command()
def attach(
    code: Code,
    component: Component,
    document: Annotated[str, typer.Argument(help="Document id of the paper that was brought for it.")],
    as_json: AsJson = False,
) -> None:
    """Put a paper that came without the dossier's code into it by hand; component "" is outside the list."""
    settings = load_settings()
    with open_archive(settings) as archive:
        paper = archive.dossiers.attach(settings.actor, code, component, document)
    _tell_place(paper, as_json)


@dossier.command()
def detach(
    code: Code,
    document: Annotated[str, typer.Argument(help="Document id of the paper that was not brought for it.")],
    as_json: AsJson = False,
) -> None:
    """Take a paper out of a dossier that it was not brought for."""
    settings = load_settings()
    with open_archive(settings) as archive:
        paper = archive.dossiers.detach(settings.actor, code, document)
    _tell_place(paper, as_json)


def _tell_place(paper: Paper, as_json: bool) -> None:
    if as_json:
        write_stdout(as_json_line(paper))
    else:
        where = f"is in {paper.dossier_code} {paper.component}" if paper.dossier_code else "is in no dossier"
        _console.print(f"{paper.document_id} {where}".rstrip())


@dossier.command("look-up")
def look_up(
    code: Code,
    component: Component,
    outcome: Annotated[Literal["found", "incomplete", "failed"], typer.Option(help="What the database gave.")],
    as_json: AsJson = False,
) -> None:
    """Record what the national database gave instead of a paper (NQ 66.7/2025)."""
    settings = load_settings()
    with open_archive(settings) as archive:
        looked = archive.dossiers.look_up(settings.actor, code, component, outcome)
    if as_json:
        write_stdout(as_json_line(looked))
    else:
        _console.print(f"{component}: {outcome}")


def prefill(
    form: Annotated[str, typer.Argument(help="The form, by the id of its type.")],
    citizen: Annotated[str, typer.Option(help="Personal number of who fills it in, or an old 9-digit one.")],
    as_json: AsJson = False,
) -> None:
    """Show what is known beforehand for the fields of a form, and from where."""
    settings = load_settings()
    with open_archive(settings) as archive:
        kind = archive.catalogue.types.get(form)
        if kind is None or kind.filled_by != "applicant":
            raise NotFound("no_such_form", form)
        person = find_citizen(archive, settings, citizen)
        note(settings.actor, archive.tables, "prefill", citizen_id=person.citizen_id)
        fields = known_values(
            kind,
            archive.catalogue.types,
            person,
            archive.tables.papers.of_citizen(settings.office_id, person.citizen_id),
            local_day(datetime.now(UTC)),
            lambda document_id: archive.tables.dossiers.confirmer(settings.office_id, document_id),
        )
    if as_json:
        write_stdout(as_json_line({"form": form, "fields": [field.model_dump(mode="json") for field in fields]}))
        return
    table = Table("Field", "Value", "From", box=None, pad_edge=False)
    for field in fields:
        sources = "; ".join(f"{one.document_type or one.source} {one.document_id or ''}".strip() for one in field.known)
        table.add_row(field.label, "these disagree" if field.conflict else field.value or "", sources)
    _console.print(table)


def _view(
    archive: Archive, settings: Settings, code: str, given: Sequence[str] | None, not_given: Sequence[str] | None
) -> DossierView:
    conditions = dict.fromkeys(given or (), True) | dict.fromkeys(not_given or (), False)
    return archive.dossiers.view(settings.office_id, code, conditions, datetime.now(UTC))


def _write(sheet: Sheet, target: Path) -> None:
    target.write_bytes(print_sheet(sheet))
    _console.print(str(target), soft_wrap=True)
