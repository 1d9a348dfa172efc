"""Rows as records: which have changed since theirs was written, and what they say now."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, delete, select

from pipeline.adapters.database.connections import Connections
from pipeline.adapters.database.dossier_tables import dossier_components, dossiers, paper_codes, proposals
from pipeline.adapters.database.dossiers import component_of
from pipeline.adapters.database.marking import mark_changed
from pipeline.adapters.database.record_tables import changed_rows
from pipeline.adapters.database.submissions import load_submission
from pipeline.adapters.database.tables import (
    citizen_numbers,
    citizens,
    earlier_names,
    paper_pages,
    paper_people,
    papers,
)
from pipeline.adapters.database.work import proposal_of
from pipeline.record_ports import Record
from schemas.dossier import Paper, PaperRecord
from schemas.dossiers import Dossier, PaperCode
from schemas.people import Actor
from schemas.records import Change, CodeRecord, DossierRecord, MadeProposal, RecordKind, RegisterEntry


class RecordTable:
    """The port Records."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def changed(self, office_id: str | None, limit: int) -> tuple[Change, ...]:
        """See Records."""
        query = select(changed_rows).limit(limit)
        if office_id is not None:
            query = query.where(changed_rows.c.office_id == office_id)
        with self._connections.reading() as connection:
            return tuple(Change(**row) for row in connection.execute(query).mappings())

    def load(self, changes: Sequence[Change]) -> tuple[Record | None, ...]:
        """See Records."""
        with self._connections.reading() as connection:
            return tuple(_LOADERS[one.kind](connection, one.office_id, one.subject_id) for one in changes)

    def recorded(self, changes: Sequence[Change]) -> bool:
        """See Records."""
        ours = changed_rows.c.mark.in_([one.mark for one in changes])
        with self._connections.writing() as connection:
            # In one order, so that two who record the same do not wait for each other for ever.
            there = select(changed_rows.c.mark).where(ours).order_by(changed_rows.c.mark).with_for_update()
            marks = set(connection.execute(there).scalars())
            connection.execute(delete(changed_rows).where(changed_rows.c.mark.in_(marks)))
            overtaken = {(one.office_id, one.kind, one.subject_id) for one in changes if one.mark not in marks}
            for office_id, kind, subject_id in sorted(overtaken):
                mark_changed(connection, office_id, kind, subject_id)
        return not overtaken

    def note(self, change: Change) -> None:
        """See Records."""
        with self._connections.writing() as connection:
            mark_changed(connection, change.office_id, change.kind, change.subject_id)


def load_paper(connection: Connection, office_id: str, document_id: str) -> PaperRecord | None:
    """A paper with all that its row alone knows; None: it is not there."""
    mine = (papers.c.office_id == office_id) & (papers.c.document_id == document_id)
    row = connection.execute(select(papers.c.record, papers.c.first_state).where(mine)).first()
    if row is None:
        return None
    paper = Paper.model_validate_json(row.record)
    pages, people = paper_pages.c, paper_people.c
    texts = select(pages.kept_text).where(pages.office_id == office_id, pages.document_id == document_id)
    links = select(people.position, people.citizen_id).where(
        people.office_id == office_id, people.document_id == document_id
    )
    entries: dict[int, str | None] = {link.position: link.citizen_id for link in connection.execute(links)}
    return PaperRecord(
        paper=paper,
        page_texts=tuple(connection.execute(texts.order_by(pages.page)).scalars()),
        entries=tuple(entries.get(position) for position in range(len(paper.people))),
        first_state=row.first_state,
    )


def _load_submission(connection: Connection, office_id: str, submission_id: str) -> Record | None:
    return load_submission(connection, submission_id, office_id)


def _load_entry(connection: Connection, office_id: str, citizen_id: str) -> RegisterEntry | None:
    mine = (citizens.c.office_id == office_id) & (citizens.c.citizen_id == citizen_id)
    row = connection.execute(select(citizens).where(mine)).first()
    if row is None:
        return None
    numbers = select(citizen_numbers.c.number).where(
        citizen_numbers.c.office_id == office_id, citizen_numbers.c.citizen_id == citizen_id
    )
    names = select(earlier_names.c.name).where(
        earlier_names.c.office_id == office_id, earlier_names.c.citizen_id == citizen_id
    )
    return RegisterEntry(
        citizen_id=citizen_id,
        actor=Actor(office_id=office_id, actor_id=row.actor_id),
        kind=row.kind,
        name=row.name,
        born=row.born,
        numbers=tuple(sorted(connection.execute(numbers).scalars())),
        earlier_names=tuple(sorted(connection.execute(names).scalars())),
        merged_into=row.merged_into,
    )


def _load_dossier(connection: Connection, office_id: str, code: str) -> DossierRecord | None:
    row = connection.execute(select(dossiers).where(dossiers.c.office_id == office_id, dossiers.c.code == code)).first()
    if row is None:
        return None
    inside, offered = dossier_components.c, proposals.c
    components = (
        select(dossier_components)
        .where(inside.office_id == office_id, inside.code == code)
        .order_by(inside.attached_at, inside.component, inside.document_id)
    )
    made = (
        select(proposals)
        .where(offered.office_id == office_id, offered.code == code)
        .order_by(offered.proposed_at, offered.document_id)
    )
    return DossierRecord(
        dossier=Dossier.model_validate_json(row.record),
        components=tuple(component_of(one) for one in connection.execute(components).mappings()),
        proposals=tuple(
            MadeProposal(proposal=proposal_of(one), answered=one["asked_at"] is None)
            for one in connection.execute(made).mappings()
        ),
        open_since=row.open_since,
        owes_since=row.owes_since,
        uncompared_since=row.uncompared_since,
    )


def _load_code(connection: Connection, office_id: str, document_id: str) -> CodeRecord | None:
    mine = (paper_codes.c.office_id == office_id) & (paper_codes.c.document_id == document_id)
    row = connection.execute(select(paper_codes).where(mine)).first()
    if row is None:
        return None
    return CodeRecord(code=PaperCode.model_validate_json(row.record), stem=row.stem, number=row.number)


_LOADERS: dict[RecordKind, Callable[[Connection, str, str], Record | None]] = {
    "submission": _load_submission,
    "citizen": _load_entry,
    "paper": load_paper,
    "dossier": _load_dossier,
    "code": _load_code,
}
