"""Dossiers, the papers in them, the codes of digitised papers, and look-ups in national databases."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, func, select, update

from pipeline.adapters.database.connections import Connections, add_new
from pipeline.adapters.database.dossier_tables import dossier_components, dossiers, paper_codes
from pipeline.adapters.database.indexing import renew_search_rows
from pipeline.adapters.database.marking import mark_changed
from pipeline.adapters.database.people import number_key
from pipeline.adapters.database.tables import decisions, papers
from pipeline.errors import HosoError, NotFound
from schemas.decided import Decided
from schemas.decisions import AnyDecision, CompareDossier, Confirm, LookUp, read_decision
from schemas.dossiers import Component, Dossier, PaperCode, Party
from schemas.people import Actor
from schemas.records import CodeRecord


class DossierTable:
    """The port Dossiers."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def get(self, office_id: str, code: str) -> Dossier:
        """See Dossiers."""
        with self._connections.reading() as connection:
            found = _find(connection, office_id, code)
        if found is None:
            raise NotFound("no_such_dossier", code)
        return found

    def put(
        self, dossier: Dossier, merge: Callable[[Dossier], tuple[Dossier, tuple[str, ...]]]
    ) -> tuple[Dossier | None, Dossier, tuple[str, ...]]:
        """See Dossiers."""
        office_id = dossier.actor.office_id
        key = (dossiers.c.office_id == office_id) & (dossiers.c.code == dossier.code)
        with self._connections.writing() as connection:
            if add_new(connection, dossiers, dossier_row(dossier) | {"open_since": dossier.received_at}):
                mark_changed(connection, office_id, "dossier", dossier.code)
                if dossier.procedure is not None:
                    renew_search_rows(connection, office_id, dossier.code)
                return None, dossier, ()
            known = _find(connection, office_id, dossier.code, for_update=True)
            if known is None:
                raise HosoError("internal", "a dossier was removed while being added")
            merged, conflicts = merge(known)
            if merged != known:
                connection.execute(update(dossiers).where(key).values(**dossier_row(merged)))
                mark_changed(connection, office_id, "dossier", dossier.code)
            if merged.procedure != known.procedure:
                renew_search_rows(connection, office_id, dossier.code)
            return known, merged, conflicts

    def recent(self, office_id: str, limit: int) -> tuple[Dossier, ...]:
        """See Dossiers."""
        newest = dossiers.c.received_at.desc()
        query = select(dossiers.c.record).where(dossiers.c.office_id == office_id).order_by(newest).limit(limit)
        with self._connections.reading() as connection:
            return tuple(Dossier.model_validate_json(record) for record in connection.execute(query).scalars())

    def attach(self, component: Component) -> bool:
        """See Dossiers."""
        elsewhere = _brought(component) & (
            (dossier_components.c.component != component.component) | dossier_components.c.result_code.is_not(None)
        )
        with self._connections.writing() as connection:
            left = component.reused == 0 and connection.execute(delete(dossier_components).where(elsewhere)).rowcount
            added = add_new(connection, dossier_components, component_row(component))
            if left or added:
                mark_changed(connection, component.actor.office_id, "dossier", component.dossier_code)
            return added

    def attach_result(self, component: Component) -> str:
        """See Dossiers."""
        office_id, code = component.actor.office_id, component.dossier_code
        results = (dossier_components.c.office_id == office_id) & (dossier_components.c.code == code)
        known = select(dossier_components.c.document_id, dossier_components.c.result_code).where(
            results, dossier_components.c.result_code.is_not(None)
        )
        with self._connections.writing() as connection:
            # The dossier's row is the lock under which its results are counted.
            _find(connection, office_id, code, for_update=True)
            given = {row.document_id: str(row.result_code) for row in connection.execute(known)}
            if component.document_id not in given:
                last = max((int(one.rpartition("-KQ")[2]) for one in given.values()), default=0)
                given[component.document_id] = f"{code}-KQ{last + 1}"
                connection.execute(delete(dossier_components).where(_brought(component)))
                row = component_row(component) | {"result_code": given[component.document_id]}
                add_new(connection, dossier_components, row)
                mark_changed(connection, office_id, "dossier", code)
            return given[component.document_id]

    def detach(self, component: Component) -> None:
        """See Dossiers."""
        with self._connections.writing() as connection:
            if connection.execute(delete(dossier_components).where(_brought(component))).rowcount:
                mark_changed(connection, component.actor.office_id, "dossier", component.dossier_code)

    def components(self, office_id: str, code: str) -> tuple[Component, ...]:
        """See Dossiers."""
        query = (
            select(dossier_components)
            .where(dossier_components.c.office_id == office_id, dossier_components.c.code == code)
            .order_by(dossier_components.c.attached_at, dossier_components.c.component)
        )
        with self._connections.reading() as connection:
            return tuple(component_of(row) for row in connection.execute(query).mappings())

    def give_code(self, stem: str, make: Callable[[int], PaperCode]) -> PaperCode:
        """See Dossiers."""
        first = make(1)
        office_id, document_id = first.actor.office_id, first.document_id
        while True:
            with self._connections.writing() as connection:
                known = _code_of(connection, office_id, document_id)
                if known is not None:
                    return known
                same = (paper_codes.c.office_id == office_id) & (paper_codes.c.stem == stem)
                number = (connection.execute(select(func.max(paper_codes.c.number)).where(same)).scalar() or 0) + 1
                given = make(number)
                if add_new(connection, paper_codes, code_row(CodeRecord(code=given, stem=stem, number=number))):
                    mark_changed(connection, office_id, "code", document_id)
                    return given
            # Another transaction took the number between the count and the insert; the next one is free.

    def code_of(self, office_id: str, document_id: str) -> PaperCode | None:
        """See Dossiers."""
        with self._connections.reading() as connection:
            return _code_of(connection, office_id, document_id)

    def note(self, decision: Decided, kind: str) -> None:
        """See Dossiers."""
        row = decision.actor.model_dump() | {
            **decision.model_dump(include={"decision_id", "subject_id", "decided_at"}),
            "kind": kind,
            "record": decision.model_dump_json(),
        }
        with self._connections.writing() as connection:
            add_new(connection, decisions, row)

    def confirmer(self, office_id: str, document_id: str) -> str | None:
        """See Dossiers."""
        of_paper = (papers.c.office_id == office_id) & (papers.c.document_id == document_id)
        with self._connections.reading() as connection:
            code = connection.execute(select(papers.c.dossier_code).where(of_paper)).scalar()
            query = (
                select(decisions.c.record)
                .where(
                    decisions.c.office_id == office_id,
                    decisions.c.subject_id.in_([document_id, *([code] if code else [])]),
                    decisions.c.kind.in_(("confirm", "compare_dossier")),
                )
                .order_by(decisions.c.decided_at.desc())
            )
            found = [read_decision.validate_json(record) for record in connection.execute(query).scalars()]
        return next((one.actor.actor_id for one in found if _confirms(one, document_id)), None)

    def look_ups(self, office_id: str, code: str) -> tuple[LookUp, ...]:
        """See Dossiers."""
        query = (
            select(decisions.c.record)
            .where(decisions.c.office_id == office_id, decisions.c.subject_id == code, decisions.c.kind == "look_up")
            .order_by(decisions.c.decided_at, decisions.c.decision_id)
        )
        with self._connections.reading() as connection:
            return tuple(LookUp.model_validate_json(record) for record in connection.execute(query).scalars())


def _confirms(decision: AnyDecision, document_id: str) -> bool:
    if isinstance(decision, CompareDossier):
        return any(one.document_id == document_id and one.copy_kind for one in decision.papers)
    return isinstance(decision, Confirm)


def _find(connection: Connection, office_id: str, code: str, *, for_update: bool = False) -> Dossier | None:
    query = select(dossiers.c.record).where(dossiers.c.office_id == office_id, dossiers.c.code == code)
    record = connection.execute(query.with_for_update() if for_update else query).scalar()
    return None if record is None else Dossier.model_validate_json(record)


def dossier_row(dossier: Dossier) -> dict[str, object]:
    """What the table says of a dossier by itself."""
    return dossier.actor.model_dump() | {
        "code": dossier.code,
        "procedure": dossier.procedure,
        "received_at": dossier.received_at,
        "due_on": dossier.due_on,
        "owner_number": _key(dossier.owner),
        "by_number": _key(dossier.submitted_by),
        "record": dossier.model_dump_json(),
    }


def _key(party: Party | None) -> str | None:
    return number_key(party.number) if party is not None and party.number else None


def _brought(component: Component) -> ColumnElement[bool]:
    """The places of a paper that was brought with the dossier; those where it is used again stay as they are."""
    return and_(
        dossier_components.c.office_id == component.actor.office_id,
        dossier_components.c.code == component.dossier_code,
        dossier_components.c.document_id == component.document_id,
        dossier_components.c.reused == 0,
    )


def component_row(component: Component) -> dict[str, object]:
    """A paper in a dossier as the table has it."""
    row = component.model_dump(exclude={"dossier_code", "actor"})
    return row | component.actor.model_dump() | {"code": component.dossier_code}


def component_of(row: RowMapping) -> Component:
    """A row of the table."""
    actor = Actor(office_id=row["office_id"], actor_id=row["actor_id"])
    names = set(Component.model_fields) - {"dossier_code", "actor"}
    return Component(dossier_code=row["code"], actor=actor, **{name: row[name] for name in names})


def code_row(given: CodeRecord) -> dict[str, object]:
    """The code of a paper as the table has it."""
    code = given.code
    return code.actor.model_dump() | {
        **code.model_dump(include={"code", "document_id", "given_at"}),
        "stem": given.stem,
        "number": given.number,
        "record": code.model_dump_json(),
    }


def _code_of(connection: Connection, office_id: str, document_id: str) -> PaperCode | None:
    query = select(paper_codes.c.record).where(
        paper_codes.c.office_id == office_id, paper_codes.c.document_id == document_id
    )
    record = connection.execute(query).scalar()
    return None if record is None else PaperCode.model_validate_json(record)
