"""What the findings of a check mean, and what is to be done, for people."""

from schemas.integrity import Finding, FindingKind

SENTENCES: dict[FindingKind, tuple[str, str]] = {
    "object_altered": (
        "Nội dung đã bị thay đổi so với khi lưu. Không ai được xem bản này; hãy khôi phục từ bản sao lưu.",
        "Its bytes are not those that were stored. Nobody is shown it; bring it back: hoso restore --only KEY.",
    ),
    "object_missing": (
        "Tệp của giấy tờ không còn trong kho. Hãy khôi phục từ bản sao lưu.",
        "A paper's file is gone from the store. Bring it back: hoso restore --only KEY.",
    ),
    "object_differs": (
        "Tệp trong kho khác với tệp mà giấy tờ ghi nhận. Hãy khôi phục từ bản sao lưu.",
        "The stored file is not the one that the paper names. Bring that back: hoso restore --only KEY.",
    ),
    "original_missing": (
        "Bản gốc của lượt nộp chưa đọc không còn. Hãy khôi phục từ bản sao lưu, hoặc quét lại.",
        "The original of a submission that was not read yet is gone. Bring it back, or scan again.",
    ),
    "row_missing": (
        "Giấy tờ hoặc bản ghi có trong kho nhưng thiếu trong cơ sở dữ liệu.",
        "It is in the store and was not in the database; it is entered again.",
    ),
    "record_missing": (
        "Thiếu bản ghi trong kho; đã ghi lại từ cơ sở dữ liệu.",
        "Its record was not in the store; it is written again from the database.",
    ),
    "record_differs": (
        "Bản ghi trong kho khác với cơ sở dữ liệu. Nếu cơ sở dữ liệu được khôi phục từ bản cũ, hãy chạy hoso rebuild.",
        "Record and rows say different things. Where the database was restored from an older backup:"
        " hoso rebuild --replace.",
    ),
    "record_unreadable": (
        "Bản ghi trong kho không đọc được. Hãy khôi phục từ bản sao lưu.",
        "The record cannot be read. Bring it back: hoso restore --only KEY.",
    ),
    "index_wrong": (
        "Mục tra cứu hoặc câu hỏi của giấy tờ không khớp; đã ghi lại.",
        "The paper's search entries or open questions did not fit it; they are written again.",
    ),
    "decision_unapplied": (
        "Quyết định có trong kho nhưng chưa được áp dụng; sẽ được áp dụng lại.",
        "A decision is in the store and not in the database; the next sweep applies it.",
    ),
    "decision_missing": (
        "Quyết định thiếu trong kho; đã ghi lại từ cơ sở dữ liệu.",
        "A decision was not in the store; it is written again from the database.",
    ),
    "leftover": (
        "Tệp còn lại của phiên bản cũ hơn; đã xóa.",
        "Left by an older version of hoso, whose papers have been read anew; it is removed.",
    ),
    "signature_broken": (
        "Chữ ký số trên bản sao không còn khớp với nội dung. Hãy khôi phục từ bản sao lưu.",
        "The signature on a signed copy does not hold for its bytes. Bring it back: hoso restore --only KEY.",
    ),
    "orphan_intake": (
        "Tệp trong khu tiếp nhận không thuộc lượt nộp nào; xóa sau một ngày.",
        "A file in intake belongs to no submission; it is removed a day after it was first found.",
    ),
    "orphan_archive": (
        "Tệp trong kho lưu trữ không thuộc giấy tờ nào. Không gây hại; không tự xóa.",
        "A file in the archive belongs to no paper. It does no harm and is left.",
    ),
}
"""What each kind of finding says, in Vietnamese and English."""

HARMLESS: frozenset[FindingKind] = frozenset({"orphan_intake", "orphan_archive"})
"""Nothing that was handed in or filed is lost or wrong by these."""


def is_serious(finding: Finding) -> bool:
    """Whether somebody has to act: it was not put right, and does harm."""
    return not finding.repaired and finding.kind not in HARMLESS
