"""A second factor of accounts, and when a session last showed whose it is."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("factor_salt", sa.Text))
    op.add_column("accounts", sa.Column("factor_step", sa.BigInteger))
    op.add_column("sessions", sa.Column("proven_at", sa.DateTime(timezone=True)))
