"""The register of citizens. It is read here and added to only by filing."""

from datetime import date

from sqlalchemy import ColumnElement, Connection, select

from pipeline.adapters.database.connections import Connections
from pipeline.adapters.database.tables import citizen_aliases, citizens
from pipeline.vietnamese import nfc
from schemas.people import Citizen


def name_key(name: str) -> str:
    """By which names are compared: NFC, case ignored, every mark kept."""
    return nfc(name).casefold()


class PeopleTable:
    """The port People."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def by_id(self, office_id: str, citizen_id: str) -> Citizen | None:
        """See People."""
        with self._connections.reading() as connection:
            found = _citizens(connection, office_id, citizens.c.citizen_id == citizen_id)
            return found[0] if found else None

    def by_number(self, office_id: str, number: str) -> Citizen | None:
        """See People."""
        with self._connections.reading() as connection:
            return find_citizen(connection, office_id, number)

    def by_name_and_birth(self, office_id: str, name: str, date_of_birth: date) -> tuple[Citizen, ...]:
        """See People."""
        same_name = (citizens.c.name_key == name_key(name)) & (citizens.c.date_of_birth == date_of_birth)
        with self._connections.reading() as connection:
            return _citizens(connection, office_id, same_name)


def find_citizen(connection: Connection, office_id: str, number: str) -> Citizen | None:
    """The citizen with this personal number, else the one with this old number."""
    found = _citizens(connection, office_id, citizens.c.personal_id == number)
    if not found:
        aliased = select(citizen_aliases.c.citizen_id).where(
            citizen_aliases.c.office_id == office_id, citizen_aliases.c.number == number
        )
        # Two questions: in one, SQLite goes through the office's citizens in order of their numbers.
        citizen_id = connection.execute(aliased).scalar()
        found = _citizens(connection, office_id, citizens.c.citizen_id == citizen_id) if citizen_id else ()
    return found[0] if found else None


def _citizens(connection: Connection, office_id: str, condition: ColumnElement[bool]) -> tuple[Citizen, ...]:
    query = (
        select(citizens, citizen_aliases.c.number)
        .outerjoin(citizen_aliases, citizen_aliases.c.citizen_id == citizens.c.citizen_id)
        .where(citizens.c.office_id == office_id, condition)
        .order_by(citizens.c.personal_id, citizen_aliases.c.number)
    )
    found: dict[str, Citizen] = {}
    for row in connection.execute(query):
        known = found.get(row.citizen_id)
        aliases = (*(known.aliases if known else ()), *([row.number] if row.number else ()))
        found[row.citizen_id] = Citizen(
            citizen_id=row.citizen_id,
            personal_id=row.personal_id,
            name=row.name,
            date_of_birth=row.date_of_birth,
            aliases=aliases,
        )
    return tuple(found.values())
