"""Words of signing in, and of why one looks."""

WORDS = {
    "sign_in": ("Đăng nhập", "Sign in"),
    "sign_out": ("Đăng xuất", "Sign out"),
    "sign_in_title": ("Đăng nhập quầy một cửa", "Sign in to the counter"),
    "login": ("Tên đăng nhập", "Login"),
    "password": ("Mật khẩu", "Password"),
    "sign_in_or": ("hoặc", "or"),
    "sign_in_by_provider": ("Đăng nhập qua hệ thống định danh", "Sign in by the identity provider"),
    "sign_in_onward": ("Tiếp tục", "Go on"),
    "purpose_visit": ("Tiếp công dân làm thủ tục", "A citizen's procedure"),
    "purpose_dossier": ("Giải quyết hồ sơ", "Work on a dossier"),
    "purpose_citizen_request": ("Công dân đề nghị tra cứu", "At the citizen's request"),
    "purpose_review": ("Rà soát giấy tờ đã quét", "Review of scanned papers"),
    "purpose_supervision": ("Kiểm tra công việc của đơn vị", "Supervision of the office's work"),
    "purpose_audit": ("Kiểm toán, thanh tra", "Audit"),
    "purpose_integration": ("Hệ thống khác tra cứu", "Another system"),
}
