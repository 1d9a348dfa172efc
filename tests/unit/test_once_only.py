"""Which papers of a procedure are held, and which may be demanded."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import NotFound
from pipeline.local_time import VIETNAM
from pipeline.once_only import checklist
from pipeline.validity import months_after, validity
from schemas.catalog import Condition, InForce, Procedure
from schemas.dossier import Field
from schemas.once_only import Visit
from schemas.people import PersonOnPaper
from tests.unit.checklists import A_DOSSIER, ANOTHER, CATALOGUE, DAY, MAI, ask, paper, row, sure

STATUS = paper("marital_status_confirmation", "subject")


def test_an_answer_to_a_question_that_the_procedure_does_not_ask_is_refused() -> None:
    with pytest.raises(NotFound) as caught:
        ask(row(), STATUS, by_contrct=True)
    assert caught.value.code == "no_such_condition"


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


def test_a_paper_that_must_be_signed_and_is_not_is_never_held() -> None:
    copy = {"object_key": "archive/a/b/1.v1.pdf", "sha256": "ab" * 32}
    unsigned = paper("marital_status_confirmation", "subject", **copy)
    answer = ask(row(), unsigned, signatures=True)
    assert (answer.status, answer.reason, answer.demanded) == ("held_unconfirmed", "unsigned", False)
    assert ask(row(), unsigned).status == "held"


def test_values_alone_have_nothing_to_be_signed() -> None:
    assert ask(row(), STATUS, signatures=True).status == "held"


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


# Validity


def test_a_paper_that_was_superseded_holds_no_longer_and_is_shown() -> None:
    ended = paper("marital_status_confirmation", "subject", invalid_state="superseded", invalid_from=DAY)
    answer = ask(row(), ended)
    assert (answer.status, answer.reason, answer.demanded) == ("superseded", "superseded", True)
    assert answer.document_id == "d1"
    assert ask(row(), ended, day=DAY - timedelta(days=1)).status == "held"


def test_a_cancelled_paper_is_out_of_force() -> None:
    answer = ask(row(), paper("marital_status_confirmation", "subject", invalid_state="cancelled", invalid_from=DAY))
    assert (answer.status, answer.reason, answer.demanded) == ("expired", "cancelled", True)


def test_a_paper_dated_after_the_visit_is_not_held() -> None:
    late = paper("marital_status_confirmation", "subject", "2026-06-02")
    assert (ask(row(), late).status, ask(row(), late).reason) == ("missing", "issued_later")


def test_validity_tells_its_rule_and_where_it_stands() -> None:
    kind = CATALOGUE.types["marital_status_confirmation"]
    told = validity(kind, STATUS, DAY)
    assert (told.state, told.rule, told.until) == ("valid", "months", date(2026, 9, 15))
    assert told.source == kind.validity.source
    assert validity(kind, STATUS, date(2027, 1, 1)).state == "expired"


def test_a_type_without_a_rule_has_no_known_validity() -> None:
    assert validity(CATALOGUE.types["authorization_letter"], paper("authorization_letter", "agent"), DAY).state == (
        "unknown"
    )


@pytest.mark.parametrize("flagged", ["d1", "d2"])
def test_a_flag_on_one_scan_of_a_record_is_a_flag_on_all(flagged: str) -> None:
    scans = [paper("birth_certificate", "child"), paper("birth_certificate", "child", document_id="d2")]
    scans[1] = scans[1].model_copy(update={"rendition_of": "d1"})
    ended = {"invalid_state": "superseded", "invalid_from": DAY}
    scans = [one.model_copy(update=ended) if one.document_id == flagged else one for one in scans]
    assert ask(row(any_of=("birth_certificate",), role="child"), *scans).status == "superseded"


# Purpose, single use, sheets that are handed in


def test_a_paper_issued_for_another_purpose_is_not_held() -> None:
    for_loan = paper("marital_status_confirmation", "subject")
    for_loan = for_loan.model_copy(update={"fields": for_loan.fields | {"purpose": sure("vay vốn tại ngân hàng")}})
    assert (ask(row(), for_loan).status, ask(row(), for_loan).reason) == ("missing", "other_purpose")


@pytest.mark.parametrize("purpose", [None, sure("không dùng để đăng ký kết hôn")])
def test_a_purpose_that_is_not_certain_serves_none(purpose: Field | None) -> None:
    fields = {name: value for name, value in STATUS.fields.items() if name != "purpose"}
    fields |= {"purpose": purpose} if purpose else {}
    assert ask(row(), STATUS.model_copy(update={"fields": fields})).reason == "purpose_unknown"


FORM = row(any_of=("birth_registration_form",), role="applicant", purposes=())


@pytest.mark.parametrize(("dossier", "status"), [(A_DOSSIER, "held"), (ANOTHER, "missing"), (None, "missing")])
def test_a_sheet_for_one_use_counts_in_its_own_dossier(dossier: str | None, status: str) -> None:
    form = paper("birth_registration_form", "applicant", dossier_code=A_DOSSIER)
    assert ask(FORM, form, dossier_code=dossier).status == status


@pytest.mark.parametrize(("hours_after", "status"), [(0, "held"), (24, "missing")])
def test_without_a_dossier_a_sheet_for_one_use_counts_on_its_day(hours_after: int, status: str) -> None:
    filed = datetime(DAY.year, DAY.month, DAY.day, 10, tzinfo=VIETNAM) - timedelta(hours=hours_after)
    assert ask(FORM, paper("birth_registration_form", "applicant", filed_at=filed)).status == status


def test_a_sheet_that_is_handed_in_is_not_replaced_by_its_copy() -> None:
    wanted = row(any_of=("land_use_certificate",), role="land_user", surrendered=True)
    held = paper("land_use_certificate", "land_user", dossier_code=A_DOSSIER)
    assert ask(wanted, held, dossier_code=ANOTHER).reason == "sheet_itself"
    assert ask(wanted, held, dossier_code=A_DOSSIER).status == "held"


def test_anothers_paper_counts_only_where_it_was_brought_for_just_this() -> None:
    wanted = row(any_of=("death_certificate_extract",), role=None, of_another=True)
    spouses = (PersonOnPaper(personal_id="079090000001", name="Đỗ Văn Khuê", role="deceased", link="filed"),)
    extract = paper("death_certificate_extract", "deceased", people=spouses, dossier_code=A_DOSSIER)
    assert ask(wanted, extract, dossier_code=A_DOSSIER).status == "held"
    assert ask(wanted, extract, dossier_code=ANOTHER).reason == "other_role"
    assert ask(row(any_of=("death_certificate_extract",), role=None), extract, dossier_code=A_DOSSIER).status == (
        "missing"
    )
