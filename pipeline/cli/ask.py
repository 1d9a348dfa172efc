"""`hoso search`, `citizen`, `show`, `checklist`, `confirm`: what is on file."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from pipeline.archive import Archive
from pipeline.catalogue import find_procedure
from pipeline.cli.lines import as_json_line, write_stdout
from pipeline.cli.noting import note
from pipeline.comparing import Comparing
from pipeline.errors import NotFound
from pipeline.keys import page_label
from pipeline.local_time import local_day
from pipeline.once_only import checklist as owed
from pipeline.page_quality import ADVICE, VERDICTS, AlikePages, alike_pages
from pipeline.settings import Settings, load_settings
from pipeline.wiring import open_archive
from schemas.catalog import Procedure
from schemas.dossier import CopyKind, Paper, PaperState
from schemas.once_only import ChecklistRow, HoldingReason, Visit
from schemas.people import Citizen
from schemas.search import SearchQuery

_DAYS = ["%Y-%m-%d", "%d/%m/%Y"]
_DOCUMENT_ID_CHARS = 36
_console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 160)
_REASONS: dict[HoldingReason, str] = {
    "confirmed": "compared with the original",
    "unconfirmed": "nobody has compared it with the original yet",
    "unsigned": "compared with the original, and not signed yet",
    "in_review": "a question about it is open",
    "too_old": "its term is over",
    "cancelled": "it was cancelled",
    "superseded": "a newer one has taken its place",
    "issue_date_unknown": "on file, but its date of issue is unknown",
    "issued_later": "on file, but issued after this day",
    "expiry_date_unknown": "on file, but its last day is unknown",
    "validity_unknown": "on file, but no rule tells how long it may be used",
    "copy_kind": "on file as a kind of copy that is not accepted",
    "other_role": "on file, but not in the role that is asked for",
    "other_purpose": "on file, but issued for another purpose",
    "purpose_unknown": "on file, but what it was issued for is not certain",
    "one_use": "on file from another dossier, but good for one only",
    "sheet_itself": "on file, but the sheet itself must be handed in",
    "shown_only": "to be shown, not kept",
    "look_in_database": "look in the national database first (hoso dossier look-up)",
    "found_in_database": "found in the national database",
    "none_on_file": "not on file",
}

AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]


def search(
    words: Annotated[list[str] | None, typer.Argument(help="Names, words, numbers; with or without marks.")] = None,
    type_id: Annotated[str | None, typer.Option("--type", help="Only papers of this type, by its id.")] = None,
    state: Annotated[PaperState | None, typer.Option(help="Only papers in this state.")] = None,
    procedure: Annotated[str | None, typer.Option(help="Only papers for this procedure, by its id or code.")] = None,
    filed_from: Annotated[datetime | None, typer.Option("--from", formats=_DAYS, help="First day of filing.")] = None,
    filed_until: Annotated[datetime | None, typer.Option("--until", formats=_DAYS, help="Last day of filing.")] = None,
    after: Annotated[str | None, typer.Option(help="Go on where an earlier search ended.")] = None,
    as_json: AsJson = False,
) -> None:
    """Find papers by what they say, whose they are, and what they are; without words the newest first."""
    settings = load_settings()
    with open_archive(settings) as archive:
        query = SearchQuery(
            offices=(settings.office_id,),
            words=" ".join(words or ()),
            type=type_id,
            state=state,
            procedure=pick_procedure(archive, procedure).id if procedure else None,
            filed_from=filed_from.date() if filed_from else None,
            filed_until=filed_until.date() if filed_until else None,
            after=after,
        )
        page = archive.tables.search.search(query)
        note(settings.actor, archive.tables, "search", document_ids=[hit.document_id for hit in page.hits])
        titles = {hit.type: archive.catalogue.title(hit.type) for hit in page.hits}
    if as_json:
        write_stdout(as_json_line(page))
        return
    for hit in page.hits:
        where = f"page {hit.page}" if hit.page else "fields"
        line = f"{hit.document_id}  {titles[hit.type]}  {', '.join(hit.names)}  [{hit.state}]"
        _console.print(line, soft_wrap=True)
        _console.print(f"    {where}: {hit.passage}", soft_wrap=True)
    if not page.hits:
        _console.print("Nothing found.")
    if page.next:
        _console.print(
            f"There are more than {query.limit}; add a word, or go on with --after {page.next}", soft_wrap=True
        )


def citizen(
    number: Annotated[str, typer.Argument(help="A number of whatever kind, or a citizen id.")], as_json: AsJson = False
) -> None:
    """Show a citizen: numbers, names, papers with roles, and papers that mention it.

    Of several scans of one paper the one that counts is shown.
    """
    settings = load_settings()
    with open_archive(settings) as archive:
        person = find_citizen(archive, settings, number)
        held = archive.tables.papers.of_citizen(settings.office_id, person.citizen_id)
        papers = [paper for paper in held if paper.rendition_of is None]
        links = archive.tables.register.links(settings.office_id, person.citizen_id)
        mentions = [link for link in links if link.link == "mentioned"]
        note(settings.actor, archive.tables, "open_citizen", citizen_id=person.citizen_id)
        titles = {paper.type: archive.catalogue.title(paper.type) for paper in papers}
    if as_json:
        told: dict[str, object] = {"citizen": person.model_dump(mode="json")}
        told["papers"] = [paper.model_dump(mode="json") for paper in papers]
        told["mentions"] = [link.model_dump(mode="json") for link in mentions]
        write_stdout(as_json_line(told))
        return
    _print_citizen(person)
    table = Table("Paper", "As", "Number", "Issued", "Copy", "Filed", _document_column(), box=None, pad_edge=False)
    for paper in papers:
        roles = ", ".join(dict.fromkeys(one.role for one in paper.people if person.owns_as(one)))
        number_, issued = (paper.fields.get(name) for name in ("document_number", "issue_date"))
        stands = "confirmed" if paper.confirmed_at else "not yet confirmed"
        stands = "needs review" if paper.state == "needs_review" else stands
        filed = f"{paper.filed_at.astimezone():%d/%m/%Y}"
        columns = (number_.value if number_ else "", issued.value if issued else "")
        table.add_row(titles[paper.type], roles, *columns, stands, filed, paper.document_id)
    _console.print(table)
    for link in mentions:
        _console.print(f"mentioned as {link.role} in {link.document_id}")


def _print_citizen(person: Citizen) -> None:
    born = ""
    if person.date_of_birth or person.birth_year:
        born = f", born {person.date_of_birth:%d/%m/%Y}" if person.date_of_birth else f", born {person.birth_year}"
    _console.print(
        f"{person.name}, {person.personal_id or person.tax_code or 'no number'}{born}  [{person.citizen_id}]"
    )
    if person.aliases:
        _console.print(f"also known by {', '.join(person.aliases)}", soft_wrap=True)
    if person.earlier_names:
        _console.print(f"also called {', '.join(person.earlier_names)}", soft_wrap=True)
    if person.merged_ids:
        _console.print(f"merged: {', '.join(person.merged_ids)}", soft_wrap=True)


def show(
    document: Annotated[str, typer.Argument(help="Document id.")],
    as_json: AsJson = False,
    text: Annotated[bool, typer.Option("--text", help="The kept text.")] = False,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="Write the searchable PDF here.")] = None,
) -> None:
    """Show one paper: its fields, its text, or its PDF."""
    settings = load_settings()
    with open_archive(settings) as archive:
        paper = archive.tables.papers.get(settings.office_id, document)
        texts = archive.tables.papers.page_texts(settings.office_id, document)
        title = archive.catalogue.title(paper.type)
        note(settings.actor, archive.tables, "download" if pdf else "look", document_ids=[document])
        if pdf is not None:
            _write_pdf(archive, settings, document, pdf)
    if as_json:
        values = paper.model_dump(mode="json") | ({"page_texts": texts} if text else {})
        write_stdout(as_json_line(values))
    elif text:
        for number, page in zip(paper.source_pages, texts, strict=True):
            _console.print(f"--- page {number} ---\n{page}")
    elif pdf is None:
        _print_paper(paper, title, _place(settings, paper))


def checklist(
    procedure: Annotated[str, typer.Argument(help="The procedure, by its id or code.")],
    citizen: Annotated[str, typer.Option(help="Personal number, or an old 9-digit one.")],
    given: Annotated[list[str] | None, typer.Option(help="A condition that holds, by its id.")] = None,
    dossier: Annotated[str | None, typer.Option(help="The dossier it is for, by its code.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell which papers of a procedure a citizen need not bring, and which are missing."""
    settings = load_settings()
    with open_archive(settings) as archive:
        wanted = pick_procedure(archive, procedure)
        person = archive.tables.people.by_number(settings.office_id, citizen)
        if person is not None:
            note(settings.actor, archive.tables, "open_citizen", citizen_id=person.citizen_id)
        papers = archive.tables.papers.of_citizen(settings.office_id, person.citizen_id) if person else ()
        whose = person or Citizen(citizen_id="", personal_id=citizen, name="")  # a newcomer owes everything
        looked_up = archive.tables.dossiers.look_ups(settings.office_id, dossier) if dossier else ()
        visit = Visit(
            day=local_day(datetime.now(UTC)),
            conditions=dict.fromkeys(given or (), True),
            dossier_code=dossier,
            looked_up=looked_up,
            signatures=archive.dossiers.signatures,
        )
        rows = owed(wanted, archive.catalogue, whose, papers, visit)
    if as_json:
        write_stdout(
            as_json_line(
                {"procedure": wanted.id, "code": wanted.code, "papers": [r.model_dump(mode="json") for r in rows]}
            )
        )
        return
    _console.print(f"{wanted.title} ({wanted.code or 'code unknown'})")
    table = Table("", "Paper", "Why", _document_column(), box=None, pad_edge=False)
    for row in rows:
        table.add_row("-" if row.applies == "no" else row.status, row.title, why(row), row.document_id or "")
    _console.print(table)


def why(row: ChecklistRow) -> str:
    """Why the row stands as it does, with the question that decides whether it applies and the id to answer it by."""
    if row.applies == "no":
        return "does not apply"
    asked = row.condition if row.applies == "only_if" else None
    return _REASONS[row.reason] + (f", only if {asked.id}: {asked.question_en}" if asked else "")


def confirm(
    document: Annotated[str | None, typer.Argument(help="Document id.")] = None,
    copy_kind: Annotated[CopyKind | None, typer.Option(help="What the citizen showed; default: as read.")] = None,
    dossier: Annotated[str | None, typer.Option(help="Confirm all papers of the dossier with this code.")] = None,
) -> None:
    """Record that you compared a paper's copy, or all copies of a dossier, with what was shown."""
    if (document is None) == (dossier is None) or (dossier is not None and copy_kind is not None):
        raise typer.BadParameter("name a document, or a dossier whose kinds of copy stay as they were read")
    settings = load_settings()
    left: tuple[Paper, ...] = ()
    with open_archive(settings) as archive:
        if dossier is not None:
            done, left = Comparing(archive).confirm_all(settings.actor, dossier)
        else:
            seen = archive.tables.papers.get(settings.office_id, str(document))
            kind = copy_kind or seen.copy_kind or "original"
            done = (archive.confirm(settings.actor, seen.document_id, kind),)
    for paper in done:
        _console.print(f"Confirmed {paper.document_id} as {paper.copy_kind}.")
    for paper in left:
        why = "no copy of it is kept" if paper.object_key is None else ", ".join(paper.reasons)
        _console.print(f"Left out {paper.document_id}: {why}.")


def find_citizen(archive: Archive, settings: Settings, number: str) -> Citizen:
    """The citizen with this number of whatever kind, or this id. Raises: NotFound (no_such_citizen)."""
    people = archive.tables.people
    person = people.by_number(settings.office_id, number) or people.by_id(settings.office_id, number)
    if person is None:
        raise NotFound("no_such_citizen")
    return person


def pick_procedure(archive: Archive, wanted: str) -> Procedure:
    """The procedure with this id or code. Raises: NotFound (no_such_procedure); the detail lists those there are."""
    found = find_procedure(archive.catalogue, wanted)
    if found is not None:
        return found
    known = ", ".join(f"{p.id} ({p.code})" for p in archive.catalogue.procedures.values())
    raise NotFound("no_such_procedure", f"known: {known}")


def _document_column() -> Column:
    return Column("Document", no_wrap=True, overflow="fold", min_width=_DOCUMENT_ID_CHARS)


def _write_pdf(archive: Archive, settings: Settings, document: str, target: Path) -> None:
    """Write beside the target first, so that a failure leaves no half file under its name."""
    with TemporaryDirectory(dir=target.parent) as folder:
        draft = Path(folder) / "copy.pdf"
        archive.fetch_copy(settings.office_id, document, draft)
        draft.replace(target)


def _place(settings: Settings, paper: Paper) -> str:
    if paper.object_key is None:
        return (
            "no picture of this paper may be kept"
            if paper.keeping != "keep"
            else "none, see the reasons; the original is kept"
        )
    return f"{settings.store_url.removeprefix('file:')}/{paper.object_key}"


def _print_paper(paper: Paper, title: str, place: str) -> None:
    _console.print(f"{title}  [{paper.state}]  {', '.join(paper.reasons)}")
    if paper.cues:
        _console.print(f"told by: {'; '.join(paper.cues)}", soft_wrap=True)
    table = Table("Field", "Value", "Sure", "By", "", box=None, pad_edge=False)
    for name, field in paper.fields.items():
        asks = "by hand, review" if field.handwritten else "review"
        table.add_row(name, field.value, f"{field.confidence:.0%}", field.evidence, asks if field.needs_review else "")
    _console.print(table)
    for alike in alike_pages(paper.grades):
        _console.print(_quality(alike), soft_wrap=True)
    if paper.copy_kind_read is not None:
        _console.print(f"copy kind: {paper.copy_kind}, page {paper.copy_kind_read.page}: {paper.copy_kind_read.cue}")
    if paper.invalid_state is not None:
        by = f" by {paper.superseded_by}" if paper.superseded_by else ""
        _console.print(f"{paper.invalid_state}{by} since {paper.invalid_from:%d/%m/%Y}")
    if paper.rendition_of is not None:
        _console.print(f"another scan of {paper.rendition_of}, which counts")
    for asked in paper.questions:
        _console.print(f"question {paper.document_id}.{asked.part}: {asked.reason}", soft_wrap=True)
    if paper.repairs:
        _console.print(f"repaired words: {len(paper.repairs)}, listed by --json")
    for person in paper.people:
        _console.print(f"{person.role}: {person.name or '?'} {person.personal_id or ''} [{person.link}]")
    _console.print(f"copy: {place}", soft_wrap=True)


def _quality(alike: AlikePages) -> str:
    """Which pages, how good they are, and what to do about it."""
    where = page_label(alike.pages).replace(".", ", ")
    read = "" if alike.grade is None else f", worst lines about {alike.grade:.0%} right"
    advice = f". {ADVICE[alike.verdict][1]}" if alike.verdict in ADVICE else ""
    return f"page {where}: {VERDICTS[alike.verdict][1]}{read}{advice}"
