"""`hoso register`: merge, split, enter, accept a name, undo. Ids only: names and numbers never stand on a command line
that other users of the machine can see.
"""

from typing import Annotated

import typer
from rich.console import Console

from pipeline.settings import load_settings
from pipeline.wiring import open_register
from schemas.decisions import MergeCitizens, RegisterDecision, SetCitizen, SplitCitizen, Undo

app = typer.Typer(help="Correct the register of citizens. Every change leaves a trace and can be undone.")
_console = Console(highlight=False, markup=False)

Paper = Annotated[str, typer.Argument(help="Document id.")]


@app.command()
def merge(
    stays: Annotated[str, typer.Argument(help="Citizen id that stays.")],
    merged: Annotated[str, typer.Argument(help="Citizen id that goes into it.")],
) -> None:
    """Make two entries one citizen; the merged id leads to the other from now on."""
    settings = load_settings()
    with open_register(settings) as book:
        decision = book.merge(settings.actor, stays, merged)
    _tell(f"{decision.merged} is {decision.subject_id} now.", decision)


@app.command()
def split(
    citizen: Annotated[str, typer.Argument(help="Citizen id that holds papers of two.")],
    paper: Annotated[list[str], typer.Option(help="Document id of a paper that goes; may be repeated.")],
    into: Annotated[str | None, typer.Option(help="Citizen id that gets them; without it a new one.")] = None,
) -> None:
    """Give papers of one citizen to another."""
    settings = load_settings()
    with open_register(settings) as book:
        decision = book.split(settings.actor, citizen, paper, into)
    _tell(f"{len(decision.papers)} papers of {decision.subject_id} are {decision.into}'s now.", decision)


@app.command()
def accept_name(paper: Paper) -> None:
    """Accept the name on a paper as an earlier name of whom its number belongs to."""
    settings = load_settings()
    with open_register(settings) as book:
        decision = book.accept_name(settings.actor, paper)
    _tell(f"{decision.subject_id} has one more name.", decision)


@app.command()
def enter(
    paper: Paper, role: Annotated[str, typer.Argument(help="The owner's role on the paper, such as `child`.")]
) -> None:
    """Put an owner of a paper on the register as the paper names it."""
    settings = load_settings()
    with open_register(settings) as book:
        decision = book.enter(settings.actor, paper, role)
    _tell(f"{decision.subject_id} is on the register.", decision)


@app.command()
def undo(decision: Annotated[str, typer.Argument(help="Decision id.")]) -> None:
    """Take a decision about the register back."""
    settings = load_settings()
    with open_register(settings) as book:
        taken_back = book.undo(settings.actor, decision)
    _tell(f"{taken_back.undone} is undone.", taken_back)


@app.command()
def history(citizen: Annotated[str, typer.Argument(help="Citizen id.")]) -> None:
    """List what was decided about a citizen, oldest first."""
    settings = load_settings()
    with open_register(settings) as book:
        decisions = book.history(settings.office_id, citizen)
    for decision in decisions:
        when = f"{decision.decided_at.astimezone():%d/%m/%Y %H:%M}"
        line = f"{when}  {decision.actor.actor_id}  {_what(decision)}  {decision.decision_id}"
        _console.print(line, soft_wrap=True)  # ids are copied from here, so none may be cut


def _what(decision: RegisterDecision) -> str:
    match decision:
        case MergeCitizens():
            return f"took in {decision.merged}"
        case SplitCitizen():
            return f"gave {len(decision.papers)} papers to {decision.into}"
        case SetCitizen():
            return "entered" if decision.before is None else "changed"
        case Undo():
            return f"undid {decision.undone}"


def _tell(done: str, decision: RegisterDecision) -> None:
    _console.print(f"{done} To take it back: hoso register undo {decision.decision_id}", soft_wrap=True)
