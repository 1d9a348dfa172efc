"""Lists of the one-stop system are taken over as dossiers."""

from datetime import date, datetime

import pytest

from pipeline.dossier_import import import_dossiers, read_csv
from pipeline.errors import ScanRejected
from pipeline.local_time import VIETNAM
from schemas.dossiers import Party
from tests.contract.examples import ACTOR, HUONG_NUMBER
from tests.unit.dossier_office import CATALOGUE, CODE, OFFICE, OTHER_CODE, Office

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


def test_phone_numbers_of_a_list_are_taken_over_as_digits(office: Office) -> None:
    text = f"Mã hồ sơ,Chủ hồ sơ,Số điện thoại,SĐT người nộp\n{CODE},Hường,0912.345.678,không có\n"
    import_dossiers(office.desk, CATALOGUE, ACTOR, read_csv(text, {}))
    known = office.tables.dossiers.get(OFFICE, CODE)
    assert (known.owner.phone, known.submitted_by) == ("0912345678", None)
