"""Whose turn it is, in the database."""

from datetime import timedelta

from sqlalchemy import delete, or_, update

from pipeline.adapters.database.connections import Connections, add_new, now
from pipeline.adapters.database.schedule_tables import turns


class TurnTable:
    """The port Turns."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def claim(self, name: str, owner: str, lease_s: float) -> bool:
        """See Turns."""
        with self._connections.writing() as connection:
            moment = now(connection)
            ours = {"owner": owner, "expires_at": moment + timedelta(seconds=lease_s)}
            if add_new(connection, turns, {"name": name} | ours):
                return True
            # One statement decides: of two at once the second waits for the first, and then finds it taken.
            free = or_(turns.c.owner == owner, turns.c.expires_at <= moment)
            taken = update(turns).where(turns.c.name == name, free).values(**ours).returning(turns.c.name)
            return connection.execute(taken).first() is not None

    def give_back(self, name: str, owner: str) -> None:
        """See Turns."""
        with self._connections.writing() as connection:
            connection.execute(delete(turns).where(turns.c.name == name, turns.c.owner == owner))
