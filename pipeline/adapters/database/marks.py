"""Marks on papers, in the database."""

from collections.abc import Collection, Iterable
from typing import cast

from sqlalchemy import delete, func, insert, select

from pipeline.adapters.database.connections import Connections
from pipeline.adapters.database.schedule_tables import paper_marks
from pipeline.adapters.database.tables import papers
from schemas.dossier import Paper
from schemas.marks import MarkKind, PaperMark

_WRITTEN_BY = "schedule"
"""Nobody decides about a mark: it follows from the paper, its type and the day."""


class MarkTable:
    """The port Marks."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def papers(self, office_id: str, after: str, limit: int) -> tuple[Paper, ...]:
        """See Marks."""
        behind = (papers.c.office_id == office_id) & (papers.c.document_id > after)
        query = select(papers.c.record).where(behind).order_by(papers.c.document_id).limit(limit)
        with self._connections.reading() as connection:
            return tuple(Paper.model_validate_json(record) for record in connection.execute(query).scalars())

    def replace(self, office_id: str, document_ids: Collection[str], marks: Iterable[PaperMark]) -> None:
        """See Marks."""
        own = (paper_marks.c.office_id == office_id) & paper_marks.c.document_id.in_(document_ids)
        rows = [{"office_id": office_id, "actor_id": _WRITTEN_BY, **mark.model_dump()} for mark in marks]
        with self._connections.writing() as connection:
            connection.execute(delete(paper_marks).where(own))
            if rows:
                connection.execute(insert(paper_marks), rows)

    def counts(self, office_id: str) -> dict[MarkKind, int]:
        """See Marks."""
        query = select(paper_marks.c.kind, func.count()).where(paper_marks.c.office_id == office_id)
        with self._connections.reading() as connection:
            found = connection.execute(query.group_by(paper_marks.c.kind)).tuples()
            return {cast("MarkKind", kind): count for kind, count in found}

    def listed(self, office_id: str, kind: MarkKind, limit: int) -> tuple[PaperMark, ...]:
        """See Marks."""
        columns = paper_marks.c
        query = select(columns.document_id, columns.kind, columns.day)
        query = query.where(columns.office_id == office_id, columns.kind == kind)
        query = query.order_by(columns.day, columns.document_id).limit(limit)
        with self._connections.reading() as connection:
            return tuple(PaperMark.model_validate(dict(row)) for row in connection.execute(query).mappings())
