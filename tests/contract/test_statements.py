"""What watches the statements of all contract tests does see one that names no office."""

import pytest
from sqlalchemy import Delete, Select, Update, delete, exists, select, update

from pipeline.adapters.database import engine
from pipeline.adapters.database.access_tables import accounts, sessions
from pipeline.adapters.database.tables import papers
from tests.contract.statements import WITHOUT_OFFICE, asked_without_office

OURS, HERE = papers.c.document_id == "d", papers.c.office_id == "phuong-a"


@pytest.mark.parametrize(
    "statement",
    [
        select(papers),
        select(papers.c.record).where(OURS),
        update(papers).where(OURS).values(record=""),
        delete(papers).where(OURS),
        select(papers).join(accounts, accounts.c.office_id == papers.c.office_id).where(OURS),
        select(papers).where(OURS, papers.c.office_id == accounts.c.office_id),
        select(papers).where(OURS, exists().where(accounts.c.office_id == papers.c.office_id)),
        select(papers.alias()),
    ],
)
def test_a_statement_without_an_office_is_seen(statement: Select[tuple[str]] | Update | Delete) -> None:
    assert "papers" in asked_without_office(statement)


@pytest.mark.parametrize(
    "statement",
    [
        select(papers).where(OURS, HERE),
        update(papers).where(OURS, HERE).values(record=""),
        delete(papers).where(HERE),
        select(papers).where(HERE, exists().where(accounts.c.office_id == papers.c.office_id)),
    ],
)
def test_a_statement_with_an_office_passes(statement: Select[tuple[str]] | Update | Delete) -> None:
    assert asked_without_office(statement) == set()


def test_who_may_ask_without_an_office_is_a_method_that_there_is() -> None:
    methods = {f"{name}.{method}" for name, owner in vars(engine).items() for method in dir(owner)}
    assert {name for name in WITHOUT_OFFICE if name not in methods} == set()


def test_a_sessions_own_table_is_watched_too() -> None:
    assert asked_without_office(select(sessions.c.purpose).where(sessions.c.account_id == "a")) == {"sessions"}
