"""Lanes of work, and when what failed is tried again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("submissions", sa.Column("lane", sa.Text, nullable=False, server_default="counter"))
    op.add_column("submissions", sa.Column("retry_at", MOMENT))
    unfinished = sa.text("state <> 'done'")
    op.create_index(
        "submissions_not_done",
        "submissions",
        ["lane", "received_at"],
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )
