"""Dossiers over a real folder store and SQLite: opened, imported, filled with papers, reused, looked up."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.adapters.database.engine import Database, open_database
from pipeline.adapters.folder_store import FolderStore
from pipeline.catalogue import load_catalogue
from pipeline.dossier_import import import_dossiers, read_csv
from pipeline.dossiers import DossierDesk
from pipeline.errors import NotFound, ScanRejected
from pipeline.local_time import VIETNAM
from pipeline.paper_codes import PaperCodes
from pipeline.settings import Settings
from schemas.catalog import Catalogue
from schemas.dossier import Field, Paper
from schemas.dossiers import Dossier, DossierChange, Party
from schemas.people import PersonOnPaper
from tests.contract.examples import ACTOR, HUONG_NUMBER, a_decision, file, huong

OFFICE, CODE, OTHER_CODE = ACTOR.office_id, "H29.12.34-260302-0001", "H29.12.34-260302-0002"
# Without look-ups, so that no claim depends on the day on which the test runs.
CATALOGUE = load_catalogue().model_copy(update={"look_ups": {}})
NOW = datetime(2026, 3, 10, tzinfo=UTC)


class Office:
    """A desk with its parts in reach."""

    def __init__(self, folder: Path, tables: Database, catalogue: Catalogue) -> None:
        self.store, self.tables, self.catalogue = FolderStore(folder / "store"), tables, catalogue
        self.codes = PaperCodes(self.store, tables.dossiers, catalogue, Settings().paper_code)
        self.desk = DossierDesk(self.store, tables, catalogue, self.codes)

    def open(self, **changes: Any) -> DossierChange:
        return self.desk.open(a_dossier(**changes))

    def file(self, kind: str, role: str, *, confirmed: bool = True, **changes: Any) -> Paper:
        """A paper of Hường's on file, and in its dossier where it names one."""
        whole: dict[str, Any] = {"people": (huong(role=role),), "sha256": "ab", "object_key": "archive/x"}
        paper = file(self.tables, "text", **({"type": kind, "fields": dated("2026-02-20")} | whole | changes))
        if confirmed:
            paper = self.tables.papers.decide(a_decision(paper))
        self.desk.take_in([paper])
        return paper

    def status(self, code: str, row_id: str) -> str:
        """What the checklist says of one row."""
        rows = self.desk.view(OFFICE, code, {}, NOW).rows
        return next(row.status for row in rows if row.id == row_id)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    tables = open_database(f"sqlite:///{tmp_path / 'hoso.db'}")
    yield Office(tmp_path, tables, CATALOGUE)
    tables.close()


def a_dossier(**changes: Any) -> Dossier:
    values: dict[str, Any] = {
        "code": CODE,
        "actor": ACTOR,
        "source": "opened",
        "procedure": "temporary_residence",
        "owner": Party(number=HUONG_NUMBER, name="Nguyễn Thị Hường"),
        "received_at": datetime(2026, 3, 2, 8, tzinfo=VIETNAM),
    }
    return Dossier(**values | changes)


def sure(value: str) -> Field:
    return Field(value=value, confidence=0.99, evidence="ocr", needs_review=False)


def dated(day: str) -> dict[str, Field]:
    return {"issue_date": sure(day), "document_number": sure("5/2026")}


# Opening and merging


def test_a_dossier_that_is_opened_is_on_file_and_in_the_store(office: Office) -> None:
    assert office.open().outcome == "added"
    assert office.tables.dossiers.get(OFFICE, CODE).procedure == "temporary_residence"
    assert [stored.key for stored in office.store.find("dossiers/")] == [f"dossiers/{OFFICE}/{CODE}.json"]


def test_the_same_again_changes_nothing(office: Office) -> None:
    office.open()
    assert office.open() == DossierChange(code=CODE, outcome="unchanged")


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("000.00.00.H29-210608-0001", True),
        ("H29.12.34-250708-AB0001", True),
        ("H29-250708-0001", True),
        ("250708-0001", False),
        ("H29.12.34-250708-0001 ", False),
        ("../H29-250708-0001", False),
    ],
)
def test_old_and_new_forms_of_codes_are_taken_and_no_others(office: Office, code: str, is_one: bool) -> None:
    if is_one:
        assert office.open(code=code).outcome == "added"
    else:
        with pytest.raises(ScanRejected) as caught:
            office.open(code=code)
        assert caught.value.code == "bad_dossier_code"


def test_an_unknown_procedure_opens_nothing(office: Office) -> None:
    with pytest.raises(NotFound):
        office.open(procedure="nothing")


def test_what_was_not_known_is_taken_over(office: Office) -> None:
    office.open(procedure=None)
    assert office.open(due_on=date(2026, 3, 9)).outcome == "updated"
    known = office.tables.dossiers.get(OFFICE, CODE)
    assert (known.procedure, known.due_on) == ("temporary_residence", date(2026, 3, 9))


def test_another_owner_or_procedure_is_a_conflict_and_changes_nothing(office: Office) -> None:
    office.open()
    other = {"owner": Party(number="079190012345"), "procedure": "land_change", "source": "imported"}
    assert set(office.open(**other).conflicts) == {"owner.number", "procedure"}
    known = office.tables.dossiers.get(OFFICE, CODE)
    assert (known.owner.number, known.procedure) == (HUONG_NUMBER, "temporary_residence")


def test_the_one_stop_system_is_believed_before_an_officer_and_an_officer_before_a_receipt(office: Office) -> None:
    office.open(due_on=date(2026, 3, 9))
    assert office.open(due_on=date(2026, 3, 11), source="receipt").conflicts == ("due_on",)
    assert office.open(due_on=date(2026, 3, 12), source="imported").conflicts == ()
    assert office.open(due_on=date(2026, 3, 13)).conflicts == ("due_on",)
    assert office.tables.dossiers.get(OFFICE, CODE).due_on == date(2026, 3, 12)


def test_a_name_that_differs_in_marks_only_is_no_conflict(office: Office) -> None:
    office.open()
    told = Party(number=HUONG_NUMBER, name="NGUYEN THI HUONG")
    assert office.open(owner=told, source="receipt").conflicts == ()
    assert office.tables.dossiers.get(OFFICE, CODE).owner.name == "Nguyễn Thị Hường"


# Lists of the one-stop system

LIST = """\ufeffMã hồ sơ;Mã TTHC;Chủ hồ sơ;Số định danh;Người nộp;Ngày tiếp nhận;Ngày hẹn trả;Hình thức nộp;Ghi
H29.12.34-260302-0001;1.004194.000.00.00.H29;Nguyễn Thị Hường;001190012345;Đỗ Văn Khuê;02/03/2026 08:15;9-3-2026;Online;
H29.12.34-260302-0002;9.999999;"Trần; Thị Bưởi";;;;;;
một dòng hỏng;;;;;;;;
"""


def test_a_list_is_taken_over_by_its_usual_headers(office: Office) -> None:
    report = import_dossiers(office.desk, CATALOGUE, ACTOR, read_csv(LIST, {}))
    assert [change.outcome for change in report.dossiers] == ["added", "added"]
    first, second = (office.tables.dossiers.get(OFFICE, code) for code in (CODE, OTHER_CODE))
    assert (first.procedure, first.channel, first.due_on) == ("temporary_residence", "online", date(2026, 3, 9))
    assert first.received_at == datetime(2026, 3, 2, 8, 15, tzinfo=VIETNAM)
    assert (first.owner, first.submitted_by) == (
        Party(number=HUONG_NUMBER, name="Nguyễn Thị Hường"),
        Party(name="Đỗ Văn Khuê"),
    )
    assert (second.procedure, second.owner.name) == (None, "Trần; Thị Bưởi")


def test_a_row_that_cannot_be_taken_stops_no_other_and_is_told(office: Office) -> None:
    (refused,) = import_dossiers(office.desk, CATALOGUE, ACTOR, read_csv(LIST, {})).refused
    assert (refused.row, refused.code) == (3, "bad_dossier_code")


def test_a_list_taken_over_again_changes_nothing(office: Office) -> None:
    for outcome in ("added", "unchanged"):
        report = import_dossiers(office.desk, CATALOGUE, ACTOR, read_csv(LIST, {}))
        assert {change.outcome for change in report.dossiers} == {outcome}


def test_without_a_time_of_receipt_the_day_in_the_code_counts(office: Office) -> None:
    import_dossiers(office.desk, CATALOGUE, ACTOR, read_csv(LIST, {}))
    assert office.tables.dossiers.get(OFFICE, OTHER_CODE).received_at == datetime(2026, 3, 2, tzinfo=VIETNAM)


def test_headers_of_ones_own_are_told(office: Office) -> None:
    rows = list(read_csv(f"Số phiếu,Khách\n{CODE},Hường\n", {"Số phiếu": "code", "Khách": "owner_name"}))
    assert rows == [{"code": CODE, "owner_name": "Hường"}]


@pytest.mark.parametrize("text", ["", "Tên,Ngày\na,b\n"])
def test_a_list_without_codes_is_refused(text: str) -> None:
    with pytest.raises(ScanRejected) as caught:
        list(read_csv(text, {}))
    assert caught.value.code == "bad_import"


# Papers in dossiers


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


# On behalf of another


def test_the_form_of_who_hands_it_in_counts_but_not_his_other_papers(office: Office) -> None:
    khue = PersonOnPaper(personal_id="079090000001", name="Đỗ Văn Khuê", role="applicant", link="filed")
    office.open(procedure="land_change", submitted_by=Party(number="079090000001"))
    office.file("land_change_application", "applicant", people=(khue,), dossier_code=CODE)
    expiry = {"expiry_date": sure("2030-01-01")}
    card = khue.model_copy(update={"role": "holder"})
    office.file("citizen_id_card", "holder", people=(card,), fields=expiry, keeping="fields_only")
    assert office.status(CODE, "application") == "held"
    assert office.status(CODE, "identity") == "missing"


# Reuse


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


# Look-ups


def test_a_look_up_without_a_rule_that_allows_it_is_refused(office: Office) -> None:
    office.open(procedure="land_change")
    with pytest.raises(ScanRejected) as caught:
        office.desk.look_up(ACTOR, CODE, "identity", "found")
    assert caught.value.code == "look_up_refused"


def test_what_was_looked_up_is_kept_and_answers_for_that_dossier_only(tmp_path: Path) -> None:
    rule = load_catalogue().look_ups["nq_66_7_2025"]
    always = rule.model_copy(update={"in_force": rule.in_force.model_copy(update={"since": None, "until": None})})
    tables = open_database(f"sqlite:///{tmp_path / 'hoso.db'}")
    office = Office(tmp_path, tables, CATALOGUE.model_copy(update={"look_ups": {rule.id: always}}))
    for code in (CODE, OTHER_CODE):
        office.open(code=code, procedure="land_change")
    office.desk.look_up(ACTOR, CODE, "identity", "found")
    reasons = [
        next(row.reason for row in office.desk.view(OFFICE, code, {}, NOW).rows if row.id == "identity")
        for code in (CODE, OTHER_CODE)
    ]
    assert reasons == ["found_in_database", "look_in_database"]
    assert len(list(office.store.find(f"decisions/{OFFICE}/{CODE}/"))) == 1
    tables.close()


# Codes of digitised papers


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
    assert [one.key for one in office.store.find("codes/")] == [f"codes/{OFFICE}/{paper.document_id}.json"]


@pytest.mark.parametrize("template", ["{owner}", "{unknown}.{count}", "{count", "{}"])
def test_a_template_that_cannot_make_codes_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="paper_code"):
        Settings(paper_code=template)
