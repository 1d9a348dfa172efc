"""The register of citizens and organisations, as it is read. `filing` and `register` write it."""

import re
from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, delete, func, literal, or_, select, union

from pipeline.adapters.database.connections import Connections
from pipeline.adapters.database.marking import mark_changed
from pipeline.adapters.database.tables import citizen_numbers, citizens, decisions, earlier_names, paper_people
from pipeline.stages.same_name import folded_name
from schemas.people import Citizen

_YEAR, _WHOLE_DATE = len("2000"), len("2000-01-31")
_PERSONAL_DIGITS = 12


class PeopleTable:
    """The port People."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def by_id(self, office_id: str, citizen_id: str) -> Citizen | None:
        """See People."""
        with self._connections.reading() as connection:
            return next(iter(load_citizens(connection, office_id, [citizen_id])), None)

    def by_number(self, office_id: str, number: str) -> Citizen | None:
        """See People."""
        with self._connections.reading() as connection:
            return find_citizen(connection, office_id, number)

    def namesakes(self, office_id: str, name: str, most: int) -> tuple[Citizen, ...]:
        """See People."""
        with self._connections.reading() as connection:
            ids = connection.execute(_of_name(office_id, name, None).limit(most)).scalars().all()
            return load_citizens(connection, office_id, ids)

    def alike(self, office_id: str, name: str, born: str | None, number: str) -> tuple[Citizen, ...]:
        """See People."""
        with self._connections.reading() as connection:
            return find_alike(connection, office_id, name, born, number)


def number_key(number: str) -> str:
    """A number as it is kept and looked up: digits and capital letters only."""
    return re.sub(r"[^0-9A-Z]", "", number.upper())


def holder_of(connection: Connection, office_id: str, number: str) -> str | None:
    """The entry that has this number, even if it was merged into another."""
    query = select(citizen_numbers.c.citizen_id).where(
        citizen_numbers.c.office_id == office_id, citizen_numbers.c.number == number_key(number)
    )
    return connection.execute(query).scalar()


def find_citizen(connection: Connection, office_id: str, number: str) -> Citizen | None:
    """The citizen with this number of whatever kind."""
    holder = holder_of(connection, office_id, number)
    return load_citizens(connection, office_id, [holder])[0] if holder else None


def find_alike(connection: Connection, office_id: str, name: str, born: str | None, number: str) -> tuple[Citizen, ...]:
    """See People.alike."""
    other_digit = select(citizen_numbers.c.citizen_id).where(
        citizen_numbers.c.office_id == office_id, citizen_numbers.c.number.in_(_one_digit_off(number_key(number)))
    )
    of_name = _of_name(office_id, name, born).subquery()
    has_number = select(citizen_numbers.c.number).where(
        citizen_numbers.c.office_id == office_id,
        citizen_numbers.c.citizen_id == of_name.c.citizen_id,
        func.length(citizen_numbers.c.number) == _PERSONAL_DIGITS,
    )
    unnumbered = select(of_name.c.citizen_id).where(~has_number.exists())
    ids = {*connection.execute(other_digit).scalars(), *connection.execute(unnumbered).scalars()}
    return load_citizens(connection, office_id, ids)


def all_entries(connection: Connection, office_id: str, citizen_id: str) -> tuple[str, ...]:
    """The ids of all entries that are the same citizen as this one; () for nobody's."""
    return tuple(
        entry
        for citizen in load_citizens(connection, office_id, [citizen_id])
        for entry in (citizen.citizen_id, *citizen.merged_ids)
    )


def load_citizens(connection: Connection, office_id: str, ids: Iterable[str]) -> tuple[Citizen, ...]:
    """The citizens these entries stand for, each once and whole, by number; ids of nobody are passed over."""
    rows = _entries(connection, office_id, set(ids))
    while above := {row["merged_into"] for row in rows.values()} - {None, *rows}:
        rows |= _entries(connection, office_id, above)
    roots = [row for row in rows.values() if row["merged_into"] is None]
    groups = {row["citizen_id"]: [row] for row in roots}
    root_of = {row["citizen_id"]: row["citizen_id"] for row in roots}
    below = set(groups)
    while below:
        merged = (citizens.c.office_id == office_id) & citizens.c.merged_into.in_(below)
        below = set()
        for row in connection.execute(select(citizens).where(merged).order_by(citizens.c.citizen_id)).mappings():
            root_of[row["citizen_id"]] = root_of[row["merged_into"]]
            groups[root_of[row["citizen_id"]]].append(row)
            below.add(row["citizen_id"])
    numbers, names = _belongings(connection, office_id, list(root_of))
    found = [_citizen(group, numbers, names) for group in groups.values()]
    return tuple(sorted(found, key=lambda citizen: (citizen.numbers[:1], citizen.citizen_id)))


def _entries(connection: Connection, office_id: str, ids: set[str]) -> dict[str, RowMapping]:
    query = select(citizens).where(citizens.c.office_id == office_id, citizens.c.citizen_id.in_(ids))
    return {row["citizen_id"]: row for row in connection.execute(query).mappings()} if ids else {}


def _belongings(
    connection: Connection, office_id: str, ids: list[str]
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Numbers and earlier names of each entry."""
    numbers: dict[str, list[str]] = defaultdict(list)
    names: dict[str, list[str]] = defaultdict(list)
    if not ids:
        return numbers, names
    held = (citizen_numbers.c.office_id == office_id) & citizen_numbers.c.citizen_id.in_(ids)
    for row in connection.execute(select(citizen_numbers).where(held).order_by(citizen_numbers.c.number)):
        numbers[row.citizen_id].append(row.number)
    borne = (earlier_names.c.office_id == office_id) & earlier_names.c.citizen_id.in_(ids)
    for row in connection.execute(select(earlier_names).where(borne).order_by(earlier_names.c.name)):
        names[row.citizen_id].append(row.name)
    return numbers, names


def _citizen(group: list[RowMapping], numbers: dict[str, list[str]], names: dict[str, list[str]]) -> Citizen:
    """One citizen of the entry that stayed (the first) and those that were merged into it."""
    root, *merged = group
    held = [number for row in group for number in numbers[row["citizen_id"]]]
    organisation = root["kind"] == "organisation"
    first = next((number for number in held if _names(number, organisation=organisation)), None)
    born = next((row["born"] for row in group if row["born"]), "")
    others = [name for row in group for name in (row["name"], *names[row["citizen_id"]]) if name != root["name"]]
    return Citizen(
        citizen_id=root["citizen_id"],
        kind=root["kind"],
        personal_id=None if organisation else first,
        tax_code=first if organisation else None,
        name=root["name"],
        date_of_birth=born if len(born) == _WHOLE_DATE else None,
        birth_year=int(born) if len(born) == _YEAR else None,
        aliases=tuple(number for number in held if number != first),
        earlier_names=tuple(dict.fromkeys(name for name in others if name)),
        merged_ids=tuple(row["citizen_id"] for row in merged),
    )


def _names(number: str, *, organisation: bool) -> bool:
    """Whether the number is of the kind that names a person or an organisation."""
    return number.isdigit() and (len(number) in (10, 13) if organisation else len(number) == _PERSONAL_DIGITS)


def _of_name(office_id: str, name: str, born: str | None) -> Select[tuple[str]]:
    """Entries of this name, now or earlier, marks aside, whose birth, as far as known, may be this one."""
    folded = folded_name(name)
    now = select(citizens.c.citizen_id).where(citizens.c.office_id == office_id, citizens.c.folded_name == folded)
    earlier = (
        select(earlier_names.c.citizen_id)
        .join(citizens, citizens.c.citizen_id == earlier_names.c.citizen_id)
        .where(earlier_names.c.office_id == office_id, earlier_names.c.folded_name == folded)
    )
    if born is not None:
        year = citizens.c.born == born[:_YEAR]
        same = citizens.c.born.startswith(born) if len(born) == _YEAR else citizens.c.born == born
        may_be = or_(citizens.c.born.is_(None), year, same)
        now, earlier = now.where(may_be), earlier.where(may_be)
    both = union(now, earlier).subquery()
    return select(both.c.citizen_id)


def _one_digit_off(number: str) -> list[str]:
    """All numbers that differ from this in exactly one digit."""
    return [
        number[:place] + digit + number[place + 1 :]
        for place, own in enumerate(number)
        if own.isdigit()
        for digit in "0123456789"
        if digit != own
    ]


def remove_entry(connection: Connection, office_id: str, citizen_id: str, *also: ColumnElement[bool]) -> None:
    """Take an entry off the register unless a paper, a decision or another entry hangs on it, or what `also` names.

    Args:
        connection: in a transaction.
        office_id: whose register it is.
        citizen_id: the entry; nothing happens where it is not there.
        also: what else holds it, each a condition on one table.
    """
    ties = [
        (paper_people.c.office_id == office_id) & (paper_people.c.citizen_id == citizen_id),
        (decisions.c.office_id == office_id) & (decisions.c.subject_id == citizen_id),
        (citizens.c.office_id == office_id) & (citizens.c.merged_into == citizen_id),
        *also,
    ]
    found = load_citizens(connection, office_id, [citizen_id])
    held = any(connection.execute(select(literal(1)).where(tie).limit(1)).scalar() for tie in ties)
    if held or not found or found[0].citizen_id != citizen_id:
        return
    for table in (citizen_numbers, earlier_names, citizens):
        connection.execute(delete(table).where(table.c.office_id == office_id, table.c.citizen_id == citizen_id))
    mark_changed(connection, office_id, "citizen", citizen_id)
