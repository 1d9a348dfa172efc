"""Writes papers with all that is found by them: page texts, citizens of certain links, search rows."""

from sqlalchemy import Connection, delete, insert, select, update

from pipeline.adapters.database.connections import add_new
from pipeline.adapters.database.entering import Entry, enter_owner
from pipeline.adapters.database.hooks import tell
from pipeline.adapters.database.indexing import add_search_rows, is_on_file, kept_texts, remove_search_rows
from pipeline.adapters.database.marking import mark_changed
from pipeline.adapters.database.people import holder_of, number_key
from pipeline.adapters.database.tables import citizens, open_questions, paper_pages, paper_people, papers
from pipeline.local_time import local_day
from pipeline.stages.questions import owner_question
from pipeline.stages.same_paper import same_key
from pipeline.vietnamese import nfc
from schemas.dossier import Paper, PaperRecord, PaperState
from schemas.people import PersonOnPaper


def file_papers(connection: Connection, filed: tuple[tuple[Paper, tuple[str, ...]], ...]) -> None:
    """Write each paper with its page texts, in the transaction of `connection`. One that is there already stays."""
    there = select(papers.c.document_id).where(
        papers.c.office_id.in_({paper.actor.office_id for paper, _ in filed}),
        papers.c.document_id.in_([paper.document_id for paper, _ in filed]),
    )
    known = set(connection.execute(there).scalars())
    new = [(paper, texts) for paper, texts in filed if paper.document_id not in known]
    entries = _enter_owners(connection, [paper for paper, _ in new])
    for read, texts in new:
        paper = _with_doubts(read, entries)
        if _add_paper(connection, paper):
            _link_people(connection, paper, entries)
            kept = _add_pages(connection, paper, texts)
            if is_on_file(paper):
                add_search_rows(connection, paper, kept)
            _add_questions(connection, paper)
            mark_changed(connection, paper.actor.office_id, "paper", paper.document_id)
            tell(connection, paper)


def refile_paper(connection: Connection, before: Paper, decided: Paper, texts: tuple[str, ...] | None) -> None:
    """Write a paper that is there anew, with its links, questions and search rows; `texts` None leaves its pages."""
    entries = _enter_owners(connection, [decided])
    paper = _with_doubts(decided, entries)
    mine = (papers.c.office_id == paper.actor.office_id) & (papers.c.document_id == paper.document_id)
    connection.execute(update(papers).where(mine).values(**_columns(paper)))
    for table in (paper_people, open_questions, *([paper_pages] if texts is not None else [])):
        columns = table.c
        of_paper = (columns.office_id == paper.actor.office_id) & (columns.document_id == paper.document_id)
        connection.execute(delete(table).where(of_paper))
    first_id = remove_search_rows(connection, paper.actor.office_id, paper.document_id)
    kept = kept_texts(connection, paper) if texts is None else _add_pages(connection, paper, texts)
    if is_on_file(paper):
        add_search_rows(connection, paper, kept, first_id)
    _link_people(connection, paper, entries)
    _add_questions(connection, paper)
    mark_changed(connection, paper.actor.office_id, "paper", paper.document_id)
    if paper.state != before.state:
        tell(connection, paper)


def restore_paper(connection: Connection, record: PaperRecord) -> bool:
    """Add a paper that is not there as its record tells it, and tell nobody; whether it was added."""
    paper = record.paper
    if not _add_paper(connection, paper, record.first_state):
        return False
    given = record.entries or (None,) * len(paper.people)
    there = select(citizens.c.citizen_id).where(
        citizens.c.office_id == paper.actor.office_id, citizens.c.citizen_id.in_([one for one in given if one])
    )
    on_register = set(connection.execute(there).scalars())
    known = {
        (paper.document_id, at): Entry(entry)
        for at, (person, one) in enumerate(zip(paper.people, given, strict=True))
        if (entry := one if one in on_register else _holder(connection, paper.actor.office_id, person)) is not None
    }
    newcomers = paper.model_copy(
        update={
            "people": tuple(
                person.model_copy(update={"link": "proposed"}) if (paper.document_id, at) in known else person
                for at, person in enumerate(paper.people)
            )
        }
    )
    _link_people(connection, paper, _enter_owners(connection, [newcomers]) | known)
    kept = _add_pages(connection, paper, record.page_texts)
    if is_on_file(paper):
        add_search_rows(connection, paper, kept)
    _add_questions(connection, paper)
    return True


def reindex_paper(connection: Connection, paper: Paper) -> None:
    """Write the search rows and open questions of a paper that is there anew."""
    columns = open_questions.c
    mine = (columns.office_id == paper.actor.office_id) & (columns.document_id == paper.document_id)
    connection.execute(delete(open_questions).where(mine))
    first_id = remove_search_rows(connection, paper.actor.office_id, paper.document_id)
    if is_on_file(paper):
        add_search_rows(connection, paper, kept_texts(connection, paper), first_id)
    _add_questions(connection, paper)


def _holder(connection: Connection, office_id: str, person: PersonOnPaper) -> str | None:
    """The entry of an owner whose record names none: nobody had the time to write it."""
    if person.link != "filed":
        return None
    numbers = [number for number in (person.number, person.passport, person.old_number) if number]
    return person.citizen_id or next((one for n in numbers if (one := holder_of(connection, office_id, n))), None)


def _written_by(paper: Paper) -> dict[str, str]:
    return paper.actor.model_dump() | {"document_id": paper.document_id}


def _add_paper(connection: Connection, paper: Paper, first_state: PaperState | None = None) -> bool:
    row = {
        "submission_id": paper.submission_id,
        "content_sha256": paper.content_sha256,
        "first_page": min(paper.source_pages, default=0),
        "filed_at": paper.filed_at,
        "filed_on": local_day(paper.filed_at),
        "procedure": paper.procedure,
        "pages": len(paper.source_pages),
        "first_state": first_state or paper.state,
    }
    return add_new(connection, papers, _written_by(paper) | row | _columns(paper))


def _columns(paper: Paper) -> dict[str, str | None]:
    """What changes with a paper: its record, and what it is found by."""
    return {
        "record": paper.model_dump_json(),
        "dossier_code": paper.dossier_code,
        "same_key": same_key(paper) if is_on_file(paper) else None,
    }


def _add_questions(connection: Connection, paper: Paper) -> None:
    rows = [
        _written_by(paper) | {"part": question.part, "rank": -question.urgency, "asked_at": paper.filed_at}
        for question in paper.questions
    ]
    if rows:
        connection.execute(insert(open_questions), rows)


_Entries = dict[tuple[str, int], Entry]
"""What the register made of the filed owners: by document and place among its people."""


def _enter_owners(connection: Connection, read: list[Paper]) -> _Entries:
    """Find or make the register's entries of all filed owners.

    In the order of their numbers, so that two transactions that add the same people do not lock each other out.
    """
    owners = [
        (person.number or "", paper, position)
        for paper in read
        for position, person in enumerate(paper.people)
        if person.link == "filed" and is_on_file(paper)
    ]
    return {
        (paper.document_id, position): enter_owner(connection, paper.actor, paper.people[position], paper.document_id)
        for _, paper, position in sorted(owners, key=lambda owner: owner[0])
    }


def _with_doubts(paper: Paper, entries: _Entries) -> Paper:
    """The paper, whose owner is only proposed where the register says otherwise than when the paper was read."""
    doubts = {at: entry.doubt for (document, at), entry in entries.items() if document == paper.document_id}
    reasons = tuple(doubt for doubt in doubts.values() if doubt)
    if not reasons:
        return paper
    people = tuple(
        person.model_copy(update={"link": "proposed"}) if doubts.get(at) else person
        for at, person in enumerate(paper.people)
    )
    page = min(paper.source_pages, default=None)
    asked = [owner_question(paper.people[at], doubt, page) for at, doubt in doubts.items() if doubt]
    questions = {question.part: question for question in (*paper.questions, *asked)}
    every = tuple(dict.fromkeys((*paper.reasons, *reasons)))
    # Who answered did not know what the register says: the question is asked anew.
    answered = tuple(part for part in paper.answered if part not in {question.part for question in asked})
    changes = {"reasons": every, "questions": tuple(questions.values()), "answered": answered}
    return paper.model_copy(update={"people": people, "state": "needs_review"} | changes)


def _link_people(connection: Connection, paper: Paper, entries: _Entries) -> None:
    rows: list[dict[str, str | None]] = []
    if not is_on_file(paper):
        return
    for at, person in enumerate(paper.people):
        entry = entries.get((paper.document_id, at))
        number = number_key(person.number) if person.number else None
        citizen_id = entry.citizen_id if entry else None
        rows.append({"role": person.role, "link": person.link, "number": number, "citizen_id": citizen_id})
    for mention in paper.mentions:
        number = number_key(mention.personal_id) if mention.personal_id else None
        rows.append({"role": mention.role, "link": None, "number": number, "citizen_id": None})
    numbered = [_written_by(paper) | row | {"position": position} for position, row in enumerate(rows)]
    if numbered:
        connection.execute(insert(paper_people), numbered)


def _add_pages(connection: Connection, paper: Paper, texts: tuple[str, ...]) -> list[str]:
    """Add the texts of a paper's pages, and return them as they are kept."""
    kept = [nfc(text).replace("\0", "") for text in texts]  # PostgreSQL takes no NUL
    pages = [_written_by(paper) | {"page": page, "kept_text": text} for page, text in enumerate(kept, start=1)]
    if pages:
        connection.execute(insert(paper_pages), pages)
    return kept
