"""Tables for accounts and the access log, and for the work at the counter."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    access_tables()
    desk_tables()
    work_tables()


def given(name: str) -> dict[str, Any]:
    where = sa.text(f"{name} IS NOT NULL")
    return {"sqlite_where": where, "postgresql_where": where}


def access_tables() -> None:
    """Accounts, sessions, tokens of programs, and the access log."""
    op.create_table(
        "accounts",
        sa.Column("account_id", sa.Text, primary_key=True),
        sa.Column("office_id", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("login", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("oidc_subject", sa.Text, unique=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT),
        sa.Column("must_change", sa.Boolean, nullable=False),
    )
    op.create_index("accounts_by_office", "accounts", ["office_id", "login"])
    op.create_table(
        "sessions",
        sa.Column("secret_sha256", sa.Text, primary_key=True),
        sa.Column("office_id", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("account_id", sa.Text, sa.ForeignKey("accounts.account_id"), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text),
        sa.Column("visit_id", sa.Text),
    )
    op.create_index("sessions_by_account", "sessions", ["account_id"])
    op.create_index("sessions_by_use", "sessions", ["used_at"])
    entrance_tables()
    op.create_table(
        "api_tokens",
        sa.Column("token_id", sa.Text, primary_key=True),
        sa.Column("office_id", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("secret_sha256", sa.Text, nullable=False, unique=True),
        sa.Column("account_id", sa.Text, sa.ForeignKey("accounts.account_id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
    )
    op.create_index("tokens_by_account", "api_tokens", ["account_id"])
    op.create_table(
        "access_log",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("office_id", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("access", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text),
        sa.Column("visit_id", sa.Text),
        sa.Column("citizen_id", sa.Text),
        sa.Column("document_id", sa.Text),
        sa.Column("subject_id", sa.Text),
    )
    op.create_index("accesses_by_office", "access_log", ["office_id", "entry_id"])
    op.create_index("accesses_by_actor", "access_log", ["office_id", "actor_id", "entry_id"])
    op.create_index("accesses_by_citizen", "access_log", ["office_id", "citizen_id", "entry_id"], **given("citizen_id"))
    op.create_index("accesses_by_paper", "access_log", ["office_id", "document_id", "entry_id"], **given("document_id"))


def entrance_tables() -> None:
    """Who tried to sign in: wrong passwords, and people no account is bound to."""
    op.create_table(
        "sign_in_tries",
        sa.Column("key_sha256", sa.Text, primary_key=True),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.Column("tried_at", MOMENT, nullable=False),
    )
    op.create_index("tries_by_time", "sign_in_tries", ["tried_at"])
    op.create_table(
        "newcomers",
        sa.Column("oidc_subject", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("came_at", MOMENT, nullable=False),
    )
    op.create_index("newcomers_by_time", "newcomers", ["came_at"])


def desk_tables() -> None:
    """Visits, locked questions, calls, answered requests and what other systems are told."""
    op.create_table(
        "visits",
        sa.Column("visit_id", sa.Text, primary_key=True),
        sa.Column("office_id", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("procedure", sa.Text, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_index("visits_by_time", "visits", ["office_id", "opened_at", "procedure"])
    op.create_table(
        "claims",
        sa.Column("office_id", sa.Text, primary_key=True),
        sa.Column("subject_id", sa.Text, primary_key=True),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("page_id", sa.Text, nullable=False),
        sa.Column("item_id", sa.Text, nullable=False),
        sa.Column("claimed_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
    )
    op.create_index("claims_by_session", "claims", ["session_id"])
    op.create_table(
        "answer_times",
        sa.Column("office_id", sa.Text, primary_key=True),
        sa.Column("decision_id", sa.Text, primary_key=True),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("item_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.Column("seconds", sa.Float),
    )
    op.create_index("answer_times_by_day", "answer_times", ["office_id", "answered_at"])
    op.create_index("answer_times_by_session", "answer_times", ["session_id", "answered_at"])
    op.create_table(
        "earlier_papers",
        sa.Column("office_id", sa.Text, primary_key=True),
        sa.Column("decision_id", sa.Text, primary_key=True),
        sa.Column("document_id", sa.Text, primary_key=True),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("was", sa.Text),
        sa.Column("became", sa.Text, nullable=False),
        sa.Column("texts", sa.Text),
        sa.Column("entered", sa.Text, nullable=False),
    )
    op.create_index("earlier_papers_by_paper", "earlier_papers", ["office_id", "document_id"])
    op.create_index("earlier_papers_by_time", "earlier_papers", ["office_id", "changed_at"])
    op.create_table(
        "calls",
        sa.Column("call_id", sa.Text, primary_key=True),
        sa.Column("office_id", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("dossier_code", sa.Text, nullable=False),
        sa.Column("called_at", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("brings_on", sa.Date),
    )
    op.create_index("calls_by_dossier", "calls", ["office_id", "dossier_code", "called_at"])
    op.create_table(
        "answered_requests",
        sa.Column("office_id", sa.Text, primary_key=True),
        sa.Column("actor_id", sa.Text, primary_key=True),
        sa.Column("idempotency_key", sa.Text, primary_key=True),
        sa.Column("request_sha256", sa.Text),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("media_type", sa.Text),
        sa.Column("body", sa.Text),
    )
    op.create_index("answered_requests_by_time", "answered_requests", ["begun_at"])
    op.create_table(
        "webhooks",
        sa.Column("hook_id", sa.Text, primary_key=True),
        sa.Column("office_id", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT),
    )
    op.create_index("webhooks_by_office", "webhooks", ["office_id"])
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", sa.Text, primary_key=True),
        sa.Column("hook_id", sa.Text, sa.ForeignKey("webhooks.hook_id"), nullable=False),
        sa.Column("office_id", sa.Text, nullable=False),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("document_id", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", MOMENT),
        sa.Column("delivered_at", MOMENT),
        sa.Column("last_error", sa.Text),
    )
    op.create_index("deliveries_due", "deliveries", ["next_at"], **given("next_at"))
    op.create_index("deliveries_by_hook", "deliveries", ["hook_id", "made_at"])


def work_tables() -> None:
    """What the work list finds dossiers by, and papers that may belong to them."""
    op.add_column("dossiers", sa.Column("due_on", sa.Date))
    for name in ("owner_number", "by_number"):
        op.add_column("dossiers", sa.Column(name, sa.Text))
    for name in ("open_since", "owes_since", "uncompared_since"):
        op.add_column("dossiers", sa.Column(name, MOMENT))
    fill_dossiers()
    for name, column, where in (
        ("dossiers_by_due", "due_on", "open_since"),
        ("dossiers_by_owner", "owner_number", "open_since"),
        ("dossiers_by_bringer", "by_number", "open_since"),
        ("dossiers_owing", "owes_since", "owes_since"),
        ("dossiers_uncompared", "uncompared_since", "uncompared_since"),
    ):
        op.create_index(name, "dossiers", ["office_id", column], **given(where))
    op.create_index("submissions_by_change", "submissions", ["office_id", "state", "state_since"])
    op.create_table(
        "proposals",
        sa.Column("office_id", sa.Text, primary_key=True),
        sa.Column("document_id", sa.Text, primary_key=True),
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("component", sa.Text, nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("asked_at", MOMENT),
        sa.ForeignKeyConstraint(["office_id", "code"], ["dossiers.office_id", "dossiers.code"]),
        sa.ForeignKeyConstraint(["office_id", "document_id"], ["papers.office_id", "papers.document_id"]),
    )
    op.create_index("proposals_open", "proposals", ["office_id", "asked_at"], **given("asked_at"))


def fill_dossiers() -> None:
    """Dossiers without a result are open. Whether they owe anything is found out when they are looked at first."""
    if op.get_bind().dialect.name == "postgresql":
        due, said = "(record::json->>'due_on')::date", "record::json->'{}'->>'number'"
    else:
        due, said = "json_extract(record, '$.due_on')", "json_extract(record, '$.{}.number')"
    owner, by = (number(said.format(who)) for who in ("owner", "submitted_by"))
    result = (
        "SELECT 1 FROM dossier_components AS part WHERE part.office_id = dossiers.office_id"
        " AND part.code = dossiers.code AND part.result_code IS NOT NULL"
    )
    op.execute(
        f"UPDATE dossiers SET due_on = {due}, owner_number = {owner}, by_number = {by},"  # noqa: S608 (our own text)
        f" open_since = CASE WHEN EXISTS ({result}) THEN NULL ELSE received_at END"
    )
    op.execute("UPDATE dossiers SET owes_since = open_since, uncompared_since = open_since")


def number(said: str) -> str:
    """As numbers are looked up: without what stands between their digits."""
    return f"upper(replace(replace(replace({said}, ' ', ''), '.', ''), '-', ''))"
