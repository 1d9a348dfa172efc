"""Takes out of the rows what must not be known any more, and finds what was begun and not ended."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, false, literal, or_, select, text, update

from pipeline.adapters.database.connections import Connections
from pipeline.adapters.database.desk_tables import answered_requests, earlier_papers
from pipeline.adapters.database.dossier_tables import dossier_components, paper_codes, proposals
from pipeline.adapters.database.marking import mark_changed
from pipeline.adapters.database.people import remove_entry
from pipeline.adapters.database.schedule_tables import paper_marks
from pipeline.adapters.database.tables import (
    decisions,
    papers,
    source_files,
    submissions,
)
from pipeline.stages.certain import is_gone
from schemas.decisions import AnyDecision, read_decision, wipes
from schemas.dossier import Paper

_STAY = ("set_hold", "destroy")
"""Decisions about a paper that say nothing of what it said, and prove what was done with it."""

_MAY_WIPE = ("set_secrecy", "set_type")


class KeepingTable:
    """The port KeepingRows."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def open(self, office_id: str, begun: str, ended: str) -> tuple[AnyDecision, ...]:
        """See KeepingRows."""
        with self._connections.reading() as connection:
            return open_matters(connection, office_id, begun, ended)

    def forget(self, office_id: str, document_ids: Collection[str], owners: Collection[str]) -> None:
        """See KeepingRows."""
        with self._connections.writing() as connection:
            _forget_dossiers(connection, office_id, document_ids)
            about = (decisions.c.office_id == office_id) & decisions.c.subject_id.in_(document_ids)
            said = select(decisions.c.record).where(about, decisions.c.kind.in_(_MAY_WIPE))
            found = map(read_decision.validate_json, connection.execute(said).scalars())
            stay = [one.decision_id for one in found if wipes(one)]
            goes = decisions.c.kind.not_in(_STAY) & decisions.c.decision_id.not_in(stay)
            connection.execute(delete(decisions).where(about, goes))
            for table in (paper_codes, paper_marks, earlier_papers):
                mine = (table.c.office_id == office_id) & table.c.document_id.in_(document_ids)
                connection.execute(delete(table).where(mine))
            _forget_submissions(connection, office_id, document_ids)
            _forget_answers(connection, office_id, (*document_ids, *owners))
            for citizen_id in sorted(owners):
                remove_entry(connection, office_id, citizen_id)

    def tidy(self) -> None:
        """See KeepingRows. PostgreSQL's own cleaning does it; SQLite keeps words in its index until it is rewritten."""
        with self._connections.writing() as connection:
            if connection.dialect.name != "sqlite":
                return
            connection.execute(text("INSERT INTO search_index (search_index) VALUES ('optimize')"))
        with self._connections.outside() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def open_matters(connection: Connection, office_id: str | None, begun: str, ended: str) -> tuple[AnyDecision, ...]:
    """See KeepingRows.open. `office_id` None: of all offices, which is for what measures the installation."""
    begins, ends = decisions.alias(), decisions.alias()
    same = (ends.c.office_id == begins.c.office_id) & (ends.c.subject_id == begins.c.subject_id)
    closed = select(literal(1)).where(same, ends.c.kind == ended).exists()
    query = select(begins.c.record).where(begins.c.kind == begun, ~closed).order_by(begins.c.decided_at)
    if office_id is not None:
        query = query.where(begins.c.office_id == office_id)
    return tuple(read_decision.validate_json(record) for record in connection.execute(query).scalars())


def _forget_dossiers(connection: Connection, office_id: str, document_ids: Collection[str]) -> None:
    inside = dossier_components.c
    results = (inside.office_id == office_id) & inside.document_id.in_(document_ids) & inside.result_code.is_not(None)
    # That there was a result is what tells that the matter has ended; its code names the owner.
    connection.execute(update(dossier_components).where(results).values(result_code=inside.document_id))
    for table in (dossier_components, proposals):
        mine = (table.c.office_id == office_id) & table.c.document_id.in_(document_ids)
        if table is dossier_components:
            mine &= inside.result_code.is_(None)
        codes = connection.execute(delete(table).where(mine).returning(table.c.code)).scalars().all()
        for code in sorted(set(codes)):
            mark_changed(connection, office_id, "dossier", code)


def _forget_answers(connection: Connection, office_id: str, ids: Collection[str]) -> None:
    """What programs were told of them, which is kept for a day in case they ask again."""
    names = [answered_requests.c.body.contains(one, autoescape=True) for one in ids]
    connection.execute(
        delete(answered_requests).where(answered_requests.c.office_id == office_id, or_(false(), *names))
    )


def _forget_submissions(connection: Connection, office_id: str, document_ids: Collection[str]) -> None:
    """Who handed in what is gone altogether, and file names, which often are people's."""
    of_office = papers.c.office_id == office_id
    query = select(papers.c.submission_id).where(of_office, papers.c.document_id.in_(document_ids)).distinct()
    for submission_id in connection.execute(query).scalars().all():
        beside = select(papers.c.record).where(of_office, papers.c.submission_id == submission_id)
        left = [Paper.model_validate_json(record) for record in connection.execute(beside).scalars()]
        if not all(map(is_gone, left)):
            continue
        for table, unsaid in ((submissions, {"handed_in_by": None}), (source_files, {"path": ""})):
            this = (table.c.office_id == office_id) & (table.c.submission_id == submission_id)
            connection.execute(update(table).where(this).values(unsaid))
        mark_changed(connection, office_id, "submission", submission_id)
