"""`hoso request`: citizens who ask to see, correct or delete what is held of them."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, get_args

import typer

from pipeline.archive import Archive
from pipeline.bag import Bag, place_bag
from pipeline.citizen_requests import CitizenRequests
from pipeline.cli.ask import AsJson
from pipeline.cli.lines import as_json_line, write_stdout
from pipeline.cli.noting import note
from pipeline.cli.telling import told
from pipeline.cli.vouching import vouched
from pipeline.destroying import MAY_GO, Destructions
from pipeline.errors import NotFound, ScanRejected
from pipeline.keeping_messages import KEEPING_RULES
from pipeline.local_time import local_day
from pipeline.package import of_citizen
from pipeline.packer import Packer
from pipeline.retention import Obligations
from pipeline.settings import Settings, load_settings
from pipeline.table_ports import Tables
from pipeline.wiring import open_archive, open_store, open_tables
from schemas.access import Access, LoggedAccess
from schemas.citizen_requests import CitizenRequest, RequestKind, RequestOutcome
from schemas.destruction import Obligation
from schemas.dossier import Paper

app = typer.Typer(name="request", help="What citizens ask about their own data.", no_args_is_help=True)
_Id = Annotated[str, typer.Argument(help="Id of the request.")]
_LOGGED_AT_ONCE = 1000
_ENDED_SHOWN = 20


@app.command()
def add(
    request: Annotated[str, typer.Argument(help=", ".join(get_args(RequestKind)))],
    citizen: Annotated[str, typer.Option(help="Who asks, by any number.")],
    received: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day it came in; default: today.")
    ] = None,
) -> None:
    """Take a request down; prints its id and by when it is to be answered and done."""
    if request not in get_args(RequestKind):
        raise typer.BadParameter(f"one of {', '.join(get_args(RequestKind))}")
    settings = load_settings()
    with open_tables(settings) as tables:
        person = tables.people.by_number(settings.office_id, citizen)
        if person is None:
            raise NotFound("no_such_citizen")
        today = local_day(datetime.now(UTC))
        day = received.date() if received else today
        if day > today:  # its deadlines would be later than the law's
            raise typer.BadParameter("--received: a day that has come")
        requests = CitizenRequests(open_store(settings), tables)
        made = requests.add(settings.actor, request, person.citizen_id, day)  # type: ignore[arg-type]
    typer.echo(_line(made, today))


@app.command("list")
def list_requests(
    everything: Annotated[bool, typer.Option("--all", help="Also the newest that have ended.")] = False,
    as_json: AsJson = False,
) -> None:
    """List requests: id, what, since when, answer by, act by, and how it stands; the most pressing first."""
    settings, today = load_settings(), local_day(datetime.now(UTC))
    with open_tables(settings) as tables:
        requests = CitizenRequests(open_store(settings), tables)
        found = requests.open(settings.office_id)
        found += requests.ended(settings.office_id, _ENDED_SHOWN) if everything else ()
    for one in found:
        write_stdout(as_json_line(one) if as_json else _line(one, today))


@app.command()
def answer(request: _Id) -> None:
    """Note that the citizen was told what will be done."""
    settings = load_settings()
    with open_tables(settings) as tables:
        CitizenRequests(open_store(settings), tables).answer(settings.actor, request)


@app.command()
def close(
    request: _Id,
    outcome: Annotated[str, typer.Option(help=", ".join(get_args(RequestOutcome)))] = "done",
) -> None:
    """Note that it was done, or that the citizen was told why not."""
    if outcome not in get_args(RequestOutcome):
        raise typer.BadParameter(f"one of {', '.join(get_args(RequestOutcome))}")
    settings = load_settings()
    with open_tables(settings) as tables:
        requests = CitizenRequests(open_store(settings), tables)
        requests.end(settings.actor, request, outcome)  # type: ignore[arg-type]


@app.command()
def see(
    request: _Id,
    target: Annotated[Path, typer.Argument(help="A new folder, or a file NAME.zip or NAME.tar.", show_default=False)],
) -> None:
    """Pack all that is held of the citizen: the register's entry, papers with their values, and who looked at them."""
    if target.exists():
        raise ScanRejected("target_taken")
    settings = load_settings()
    with open_archive(settings) as archive:
        asked = _asked(settings, archive, request)
        _note(settings, archive.tables, asked, "export", archive.tables.papers.of_citizen(settings.office_id, asked))
        _pack(settings, archive, asked, target)
    typer.echo(str(target))


@app.command()
def papers(request: _Id, as_json: AsJson = False) -> None:
    """List the citizen's papers: id, type, whether each may be deleted or why it must be kept.

    What is wrong on one of them is corrected by `hoso review correct ID FIELD VALUE`, which keeps who did it.
    """
    settings = load_settings()
    with open_archive(settings) as archive:
        asked = _asked(settings, archive, request)
        found = archive.tables.papers.of_citizen(settings.office_id, asked)
        _note(settings, archive.tables, asked, "look", found)
        obligations = _obligations(archive, found)
    for one in obligations:
        vi, en = KEEPING_RULES[one.rule]
        if as_json:
            write_stdout(as_json_line({**one.model_dump(mode="json"), "why_vi": vi, "why_en": en}))
        else:
            typer.echo(f"{one.document_id}\t{one.type}\t{one.rule}\t{one.until or ''}\t{vi} / {en}")


@app.command()
def delete(
    request: _Id,
    login: Annotated[
        str, typer.Option("--login", help="Account with the right papers.destroy; its password is asked for.")
    ],
) -> None:
    """Propose to destroy those of the citizen's papers that may go; another person approves it (`hoso destroy`)."""
    settings, now = load_settings(), datetime.now(UTC)
    with open_archive(settings) as archive:
        asked = _asked(settings, archive, request)
        found = archive.tables.papers.of_citizen(settings.office_id, asked)
        actor = vouched(settings, archive.tables, login, "papers.destroy")
        destructions = Destructions(archive, settings.office_called)
        may_go = list[str]()
        for paper in found:
            against = [one for one in destructions.obligations(paper, now) if one.rule not in MAY_GO["citizen_request"]]
            if against:
                typer.echo(f"kept\t{paper.document_id}\t{paper.type}\t{' / '.join(KEEPING_RULES[against[0].rule])}")
            else:
                may_go.append(paper.document_id)
        proposal = destructions.propose(actor, may_go, "citizen_request", request)
        _note(settings, archive.tables, asked, "change", found)
    typer.echo(f"proposed\t{proposal.subject_id}\t{len(proposal.papers)}")


def _line(one: CitizenRequest, today: date) -> str:
    asked, due = one.asked, one.deadlines
    stands = one.ended.outcome if one.ended else "answered" if one.answered else "open"
    late = one.overdue(today)
    parts = [asked.subject_id, asked.request, asked.received_on, due.answer_by, due.act_by, stands]
    return "\t".join(map(str, [*parts, *([f"OVERDUE: {late}"] if late else [])]))


def _asked(settings: Settings, archive: Archive, request_id: str) -> str:
    """Who asks: an entry of the register. Raises: NotFound (no_such_request)."""
    return CitizenRequests(archive.store, archive.tables).get(settings.office_id, request_id).asked.citizen_id


def _obligations(archive: Archive, found: tuple[Paper, ...]) -> list[Obligation]:
    obligations = Obligations(archive.tables, archive.catalogue.types, local_day(datetime.now(UTC)))
    return [obligations.of(paper) for paper in found]


def _pack(settings: Settings, archive: Archive, citizen_id: str, target: Path) -> None:
    tables, store, office_id = archive.tables, archive.store, settings.office_id
    with (
        TemporaryDirectory(dir=target.absolute().parent, prefix=".hoso-package-") as name,
        told("{} papers packed in {} folders") as on_progress,
    ):
        (content := Path(name) / "bag").mkdir()
        bag, packed = Bag(content), 0
        packer = Packer(store, tables, archive.catalogue, bag, originals=True)
        for number, folder in enumerate(of_citizen(tables, office_id, citizen_id), start=1):
            packer.pack(folder)
            packed += len(folder.papers)
            on_progress(packed, number)
        person = tables.people.by_id(office_id, citizen_id)
        register = person.model_dump_json(indent=2) if person is not None else "null"
        bag.add("register.json", lambda file: file.write_text(register + "\n", encoding="utf-8"))
        looked = "".join(_who_looked(tables, office_id, citizen_id))
        bag.add("who-looked.csv", lambda file: file.write_text(looked, encoding="utf-8-sig"))
        packer.finish(settings.office_called(office_id), datetime.now(UTC))
        place_bag(content, target)


def _who_looked(tables: Tables, office_id: str, citizen_id: str) -> Iterator[str]:
    """The lines of the access log that concern the citizen, newest first, as CSV."""
    names = {one.login: one.name for one in tables.accounts.of_office(office_id)}
    yield _csv("at", "officer", "what", "purpose", "paper")
    before: int | None = None
    while found := tables.access_log.of_citizen(office_id, citizen_id, _LOGGED_AT_ONCE, before):
        for logged in found:
            yield _looked(logged, names)
        before = found[-1].number


def _looked(logged: LoggedAccess, names: dict[str, str]) -> str:
    entry = logged.entry
    who = names.get(entry.actor.actor_id, entry.actor.actor_id)
    return _csv(entry.at.isoformat(), who, entry.access, entry.purpose or "", entry.document_id or "")


def _csv(*cells: str) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _note(settings: Settings, tables: Tables, citizen_id: str, access: Access, found: tuple[Paper, ...]) -> None:
    ids = [paper.document_id for paper in found]
    note(settings.actor, tables, access, purpose="citizen_request", citizen_id=citizen_id, document_ids=ids)
