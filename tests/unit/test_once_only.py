from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.catalogue import load_catalogue
from pipeline.once_only import checklist
from pipeline.validity import months_after
from schemas.catalog import Condition, InForce, Procedure, RequiredPaper
from schemas.dossier import Field, Paper
from schemas.once_only import ChecklistRow, Visit
from schemas.people import Actor, Citizen, PersonOnPaper

CATALOGUE = load_catalogue().model_copy(update={"look_ups": {}})
MAI = Citizen(citizen_id="c1", personal_id="079190012345", name="Lê Thị Mai")
DAY = date(2026, 6, 1)


def sure(value: str) -> Field:
    return Field(value=value, confidence=0.95, evidence="ocr", needs_review=False)


def paper(kind: str, role: str, issued: str | None = "2026-03-15", **changes: Any) -> Paper:
    """A confirmed original of Mai's."""
    stated = {"issue_date": issued, "purpose": "làm thủ tục đăng ký kết hôn"}
    fields = {name: sure(value) for name, value in stated.items() if value}
    values = {
        "document_id": "d1",
        "submission_id": "s1",
        "actor": Actor(office_id="local", actor_id="local"),
        "content_sha256": "0" * 64,
        "pipeline_version": "1",
        "type": kind,
        "type_confidence": 0.95,
        "state": "filed",
        "keeping": "keep",
        "fields": fields,
        "people": (PersonOnPaper(personal_id=MAI.personal_id, name=MAI.name, role=role, link="filed"),),
        "source_pages": (1,),
        "rotations": (0,),
        "filed_at": datetime(2026, 3, 20, tzinfo=UTC),
        "copy_kind": "original",
        "confirmed_at": datetime(2026, 3, 20, tzinfo=UTC),
    }
    return Paper.model_validate(values | changes)


def row(**changes: Any) -> RequiredPaper:
    values = {
        "id": "status",
        "title": "Giấy xác nhận tình trạng hôn nhân",
        "any_of": ("marital_status_confirmation",),
        "role": "subject",
        "purposes": ("kết hôn",),
        "source": "Nghị định 123/2015/NĐ-CP",
        "verified": True,
    }
    return RequiredPaper.model_validate(values | changes)


def ask(wanted: RequiredPaper, *papers: Paper, day: date = DAY, **conditions: bool) -> ChecklistRow:
    procedure = Procedure(id="p", code="", title="Thủ tục", source="", verified=True, papers=(wanted,))
    (answer,) = checklist(procedure, CATALOGUE, MAI, papers, Visit(day=day, conditions=conditions))
    return answer


STATUS = paper("marital_status_confirmation", "subject")


def test_a_confirmed_paper_within_its_term_is_held() -> None:
    answer = ask(row(), STATUS)
    assert (answer.status, answer.demanded, answer.document_id) == ("held", False, "d1")
    assert answer.usable_until == date(2026, 9, 15)


def test_a_paper_that_is_not_there_is_demanded() -> None:
    answer = ask(row())
    assert (answer.status, answer.reason, answer.demanded) == ("missing", "none_on_file", True)


def test_an_unconfirmed_paper_is_never_held() -> None:
    answer = ask(row(), paper("marital_status_confirmation", "subject", copy_kind=None, confirmed_at=None))
    assert (answer.status, answer.reason, answer.demanded) == ("held_unconfirmed", "unconfirmed", False)


def test_a_paper_in_review_is_never_held() -> None:
    assert (
        ask(row(), paper("marital_status_confirmation", "subject", state="needs_review")).status == "held_unconfirmed"
    )


def test_a_rejected_paper_does_not_count() -> None:
    assert ask(row(), paper("marital_status_confirmation", "subject", state="rejected")).status == "missing"


def test_the_last_day_of_the_term_still_counts() -> None:
    assert ask(row(), STATUS, day=date(2026, 9, 15)).status == "held"
    assert ask(row(), STATUS, day=date(2026, 9, 16)).status == "expired"


def test_a_stricter_term_of_the_procedure_goes_before_the_papers_own() -> None:
    assert ask(row(max_age_months=2), STATUS).status == "expired"


@pytest.mark.parametrize("issued", [None, "2026-03"])
def test_an_unknown_issue_date_is_not_taken_for_valid(issued: str | None) -> None:
    answer = ask(row(), paper("marital_status_confirmation", "subject", issued))
    assert (answer.status, answer.reason, answer.demanded) == ("missing", "issue_date_unknown", True)


def test_an_issue_date_in_doubt_is_not_taken_for_valid() -> None:
    doubtful = {"issue_date": Field(value="2026-03-15", confidence=0.4, evidence="ocr", needs_review=True)}
    assert ask(row(), paper("marital_status_confirmation", "subject", fields=doubtful)).status == "missing"


def test_a_photocopy_is_the_wrong_copy() -> None:
    answer = ask(row(), paper("marital_status_confirmation", "subject", copy_kind="photocopy"))
    assert (answer.status, answer.demanded) == ("wrong_copy", True)


def test_a_paper_of_the_citizen_in_another_role_does_not_count() -> None:
    wanted = row(any_of=("birth_certificate",), role="child")
    assert ask(wanted, paper("birth_certificate", "mother")).reason == "other_role"
    assert ask(wanted, paper("birth_certificate", "child")).status == "held"


def test_a_paper_only_proposed_to_the_citizen_does_not_count() -> None:
    proposed = (PersonOnPaper(personal_id=MAI.personal_id, name=MAI.name, role="subject", link="proposed"),)
    assert ask(row(), paper("marital_status_confirmation", "subject", people=proposed)).status == "missing"


def test_any_alternative_fulfils_the_row_and_the_best_one_is_shown() -> None:
    wanted = row(any_of=("land_use_certificate", "construction_permit"), role=None)
    copy = paper("construction_permit", "investor", document_id="d2", copy_kind="photocopy")
    assert ask(wanted, copy, paper("land_use_certificate", "land_user")).document_type == "land_use_certificate"


def test_a_card_counts_until_its_printed_date() -> None:
    expiry = {"expiry_date": Field(value="2030-01-01", confidence=0.99, evidence="mrz", needs_review=False)}
    wanted = row(any_of=("citizen_id_card",), role="holder")
    assert ask(wanted, paper("citizen_id_card", "holder", fields=expiry)).usable_until == date(2030, 1, 1)
    assert ask(wanted, paper("citizen_id_card", "holder", fields={})).reason == "expiry_date_unknown"


CONDITION = Condition(id="by_proxy", question_vi="Có làm thay không?", question_en="By proxy?")


def test_a_conditional_paper_is_shown_but_not_demanded_until_the_question_is_answered() -> None:
    assert (ask(row(condition=CONDITION)).applies, ask(row(condition=CONDITION)).demanded) == ("only_if", False)
    assert ask(row(condition=CONDITION), by_proxy=True).demanded
    assert ask(row(condition=CONDITION), by_proxy=False).applies == "no"


def test_an_unverified_row_never_drives_a_demand() -> None:
    assert not ask(row(verified=False)).demanded


def test_rows_count_only_while_they_are_in_force() -> None:
    wanted = row(in_force=InForce(until=date(2026, 5, 31)))
    procedure = Procedure(id="p", code="", title="Thủ tục", source="", verified=True, papers=(wanted,))
    assert len(checklist(procedure, CATALOGUE, MAI, (), Visit(day=date(2026, 5, 31)))) == 1
    assert checklist(procedure, CATALOGUE, MAI, (), Visit(day=date(2026, 6, 1))) == ()


def test_a_procedure_out_of_force_demands_nothing() -> None:
    over = InForce(until=date(2026, 1, 1))
    procedure = Procedure(id="p", code="", title="Thủ tục", source="", verified=True, in_force=over, papers=(row(),))
    assert not checklist(procedure, CATALOGUE, MAI, (), Visit(day=DAY))[0].demanded


def test_months_end_on_the_last_day_of_a_short_month() -> None:
    assert months_after(date(2025, 8, 31), 6) == date(2026, 2, 28)


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(0, 600))
def test_months_after_never_skips_a_month(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
