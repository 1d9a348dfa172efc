"""Who reads which pages of a large submission."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, func, insert, or_, select, update

from pipeline.adapters.database.connections import Connections, now
from pipeline.adapters.database.submissions import load_submission
from pipeline.adapters.database.tables import page_ranges
from pipeline.errors import ServiceUnavailable
from schemas.dossier import PageRange, Submission


class PageRangeTable:
    """The port PageRanges."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def cut(self, submission: Submission, ranges: Sequence[tuple[int, int]]) -> None:
        """See PageRanges."""
        own = {"submission_id": submission.submission_id, **submission.actor.model_dump()}
        rows = [own | {"first_page": first, "last_page": last, "fence": 0, "done": False} for first, last in ranges]
        known = select(func.count()).where(page_ranges.c.submission_id == submission.submission_id)
        with self._connections.writing() as connection:  # its holder alone cuts a submission
            if not connection.execute(known).scalar_one():
                connection.execute(insert(page_ranges), rows)

    def claim(self, submission_id: str, owner: str, lease_s: float) -> tuple[PageRange, Submission] | None:
        """See PageRanges."""
        columns = page_ranges.c
        with self._connections.writing() as connection:
            moment = now(connection)
            idle = or_(columns.lease_expires_at.is_(None), columns.lease_expires_at <= moment)
            free = and_(columns.submission_id == submission_id, ~columns.done, idle)
            held = {"lease_owner": owner, "lease_expires_at": moment + timedelta(seconds=lease_s)}
            first_free = select(columns.first_page).where(free).order_by(columns.first_page).limit(1)
            # Of two who choose the same range the second waits for the first, finds it taken and chooses again.
            while (first := connection.execute(first_free).scalar()) is not None:
                taken = (
                    update(page_ranges)
                    .where(free, columns.first_page == first)
                    .values(fence=columns.fence + 1, **held)
                    .returning(columns.last_page, columns.fence)
                )
                row = connection.execute(taken).one_or_none()
                submission = load_submission(connection, submission_id)
                if row is not None and submission is not None:
                    claimed = PageRange(
                        submission_id=submission_id, first=first, last=row.last_page, owner=owner, fence=row.fence
                    )
                    return claimed, submission
        return None

    def renew(self, held: PageRange, lease_s: float) -> None:
        """See PageRanges."""
        self._update(held, lease_s, done=False)

    def finish(self, held: PageRange) -> None:
        """See PageRanges."""
        self._update(held, 0, done=True)

    def release(self, held: PageRange) -> None:
        """See PageRanges."""
        self._update(held, 0, done=False)

    def pages_left(self, submission_id: str) -> int:
        """See PageRanges."""
        columns = page_ranges.c
        pages = func.coalesce(func.sum(columns.last_page - columns.first_page + 1), 0)
        with self._connections.reading() as connection:
            query = select(pages).where(columns.submission_id == submission_id, ~columns.done)
            return int(connection.execute(query).scalar_one())

    def _update(self, held: PageRange, lease_s: float, *, done: bool) -> None:
        columns = page_ranges.c
        own = and_(
            columns.submission_id == held.submission_id,
            columns.first_page == held.first,
            columns.fence == held.fence,
            ~columns.done,
        )
        with self._connections.writing() as connection:
            until = now(connection) + timedelta(seconds=lease_s)
            changed = update(page_ranges).where(own).values(lease_expires_at=until, done=done)
            if connection.execute(changed).rowcount != 1:
                raise ServiceUnavailable("lease_lost", held.submission_id)
