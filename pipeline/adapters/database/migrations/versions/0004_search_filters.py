"""Search rows that also hold what their paper is, as marks; and for SQLite in the order the papers were filed in."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_OF_PAPER = "papers LEFT JOIN dossiers ON dossiers.office_id = papers.office_id AND dossiers.code = papers.dossier_code"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        mark_on_postgresql()
    else:
        mark_on_sqlite()


def mark_on_postgresql() -> None:
    """The indexes are made once, at the end, which is quicker than a row at a time."""

    def named(kind: str, value: str) -> str:
        return f"chr(57344) || '{kind}' || encode(convert_to({value}, 'UTF8'), 'hex') || chr(57344)"

    def day(kind: str, form: str) -> str:
        return f"chr(57344) || '{kind}' || to_char(papers.filed_on, '{form}') || chr(57344)"

    marks = [
        named("t", "papers.record::json->>'type'"),
        named("s", "papers.record::json->>'state'"),
        named("p", "coalesce(dossiers.procedure, papers.procedure)"),
        day("y", "YYYY"),
        day("m", "YYYYMM"),
        day("d", "YYYYMMDD"),
        "CASE WHEN page = 0 THEN chr(57344) || 'w' || chr(57344) END",
    ]
    marked = f"array_to_tsvector(array_remove(ARRAY[{', '.join(marks)}], NULL))"
    for name in ("exact", "folded"):
        op.execute(f"DROP INDEX search_{name}")
    op.execute(
        f"UPDATE search_rows SET exact = {marked} || exact, folded = {marked} || folded"  # noqa: S608 (our own text)
        f" FROM {_OF_PAPER} WHERE search_rows.office_id = papers.office_id"
        " AND search_rows.document_id = papers.document_id"
    )
    for name in ("exact", "folded"):
        op.execute(f"CREATE INDEX search_{name} ON search_rows USING gin ({name})")


def mark_on_sqlite() -> None:
    """The ids of a paper's rows now leave room for all its pages, page 0 first."""

    def named(kind: str, value: str) -> str:
        return f"char(57344) || '{kind}' || lower(hex({value})) || char(57344) || ' '"

    def day(kind: str, chars: int) -> str:
        return f"char(57344) || '{kind}' || substr(replace(papers.filed_on, '-', ''), 1, {chars}) || char(57344) || ' '"

    procedure = "coalesce(dossiers.procedure, papers.procedure)"
    marks = [
        named("t", "json_extract(papers.record, '$.type')"),
        named("s", "json_extract(papers.record, '$.state')"),
        f"CASE WHEN {procedure} IS NULL THEN '' ELSE {named('p', procedure)} END",
        *(day(kind, chars) for kind, chars in (("y", 4), ("m", 6), ("d", 8))),
    ]
    before = "ORDER BY papers.filed_at, papers.document_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    first_id = f"1 + coalesce(sum(papers.pages + 1) OVER ({before}), 0)"
    marked = "CASE WHEN page = 0 THEN char(57344) || 'w' || char(57344) || ' ' ELSE '' END || marks ||"
    found = op.get_bind().execute(
        sa.text("SELECT name, sql FROM sqlite_master WHERE tbl_name = 'search_rows' AND type = 'trigger'")
    )
    triggers = {row.name: row.sql for row in found}
    for name in triggers:
        op.execute(f"DROP TRIGGER {name}")
    op.execute(
        f"CREATE TEMP TABLE placed AS SELECT papers.office_id, papers.document_id, {first_id} AS first_id,"  # noqa: S608
        f" {' || '.join(marks)} AS marks FROM {_OF_PAPER}"
    )
    op.execute("CREATE UNIQUE INDEX temp.placed_papers ON placed (office_id, document_id)")
    op.execute("CREATE TEMP TABLE old_rows AS SELECT * FROM search_rows")
    op.execute("DELETE FROM search_rows")
    op.execute(
        "INSERT INTO search_rows (id, office_id, actor_id, document_id, page, filed_at, exact, folded)"  # noqa: S608
        f" SELECT first_id + page, old.office_id, actor_id, old.document_id, page, filed_at, {marked} exact,"
        f" {marked} folded FROM old_rows AS old JOIN placed"
        " ON placed.office_id = old.office_id AND placed.document_id = old.document_id ORDER BY first_id, page"
    )
    for name in ("old_rows", "placed"):
        op.execute(f"DROP TABLE temp.{name}")
    op.execute("INSERT INTO search_index (search_index) VALUES ('rebuild')")
    for trigger in triggers.values():
        op.execute(trigger)
