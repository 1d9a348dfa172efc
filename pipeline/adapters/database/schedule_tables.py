"""The tables of what runs by the clock: whose turn it is, and the marks that a night leaves on papers."""

from sqlalchemy import Column, Date, Index, Table, Text

from pipeline.adapters.database.tables import Moment, metadata, paper_reference

turns = Table(
    "turns",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

paper_marks = Table(
    "paper_marks",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("document_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("actor_id", Text, nullable=False),
    Column("day", Date, nullable=False),
    paper_reference(),
    Index("marks_by_day", "office_id", "kind", "day"),
)
