"""Papers on file, and what people decided about them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, select, update

from pipeline.adapters.database.connections import Connections, add_new
from pipeline.adapters.database.tables import decisions, paper_pages, paper_people, papers
from pipeline.errors import NotFound
from schemas.decisions import Confirm
from schemas.dossier import Paper


class PaperTable:
    """The port Papers."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def get(self, office_id: str, document_id: str) -> Paper:
        """See Papers."""
        with self._connections.reading() as connection:
            return _get(connection, office_id, document_id)

    def page_texts(self, office_id: str, document_id: str) -> tuple[str, ...]:
        """See Papers."""
        query = (
            select(paper_pages.c.kept_text)
            .where(paper_pages.c.office_id == office_id, paper_pages.c.document_id == document_id)
            .order_by(paper_pages.c.page)
        )
        with self._connections.reading() as connection:
            _get(connection, office_id, document_id)
            return tuple(connection.execute(query).scalars())

    def of_content(self, office_id: str, content_sha256: str) -> tuple[Paper, ...]:
        """See Papers."""
        condition = (papers.c.office_id == office_id) & (papers.c.content_sha256 == content_sha256)
        with self._connections.reading() as connection:
            return _select(connection, condition, [papers.c.first_page, papers.c.document_id])

    def of_citizen(self, office_id: str, citizen_id: str) -> tuple[Paper, ...]:
        """See Papers."""
        owned = select(paper_people.c.document_id).where(
            paper_people.c.office_id == office_id,
            paper_people.c.citizen_id == citizen_id,
            paper_people.c.link == "filed",
        )
        condition = (papers.c.office_id == office_id) & papers.c.document_id.in_(owned)
        with self._connections.reading() as connection:
            return _select(connection, condition, [papers.c.filed_at.desc(), papers.c.document_id.desc()])

    def of_dossier(self, office_id: str, dossier_code: str) -> tuple[Paper, ...]:
        """See Papers."""
        condition = (papers.c.office_id == office_id) & (papers.c.dossier_code == dossier_code)
        with self._connections.reading() as connection:
            return _select(connection, condition, [papers.c.filed_at, papers.c.first_page, papers.c.document_id])

    def decide(self, decision: Confirm) -> Paper:
        """See Papers. Of several decisions the last taken holds, in whatever order they arrive.

        Raises: NotFound (no_such_paper).
        """
        office_id, document_id = decision.actor.office_id, decision.subject_id
        row = decision.actor.model_dump() | {
            **decision.model_dump(include={"decision_id", "subject_id", "kind", "decided_at"}),
            "record": decision.model_dump_json(),
        }
        with self._connections.writing() as connection:
            paper = _get(connection, office_id, document_id, for_update=True)
            if add_new(connection, decisions, row) and (
                paper.confirmed_at is None or paper.confirmed_at <= decision.decided_at
            ):
                confirmed = {"copy_kind": decision.copy_kind, "confirmed_at": decision.decided_at}
                paper = paper.model_copy(update=confirmed)
                connection.execute(
                    update(papers)
                    .where(papers.c.office_id == office_id, papers.c.document_id == document_id)
                    .values(record=paper.model_dump_json())
                )
            return paper


def known_papers(connection: Connection, office_id: str, document_ids: list[str]) -> dict[str, Paper]:
    """Papers by id, of those that are there."""
    query = select(papers.c.document_id, papers.c.record).where(
        papers.c.office_id == office_id, papers.c.document_id.in_(document_ids)
    )
    return {row.document_id: Paper.model_validate_json(row.record) for row in connection.execute(query)}


def _get(connection: Connection, office_id: str, document_id: str, *, for_update: bool = False) -> Paper:
    query = select(papers.c.record).where(papers.c.office_id == office_id, papers.c.document_id == document_id)
    record = connection.execute(query.with_for_update() if for_update else query).scalar()
    if record is None:
        raise NotFound("no_such_paper", document_id)
    return Paper.model_validate_json(record)


def _select(
    connection: Connection, condition: ColumnElement[bool], order: Sequence[ColumnElement[object]]
) -> tuple[Paper, ...]:
    query = select(papers.c.record).where(condition).order_by(*order)
    return tuple(Paper.model_validate_json(record) for record in connection.execute(query).scalars())
