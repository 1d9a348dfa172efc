"""The tables by which store and rows are kept in step."""

from sqlalchemy import Column, Index, Integer, Table, Text

from pipeline.adapters.database.tables import Moment, metadata

changed_rows = Table(
    "changed_rows",
    metadata,
    Column("mark", Text, primary_key=True),
    Column("office_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Index("changed_rows_by_office", "office_id"),
)
"""Rows whose record in the store does not say yet what they say. Marks are only added and removed, never updated, so
that two transactions which change the same things in another order do not wait for each other.
"""

restoring = Table("restoring", metadata, Column("begun_at", Moment, primary_key=True))
"""One row while all others are made anew of the store; none otherwise."""

integrity = Table(
    "integrity",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("place", Text, nullable=False),  # where the rotation goes on
    Column("checked_at", Moment, nullable=False),
    Column("objects", Integer, nullable=False),
    Column("round_ended_at", Moment),  # when all had been looked at last
)
"""How far the office's objects and rows have been checked."""

integrity_findings = Table(
    "integrity_findings",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("found_at", Moment, nullable=False),
)
"""What is not as it should be and could not be put right."""
