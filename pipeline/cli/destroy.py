"""`hoso destroy`: destroying what need be kept no longer, after two people have said so."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.ask import AsJson
from pipeline.cli.lines import as_json_line, write_stdout
from pipeline.cli.noting import note
from pipeline.cli.telling import told
from pipeline.cli.vouching import vouched
from pipeline.destroying import DESTROYING, Destructions, certificate_of
from pipeline.ports import ObjectStore
from pipeline.settings import Settings, load_settings
from pipeline.table_ports import Tables
from pipeline.turns import turn
from pipeline.wiring import open_archive

app = typer.Typer(
    name="destroy", help="Destroy papers that need be kept no longer; it takes two people.", no_args_is_help=True
)
_Id = Annotated[str, typer.Argument(help="Id of the destruction.")]
_Login = Annotated[
    str, typer.Option("--login", help="Account with the right papers.destroy; its password is asked for.")
]


@app.command()
def propose(
    login: _Login,
    paper: Annotated[list[str] | None, typer.Option(help="Only this paper, by its id; several add up.")] = None,
    from_file: Annotated[
        Path | None,
        typer.Option("--list", exists=True, dir_okay=False, help="Only the papers of a file: an id a line."),
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Only list what could be proposed.")] = False,
) -> None:
    """Propose to destroy papers whose term is over: all that are marked so, or some. Prints the id."""
    with _opened() as (settings, destructions, tables, _):
        ids = [*(paper or []), *(from_file.read_text("utf-8").split() if from_file else [])]
        if not ids:
            ids = [one.document_id for one in destructions.due(settings.office_id, datetime.now(UTC))]
        if dry_run:
            typer.echo("\n".join(ids))
            return
        proposal = destructions.propose(vouched(settings, tables, login, "papers.destroy"), ids, "keeping_over")
        named = [one.document_id for one in proposal.papers]
        note(
            proposal.actor, tables, "change", purpose="supervision", document_ids=named, subject_id=proposal.subject_id
        )
    typer.echo(proposal.subject_id)


@app.command("list")
def list_destructions(as_json: AsJson = False) -> None:
    """List what is proposed or approved and not done, and the newest certificates: id, state, papers, who."""
    with _opened() as (settings, destructions, _, _):
        standing = destructions.standing(settings.office_id)
        ended = [
            destructions.get(settings.office_id, one.subject_id) for one in destructions.ended(settings.office_id, 50)
        ]
    for one in (*standing, *ended):
        if as_json:
            write_stdout(as_json_line(one))
        else:
            by = one.proposal.actor.actor_id
            typer.echo(f"{one.destruction_id}\t{one.state}\t{len(one.proposal.papers)}\t{by}")


@app.command()
def show(destruction: _Id, as_json: AsJson = False) -> None:
    """Show the papers of a destruction: id, type, why it may go, since when."""
    with _opened() as (settings, destructions, _, _):
        found = destructions.get(settings.office_id, destruction)
    if as_json:
        write_stdout(as_json_line(found))
        return
    typer.echo(f"{found.state}, proposed by {found.proposal.actor.actor_id}")
    for one in found.proposal.papers:
        typer.echo(f"{one.document_id}\t{one.type}\t{one.rule}\t{one.until or ''}")


@app.command()
def approve(destruction: _Id, login: _Login) -> None:
    """Approve a destruction that somebody else has proposed, and carry it out."""
    with _opened() as (settings, destructions, tables, _):
        actor = vouched(settings, tables, login, "papers.destroy")
        answer = destructions.answer(actor, destruction, approved=True)
        note(answer.actor, tables, "change", purpose="supervision", subject_id=destruction)
        _carry_out(settings, destructions, tables, destruction)


@app.command()
def refuse(destruction: _Id, login: _Login) -> None:
    """Refuse a destruction; who proposed it may do so too."""
    with _opened() as (settings, destructions, tables, _):
        destructions.answer(vouched(settings, tables, login, "papers.destroy"), destruction, approved=False)


@app.command()
def run() -> None:
    """Carry out what was approved and is not done; the sweep does the same by itself."""
    with _opened() as (settings, destructions, tables, _):
        for one in destructions.standing(settings.office_id):
            if one.answer is not None:
                _carry_out(settings, destructions, tables, one.destruction_id)


@app.command()
def certificate(destruction: _Id) -> None:
    """Print the certificate of a destruction, as JSON."""
    with _opened() as (settings, _, _, store):
        write_stdout(as_json_line(certificate_of(store, settings.office_id, destruction)))


@contextmanager
def _opened() -> Iterator[tuple[Settings, Destructions, Tables, ObjectStore]]:
    settings = load_settings()
    with open_archive(settings) as archive:
        yield settings, Destructions(archive, settings.office_called), archive.tables, archive.store


def _carry_out(settings: Settings, destructions: Destructions, tables: Tables, destruction_id: str) -> None:
    with turn(tables.turns, DESTROYING, settings.lease_s) as mine, told("{} of {} papers destroyed") as on_destroyed:
        ended = mine and destructions.carry_out(settings.office_id, destruction_id, on_destroyed)
    typer.echo(f"{destruction_id}\t{'done' if ended else 'goes on with the sweep'}")
