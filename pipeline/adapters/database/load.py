"""How much waits, as the database knows it."""

from datetime import date, datetime
from typing import cast

from sqlalchemy import ColumnElement, Connection, FromClause, func, select

from pipeline.adapters.database.access_tables import audit_heads, sessions
from pipeline.adapters.database.audit_trail import oldest_open_day
from pipeline.adapters.database.connections import Connections, now
from pipeline.adapters.database.desk_tables import deliveries
from pipeline.adapters.database.keeping import open_matters
from pipeline.adapters.database.record_tables import integrity, integrity_findings
from pipeline.adapters.database.tables import open_questions, submissions
from pipeline.citizen_requests import deadlines_of
from pipeline.findings import HARMLESS
from pipeline.local_time import local_day
from pipeline.program_ports import Load
from schemas.citizen_requests import AddRequest
from schemas.dossier import SubmissionState


class LoadCounts:
    """The port LoadSource."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def measure(self) -> Load:
        """See LoadSource."""
        over, arrived = deliveries.c.next_at.is_(None), deliveries.c.delivered_at.is_not(None)
        with self._connections.reading() as connection:
            by_state = select(submissions.c.state, func.count()).group_by(submissions.c.state)
            states = {cast("SubmissionState", state): count for state, count in connection.execute(by_state).tuples()}
            return Load(
                submissions=states,
                oldest_waiting_since=_oldest_waiting(connection),
                open_questions=_count(connection, open_questions),
                sessions=_count(connection, sessions, sessions.c.kind == "session"),
                deliveries_waiting=_count(connection, deliveries, ~over),
                deliveries_given_up=_count(connection, deliveries, over, ~arrived),
                deliveries_made=_count(connection, deliveries, arrived),
                requests_overdue=_requests_overdue(connection),
                integrity_findings=_count(connection, integrity_findings, integrity_findings.c.kind.not_in(HARMLESS)),
                integrity_checked_at=connection.execute(select(func.min(integrity.c.checked_at))).scalar(),
                log_unclosed_since=_log_unclosed_since(connection),
            )

    def answer(self) -> None:
        """See LoadSource."""
        with self._connections.reading() as connection:
            connection.execute(select(1))


def _oldest_waiting(connection: Connection) -> datetime | None:
    query = select(func.min(submissions.c.received_at)).where(
        submissions.c.state.in_(("received", "retrying", "stuck"))
    )
    return connection.execute(query).scalar()


def _requests_overdue(connection: Connection) -> int:
    today = local_day(now(connection))
    unanswered = {one.subject_id for one in open_matters(connection, None, "add_request", "answer_request")}
    late = 0
    for asked in open_matters(connection, None, "add_request", "end_request"):
        if isinstance(asked, AddRequest):
            due = deadlines_of(asked.request, asked.received_on)
            late += today > due.act_by or (asked.subject_id in unanswered and today > due.answer_by)
    return late


def _log_unclosed_since(connection: Connection) -> date | None:
    offices = connection.execute(select(audit_heads.c.office_id)).scalars().all()
    days = [oldest_open_day(connection, office_id) for office_id in offices]
    return min((day for day in days if day is not None), default=None)


def _count(connection: Connection, table: FromClause, *conditions: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()
