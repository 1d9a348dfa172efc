"""The citizen's slip: which papers it tells of and how, what is owed, and the notice about personal data."""

import io
import re
from datetime import UTC, date, datetime
from typing import Any

import pypdf
import pytest

from pipeline.adapters.printing import print_sheet
from pipeline.sheets import Section, Sheet
from pipeline.slip import IssuedBy, citizens_slip
from schemas.dossier import Paper
from schemas.dossiers import DossierView
from tests.contract.examples import a_paper, a_submission
from tests.unit.dossier_office import sure
from tests.unit.test_sheets import CATALOGUE, CODE, a_view

BY = IssuedBy(office="UBND phường Tân An", contact="12 Lê Lợi, điện thoại 028 1234 5678", officer="Minh")
TODAY = date(2026, 11, 22)
CONFIRMED = datetime(2026, 11, 20, 3, tzinfo=UTC)
KEPT, WAITING = "Giấy tờ đã lưu điện tử", "Đã nhận, cơ quan sẽ đối chiếu với bản giấy"
SEEN, MISSING = "Chỉ xem, không lưu hình ảnh", "Còn thiếu: mang đến cùng phiếu này"


def held(kind: str, **changes: Any) -> Paper:
    """A paper of the dossier whose copy was compared."""
    values: dict[str, Any] = {
        "type": kind,
        "object_key": "archive/x",
        "confirmed_at": CONFIRMED,
        "copy_kind": "original",
        "fields": {"issue_date": sure("2026-11-02"), "document_number": sure("5/2026")},
    }
    return a_paper(a_submission(), **values | changes)


def slip_of(*papers: Paper, view: DossierView | None = None, by: IssuedBy = BY) -> Sheet:
    return citizens_slip(view or a_view(), papers, CATALOGUE, by, TODAY)


def under(sheet: Sheet, heading: str) -> list[tuple[str, str]]:
    """The lines under a heading with what is said of them; none where it is not there."""
    found: list[Section] = [one for one in sheet.sections if one.heading == heading]
    return [(item.text, item.note) for one in found for item in one.items]


def everything(sheet: Sheet) -> str:
    return sheet.model_dump_json()


def test_a_confirmed_paper_is_told_with_number_code_and_the_rule_of_its_term() -> None:
    paper = held("marital_status_confirmation")
    view = a_view().model_copy(update={"codes": {paper.document_id: "079190012345.KQ1.5/2026.01"}})
    ((text, note),) = under(slip_of(paper, view=view), KEPT)
    assert text.endswith("số 5/2026, cấp ngày 02/11/2026")
    assert "Mã số hóa: 079190012345.KQ1.5/2026.01" in note
    assert "Bản chính, đã đối chiếu ngày 20/11/2026" in note
    assert "Dùng được đến hết ngày 02/05/2027 (Nghị định 123/2015/NĐ-CP)" in note


def test_a_paper_without_a_term_is_told_to_hold_on() -> None:
    ((_, note),) = under(slip_of(held("birth_certificate")), KEPT)
    assert "Dùng được lâu dài (Luật Hộ tịch 2014, Điều 14)." in note


def test_a_rule_that_was_not_read_in_its_source_is_told_without_one() -> None:
    assert not CATALOGUE.types["land_use_certificate"].validity.verified
    ((_, note),) = under(slip_of(held("land_use_certificate")), KEPT)
    assert note.endswith("Dùng được đến khi có thay đổi.")


def test_a_doubtful_number_is_not_printed() -> None:
    doubtful = sure("5/2026").model_copy(update={"needs_review": True})
    ((text, _),) = under(slip_of(held("birth_certificate", fields={"document_number": doubtful})), KEPT)
    assert "5/2026" not in text


def test_a_paper_nobody_has_compared_is_not_told_as_kept() -> None:
    sheet = slip_of(held("birth_certificate", confirmed_at=None))
    assert under(sheet, KEPT) == []
    assert len(under(sheet, WAITING)) == 1


def test_a_refused_paper_is_not_on_the_slip() -> None:
    number = sure("77/2026")
    refused = held(
        "birth_certificate", confirmed_at=None, reasons=("copy_differs",), fields={"document_number": number}
    )
    assert "77/2026" not in everything(slip_of(refused))


def test_what_a_refused_paper_stood_for_is_to_be_brought_again() -> None:
    refused = held("land_use_certificate", confirmed_at=None, reasons=("copy_illegible",))
    view = a_view()
    row = view.rows[0].model_copy(update={"document_id": refused.document_id, "demanded": False})
    sheet = slip_of(refused, view=view.model_copy(update={"rows": (row,)}))
    assert under(sheet, MISSING) == [(row.title, "Mang bản giấy đến để chụp lại.")]


def test_of_a_card_only_its_values_are_told_to_be_kept() -> None:
    ((text, note),) = under(slip_of(held("citizen_id_card", keeping="fields_only", object_key=None)), SEEN)
    assert text.startswith("Căn cước công dân")
    assert note.startswith("Chỉ lưu thông tin đọc được, không lưu hình ảnh (Nghị định 356/2025/NĐ-CP, Điều 4")


@pytest.mark.parametrize("changes", [{"rendition_of": "d"}, {"state": "rejected"}, {"type": "cover_sheet"}])
def test_what_does_not_count_is_not_on_the_slip(changes: dict[str, Any]) -> None:
    sheet = slip_of(held("birth_certificate", **changes))
    assert [under(sheet, heading) for heading in (KEPT, WAITING, SEEN)] == [[], [], []]


def test_what_is_owed_stands_on_the_slip_to_be_ticked() -> None:
    view = a_view(by_contract=True, by_inheritance=False, by_proxy=False)
    sheet = slip_of(view=view)
    assert [text for text, _ in under(sheet, MISSING)] == [row.title for row in view.rows if row.demanded]


def test_the_slip_asks_for_no_consent_and_names_the_law_instead() -> None:
    sheet = slip_of()
    (notice,) = (one for one in sheet.sections if one.heading == "Thông báo về xử lý dữ liệu cá nhân")
    said = dict(notice.facts)
    assert not notice.boxes
    assert "không phải xin ý kiến đồng ý" in said["Căn cứ"]
    assert "Điều 19 khoản 1 điểm c" in said["Căn cứ"]
    assert said["Cơ quan xử lý"] == "UBND phường Tân An."
    assert said["Liên hệ"] == "12 Lê Lợi, điện thoại 028 1234 5678."


def test_the_slip_of_an_office_that_gave_no_name_still_says_where_to_go() -> None:
    sheet = slip_of(by=IssuedBy(office="", contact="", officer=""))
    assert not re.search(r"[{}]|\bNone\b", " ".join(value for one in sheet.sections for _, value in one.facts))
    assert "Tại bộ phận một cửa nơi nhận phiếu này" in everything(sheet)


def test_the_printed_slip_says_all_of_it() -> None:
    pages = pypdf.PdfReader(io.BytesIO(print_sheet(slip_of(held("birth_certificate"))))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    for line in (CODE, "PHIẾU GIẤY TỜ ĐÃ LƯU ĐIỆN TỬ", "số 5/2026", "Nghị định 356/2025/NĐ-CP, Điều 5", "Mẫu số 01"):
        assert line in text
