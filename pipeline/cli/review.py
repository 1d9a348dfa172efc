"""`hoso review`: the queue of open questions, their pictures and candidates, answers, and what they teach."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from pipeline.cli.lines import as_json_line, write_stdout
from pipeline.cli.noting import note
from pipeline.resume import resume
from pipeline.review import Review
from pipeline.settings import load_settings
from pipeline.wiring import open_archive
from schemas.review import ReviewItem

app = typer.Typer(help="Answer what hoso could not settle by itself.", no_args_is_help=True)
_console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 160)

AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]
Item = Annotated[str, typer.Argument(help="The question's id, as `hoso review list` shows it.")]
Document = Annotated[str, typer.Argument(help="Document id.")]


@app.command("list")
def list_items(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20, as_json: AsJson = False
) -> None:
    """Show open questions: the greatest expected harm first, among equals the oldest."""
    settings = load_settings()
    with open_archive(settings) as archive:
        items = archive.tables.papers.queue(settings.office_id, limit)
    if as_json:
        write_stdout(as_json_line({"items": [_told(item) for item in items]}))
        return
    table = Table("Question", "Type", "Why", "Read", "Urgency", box=None, pad_edge=False)
    for item in items:
        read = ", ".join(candidate.value for candidate in item.question.candidates)
        table.add_row(item.item_id, item.type, item.question.reason, read, str(item.question.urgency))
    _console.print(table)


@app.command()
def show(
    item: Item,
    crop: Annotated[Path | None, typer.Option("--crop", help="Write the picture of the place here, as JPEG.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show one question with its candidates."""
    settings = load_settings()
    with open_archive(settings) as archive:
        review = Review(archive)
        found = review.item(settings.office_id, item)
        note(settings.actor, archive.tables, "look", purpose="review", document_ids=[found.document_id])
        if crop is not None:
            review.crop(settings.office_id, item, crop)
    if as_json:
        write_stdout(as_json_line(_told(found)))
        return
    _console.print(f"{found.question.part} of a {found.type}: {found.question.reason}")
    for candidate in found.question.candidates:
        sure = "" if candidate.confidence is None else f"{candidate.confidence:.0%}"
        _console.print(f"  {candidate.value}  {candidate.label or ''}  [{candidate.source}] {sure}")


@app.command()
def answer(
    item: Item,
    value: Annotated[str | None, typer.Argument(help="The answer; without one: nothing, nobody, not the same.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of an owner who is new to the register.")] = None,
) -> None:
    """Answer a question. The decision is kept with your name and the time."""
    settings = load_settings()
    with open_archive(settings) as archive:
        paper = Review(archive).answer(settings.actor, item, value, name)
    _console.print(f"{paper.document_id}: {paper.state} {', '.join(paper.reasons)}")


@app.command()
def correct(
    document: Document,
    field: Annotated[str, typer.Argument(help="Name of the field, or `type`.")],
    value: Annotated[str | None, typer.Argument(help="What the paper says; without one: nothing.")] = None,
) -> None:
    """Correct a field or the type of a paper, asked for or not."""
    settings = load_settings()
    of_type, of_field = {"kind": "set_type", "type": value}, {"kind": "set_field", "name": field, "value": value}
    said = {**(of_type if field == "type" else of_field), "subject_id": document}
    with open_archive(settings) as archive:
        review = Review(archive)
        review.decide(review.read(settings.actor, said))
        paper = archive.tables.papers.get(settings.office_id, document)
    _console.print(f"{paper.document_id}: {paper.state} {', '.join(paper.reasons)}")


@app.command()
def cut(
    submission: Annotated[str, typer.Argument(help="Submission id.")],
    pages: Annotated[list[int], typer.Argument(help="The pages on which papers begin, over all files from 1.")],
) -> None:
    """Cut a submission into papers; what no longer is a paper is withdrawn, not deleted."""
    settings = load_settings()
    with open_archive(settings) as archive:
        review = Review(archive)
        said = {"kind": "set_cuts", "subject_id": submission, "first_pages": pages}
        review.decide(review.read(settings.actor, said))
        content = archive.tables.submissions.get(settings.office_id, submission).content_sha256
        papers = archive.tables.papers.of_content(settings.office_id, content)
    for paper in papers:
        _console.print(f"{paper.document_id}: pages {paper.source_pages} {paper.type} {paper.state}")


@app.command()
def invalidate(
    document: Document,
    state: Annotated[Literal["superseded", "cancelled", "valid"], typer.Option(help="What it is now.")],
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From when on; default: today.")] = None,
    by: Annotated[str | None, typer.Option(help="Document id of the paper that took its place.")] = None,
) -> None:
    """Flag a paper that holds no longer, or take the flag back. The paper is kept."""
    settings = load_settings()
    said = {
        "kind": "invalidate",
        "subject_id": document,
        "state": state,
        "since": (since.date() if since else date.today()).isoformat(),
        "superseded_by": by,
    }
    with open_archive(settings) as archive:
        review = Review(archive)
        review.decide(review.read(settings.actor, said))
    _console.print(f"{document}: {state}")


@app.command("resume")
def resume_decisions() -> None:
    """Write what was decided and what a crash has left unwritten; the workers do so by themselves now and then."""
    settings = load_settings()
    with open_archive(settings) as archive:
        done = resume(archive, settings.office_id, datetime.now(UTC))
    _console.print(f"{done} decisions")


@app.command()
def learn(
    threshold: Annotated[
        str | None, typer.Option("--set", help="KIND=CONFIDENCE: ask below it from now on; 0: as hoso does by itself.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell how often values proved right, and from which confidence on they should be asked for.

    hoso itself only ever asks sooner by what it learns; `--set` may also take that back.
    """
    settings = load_settings()
    with open_archive(settings) as archive:
        review = Review(archive)
        if threshold is not None:
            kind, _, confidence = threshold.partition("=")
            review.set_threshold(settings.actor, kind, _share(confidence))
        told = review.reliability(settings.office_id)
    if as_json:
        write_stdout(as_json_line({"kinds": [one.model_dump(mode="json") for one in told]}))
        return
    table = Table("Kind", "Answers", "Wrong", "Certain", "Wrong of these", "Asks below", "Proposed", box=None)
    for one in told:
        counts = (one.answers, one.wrong, one.answers_above, one.wrong_above)
        table.add_row(one.kind, *map(str, counts), f"{one.threshold:.3f}", f"{one.proposed:.3f}")
    _console.print(table)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise typer.BadParameter("KIND=CONFIDENCE, with a confidence between 0 and 1")
    return share


def _told(item: ReviewItem) -> dict[str, object]:
    return item.model_dump(mode="json") | {"item_id": item.item_id, "urgency": item.question.urgency}
