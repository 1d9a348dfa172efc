"""The nightly marks: what has expired, what will soon, and what need be kept no longer."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from pipeline.adapters.database.engine import Database, open_database
from pipeline.marking import mark_office
from schemas.catalog import Catalogue, DocumentType, Retention, Validity
from schemas.dossier import Paper
from schemas.dossiers import Component, Dossier, Party
from schemas.marks import MarkKind, PaperMark
from tests.contract.examples import ACTOR, a_field, file
from tests.unit.desk import CATALOGUE

OFFICE, CODE = ACTOR.office_id, "H29.12.34-260302-0001"
TODAY = date(2030, 6, 1)
STATUS, BIRTH, DECISION = "marital_status_confirmation", "birth_certificate", "decision"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'hoso.db'}")
    yield opened
    opened.close()


def kind(name: str, **changes: Any) -> DocumentType:
    return CATALOGUE.types[name].model_copy(update=changes)


def months(count: int) -> Validity:
    return Validity(source="a law", verified=True, rule="months", months=count)


def kept_for(years: int | None) -> Retention:
    return Retention(source="a list of terms", verified=True, years=years)


def issued(database: Database, day: date, **changes: Any) -> Paper:
    return file(database, "text", type=STATUS, fields={"issue_date": a_field(day.isoformat())}, **changes)


def marked(database: Database, *kinds: DocumentType, today: date = TODAY) -> list[PaperMark]:
    catalogue = Catalogue(types={one.id: one for one in kinds}, procedures={})
    mark_office(database, catalogue, OFFICE, today)
    return [mark for name in get_args(MarkKind) for mark in database.marks.listed(OFFICE, name, 99)]


def test_a_paper_whose_term_is_over_has_expired(database: Database) -> None:
    paper = issued(database, date(2029, 11, 30))
    found = marked(database, kind(STATUS, validity=months(6)))
    assert found == [PaperMark(document_id=paper.document_id, kind="expired", day=date(2030, 5, 30))]


def test_a_paper_that_holds_for_thirty_more_days_expires_soon(database: Database) -> None:
    soon, _ = issued(database, date(2030, 1, 1)), issued(database, date(2030, 1, 2))
    found = marked(database, kind(STATUS, validity=months(6)))
    assert found == [PaperMark(document_id=soon.document_id, kind="expiring", day=date(2030, 7, 1))]


def test_a_mark_follows_the_day(database: Database) -> None:
    issued(database, date(2030, 1, 1))
    status = kind(STATUS, validity=months(6))
    assert [mark.kind for mark in marked(database, status)] == ["expiring"]
    assert [mark.kind for mark in marked(database, status, today=TODAY + timedelta(days=60))] == ["expired"]


@pytest.mark.parametrize(
    "change",
    [{"state": "withdrawn"}, {"rendition_of": "another"}, {"invalid_state": "cancelled"}, {"type": "unheard_of"}],
)
def test_what_counts_no_more_does_not_expire(database: Database, change: dict[str, str]) -> None:
    values: dict[str, Any] = {"type": STATUS, "fields": {"issue_date": a_field("2020-01-01")}} | change
    file(database, "text", **values)
    assert marked(database, kind(STATUS, validity=months(6))) == []


def test_a_paper_need_be_kept_no_longer_after_full_years(database: Database) -> None:
    paper = file(database, "text", type=BIRTH, filed_at=datetime(2024, 2, 1, tzinfo=UTC))
    kinds = kind(BIRTH, retention=kept_for(5))
    assert marked(database, kinds, today=date(2029, 12, 31)) == []
    over = PaperMark(document_id=paper.document_id, kind="keeping_over", day=date(2030, 1, 1))
    assert marked(database, kinds, today=date(2030, 1, 1)) == [over]


@pytest.mark.parametrize("retention", [None, kept_for(None)])
def test_what_is_kept_for_good_or_for_an_unknown_term_is_never_over(
    database: Database, retention: Retention | None
) -> None:
    file(database, "text", type=BIRTH, filed_at=datetime(1990, 2, 1, tzinfo=UTC))
    assert marked(database, kind(BIRTH, retention=retention)) == []


def test_a_dossier_is_kept_as_long_as_what_must_be_kept_longest(database: Database) -> None:
    a_dossier(database, with_result=True)
    short, long = kind(BIRTH, retention=kept_for(2)), kind(DECISION, retention=kept_for(5))
    assert marked(database, short, long, today=date(2029, 12, 31)) == []
    assert len(marked(database, short, long, today=date(2030, 1, 1))) == 2


def test_a_dossier_without_a_result_has_not_ended(database: Database) -> None:
    a_dossier(database, with_result=False)
    assert marked(database, kind(BIRTH, retention=kept_for(2)), kind(DECISION, retention=kept_for(5))) == []


def test_a_dossier_with_a_paper_of_an_unknown_term_is_kept(database: Database) -> None:
    a_dossier(database, with_result=True)
    assert marked(database, kind(BIRTH, retention=kept_for(2)), kind(DECISION)) == []


def a_dossier(database: Database, *, with_result: bool) -> None:
    """A paper that was brought, and a decision, in one dossier of 2024."""
    moment = datetime(2024, 2, 1, tzinfo=UTC)
    dossier = Dossier(code=CODE, actor=ACTOR, source="opened", owner=Party(), received_at=moment)
    database.dossiers.put(dossier, lambda known: (known, ()))
    for name in (BIRTH, DECISION):
        paper = file(database, "text", type=name, filed_at=moment, dossier_code=CODE)
        component = Component(
            dossier_code=CODE,
            component="",
            document_id=paper.document_id,
            actor=ACTOR,
            attached_at=moment,
            digitised=True,
        )
        if name == DECISION and with_result:
            database.dossiers.attach_result(component)
        else:
            database.dossiers.attach(component)
