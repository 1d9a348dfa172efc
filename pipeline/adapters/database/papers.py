"""Papers on file, and what people decided about them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal, select, tuple_, update

from pipeline.adapters.database.connections import Connections, add_new
from pipeline.adapters.database.earlier import Remembering, earlier, forget_taken_back
from pipeline.adapters.database.filing import file_papers, refile_paper
from pipeline.adapters.database.marking import mark_changed
from pipeline.adapters.database.people import all_entries
from pipeline.adapters.database.tables import decisions, open_questions, paper_pages, paper_people, papers
from pipeline.errors import NotFound
from pipeline.review_ports import EarlierPaper
from pipeline.table_ports import PaperChange
from schemas.decided import Decided
from schemas.decisions import AnyDecision, Confirm, TakeBack, read_decision
from schemas.dossier import Paper
from schemas.review import QueuePlace, ReviewItem


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

    def of_content(self, office_id: str, content_sha256: str, *, withdrawn: bool = False) -> tuple[Paper, ...]:
        """See Papers."""
        condition = (papers.c.office_id == office_id) & (papers.c.content_sha256 == content_sha256)
        with self._connections.reading() as connection:
            found = _select(connection, condition, [papers.c.first_page, papers.c.document_id])
        return tuple(paper for paper in found if withdrawn or paper.state != "withdrawn")

    def of_citizen(self, office_id: str, citizen_id: str) -> tuple[Paper, ...]:
        """See Papers."""
        with self._connections.reading() as connection:
            owned = select(paper_people.c.document_id).where(
                paper_people.c.office_id == office_id,
                paper_people.c.citizen_id.in_(all_entries(connection, office_id, citizen_id)),
                paper_people.c.link == "filed",
            )
            condition = (papers.c.office_id == office_id) & papers.c.document_id.in_(owned)
            return _select(connection, condition, [papers.c.filed_at.desc(), papers.c.document_id.desc()])

    def of_dossier(self, office_id: str, dossier_code: str) -> tuple[Paper, ...]:
        """See Papers."""
        condition = (papers.c.office_id == office_id) & (papers.c.dossier_code == dossier_code)
        with self._connections.reading() as connection:
            found = _select(connection, condition, [papers.c.filed_at, papers.c.first_page, papers.c.document_id])
        return tuple(paper for paper in found if paper.state not in ("withdrawn", "destroyed"))

    def alike(self, office_id: str, same_key: str) -> tuple[Paper, ...]:
        """See Papers."""
        condition = (papers.c.office_id == office_id) & (papers.c.same_key == same_key)
        with self._connections.reading() as connection:
            return _select(connection, condition, [papers.c.document_id])

    def decision(self, office_id: str, decision_id: str) -> AnyDecision:
        """See Papers."""
        this = (decisions.c.office_id == office_id) & (decisions.c.decision_id == decision_id)
        with self._connections.reading() as connection:
            record = connection.execute(select(decisions.c.record).where(this)).scalar()
        if record is None:
            raise NotFound("no_such_decision", decision_id)
        return read_decision.validate_json(record)

    def earlier(self, office_id: str, decision_id: str) -> tuple[EarlierPaper, ...]:
        """See Papers."""
        with self._connections.reading() as connection:
            return earlier(connection, office_id, decision_id)

    def waiting(self, office_id: str) -> int:
        """See Papers."""
        query = select(func.count()).select_from(open_questions).where(open_questions.c.office_id == office_id)
        with self._connections.reading() as connection:
            return connection.execute(query).scalar_one()

    def queue(self, office_id: str, limit: int, after: QueuePlace | None = None) -> tuple[ReviewItem, ...]:
        """See Papers."""
        columns = open_questions.c
        order = (columns.rank, columns.asked_at, columns.document_id, columns.part)
        query = (
            select(columns.part, papers.c.record)
            .join(papers, (papers.c.office_id == columns.office_id) & (papers.c.document_id == columns.document_id))
            .where(columns.office_id == office_id)
            .order_by(*order)
            .limit(limit)
        )
        if after is not None:
            place = (-after.urgency, after.asked_at, after.document_id, after.part)
            query = query.where(tuple_(*order) > tuple_(*_bound(place, order)))
        with self._connections.reading() as connection:
            found = [(row.part, Paper.model_validate_json(row.record)) for row in connection.execute(query)]
        return tuple(
            ReviewItem(
                document_id=paper.document_id,
                submission_id=paper.submission_id,
                question=asked,
                type=paper.type,
                asked_at=paper.filed_at,
            )
            for part, paper in found
            for asked in paper.questions
            if asked.part == part
        )

    def history(self, office_id: str, document_id: str) -> tuple[AnyDecision, ...]:
        """See Papers."""
        query = (
            select(decisions.c.record)
            .where(decisions.c.office_id == office_id, decisions.c.subject_id == document_id)
            .order_by(decisions.c.decided_at, decisions.c.decision_id)
        )
        with self._connections.reading() as connection:
            return tuple(read_decision.validate_json(record) for record in connection.execute(query).scalars())

    def decided(self, office_id: str, kind: str, limit: int) -> tuple[AnyDecision, ...]:
        """See Papers."""
        query = (
            select(decisions.c.record)
            .where(decisions.c.office_id == office_id, decisions.c.kind == kind)
            .order_by(decisions.c.decided_at.desc())
            .limit(limit)
        )
        with self._connections.reading() as connection:
            return tuple(read_decision.validate_json(record) for record in connection.execute(query).scalars())

    def change(self, decision: Decided, changes: Sequence[PaperChange]) -> bool:
        """See Papers."""
        with self._connections.writing() as connection:
            if not as_seen(connection, changes):
                # What has been applied before has made the papers other than they were seen.
                return _is_written(connection, decision)
            if add_new(connection, decisions, decision_row(decision)):
                remembering = Remembering(connection, decision, changes)
                write_changes(connection, changes)
                if isinstance(decision, TakeBack):
                    forget_taken_back(connection, decision)
                else:
                    remembering.keep()
            return True

    def decide(self, decision: Confirm) -> Paper:
        """See Papers. Of several decisions the last taken holds, in whatever order they arrive.

        Raises: NotFound (no_such_paper).
        """
        office_id, document_id = decision.actor.office_id, decision.subject_id
        with self._connections.writing() as connection:
            paper = _get(connection, office_id, document_id, for_update=True)
            if add_new(connection, decisions, decision_row(decision)) and (
                paper.confirmed_at is None or paper.confirmed_at <= decision.decided_at
            ):
                confirmed = {"copy_kind": decision.copy_kind, "confirmed_at": decision.decided_at}
                paper = paper.model_copy(update=confirmed)
                connection.execute(
                    update(papers)
                    .where(papers.c.office_id == office_id, papers.c.document_id == document_id)
                    .values(record=paper.model_dump_json())
                )
                mark_changed(connection, office_id, "paper", document_id)
            return paper


def as_seen(connection: Connection, changes: Sequence[PaperChange]) -> bool:
    """Whether every paper of the changes still is as it was seen; its row is locked until the transaction ends."""
    # In one order, so that two transactions do not wait for each other.
    for change in sorted(changes, key=lambda change: change.after.document_id):
        before = change.before
        if before is not None:
            held = _get(connection, before.actor.office_id, before.document_id, for_update=True)
            if held != before:
                return False
    return True


def write_changes(connection: Connection, changes: Sequence[PaperChange]) -> None:
    """Write papers over what is there, and add the new ones."""
    for change in changes:
        if change.before is None:
            file_papers(connection, ((change.after, change.texts or ()),))
        else:
            refile_paper(connection, change.before, change.after, change.texts)


def decision_row(decision: Decided) -> dict[str, object]:
    """A decision as the table has it."""
    return decision.actor.model_dump() | {
        **decision.model_dump(include={"decision_id", "subject_id", "kind", "decided_at"}),
        "record": decision.model_dump_json(),
    }


def _bound(place: Sequence[object], order: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    """The values as the columns' types send them: moments go to SQLite as its own text."""
    return [literal(value, type_=column.type) for value, column in zip(place, order, strict=True)]


def _is_written(connection: Connection, decision: Decided) -> bool:
    query = select(decisions.c.kind).where(
        decisions.c.office_id == decision.actor.office_id, decisions.c.decision_id == decision.decision_id
    )
    return connection.execute(query).scalar() is not None


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
