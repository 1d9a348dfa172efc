"""Tables for what people decide, for dossiers, the register and the figures of an office."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    decision_table()


def text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null)


def key(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, primary_key=True) for name in names]


def decision_table() -> None:
    """Decisions of every kind, on papers and on others. Their truth is in the store, so the old rows may go."""
    op.drop_table("decisions")
    op.create_table(
        "decisions",
        *key("office_id", "decision_id"),
        *(text(name) for name in ("actor_id", "subject_id", "kind")),
        sa.Column("decided_at", MOMENT, nullable=False),
        text("record"),
    )
    op.create_index("decisions_by_subject", "decisions", ["office_id", "subject_id", "decided_at"])
