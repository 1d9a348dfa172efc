"""What was handed in, how far the work is, and who may work on it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, func, insert, or_, select, update

from pipeline.adapters.database.connections import Connections, now
from pipeline.adapters.database.filing import file_papers
from pipeline.adapters.database.marking import mark_changed
from pipeline.adapters.database.papers import as_seen, write_changes
from pipeline.adapters.database.places import newest_first
from pipeline.adapters.database.tables import NOT_DONE, page_ranges, source_files, submissions
from pipeline.errors import NotFound, ServiceUnavailable
from pipeline.table_ports import PaperChange
from schemas.dossier import Lane, Lease, Paper, SourceFile, Submission, SubmissionState
from schemas.paging import TimePlace
from schemas.people import Actor

_LANES: tuple[Lane, ...] = ("counter", "backlog")
"""In the order in which they are worked off."""
_NOT_HELD = {"lease_owner": None, "lease_expires_at": None}
_VALUES = [
    submissions.c[name] for name in sorted(Submission.model_fields.keys() - {"actor", "sources"})
]  # the columns that are the value's own


class SubmissionTable:
    """The port Submissions."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def receive(self, submission: Submission) -> None:
        """See Submissions."""
        with self._connections.writing() as connection:
            add_submission(connection, submission.model_copy(update={"state": "received"}))

    def get(self, office_id: str, submission_id: str) -> Submission:
        """See Submissions."""
        with self._connections.reading() as connection:
            found = load_submission(connection, submission_id, office_id)
        if found is None:
            raise NotFound("no_such_submission", submission_id)
        return found

    def find_content(self, office_id: str, content_sha256: str) -> Submission | None:
        """See Submissions."""
        refused = and_(submissions.c.state == "done", submissions.c.reason.is_not(None))
        query = (
            select(submissions.c.submission_id)
            .where(submissions.c.office_id == office_id, submissions.c.content_sha256 == content_sha256, ~refused)
            .order_by(submissions.c.received_at.desc(), submissions.c.submission_id.desc())
            .limit(1)
        )
        with self._connections.reading() as connection:
            submission_id = connection.execute(query).scalar()
            return None if submission_id is None else load_submission(connection, submission_id, office_id)

    def recent(
        self, office_id: str, limit: int, actor_id: str | None = None, after: TimePlace | None = None
    ) -> tuple[Submission, ...]:
        """See Submissions."""
        query = select(*_VALUES, submissions.c.office_id, submissions.c.actor_id)
        query = query.where(submissions.c.office_id == office_id)
        if actor_id is not None:
            query = query.where(submissions.c.actor_id == actor_id)
        query = newest_first(query, submissions.c.received_at, submissions.c.submission_id, limit, after)
        with self._connections.reading() as connection:
            rows = connection.execute(query).mappings().all()
            return _with_sources(connection, rows)


class LeaseTable:
    """The port Leases."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def waiting(self, limit: int, lane: Lane | None = None) -> tuple[str, ...]:
        """See Leases."""
        found: list[str] = []
        with self._connections.reading() as connection:
            moment = now(connection)
            expired = and_(submissions.c.state == "working", submissions.c.lease_expires_at <= moment)
            due = and_(submissions.c.state == "retrying", submissions.c.retry_at <= moment)
            free = and_(NOT_DONE, or_(submissions.c.state == "received", due, expired))
            oldest_first = (submissions.c.received_at, submissions.c.submission_id)
            for one in _LANES if lane is None else (lane,):
                of_lane = select(submissions.c.submission_id).where(submissions.c.lane == one, free)
                query = of_lane.order_by(*oldest_first).limit(limit - len(found))
                found += connection.execute(query).scalars()
        return tuple(found)

    def held(self, submission_ids: Collection[str]) -> frozenset[str]:
        """See Leases."""
        columns = submissions.c
        with self._connections.reading() as connection:
            live = (columns.state == "working") & (columns.lease_expires_at > now(connection))
            query = select(columns.submission_id).where(columns.submission_id.in_(submission_ids), live)
            return frozenset(connection.execute(query).scalars())

    def claim(self, submission_id: str, owner: str, lease_s: float) -> tuple[Lease, Submission] | None:
        """See Leases."""
        with self._connections.writing() as connection:
            moment = now(connection)
            free = or_(
                submissions.c.state.in_(("received", "retrying", "stuck")),
                and_(submissions.c.state == "working", submissions.c.lease_expires_at <= moment),
            )
            # One statement decides: of two at once the second waits for the first, and then finds it taken.
            claimed = connection.execute(
                update(submissions)
                .where(submissions.c.submission_id == submission_id, free)
                .values(
                    state="working",
                    state_since=moment,
                    reason=None,
                    retry_at=None,
                    pages_done=0,
                    lease_owner=owner,
                    lease_expires_at=moment + timedelta(seconds=lease_s),
                    fence=submissions.c.fence + 1,
                    attempts=submissions.c.attempts + 1,
                    begun_at=func.coalesce(submissions.c.begun_at, moment),
                )
                .returning(submissions.c.fence, submissions.c.begun_at)
            ).one_or_none()
            submission = load_submission(connection, submission_id)
        if submission is None:
            raise NotFound("no_such_submission", submission_id)
        if claimed is None:
            return None
        lease = Lease(submission_id=submission_id, owner=owner, fence=claimed.fence, begun_at=claimed.begun_at)
        return lease, submission

    def renew(self, lease: Lease, lease_s: float, pages_done: int, pages_total: int | None) -> None:
        """See Leases."""
        with self._connections.writing() as connection:
            _update_held(
                connection,
                lease,
                lease_expires_at=now(connection) + timedelta(seconds=lease_s),
                pages_done=pages_done,
                pages_total=pages_total,
            )

    def file(
        self,
        lease: Lease,
        papers: tuple[tuple[Paper, tuple[str, ...]], ...],
        changes: Sequence[PaperChange] = (),
    ) -> bool:
        """See Leases."""
        with self._connections.writing() as connection:
            if not as_seen(connection, changes):
                return False
            _update_held(connection, lease, fence=lease.fence)
            file_papers(connection, papers)
            write_changes(connection, changes)
            return True

    def finish(self, lease: Lease, reason: str | None = None) -> None:
        """See Leases."""
        with self._connections.writing() as connection:
            _end(connection, lease, "done", reason)
            connection.execute(delete(page_ranges).where(page_ranges.c.submission_id == lease.submission_id))

    def fail(self, lease: Lease, reason: str, retry_s: float | None) -> None:
        """See Leases."""
        with self._connections.writing() as connection:
            if retry_s is None:
                _end(connection, lease, "stuck", reason)
            else:
                retry_at = now(connection) + timedelta(seconds=retry_s)
                _end(connection, lease, "retrying", reason, retry_at)

    def release(self, lease: Lease) -> None:
        """See Leases."""
        not_counted = {"attempts": submissions.c.attempts - 1, "pages_done": 0}
        with self._connections.writing() as connection:
            _update_held(connection, lease, **not_counted)
            _end(connection, lease, "received", None)

    def give_up(self, most_attempts: int) -> tuple[str, ...]:
        """See Leases."""
        with self._connections.writing() as connection:
            moment = now(connection)
            lost = and_(
                submissions.c.state == "working",
                submissions.c.lease_expires_at <= moment,
                submissions.c.attempts >= most_attempts,
            )
            stuck = {"state": "stuck", "state_since": moment, "reason": "worker_lost", **_NOT_HELD}
            given_up = update(submissions).where(lost).values(stuck).returning(submissions.c.submission_id)
            return tuple(connection.execute(given_up).scalars())


def add_submission(connection: Connection, submission: Submission) -> None:
    """Add a submission that nobody holds, with its files."""
    written_by = submission.actor.model_dump()
    row = submission.model_dump(exclude={"actor", "sources"}) | written_by | {"fence": 0}
    connection.execute(insert(submissions).values(row))
    for position, source in enumerate(submission.sources):
        reference = {"submission_id": submission.submission_id, "position": position}
        connection.execute(insert(source_files).values(reference | written_by | source.model_dump()))


def _end(
    connection: Connection,
    lease: Lease,
    state: SubmissionState,
    reason: str | None,
    retry_at: datetime | None = None,
) -> None:
    """Give the lease back and leave the submission in `state`."""
    moment = now(connection)
    _update_held(connection, lease, state=state, state_since=moment, reason=reason, retry_at=retry_at, **_NOT_HELD)
    if state == "done":
        office_id = select(submissions.c.office_id).where(submissions.c.submission_id == lease.submission_id)
        mark_changed(connection, connection.execute(office_id).scalar_one(), "submission", lease.submission_id)


def _update_held(connection: Connection, lease: Lease, **values: object) -> None:
    """Write to the row of `lease` while it is held by it; this also locks the row until the transaction ends."""
    held = and_(
        submissions.c.submission_id == lease.submission_id,
        submissions.c.state == "working",
        submissions.c.fence == lease.fence,
    )
    if connection.execute(update(submissions).where(held).values(**values)).rowcount != 1:
        raise ServiceUnavailable("lease_lost", lease.submission_id)


def load_submission(connection: Connection, submission_id: str, office_id: str | None = None) -> Submission | None:
    """The submission; only of `office_id` unless that is None (workers serve every office)."""
    query = select(*_VALUES, submissions.c.office_id, submissions.c.actor_id).where(
        submissions.c.submission_id == submission_id
    )
    if office_id is not None:
        query = query.where(submissions.c.office_id == office_id)
    loaded = _with_sources(connection, connection.execute(query).mappings().all())
    return loaded[0] if loaded else None


def submissions_where(connection: Connection, condition: ColumnElement[bool]) -> tuple[Submission, ...]:
    """The submissions of which this holds, by id."""
    query = select(*_VALUES, submissions.c.office_id, submissions.c.actor_id).where(condition)
    rows = connection.execute(query.order_by(submissions.c.submission_id)).mappings().all()
    return _with_sources(connection, rows)


def _with_sources(connection: Connection, rows: Sequence[RowMapping]) -> tuple[Submission, ...]:
    query = (
        select(source_files)
        .where(
            source_files.c.office_id.in_({row["office_id"] for row in rows}),
            source_files.c.submission_id.in_([row["submission_id"] for row in rows]),
        )
        .order_by(source_files.c.submission_id, source_files.c.position)
    )
    sources: dict[str, list[SourceFile]] = {}
    for row in connection.execute(query).mappings():
        source = SourceFile(**{name: row[name] for name in SourceFile.model_fields})
        sources.setdefault(row["submission_id"], []).append(source)
    return tuple(
        Submission(
            **{column.name: row[column.name] for column in _VALUES},
            actor=Actor(office_id=row["office_id"], actor_id=row["actor_id"]),
            sources=tuple(sources.get(row["submission_id"], ())),
        )
        for row in rows
    )
