"""Whether a name as read can be somebody's name: a sign for doubt, never for repair."""

from typing import Literal

from pipeline.stages.syllables import is_syllable
from pipeline.vietnamese import fold, nfc, place_tone

Likelihood = Literal["common", "possible", "unlikely"]

_FAMILIES = """
An, Âu, Âu Dương, Bá, Bạc, Bạch, Bàn, Bàng, Bành, Bế, Biện, Bùi, Cà, Cái, Cam, Cao, Cát, Cầm, Cấn, Châu, Chế, Chu,
Chung, Chúng, Chử, Cổ, Cù, Cung, Danh, Diêm, Diệp, Doãn, Dương, Đàm, Đàng, Đào, Đặng, Đậu, Đèo, Điền, Điêu, Điểu, Đinh,
Đoàn, Đỗ, Đồng, Đổng, Đới, Đường, Giang, Giáp, Hà, Hàn, Hàng, Hán, Hầu, Hoa, Hoàng, Hồ, Hồng, Hứa, Huỳnh, Kha, Khổng,
Khuất, Khúc, Khương, Khưu, Kiên, Kiều, Kim, La, Lã, Lạc, Lại, Lâm, Lăng, Lê, Lều, Liêu, Liễu, Linh, Lò, Lô, Lộc, Lục,
Luyện, Lữ, Lương, Lường, Lưu, Lý, Ma, Mã, Mạc, Mạch, Mai, Mạnh, Mẫn, Mông, Nghiêm, Ngân, Ngô, Nguyễn, Ngụy, Nhâm, Nhan,
Nhữ, Ninh, Nông, Ong, Ôn, Phạm, Phan, Phàn, Phí, Phó, Phù, Phùng, Phương, Quách, Quan, Quàng, Sầm, Sơn, Tạ, Tăng, Tào,
Thạch, Thái, Thang, Thân, Thẩm, Thiều, Tiêu, Tiết, Tòng, Tô, Tôn, Tôn Nữ, Tôn Thất, Tống, Trà, Trang, Trần, Triệu,
Trình, Trịnh, Trương, Từ, Tường, Ung, Uông, Ứng, Văn, Vi, Vì, Viên, Võ, Vòng, Vũ, Vương, Xa,
Chảo, Chẻo, Cứ, Giàng, Hạng, Hảng, Lầu, Lù, Lừ, Lừu, Mè, Mùa, Pờ, Sùng, Tẩn, Thào, Tráng, Vàng, Vừ, Xồng, Cụt, Moong,
Chau, Néang, A Lăng, Bling, Bríu, Zơ Râm, Pi Năng, Chamaléa, Katơr,
Niê, Niê Kdăm, Êban, Mlô, Byă, Ayŭn, Kbuôr, Kđoh, Ênuôl, Hđơk, Knul, Ktla, Adrơng, Bkrông, Hmok, Kpơr, Kriêng, Buôn Yă,
Buôn Krông, Kpă, Ksor, Nay, Rah Lan, Rcom, Rmah, Rơ Châm, Rơ Com, Rơ Lan, Rơ Mah, Siu, Puih, Rô,
Cil, Kra Jan, Liêng Hót, Lơ Mu, Kơ Să
"""
"""Family names of the Kinh, the Hoa and the minorities, compiled by hand and not complete.

Rare ones that a single mark sets apart from a common one (`Vù`, `Đồ`, `Nguyên`) are left out: a person is asked about
them, which costs less than a wrong name nobody looks at.
"""
_WORDS = """
ái an ân ẩn anh ánh âu ba bá bắc bách bạch ban bân băng bằng bảo bảy bé bền bích biên biển bình bính bộ bội bốn bông
bửu cam cảm can cảnh cao cát cầm cẩm cần cậy chấn chân châm chánh chất châu chi chí chiến chiều chín chinh chính chỉnh
chu chúc chức chung chương chuẩn chuyên chút cơ công cúc cung cử cương cường dân dần dạ danh dậu di diễm diễn diện
diệp diệu dinh dịu doanh du dụ dục dung dũng duy duyên duyệt dư dự dương dưỡng đa đắc đài đại đàm đảm đan đàn đang
đảng đào đạo đạt đăng đằng đấu đệ điểm điền điển điện điệp đình đính định đoan đoàn độ đôn đông đồng đơn đức được
đường em én gấm gia giác giang giao giáp giàu giỏi giới gương hà hạ hai hải hân hàn hãnh hạnh hành hào hảo hạo hằng
hậu hiên hiền hiến hiển hiện hiệp hiếu hiệu hinh hoa hòa hóa hoài hoan hoàn hoàng hoành hoạt học hồi hội hồng hổ hợi
hợp huân huấn huệ hùng huy huyên huyền huynh huỳnh hưng hương hường hướng hưởng hữu hy hỷ kha khả khắc khải khai khang
khanh khánh khiêm khoa khoan khoát khôi khởi khuê khương khuyên kiên kiểm kiệm kiệt kiều kim kính kỳ kỷ lạc lài lai
lam lâm lãm lan lân lăng lanh lành lập lê lễ lệ lịch liêm liên liễu linh lĩnh loan lộc lợi long lụa luân luận luật
luyến luyện lực lượm lương lượng lưu lựu ly lý mạc mai mận mẫn mạnh mão mậu mây mến mị miên minh mơ mộng mùi mười mừng
my mỹ mỵ na nam năm năng nga ngà ngân nghi nghị nghĩa nghiêm nghiệp ngoan ngọc ngôn ngữ nguyên nguyện nguyệt nhã nhài
nhạc nhàn nhạn nhâm nhân nhẫn nhất nhật nhi nhị nhiên nho nhơn nhu nhuận nhung nhụy như nhựt niềm niệm ninh nở nụ nữ
nương oanh oánh ổn phán phấn pháp phát phẩm phi phong phổ phú phúc phùng phụng phước phương phượng quan quân quang
quảng quế quốc quy quý quyên quyền quyến quyết quỳnh rạng sa san sang sáng sâm sáu sen sĩ sinh soan sơn song sử sự sửu
sương sỹ tài tám tâm tân tấn tần tặng tạo tất tây thạch thái thản thăng thắng thắm thân thanh thành thạnh thao thảo
tháp thập thất thế thêm thêu thi thị thiêm thiên thiện thiệp thiết thìn thịnh thọ thoa thoại thoan thông thống thơ
thơm thời thu thụ thúc thục thuần thuận thuật thùy thúy thủy thụy thuyên thuyết thư thức thước thương thường thưởng
thy tiên tiến tiền tiếp tiệp tín tình tỉnh tịnh tố toại toàn toản tôn tông tới trà trạch trâm trầm trân trấn trang
tráng trí triển triều triệu trinh trình trọng trúc trực trung truyền trường trưởng tú tư tứ từ tự tuân tuấn tuất tuệ
tùng tuy tuyên tuyền tuyến tuyển tuyết tươi tường tưởng tý tỵ uy uyên uyển út ước vạn văn vân vấn vang vàng vi vĩ viên
viễn viết việt vinh vĩnh vọng vũ vui vững vương vượng vy vỹ xinh xoan xuân xuyến xương ý y yên yến
"""
"""Syllables that are common in middle and given names, compiled by hand.

Letters misread into another possible syllable (`Sươl` into `Sươi`) rarely make one of these. A name with a rarer word
is not wrong, but print alone does not settle it.
"""
_MISREAD_MIDDLES = {"thi", "thí", "thì", "thỉ", "vàn", "vãn", "vản"}
"""Between family name and given name these nearly always were `Thị` and `Văn`."""


def _key(name: str) -> tuple[str, ...]:
    return tuple(place_tone(word) for word in nfc(name).lower().replace("’", "'").split())


_KNOWN_FAMILIES = {_key(family) for family in _FAMILIES.split(",")}
FAMILY_BEGINNINGS = frozenset(fold(family[0]) for family in _KNOWN_FAMILIES)
"""First words of the known family names, folded: whatever marks were read, a name may begin here."""
_KNOWN_WORDS = {place_tone(word) for word in _WORDS.split()} | {word for family in _KNOWN_FAMILIES for word in family}


def family_length(name: str) -> int:
    """How many words at the beginning of the name are a known family name, 0 when none is."""
    words = _key(name)
    return next((n for n in (2, 1) if words[:n] in _KNOWN_FAMILIES and n < len(words)), 0)


def is_name_word(syllable: str) -> bool:
    """Whether a lower-case NFC syllable is common in names, or part of a known family name."""
    return place_tone(syllable) in _KNOWN_WORDS


def likelihood(name: str) -> Likelihood:
    """How likely somebody is called so; case does not matter.

    Common: a known family name stands where its people write it (the Ê Đê and their neighbours last, after `Y` or
    `H'`), and all other words are common in names. Possible: the other words are at least possible syllables. Rare
    names, and most of the minorities', are not common and real all the same: this is no reason to change one.
    """
    words, first = list(_key(name)), family_length(name)
    head = words[0] if words else ""
    if not first and head != "y" and not head.startswith("h'"):
        return "unlikely"
    last = 0 if first else next((n for n in (2, 1) if tuple(words[-n:]) in _KNOWN_FAMILIES and n < len(words)), 0)
    own = [word.removeprefix("h'") for word in words[first : len(words) - last]]
    if not (first or last) or _MISREAD_MIDDLES & set(own[:-1]):
        return "unlikely"
    if set(own) <= _KNOWN_WORDS:
        return "common"
    return "possible" if all(map(is_syllable, own)) else "unlikely"
