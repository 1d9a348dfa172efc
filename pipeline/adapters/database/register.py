"""What people decide about the register: entries merged, split and corrected, and each of these taken back."""

from sqlalchemy import ColumnElement, Connection, delete, literal, select, text, update

from pipeline.adapters.database.connections import Connections, add_new
from pipeline.adapters.database.entering import add_citizen, add_number
from pipeline.adapters.database.marking import mark_changed
from pipeline.adapters.database.people import all_entries, load_citizens
from pipeline.adapters.database.tables import (
    citizen_numbers,
    citizens,
    decisions,
    earlier_names,
    paper_people,
    papers,
)
from pipeline.errors import NotFound
from pipeline.stages.same_name import folded_name
from pipeline.vietnamese import nfc
from schemas.decisions import (
    MergeCitizens,
    RegisterDecision,
    SetCitizen,
    SplitCitizen,
    Undo,
    read_register_decision,
)
from schemas.dossier import Paper
from schemas.people import Actor, Citizen, PaperLink

_KINDS = ("merge_citizens", "split_citizen", "set_citizen", "undo")


class RegisterTable:
    """The port Register."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def history(self, office_id: str, citizen_id: str) -> tuple[RegisterDecision, ...]:
        """See Register."""
        with self._connections.reading() as connection:
            query = (
                select(decisions.c.record)
                .where(
                    decisions.c.office_id == office_id,
                    decisions.c.subject_id.in_(all_entries(connection, office_id, citizen_id)),
                    decisions.c.kind.in_(_KINDS),
                )
                .order_by(decisions.c.decided_at, decisions.c.decision_id)
            )
            return tuple(read_register_decision.validate_json(record) for record in connection.execute(query).scalars())

    def decision(self, office_id: str, decision_id: str) -> RegisterDecision:
        """See Register."""
        with self._connections.reading() as connection:
            return _decision(connection, office_id, decision_id)

    def links(self, office_id: str, citizen_id: str) -> tuple[PaperLink, ...]:
        """See Register."""
        with self._connections.reading() as connection:
            found = load_citizens(connection, office_id, [citizen_id])
            return _links(connection, office_id, found[0]) if found else ()

    def apply(self, decision: RegisterDecision) -> Citizen:
        """See Register."""
        actor = decision.actor
        row = actor.model_dump() | {
            **decision.model_dump(include={"decision_id", "subject_id", "kind", "decided_at"}),
            "record": decision.model_dump_json(),
        }
        with self._connections.writing() as connection:
            if connection.dialect.name == "postgresql":
                # Two merges at once could go round in a circle; SQLite's write lock keeps them apart.
                connection.execute(text("LOCK TABLE citizens IN SHARE ROW EXCLUSIVE MODE"))
            if add_new(connection, decisions, row):
                _apply(connection, decision)
            found = load_citizens(connection, actor.office_id, [decision.subject_id])
            if not found and not isinstance(decision, Undo):  # an undo may take back that there is somebody at all
                raise NotFound("no_such_citizen", decision.subject_id)
            return found[0] if found else Citizen(citizen_id=decision.subject_id, name="")


def _decision(connection: Connection, office_id: str, decision_id: str) -> RegisterDecision:
    query = select(decisions.c.record).where(
        decisions.c.office_id == office_id, decisions.c.decision_id == decision_id, decisions.c.kind.in_(_KINDS)
    )
    record = connection.execute(query).scalar()
    if record is None:
        raise NotFound("no_such_decision", decision_id)
    return read_register_decision.validate_json(record)


def _links(connection: Connection, office_id: str, citizen: Citizen) -> tuple[PaperLink, ...]:
    columns = paper_people.c
    entries = (citizen.citizen_id, *citizen.merged_ids)
    mentioned = columns.link.is_(None) & columns.number.in_(citizen.numbers)
    owned = (columns.link == "filed") & columns.citizen_id.in_(entries)
    parts = [
        select(paper_people, papers.c.filed_at)
        .join(papers, (papers.c.office_id == columns.office_id) & (papers.c.document_id == columns.document_id))
        .where(columns.office_id == office_id, part)
        for part in (owned, mentioned)  # asked one by one: each has its own index
    ]
    rows = [row for part in parts for row in connection.execute(part)]
    rows.sort(key=lambda row: (row.filed_at, row.document_id, -row.position), reverse=True)
    return tuple(
        PaperLink(
            document_id=row.document_id,
            position=row.position,
            role=row.role,
            link="filed" if row.link else "mentioned",
            number=row.number,
            entry_id=row.citizen_id if row.link else None,
        )
        for row in rows
    )


def _apply(connection: Connection, decision: RegisterDecision) -> None:
    match decision:
        case MergeCitizens():
            _merge(connection, decision)
        case SplitCitizen():
            _split(connection, decision)
        case SetCitizen():
            if decision.before is None:
                add_citizen(connection, decision.actor, decision.now)
            _change(connection, decision.actor, decision.before, decision.now)
        case Undo():
            _take_back(connection, decision.actor, _decision(connection, decision.actor.office_id, decision.undone))


def _take_back(connection: Connection, actor: Actor, undone: RegisterDecision) -> None:
    match undone:
        case MergeCitizens():
            back = citizens.c.merged_into == undone.subject_id
            _update_citizen(connection, actor, undone.merged, back, merged_into=None)
        case SplitCitizen():
            _unsplit(connection, actor, undone)
        case SetCitizen(before=None):
            _remove(connection, actor, undone.now)
        case SetCitizen(before=Citizen() as before):
            _change(connection, actor, undone.now, before)


def _merge(connection: Connection, decision: MergeCitizens) -> None:
    office_id, stays = decision.actor.office_id, decision.subject_id
    circle = stays in all_entries(connection, office_id, decision.merged)
    if not circle and all_entries(connection, office_id, stays):
        free = citizens.c.merged_into.is_(None)
        _update_citizen(connection, decision.actor, decision.merged, free, merged_into=stays)


def _split(connection: Connection, decision: SplitCitizen) -> None:
    actor = decision.actor
    if decision.entered is not None:
        add_citizen(connection, actor, decision.entered)
    for paper in decision.papers:
        _move_paper(connection, actor, (paper.document_id, paper.position), paper.was, decision.into)
    for number in decision.numbers:
        _move_number(connection, actor, number.number, number.was, decision.into)


def _unsplit(connection: Connection, actor: Actor, undone: SplitCitizen) -> None:
    for paper in undone.papers:
        _move_paper(connection, actor, (paper.document_id, paper.position), undone.into, paper.was)
    for number in undone.numbers:
        _move_number(connection, actor, number.number, undone.into, number.was)
    if undone.entered is not None:
        _remove(connection, actor, undone.entered)


def _move_paper(connection: Connection, actor: Actor, place: tuple[str, int], old: str, new: str) -> None:
    """Give a paper another owner, in its row and in its record, if it still has the old one."""
    document_id, position = place
    columns = paper_people.c
    this = (columns.office_id == actor.office_id) & (columns.document_id == document_id)
    link = this & (columns.position == position) & (columns.citizen_id == old)
    if connection.execute(update(paper_people).where(link).values(citizen_id=new)).rowcount != 1:
        return
    mine = (papers.c.office_id == actor.office_id) & (papers.c.document_id == document_id)
    paper = Paper.model_validate_json(connection.execute(select(papers.c.record).where(mine)).scalar_one())
    people = list(paper.people)
    people[position] = people[position].model_copy(update={"citizen_id": new})
    record = paper.model_copy(update={"people": tuple(people)}).model_dump_json()
    connection.execute(update(papers).where(mine).values(record=record))
    mark_changed(connection, actor.office_id, "paper", document_id)


def _move_number(connection: Connection, actor: Actor, number: str, old: str, new: str) -> None:
    columns = citizen_numbers.c
    this = (columns.office_id == actor.office_id) & (columns.number == number) & (columns.citizen_id == old)
    connection.execute(update(citizen_numbers).where(this).values(citizen_id=new))
    mark_changed(connection, actor.office_id, "citizen", old)
    mark_changed(connection, actor.office_id, "citizen", new)


def _change(connection: Connection, actor: Actor, old: Citizen | None, new: Citizen) -> None:
    """Make what `old` says of a citizen what `new` says; what has become otherwise since stays."""
    subject = new.citizen_id
    if old is not None and old.name != new.name:
        named = {"name": nfc(new.name), "folded_name": folded_name(new.name)}
        _update_citizen(connection, actor, subject, citizens.c.name == old.name, **named)
    if old is not None and old.born != new.born:
        _update_citizen(connection, actor, subject, citizens.c.born.is_not_distinct_from(old.born), born=new.born)
    before = old or Citizen(citizen_id=subject, name="")
    for name in {*before.earlier_names} - {*new.earlier_names}:
        gone = (earlier_names.c.citizen_id == subject) & (earlier_names.c.name == name)
        connection.execute(delete(earlier_names).where(earlier_names.c.office_id == actor.office_id, gone))
    for name in {*new.earlier_names} - {*before.earlier_names}:
        row = {"citizen_id": subject, "name": nfc(name), "folded_name": folded_name(name)}
        add_new(connection, earlier_names, actor.model_dump() | row)
    for number in {*before.numbers} - {*new.numbers}:
        columns = citizen_numbers.c
        gone = (columns.office_id == actor.office_id) & (columns.number == number) & (columns.citizen_id == subject)
        connection.execute(delete(citizen_numbers).where(gone))
    for number in {*new.numbers} - {*before.numbers}:
        add_number(connection, actor, number, subject)
    mark_changed(connection, actor.office_id, "citizen", subject)


def _remove(connection: Connection, actor: Actor, entered: Citizen) -> None:
    """Take an entry off the register, unless something hangs on it by now."""
    citizen_id = entered.citizen_id
    for number in entered.numbers:
        columns = citizen_numbers.c
        own = (columns.office_id == actor.office_id) & (columns.number == number) & (columns.citizen_id == citizen_id)
        connection.execute(delete(citizen_numbers).where(own))
    holds = [
        select(literal(1)).where(paper_people.c.office_id == actor.office_id, paper_people.c.citizen_id == citizen_id),
        select(literal(1)).where(
            citizen_numbers.c.office_id == actor.office_id, citizen_numbers.c.citizen_id == citizen_id
        ),
        select(literal(1)).where(citizens.c.office_id == actor.office_id, citizens.c.merged_into == citizen_id),
    ]
    if not any(connection.execute(query.limit(1)).scalar() for query in holds):
        for table in (earlier_names, citizens):
            own = (table.c.office_id == actor.office_id) & (table.c.citizen_id == citizen_id)
            connection.execute(delete(table).where(own))
    mark_changed(connection, actor.office_id, "citizen", citizen_id)


def _update_citizen(
    connection: Connection, actor: Actor, citizen_id: str, condition: ColumnElement[bool], **values: str | None
) -> None:
    this = (citizens.c.office_id == actor.office_id) & (citizens.c.citizen_id == citizen_id) & condition
    connection.execute(update(citizens).where(this).values(**values))
    mark_changed(connection, actor.office_id, "citizen", citizen_id)
