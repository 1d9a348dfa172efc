"""Codes of digitised papers."""

from datetime import date

import pytest

from pipeline.recording import record_changes
from pipeline.settings import Settings
from schemas.dossiers import Party
from tests.contract.examples import HUONG_NUMBER, huong
from tests.unit.dossier_office import OFFICE, Office, dated, sure


def test_a_confirmed_paper_gets_the_code_of_the_template(office: Office) -> None:
    code = office.codes.give(office.file("birth_certificate", "child"))
    assert code is not None
    assert code.code == f"{HUONG_NUMBER}..5/2026.01"
    assert (code.permanent, code.valid_until, code.owner) == (True, None, None)


def test_a_paper_nobody_confirmed_gets_no_code(office: Office) -> None:
    assert office.codes.give(office.file("birth_certificate", "child", confirmed=False)) is None


def test_where_the_owner_has_no_number_his_name_stands_beside_the_code(office: Office) -> None:
    code = office.codes.give(office.file("birth_certificate", "child", people=(huong(personal_id=None, role="child"),)))
    assert code is not None
    assert (code.code, code.owner) == ("..5/2026.01", Party(name="Nguyễn Thị Hường"))


def test_a_code_tells_term_and_scope(office: Office) -> None:
    fields = dated("2026-02-20") | {"purpose": sure("làm thủ tục đăng ký kết hôn")}
    code = office.codes.give(office.file("marital_status_confirmation", "subject", fields=fields))
    assert code is not None
    assert (code.valid_until, code.scope) == (date(2026, 8, 20), "làm thủ tục đăng ký kết hôn")
    assert code.summary == "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN số 5/2026"


def test_a_code_is_given_once_and_lies_in_the_store(office: Office) -> None:
    paper = office.file("birth_certificate", "child")
    assert office.codes.give(paper) == office.codes.give(paper)
    record_changes(office.store, office.tables.records, OFFICE)
    assert [one.key for one in office.store.find("codes/")] == [f"codes/{OFFICE}/{paper.document_id}.json"]


@pytest.mark.parametrize("template", ["{owner}", "{unknown}.{count}", "{count", "{}"])
def test_a_template_that_cannot_make_codes_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="paper_code"):
        Settings(paper_code=template)
