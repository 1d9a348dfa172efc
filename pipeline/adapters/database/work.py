"""What waits at an office, and who was called about it, in the database."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, insert, select, union, update

from pipeline.adapters.database.connections import Connections, add_new, now
from pipeline.adapters.database.day_figures import days_of_work, median_answer_s
from pipeline.adapters.database.desk_tables import calls
from pipeline.adapters.database.dossier_tables import dossiers, proposals
from pipeline.adapters.database.marking import mark_changed
from pipeline.adapters.database.people import number_key
from pipeline.adapters.database.tables import Moment, open_questions, source_files, submissions
from pipeline.errors import NotFound
from schemas.dossiers import Dossier
from schemas.figures import DayOfWork
from schemas.people import Actor
from schemas.work import Call, DossierNeeds, Proposal, UnfinishedWork, WorkCounts

_NOT_READ = ("received", "working", "retrying")


class WorkTable:
    """The port Work."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def counts(self, office_id: str, today: date, soon: date) -> WorkCounts:
        """See Work."""
        due, is_open = dossiers.c.due_on, dossiers.c.open_since.is_not(None)
        of_dossiers = {
            "overdue": is_open & (due < today),
            "due_today": is_open & (due == today),
            "due_soon": is_open & (due > today) & (due <= soon),
            "owing": dossiers.c.owes_since.is_not(None),
            "uncompared": dossiers.c.uncompared_since.is_not(None),
        }
        waiting_questions = open_questions.c.office_id == office_id
        with self._connections.reading() as connection:
            found = {
                name: _count(connection, (dossiers.c.office_id == office_id) & condition)
                for name, condition in of_dossiers.items()
            }
            found["proposals"] = _count(connection, _unanswered(office_id))
            found["stuck"] = _count(connection, _in_state(office_id, "stuck"))
            found["waiting"] = _count(connection, _in_state(office_id, *_NOT_READ))
            found["questions"] = _count(connection, waiting_questions)
            oldest = select(func.min(open_questions.c.asked_at, type_=Moment)).where(waiting_questions)
            return WorkCounts(**found, oldest_question_at=connection.execute(oldest).scalar())

    def stuck(self, office_id: str, limit: int) -> tuple[UnfinishedWork, ...]:
        """See Work."""
        return self._unfinished(_in_state(office_id, "stuck"), limit)

    def waiting(self, office_id: str, limit: int) -> tuple[UnfinishedWork, ...]:
        """See Work."""
        return self._unfinished(_in_state(office_id, *_NOT_READ), limit)

    def retry(self, office_id: str, submission_id: str) -> bool:
        """See Work."""
        own = (submissions.c.office_id == office_id) & (submissions.c.submission_id == submission_id)
        with self._connections.writing() as connection:
            if connection.execute(select(submissions.c.state).where(own)).scalar() is None:
                raise NotFound("no_such_submission", submission_id)
            anew = {"reason": None, "pages_done": 0, "attempts": 0, "begun_at": None}
            free = {"state": "received", "state_since": now(connection), **anew}
            stuck = own & (submissions.c.state == "stuck")
            return connection.execute(update(submissions).where(stuck).values(free)).rowcount == 1

    def due(self, office_id: str, until: date, limit: int) -> tuple[Dossier, ...]:
        """See Work."""
        condition = dossiers.c.open_since.is_not(None) & (dossiers.c.due_on <= until)
        return self._dossiers(office_id, condition, dossiers.c.due_on, limit)

    def owing(self, office_id: str, limit: int) -> tuple[Dossier, ...]:
        """See Work."""
        return self._dossiers(office_id, dossiers.c.owes_since.is_not(None), dossiers.c.owes_since, limit)

    def uncompared(self, office_id: str, limit: int) -> tuple[Dossier, ...]:
        """See Work."""
        since = dossiers.c.uncompared_since
        return self._dossiers(office_id, since.is_not(None), since, limit)

    def open_of(self, office_id: str, numbers: Iterable[str]) -> tuple[Dossier, ...]:
        """See Work."""
        keys = {number_key(number) for number in numbers}
        own = (dossiers.c.office_id == office_id) & dossiers.c.open_since.is_not(None)
        # Two queries, so that each goes by its own index.
        theirs = union(
            *(
                select(dossiers.c.received_at, dossiers.c.record).where(own, column.in_(keys))
                for column in (dossiers.c.owner_number, dossiers.c.by_number)
            )
        ).subquery()
        query = select(theirs.c.record).order_by(theirs.c.received_at)
        with self._connections.reading() as connection:
            return tuple(Dossier.model_validate_json(record) for record in connection.execute(query).scalars())

    def mark(self, office_id: str, code: str, needs: DossierNeeds) -> None:
        """See Work."""
        columns = dossiers.c
        with self._connections.writing() as connection:
            moment = now(connection)
            own = (columns.office_id == office_id) & (columns.code == code)
            marks = {
                "open_since": columns.received_at if needs.open else None,
                "owes_since": func.coalesce(columns.owes_since, moment) if needs.open and needs.owes else None,
                "uncompared_since": (
                    func.coalesce(columns.uncompared_since, moment) if needs.open and needs.uncompared else None
                ),
            }
            stood = select(columns.open_since, columns.owes_since, columns.uncompared_since).where(own)
            before = connection.execute(stood.with_for_update()).first()
            connection.execute(update(dossiers).where(own).values(marks))
            if connection.execute(stood).first() != before:
                mark_changed(connection, office_id, "dossier", code)

    def propose(self, proposal: Proposal) -> bool:
        """See Work."""
        row = proposal.actor.model_dump() | {
            **proposal.model_dump(include={"document_id", "component", "proposed_at"}),
            "code": proposal.dossier_code,
            "asked_at": proposal.proposed_at,
        }
        with self._connections.writing() as connection:
            added = add_new(connection, proposals, row)
            if added:
                mark_changed(connection, proposal.actor.office_id, "dossier", proposal.dossier_code)
            return added

    def proposals(self, office_id: str, limit: int) -> tuple[Proposal, ...]:
        """See Work."""
        newest = proposals.c.asked_at.desc()
        query = select(proposals).where(_unanswered(office_id)).order_by(newest, proposals.c.document_id).limit(limit)
        with self._connections.reading() as connection:
            return tuple(proposal_of(row) for row in connection.execute(query).mappings())

    def answer(self, office_id: str, document_id: str, code: str) -> None:
        """See Work."""
        paper = (proposals.c.office_id == office_id) & (proposals.c.document_id == document_id)
        with self._connections.writing() as connection:
            asked = paper & (proposals.c.code == code) & proposals.c.asked_at.is_not(None)
            if connection.execute(update(proposals).where(asked).values(asked_at=None)).rowcount:
                mark_changed(connection, office_id, "dossier", code)

    def withdraw(self, office_id: str, document_id: str) -> None:
        """See Work."""
        with self._connections.writing() as connection:
            mine = _unanswered(office_id) & (proposals.c.document_id == document_id)
            for code in connection.execute(delete(proposals).where(mine).returning(proposals.c.code)).scalars().all():
                mark_changed(connection, office_id, "dossier", code)

    def days(self, office_id: str, since: date, until: date) -> tuple[DayOfWork, ...]:
        """See Work."""
        with self._connections.reading() as connection:
            return days_of_work(connection, office_id, since, until)

    def answer_s(self, office_id: str, since: date, until: date) -> float | None:
        """See Work."""
        with self._connections.reading() as connection:
            return median_answer_s(connection, office_id, since, until)

    def _unfinished(self, condition: ColumnElement[bool], limit: int) -> tuple[UnfinishedWork, ...]:
        files = (
            select(func.count())
            .where(
                source_files.c.office_id == submissions.c.office_id,
                source_files.c.submission_id == submissions.c.submission_id,
            )
            .scalar_subquery()
            .label("files")
        )
        query = select(submissions, files).where(condition).order_by(submissions.c.state_since).limit(limit)
        with self._connections.reading() as connection:
            return tuple(_unfinished(row) for row in connection.execute(query).mappings())

    def _dossiers(
        self, office_id: str, condition: ColumnElement[bool], order: ColumnElement[object], limit: int
    ) -> tuple[Dossier, ...]:
        own = dossiers.c.office_id == office_id
        query = select(dossiers.c.record).where(own, condition).order_by(order, dossiers.c.code).limit(limit)
        with self._connections.reading() as connection:
            return tuple(Dossier.model_validate_json(record) for record in connection.execute(query).scalars())


class CallTable:
    """The port Calls."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def note(self, call: Call) -> None:
        """See Calls."""
        with self._connections.writing() as connection:
            connection.execute(insert(calls).values(call.model_dump(exclude={"actor"}) | call.actor.model_dump()))

    def of_dossier(self, office_id: str, code: str) -> tuple[Call, ...]:
        """See Calls."""
        own = (calls.c.office_id == office_id) & (calls.c.dossier_code == code)
        with self._connections.reading() as connection:
            rows = connection.execute(select(calls).where(own).order_by(calls.c.called_at.desc()))
            return tuple(_call(row) for row in rows.mappings())

    def last(self, office_id: str, codes: Iterable[str]) -> dict[str, Call]:
        """See Calls."""
        about = (calls.c.office_id == office_id) & calls.c.dossier_code.in_(tuple(codes))
        with self._connections.reading() as connection:
            rows = connection.execute(select(calls).where(about).order_by(calls.c.called_at))
            return {row["dossier_code"]: _call(row) for row in rows.mappings()}


def _in_state(office_id: str, *states: str) -> ColumnElement[bool]:
    return (submissions.c.office_id == office_id) & submissions.c.state.in_(states)


def _unanswered(office_id: str) -> ColumnElement[bool]:
    return (proposals.c.office_id == office_id) & proposals.c.asked_at.is_not(None)


def _count(connection: Connection, condition: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).where(condition)).scalar_one()


def _unfinished(row: RowMapping) -> UnfinishedWork:
    actor = Actor(office_id=row["office_id"], actor_id=row["actor_id"])
    names = UnfinishedWork.model_fields.keys() - {"actor"}
    return UnfinishedWork(actor=actor, **{name: row[name] for name in names})


def proposal_of(row: RowMapping) -> Proposal:
    """A row of the table."""
    return Proposal(
        document_id=row["document_id"],
        dossier_code=row["code"],
        component=row["component"],
        actor=Actor(office_id=row["office_id"], actor_id=row["actor_id"]),
        proposed_at=row["proposed_at"],
    )


def _call(row: RowMapping) -> Call:
    actor = Actor(office_id=row["office_id"], actor_id=row["actor_id"])
    names = Call.model_fields.keys() - {"actor"}
    return Call(actor=actor, **{name: row[name] for name in names})
