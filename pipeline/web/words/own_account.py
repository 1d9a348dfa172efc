"""Words of one's own account."""

WORDS = {
    "own_title": ("Tài khoản của tôi", "My account"),
    "own_login": ("Tên đăng nhập", "Login"),
    "own_roles": ("Vai trò", "Roles"),
    "own_password": ("Mật khẩu", "Password"),
    "own_change": ("Đổi mật khẩu", "Change the password"),
    "own_choose": ("Đặt mật khẩu của riêng bạn", "Choose a password of your own"),
    "own_choose_why": (
        "Mật khẩu hiện có do người khác đặt, hoặc chưa có. Chỉ mình bạn được biết mật khẩu mới.",
        "Somebody else set the present one, or there is none. Nobody but you may know the new one.",
    ),
    "own_without_password": (
        "Bạn đăng nhập qua hệ thống định danh nên không cần mật khẩu ở đây. Muốn có, hãy xin người quản trị đường dẫn.",
        "You sign in by the identity provider and need no password. For one, ask your administrator for a link.",
    ),
    "own_present": ("Mật khẩu hiện tại", "Present password"),
    "own_new": ("Mật khẩu mới", "New password"),
    "own_again": ("Nhập lại mật khẩu mới", "New password again"),
    "own_rule": (
        "Từ 12 ký tự trở lên. Một câu ngắn có dấu, dễ nhớ với riêng bạn là tốt nhất; không cần ký tự đặc biệt.",
        "At least 12 characters. A short sentence that only you would think of is best; no special characters needed.",
    ),
    "own_others_end": (
        "Các phiên đang mở trên máy khác sẽ kết thúc.",
        "Sessions that are open on other machines will end.",
    ),
    "own_save": ("Lưu mật khẩu", "Save the password"),
    "own_code": ("Mã trên điện thoại", "Code on a telephone"),
    "own_code_set_up": ("Cài đặt mã trên điện thoại", "Set up codes on your telephone"),
    "own_code_anew": ("Cài đặt lại mã trên điện thoại", "Set codes up anew"),
    "own_code_on": ("đã cài đặt", "set up"),
    "own_code_off": ("chưa cài đặt", "not set up"),
    "own_code_why": (
        "Từ nay, khi đăng nhập bằng mật khẩu, bạn nhập thêm một mã chỉ điện thoại của bạn biết. Người quản trị và lãnh "
        "đạo đơn vị phải có mã này.",
        "From now on you show a code beside your password that only your telephone knows. Administrators and heads "
        "must.",
    ),
    "own_code_scan": (
        "Mở ứng dụng xác thực trên điện thoại (Google Authenticator, Microsoft Authenticator, FreeOTP…), quét mã này.",
        "Open an authenticator on your telephone (Google Authenticator, Microsoft Authenticator, FreeOTP…), scan this.",
    ),
    "own_code_letters": ("Không quét được? Nhập vào ứng dụng:", "Cannot scan it? Type this into the application:"),
    "own_code_type": ("Nhập mã 6 chữ số mà ứng dụng hiện", "Type the six digits that it shows"),
    "own_code_clock": (
        "Mã đổi sau mỗi 30 giây; giờ trên điện thoại phải đúng.",
        "It changes every 30 seconds; the telephone's clock must be right.",
    ),
    "own_code_save": ("Dùng mã này", "Use these codes"),
    "own_sessions": ("Các phiên đang mở", "Open sessions"),
    "own_sessions_why": (
        "Thấy phiên lạ thì kết thúc ngay và đổi mật khẩu.",
        "If you do not know one of them, end it and change your password.",
    ),
    "own_since": ("Mở lúc", "Opened"),
    "own_used": ("Dùng lần cuối", "Last used"),
    "own_way": ("Cách đăng nhập", "Signed in by"),
    "own_address": ("Địa chỉ máy", "Address"),
    "own_this": ("phiên này", "this one"),
    "own_end": ("Kết thúc", "End it"),
    "own_way_password": ("mật khẩu", "password"),
    "own_way_link": ("đường dẫn một lần", "one-time link"),
    "own_way_provider": ("hệ thống định danh", "identity provider"),
    "session_ends": ("Phiên làm việc sắp hết", "Your session is about to end"),
    "session_ends_why": (
        "Máy để yên đã lâu. Nếu không tiếp tục, trang sẽ tự đóng để bảo vệ giấy tờ của công dân; còn",
        "Nobody has used this machine for a while. To protect citizens' papers the page will close by itself in",
    ),
    "session_seconds": ("giây", "seconds"),
    "session_stay": ("Tiếp tục làm việc", "Go on working"),
}
