"""Rows made of what lies in the store: one by one where they are missing, or all of them."""

from collections.abc import Sequence

from sqlalchemy import Connection, Table, delete, insert, literal, select, update

from pipeline.adapters.database.connections import Connections, add_new, now
from pipeline.adapters.database.desk_tables import answer_times, claims, earlier_papers
from pipeline.adapters.database.dossier_tables import dossier_components, dossiers, paper_codes, proposals
from pipeline.adapters.database.dossiers import code_row, component_row, dossier_row
from pipeline.adapters.database.entering import entry_row
from pipeline.adapters.database.filing import restore_paper
from pipeline.adapters.database.papers import decision_row, known_papers
from pipeline.adapters.database.record_tables import changed_rows, integrity_findings, restoring
from pipeline.adapters.database.schedule_tables import paper_marks
from pipeline.adapters.database.submissions import add_submission, load_submission
from pipeline.adapters.database.tables import (
    citizen_numbers,
    citizens,
    decisions,
    earlier_names,
    open_questions,
    page_ranges,
    paper_pages,
    paper_people,
    papers,
    search_rows,
    source_files,
    submissions,
)
from pipeline.record_ports import Record
from pipeline.stages.same_name import folded_name
from schemas.decided import Decided
from schemas.dossier import Paper, PaperRecord, SourceFile, Submission
from schemas.records import CodeRecord, DossierRecord, RegisterEntry

_MADE_OF_RECORDS: tuple[Table, ...] = (
    search_rows, open_questions, proposals, dossier_components, paper_codes, dossiers, paper_people, paper_pages,
    papers, earlier_names, citizen_numbers, citizens, source_files, submissions, decisions,
)  # fmt: skip
"""In an order in which they can be emptied."""
_ABOUT_THEM: tuple[Table, ...] = (
    paper_marks, page_ranges, changed_rows, integrity_findings, earlier_papers, claims, answer_times,
)  # fmt: skip
"""What says nothing any more when those are made anew, or is found out again by itself."""
EMPTIED = (*_ABOUT_THEM, *_MADE_OF_RECORDS)
"""The tables from which a rebuild starts anew, in an order in which they can be emptied."""


class RestoringTable:
    """The port Restoring."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def is_empty(self) -> bool:
        """See Restoring."""
        with self._connections.reading() as connection:
            return not any(_has_rows(connection, table) for table in (submissions, papers, citizens, decisions))

    def begin(self) -> None:
        """See Restoring."""
        with self._connections.writing() as connection:
            connection.execute(update(citizens).values(merged_into=None))
            for table in EMPTIED:
                connection.execute(delete(table))
            connection.execute(delete(restoring))
            connection.execute(insert(restoring).values(begun_at=now(connection)))

    def is_under_way(self) -> bool:
        """See Restoring."""
        with self._connections.reading() as connection:
            return _has_rows(connection, restoring)

    def end(self) -> None:
        """See Restoring."""
        with self._connections.writing() as connection:
            connection.execute(delete(restoring))

    def restore(self, records: Sequence[Record | Decided]) -> int:
        """See Restoring."""
        with self._connections.writing() as connection:
            return sum(_restore(connection, record) for record in records)


def _has_rows(connection: Connection, table: Table) -> bool:
    return connection.execute(select(literal(1)).select_from(table).limit(1)).scalar() is not None


def _restore(connection: Connection, record: Record | Decided) -> bool:
    match record:
        case Submission():
            return _restore_submission(connection, record)
        case RegisterEntry():
            return _restore_entry(connection, record)
        case PaperRecord():
            return _restore_paper(connection, record)
        case DossierRecord():
            return _restore_dossier(connection, record)
        case CodeRecord():
            return add_new(connection, paper_codes, code_row(record))
        case Decided():
            return add_new(connection, decisions, decision_row(record))


def _restore_submission(connection: Connection, submission: Submission) -> bool:
    if load_submission(connection, submission.submission_id) is not None:
        return False
    if submission.state != "done":  # whoever held it holds it no more
        free: dict[str, object] = {"state": "received", "state_since": now(connection), "reason": None}
        free |= {"retry_at": None, "pages_done": 0, "attempts": 0}
        submission = submission.model_copy(update=free)
    add_submission(connection, submission)
    return True


def _restore_paper(connection: Connection, record: PaperRecord) -> bool:
    submission = load_submission(connection, record.paper.submission_id)
    if submission is None:
        submission = _submission_of(record.paper)
        add_submission(connection, submission)
    return submission.state == "done" and restore_paper(connection, record)


def _submission_of(paper: Paper) -> Submission:
    """What a paper tells of the submission it came with, which was handed in before submissions had records."""
    sources = [
        SourceFile(path="", key=key, sha256=sha256, size_bytes=0, media_type="application/octet-stream")
        for key, sha256 in zip(paper.original_keys, paper.original_sha256s, strict=True)
    ]
    return Submission(
        submission_id=paper.submission_id,
        actor=paper.actor,
        sources=tuple(sources),
        content_sha256=paper.content_sha256,
        dossier_code=paper.dossier_code,
        procedure=paper.procedure,
        received_at=paper.filed_at,
        state="done",
        state_since=paper.filed_at,
    )


def _restore_entry(connection: Connection, entry: RegisterEntry) -> bool:
    citizen_id, actor = entry.citizen_id, entry.actor
    added = add_new(connection, citizens, entry_row(actor, entry))
    this = (citizens.c.office_id == actor.office_id) & (citizens.c.citizen_id == citizen_id)
    if added:
        for number in entry.numbers:
            add_new(connection, citizen_numbers, actor.model_dump() | {"number": number, "citizen_id": citizen_id})
        for name in entry.earlier_names:
            row = {"citizen_id": citizen_id, "name": name, "folded_name": folded_name(name)}
            add_new(connection, earlier_names, actor.model_dump() | row)
    above = select(citizens.c.citizen_id).where(
        citizens.c.office_id == actor.office_id, citizens.c.citizen_id == entry.merged_into
    )
    if entry.merged_into is not None and connection.execute(above).scalar() is not None:
        connection.execute(
            update(citizens).where(this, citizens.c.merged_into.is_(None)).values(merged_into=entry.merged_into)
        )
    return added


def _restore_dossier(connection: Connection, record: DossierRecord) -> bool:
    """The dossier, and of its papers those that are on file."""
    dossier = record.dossier
    marks = record.model_dump(include={"open_since", "owes_since", "uncompared_since"})
    added = add_new(connection, dossiers, dossier_row(dossier) | marks)
    inside = [component.document_id for component in record.components]
    offered = [made.proposal.document_id for made in record.proposals]
    there = known_papers(connection, dossier.actor.office_id, [*inside, *offered])
    for component in record.components:
        if component.document_id in there:
            add_new(connection, dossier_components, component_row(component))
    for made in record.proposals:
        proposal = made.proposal
        if proposal.document_id in there:
            row = proposal.actor.model_dump() | {
                **proposal.model_dump(include={"document_id", "component", "proposed_at"}),
                "code": proposal.dossier_code,
                "asked_at": None if made.answered else proposal.proposed_at,
            }
            add_new(connection, proposals, row)
    return added
