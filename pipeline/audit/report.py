"""The draft of the report of an incident, for the officer to complete: gaps are marked, nothing is guessed.

Headings follow what Luật 91/2025/QH15, Điều 23 and NĐ 356/2025/NĐ-CP, Điều 28 ask to be told (Mẫu số 08); compare them
with the form itself before it is sent. In Vietnamese alone: that is the language of who receives it.
"""

from datetime import datetime
from typing import NamedTuple

from pipeline.audit.incident import DataKind, IncidentCounts
from pipeline.local_time import local_moment

_KINDS: dict[DataKind, str] = {
    "health": "Nhạy cảm: giấy tờ sức khỏe",
    "judicial": "Nhạy cảm: giấy tờ tư pháp, án tích",
    "identity_card": "Nhạy cảm: ảnh căn cước, hộ chiếu",
    "basic": "Cơ bản",
    "unknown": "Không xác định được (giấy tờ không còn, hoặc chỉ mở hồ sơ công dân)",
}
_GAP = "**[CẦN ĐIỀN: {}]**"


class About(NamedTuple):
    """What the report is told beside the counts: the office, the time, and the state of the log that it rests on."""

    office: str
    contact: str
    since: datetime
    until: datetime
    logins: tuple[str, ...]
    head: str
    log_is_whole: bool


def draft(about: About, counts: IncidentCounts) -> str:
    """The report as Markdown."""
    return "\n\n".join(
        (
            "# THÔNG BÁO VI PHẠM QUY ĐỊNH VỀ BẢO VỆ DỮ LIỆU CÁ NHÂN (BẢN NHÁP)",
            "Căn cứ Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15, Điều 23; Nghị định 356/2025/NĐ-CP, Điều 28,"
            " Mẫu số 08.",
            "Kính gửi: Cục An ninh mạng và phòng, chống tội phạm sử dụng công nghệ cao (A05), Bộ Công an",
            _deadlines(),
            _office(about),
            _what_happened(about),
            _data(counts),
            _accounts(about, counts),
            _consequences(),
            _evidence(about, counts),
            f"Người lập: {_gap('họ tên, chức vụ, chữ ký')}    Thủ trưởng cơ quan: {_gap('họ tên, chữ ký, dấu')}",
            "",
        )
    )


def _gap(what: str) -> str:
    return _GAP.format(what)


def _deadlines() -> str:
    return (
        "## 0. Thời hạn\n\n"
        "- Báo cáo sự cố lưu trữ tài liệu điện tử: không quá 24 giờ (QCVN 12:2026/BCA).\n"
        "- Thông báo vi phạm: không quá 72 giờ kể từ khi phát hiện (Luật 91/2025/QH15, Điều 23 khoản 1); gửi chậm thì"
        " nêu lý do.\n"
        f"- Phát hiện lúc: {_gap('giờ, ngày')}. Ai phát hiện, bằng cách nào: {_gap('mô tả')}."
    )


def _office(about: About) -> str:
    contact = about.contact or _gap("địa chỉ, điện thoại, thư điện tử")
    return (
        f"## 1. Cơ quan thông báo\n\n- Tên: {about.office}\n- Liên hệ: {contact}\n"
        f"- Người phụ trách bảo vệ dữ liệu cá nhân: {_gap('họ tên, điện thoại')}"
    )


def _what_happened(about: About) -> str:
    return (
        "## 2. Diễn biến\n\n"
        f"- Khoảng thời gian xem xét: từ {local_moment(about.since)} đến trước {local_moment(about.until)}\n"
        f"- Thời gian, địa điểm xảy ra: {_gap('khi nào, ở đâu')}\n"
        f"- Hành vi vi phạm, nguyên nhân: {_gap('mô tả')}"
    )


def _data(counts: IncidentCounts) -> str:
    rows = [
        f"| {said} | {counts.papers_by_kind.get(kind, 0)} | {counts.citizens_by_kind.get(kind, 0)} |"
        for kind, said in _KINDS.items()
        if counts.papers_by_kind.get(kind) or counts.citizens_by_kind.get(kind)
    ]
    table = "\n".join(("| Loại dữ liệu | Giấy tờ | Người |", "|---|---|---|", *rows))
    return (
        "## 3. Dữ liệu và chủ thể dữ liệu\n\n"
        f"- Số người liên quan: {counts.citizens}; số giấy tờ: {counts.papers}\n\n{table}\n\n"
        "Danh sách từng người, từng giấy tờ: tệp kèm theo (dữ liệu cá nhân, chỉ gửi qua kênh được mã hóa)."
    )


def _accounts(about: About, counts: IncidentCounts) -> str:
    logins = "\n".join(f"| {login} | {entries} |" for login, entries in sorted(counts.entries_by_login.items()))
    asked = f" (chỉ xét: {', '.join(about.logins)})" if about.logins else ""
    return (
        f"## 4. Tài khoản đã truy cập{asked}\n\n"
        f"- Lượt truy cập: {counts.entries}; trong đó lấy dữ liệu ra ngoài (tải, in, kết xuất, sao lưu):"
        f" {counts.taken}\n\n| Tài khoản | Lượt |\n|---|---|\n{logins}"
    )


def _consequences() -> str:
    return (
        "## 5. Hậu quả và biện pháp\n\n"
        f"- Hậu quả, thiệt hại đã và có thể xảy ra: {_gap('mô tả')}\n"
        f"- Biện pháp đã áp dụng: {_gap('ví dụ: khóa tài khoản, thu hồi mã truy cập, đổi mật khẩu')}\n"
        f"- Biện pháp sẽ áp dụng, thông báo cho chủ thể dữ liệu: {_gap('mô tả')}"
    )


def _evidence(about: About, counts: IncidentCounts) -> str:
    state = (
        "nguyên vẹn khi lập bản này"
        if about.log_is_whole
        else "**có dấu hiệu bị thay đổi** — xem `hoso audit verify`, nêu rõ trong phần 2"
    )
    return (
        "## 6. Căn cứ\n\n"
        f"- Số liệu lấy từ nhật ký truy cập của hoso ({counts.entries} mục), chuỗi {state}.\n"
        f"- Mục mới nhất của nhật ký: {about.head}"
    )
