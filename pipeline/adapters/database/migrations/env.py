"""What Alembic runs: our tables, on the connection and in the transaction of who asks."""

from alembic import context

from pipeline.adapters.database.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
