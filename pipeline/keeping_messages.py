"""What the errors of keeping, destroying and citizens' requests say, in Vietnamese and in English."""

KEEPING_MESSAGES: dict[str, tuple[str, str]] = {
    "paper_destroyed": (
        "Giấy tờ này đã được tiêu hủy theo quyết định của hai người có thẩm quyền.",
        "This paper was destroyed after two people had approved it.",
    ),
    "destroyed": ("Đã tiêu hủy", "Destroyed"),
    "must_be_kept": (
        "Giấy tờ này còn phải lưu giữ nên không được đề nghị tiêu hủy.",
        "This paper must be kept and cannot be proposed for destruction.",
    ),
    "nothing_to_destroy": (
        "Không có giấy tờ nào để đề nghị tiêu hủy, hoặc quá nhiều trong một lần.",
        "There is nothing to propose for destruction, or too much at once.",
    ),
    "no_such_destruction": ("Không có đợt tiêu hủy này.", "There is no such destruction."),
    "own_proposal": (
        "Người đề nghị tiêu hủy không được tự phê duyệt; cần một người có thẩm quyền khác.",
        "Who proposed a destruction cannot approve it; somebody else with the right has to.",
    ),
    "destruction_answered": (
        "Đề nghị tiêu hủy này đã có người trả lời.",
        "This destruction has been answered already.",
    ),
    "lock_outlasts_keeping": (
        "HOSO_S3_LOCK_DAYS dài hơn thời hạn lưu ngắn nhất trong danh mục: giấy tờ sẽ bị khóa quá thời hạn đó.",
        "HOSO_S3_LOCK_DAYS is longer than the shortest term in the catalogue: papers would be locked beyond it.",
    ),
    "no_server_encryption": (
        "HOSO_S3_ENCRYPT được bật nhưng máy chủ S3 không mã hóa dữ liệu lưu. Hãy cấu hình khóa trên máy chủ S3.",
        "HOSO_S3_ENCRYPT is set and the S3 server does not encrypt what it stores. Give the S3 server its keys.",
    ),
    "no_such_request": ("Không có yêu cầu này.", "There is no such request."),
    "request_ended": ("Yêu cầu này đã kết thúc.", "This request has ended."),
}

KEEPING_RULES: dict[str, tuple[str, str]] = {
    "over": ("đã hết thời hạn lưu trữ: xóa được", "its term is over: it may go"),
    "nothing": ("không có quy định phải lưu: xóa được", "no rule asks that it be kept: it may go"),
    "term": (
        "còn trong thời hạn lưu trữ (Luật Lưu trữ 33/2024/QH15, Điều 15)",
        "it must be kept until its term ends (Luật Lưu trữ 33/2024/QH15, Điều 15)",
    ),
    "permanent": (
        "phải lưu trữ vĩnh viễn (Luật Lưu trữ 33/2024/QH15, Điều 15)",
        "it is kept permanently (Luật Lưu trữ 33/2024/QH15, Điều 15)",
    ),
    "open_dossier": ("hồ sơ đang giải quyết", "its dossier is still being dealt with"),
    "no_term": (
        "thuộc hồ sơ phải lưu trữ, chưa rõ thời hạn",
        "it belongs to a dossier that is archived, for a term that is not known here",
    ),
    "held": ("đang tạm dừng tiêu hủy theo khiếu nại, vụ việc", "a hold lies on it"),
    "unsettled": (
        "chưa xác định là giấy tờ gì nên chưa biết phải lưu bao lâu",
        "it is not settled yet what it is, nor for how long it must be kept",
    ),
    "gone": ("không còn", "it is gone"),
}
"""By `KeepingRule`: why a paper may be deleted or must be kept, for the citizen."""
