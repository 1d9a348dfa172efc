"""Watches every statement that the contract tests send: what reads or changes rows of offices says of which office."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Delete, Engine, FromClause, Join, Select, Table, Update, event
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, ClauseElement, ColumnClause, ColumnElement
from sqlalchemy.sql.selectable import AliasedReturnsRows

from pipeline.adapters.database.tables import metadata

OWNED = frozenset(table for table in metadata.tables.values() if "office_id" in table.c)
"""Tables whose rows belong to an office."""
WITHOUT_OFFICE: dict[str, frozenset[str]] = {
    # Who signs in is of no office yet: a login, an identity and a secret are each unique in the installation.
    "AccountTable.add": frozenset({"accounts"}),
    "AccountTable.by_login": frozenset({"accounts"}),
    "AccountTable.by_subject": frozenset({"accounts"}),
    "SessionTable.add_link": frozenset({"accounts"}),
    "SessionTable.half": frozenset({"accounts", "sessions"}),
    "SessionTable.open": frozenset({"accounts"}),
    "SessionTable.take_link": frozenset({"accounts", "sessions"}),
    "SessionTable.use": frozenset({"accounts", "sessions"}),
    "TokenTable.use": frozenset({"accounts", "api_tokens"}),
    # A session is known by the hash of a secret that its own browser alone has, and belongs to one account.
    "AccountTable.change": frozenset({"visits"}),
    "AccountTable.set_factor": frozenset({"visits"}),
    "AccountTable.set_password": frozenset({"visits"}),
    "AnswerTable.last": frozenset({"answer_times"}),
    "AnswerTable.of_session": frozenset({"answer_times"}),
    "ClaimTable.release": frozenset({"claims"}),
    "ClaimTable.take": frozenset({"claims"}),
    "SessionTable.close": frozenset({"sessions", "visits"}),
    "SessionTable.prove": frozenset({"sessions"}),
    "SessionTable.set_purpose": frozenset({"sessions", "visits"}),
    "VisitTable.open": frozenset({"sessions", "visits"}),
    # Workers and schedules serve all offices; what they take up tells its office, by which all else is asked.
    "AnsweredTable.expire": frozenset({"answered_requests"}),
    "HookTable.claim": frozenset({"deliveries", "papers", "webhooks"}),
    "HookTable.delivered": frozenset({"deliveries"}),
    "HookTable.failed": frozenset({"deliveries"}),
    "LeaseTable.claim": frozenset({"submissions"}),
    "LeaseTable.fail": frozenset({"submissions"}),
    "LeaseTable.file": frozenset({"papers", "search_rows", "submissions"}),  # the next free id of SQLite's index
    "LeaseTable.finish": frozenset({"page_ranges", "submissions"}),
    "LeaseTable.give_up": frozenset({"submissions"}),
    "LeaseTable.held": frozenset({"submissions"}),
    "LeaseTable.release": frozenset({"submissions"}),
    "LeaseTable.renew": frozenset({"submissions"}),
    "LeaseTable.waiting": frozenset({"submissions"}),
    "PageRangeTable.claim": frozenset({"page_ranges", "submissions"}),
    "PageRangeTable.cut": frozenset({"page_ranges"}),
    "PageRangeTable.finish": frozenset({"page_ranges"}),
    "PageRangeTable.pages_left": frozenset({"page_ranges"}),
    "PageRangeTable.release": frozenset({"page_ranges"}),
    "PageRangeTable.renew": frozenset({"page_ranges"}),
    "PaperTable.change": frozenset({"papers", "search_rows"}),  # the next free id of SQLite's index
    "RecordTable.changed": frozenset({"changed_rows"}),
    "RecordTable.recorded": frozenset({"changed_rows"}),
    "SessionTable.close_idle": frozenset({"sessions", "visits"}),
    # The operator's commands and what measures the installation.
    "AccountTable.of_office": frozenset({"accounts"}),
    "AuditTrailTable.offices": frozenset({"audit_heads"}),
    "LoadCounts.measure": frozenset(
        {
            "audit_heads",
            "decisions",
            "deliveries",
            "integrity",
            "integrity_findings",
            "open_questions",
            "sessions",
            "submissions",
        }
    ),
    "RestoringTable.begin": frozenset(table.name for table in OWNED),
    "RestoringTable.is_empty": frozenset({"citizens", "decisions", "papers", "submissions"}),
    "RestoringTable.restore": frozenset({"papers", "search_rows", "submissions"}),
    "RowSnapshots.load": frozenset(table.name for table in OWNED),
    "RowSnapshots.require_fillable": frozenset(table.name for table in OWNED),
    "RowSnapshots.save": frozenset(table.name for table in OWNED),
    "RowSnapshots.some_papers": frozenset({"papers"}),
}
"""The methods that may ask a table without an office, by why they may. All others are an officer's or a program's."""
_HERE = "pipeline.adapters.database."
_EQUAL = (operators.eq, operators.in_op)


@contextmanager
def watched() -> Iterator[set[tuple[str, str]]]:
    """Pairs of a port's method and a table that it asked without naming an office, while the block runs."""
    found: set[tuple[str, str]] = set()

    def look(_: Connection, statement: ClauseElement, *__: object) -> None:
        without = asked_without_office(statement)
        method = _asked_by() if without else ""
        found.update((method, name) for name in without if method)

    event.listen(Engine, "before_execute", look)
    try:
        yield found
    finally:
        event.remove(Engine, "before_execute", look)


def forbidden(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the pairs that no reason is given for."""
    return {(method, table) for method, table in found if table not in WITHOUT_OFFICE.get(method, ())}


def asked_without_office(statement: ClauseElement, outside: frozenset[FromClause] = frozenset()) -> set[str]:
    """The tables of offices that a SELECT, UPDATE or DELETE in this goes through with no office in its WHERE.

    Args:
        statement: a statement, or a part of one.
        outside: what the statement round it reads; a part that is no table of its own sees those rows.
    """
    found, inside = set[str](), outside
    if isinstance(statement, Select | Update | Delete):
        own = _sources(statement) - outside
        inside = outside | own
        if not _names_office(statement.whereclause, own):
            tables = [getattr(source, "element", source) for source in own]
            found = {table.name for table in tables if isinstance(table, Table) and table in OWNED}
    elif isinstance(statement, AliasedReturnsRows):
        inside = frozenset()
    for part in statement.get_children():
        found |= asked_without_office(part, inside)
    return found


def _sources(statement: Select[Any] | Update | Delete) -> frozenset[FromClause]:
    if not isinstance(statement, Select):
        return frozenset({statement.table})
    return frozenset(source for one in statement.get_final_froms() for source in _joined(one))


def _joined(source: FromClause) -> Iterator[FromClause]:
    if isinstance(source, Join):
        yield from _joined(source.left)
        yield from _joined(source.right)
    else:
        yield source


def _names_office(condition: ColumnElement[bool] | None, own: frozenset[FromClause]) -> bool:
    """Whether an office is compared with one that is asked for, or with that of a row outside, which is looked at too.

    The offices of two of its own rows compared with each other prove nothing.
    """
    if condition is None:
        return False
    sides = [(one.left, one.right) for one in _compared(condition) if one.operator in _EQUAL]
    return any(_is_office(one, own) != _is_office(other, own) for one, other in sides)


def _compared(condition: ClauseElement) -> Iterator[BinaryExpression[Any]]:
    """The comparisons of a condition, without those of statements within it."""
    if isinstance(condition, BinaryExpression):
        yield condition
    for part in condition.get_children():
        if not isinstance(part, Select):
            yield from _compared(part)


def _is_office(side: ColumnElement[object], own: frozenset[FromClause]) -> bool:
    """Whether a side of a comparison is made of the office of one of its own rows."""
    columns = [part for part in visitors.iterate(side) if isinstance(part, ColumnClause)]
    return any(one.name == "office_id" and one.table in own for one in columns)


def _asked_by() -> str:
    """The port's method that is at work: the outermost of our tables' methods on the stack."""
    frame, method = sys._getframe(1), ""
    while frame is not None:
        owner = frame.f_locals.get("self")
        if frame.f_globals.get("__name__", "").startswith(_HERE) and owner is not None:
            method = f"{type(owner).__name__}.{frame.f_code.co_name}"
        frame = frame.f_back  # type: ignore[assignment]
    return method
