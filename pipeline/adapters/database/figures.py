"""Counts dossiers, papers and answers for the figures of an office: sums over indexes, never over papers' records."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Integer,
    RowMapping,
    Select,
    Text,
    case,
    cast,
    func,
    select,
    tuple_,
)

from pipeline.adapters.database.connections import Connections
from pipeline.adapters.database.dossier_tables import dossier_components, dossiers
from pipeline.adapters.database.local_times import day_of
from pipeline.adapters.database.places import bound
from pipeline.adapters.database.tables import decisions, papers
from pipeline.local_time import VIETNAM
from schemas.dossiers import Dossier
from schemas.figures import By, Counts
from schemas.paging import TimePlace


class FigureCounts:
    """The port FigureSource."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def count(self, office_id: str, since: date, until: date, by: By) -> dict[str, Counts]:
        """See FigureSource."""
        sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        with self._connections.reading() as connection:
            period = Period(connection, office_id, since, until, by)
            for query in (
                period.dossiers(),
                period.reused_pages(),
                period.look_ups(),
                period.papers(),
                period.answers(),
            ):
                for row in connection.execute(query).mappings():
                    _add(sums[row["key"] or ""], row)
        return {key: Counts(**values) for key, values in sums.items()}

    def dossiers_received(
        self, office_id: str, since: date, until: date, limit: int | None = None, after: TimePlace | None = None
    ) -> tuple[Dossier, ...]:
        """See FigureSource."""
        order = (dossiers.c.received_at, dossiers.c.code)
        with self._connections.reading() as connection:
            within = Period(connection, office_id, since, until, "day").received()
            query = select(dossiers.c.record).where(within).order_by(*order).limit(limit)
            if after is not None:
                query = query.where(tuple_(*order) > bound(after, *order))
            return tuple(Dossier.model_validate_json(record) for record in connection.execute(query).scalars())


class Period:
    """The queries for some days of an office, both included. Each gives a `key` and sums named as in `Counts`."""

    def __init__(self, connection: Connection, office_id: str, since: date, until: date, by: By) -> None:
        self._on_postgresql = connection.dialect.name == "postgresql"
        self._office_id, self._since, self._until, self._by = office_id, since, until, by

    def dossiers(self) -> Select[tuple[str, int, int, int]]:
        """Dossiers by what is in them."""
        parts = dossier_components.c
        own = (
            select(
                self._key_of_dossier().label("key"),
                func.max(_one(parts.digitised & parts.result_code.is_(None))).label("with_file"),
                func.max(_one(parts.digitised & parts.result_code.is_not(None))).label("with_result"),
                func.max(_one(parts.reused > 0)).label("reusing"),
            )
            .select_from(dossiers)
            .outerjoin(dossier_components, (parts.office_id == dossiers.c.office_id) & (parts.code == dossiers.c.code))
            .where(self.received())
            # An expression, so that SQLite finds the days first and does not go through all dossiers in this order.
            .group_by("key", dossiers.c.code.concat(""))
            .subquery()
        )
        return select(
            own.c.key,
            func.count().label("dossiers"),
            func.sum(own.c.with_file * own.c.with_result).label("dossiers_digitised"),
            func.sum(own.c.reusing).label("dossiers_reusing"),
        ).group_by(own.c.key)

    def reused_pages(self) -> Select[tuple[str, int]]:
        """Pages of papers that were used again. One that stands for two components of a dossier was spared once."""
        parts = dossier_components.c
        spared = (
            select(self._key_of_dossier().label("key"), parts.code, parts.document_id, papers.c.pages)
            .select_from(dossiers)
            .join(
                dossier_components,
                (parts.office_id == dossiers.c.office_id) & (parts.code == dossiers.c.code) & (parts.reused > 0),
            )
            .join(papers, (papers.c.office_id == parts.office_id) & (papers.c.document_id == parts.document_id))
            .where(self.received())
            .distinct()
            .subquery()
        )
        return select(spared.c.key, func.sum(spared.c.pages).label("sheets_spared")).group_by(spared.c.key)

    def look_ups(self) -> Select[tuple[str, int]]:
        """Papers of dossiers whose data were found in a national database, each once however often it was looked up."""
        found = (
            select(
                self._key_of_dossier().label("key"), decisions.c.subject_id, self._said("component").label("component")
            )
            .select_from(dossiers)
            .join(
                decisions,
                (decisions.c.office_id == dossiers.c.office_id)
                & (decisions.c.subject_id == dossiers.c.code)
                & (decisions.c.kind == "look_up")
                & (self._said("outcome") == "found"),
            )
            .where(self.received())
            .distinct()
            .subquery()
        )
        return select(found.c.key, func.count().label("sheets_spared")).group_by(found.c.key)

    def papers(self) -> Select[tuple[str, int, int]]:
        """Papers by the state they were filed in."""
        state = papers.c.first_state
        counts = (
            _number(state.in_(("filed", "needs_review"))).label("papers"),
            _number(state == "filed").label("papers_unasked"),
        )
        within = (
            (papers.c.office_id == self._office_id)
            & (papers.c.filed_on >= self._since)
            & (papers.c.filed_on <= self._until)
        )
        day = cast(papers.c.filed_on, Text)
        return self._of_papers(day, papers.c.office_id, *counts).where(within).group_by("key")

    def answers(self) -> Select[tuple[str, int, int]]:
        """What officers answered about values that had been read, by whether the value stood."""
        was_read = self._said("machine", "value")
        changed = self._said("value").is_distinct_from(was_read)
        counts = (
            _number(was_read.is_not(None)).label("values_looked_at"),
            _number(was_read.is_not(None) & changed).label("values_changed"),
        )
        query = self._of_papers(
            day_of(decisions.c.decided_at, on_postgresql=self._on_postgresql),
            decisions.c.office_id,
            *counts,
            answered=True,
        )
        first, end = self._moments()
        return query.where(
            decisions.c.office_id == self._office_id,
            decisions.c.kind == "set_field",
            decisions.c.decided_at >= first,
            decisions.c.decided_at < end,
            ~self._taken_back(),
        ).group_by("key")

    def _taken_back(self) -> ColumnElement[bool]:
        """Whether the officer undid the answer: it was none then."""
        undo = decisions.alias()
        about_the_same = (undo.c.office_id == decisions.c.office_id) & (undo.c.subject_id == decisions.c.subject_id)
        undone = _said(undo.c.record, "undone", on_postgresql=self._on_postgresql) == decisions.c.decision_id
        return select(undo.c.kind).where(about_the_same, undo.c.kind == "take_back", undone).exists()

    def received(self) -> ColumnElement[bool]:
        """Whether a dossier was received on one of the days."""
        first, end = self._moments()
        return (
            (dossiers.c.office_id == self._office_id)
            & (dossiers.c.received_at >= first)
            & (dossiers.c.received_at < end)
        )

    def _of_papers(
        self, day: ColumnElement[str], office: Column[str], *counts: ColumnElement[int], answered: bool = False
    ) -> Select[tuple[str, int, int]]:
        """Counts of papers, or of decisions on papers. A paper's procedure is its dossier's, else the one it was
        handed in for.
        """
        match self._by:
            case "day":
                key: ColumnElement[str] = day
            case "office":
                key = office
            case "procedure":
                key = func.coalesce(dossiers.c.procedure, papers.c.procedure, "")
        query = select(key.label("key"), *counts).select_from(decisions if answered else papers)
        if self._by != "procedure":
            return query
        if answered:
            here = papers.c.office_id == decisions.c.office_id
            query = query.join(papers, here & (papers.c.document_id == decisions.c.subject_id))
        same = (dossiers.c.office_id == papers.c.office_id) & (dossiers.c.code == papers.c.dossier_code)
        return query.outerjoin(dossiers, same)

    def _key_of_dossier(self) -> ColumnElement[str]:
        match self._by:
            case "day":
                return day_of(dossiers.c.received_at, on_postgresql=self._on_postgresql)
            case "office":
                return dossiers.c.office_id
            case "procedure":
                return func.coalesce(dossiers.c.procedure, "")

    def _moments(self) -> tuple[datetime, datetime]:
        """The first moment of the first day, and that of the day after the last."""
        after = self._until + timedelta(days=1)
        return datetime.combine(self._since, time(), VIETNAM), datetime.combine(after, time(), VIETNAM)

    def _said(self, *path: str) -> ColumnElement[str]:
        """A value of a decision's record, as text. Decisions are few beside papers, and found by an index."""
        return _said(decisions.c.record, *path, on_postgresql=self._on_postgresql)


def _said(record: ColumnElement[str], *path: str, on_postgresql: bool) -> ColumnElement[str]:
    if on_postgresql:
        return func.json_extract_path_text(cast(record, JSON), *path)
    return func.json_extract(record, "$." + ".".join(path))


def _one(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(_one(condition), type_=Integer)


def _add(sums: dict[str, int], row: RowMapping) -> None:
    for name, number in row.items():
        if name != "key":
            sums[name] += int(number)
