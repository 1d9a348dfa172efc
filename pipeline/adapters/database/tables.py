"""The tables. Every row carries its office and who wrote it; a paper's whole record is one JSON text.

Columns beside the record are only those that a query asks for, so the two cannot disagree about anything else.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.types import TypeEngine

SCHEMA_VERSION = "0009"
"""The newest migration. A database that names it is opened without loading Alembic (0.3 s)."""


class Moment(TypeDecorator[datetime]):
    """A point in time, UTC. SQLite keeps no zone, so it goes in and comes out as UTC here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC; without zone for SQLite, whose text then sorts by time."""
        if value is None:
            return None
        return value.astimezone(UTC) if dialect.name == "postgresql" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """With the zone UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Tokens(TypeDecorator[Sequence[str]]):
    """Search tokens in order, cut and folded by us: no tokeniser or dictionary of a database has a say.

    PostgreSQL gets a finished tsvector (token and position), SQLite the tokens with spaces for its FTS5 index.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column's type."""
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str:
        """Tokens are letters, digits, combining marks and private characters only, so quoting them is safe."""
        tokens = value or ()
        if dialect.name == "postgresql":
            return " ".join(f"'{token}':{position}" for position, token in enumerate(tokens, start=1))
        return " ".join(tokens)


metadata = MetaData()


def _written_by() -> tuple[Column[str], Column[str]]:
    return Column("office_id", Text, nullable=False), Column("actor_id", Text, nullable=False)


def paper_reference() -> ForeignKeyConstraint:
    """The row belongs to a paper of its office."""
    return ForeignKeyConstraint(["office_id", "document_id"], ["papers.office_id", "papers.document_id"])


def only_given(name: str) -> dict[str, Any]:
    """An index over rows that have a value: where most have none, databases take a whole one for useless."""
    given = text(f"{name} IS NOT NULL")
    return {"sqlite_where": given, "postgresql_where": given}


NOT_DONE = text("state <> 'done'")
"""A query that says so goes by the small index of what is not done, however many submissions are."""

submissions = Table(
    "submissions",
    metadata,
    Column("submission_id", Text, primary_key=True),
    *_written_by(),
    Column("content_sha256", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("handed_in_by", Text),
    Column("dossier_code", Text),
    Column("procedure", Text),
    Column("lane", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("state_since", Moment, nullable=False),
    Column("reason", Text),
    Column("retry_at", Moment),
    Column("begun_at", Moment),
    Column("pages_total", Integer),
    Column("pages_done", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_owner", Text),
    Column("lease_expires_at", Moment),
    Column("fence", Integer, nullable=False),
    Index("submissions_by_time", "office_id", "received_at"),
    Index("submissions_by_content", "office_id", "content_sha256"),
    Index("submissions_by_state", "state", "received_at"),
    Index("submissions_not_done", "lane", "received_at", sqlite_where=NOT_DONE, postgresql_where=NOT_DONE),
    Index("submissions_by_change", "office_id", "state", "state_since"),
)

source_files = Table(
    "source_files",
    metadata,
    Column("submission_id", Text, ForeignKey("submissions.submission_id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    *_written_by(),
    Column("path", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("media_type", Text, nullable=False),
)

page_ranges = Table(
    "page_ranges",
    metadata,
    Column("submission_id", Text, ForeignKey("submissions.submission_id"), primary_key=True),
    Column("first_page", Integer, primary_key=True),
    *_written_by(),
    Column("last_page", Integer, nullable=False),
    Column("lease_owner", Text),
    Column("lease_expires_at", Moment),
    Column("fence", Integer, nullable=False),
    Column("done", Boolean, nullable=False),
)

papers = Table(
    "papers",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("document_id", Text, primary_key=True),
    Column("actor_id", Text, nullable=False),
    Column("submission_id", Text, ForeignKey("submissions.submission_id"), nullable=False),
    Column("content_sha256", Text, nullable=False),
    Column("first_page", Integer, nullable=False),
    Column("filed_at", Moment, nullable=False),
    Column("filed_on", Date, nullable=False),  # the day at the counters
    Column("procedure", Text),
    Column("pages", Integer, nullable=False),
    Column("first_state", Text, nullable=False),  # what it was filed as, before anybody was asked
    Column("record", Text, nullable=False),
    Column("dossier_code", Text),
    Column("same_key", Text),  # type, number and date of issue: scans of one paper share it
    Index("papers_by_content", "office_id", "content_sha256", "first_page"),
    Index("papers_by_dossier", "office_id", "dossier_code", "filed_at"),
    Index("papers_by_day", "office_id", "filed_on", "first_state", "procedure", "dossier_code"),
    Index("papers_by_same_key", "office_id", "same_key"),
)

paper_pages = Table(
    "paper_pages",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("document_id", Text, primary_key=True),
    Column("page", Integer, primary_key=True),
    Column("actor_id", Text, nullable=False),
    Column("kept_text", Text, nullable=False),
    paper_reference(),
)

citizens = Table(
    "citizens",
    metadata,
    Column("citizen_id", Text, primary_key=True),
    *_written_by(),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("folded_name", Text, nullable=False),
    Column("born", Text),  # ISO 8601, or the year alone
    Column("merged_into", Text, ForeignKey("citizens.citizen_id")),
    Index("citizens_by_name", "office_id", "folded_name", "born"),
    Index("citizens_by_merge", "merged_into", **only_given("merged_into")),
)
"""A merge only points to the entry that stays, so that taking it back gives everybody their own again."""

citizen_numbers = Table(
    "citizen_numbers",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("number", Text, primary_key=True),
    Column("actor_id", Text, nullable=False),
    Column("citizen_id", Text, ForeignKey("citizens.citizen_id"), nullable=False),
    Index("numbers_by_citizen", "citizen_id"),
)
"""Digits and capitals only. Their form tells their kind, see `people`."""

earlier_names = Table(
    "earlier_names",
    metadata,
    Column("citizen_id", Text, ForeignKey("citizens.citizen_id"), primary_key=True),
    Column("name", Text, primary_key=True),
    *_written_by(),
    Column("folded_name", Text, nullable=False),
    Index("citizens_by_earlier_name", "office_id", "folded_name"),
)

paper_people = Table(
    "paper_people",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("document_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("actor_id", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("link", Text),  # null: only mentioned
    Column("number", Text),  # as the paper says, whoever's it is
    Column("citizen_id", Text, ForeignKey("citizens.citizen_id")),
    paper_reference(),
    Index("papers_by_citizen", "office_id", "citizen_id"),
    Index("papers_by_number", "office_id", "number", **only_given("number")),
)

decisions = Table(
    "decisions",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("decision_id", Text, primary_key=True),
    Column("actor_id", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("record", Text, nullable=False),
    Index("decisions_by_subject", "office_id", "subject_id", "decided_at"),
    Index("decisions_by_kind", "office_id", "kind", "decided_at"),
)

open_questions = Table(
    "open_questions",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("document_id", Text, primary_key=True),
    Column("part", Text, primary_key=True),
    Column("actor_id", Text, nullable=False),
    Column("rank", Integer, nullable=False),  # the urgency, negative: one ascending index is the queue
    Column("asked_at", Moment, nullable=False),
    paper_reference(),
    Index("questions_by_rank", "office_id", "rank", "asked_at", "document_id", "part"),
)
"""Each open question of each paper, in the order in which an office answers them; the question is in the record."""

search_rows = Table(
    "search_rows",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    *_written_by(),
    Column("document_id", Text, nullable=False),
    Column("page", Integer, nullable=False),  # 0: type, fields and owners
    Column("filed_at", Moment, nullable=False),
    Column("exact", Tokens, nullable=False),
    Column("folded", Tokens, nullable=False),
    paper_reference(),
    UniqueConstraint("office_id", "document_id", "page", name="one_search_row_a_page"),
)
"""One row a page, and one for what is known of the paper; each begins with its marks (`search_marks`). The migrations
make the full-text indexes over it, and for PostgreSQL one by time.
"""
