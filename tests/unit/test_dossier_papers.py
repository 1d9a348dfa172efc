"""Papers take their places in dossiers, and receipts make dossiers known."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from pipeline.errors import NotFound
from schemas.dossier import Field, Paper
from schemas.dossiers import Party
from schemas.people import PersonOnPaper
from tests.contract.examples import HUONG_NUMBER
from tests.unit.dossier_office import CODE, NOW, OFFICE, Office, dated, sure


def test_a_paper_brought_with_a_dossier_fulfils_its_row(office: Office) -> None:
    office.open()
    assert office.status(CODE, "application") == "missing"
    paper = office.file("residence_declaration", "declarant", dossier_code=CODE)
    (component,) = office.tables.dossiers.components(OFFICE, CODE)
    assert (component.component, component.document_id) == ("application", paper.document_id)
    assert (component.digitised, component.reused) == (True, 0)
    assert office.status(CODE, "application") == "held"


def test_papers_that_came_before_their_dossier_are_put_into_it(office: Office) -> None:
    paper = office.file("residence_declaration", "declarant", dossier_code=CODE)
    office.open()
    assert [one.document_id for one in office.tables.dossiers.components(OFFICE, CODE)] == [paper.document_id]


def test_a_procedure_that_becomes_known_gives_papers_their_places(office: Office) -> None:
    office.open(procedure=None)
    office.file("residence_declaration", "declarant", dossier_code=CODE)
    assert [one.component for one in office.tables.dossiers.components(OFFICE, CODE)] == [""]
    office.open()
    assert [one.component for one in office.tables.dossiers.components(OFFICE, CODE)] == ["application"]


def test_a_result_gets_the_code_of_its_dossier(office: Office) -> None:
    office.open(procedure="birth_registration")
    office.file("birth_certificate", "child", dossier_code=CODE, fields=dated("2026-03-05"))
    (result,) = office.tables.dossiers.components(OFFICE, CODE)
    assert result.result_code == f"{CODE}-KQ1"


@pytest.mark.parametrize(("issued", "is_result"), [("2025-11-01", False), ("2026-03-02", True)])
def test_what_is_asked_for_and_given_alike_is_told_by_its_date(office: Office, issued: str, is_result: bool) -> None:
    office.open(procedure="marital_status_confirmation")
    office.file("marital_status_confirmation", "subject", dossier_code=CODE, fields=dated(issued))
    (one,) = office.tables.dossiers.components(OFFICE, CODE)
    assert (one.result_code is not None) == is_result


def test_another_scan_of_a_paper_is_not_counted_twice(office: Office) -> None:
    office.open()
    first = office.file("residence_declaration", "declarant", dossier_code=CODE)
    office.file("residence_declaration", "declarant", dossier_code=CODE, rendition_of=first.document_id)
    assert len(office.tables.dossiers.components(OFFICE, CODE)) == 1


def a_receipt(office: Office, more: Mapping[str, Field] | None = None, **changes: Any) -> Paper:
    fields = {"dossier_code": CODE, "receipt_date": "2026-03-02", "due_date": "2026-03-09"}
    told = {name: sure(value) for name, value in fields.items()} | dict(more or {})
    return office.file("receipt_slip", "applicant", fields=told, dossier_code=CODE, confirmed=False, **changes)


def test_a_receipt_makes_its_dossier_known(office: Office) -> None:
    a_receipt(office)
    known = office.tables.dossiers.get(OFFICE, CODE)
    assert (known.source, known.due_on, known.owner.number) == ("receipt", date(2026, 3, 9), HUONG_NUMBER)


def test_a_receipt_tells_the_procedure_by_its_code(office: Office) -> None:
    a_receipt(office, more={"procedure_code": sure("1.001193")})
    assert office.tables.dossiers.get(OFFICE, CODE).procedure == "birth_registration"


@pytest.mark.parametrize("code", [sure("1.999999"), sure("1.001193").model_copy(update={"needs_review": True})])
def test_a_procedure_that_is_unknown_or_in_doubt_stays_open(office: Office, code: Field) -> None:
    a_receipt(office, more={"procedure_code": code})
    assert office.tables.dossiers.get(OFFICE, CODE).procedure is None


def test_a_receipt_in_doubt_makes_nothing_known(office: Office) -> None:
    a_receipt(office, state="needs_review")
    with pytest.raises(NotFound):
        office.tables.dossiers.get(OFFICE, CODE)


def test_a_paper_whose_type_was_corrected_takes_its_new_place(office: Office) -> None:
    office.open()
    paper = office.file("construction_permit", "investor", dossier_code=CODE)
    office.desk.take_in([paper.model_copy(update={"type": "residence_declaration"})])
    assert [one.component for one in office.tables.dossiers.components(OFFICE, CODE)] == ["application"]


def test_a_paper_that_was_cut_otherwise_leaves_its_dossier(office: Office) -> None:
    office.open()
    paper = office.file("residence_declaration", "declarant", dossier_code=CODE)
    office.desk.take_in([paper.model_copy(update={"state": "withdrawn"})])
    assert office.tables.dossiers.components(OFFICE, CODE) == ()


def test_a_dossier_shows_the_codes_of_its_confirmed_papers(office: Office) -> None:
    office.open()
    paper = office.file("residence_declaration", "declarant", dossier_code=CODE)
    office.file("residence_declaration", "declarant", dossier_code=CODE, confirmed=False)
    assert office.desk.view(OFFICE, CODE, {}, NOW).codes == {paper.document_id: f"{HUONG_NUMBER}..5/2026.01"}


def test_the_form_of_who_hands_it_in_counts_but_not_his_other_papers(office: Office) -> None:
    khue = PersonOnPaper(personal_id="079090000001", name="Đỗ Văn Khuê", role="applicant", link="filed")
    office.open(procedure="land_change", submitted_by=Party(number="079090000001"))
    office.file("land_change_application", "applicant", people=(khue,), dossier_code=CODE)
    expiry = {"expiry_date": sure("2030-01-01")}
    card = khue.model_copy(update={"role": "holder"})
    office.file("citizen_id_card", "holder", people=(card,), fields=expiry, keeping="fields_only")
    assert office.status(CODE, "application") == "held"
    assert office.status(CODE, "identity") == "missing"
