"""Which rows' records are behind, and how far objects and rows have been checked."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_SUBJECTS = {
    "submission": ("submissions", "submission_id"),
    "citizen": ("citizens", "citizen_id"),
    "paper": ("papers", "document_id"),
    "dossier": ("dossiers", "code"),
    "code": ("paper_codes", "document_id"),
}


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "changed_rows",
        sa.Column("mark", sa.Text, primary_key=True),
        sa.Column("office_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Text, nullable=False),
    )
    op.create_index("changed_rows_by_office", "changed_rows", ["office_id"])
    op.create_table("restoring", sa.Column("begun_at", moment, primary_key=True))
    op.create_table(
        "integrity",
        sa.Column("office_id", sa.Text, primary_key=True),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("checked_at", moment, nullable=False),
        sa.Column("objects", sa.Integer, nullable=False),
        sa.Column("round_ended_at", moment),
    )
    op.create_table(
        "integrity_findings",
        sa.Column("office_id", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("found_at", moment, nullable=False),
    )
    # What was written before has no records, or such as say less: all of it is recorded by the next sweep.
    for kind, (table, subject) in _SUBJECTS.items():
        op.execute(
            f"INSERT INTO changed_rows SELECT '{kind}/' || office_id || '/' || {subject}, office_id, '{kind}',"  # noqa: S608
            f" {subject} FROM {table}"
        )
