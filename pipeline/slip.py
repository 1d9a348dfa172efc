"""The citizen's slip: what is kept of the papers of a dossier, until when, what is still owed, and how to correct it.

It carries the notice about personal data. The office processes them because the law has it do so, so nobody is asked
for consent (Luật 91/2025/QH15, Điều 19 khoản 1 điểm c), and the slip has no box for one.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.local_time import local_day
from pipeline.sheets import COPY_KINDS, ONLY_IF_ASKED, Item, Section, Sheet, day_of, facts_of, what_is_owed
from pipeline.stages.assemble import COVER_SHEET
from pipeline.stages.questions import copy_trouble
from pipeline.stages.sheet_codes import SheetCode, write_sheet_code
from pipeline.validity import certain_date, validity
from schemas.base import Value
from schemas.catalog import Catalogue, DocumentType, Sourced
from schemas.dossier import Paper
from schemas.dossiers import DossierView

_HERE = "tại bộ phận một cửa nơi nhận phiếu này"
_CORRECTING = (
    ("Ở đâu", "{here}. Mang theo phiếu này và giấy tờ có thông tin đúng."),
    (
        "Thời hạn",
        "Được trả lời trong 2 ngày làm việc; được xem hoặc chỉnh sửa trong 10 ngày kể từ khi gửi yêu cầu "
        "(Nghị định 356/2025/NĐ-CP, Điều 5).",
    ),
)
_NOTICE = (
    ("Cơ quan xử lý", "{office}."),
    (
        "Mục đích",
        "Giải quyết thủ tục này, và dùng lại giấy tờ cho những thủ tục sau để ông/bà không phải nộp lại "
        "(Nghị định 224/2026/NĐ-CP, Điều 15 khoản 1 điểm d).",
    ),
    (
        "Căn cứ",
        "Cơ quan nhà nước xử lý theo quy định của pháp luật nên không phải xin ý kiến đồng ý "
        "(Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15, Điều 19 khoản 1 điểm c).",
    ),
    (
        "Dữ liệu",
        "Họ tên, số định danh và thông tin ghi trên giấy tờ nêu ở phiếu này; hình ảnh giấy tờ, trừ thẻ căn cước: "
        "hình ảnh thẻ là dữ liệu nhạy cảm (Nghị định 356/2025/NĐ-CP, Điều 4).",
    ),
    (
        "Ai được xem",
        "Cán bộ tiếp nhận và giải quyết hồ sơ. Mỗi lần xem đều được ghi lại; ông/bà có thể hỏi ai đã xem và vì sao.",
    ),
    (
        "Lưu bao lâu",
        "Theo thời hạn lưu trữ của hồ sơ (Luật Lưu trữ số 33/2024/QH15, Điều 15). Giấy tờ hết hiệu lực được đánh dấu "
        "và chỉ giữ để tra cứu (Nghị định 45/2020/NĐ-CP, Điều 15).",
    ),
    (
        "Quyền",
        "Được biết, xem, yêu cầu chỉnh sửa, xóa, hạn chế hoặc phản đối việc xử lý theo quy định; khiếu nại, tố cáo, "
        "khởi kiện (Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15).",
    ),
    ("Liên hệ", "{contact}."),
)


class IssuedBy(Value):
    """Who gives the slip out: the office as citizens know it, where they reach it, and the officer; "": not known."""

    office: str
    contact: str
    officer: str


def citizens_slip(view: DossierView, papers: Sequence[Paper], catalogue: Catalogue, by: IssuedBy, day: date) -> Sheet:
    """The slip of a dossier as it stands on `day`; papers whose copy an officer refused are not on it.

    Args:
        view: the dossier with its checklist, and the codes of its digitised papers.
        papers: those that lie in the dossier.
        catalogue: what papers are called, and how long they hold.
        by: who gives it out.
        day: the day at the counter.

    """
    missing = _missing(view, papers, catalogue)
    sections = (
        *_held(view, [paper for paper in papers if _is_listed(paper)], catalogue, day),
        Section(heading="Còn thiếu: mang đến cùng phiếu này", items=missing, boxes=True),
        Section(heading=ONLY_IF_ASKED, items=what_is_owed(view, catalogue)[1]),
        Section(heading="Nếu thông tin đã lưu chưa đúng", facts=_filled(_CORRECTING, by)),
        Section(heading="Thông báo về xử lý dữ liệu cá nhân", facts=_filled(_NOTICE, by)),
    )
    facts = (("Cơ quan", by.office), *facts_of(view.dossier, catalogue))
    printed = (("Ngày in phiếu", day_of(day)), ("Cán bộ", by.officer))
    how = "Khi nộp giấy tờ còn thiếu, đưa phiếu để cán bộ quét mã bên trên." if missing else ""
    return Sheet(
        title="PHIẾU GIẤY TỜ ĐÃ LƯU ĐIỆN TỬ",
        dossier_code=view.dossier.code,
        qr=write_sheet_code(SheetCode(kind="missing", dossier_code=view.dossier.code)),
        facts=tuple((label, value) for label, value in (*facts, *printed) if value),
        how=f"Ông/bà giữ phiếu này. {how}".strip(),
        sections=tuple(section for section in sections if section.items or section.facts),
        small_print="Phiếu này không thay Giấy tiếp nhận hồ sơ và hẹn trả kết quả (Mẫu số 01, Thông tư "
        "03/2025/TT-VPCP).",
    )


def _held(
    view: DossierView, papers: Sequence[Paper], catalogue: Catalogue, day: date
) -> tuple[Section, Section, Section]:
    pictured = [paper for paper in papers if paper.keeping == "keep"]
    others = [paper for paper in papers if paper.keeping != "keep"]
    kept = tuple(_kept(paper, catalogue, view.codes, day) for paper in pictured if paper.confirmed_at is not None)
    waiting = tuple(Item(text=_named(paper, catalogue)) for paper in pictured if paper.confirmed_at is None)
    seen = tuple(_seen(paper, catalogue) for paper in others)
    return (
        Section(heading="Giấy tờ đã lưu điện tử", items=kept),
        Section(heading="Đã nhận, cơ quan sẽ đối chiếu với bản giấy", items=waiting),
        Section(heading="Chỉ xem, không lưu hình ảnh", items=seen),
    )


def _missing(view: DossierView, papers: Sequence[Paper], catalogue: Catalogue) -> tuple[Item, ...]:
    """What is owed, and what a refused paper stood for."""
    refused = {paper.document_id for paper in papers if copy_trouble(paper) is not None}
    again = [row.title for row in view.rows if row.document_id in refused and not row.demanded]
    return (
        *what_is_owed(view, catalogue)[0],
        *(Item(text=title, note="Mang bản giấy đến để chụp lại.") for title in again),
    )


def _is_listed(paper: Paper) -> bool:
    """Whether the slip tells of the paper: not of other scans of one that counts, nor of what an officer refused."""
    counts = paper.state in ("filed", "needs_review") and paper.rendition_of is None and paper.type != COVER_SHEET
    return counts and copy_trouble(paper) is None


def _kept(paper: Paper, catalogue: Catalogue, codes: Mapping[str, str], day: date) -> Item:
    kind = catalogue.types[paper.type]
    compared = day_of(local_day(paper.confirmed_at)) if paper.confirmed_at else ""
    copy_kind = COPY_KINDS[paper.copy_kind].capitalize() if paper.copy_kind else ""
    code = codes.get(paper.document_id)
    told = (
        f"Mã số hóa: {code}" if code else "",
        f"{copy_kind}, đã đối chiếu ngày {compared}. {_until(kind, paper, day)}",
    )
    return Item(text=_named(paper, catalogue), note="\n".join(line for line in told if line))


def _until(kind: DocumentType, paper: Paper, day: date) -> str:
    """How long the paper may be used, and by which rule where that was read."""
    term = validity(kind, paper, day)
    if term.until is not None:
        text = f"Dùng được đến hết ngày {day_of(term.until)}"
    else:
        text = {
            "permanent": "Dùng được lâu dài",
            "until_changed": "Dùng được đến khi có thay đổi",
            "once": "Chỉ dùng cho hồ sơ này",
        }.get(term.rule, "Thời hạn sử dụng: theo quy định của từng thủ tục")
    return _with_source(text, kind.validity, told=term.reason is None)


def _seen(paper: Paper, catalogue: Catalogue) -> Item:
    keeping = catalogue.types[paper.type].keeping
    kept = paper.keeping == "fields_only"
    told = "Chỉ lưu thông tin đọc được, không lưu hình ảnh" if kept else "Chỉ xuất trình, không lưu"
    return Item(text=_named(paper, catalogue), note=_with_source(told, keeping))


def _with_source(text: str, rule: Sourced, *, told: bool = True) -> str:
    """A sentence with where it stands, if that was read; what a source's name says in brackets is for us."""
    return f"{text} ({rule.source.partition(' (')[0]})." if told and rule.verified else f"{text}."


def _named(paper: Paper, catalogue: Catalogue) -> str:
    """What the paper is called, with its number and day of issue where these are certain."""
    title = catalogue.types[paper.type].title.printed or "Giấy tờ khác"
    number, issued = paper.fields.get("document_number"), certain_date(paper, "issue_date")
    parts = (
        title.capitalize() if title.isupper() else title,
        f"số {number.value}" if number and not number.needs_review else "",
        f"cấp ngày {day_of(issued)}" if issued else "",
    )
    return ", ".join(part for part in parts if part)


def _filled(facts: Sequence[tuple[str, str]], by: IssuedBy) -> tuple[tuple[str, str], ...]:
    here = f"{by.office}, {_HERE}" if by.office else _HERE.capitalize()
    said = {
        "here": here,
        "office": by.office or "Cơ quan tiếp nhận hồ sơ này",
        "contact": by.contact or _HERE.capitalize(),
    }
    return tuple((label, text.format(**said)) for label, text in facts)
