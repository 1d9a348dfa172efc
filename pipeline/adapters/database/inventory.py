"""What is on file, for checking it against the store; and how far that has come."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Column, ColumnElement, Connection, delete, func, insert, select, update

from pipeline.adapters.database.connections import Connections, add_new, now
from pipeline.adapters.database.dossier_tables import dossiers, paper_codes
from pipeline.adapters.database.filing import reindex_paper
from pipeline.adapters.database.indexing import is_on_file
from pipeline.adapters.database.record_tables import integrity, integrity_findings
from pipeline.adapters.database.records import load_paper
from pipeline.adapters.database.submissions import submissions_where
from pipeline.adapters.database.tables import citizens, decisions, open_questions, papers, search_rows, submissions
from pipeline.errors import NotFound
from pipeline.findings import HARMLESS
from pipeline.vietnamese import search_tokens
from schemas.dossier import PaperRecord, Submission
from schemas.integrity import FiledPaper, Finding, IntegrityState
from schemas.records import RecordKind

_IDS: dict[RecordKind, Column[str]] = {
    "submission": submissions.c.submission_id,
    "citizen": citizens.c.citizen_id,
    "paper": papers.c.document_id,
    "dossier": dossiers.c.code,
    "code": paper_codes.c.document_id,
}


class InventoryTable:
    """The port Inventory."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def contents(self, office_id: str) -> int:
        """See Inventory."""
        query = select(func.count()).select_from(submissions).where(submissions.c.office_id == office_id)
        with self._connections.reading() as connection:
            return connection.execute(query).scalar_one()

    def papers(self, office_id: str, prefix: str) -> tuple[FiledPaper, ...]:
        """See Inventory."""
        inside = (papers.c.office_id == office_id) & _begins(papers.c.content_sha256, prefix)
        query = select(papers.c.document_id).where(inside).order_by(papers.c.content_sha256, papers.c.first_page)
        with self._connections.reading() as connection:
            ids = connection.execute(query).scalars().all()
            records = [load_paper(connection, office_id, document_id) for document_id in ids]
            return tuple(
                FiledPaper(record=record, indexed=_is_indexed(connection, record))
                for record in records
                if record is not None
            )

    def submissions(self, office_id: str, prefix: str, by: Literal["id", "content"]) -> tuple[Submission, ...]:
        """See Inventory."""
        column = submissions.c.submission_id if by == "id" else submissions.c.content_sha256
        with self._connections.reading() as connection:
            return submissions_where(connection, (submissions.c.office_id == office_id) & _begins(column, prefix))

    def ids(self, office_id: str, kind: RecordKind | Literal["decision"], prefix: str) -> frozenset[str]:
        """See Inventory."""
        wanted: Any = decisions.c.subject_id + "/" + decisions.c.decision_id if kind == "decision" else _IDS[kind]
        table = decisions if kind == "decision" else _IDS[kind].table
        first = decisions.c.subject_id if kind == "decision" else _IDS[kind]
        query = select(wanted).where(table.c.office_id == office_id, func.substr(first, 1, len(prefix)) == prefix)
        with self._connections.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def mend(self, office_id: str, document_id: str) -> None:
        """See Inventory."""
        with self._connections.writing() as connection:
            record = load_paper(connection, office_id, document_id)
            if record is None:
                raise NotFound("no_such_paper", document_id)
            reindex_paper(connection, record.paper)


class CheckTable:
    """The port Checks."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def place(self, office_id: str) -> str:
        """See Checks."""
        query = select(integrity.c.place).where(integrity.c.office_id == office_id)
        with self._connections.reading() as connection:
            return connection.execute(query).scalar() or ""

    def note(self, office_id: str, place: str, part: str, found: Sequence[Finding], objects: int) -> None:
        """See Checks."""
        known = integrity_findings.c
        with self._connections.writing() as connection:
            moment = now(connection)
            there = (known.office_id == office_id) & (func.substr(known.key, 1, len(part)) == part)
            standing = {(one.key, one.kind) for one in found}
            for key, kind in connection.execute(select(known.key, known.kind).where(there)).tuples().all():
                if (key, kind) not in standing:
                    gone = (known.office_id == office_id) & (known.key == key) & (known.kind == kind)
                    connection.execute(delete(integrity_findings).where(gone))
            for key, kind in sorted(standing):
                row = {"office_id": office_id, "key": key, "kind": kind, "found_at": moment}
                add_new(connection, integrity_findings, row)
            _note_state(connection, office_id, place, objects, moment)

    def found_at(self, office_id: str, finding: Finding) -> datetime | None:
        """See Checks."""
        known = integrity_findings.c
        this = (known.office_id == office_id) & (known.key == finding.key) & (known.kind == finding.kind)
        with self._connections.reading() as connection:
            return connection.execute(select(known.found_at).where(this)).scalar()

    def state(self, office_id: str) -> IntegrityState | None:
        """See Checks."""
        query = select(integrity).where(integrity.c.office_id == office_id)
        serious = integrity_findings.c.kind.not_in(HARMLESS)
        found = select(func.count()).where(integrity_findings.c.office_id == office_id, serious)
        with self._connections.reading() as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            findings = connection.execute(found).scalar_one()
        return IntegrityState(checked_at=row.checked_at, round_ended_at=row.round_ended_at, findings=findings)


def _note_state(connection: Connection, office_id: str, place: str, objects: int, moment: datetime) -> None:
    row = {"place": place, "checked_at": moment, "objects": objects}
    if place == "":
        row["round_ended_at"] = moment
    mine = integrity.c.office_id == office_id
    if connection.execute(update(integrity).where(mine).values(row)).rowcount == 0:
        connection.execute(insert(integrity).values({"office_id": office_id, **row}))


def _begins(column: Column[str], prefix: str) -> ColumnElement[bool]:
    """Whether hexadecimal digits begin with these; as a range, for which there is an index."""
    if not prefix:
        return column.is_not(None)
    end = prefix[:-1] + chr(ord(prefix[-1]) + 1) if prefix[-1] != "9" else prefix[:-1] + "a"
    return (column >= prefix) & (column < end)


def _is_indexed(connection: Connection, record: PaperRecord) -> bool:
    """Whether a paper is found by each of its pages that has words, and asks what it has to ask."""
    paper = record.paper
    rows, asked = search_rows.c, open_questions.c
    indexed = select(rows.page).where(rows.office_id == paper.actor.office_id, rows.document_id == paper.document_id)
    found = Counter(connection.execute(indexed).scalars())
    worded = [page for page, text in enumerate(record.page_texts, 1) if text.strip() and search_tokens(text)]
    expected = Counter([0, *worded] if is_on_file(paper) else [])
    open_ones = select(asked.part).where(
        asked.office_id == paper.actor.office_id, asked.document_id == paper.document_id
    )
    parts = {question.part for question in paper.questions}
    return found == expected and set(connection.execute(open_ones).scalars()) == parts
