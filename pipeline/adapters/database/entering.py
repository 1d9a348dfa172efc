"""How people come onto the register: with the papers that are filed for them."""

import uuid
from typing import NamedTuple

from sqlalchemy import Connection, delete, update

from pipeline.adapters.database.connections import add_new
from pipeline.adapters.database.marking import mark_changed
from pipeline.adapters.database.people import find_alike, holder_of, load_citizens, number_key
from pipeline.adapters.database.tables import citizen_numbers, citizens
from pipeline.errors import HosoError
from pipeline.stages.owners import may_be_same
from pipeline.stages.same_name import closest, folded_name
from pipeline.vietnamese import nfc
from schemas.people import Actor, Citizen, PersonOnPaper
from schemas.records import RegisterEntry

_ENTRIES = uuid.UUID("8b1f5a0e-6c0d-5a1b-9a53-2f6f1d7e4c38")
"""The namespace of the ids of entries; any constant, and never another one."""


class Entry(NamedTuple):
    """The register's entry of an owner; or why there is none: the register has changed since the paper was read."""

    citizen_id: str | None
    doubt: str | None = None


def enter_owner(connection: Connection, actor: Actor, person: PersonOnPaper, document_id: str) -> Entry:
    """Find the owner of a paper on the register, or add it, and note what the paper knows more.

    Papers that are read at the same time do not see each other's people, so name and number are compared here again.

    Args:
        connection: the transaction.
        actor: who files, for which office.
        person: an owner whose link is `filed`.
        document_id: the paper; who is new gets an id that follows from it.

    Returns:
        The entry that has the person's own number, even if it was merged into another: taking the merge back then
        leaves every paper with its own. Or the doubt: owner_conflict, owner_alike.

    """
    if person.citizen_id is not None:  # a person said so, or name and birth date; numbers on the paper say no more
        there = load_citizens(connection, actor.office_id, [person.citizen_id])
        return Entry(person.citizen_id) if there else Entry(None, "owner_conflict")
    numbers = [number_key(number) for number in (person.number, person.passport, person.old_number) if number]
    if not numbers:
        return Entry(None)
    holder = next((found for one in numbers if (found := holder_of(connection, actor.office_id, one))), None)
    if holder is None:
        if _has_alike(connection, actor.office_id, person):
            return Entry(None, "owner_alike")
        holder = _add(connection, actor, person, (document_id, numbers[0]))
    known = load_citizens(connection, actor.office_id, [holder])
    if not known or not _same(known[0], person):
        return Entry(None, "owner_conflict")
    _learn(connection, actor, person, known[0], holder)
    return Entry(holder)


def add_citizen(connection: Connection, actor: Actor, citizen: Citizen) -> bool:
    """Add an entry without its numbers, unless it is there; whether it was added."""
    added = add_new(connection, citizens, entry_row(actor, citizen))
    if added:
        mark_changed(connection, actor.office_id, "citizen", citizen.citizen_id)
    return added


def entry_row(actor: Actor, entry: Citizen | RegisterEntry) -> dict[str, str | None]:
    """An entry of the register as its table has it."""
    return actor.model_dump() | {
        "citizen_id": entry.citizen_id,
        "kind": entry.kind,
        "name": nfc(entry.name),
        "folded_name": folded_name(entry.name),
        "born": entry.born,
    }


def add_number(connection: Connection, actor: Actor, number: str, citizen_id: str) -> bool:
    """Give an entry a number, unless somebody has it; whether it was free."""
    row = {"number": number_key(number), "citizen_id": citizen_id}
    added = add_new(connection, citizen_numbers, actor.model_dump() | row)
    if added:
        mark_changed(connection, actor.office_id, "citizen", citizen_id)
    return added


def _has_alike(connection: Connection, office_id: str, person: PersonOnPaper) -> bool:
    """Whether the newcomer may be somebody on the register. Evidence is no longer known here: nothing is certain."""
    name, number = person.name or "", person.number or ""
    others = find_alike(connection, office_id, name, person.date_of_birth, number)
    organisation = person.tax_code is not None
    return any(may_be_same(name, other, organisation=organisation, certain=True) for other in others)


def _add(connection: Connection, actor: Actor, person: PersonOnPaper, place: tuple[str, str]) -> str:
    """A new entry with a number on a paper (`place`: both); the one of another transaction that was quicker.

    Its id follows from paper and number: entered again from the paper's record, it is the same.
    """
    document_id, number = place
    citizen_id = uuid.uuid5(_ENTRIES, f"{document_id}/{number}").hex
    kind = "organisation" if person.tax_code is not None else "person"
    added = add_citizen(connection, actor, Citizen(citizen_id=citizen_id, kind=kind, name=person.name or ""))
    if add_number(connection, actor, number, citizen_id):
        return citizen_id
    if added:
        ours = (citizens.c.office_id == actor.office_id) & (citizens.c.citizen_id == citizen_id)
        connection.execute(delete(citizens).where(ours))
    found = holder_of(connection, actor.office_id, number)
    if found is None:
        raise HosoError("internal", "a citizen was removed while being added")
    return found


def _same(known: Citizen, person: PersonOnPaper) -> bool:
    """Whether name and birth on the paper do not speak against the register's."""
    organisation = known.kind == "organisation"
    if organisation != (person.tax_code is not None):
        return False
    if known.personal_id and person.personal_id and person.personal_id not in known.numbers:
        return False
    if known.name and person.name and closest(person.name, known.names, organisation=organisation) == "different":
        return False
    born, said = known.born or "", person.date_of_birth or ""
    return born.startswith(said) or said.startswith(born)


def _learn(connection: Connection, actor: Actor, person: PersonOnPaper, known: Citizen, holder: str) -> None:
    """Add what the register did not know of a known one. Nothing that it knows is changed."""
    this = (citizens.c.office_id == actor.office_id) & (citizens.c.citizen_id == holder)
    if not known.name and person.name:
        changed = {"name": nfc(person.name), "folded_name": folded_name(person.name)}
        connection.execute(update(citizens).where(this).values(changed))
        mark_changed(connection, actor.office_id, "citizen", holder)
    if len(person.date_of_birth or "") > len(known.born or ""):
        connection.execute(update(citizens).where(this).values(born=person.date_of_birth))
        mark_changed(connection, actor.office_id, "citizen", holder)
    for number in (person.personal_id, person.tax_code, person.passport, person.old_number):
        if number and number_key(number) not in known.numbers:
            add_number(connection, actor, number, holder)
