"""The questions that officers hold, and how long their answers took, in the database."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from statistics import median

from sqlalchemy import RowMapping, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.adapters.database.connections import Connections, now
from pipeline.adapters.database.desk_tables import answer_times, claims
from pipeline.errors import Forbidden
from pipeline.local_time import day_begins, local_day
from schemas.review import Answered, AnswerFigures, Claim, Claimant, OfficerDay


class ClaimTable:
    """The port Claims."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def take(self, by: Claimant, wanted: Sequence[Claim], hold_s: float) -> Claim | None:
        """See Claims."""
        # A transaction each, so that two officers who take in another order never wait for each other.
        taken = next((one for one in self._likely(by, wanted) if self._take(by, one, hold_s)), None)
        mine = (claims.c.session_id == by.session_id) & (claims.c.subject_id != (taken.subject_id if taken else ""))
        with self._connections.writing() as connection:
            connection.execute(delete(claims).where(mine))
        return taken

    def _likely(self, by: Claimant, wanted: Sequence[Claim]) -> list[Claim]:
        """Those whose subjects are free at this moment, or are the session's own."""
        query = select(claims.c.subject_id).where(
            claims.c.office_id == by.office_id,
            claims.c.subject_id.in_({one.subject_id for one in wanted}),
            claims.c.session_id != by.session_id,
        )
        with self._connections.reading() as connection:
            others = set(connection.execute(query.where(claims.c.expires_at > now(connection))).scalars())
        return [one for one in wanted if one.subject_id not in others]

    def _take(self, by: Claimant, claim: Claim, hold_s: float) -> bool:
        with self._connections.writing() as connection:
            moment = now(connection)
            fresh = by.model_dump(exclude={"office_id"}) | {"item_id": claim.item_id}
            times = {"claimed_at": moment, "expires_at": moment + timedelta(seconds=hold_s)}
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            own, over = claims.c.session_id == by.session_id, claims.c.expires_at <= moment
            same = own & ~over & (claims.c.item_id == claim.item_id)
            statement = (
                insert(claims)
                .values(office_id=by.office_id, subject_id=claim.subject_id, **fresh, **times)
                .on_conflict_do_update(
                    index_elements=[claims.c.office_id, claims.c.subject_id],
                    set_={**fresh, **times, "claimed_at": case((same, claims.c.claimed_at), else_=moment)},
                    where=own | over,
                )
                .returning(claims.c.subject_id)
            )
            return connection.execute(statement).first() is not None

    def renew(self, by: Claimant, subject_id: str, hold_s: float) -> bool:
        """See Claims."""
        with self._connections.writing() as connection:
            moment = now(connection)
            held = (
                update(claims)
                .where(
                    claims.c.office_id == by.office_id,
                    claims.c.subject_id == subject_id,
                    claims.c.session_id == by.session_id,
                    claims.c.expires_at > moment,
                )
                .values(expires_at=moment + timedelta(seconds=hold_s))
            )
            return connection.execute(held.returning(claims.c.subject_id)).first() is not None

    def release(self, session_id: str, page_id: str | None = None) -> None:
        """See Claims."""
        held = claims.c.session_id == session_id
        if page_id is not None:
            held &= claims.c.page_id == page_id
        with self._connections.writing() as connection:
            connection.execute(delete(claims).where(held))

    def held_s(self, by: Claimant, claim: Claim) -> float | None:
        """See Claims."""
        this = (claims.c.office_id == by.office_id) & (claims.c.subject_id == claim.subject_id)
        with self._connections.reading() as connection:
            moment = now(connection)
            held = connection.execute(select(claims).where(this, claims.c.expires_at > moment)).first()
        if held is None:
            return None
        if held.session_id != by.session_id:
            raise Forbidden("item_claimed")
        return (moment - held.claimed_at).total_seconds() if held.item_id == claim.item_id else None


class AnswerTable:
    """The port Answers."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def note(self, answer: Answered) -> None:
        """See Answers."""
        row = answer.by.model_dump(exclude={"page_id"}) | answer.model_dump(exclude={"by"})
        with self._connections.writing() as connection:
            connection.execute(answer_times.insert().values(**row, answered_at=now(connection)))

    def last(self, session_id: str) -> Answered | None:
        """See Answers."""
        mine = answer_times.c.session_id == session_id
        query = select(answer_times).where(mine).order_by(answer_times.c.answered_at.desc()).limit(1)
        with self._connections.reading() as connection:
            row = connection.execute(query).mappings().first()
        return _answered(row) if row is not None else None

    def remove(self, office_id: str, decision_id: str) -> None:
        """See Answers."""
        this = (answer_times.c.office_id == office_id) & (answer_times.c.decision_id == decision_id)
        with self._connections.writing() as connection:
            connection.execute(delete(answer_times).where(this))

    def of_session(self, session_id: str) -> AnswerFigures:
        """See Answers."""
        query = select(answer_times.c.seconds).where(answer_times.c.session_id == session_id)
        with self._connections.reading() as connection:
            return AnswerFigures.model_validate(_figures(connection.execute(query).scalars()))

    def by_day(self, office_id: str, since: date, until: date) -> tuple[OfficerDay, ...]:
        """See Answers."""
        columns = answer_times.c
        query = select(columns.actor_id, columns.answered_at, columns.seconds).where(
            columns.office_id == office_id,
            columns.answered_at >= day_begins(since),
            columns.answered_at < day_begins(until + timedelta(days=1)),
        )
        with self._connections.reading() as connection:
            rows = [(local_day(row.answered_at), row.actor_id, row.seconds) for row in connection.execute(query)]
        rows.sort(key=lambda row: row[:2])
        return tuple(
            OfficerDay.model_validate({"day": day, "actor_id": actor_id, **_figures(row[2] for row in group)})
            for (day, actor_id), group in groupby(rows, key=lambda row: row[:2])
        )


def _answered(row: RowMapping) -> Answered:
    return Answered(
        by=Claimant(office_id=row["office_id"], actor_id=row["actor_id"], session_id=row["session_id"]),
        decision_id=row["decision_id"],
        item_id=row["item_id"],
        kind=row["kind"],
        seconds=row["seconds"],
    )


def _figures(seconds: Iterable[float | None]) -> dict[str, int | float | None]:
    every = list(seconds)
    timed = [one for one in every if one is not None]
    return {"answers": len(every), "timed": len(timed), "median_s": median(timed) if timed else None}
