"""Lanes of work, when what failed is tried again, and ranges of pages that several workers read."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("submissions", sa.Column("lane", sa.Text, nullable=False, server_default="counter"))
    op.add_column("submissions", sa.Column("retry_at", MOMENT))
    op.add_column("submissions", sa.Column("begun_at", MOMENT))
    unfinished = sa.text("state <> 'done'")
    op.create_index(
        "submissions_not_done",
        "submissions",
        ["lane", "received_at"],
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )
    op.create_table(
        "page_ranges",
        sa.Column("submission_id", sa.Text, sa.ForeignKey("submissions.submission_id"), primary_key=True),
        sa.Column("first_page", sa.Integer, primary_key=True),
        sa.Column("office_id", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("last_page", sa.Integer, nullable=False),
        sa.Column("lease_owner", sa.Text),
        sa.Column("lease_expires_at", MOMENT),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
    )
