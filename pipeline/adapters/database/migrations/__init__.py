"""The database's migrations. A published one is never changed: a new one follows it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import Connection

from pipeline.errors import Misconfigured


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for this folder and an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest version inside the connection's transaction.

    Raises:
        Misconfigured: (newer_database) a newer version of hoso has migrated this database.

    """
    try:
        command.upgrade(configuration(connection), "head")
    except CommandError as error:
        if isinstance(error.__cause__, ResolutionError):
            raise Misconfigured("newer_database") from None
        raise
