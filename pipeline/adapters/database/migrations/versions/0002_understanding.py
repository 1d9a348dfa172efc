"""Tables for what people decide, for dossiers, the register and the figures of an office."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from pipeline.stages.same_name import folded_name

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    decision_table()
    dossier_tables()
    figure_columns()
    search_by_time()
    review_tables()
    search_beginnings()
    register_tables()
    sqlite_statistics()  # last: of all indexes


def text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null)


def key(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, primary_key=True) for name in names]


def decision_table() -> None:
    """Decisions of every kind, on papers and on others. Their truth is in the store, so the old rows may go."""
    op.drop_table("decisions")
    op.create_table(
        "decisions",
        *key("office_id", "decision_id"),
        *(text(name) for name in ("actor_id", "subject_id", "kind")),
        sa.Column("decided_at", MOMENT, nullable=False),
        text("record"),
    )
    op.create_index("decisions_by_subject", "decisions", ["office_id", "subject_id", "decided_at"])
    op.create_index("decisions_by_kind", "decisions", ["office_id", "kind", "decided_at"])


def paper_reference() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["office_id", "document_id"], ["papers.office_id", "papers.document_id"])


def dossier_tables() -> None:
    """Dossiers, what is in them, and the codes of digitised papers; papers are found by their dossier."""
    op.add_column("papers", text("dossier_code", null=True))
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    read = "record::json->>'dossier_code'" if on_postgresql else "json_extract(record, '$.dossier_code')"
    op.execute(f"UPDATE papers SET dossier_code = {read}")  # noqa: S608 (one of two constants)
    op.create_index("papers_by_dossier", "papers", ["office_id", "dossier_code", "filed_at"])
    op.create_table(
        "dossiers",
        *key("office_id", "code"),
        text("actor_id"),
        text("procedure", null=True),
        sa.Column("received_at", MOMENT, nullable=False),
        text("record"),
    )
    op.create_index("dossiers_by_time", "dossiers", ["office_id", "received_at"])
    op.create_table(
        "dossier_components",
        *key("office_id", "code", "component", "document_id"),
        text("actor_id"),
        sa.Column("attached_at", MOMENT, nullable=False),
        sa.Column("digitised", sa.Boolean, nullable=False),
        sa.Column("reused", sa.Integer, nullable=False),
        *(text(name, null=True) for name in ("reused_code", "result_code")),
        sa.ForeignKeyConstraint(["office_id", "code"], ["dossiers.office_id", "dossiers.code"]),
        paper_reference(),
        sa.UniqueConstraint("office_id", "result_code", name="one_result_a_code"),
    )
    op.create_index("components_by_paper", "dossier_components", ["office_id", "document_id"])
    op.create_table(
        "paper_codes",
        *key("office_id", "code"),
        *(text(name) for name in ("actor_id", "document_id", "stem")),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        text("record"),
        paper_reference(),
        sa.UniqueConstraint("office_id", "document_id", name="one_code_a_paper"),
        sa.UniqueConstraint("office_id", "stem", "number", name="one_paper_a_number"),
    )


def figure_columns() -> None:
    """What the figures count of each paper. Papers that are there already get it from their records."""
    op.add_column("papers", sa.Column("filed_on", sa.Date, nullable=False, server_default="1970-01-01"))
    op.add_column("papers", sa.Column("procedure", sa.Text))
    op.add_column("papers", sa.Column("pages", sa.Integer, nullable=False, server_default="0"))
    op.add_column("papers", sa.Column("first_state", sa.Text, nullable=False, server_default=""))
    names = ("office_id", "document_id", "record", "procedure", "pages", "first_state")
    papers = sa.table("papers", sa.column("filed_on", sa.Date), *map(sa.column, names))
    connection = op.get_bind()
    rows = connection.execute(sa.select(papers.c.office_id, papers.c.document_id, papers.c.record)).all()
    for office_id, document_id, record in rows:
        paper = json.loads(record)
        values = {
            "filed_on": (datetime.fromisoformat(paper["filed_at"]).astimezone(UTC) + timedelta(hours=7)).date(),
            "procedure": paper["procedure"],
            "pages": len(paper["source_pages"]),
            "first_state": paper["state"],
        }
        this = (papers.c.office_id == office_id) & (papers.c.document_id == document_id)
        connection.execute(sa.update(papers).where(this).values(**values))
    op.create_index("papers_by_day", "papers", ["office_id", "filed_on", "first_state", "procedure", "dossier_code"])


def search_by_time() -> None:
    """The newest rows of an office: where PostgreSQL finds what is common without looking at all that matches."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.create_index("search_rows_by_time", "search_rows", ["office_id", "filed_at", "document_id", "page"])


def review_tables() -> None:
    """The queue of open questions, and what other scans of a paper are found by.

    Papers filed before keep their reasons and get no entries in the queue: their records hold no questions.
    """
    op.add_column("papers", text("same_key", null=True))
    op.create_index("papers_by_same_key", "papers", ["office_id", "same_key"])
    op.create_table(
        "open_questions",
        *key("office_id", "document_id", "part"),
        text("actor_id"),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["office_id", "document_id"], ["papers.office_id", "papers.document_id"]),
    )
    op.create_index("questions_by_rank", "open_questions", ["office_id", "rank", "asked_at", "document_id", "part"])


def search_beginnings() -> None:
    """SQLite's index of the first two, three and four letters of words: while a name is typed, each of them begins
    words of most papers, and without this index the entries of all these words would be merged. PostgreSQL needs none.
    """
    if op.get_bind().dialect.name == "postgresql":
        return
    op.execute("DROP TABLE search_index")
    op.execute(
        "CREATE VIRTUAL TABLE search_index USING fts5(exact, folded, content='search_rows', content_rowid='id',"
        " tokenize='unicode61 remove_diacritics 0', prefix='2 3 4')"
    )
    op.execute("INSERT INTO search_index (search_index) VALUES ('rebuild')")


_REGISTER = ("paper_people", "citizen_aliases", "citizens")


def register_tables() -> None:
    """The register with numbers of every kind, earlier names and merged entries. Its old rows move over.

    SQLite drops no table that another points to, so all three are set aside and made anew, those that point first.
    """
    for name in _REGISTER:
        op.execute(f"CREATE TABLE old_{name} AS SELECT * FROM {name}")  # noqa: S608 (our own names)
        op.drop_table(name)
    citizen_tables()
    paper_people_table()
    move_citizens()
    op.execute(
        "INSERT INTO citizen_numbers (office_id, number, actor_id, citizen_id)"
        " SELECT office_id, personal_id, actor_id, citizen_id FROM old_citizens"
        " UNION SELECT office_id, number, actor_id, citizen_id FROM old_citizen_aliases"
    )
    op.execute(
        "INSERT INTO paper_people (office_id, document_id, position, actor_id, role, link, citizen_id)"
        " SELECT office_id, document_id, position, actor_id, role, link, citizen_id FROM old_paper_people"
    )
    for name in _REGISTER:
        op.drop_table(f"old_{name}")


def move_citizens() -> None:
    """Names get a key without marks, which no database can make of them."""
    connection = op.get_bind()
    columns = "citizen_id, office_id, actor_id, name, CAST(date_of_birth AS TEXT) AS born"
    old = connection.execute(sa.text(f"SELECT {columns} FROM old_citizens")).mappings().all()  # noqa: S608
    if old:
        connection.execute(
            sa.text(
                "INSERT INTO citizens (citizen_id, office_id, actor_id, kind, name, folded_name, born)"
                " VALUES (:citizen_id, :office_id, :actor_id, 'person', :name, :folded_name, :born)"
            ),
            [dict(row) | {"folded_name": folded_name(row["name"])} for row in old],
        )


def only_given(name: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(f"{name} IS NOT NULL"), "postgresql_where": sa.text(f"{name} IS NOT NULL")}


def citizen_tables() -> None:
    op.create_table(
        "citizens",
        *key("citizen_id"),
        *(text(name) for name in ("office_id", "actor_id", "kind", "name", "folded_name")),
        text("born", null=True),
        sa.Column("merged_into", sa.Text, sa.ForeignKey("citizens.citizen_id")),
    )
    op.create_index("citizens_by_name", "citizens", ["office_id", "folded_name", "born"])
    op.create_index("citizens_by_merge", "citizens", ["merged_into"], **only_given("merged_into"))
    op.create_table(
        "citizen_numbers",
        *key("office_id", "number"),
        text("actor_id"),
        sa.Column("citizen_id", sa.Text, sa.ForeignKey("citizens.citizen_id"), nullable=False),
    )
    op.create_index("numbers_by_citizen", "citizen_numbers", ["citizen_id"])
    op.create_table(
        "earlier_names",
        sa.Column("citizen_id", sa.Text, sa.ForeignKey("citizens.citizen_id"), primary_key=True),
        *key("name"),
        *(text(name) for name in ("office_id", "actor_id", "folded_name")),
    )
    op.create_index("citizens_by_earlier_name", "earlier_names", ["office_id", "folded_name"])


def paper_people_table() -> None:
    op.create_table(
        "paper_people",
        *key("office_id", "document_id"),
        sa.Column("position", sa.Integer, primary_key=True),
        *(text(name) for name in ("actor_id", "role")),
        *(text(name, null=True) for name in ("link", "number")),
        sa.Column("citizen_id", sa.Text, sa.ForeignKey("citizens.citizen_id")),
        paper_reference(),
    )
    op.create_index("papers_by_citizen", "paper_people", ["office_id", "citizen_id"])
    op.create_index("papers_by_number", "paper_people", ["office_id", "number"], **only_given("number"))


def sqlite_statistics() -> None:
    """What SQLite's planner is to think of the indexes: a million rows of one office, ten of them for a further value.

    Nobody runs ANALYZE on an embedded database. Without statistics it takes an office for as rare as a citizen, and
    reads all rows of the one office there is where that saves it sorting ten.
    """
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        return
    op.execute("ANALYZE sqlite_schema")  # makes the table of statistics
    op.execute("DELETE FROM sqlite_stat1")
    rows, some, few = 1_000_000, 200_000, 10
    shared = {"office_id": rows, "kind": some, "state": some, "first_state": some}
    for table in sa.inspect(connection).get_table_names():
        for _, index, unique, *_ in connection.exec_driver_sql(f"PRAGMA index_list('{table}')").all():
            columns = [column for *_, column in connection.exec_driver_sql(f"PRAGMA index_info('{index}')")]
            left = rows
            said = [rows]
            for number, column in enumerate(columns, start=1):
                left = min(left, shared.get(column, few))
                said.append(1 if unique and number == len(columns) else left)
            values = {"tbl": table, "idx": index, "stat": " ".join(map(str, said))}
            connection.execute(sa.text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:tbl, :idx, :stat)"), values)
    op.execute("ANALYZE sqlite_schema")  # has this connection read it; later ones do when they open
