"""The tables of dossiers, of the papers in them, and of the codes that digitised papers get."""

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Index, Integer, Table, Text, UniqueConstraint

from pipeline.adapters.database.tables import Moment, metadata, paper_reference

dossiers = Table(
    "dossiers",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("actor_id", Text, nullable=False),
    Column("procedure", Text),
    Column("received_at", Moment, nullable=False),
    Column("record", Text, nullable=False),
    Index("dossiers_by_time", "office_id", "received_at"),
)

dossier_components = Table(
    "dossier_components",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("component", Text, primary_key=True),  # "": a paper that the procedure's list does not name
    Column("document_id", Text, primary_key=True),
    Column("actor_id", Text, nullable=False),
    Column("attached_at", Moment, nullable=False),
    Column("digitised", Boolean, nullable=False),
    Column("reused", Integer, nullable=False),
    Column("reused_code", Text),
    Column("result_code", Text),
    ForeignKeyConstraint(["office_id", "code"], ["dossiers.office_id", "dossiers.code"]),
    paper_reference(),
    UniqueConstraint("office_id", "result_code", name="one_result_a_code"),
    Index("components_by_paper", "office_id", "document_id"),
)

paper_codes = Table(
    "paper_codes",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("actor_id", Text, nullable=False),
    Column("document_id", Text, nullable=False),
    Column("stem", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("given_at", Moment, nullable=False),
    Column("record", Text, nullable=False),
    paper_reference(),
    UniqueConstraint("office_id", "document_id", name="one_code_a_paper"),
    UniqueConstraint("office_id", "stem", "number", name="one_paper_a_number"),
)
