"""Writes the rows that papers are found by: one a page, and page 0 for what is known of the paper."""

from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from pipeline.adapters.database.dossier_tables import dossiers
from pipeline.adapters.database.search_marks import WHOLE_PAPER, marks_of
from pipeline.adapters.database.tables import paper_pages, papers, search_rows
from pipeline.local_time import local_day
from pipeline.vietnamese import search_tokens
from schemas.dossier import OFF_FILE, Paper

_MAX_TOKENS_A_PAGE = 8000
"""With `MAX_TOKEN_CHARS` this stays below PostgreSQL's limit of 1 MB a page; a crowded A3 sheet has 3,000 words."""
_BATCH = 1_000


def add_search_rows(connection: Connection, paper: Paper, kept: list[str], first_id: int | None = None) -> None:
    """Add the rows of a paper that is in its table and has none.

    Args:
        connection: the transaction.
        paper: one that is on file.
        kept: its pages' texts, in order.
        first_id: the id of page 0, where the paper had one before; None: behind all others.

    """
    if first_id is None and connection.dialect.name == "sqlite":
        first_id = _next_id(connection)
    connection.execute(insert(search_rows), _rows(paper, kept, _procedure(connection, paper), first_id))


def add_all_search_rows(connection: Connection) -> None:
    """Add the rows of all papers where there are none, in the order in which the papers were filed."""
    query = (
        select(papers.c.record, func.coalesce(dossiers.c.procedure, papers.c.procedure), paper_pages.c.kept_text)
        .join_from(papers, paper_pages, isouter=True)
        .join(
            dossiers,
            (dossiers.c.office_id == papers.c.office_id) & (dossiers.c.code == papers.c.dossier_code),
            isouter=True,
        )
        .order_by(papers.c.filed_at, papers.c.document_id, paper_pages.c.page)
    )
    found = connection.execute(query.execution_options(yield_per=_BATCH))
    first_id = 1 if connection.dialect.name == "sqlite" else None
    rows: list[dict[str, Any]] = []
    for (record, procedure), pages in groupby(found, key=itemgetter(0, 1)):
        paper = Paper.model_validate_json(record)
        if not is_on_file(paper):
            continue
        rows += _rows(paper, [page.kept_text for page in pages if page.kept_text is not None], procedure, first_id)
        if first_id is not None:
            first_id += len(paper.source_pages) + 1
        if len(rows) >= _BATCH:
            connection.execute(insert(search_rows), rows)
            rows = []
    if rows:
        connection.execute(insert(search_rows), rows)


def _rows(paper: Paper, kept: list[str], procedure: str | None, first_id: int | None) -> list[dict[str, Any]]:
    """Never none: a paper has a type."""
    marks = marks_of(paper.type, paper.state, procedure, local_day(paper.filed_at))
    rows = []
    for page, text in enumerate([summary(paper), *kept]):
        tokens = search_tokens(text)[:_MAX_TOKENS_A_PAGE]
        if not tokens:
            continue
        of_page = (WHOLE_PAPER, *marks) if page == 0 else marks
        row = {"page": page, "filed_at": paper.filed_at}
        row |= {"exact": [*of_page, *(token.exact for token in tokens)]}
        row |= {"folded": [*of_page, *(token.folded for token in tokens)]}
        own_id = {} if first_id is None else {"id": first_id + page}
        rows.append(paper.actor.model_dump() | {"document_id": paper.document_id} | row | own_id)
    return rows


def remove_search_rows(connection: Connection, office_id: str, document_id: str) -> int | None:
    """Remove the rows of a paper.

    Returns:
        What `add_search_rows` takes for `first_id`, so that the paper keeps its place; None where it has none.

    """
    rows = search_rows.c
    of_paper = (rows.office_id == office_id) & (rows.document_id == document_id)
    first_id = None
    if connection.dialect.name == "sqlite":
        first_id = connection.execute(select(func.min(rows.id - rows.page)).where(of_paper)).scalar()
    connection.execute(delete(search_rows).where(of_paper))
    return first_id


def renew_search_rows(connection: Connection, office_id: str, dossier_code: str) -> None:
    """Write the rows of a dossier's papers anew: its procedure is theirs, and has changed."""
    of_dossier = (papers.c.office_id == office_id) & (papers.c.dossier_code == dossier_code)
    query = select(papers.c.record).where(of_dossier).order_by(papers.c.document_id).with_for_update()
    for record in connection.execute(query).scalars().all():
        paper = Paper.model_validate_json(record)
        first_id = remove_search_rows(connection, office_id, paper.document_id)
        if is_on_file(paper):
            add_search_rows(connection, paper, kept_texts(connection, paper), first_id)


def kept_texts(connection: Connection, paper: Paper) -> list[str]:
    """The texts of a paper's pages, in order."""
    pages = paper_pages.c
    of_paper = (pages.office_id == paper.actor.office_id) & (pages.document_id == paper.document_id)
    return list(connection.execute(select(pages.kept_text).where(of_paper).order_by(pages.page)).scalars())


def is_on_file(paper: Paper) -> bool:
    """Whether a paper is found at all."""
    return paper.state not in OFF_FILE


def summary(paper: Paper) -> str:
    """What is known of a paper besides its pages, as text to search: owners with numbers, fields, dossier, type."""
    owners = [part for person in paper.people for part in (person.name, person.personal_id, person.old_number) if part]
    fields = [field.value for field in paper.fields.values()]
    parts = [*owners, *fields, paper.dossier_code or "", paper.type]
    return " · ".join(part for part in dict.fromkeys(parts) if part)


def _next_id(connection: Connection) -> int:
    """The first id behind all others in SQLite, where rows are found in the order of their ids.

    Page n has the n-th id behind that of page 0, whether it has text or not, so that the ids of two papers never mix.
    """
    rows = search_rows.c
    same = (papers.c.office_id == rows.office_id) & (papers.c.document_id == rows.document_id)
    last: Any = select(rows.id - rows.page + papers.c.pages).join(papers, same).order_by(rows.id.desc()).limit(1)
    return int(connection.execute(last).scalar() or 0) + 1


def _procedure(connection: Connection, paper: Paper) -> str | None:
    """The procedure of the paper's dossier, else the one it was handed in for."""
    of_dossier = (dossiers.c.office_id == paper.actor.office_id) & (dossiers.c.code == paper.dossier_code)
    found = connection.execute(select(dossiers.c.procedure).where(of_dossier)).scalar() if paper.dossier_code else None
    return found or paper.procedure
