"""The first tables, and the full-text index over search_rows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
TOKENS = sa.Text().with_variant(TSVECTOR(), "postgresql")


def upgrade() -> None:
    submission_tables()
    paper_tables()
    people_tables()
    search_tables()


def text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null)


def key(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, primary_key=True) for name in names]


def paper_reference() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["office_id", "document_id"], ["papers.office_id", "papers.document_id"])


def submission_tables() -> None:
    op.create_table(
        "submissions",
        *key("submission_id"),
        *(text(name) for name in ("office_id", "actor_id", "content_sha256", "channel")),
        *(text(name, null=True) for name in ("handed_in_by", "dossier_code", "procedure")),
        sa.Column("received_at", MOMENT, nullable=False),
        text("state"),
        sa.Column("state_since", MOMENT, nullable=False),
        text("reason", null=True),
        sa.Column("pages_total", sa.Integer),
        sa.Column("pages_done", sa.Integer, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        text("lease_owner", null=True),
        sa.Column("lease_expires_at", MOMENT),
        sa.Column("fence", sa.Integer, nullable=False),
    )
    op.create_index("submissions_by_time", "submissions", ["office_id", "received_at"])
    op.create_index("submissions_by_content", "submissions", ["office_id", "content_sha256"])
    op.create_index("submissions_by_state", "submissions", ["state", "received_at"])
    op.create_table(
        "source_files",
        sa.Column("submission_id", sa.Text, sa.ForeignKey("submissions.submission_id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        *(text(name) for name in ("office_id", "actor_id", "path", "key", "sha256")),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        text("media_type"),
    )


def paper_tables() -> None:
    op.create_table(
        "papers",
        *key("office_id", "document_id"),
        text("actor_id"),
        sa.Column("submission_id", sa.Text, sa.ForeignKey("submissions.submission_id"), nullable=False),
        sa.Column("content_sha256", sa.Text, nullable=False),
        sa.Column("first_page", sa.Integer, nullable=False),
        sa.Column("filed_at", MOMENT, nullable=False),
        text("record"),
    )
    op.create_index("papers_by_content", "papers", ["office_id", "content_sha256", "first_page"])
    op.create_table(
        "paper_pages",
        *key("office_id", "document_id"),
        sa.Column("page", sa.Integer, primary_key=True),
        text("actor_id"),
        text("kept_text"),
        paper_reference(),
    )
    op.create_table(
        "decisions",
        *key("office_id", "decision_id"),
        *(text(name) for name in ("actor_id", "document_id", "kind", "copy_kind")),
        sa.Column("decided_at", MOMENT, nullable=False),
        paper_reference(),
    )


def people_tables() -> None:
    op.create_table(
        "citizens",
        *key("citizen_id"),
        *(text(name) for name in ("office_id", "actor_id", "personal_id", "name", "name_key")),
        sa.Column("date_of_birth", sa.Date),
        sa.UniqueConstraint("office_id", "personal_id", name="one_citizen_a_number"),
    )
    op.create_index("citizens_by_name", "citizens", ["office_id", "name_key", "date_of_birth"])
    op.create_table(
        "citizen_aliases",
        *key("office_id", "number"),
        text("actor_id"),
        sa.Column("citizen_id", sa.Text, sa.ForeignKey("citizens.citizen_id"), nullable=False),
    )
    op.create_index("aliases_by_citizen", "citizen_aliases", ["citizen_id"])
    op.create_table(
        "paper_people",
        *key("office_id", "document_id"),
        sa.Column("position", sa.Integer, primary_key=True),
        text("actor_id"),
        text("role"),
        text("link", null=True),
        sa.Column("citizen_id", sa.Text, sa.ForeignKey("citizens.citizen_id")),
        paper_reference(),
    )
    op.create_index("papers_by_citizen", "paper_people", ["office_id", "citizen_id"])


def search_tables() -> None:
    op.create_table(
        "search_rows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        *(text(name) for name in ("office_id", "actor_id", "document_id")),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("filed_at", MOMENT, nullable=False),
        sa.Column("exact", TOKENS, nullable=False),
        sa.Column("folded", TOKENS, nullable=False),
        paper_reference(),
        sa.UniqueConstraint("office_id", "document_id", "page", name="one_search_row_a_page"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE INDEX search_exact ON search_rows USING gin (exact)")
        op.execute("CREATE INDEX search_folded ON search_rows USING gin (folded)")
        return
    # The index holds no second copy of the tokens; triggers keep it in step with the table that does.
    op.execute(
        "CREATE VIRTUAL TABLE search_index USING fts5(exact, folded, content='search_rows', content_rowid='id',"
        " tokenize='unicode61 remove_diacritics 0')"
    )
    op.execute(
        "CREATE TRIGGER search_row_added AFTER INSERT ON search_rows BEGIN"
        " INSERT INTO search_index (rowid, exact, folded) VALUES (new.id, new.exact, new.folded); END"
    )
    op.execute(
        "CREATE TRIGGER search_row_removed AFTER DELETE ON search_rows BEGIN"
        " INSERT INTO search_index (search_index, rowid, exact, folded)"
        " VALUES ('delete', old.id, old.exact, old.folded); END"
    )
