"""The tables of the work at the counter: visits, locked questions, calls, and what other systems are told."""

from sqlalchemy import Column, Date, Float, ForeignKey, Index, Integer, Table, Text

from pipeline.adapters.database.tables import Moment, metadata, only_given

visits = Table(
    "visits",
    metadata,
    Column("visit_id", Text, primary_key=True),
    Column("office_id", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("procedure", Text, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("record", Text, nullable=False),
    Index("visits_by_time", "office_id", "opened_at", "procedure"),
)

claims = Table(
    "claims",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("subject_id", Text, primary_key=True),  # a paper, or a submission whose cuts are asked about
    Column("actor_id", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("page_id", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("claimed_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index("claims_by_session", "session_id"),
)

answer_times = Table(
    "answer_times",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("decision_id", Text, primary_key=True),
    Column("actor_id", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("answered_at", Moment, nullable=False),
    Column("seconds", Float),  # null: nobody held the question all the time until it was answered
    Index("answer_times_by_day", "office_id", "answered_at"),
    Index("answer_times_by_session", "session_id", "answered_at"),
)

earlier_papers = Table(
    "earlier_papers",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("decision_id", Text, primary_key=True),  # by which it became what it is now
    Column("document_id", Text, primary_key=True),
    Column("actor_id", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("was", Text),  # the record as it was; null: the decision has made the paper
    Column("became", Text, nullable=False),
    Column("texts", Text),  # null: they stayed as they are
    Column("entered", Text, nullable=False),  # entries that came onto the register with it, with spaces between
    Index("earlier_papers_by_paper", "office_id", "document_id"),
    Index("earlier_papers_by_time", "office_id", "changed_at"),
)
"""So that an answer can be taken back within a day."""

calls = Table(
    "calls",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("office_id", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("dossier_code", Text, nullable=False),
    Column("called_at", Moment, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("brings_on", Date),
    Index("calls_by_dossier", "office_id", "dossier_code", "called_at"),
)

answered_requests = Table(
    "answered_requests",
    metadata,
    Column("office_id", Text, primary_key=True),
    Column("actor_id", Text, primary_key=True),
    Column("idempotency_key", Text, primary_key=True),
    Column("request_sha256", Text),  # null, as its status: it is being answered
    Column("begun_at", Moment, nullable=False),
    Column("status", Integer),
    Column("media_type", Text),
    Column("body", Text),
    Index("answered_requests_by_time", "begun_at"),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("hook_id", Text, primary_key=True),
    Column("office_id", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("disabled_at", Moment),
    Index("webhooks_by_office", "office_id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("delivery_id", Text, primary_key=True),
    Column("hook_id", Text, ForeignKey("webhooks.hook_id"), nullable=False),
    Column("office_id", Text, nullable=False),
    Column("actor_id", Text, nullable=False),  # whose paper it is about
    Column("event", Text, nullable=False),
    Column("document_id", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment),  # null: delivered, or given up
    Column("delivered_at", Moment),
    Column("last_error", Text),
    Index("deliveries_due", "next_at", **only_given("next_at")),
    Index("deliveries_by_hook", "hook_id", "made_at"),
)
