"""`hoso hold`: papers that nobody may destroy, such as those of a complaint or a court case."""

from typing import Annotated

import typer

from pipeline.errors import NotFound
from pipeline.holds import Holds
from pipeline.settings import Settings, load_settings
from pipeline.table_ports import Tables
from pipeline.wiring import open_store, open_tables
from schemas.destruction import HoldReason

app = typer.Typer(name="hold", help="Papers that nobody may destroy for now.", no_args_is_help=True)
_Paper = Annotated[str | None, typer.Option("--paper", help="This paper, by its id.")]
_Dossier = Annotated[str | None, typer.Option("--dossier", help="All papers of this dossier, by its code.")]
_Citizen = Annotated[str | None, typer.Option("--citizen", help="All papers of this citizen, by any number.")]


@app.command("set")
def set_hold(
    paper: _Paper = None,
    dossier: _Dossier = None,
    citizen: _Citizen = None,
    reason: Annotated[HoldReason, typer.Option(help="What the papers are needed for.")] = "other",
    reference: Annotated[str, typer.Option(help="Number of the case, such as that of a complaint.")] = "",
) -> None:
    """Put a hold on papers: until it is lifted they are destroyed by nobody."""
    settings = load_settings()
    with open_tables(settings) as tables:
        subject_id = _subjects(settings, tables, paper, dossier, citizen)[0]
        Holds(tables).put(open_store(settings), settings.actor, subject_id, reason, reference)
    typer.echo(subject_id)


@app.command()
def lift(paper: _Paper = None, dossier: _Dossier = None, citizen: _Citizen = None) -> None:
    """Take a hold off; of a citizen also those of entries that were merged into his since."""
    settings = load_settings()
    with open_tables(settings) as tables:
        subjects, holds = _subjects(settings, tables, paper, dossier, citizen), Holds(tables)
        standing = holds.standing(settings.office_id)
        for subject_id in [one for one in subjects if one in standing] or subjects[:1]:
            holds.lift(open_store(settings), settings.actor, subject_id)
            typer.echo(subject_id)


@app.command("list")
def list_holds() -> None:
    """List the holds that stand: on what, why, the case, since when, by whom."""
    settings = load_settings()
    with open_tables(settings) as tables:
        for subject_id, hold in Holds(tables).standing(settings.office_id).items():
            since = f"{hold.decided_at:%Y-%m-%d}"
            typer.echo(f"{subject_id}\t{hold.reason}\t{hold.reference}\t{since}\t{hold.actor.actor_id}")


def _subjects(
    settings: Settings, tables: Tables, paper: str | None, dossier: str | None, citizen: str | None
) -> tuple[str, ...]:
    """The id of what is meant, and those of entries that were merged into it.

    Raises:
        NotFound: no_such_paper, no_such_dossier, no_such_citizen.
    """
    if sum(one is not None for one in (paper, dossier, citizen)) != 1:
        raise typer.BadParameter("say one of --paper, --dossier and --citizen")
    if paper is not None:
        return (tables.papers.get(settings.office_id, paper).document_id,)
    if dossier is not None:
        return (tables.dossiers.get(settings.office_id, dossier).code,)
    person = tables.people.by_number(settings.office_id, citizen or "")
    if person is None:
        raise NotFound("no_such_citizen")
    return (person.citizen_id, *person.merged_ids)
