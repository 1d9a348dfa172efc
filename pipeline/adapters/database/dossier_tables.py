"""The tables of dossiers, of the papers in them, and of the codes that digitised papers get."""

from sqlalchemy import Boolean, Column, Date, ForeignKeyConstraint, Index, Integer, Table, Text, UniqueConstraint

from pipeline.adapters.database.tables import Moment, metadata, only_given, paper_reference

dossiers = Table(
    "dossiers",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("actor_id", Text, nullable=False),
    Column("procedure", Text),
    Column("received_at", Moment, nullable=False),
    Column("due_on", Date),
    Column("owner_number", Text),  # digits and capitals only, as in citizen_numbers
    Column("by_number", Text),  # of who handed it in
    Column("open_since", Moment),  # null: its result is on file
    Column("owes_since", Moment),  # null: no paper is missing that is known to be demanded
    Column("uncompared_since", Moment),  # null: no paper in it waits to be compared
    Column("record", Text, nullable=False),
    Index("dossiers_by_time", "office_id", "received_at"),
    Index("dossiers_by_due", "office_id", "due_on", **only_given("open_since")),
    Index("dossiers_by_owner", "office_id", "owner_number", **only_given("open_since")),
    Index("dossiers_by_bringer", "office_id", "by_number", **only_given("open_since")),
    Index("dossiers_owing", "office_id", "owes_since", **only_given("owes_since")),
    Index("dossiers_uncompared", "office_id", "uncompared_since", **only_given("uncompared_since")),
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

proposals = Table(
    "proposals",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("document_id", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("actor_id", Text, nullable=False),
    Column("component", Text, nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("asked_at", Moment),  # null: somebody has answered
    ForeignKeyConstraint(["office_id", "code"], ["dossiers.office_id", "dossiers.code"]),
    paper_reference(),
    Index("proposals_open", "office_id", "asked_at", **only_given("asked_at")),
)
"""Papers that came without a dossier's code, and dossiers they may belong to."""

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
