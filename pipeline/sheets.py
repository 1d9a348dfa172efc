"""What hoso prints for a dossier: the cover sheet its papers are scanned behind, and the list of what is missing.

Each carries a QR code by which it is known again when it is scanned; names stand in print only, never in the code.
"""

from collections.abc import Sequence
from datetime import date

from pipeline.local_time import local_day
from pipeline.stages.sheet_codes import SheetCode, write_sheet_code
from schemas.base import Value
from schemas.catalog import Catalogue, Procedure, RequiredPaper
from schemas.dossier import CopyKind
from schemas.dossiers import Dossier, DossierView, Party
from schemas.once_only import ChecklistRow, HoldingReason

COPY_KINDS: dict[CopyKind, str] = {
    "original": "bản chính",
    "register_extract": "bản sao trích lục",
    "certified_copy": "bản sao chứng thực",
    "photocopy": "bản chụp",
}
_WHY: dict[HoldingReason, str] = {
    "too_old": "bản đang lưu đã hết hạn",
    "cancelled": "bản đang lưu đã bị hủy",
    "superseded": "bản đang lưu đã được thay bằng bản mới",
    "issue_date_unknown": "bản đang lưu chưa rõ ngày cấp",
    "issued_later": "bản đang lưu có ngày cấp chưa đến",
    "expiry_date_unknown": "bản đang lưu chưa rõ ngày hết hạn",
    "validity_unknown": "bản đang lưu chưa rõ thời hạn sử dụng",
    "copy_kind": "bản đang lưu không phải loại bản được nhận",
    "other_role": "bản đang lưu đứng tên người khác",
    "other_purpose": "bản đang lưu được cấp cho mục đích khác",
    "purpose_unknown": "bản đang lưu chưa rõ mục đích được cấp",
    "one_use": "bản đã nộp chỉ dùng cho hồ sơ trước",
    "sheet_itself": "phải nộp chính tờ giấy này",
}
ONLY_IF_ASKED = "Chỉ nộp khi cán bộ tiếp nhận yêu cầu"
_HELD = "đã có, không cần nộp"
_NOT_OWED: dict[HoldingReason, str] = {
    "confirmed": _HELD,
    "unconfirmed": "đã có, cán bộ sẽ đối chiếu",
    "unsigned": "đã có, cán bộ sẽ ký số",
    "in_review": "đã có, cán bộ đang kiểm tra",
    "validity_unknown": "đã có, cán bộ sẽ xem thời hạn",
    "look_in_database": "cán bộ tra cứu trong cơ sở dữ liệu quốc gia",
    "found_in_database": "đã tra cứu được trong cơ sở dữ liệu quốc gia",
}


class Item(Value):
    """One line of a list: what, and what is to be said about it in smaller print, on lines of its own."""

    text: str
    note: str = ""


class Section(Value):
    """A heading with its lines, then labels with what is to be said of them; `boxes`: each line has a box to tick."""

    heading: str
    items: tuple[Item, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    boxes: bool = False


class Sheet(Value):
    """A sheet to be printed on A4. `qr` is the text of its code, `facts` are labels with values."""

    title: str
    dossier_code: str
    qr: str
    facts: tuple[tuple[str, str], ...]
    how: str
    sections: tuple[Section, ...]
    small_print: str = ""


def cover_sheet(view: DossierView, catalogue: Catalogue) -> Sheet:
    """The sheet that goes on top of a dossier's papers: scanned with them, it files them under its code."""
    papers = tuple(Item(text=row.title, note=_state(row)) for row in view.rows if row.applies != "no")
    return Sheet(
        title="TỜ BÌA HỒ SƠ",
        dossier_code=view.dossier.code,
        qr=write_sheet_code(SheetCode(kind="cover", dossier_code=view.dossier.code)),
        facts=facts_of(view.dossier, catalogue),
        how="Đặt tờ này lên trên, xếp các giấy tờ của hồ sơ phía sau rồi quét tất cả trong một lần.",
        sections=(Section(heading="Thành phần hồ sơ", items=papers, boxes=True),) if papers else (),
    )


def missing_list(view: DossierView, catalogue: Catalogue) -> Sheet:
    """Exactly what the citizen still owes, what depends on an answer, and what need not be brought.

    Only demanded rows are asked for: what no verified source demands stands under what depends on the officer.
    """
    owed, perhaps = what_is_owed(view, catalogue)
    usable = tuple(Item(text=row.title, note=_state(row)) for row in view.rows if _is_usable(row))
    sections = (
        Section(heading="Cần nộp thêm", items=owed, boxes=True),
        Section(heading=ONLY_IF_ASKED, items=perhaps),
        Section(heading="Không cần nộp", items=usable),
    )
    return Sheet(
        title="GIẤY TỜ CÒN THIẾU" if owed else "HỒ SƠ KHÔNG THIẾU GIẤY TỜ",
        dossier_code=view.dossier.code,
        qr=write_sheet_code(SheetCode(kind="missing", dossier_code=view.dossier.code)),
        facts=facts_of(view.dossier, catalogue),
        how="Khi nộp thêm, đặt tờ này lên trên các giấy tờ để quét cùng." if owed else "",
        sections=tuple(section for section in sections if section.items),
        small_print="Tờ này để tiện chuẩn bị giấy tờ, không thay Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ (Mẫu số 02, "
        "Thông tư 03/2025/TT-VPCP).",
    )


def what_is_owed(view: DossierView, catalogue: Catalogue) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """What is asked for, and what only is in some cases or depends on the officer."""
    rows = {row.id: row for row in _papers(view, catalogue)}
    asked = [row for row in view.rows if row.applies != "no" and not _is_usable(row)]
    owed = tuple(_owed(row, rows) for row in asked if row.demanded)
    return owed, tuple(_perhaps(row) for row in asked if not row.demanded)


def _is_usable(row: ChecklistRow) -> bool:
    return row.status in ("held", "held_unconfirmed", "look_up") and row.applies != "no"


def _papers(view: DossierView, catalogue: Catalogue) -> Sequence[RequiredPaper]:
    procedure = catalogue.procedures.get(view.dossier.procedure or "")
    return procedure.papers if procedure else ()


def facts_of(dossier: Dossier, catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """What stands at the head of a dossier's sheet; what is not known is left out."""
    procedure: Procedure | None = catalogue.procedures.get(dossier.procedure or "")
    due = dossier.due_on
    facts = (
        ("Thủ tục", procedure.title if procedure else ""),
        ("Chủ hồ sơ", _name(dossier.owner)),
        ("Người nộp", _name(dossier.submitted_by) if dossier.submitted_by else ""),
        ("Ngày tiếp nhận", day_of(local_day(dossier.received_at))),
        ("Ngày hẹn trả", day_of(due) if due else ""),
    )
    return tuple((label, value) for label, value in facts if value)


def _name(party: Party) -> str:
    return party.name or ""


def day_of(day: date) -> str:
    """A day as people write it."""
    return f"{day:%d/%m/%Y}"


def _owed(row: ChecklistRow, rows: dict[str, RequiredPaper]) -> Item:
    kinds = " hoặc ".join(COPY_KINDS[kind] for kind in rows[row.id].copy_kinds)
    return Item(text=row.title, note="; ".join(filter(None, (kinds, _why(row)))))


def _why(row: ChecklistRow) -> str:
    looked = {"failed": "không tra cứu được", "incomplete": "dữ liệu tra cứu chưa đủ"}.get(row.looked_up or "", "")
    return "; ".join(filter(None, (_WHY.get(row.reason, ""), looked)))


def _perhaps(row: ChecklistRow) -> Item:
    asked = row.condition.question_vi if row.condition and row.applies == "only_if" else ""
    return Item(text=row.title, note=asked or _why(row))


def _state(row: ChecklistRow) -> str:
    if row.status in ("held", "held_unconfirmed", "look_up"):
        until = f", dùng được đến {day_of(row.usable_until)}" if row.usable_until else ""
        return _NOT_OWED[row.reason] + until
    question = row.condition.question_vi if row.condition and row.applies == "only_if" else ""
    return question or _why(row) or ("còn thiếu" if row.demanded else "")
