"""Writes papers with all that is found by them: page texts, citizens of certain links, search rows."""

import uuid
from datetime import date

from sqlalchemy import Connection, delete, insert, select, update

from pipeline.adapters.database.connections import add_new
from pipeline.adapters.database.people import find_citizen, name_key
from pipeline.adapters.database.tables import (
    citizen_aliases,
    citizens,
    open_questions,
    paper_pages,
    paper_people,
    papers,
    search_rows,
)
from pipeline.errors import HosoError
from pipeline.local_time import local_day
from pipeline.stages.same_paper import same_key
from pipeline.vietnamese import nfc, search_tokens
from schemas.dossier import Paper
from schemas.people import Actor, PersonOnPaper

_MAX_TOKENS_A_PAGE = 8000
"""With `MAX_TOKEN_CHARS` this stays below PostgreSQL's limit of 1 MB a page; a crowded A3 sheet has 3,000 words."""


def file_papers(connection: Connection, filed: tuple[tuple[Paper, tuple[str, ...]], ...]) -> None:
    """Write each paper with its page texts, in the transaction of `connection`. One that is there already stays."""
    new = [(paper, texts) for paper, texts in filed if _add_paper(connection, paper)]
    # In the order of their numbers, so that two transactions that add the same people do not lock each other out.
    certain = [(paper.actor, person) for paper, _ in new for person in paper.people if person.link == "filed"]
    for actor, person in sorted(certain, key=lambda pair: pair[1].personal_id or ""):
        _register(connection, actor, person)
    for paper, texts in new:
        _link_people(connection, paper)
        _add_pages(connection, paper, texts)
        _add_questions(connection, paper)


def refile_paper(connection: Connection, paper: Paper, texts: tuple[str, ...] | None) -> None:
    """Write a paper that is there anew, with its links, questions and search rows; `texts` None leaves its pages."""
    mine = (papers.c.office_id == paper.actor.office_id) & (papers.c.document_id == paper.document_id)
    connection.execute(update(papers).where(mine).values(**_columns(paper)))
    for table in (paper_people, open_questions, search_rows, *([paper_pages] if texts is not None else [])):
        columns = table.c
        of_paper = (columns.office_id == paper.actor.office_id) & (columns.document_id == paper.document_id)
        connection.execute(delete(table).where(of_paper))
    if texts is None:
        pages = paper_pages.c
        of_paper = (pages.office_id == paper.actor.office_id) & (pages.document_id == paper.document_id)
        kept = connection.execute(select(pages.kept_text).where(of_paper).order_by(pages.page)).scalars()
        _add_search_rows(connection, paper, list(kept))
    else:
        _add_pages(connection, paper, texts)
    for person in paper.people:
        if person.link == "filed" and _is_on_file(paper):
            _register(connection, paper.actor, person)
    _link_people(connection, paper)
    _add_questions(connection, paper)


def summary(paper: Paper) -> str:
    """What is known of a paper besides its pages, as text to search: owners with numbers, fields, dossier, type."""
    owners = [part for person in paper.people for part in (person.name, person.personal_id, person.old_number) if part]
    fields = [field.value for field in paper.fields.values()]
    parts = [*owners, *fields, paper.dossier_code or "", paper.type]
    return " · ".join(part for part in dict.fromkeys(parts) if part)


def _written_by(paper: Paper) -> dict[str, str]:
    return paper.actor.model_dump() | {"document_id": paper.document_id}


def _add_paper(connection: Connection, paper: Paper) -> bool:
    row = {
        "submission_id": paper.submission_id,
        "content_sha256": paper.content_sha256,
        "first_page": min(paper.source_pages, default=0),
        "filed_at": paper.filed_at,
        "filed_on": local_day(paper.filed_at),
        "procedure": paper.procedure,
        "pages": len(paper.source_pages),
        "first_state": paper.state,
    }
    return add_new(connection, papers, _written_by(paper) | row | _columns(paper))


def _columns(paper: Paper) -> dict[str, str | None]:
    """What changes with a paper: its record, and what it is found by."""
    return {
        "record": paper.model_dump_json(),
        "dossier_code": paper.dossier_code,
        "same_key": same_key(paper) if _is_on_file(paper) else None,
    }


def _is_on_file(paper: Paper) -> bool:
    return paper.state not in ("withdrawn", "rejected")


def _add_questions(connection: Connection, paper: Paper) -> None:
    rows = [
        _written_by(paper) | {"part": question.part, "rank": -question.urgency, "asked_at": paper.filed_at}
        for question in paper.questions
    ]
    if rows:
        connection.execute(insert(open_questions), rows)


def _register(connection: Connection, actor: Actor, person: PersonOnPaper) -> None:
    """Add the citizen if the number is unknown; add what the register did not know of a known one."""
    if person.personal_id is None:
        return
    if find_citizen(connection, actor.office_id, person.personal_id) is None:
        row = {"citizen_id": uuid.uuid4().hex, "personal_id": person.personal_id, "name": "", "name_key": ""}
        add_new(connection, citizens, actor.model_dump() | row)  # another transaction may have been quicker
    citizen = find_citizen(connection, actor.office_id, person.personal_id)
    if citizen is None:
        raise HosoError("internal", "a citizen was removed while being added")
    this = citizens.c.citizen_id == citizen.citizen_id
    if not citizen.name and person.name:
        name = nfc(person.name)
        connection.execute(update(citizens).where(this).values(name=name, name_key=name_key(name)))
    if citizen.date_of_birth is None and (born := _whole_date(person.date_of_birth)):
        connection.execute(update(citizens).where(this).values(date_of_birth=born))
    if person.old_number:
        row = {"number": person.old_number, "citizen_id": citizen.citizen_id}
        add_new(connection, citizen_aliases, actor.model_dump() | row)


def _whole_date(text: str | None) -> date | None:
    """The date, or None where a paper gives only the year."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _link_people(connection: Connection, paper: Paper) -> None:
    rows: list[dict[str, str | None]] = []
    if not _is_on_file(paper):
        return
    for person in paper.people:
        citizen = None
        if person.link == "filed" and person.personal_id:
            citizen = find_citizen(connection, paper.actor.office_id, person.personal_id)
        rows.append({"role": person.role, "link": person.link, "citizen_id": citizen.citizen_id if citizen else None})
    rows += [{"role": mention.role, "link": None, "citizen_id": None} for mention in paper.mentions]
    numbered = [_written_by(paper) | row | {"position": position} for position, row in enumerate(rows)]
    if numbered:
        connection.execute(insert(paper_people), numbered)


def _add_pages(connection: Connection, paper: Paper, texts: tuple[str, ...]) -> None:
    kept = [nfc(text).replace("\0", "") for text in texts]  # PostgreSQL takes no NUL
    pages = [_written_by(paper) | {"page": page, "kept_text": text} for page, text in enumerate(kept, start=1)]
    if pages:
        connection.execute(insert(paper_pages), pages)
    _add_search_rows(connection, paper, kept)


def _add_search_rows(connection: Connection, paper: Paper, kept: list[str]) -> None:
    if not _is_on_file(paper):
        return
    rows = [_search_row(paper, page, text) for page, text in enumerate([summary(paper), *kept]) if text]
    connection.execute(insert(search_rows), rows)  # never empty: a paper has a type


def _search_row(paper: Paper, page: int, text: str) -> dict[str, object]:
    tokens = search_tokens(text)[:_MAX_TOKENS_A_PAGE]
    keys = {"exact": [token.exact for token in tokens], "folded": [token.folded for token in tokens]}
    return _written_by(paper) | {"page": page, "filed_at": paper.filed_at} | keys
