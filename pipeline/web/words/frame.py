"""Words of what stands around every page."""

WORDS = {
    "nav": ("Các trang", "Pages"),
    "nav_receive": ("Tiếp nhận", "Receive"),
    "nav_review": ("Rà soát", "Review"),
    "nav_work": ("Công việc", "Work"),
    "nav_search": ("Tra cứu", "Search"),
    "nav_figures": ("Số liệu", "Figures"),
    "nav_access_log": ("Nhật ký xem", "Who looked"),
    "nav_accounts": ("Tài khoản", "Accounts"),
}
