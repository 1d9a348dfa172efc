"""The tables of accounts and how they sign in, sessions, tokens of programs, and the access log."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from pipeline.adapters.database.tables import Moment, metadata, only_given

accounts = Table(
    "accounts",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("office_id", Text, nullable=False),
    Column("actor_id", Text, nullable=False),  # who added it
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),  # words with spaces between
    Column("password_hash", Text),
    Column("oidc_subject", Text, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment),
    Column("must_change", Boolean, nullable=False),
    Column("factor_salt", Text),  # the secret is made of it and of what is not in the database
    Column("factor_step", BigInteger),  # of the newest code that was taken
    Index("accounts_by_office", "office_id", "login"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("secret_sha256", Text, primary_key=True),
    Column("office_id", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("kind", Text, nullable=False),  # link, half, session
    Column("account_id", Text, ForeignKey("accounts.account_id"), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=False),
    Column("way", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("proven_at", Moment),
    Column("purpose", Text),
    Column("visit_id", Text),
    Index("sessions_by_account", "account_id"),
    Index("sessions_by_use", "used_at"),
)

# Without office or actor: whoever tries is nobody yet.
sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    Column("key_sha256", Text, primary_key=True),  # of a login, or of an address
    Column("wrong", Integer, nullable=False),
    Column("tried_at", Moment, nullable=False),
    Index("tries_by_time", "tried_at"),
)

newcomers = Table(
    "newcomers",
    metadata,
    Column("oidc_subject", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("came_at", Moment, nullable=False),
    Index("newcomers_by_time", "came_at"),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("token_id", Text, primary_key=True),
    Column("office_id", Text, nullable=False),
    Column("actor_id", Text, nullable=False),  # who made it
    Column("secret_sha256", Text, nullable=False, unique=True),
    Column("account_id", Text, ForeignKey("accounts.account_id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),  # permissions with spaces between
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
    Index("tokens_by_account", "account_id"),
)

access_log = Table(
    "access_log",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("previous", Text, nullable=False),  # the SHA-256 of the line before, see pipeline/chain.py
    Column("actor_id", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("access", Text, nullable=False),
    Column("purpose", Text),
    Column("visit_id", Text),
    Column("citizen_id", Text),
    Column("document_id", Text),
    Column("subject_id", Text),
    Column("object_sha256", Text),
    Index("accesses_by_actor", "office_id", "actor_id", "number"),
    Index("accesses_by_citizen", "office_id", "citizen_id", "number", **only_given("citizen_id")),
    Index("accesses_by_paper", "office_id", "document_id", "number", **only_given("document_id")),
)
"""Without foreign keys: what was seen stays in the log when it is gone."""

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
)
"""The newest entry of each office's log. Who adds one holds this row, so that the chain has one end."""
