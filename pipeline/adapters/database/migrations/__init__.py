"""The database's migrations. A published one is never changed: a new one follows it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from sqlalchemy import Connection

from pipeline.errors import Misconfigured

_HERE = str(Path(__file__).parent).replace("%", "%%")


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for this folder and an open connection."""
    config = Config()
    config.set_main_option("script_location", _HERE)
    config.attributes["connection"] = connection
    return config


def is_known(version: str) -> bool:
    """Whether this hoso has a migration to this version; a newer one may have others."""
    config = Config()
    config.set_main_option("script_location", _HERE)
    return version in {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}


def upgrade(connection: Connection, version: str = "head") -> None:
    """Bring the tables to a version, by default the newest, inside the connection's transaction.

    Raises:
        Misconfigured: (newer_database) a newer version of hoso has migrated this database.

    """
    try:
        command.upgrade(configuration(connection), version)
    except CommandError as error:
        if isinstance(error.__cause__, ResolutionError):
            raise Misconfigured("newer_database") from None
        raise
