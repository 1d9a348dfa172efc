"""What some papers of invented people say, as `plain_parsers.scan` takes it. Their numbers are nobody's."""

CHILD, CHILD_NUMBER = "TÔN THẤT KHÁNH NHƯ", "079320990007"
BIRTH = f"""
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
GIẤY KHAI SINH
Số: 150/2020
Họ, chữ đệm, tên: {CHILD}
Ngày, tháng, năm sinh: 17/10/2020
Ghi bằng chữ: Ngày mười bảy, tháng mười, năm hai nghìn không trăm hai mươi
Giới tính: Nữ Dân tộc: Kinh Quốc tịch: Việt Nam
Số định danh cá nhân: {CHILD_NUMBER}
Họ, chữ đệm, tên người mẹ: Quàng Thị Inh
Họ, chữ đệm, tên người cha: Tôn Thất Công Nhựt
Họ, chữ đệm, tên người đi khai sinh: Tôn Thất Công Nhựt
Nơi đăng ký khai sinh: Ủy ban nhân dân phường Bến Nghé
Ngày, tháng, năm đăng ký: 19/11/2020
NGƯỜI KÝ GIẤY KHAI SINH
"""

HOLDER, HOLDER_NUMBER = "LẦU THỊ MỶ", "094198990066"
CARD = f"""
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
SOCIALIST REPUBLIC OF VIET NAM
CĂN CƯỚC CÔNG DÂN
Citizen Identity Card
Số / No.: {HOLDER_NUMBER}
Họ và tên / Full name:
{HOLDER}
Ngày sinh / Date of birth: 01/01/1998
Giới tính / Sex: Nữ Quốc tịch / Nationality: Việt Nam
Nơi thường trú / Place of residence: 289 Nguyễn Trãi, phường Trần Phú
Có giá trị đến: 01/01/2038
IDVNM1989900666094198990066<<7
9801015F3801013VNM<<<<<<<<<<<2
LAU<<THI<MY<<<<<<<<<<<<<<<<<<<
"""

FORM_BY_HAND = """
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
TỜ KHAI ĐĂNG KÝ KHAI SINH
Kính gửi: Ủy ban nhân dân phường Lộc Thọ
Họ, chữ đệm, tên người yêu cầu: Hồ Bá Tường
Giấy tờ tùy thân: CCCD 079094990029
Quan hệ với người được khai sinh: Cha
Đề nghị cơ quan đăng ký khai sinh cho người dưới đây:
Họ, chữ đệm, tên: HỒ DIỆU TUYẾT
Ngày, tháng, năm sinh: 01/04/2020
Tôi cam đoan nội dung đề nghị đăng ký khai sinh trên đây là đúng sự thật.
"""

CLASSIFIED = """
ỦY BAN NHÂN DÂN
PHƯỜNG LỘC THỌ
MẬT
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
BÁO CÁO
Về việc kiểm tra kho lưu trữ
"""

TITLE_ONLY = """
GIẤY KHAI SINH
Trang này đã mờ, không còn đọc được gì thêm.
"""
"""Its title stands there, and nothing of its body: the type is doubtful."""

LETTER = """
Phường Lộc Thọ, ngày 03 tháng 04 năm 2024
Gửi các bác trong tổ dân phố, tuần sau chúng ta trồng cây ở sân nhà văn hóa.
"""

RECEIPT = """
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ
Tiếp nhận hồ sơ của: Quàng Thị Inh
Thành phần hồ sơ nộp gồm: Tờ khai đăng ký khai sinh
Thời gian nhận hồ sơ: 09/04/2021
Thời gian trả kết quả giải quyết hồ sơ: 12/04/2021
"""

GOING_ON = """
> 2
và các nội dung khác đã được ghi trong sổ đăng ký của Ủy ban nhân dân phường Bến Nghé theo quy định hiện hành.
"""
"""A page that goes on from the one before it: a page number, and the rest of a sentence."""

MARKED_LATER = """
> 2
MẬT
và các nội dung khác đã được ghi trong sổ đăng ký của Ủy ban nhân dân phường Bến Nghé theo quy định hiện hành.
"""
"""A following page with a word on it that looks like a secrecy mark."""

BLANK = ""
