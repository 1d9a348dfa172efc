"""Words of searching, and of saying why."""

WORDS = {
    "search_title": ("Tra cứu giấy tờ", "Search papers"),
    "search_hint": ("Tên, số giấy tờ, số định danh… có dấu hay không dấu", "Name, document number, personal number…"),
    "search_label": ("Tìm giấy tờ đã lưu", "Search papers on file"),
    "search_go": ("Tìm", "Search"),
    "search_filters": ("Lọc kết quả", "Filters"),
    "search_type": ("Loại giấy tờ", "Type"),
    "search_any_type": ("Mọi loại giấy tờ", "All types"),
    "search_procedure": ("Thủ tục", "Procedure"),
    "search_any_procedure": ("Mọi thủ tục", "All procedures"),
    "search_state": ("Trạng thái", "State"),
    "search_any_state": ("Mọi trạng thái", "All states"),
    "search_from": ("Lưu từ", "Filed from"),
    "search_until": ("đến", "until"),
    "search_clear": ("Xóa hết", "Clear"),
    "search_results": ("Kết quả", "Results"),
    "search_begin": (
        "Gõ để tìm, hoặc chọn bộ lọc để xem giấy tờ mới lưu trước.",
        "Type to search, or choose a filter to see the newest papers first.",
    ),
    "search_none": ("Không có giấy tờ nào phù hợp.", "No papers match."),
    "search_none_hint": (
        "Thử gõ ít từ hơn, gõ số giấy tờ, hoặc bỏ bớt bộ lọc.",
        "Try fewer words, the document's number, or fewer filters.",
    ),
    "search_more": ("Xem thêm", "More"),
    "search_sensitive": (
        "Có dữ liệu nhạy cảm: nội dung chỉ hiện sau khi mở và nêu lý do.",
        "Sensitive: shown once it is opened and the reason is given.",
    ),
    "search_no_picture": ("Không lưu hình", "No picture"),
    "search_kept_back": ("Nhạy cảm", "Sensitive"),
    "search_away": (
        "Máy chủ chưa trả lời. Hãy thử lại sau giây lát.",
        "The server does not answer. Try again in a moment.",
    ),
    "search_keys": (
        "↑ ↓ chọn · Enter mở · / về ô tìm · F2 bộ lọc · Esc xóa",
        "↑ ↓ choose · Enter open · / to the words · F2 filters · Esc clear",
    ),
    "purpose_title": ("Vì sao cần tra cứu?", "Why do you search?"),
    "purpose_note": (
        "Dữ liệu cá nhân chỉ được dùng đúng mục đích đã nêu (Luật 91/2025/QH15). "
        "Lý do và từng giấy tờ đã xem được ghi vào nhật ký.",
        "Personal data serve a stated purpose only (Law 91/2025/QH15). The reason and each paper seen are logged.",
    ),
    "purpose_nothing": (
        "Tài khoản này chỉ xem giấy tờ trong lượt tiếp công dân.",
        "This account sees papers within a citizen's visit only.",
    ),
    "purpose_now": ("Lý do", "Why"),
    "purpose_change": ("Đổi", "Change"),
}
