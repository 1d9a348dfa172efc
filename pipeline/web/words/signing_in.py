"""Words of signing in, and of why one looks."""

WORDS = {
    "sign_in": ("Đăng nhập", "Sign in"),
    "sign_out": ("Đăng xuất", "Sign out"),
    "sign_in_title": ("Đăng nhập quầy một cửa", "Sign in to the counter"),
    "login": ("Tên đăng nhập", "Login"),
    "password": ("Mật khẩu", "Password"),
    "sign_in_or": ("hoặc", "or"),
    "sign_in_by_provider": ("Đăng nhập qua hệ thống định danh", "Sign in by the identity provider"),
    "code": ("Mã 6 chữ số", "Code of six digits"),
    "sign_in_code_title": ("Nhập mã trên điện thoại", "Enter the code on your telephone"),
    "sign_in_code_where": (
        "Ứng dụng xác thực trên điện thoại hiện mã mới sau mỗi 30 giây. Mỗi mã chỉ dùng một lần.",
        "The authenticator application on your telephone shows a new one every 30 seconds. Each is taken once.",
    ),
    "sign_in_code_lost": (
        "Mất điện thoại? Hãy nhờ người quản trị gỡ mã, rồi cài đặt lại.",
        "Telephone lost? Have an administrator take the code off, then set it up anew.",
    ),
    "sign_in_code_other": ("Đăng nhập tài khoản khác", "Sign in as somebody else"),
    "prove_title": ("Xác nhận lại là bạn", "Show again that it is you"),
    "prove_why_password": (
        "Việc này quan trọng nên cần nhập lại mật khẩu. Những gì bạn đã nhập được giữ nguyên; trong 10 phút tới sẽ "
        "không hỏi lại.",
        "This matters, so your password is asked for again. What you typed is kept; you will not be asked again for "
        "ten minutes.",
    ),
    "prove_why_code": (
        "Việc này quan trọng nên cần mã trên điện thoại. Những gì bạn đã nhập được giữ nguyên; trong 10 phút tới sẽ "
        "không hỏi lại.",
        "This matters, so the code on your telephone is asked for. What you typed is kept; you will not be asked again "
        "for ten minutes.",
    ),
    "prove_why_provider": (
        "Việc này quan trọng nên cần đăng nhập lại. Hãy đăng nhập ở thẻ mới, rồi quay lại đây và bấm Tiếp tục; những "
        "gì bạn đã nhập được giữ nguyên.",
        "This matters, so sign in again: in a new tab, then come back here and go on. What you typed is kept.",
    ),
    "prove_go_on": ("Tiếp tục", "Go on"),
    "prove_leave": ("Thôi, quay lại", "Leave it and go back"),
    "sign_in_onward": ("Tiếp tục", "Go on"),
    "purpose_visit": ("Tiếp công dân làm thủ tục", "A citizen's procedure"),
    "purpose_dossier": ("Giải quyết hồ sơ", "Work on a dossier"),
    "purpose_citizen_request": ("Công dân đề nghị tra cứu", "At the citizen's request"),
    "purpose_review": ("Rà soát giấy tờ đã quét", "Review of scanned papers"),
    "purpose_supervision": ("Kiểm tra công việc của đơn vị", "Supervision of the office's work"),
    "purpose_audit": ("Kiểm toán, thanh tra", "Audit"),
    "purpose_integration": ("Hệ thống khác tra cứu", "Another system"),
}
