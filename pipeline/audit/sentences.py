"""What the findings of checking the access log mean, and what is to be done, for people."""

from schemas.audit import AuditFinding, AuditFindingKind

SENTENCES: dict[AuditFindingKind, tuple[str, str]] = {
    "entry_missing": (
        "Mục nhật ký đã ghi nhưng không còn trong cơ sở dữ liệu.",
        "Entries were written and are not in the database any more.",
    ),
    "entry_altered": (
        "Mục nhật ký khác với lúc được ghi.",
        "Entries are not as they were written.",
    ),
    "entry_inserted": (
        "Mục nhật ký nằm sau mục cuối cùng đã ghi: đã bị chèn thêm.",
        "Entries stand behind the last one that was written: somebody has added them.",
    ),
    "link_broken": (
        "Chuỗi bị đứt: một trong các mục này đã bị sửa, đổi chỗ hoặc chèn thêm.",
        "The chain is broken here: one of these entries was altered, moved or added.",
    ),
    "day_missing": (
        "Ngày đã khóa sổ không còn trong kho.",
        "The day was closed and is not in the store any more.",
    ),
    "day_altered": (
        "Bản khóa sổ của ngày khác với lúc khóa.",
        "The closed day is not as it was when it was closed.",
    ),
    "head_differs": (
        "Nhật ký không còn dẫn tới mục đã được lưu riêng: các mục từ đây đã bị ghi lại.",
        "The log does not lead to the head that was kept: entries were written anew.",
    ),
    "decision_altered": (
        "Quyết định trong kho khác với lúc được ghi nhật ký.",
        "The decision in the store is not the one that the log names.",
    ),
    "decision_missing": (
        "Quyết định có trong nhật ký nhưng không còn trong kho, và không có việc tiêu hủy nào giải thích.",
        "The log names decisions that are not in the store any more, and no destruction tells why.",
    ),
    "lost_before_restore": (
        "Mất khi khôi phục cơ sở dữ liệu từ bản cũ; mục khôi phục có nêu.",
        "Lost when the database was brought back from an older state; the entry of that says so.",
    ),
}
"""What each kind of finding says, in Vietnamese and English."""


def is_wrong(finding: AuditFinding) -> bool:
    """Whether somebody has to find out who did it; what a restore has told is known."""
    return finding.kind != "lost_before_restore"
