"""Words of a counter's machine that hands over to a centre."""

WORDS = {
    "centre": ("Gửi về trung tâm", "Handing over to the centre"),
    "centre_only_receives": (
        "Máy này chỉ nhận giấy tờ; đọc, rà soát, đối chiếu và lập hồ sơ đều làm ở trung tâm.",
        "This machine only receives; papers are read, reviewed and compared, and dossiers opened, at the centre.",
    ),
    "centre_offline": (
        "Đang làm việc ngoại tuyến từ {}: {} lượt nộp chờ gửi về trung tâm, lâu nhất từ {}.",
        "Working offline since {}: {} submissions wait for the centre, the oldest since {}.",
    ),
    "centre_offline_none": (
        "Đang làm việc ngoại tuyến từ {}. Giấy tờ nhận ở đây sẽ tự gửi về trung tâm.",
        "Working offline since {}. What is received here is handed over later.",
    ),
    "centre_waiting": (
        "{} lượt nộp chờ gửi về trung tâm, lâu nhất từ {}.",
        "{} submissions wait for the centre, the oldest since {}.",
    ),
    "centre_all_sent": ("Đã gửi hết về trung tâm, kiểm tra lúc {}.", "The centre has everything, as of {}."),
    "centre_not_tried": (
        "Chưa có lần gửi nào về trung tâm.",
        "Nothing has been handed over to the centre so far.",
    ),
    "centre_not_lately": (
        "Không còn tự gửi về trung tâm từ {}: hãy báo quản trị.",
        "Nothing has been handed over by itself since {}: tell the operator.",
    ),
    "centre_refused_some": (
        "Trung tâm không nhận {} lượt nộp; bản gốc vẫn ở máy này.",
        "The centre has not taken {} submissions; their originals are here.",
    ),
    "centre_to_work": ("Xem lý do", "See why"),
    "centre_state_waiting": ("Chờ gửi về trung tâm", "Waits for the centre"),
    "centre_retry": ("Gửi lại", "Send again"),
}
