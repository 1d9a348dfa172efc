"""What need not be brought for a dossier: papers on file are used again, data are looked up."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.catalogue import load_catalogue
from pipeline.errors import NotFound, ScanRejected
from schemas.dossier import Paper
from tests.contract.examples import ACTOR, huong
from tests.unit.dossier_office import CATALOGUE, CODE, NOW, OFFICE, OTHER_CODE, Office, open_office


def with_land_paper(office: Office, **changes: Any) -> Paper:
    """Hường's construction permit is on file from before; her new dossier asks for proof of where she lives."""
    office.open()
    return office.file("construction_permit", "investor", **changes)


def reuse(office: Office, paper: Paper) -> Any:
    return office.desk.reuse(ACTOR, CODE, "dwelling", paper.document_id, "đăng ký tạm trú")


def test_a_paper_on_file_serves_another_dossier(office: Office) -> None:
    paper = with_land_paper(office)
    attached, code = reuse(office, paper), office.tables.dossiers.code_of(OFFICE, paper.document_id)
    assert code is not None
    assert (attached.reused, attached.reused_code, attached.component) == (2, code.code, "dwelling")
    assert office.tables.dossiers.components(OFFICE, CODE) == (attached,)


def test_who_used_a_paper_again_for_what_is_in_the_store_before_anything_changes(office: Office) -> None:
    paper = with_land_paper(office)
    reuse(office, paper)
    (decision,) = office.store.find(f"decisions/{OFFICE}/{paper.document_id}/")
    assert decision.size_bytes > 0


def test_a_paper_nobody_compared_with_its_original_is_not_used_again(office: Office) -> None:
    paper = with_land_paper(office, confirmed=False)
    with pytest.raises(ScanRejected) as caught:
        reuse(office, paper)
    assert (caught.value.code, caught.value.detail) == ("reuse_refused", "unconfirmed")
    assert list(office.store.find(f"decisions/{OFFICE}/{paper.document_id}/")) == []


def test_a_stranger_s_paper_is_not_used_again(office: Office) -> None:
    paper = with_land_paper(office, people=(huong(personal_id="079090000001", role="investor"),))
    with pytest.raises(ScanRejected) as caught:
        reuse(office, paper)
    assert "other_role" in caught.value.detail


def test_only_what_the_procedure_asks_for_can_be_served(office: Office) -> None:
    paper = with_land_paper(office)
    with pytest.raises(NotFound) as caught:
        office.desk.reuse(ACTOR, CODE, "nothing", paper.document_id, "x")
    assert caught.value.code == "no_such_component"


def test_a_look_up_without_a_rule_that_allows_it_is_refused(office: Office) -> None:
    office.open(procedure="land_change")
    with pytest.raises(ScanRejected) as caught:
        office.desk.look_up(ACTOR, CODE, "identity", "found")
    assert caught.value.code == "look_up_refused"


def test_what_was_looked_up_is_kept_and_answers_for_that_dossier_only(tmp_path: Path) -> None:
    rule = load_catalogue().look_ups["nq_66_7_2025"]
    always = rule.model_copy(update={"in_force": rule.in_force.model_copy(update={"since": None, "until": None})})
    catalogue = CATALOGUE.model_copy(update={"look_ups": {rule.id: always}})
    with open_office(tmp_path, catalogue) as office:
        for code in (CODE, OTHER_CODE):
            office.open(code=code, procedure="land_change")
        office.desk.look_up(ACTOR, CODE, "identity", "found")
        reasons = [
            next(row.reason for row in office.desk.view(OFFICE, code, {}, NOW).rows if row.id == "identity")
            for code in (CODE, OTHER_CODE)
        ]
        assert reasons == ["found_in_database", "look_in_database"]
        assert len(list(office.store.find(f"decisions/{OFFICE}/{CODE}/"))) == 1
